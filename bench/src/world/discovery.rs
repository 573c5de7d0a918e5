//! A made-up world to look for meetups in. A fiftieth of its notes are communities, in the towns of
//! the German-speaking countries by how many people live there, so that Berlin is the largest; a fifth
//! are meetups over two years, half of them before the world's end and half after it.
//!
//! As all worlds it is written in constant memory, in the order of time, and is the same for the same
//! seed to the last byte; no address is used twice. Nothing is dated behind its end. Community 0 is in
//! Berlin and has 200 meetups.
//!
//! It also makes notes of the same style that are dated now, for whoever writes while others ask.

use anyhow::ensure;
use kith_nips::{Event, EventId};

mod community;
mod meetup;
mod prose;
mod timing;
mod zipf;

pub use prose::{Prose, TOPICS};

use super::output::{Part, Parted, lines};
use super::person::Person;
use super::places::Places;
use super::{COMMUNITIES_PER_GROUP, Dice, Size};
use community::{ANSWERS, Head, MEETUPS, PEOPLE, Period};
use timing::{PERIODS, Span};
use zipf::Zipf;

/// Meetups of community 0.
pub const MEETUPS_OF_FEED: u64 = 200;
/// Notes of a community, with its messages.
const NOTES_PER_COMMUNITY: u64 = 50;
/// The same without messages: itself, its description, its chat, its members; its meetups; their
/// answers; a profile and a follow list of each person.
const NOTES_WITHOUT_MESSAGES: u64 = 4 + MEETUPS + ANSWERS + 2 * PEOPLE;
/// Fewer have no room for the meetups of community 0.
const EVENTS_MIN: u64 = 1_000;
/// Where the communities are: Berlin is larger than any other city there.
const COUNTRIES: [&str; 4] = ["DE", "AT", "CH", "LI"];
const BERLIN: &str = "DE:Berlin";

/// A world: everything about it follows from its size, and from when it is.
pub struct DiscoveryWorld {
    size: Size,
    span: Span,
    /// Meetups that community 0 has more than others.
    further_meetups: u64,
    communities: u64,
    places: Places,
    topics: Zipf,
    prose: Prose,
}

impl DiscoveryWorld {
    /// The world of this size.
    ///
    /// # Errors
    /// It is too small.
    pub fn new(size: Size) -> anyhow::Result<DiscoveryWorld> {
        ensure!(
            size.events >= EVENTS_MIN,
            "a world to be searched has {EVENTS_MIN} events or more"
        );
        DiscoveryWorld::of(size, Span::of_world(), MEETUPS_OF_FEED - MEETUPS)
    }

    /// Notes that are dated `now` (Unix seconds) or some seconds before it, with meetups in the year
    /// after it. Another seed gives other people and communities.
    ///
    /// # Errors
    /// As [`DiscoveryWorld::new`].
    pub fn fresh(size: Size, now: u64) -> anyhow::Result<DiscoveryWorld> {
        DiscoveryWorld::of(size, Span::just_before(now), 0)
    }

    fn of(size: Size, span: Span, further_meetups: u64) -> anyhow::Result<DiscoveryWorld> {
        Ok(DiscoveryWorld {
            size,
            span,
            further_meetups,
            communities: (size.events / NOTES_PER_COMMUNITY).max(1),
            places: Places::of_countries(&COUNTRIES),
            topics: Zipf::new(TOPICS.len()),
            prose: Prose::new()?,
        })
    }

    /// How many communities it has.
    pub fn communities(&self) -> u64 {
        self.communities
    }

    /// What makes it another world.
    pub fn seed(&self) -> u64 {
        self.size.seed
    }

    /// What its texts are made of.
    pub fn prose(&self) -> &Prose {
        &self.prose
    }

    /// How many communities are in the city of this tag.
    ///
    /// # Errors
    /// A city that is not found; there is none.
    pub fn communities_in(&self, city: &str) -> anyhow::Result<usize> {
        let mut count = 0;
        for number in 0..self.communities {
            count += usize::from(community::city(self, number)?.tag().to_string() == city);
        }
        Ok(count)
    }

    /// The community with 200 meetups.
    ///
    /// # Errors
    /// A note that cannot be written; there is none.
    pub fn feed(&self) -> anyhow::Result<EventId> {
        Ok(Head::new(self, 0)?.reference.id)
    }

    /// One of its topics; the popular ones more often.
    pub fn topic(&self, dice: &mut Dice) -> &'static str {
        TOPICS
            .get(self.topics.throw(dice))
            .copied()
            .unwrap_or_default()
    }

    /// The meetups of a community, without signatures that anybody would take.
    ///
    /// # Errors
    /// A note that cannot be written; there is none.
    pub fn meetups(&self, community: u64) -> anyhow::Result<Vec<Event>> {
        let head = Head::new(self, community)?;
        let meetups = (0..self.meetups_of(community)).map(|number| {
            let (meetup, created_at) = head.meetup(self, number)?;
            head.owner.outline(&meetup, created_at)
        });
        meetups.collect()
    }

    /// All its events in memory, one JSON text each.
    ///
    /// # Errors
    /// A note that cannot be written; there is none.
    pub fn lines(&self) -> anyhow::Result<Vec<String>> {
        lines(self)
    }

    fn groups(&self) -> u64 {
        self.communities.div_ceil(COMMUNITIES_PER_GROUP)
    }

    /// How many meetups a community has.
    pub fn meetups_of(&self, community: u64) -> u64 {
        match community {
            0 => MEETUPS + self.further_meetups,
            _ => MEETUPS,
        }
    }

    /// Messages in the chat of a community: they fill the world up.
    fn messages_of(&self, community: u64) -> u64 {
        let others = self.communities * NOTES_WITHOUT_MESSAGES + self.further_meetups;
        let messages = u128::from(self.size.events.saturating_sub(others));
        let until = |community: u64| {
            let share = messages * u128::from(community) / u128::from(self.communities);
            u64::try_from(share).unwrap_or(u64::MAX)
        };
        until(community + 1) - until(community)
    }

    fn person(&self, community: u64, number: u64) -> anyhow::Result<Person> {
        Person::new(self.size.seed, community * (PEOPLE + 1) + 1 + number)
    }

    fn owner(&self, community: u64) -> anyhow::Result<Person> {
        Person::new(self.size.seed, community * (PEOPLE + 1))
    }

    /// When the group of a community writes in a period: from, and for how many seconds.
    fn window(&self, community: u64, period: u64) -> (u64, u64) {
        let group = community / COMMUNITIES_PER_GROUP;
        self.span.window(period, group, self.groups())
    }
}

impl Parted for DiscoveryWorld {
    fn events(&self) -> u64 {
        self.size.events
    }

    fn parts(&self) -> u64 {
        PERIODS * self.groups()
    }

    /// Period by period, and in each group by group.
    fn part(&self, number: u64) -> anyhow::Result<Part> {
        let (period, group) = (number / self.groups(), number % self.groups());
        let first = group * COMMUNITIES_PER_GROUP;
        let heads = (first..self.communities.min(first + COMMUNITIES_PER_GROUP))
            .map(|number| Head::new(self, number))
            .collect::<anyhow::Result<Vec<Head>>>()?;
        let mut events: Vec<Event> = Vec::new();
        for head in &heads {
            Period::new(self, head, &heads, period, &mut events).live()?;
        }
        // Stable: what was founded in the same second stays in front of what refers to it.
        events.sort_by_key(Event::created_at);
        Ok(Part(
            events.iter().map(|event| event.json().to_owned()).collect(),
        ))
    }
}

#[cfg(test)]
mod tests;
