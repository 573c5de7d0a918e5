//! The meetups of a community: when, where and what about. Each depends on the seed, the community and
//! its place in it alone.

use anyhow::Context;
use jiff::ToSpan;
use jiff::civil::Date;
use kith_nips::lbc::{Location, Meetup, Slug, Summary};
use kith_nips::nip52::{DateSpan, TimeSpan, When, Zone};
use kith_nips::place::{City, Point};

use super::DiscoveryWorld;
use super::community::{Head, Purpose, add_topics, dice};
use super::timing::Timing;
use crate::world::Dice;
use crate::world::community::{RELAY, picture, topics};

/// Further topics of a meetup, each as likely as it stands here.
const FURTHER_TOPICS: [usize; 6] = [0, 1, 1, 1, 2, 3];
/// Half hours since midnight at which people meet, each as likely as it stands here.
const HALF_HOURS: [i64; 12] = [20, 22, 28, 30, 34, 36, 37, 37, 38, 38, 39, 40];
/// How long for, in minutes.
const MINUTES: [i64; 6] = [60, 90, 120, 120, 180, 240];
const VENUES: [&str; 8] = [
    "Stadtbibliothek",
    "Café Zeitlos",
    "Volkshochschule",
    "Kulturhaus",
    "Bürgerzentrum",
    "Stadtpark",
    "Makerspace",
    "Gasthaus zur Post",
];

/// A degree of latitude; one of longitude where these communities are, about 51° north. A constant,
/// because cosines differ between machines.
const KM_PER_DEGREE: (f64, f64) = (111.2, 70.0);
/// The standard deviation of a sum of [`SHIFTS`] numbers between −1,000 and 1,000.
const SHIFT_DEVIATION: f64 = 1_154.7;
const SHIFTS: usize = 4;

impl Head {
    /// One of its meetups, and when it was announced.
    ///
    /// # Errors
    /// A note that cannot be written; there is none.
    pub fn meetup(&self, world: &DiscoveryWorld, number: u64) -> anyhow::Result<(Meetup, u64)> {
        let Timing { announced, day } = self.timing(world, number)?;
        let mut dice = dice(world, Purpose::Meetup, &[self.number, number]);
        let main = dice.one_of(&self.topics).copied().context("a topic")?;
        let mut about = vec![main];
        let further = dice.one_of(&FURTHER_TOPICS).copied().unwrap_or_default();
        add_topics(world, &mut dice, 1 + further, &mut about);
        let prose = world.prose();
        let title = prose.title(&mut dice, main, number + 1);
        let slug = Slug::from_title(&title, day);
        let when = when(day, Zone::new(self.city.timezone())?, &mut dice)?;
        let mut meetup = Meetup::new(self.reference.clone().at(RELAY), &slug, title, when);
        meetup.summary = Summary::new(&prose.text(&mut dice, 60))?;
        let bytes = 250 + dice.below(700);
        meetup.description = prose.text(&mut dice, bytes);
        let venue = dice.one_of(&VENUES).copied().unwrap_or_default();
        let place = format!(
            "{venue}, Hauptstraße {}, {}",
            1 + dice.below(200),
            self.city.name()
        );
        meetup.places = vec![place];
        meetup.location = around(self.city, &mut dice)?;
        meetup.image = Some(picture(&mut dice));
        meetup.topics = topics(&about);
        if dice.below(33) == 0 {
            meetup.cancel();
        }
        let (begun, seconds) = world.window(self.number, announced);
        Ok((meetup, begun + dice.below(seconds)))
    }

    /// When a meetup is.
    ///
    /// # Errors
    /// A day behind the calendar; there is none.
    pub fn timing(&self, world: &DiscoveryWorld, number: u64) -> anyhow::Result<Timing> {
        let mut dice = dice(world, Purpose::Timing, &[self.number, number]);
        let meetups = world.meetups_of(self.number);
        world.span.timing(number, meetups, &mut dice)
    }
}

/// Most meetups are of an evening, some have no end, some go on for days, some have no hour.
fn when(day: Date, zone: Zone, dice: &mut Dice) -> anyhow::Result<When> {
    let kind = dice.below(100);
    if kind < 8 {
        let days = [1, 1, 2, 3];
        let days: i64 = dice.one_of(&days).copied().unwrap_or(1);
        let end = (days > 1).then(|| day.checked_add(days.days()));
        return Ok(When::all_day(DateSpan::new(day, end.transpose()?)?));
    }
    let half_hours = dice.one_of(&HALF_HOURS).copied().unwrap_or_default();
    let begin = day.to_zoned(zone.time_zone())?;
    let begin = begin.timestamp().as_second() + half_hours * 1_800;
    let minutes = dice.one_of(&MINUTES).copied().unwrap_or_default();
    let end = match kind {
        8..10 => Some(begin + 60 * (minutes + 1_440)),
        10..25 => None,
        _ => Some(begin + 60 * minutes),
    };
    let span = TimeSpan::new(begin.try_into()?, end.map(u64::try_from).transpose()?)?;
    Ok(When::timed(span).in_zone(zone))
}

/// Somewhere around the middle of a city, nearer more often: some kilometres in a large one.
///
/// # Errors
/// A city at the edge of the map.
pub fn around(city: City, dice: &mut Dice) -> anyhow::Result<Location> {
    let people = f64::from(city.population());
    let deviation_km = 0.5 + 2.5 * (people / 1e6).sqrt();
    let mut shift_km = || {
        let throws = (0..SHIFTS).map(|_| dice.below(2_001) as f64 - 1_000.0);
        throws.sum::<f64>() / SHIFT_DEVIATION * deviation_km
    };
    let point = Point::new(
        city.point().latitude() + shift_km() / KM_PER_DEGREE.0,
        city.point().longitude() + shift_km() / KM_PER_DEGREE.1,
    )?;
    Ok(Location::at(point).in_city(city.tag()))
}
