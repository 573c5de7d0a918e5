//! Communities, meetups and people as pages show them: plain data, already harmless.

use jiff::civil::Date;
use kith_nips::nip52::When;
use kith_nips::place::{CityTag, Point};

use crate::link::{WebLink, path};
use crate::text::Text;
use crate::when;

/// A community by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommunityLink {
    /// The community id.
    pub id: String,
    /// What it is called.
    pub title: Text,
}

impl CommunityLink {
    /// Its page.
    pub fn path(&self) -> String {
        path(&["c", &self.id])
    }
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their key (NIP-19).
    pub npub: String,
    /// The same in hexadecimal digits, as notes name it.
    pub key: String,
    /// What they call themselves.
    pub name: Option<Text>,
}

impl Person {
    /// Their page.
    pub fn path(&self) -> String {
        path(&["p", &self.npub])
    }

    /// Where they go.
    pub fn agenda(&self) -> String {
        path(&["agenda", &self.npub])
    }

    /// Their name, or the ends of their key.
    pub fn shown(&self) -> String {
        match &self.name {
            Some(name) if !name.is_empty() => name.to_string(),
            _ => {
                let begin = self.npub.get(..10).unwrap_or(&self.npub);
                let end = self
                    .npub
                    .len()
                    .checked_sub(4)
                    .and_then(|at| self.npub.get(at..));
                format!("{begin}…{}", end.unwrap_or_default())
            }
        }
    }
}

/// A city as notes name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct City(pub CityTag);

impl City {
    /// Its name.
    pub fn name(&self) -> Text {
        Text::line(self.0.name(), 60)
    }

    /// Its country, two letters.
    pub fn country(&self) -> String {
        self.0.country().to_string()
    }

    /// Its page.
    pub fn path(&self) -> String {
        path(&["city", &self.country(), self.0.name()])
    }
}

/// A topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic(pub String);

impl Topic {
    /// Its name.
    pub fn name(&self) -> Text {
        Text::line(&self.0, 50)
    }

    /// Its page.
    pub fn path(&self) -> String {
        path(&["topic", &self.0])
    }
}

/// Something to choose, and how much there is of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted<T> {
    /// What.
    pub of: T,
    /// Communities.
    pub communities: u64,
    /// Coming meetups.
    pub meetups: u64,
}

/// Whether there is anything to be seen on a map.
pub(crate) fn have_places(meetups: &[MeetupCard]) -> bool {
    meetups.iter().any(|card| card.point.is_some())
}

/// A meetup in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct MeetupCard {
    /// Its address (NIP-19).
    pub naddr: String,
    /// What it is called; may be blank.
    pub title: Text,
    /// In short.
    pub summary: Text,
    /// When it is.
    pub when: Option<When>,
    /// Where it is.
    pub point: Option<Point>,
    /// Where it is, in words.
    pub place: Text,
    /// Its city.
    pub city: Option<City>,
    /// Kilometres from the place that was asked about.
    pub distance_km: Option<f64>,
    /// Whether it was called off.
    pub is_cancelled: bool,
    /// Whether it is over.
    pub is_over: bool,
    /// Whether a community made it its own; otherwise it is somebody's proposal.
    pub is_official: bool,
    /// Who comes.
    pub going: u64,
    /// The communities that it belongs to.
    pub communities: Vec<CommunityLink>,
    /// A picture.
    pub image: Option<WebLink>,
}

impl MeetupCard {
    /// `latitude,longitude`, as exactly as a door.
    pub fn position(&self) -> Option<String> {
        let point = self.point?;
        Some(format!("{:.5},{:.5}", point.latitude(), point.longitude()))
    }

    /// The first and the last day that it is on, where it is.
    pub fn days(&self) -> Option<(Date, Date)> {
        when::local_days(self.when.as_ref()?, self.point)
    }

    /// Its page.
    pub fn path(&self) -> String {
        path(&["m", &self.naddr])
    }
}

/// A community in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct CommunityCard {
    /// Its name.
    pub link: CommunityLink,
    /// What it says of itself, in short.
    pub summary: Text,
    /// Its city.
    pub city: Option<City>,
    /// What it is about.
    pub topics: Vec<Topic>,
    /// Who belongs to it.
    pub members: u64,
    /// Who follows it.
    pub followers: u64,
    /// Coming meetups.
    pub upcoming: u64,
    /// Kilometres from the place that was asked about.
    pub distance_km: Option<f64>,
    /// A picture.
    pub image: Option<WebLink>,
}
