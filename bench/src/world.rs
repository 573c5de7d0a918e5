//! A world in which everything is signed and nothing is random: communities in real cities, their
//! meetups, followers and answers, in the proportions of a lively place.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, anyhow};
use kith_nips::lbc::{
    Answer, Community, CommunityMetadata, CommunityReference, FollowList, Location, Meetup, Note,
    Rsvp, Slug, Topic,
};
use kith_nips::nip52::{TimeSpan, When, Zone};
use kith_nips::place::{City, Gazetteer, Point};
use kith_nips::{Address, Event, EventId};
use nostr::{Keys, SecretKey};

const CITIES: [&str; 24] = [
    "Brighton, GB",
    "London, GB",
    "Berlin, DE",
    "München, DE",
    "Hamburg, DE",
    "Lübeck, DE",
    "Husum, DE",
    "Wien, AT",
    "Zürich, CH",
    "Paris, FR",
    "Lyon, FR",
    "Madrid, ES",
    "Porto, PT",
    "Roma, IT",
    "Praha, CZ",
    "Kraków, PL",
    "Oslo, NO",
    "Nairobi, KE",
    "Lagos, NG",
    "Tokyo, JP",
    "Sydney, AU",
    "Toronto, CA",
    "Austin, US",
    "São Paulo, BR",
];
const TOPICS: [&str; 12] = [
    "rust",
    "bitcoin",
    "hiking",
    "chess",
    "books",
    "board games",
    "running",
    "photography",
    "python",
    "music",
    "gardening",
    "languages",
];
/// The first second of the world.
const BEGINNING: u64 = 1_780_000_000;

/// Writes `count` events to `file`.
///
/// # Errors
/// A city that the gazetteer does not know; a file that cannot be written.
pub fn write(file: &Path, count: usize, seed: u64) -> anyhow::Result<()> {
    let out = File::create(file).with_context(|| file.display().to_string())?;
    let mut world = World {
        out: BufWriter::new(out),
        left: count,
        dice: Dice(seed),
        now: BEGINNING,
    };
    let cities: Vec<&City> = CITIES
        .iter()
        .map(|name| {
            Gazetteer::resolve(name)
                .first()
                .copied()
                .ok_or_else(|| anyhow!("{name}?"))
        })
        .collect::<Result<_, _>>()?;
    let mut number = 0;
    while world.left > 0 {
        let city = cities
            .get(world.dice.below(cities.len()))
            .context("a city")?;
        world.community(number, city)?;
        number += 1;
    }
    world.out.flush()?;
    println!(
        "{count} events, {number} communities, seed {seed}: {}",
        file.display()
    );
    Ok(())
}

struct World {
    out: BufWriter<File>,
    left: usize,
    dice: Dice,
    now: u64,
}

impl World {
    /// A community with its description, 8 meetups, 40 followers and their answers.
    fn community(&mut self, number: usize, city: &City) -> anyhow::Result<()> {
        let owner = person(number as u64 * 1_000)?;
        let about = format!("Community number {number} of {}", city.label());
        let community = self.emit(&owner, &Community::new(about))?;
        let reference = CommunityReference::new(community.id(), community.pubkey());
        let topic = self.topic()?;
        let mut metadata = CommunityMetadata::new(
            reference.clone(),
            format!("{} {} {number}", city.name(), topic.as_str()),
        );
        metadata.description = "We meet every week, newcomers are welcome.".repeat(4);
        metadata.location = self.near(city)?;
        metadata.topics = vec![topic.clone(), self.topic()?];
        self.emit(&owner, &metadata)?;
        let mut meetups = Vec::new();
        for week in 0..8_u64 {
            meetups.push(self.meetup(&owner, &reference, city, &topic, week)?);
        }
        for follower in 1..=40 {
            let keys = person(number as u64 * 1_000 + follower)?;
            self.follow(&keys, community.id())?;
            for _ in 0..3 {
                if let Some(meetup) = meetups.get(self.dice.below(meetups.len())).cloned() {
                    self.answer(&keys, meetup)?;
                }
            }
        }
        Ok(())
    }

    fn meetup(
        &mut self,
        owner: &Keys,
        community: &CommunityReference,
        city: &City,
        topic: &Topic,
        week: u64,
    ) -> anyhow::Result<Address> {
        let start = self.now + week * 604_800 + 68_400;
        let zone = Zone::new(city.timezone())?;
        let when = When::timed(TimeSpan::new(start, Some(start + 7_200))?).in_zone(zone);
        let day = jiff::civil::date(2026, 6, 1);
        let slug = Slug::from_title(&format!("{} week {week}", topic.as_str()), day);
        let title = format!("{} evening {week}", topic.as_str());
        let mut meetup = Meetup::new(community.clone(), &slug, title, when);
        meetup.description = "Doors open at seven, talks at half past. ".repeat(6);
        meetup.places = vec![format!(
            "Main street {}, {}",
            self.dice.below(200),
            city.name()
        )];
        meetup.location = self.near(city)?;
        meetup.topics = vec![topic.clone()];
        let event = self.emit(owner, &meetup)?;
        event.address().context("a meetup has an address")
    }

    fn follow(&mut self, keys: &Keys, community: EventId) -> anyhow::Result<()> {
        let mut follows = FollowList::new();
        follows.follow(community);
        self.emit(keys, &follows).map(drop)
    }

    fn answer(&mut self, keys: &Keys, meetup: Address) -> anyhow::Result<()> {
        let answer = match self.dice.below(4) {
            0 => Answer::Declined,
            1 => Answer::Tentative,
            _ => Answer::Accepted,
        };
        self.emit(keys, &Rsvp::new(meetup, answer)).map(drop)
    }

    fn near(&mut self, city: &City) -> anyhow::Result<Location> {
        let shift = |dice: &mut Dice| (dice.below(200) as f64 - 100.0) / 2_000.0;
        let point = Point::new(
            city.point().latitude() + shift(&mut self.dice),
            city.point().longitude() + shift(&mut self.dice),
        )?;
        Ok(Location::at(point).in_city(city.tag()))
    }

    fn topic(&mut self) -> anyhow::Result<Topic> {
        let word = TOPICS
            .get(self.dice.below(TOPICS.len()))
            .context("a topic")?;
        Topic::new(word).context("a topic")
    }

    /// Signs and writes; what comes after the last wanted event is signed and dropped.
    fn emit(&mut self, keys: &Keys, note: &impl Note) -> anyhow::Result<Event> {
        self.now += 7;
        let event = note.draft()?.sign(keys, self.now)?;
        if self.left > 0 {
            self.left -= 1;
            writeln!(self.out, "{}", event.json())?;
        }
        Ok(event)
    }
}

fn person(number: u64) -> anyhow::Result<Keys> {
    let mut secret = [0; 32];
    for (byte, from) in secret.iter_mut().skip(24).zip((number + 1).to_be_bytes()) {
        *byte = from;
    }
    Ok(Keys::new(SecretKey::from_slice(&secret)?))
}

/// SplitMix64: a small sequence that is the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound.max(1) as u64) as usize
    }
}
