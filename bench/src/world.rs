//! A made-up world in which everything is signed and nothing is random: communities in real cities,
//! by how many people live there, over 24 weeks; their meetups, answers, chat, members, profiles and
//! follow lists.
//!
//! A world of any size is written in constant memory, in the order of time, and is the same for the
//! same seed to the last byte. Every address is used once, so that no relay replaces anything. Each
//! note can be made again by itself, which is how questions about a world are made without reading
//! it. Knows no relay.

use std::fs::File;
use std::io::{BufWriter, stdout};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, ValueEnum};
use kith_nips::Event;

mod community;
mod dice;
pub mod discovery;
mod output;
mod person;
mod places;
mod text;

pub use community::{Head, PEOPLE};
pub use dice::Dice;
pub use discovery::DiscoveryWorld;
pub use output::{Part, Parted, for_each_line, lines};
pub use person::Person;
pub use places::{Places, cell_of};
pub use text::Words;

/// The weeks of a world.
pub const WEEKS: u64 = 24;
const WEEK_SECONDS: u64 = 604_800;
/// Nothing in the world is as late as this: 6 November 2026.
pub const END: u64 = 1_794_000_000;
const BEGINNING: u64 = END - WEEKS * WEEK_SECONDS - 1;
/// Communities that live next to each other: what is made at once, and who hears of whom.
const COMMUNITIES_PER_GROUP: u64 = 256;

/// Which world.
#[derive(Debug, Clone, Copy, Args)]
pub struct Size {
    /// How many events
    #[arg(long, default_value_t = 50_000)]
    pub events: u64,
    /// Another seed is another world
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// What a world is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Sort {
    /// Many communities in few cities of the world, with much chat
    Communities,
    /// Many meetups in all towns of the German-speaking countries, to be searched
    Discovery,
}

/// Writes signed events of a made-up world, the same for the same seed.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    size: Size,
    /// What it is for
    #[arg(long, value_enum, default_value_t = Sort::Communities)]
    kind: Sort,
    /// The file to write; - is standard output
    file: PathBuf,
}

/// Writes the file.
///
/// # Errors
/// A file that cannot be written.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let size = arguments.size;
    match arguments.kind {
        Sort::Communities => {
            let world = World::new(size)?;
            write(&world, world.communities(), arguments)
        }
        Sort::Discovery => {
            let world = DiscoveryWorld::new(size)?;
            write(&world, world.communities(), arguments)
        }
    }
}

fn write(world: &impl Parted, communities: u64, arguments: &Arguments) -> anyhow::Result<()> {
    let file = &arguments.file;
    if file == Path::new("-") {
        return output::write(world, BufWriter::new(stdout().lock()));
    }
    let out = File::create(file).with_context(|| file.display().to_string())?;
    output::write(world, BufWriter::new(out))?;
    println!(
        "{} events, {communities} communities, seed {}: {}",
        world.events(),
        arguments.size.seed,
        file.display()
    );
    Ok(())
}

/// A world: everything about it follows from its size.
pub struct World {
    size: Size,
    communities: u64,
    places: Places,
    words: Words,
}

impl World {
    /// # Errors
    /// A city that the gazetteer does not know.
    pub fn new(size: Size) -> anyhow::Result<World> {
        Ok(World {
            size,
            communities: size.events.div_ceil(community::NOTES).max(1),
            places: Places::new()?,
            words: Words::read(),
        })
    }

    /// How many communities it has.
    pub fn communities(&self) -> u64 {
        self.communities
    }

    /// The community of this number, from 0. Signs nothing.
    ///
    /// # Errors
    /// A note that cannot be written; there is none.
    pub fn head(&self, number: u64) -> anyhow::Result<Head> {
        Head::new(self, &self.words, number)
    }

    /// A member of a community, from 0 to [`PEOPLE`].
    ///
    /// # Errors
    /// As [`Person::new`].
    pub fn person(&self, community: u64, number: u64) -> anyhow::Result<Person> {
        Person::new(self.size.seed, community * (PEOPLE + 1) + 1 + number)
    }

    /// What its texts are made of.
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// What makes it another world.
    pub fn seed(&self) -> u64 {
        self.size.seed
    }

    /// All its events in memory, one JSON text each.
    ///
    /// # Errors
    /// A note that cannot be written; there is none.
    pub fn lines(&self) -> anyhow::Result<Vec<String>> {
        output::lines(self)
    }

    fn groups(&self) -> u64 {
        self.communities.div_ceil(COMMUNITIES_PER_GROUP)
    }

    fn places(&self) -> &Places {
        &self.places
    }

    fn owner(&self, community: u64) -> anyhow::Result<Person> {
        Person::new(self.size.seed, community * (PEOPLE + 1))
    }

    /// When the group of a community writes in a week: from, and for how many seconds.
    fn window(&self, community: u64, week: u64) -> (u64, u64) {
        let group = community / COMMUNITIES_PER_GROUP;
        let from = |group: u64| group * WEEK_SECONDS / self.groups();
        let begun = BEGINNING + week * WEEK_SECONDS + from(group);
        (begun, (from(group + 1) - from(group)).max(1))
    }

    fn founded(&self, community: u64) -> u64 {
        self.window(community, 0).0
    }

    fn moment(&self, community: u64, week: u64, dice: &mut Dice) -> u64 {
        let (begun, seconds) = self.window(community, week);
        begun + dice.below(seconds)
    }
}

impl Parted for World {
    fn events(&self) -> u64 {
        self.size.events
    }

    fn parts(&self) -> u64 {
        WEEKS * self.groups()
    }

    /// Week by week, and in each week group by group.
    fn part(&self, number: u64) -> anyhow::Result<Part> {
        let (week, group) = (number / self.groups(), number % self.groups());
        let first = group * COMMUNITIES_PER_GROUP;
        let heads = (first..self.communities.min(first + COMMUNITIES_PER_GROUP))
            .map(|number| self.head(number))
            .collect::<anyhow::Result<Vec<Head>>>()?;
        let mut events: Vec<Event> = Vec::new();
        for head in &heads {
            community::live_a_week(self, &self.words, head, &heads, week, &mut events)?;
        }
        // Stable: what was founded in the same second stays in front of what refers to it.
        events.sort_by_key(Event::created_at);
        Ok(Part(
            events.iter().map(|event| event.json().to_owned()).collect(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashSet};

    use super::*;

    const SMALL: Size = Size {
        events: 1_500,
        seed: 7,
    };

    fn events(size: Size) -> Vec<Event> {
        let lines = World::new(size).unwrap().lines().unwrap();
        lines
            .iter()
            .map(|line| Event::parse(line).unwrap())
            .collect()
    }

    #[test]
    fn the_same_seed_is_the_same_world_to_the_last_byte() {
        let lines = |size| World::new(size).unwrap().lines().unwrap();
        let one = lines(SMALL);
        assert_eq!(one.len(), 1_500);
        assert_eq!(one, lines(SMALL));
        let other = lines(Size { seed: 8, ..SMALL });
        assert!(one.iter().all(|line| !other.contains(line)));
    }

    /// Figures of earlier days are compared with those of this world.
    #[test]
    fn the_world_is_still_what_it_was() {
        let id = "e3d420ccc53fec66da4476d2bd7e69288582bf332c71b118213ddc949bd9c5f5";
        let last = events(SMALL).last().map(|event| event.id().to_string());
        assert_eq!(last.as_deref(), Some(id));
    }

    #[test]
    fn every_signature_is_valid_and_every_address_is_used_once() {
        let mut ids = HashSet::new();
        let mut addresses = HashSet::new();
        for event in events(SMALL) {
            event.verify().unwrap();
            assert!(ids.insert(event.id()));
            assert!(
                event
                    .address()
                    .is_none_or(|address| addresses.insert(address))
            );
            assert!((BEGINNING..END).contains(&event.created_at()));
        }
    }

    #[test]
    fn a_whole_community_has_its_notes_in_the_order_of_time() {
        let size = Size {
            events: community::NOTES,
            seed: 3,
        };
        let events = events(size);
        assert_eq!(events.len() as u64, community::NOTES);
        assert!(events.is_sorted_by_key(Event::created_at));
        let mut kinds: BTreeMap<u16, u64> = BTreeMap::new();
        for event in &events {
            *kinds.entry(event.kind().as_u16()).or_default() += 1;
        }
        let expected = BTreeMap::from([
            (0, PEOPLE),
            (40, 1),
            (42, WEEKS * community::MESSAGES),
            (1_037, 1),
            (10_037, PEOPLE),
            (30_000, 1),
            (30_037, 1),
            (31_923, WEEKS),
            (31_925, WEEKS * community::ANSWERS),
        ]);
        assert_eq!(kinds, expected);
    }

    #[test]
    fn what_is_made_again_is_what_was_written() {
        let world = World::new(SMALL).unwrap();
        let events = events(SMALL);
        let has = |id| events.iter().any(|event| event.id() == id);
        for number in 0..world.communities() {
            let head = world.head(number).unwrap();
            assert!(has(head.reference.id) && has(head.channel));
            assert!(has(head.meetup_id(&world, world.words(), 2).unwrap()));
            let address = head.meetup(&world, 2).unwrap();
            assert!(
                events
                    .iter()
                    .any(|event| event.address().as_ref() == Some(&address))
            );
        }
    }

    #[test]
    fn a_large_world_ends_in_time() {
        let world = World::new(Size {
            events: 1_000_000_000,
            seed: 1,
        })
        .unwrap();
        let last = world.communities() - 1;
        let (begun, seconds) = world.window(last, WEEKS - 1);
        assert!(begun + seconds <= END);
        assert!(!world.part(world.parts() - 1).unwrap().0.is_empty());
    }
}
