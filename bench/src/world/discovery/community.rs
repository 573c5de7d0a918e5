//! One community of a world to look for meetups in, and every note of its life. Each note depends on
//! the seed, the community and its place in it alone.

use anyhow::Context;
use kith_nips::lbc::{
    Answer, Channel, ChannelMessage, ChannelProfile, Community, CommunityMetadata,
    CommunityReference, FollowList, MeetupVersion, MemberList, Note, Rsvp,
};
use kith_nips::place::{City, Gazetteer};
use kith_nips::{Address, Event, EventId};

use super::meetup::around;
use super::timing::PERIODS;
use super::{BERLIN, DiscoveryWorld};
use crate::world::community::{RELAY, picture, profile, topics};
use crate::world::{Dice, Person};

/// Meetups of a community.
pub const MEETUPS: u64 = 10;
/// Answers to them.
pub const ANSWERS: u64 = 14;
/// People beside the owner.
pub const PEOPLE: u64 = 6;

const PERIODS_OF_JOINING: u64 = 3;
const TOPICS_OF_COMMUNITY: usize = 3;
/// What the dice decide, so that no two decisions share their throws.
#[derive(Clone, Copy)]
pub enum Purpose {
    City,
    Topics,
    Founding,
    Description,
    Timing,
    Meetup,
    Rsvp,
    Message,
    Profile,
    Follows,
    Members,
}

/// A community, with what its notes refer to.
pub struct Head {
    /// Its number in the world.
    pub number: u64,
    /// Who founded it.
    pub owner: Person,
    /// Its id and owner.
    pub reference: CommunityReference,
    channel: EventId,
    /// Where it is.
    pub city: City,
    /// What it is about.
    pub topics: Vec<&'static str>,
}

impl Head {
    /// The community of this number. Signs nothing.
    ///
    /// # Errors
    /// A note that cannot be written; there is none.
    pub fn new(world: &DiscoveryWorld, number: u64) -> anyhow::Result<Head> {
        let owner = world.owner(number)?;
        let city = city(world, number)?;
        let mut dice = dice(world, Purpose::Topics, &[number]);
        let mut topics = Vec::with_capacity(TOPICS_OF_COMMUNITY);
        add_topics(world, &mut dice, TOPICS_OF_COMMUNITY, &mut topics);
        let founded = world.window(number, 0).0;
        let (community, channel) = founding(world, number, city);
        let event = owner.outline(&community, founded)?;
        let reference = CommunityReference::new(event.id(), event.pubkey());
        let channel = Channel::of_community(reference.clone().at(RELAY), channel);
        let channel = owner.outline(&channel, founded)?.id();
        Ok(Head {
            number,
            owner,
            reference,
            channel,
            city,
            topics,
        })
    }
}

/// A period of a community: what was written, in the order in which it could be.
pub struct Period<'a> {
    world: &'a DiscoveryWorld,
    head: &'a Head,
    /// The communities that its people have heard of.
    group: &'a [Head],
    period: u64,
    events: &'a mut Vec<Event>,
}

impl<'a> Period<'a> {
    /// Nothing is written yet; it goes behind `events`.
    pub fn new(
        world: &'a DiscoveryWorld,
        head: &'a Head,
        group: &'a [Head],
        period: u64,
        events: &'a mut Vec<Event>,
    ) -> Period<'a> {
        Period {
            world,
            head,
            group,
            period,
            events,
        }
    }

    /// Writes everything of it.
    ///
    /// # Errors
    /// A note that cannot be written; there is none.
    pub fn live(mut self) -> anyhow::Result<()> {
        if self.period == 0 {
            self.found()?;
        }
        for number in 0..PEOPLE {
            if number % PERIODS_OF_JOINING == self.period {
                self.join(number)?;
            }
        }
        if self.period == PERIODS_OF_JOINING {
            self.list_members()?;
        }
        for number in 0..self.world.meetups_of(self.head.number) {
            if self.head.timing(self.world, number)?.announced == self.period {
                self.announce(number)?;
            }
        }
        for number in 0..self.world.messages_of(self.head.number) {
            self.speak_if_due(number)?;
        }
        Ok(())
    }

    fn found(&mut self) -> anyhow::Result<()> {
        let (world, head) = (self.world, self.head);
        let (founded, _) = world.window(head.number, 0);
        let (community, channel) = founding(world, head.number, head.city);
        self.sign(&head.owner, &community, founded)?;
        let channel = Channel::of_community(head.reference.clone().at(RELAY), channel);
        self.sign(&head.owner, &channel, founded)?;
        let mut dice = dice(world, Purpose::Description, &[head.number]);
        let main = head.topics.first().copied().unwrap_or_default();
        let title = format!("{} {main} {}", head.city.name(), head.number);
        let mut metadata = CommunityMetadata::new(head.reference.clone().at(RELAY), title);
        metadata.description = world.prose().text(&mut dice, 500);
        metadata.image = Some(picture(&mut dice));
        metadata.location = around(head.city, &mut dice)?;
        metadata.topics = topics(&head.topics);
        self.sign(&head.owner, &metadata, founded)
    }

    fn list_members(&mut self) -> anyhow::Result<()> {
        let mut members = MemberList::new(self.head.reference.id);
        for number in 0..PEOPLE {
            members.add(self.world.person(self.head.number, number)?.pubkey());
        }
        let mut dice = dice(self.world, Purpose::Members, &[self.head.number]);
        let created_at = self.moment(&mut dice);
        self.sign(&self.head.owner, &members, created_at)
    }

    fn join(&mut self, number: u64) -> anyhow::Result<()> {
        let (world, head) = (self.world, self.head);
        let person = world.person(head.number, number)?;
        let mut about = dice(world, Purpose::Profile, &[head.number, number]);
        let text = world.prose().text(&mut about, 120);
        let draft = profile(text, &mut about, head.number, number);
        let created_at = self.moment(&mut about);
        self.events.push(person.sign_draft(&draft, created_at)?);
        let mut dice = dice(world, Purpose::Follows, &[head.number, number]);
        let mut follows = FollowList::new();
        follows.follow(head.reference.id);
        for _ in 0..dice.below(4) {
            let other = dice.one_of(self.group).context("a community")?;
            follows.follow(other.reference.id);
        }
        follows.set_cities(&[head.city.tag()]);
        follows.set_topics(&topics(&head.topics));
        let created_at = self.moment(&mut dice);
        self.sign(&person, &follows, created_at)
    }

    /// Publishes a meetup, and the answers of the first days.
    fn announce(&mut self, number: u64) -> anyhow::Result<()> {
        let (world, head) = (self.world, self.head);
        let (meetup, created_at) = head.meetup(world, number)?;
        let meetup = head.owner.sign(&meetup, created_at)?;
        let (address, version) = (meetup.address().context("an address")?, meetup.id());
        self.events.push(meetup);
        let meetups = world.meetups_of(head.number);
        for turn in number * ANSWERS / meetups..(number + 1) * ANSWERS / meetups {
            self.answer(turn, &address, version, created_at)?;
        }
        Ok(())
    }

    fn answer(
        &mut self,
        turn: u64,
        meetup: &Address,
        version: EventId,
        announced_at: u64,
    ) -> anyhow::Result<()> {
        let (world, head) = (self.world, self.head);
        let mut dice = dice(world, Purpose::Rsvp, &[head.number, turn]);
        let answers = [
            Answer::Accepted,
            Answer::Accepted,
            Answer::Tentative,
            Answer::Declined,
        ];
        let answer = dice.one_of(&answers).copied().context("an answer")?;
        let mut rsvp = Rsvp::new(meetup.clone(), answer);
        rsvp.relay = Some(RELAY.to_owned());
        rsvp.version = Some(MeetupVersion {
            id: version,
            relay: Some(RELAY.to_owned()),
        });
        let bytes = 20 + dice.below(120);
        rsvp.comment = world.prose().text(&mut dice, bytes);
        let (begun, seconds) = world.window(head.number, self.period);
        let created_at = announced_at + dice.below(begun + seconds - announced_at);
        self.sign(
            &world.person(head.number, turn % PEOPLE)?,
            &rsvp,
            created_at,
        )
    }

    /// A message of the chat, if this is the period that it was thrown for.
    fn speak_if_due(&mut self, number: u64) -> anyhow::Result<()> {
        let (world, head) = (self.world, self.head);
        let mut dice = dice(world, Purpose::Message, &[head.number, number]);
        if 1 + dice.below(PERIODS - 1) != self.period {
            return Ok(());
        }
        let bytes = 30 + dice.below(400);
        let text = world.prose().text(&mut dice, bytes);
        let mut message = ChannelMessage::new(head.channel, text);
        message.relay = Some(RELAY.to_owned());
        let created_at = self.moment(&mut dice);
        let person = world.person(head.number, dice.below(PEOPLE))?;
        self.sign(&person, &message, created_at)
    }

    fn moment(&self, dice: &mut Dice) -> u64 {
        let (begun, seconds) = self.world.window(self.head.number, self.period);
        begun + dice.below(seconds)
    }

    fn sign(&mut self, person: &Person, note: &impl Note, created_at: u64) -> anyhow::Result<()> {
        self.events.push(person.sign(note, created_at)?);
        Ok(())
    }
}

/// Where a community is; the first of a world is in Berlin.
///
/// # Errors
/// A city that is not found; there is none.
pub fn city(world: &DiscoveryWorld, number: u64) -> anyhow::Result<City> {
    if number == 0 {
        let berlin = Gazetteer::resolve(BERLIN).first().copied();
        return berlin.context(BERLIN);
    }
    let mut dice = dice(world, Purpose::City, &[number]);
    world.places.throw(&mut dice)
}

/// What a community says of itself at first, and its chat.
fn founding(world: &DiscoveryWorld, number: u64, city: City) -> (Community, ChannelProfile) {
    let mut dice = dice(world, Purpose::Founding, &[number]);
    let text = world.prose().text(&mut dice, 150);
    let about = format!("Community number {number} of {}. {text}", city.label());
    let mut channel = ChannelProfile::named(format!("Chat of community {number}"));
    channel.about = Some(world.prose().text(&mut dice, 80));
    (Community::new(about), channel)
}

/// Adds topics that are not there yet until there are so many, or bad luck ends it.
pub fn add_topics(
    world: &DiscoveryWorld,
    dice: &mut Dice,
    wanted: usize,
    topics: &mut Vec<&'static str>,
) {
    const THROWS_MAX: usize = 20;
    for _ in 0..THROWS_MAX {
        if topics.len() >= wanted {
            return;
        }
        let topic = world.topic(dice);
        if !topics.contains(&topic) {
            topics.push(topic);
        }
    }
}

/// The dice for one purpose.
pub fn dice(world: &DiscoveryWorld, purpose: Purpose, words: &[u64]) -> Dice {
    let mut all = vec![world.seed(), purpose as u64];
    all.extend_from_slice(words);
    Dice::of(&all)
}
