//! Communities, meetups, places and people as they are shown: one shape for
//! tables and for JSON. Who makes them from what the relays say is
//! [`crate::commands`].

use jiff::Zoned;
use serde::{Serialize, Serializer};

/// How many hexadecimal digits of an id are listed.
pub const SHORT_ID_CHARACTERS: usize = 8;

/// A community.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct CommunityView {
    /// Id of the community (kind 1037), 64 hexadecimal digits.
    pub id: String,
    /// Title; a shortened id when it has none.
    pub title: String,
    /// `npub1…` of the owner.
    pub owner: String,
    /// Public key of the owner, 64 hexadecimal digits.
    pub owner_public_key: String,
    /// Where it meets.
    pub place: Option<PlaceView>,
    /// Lower-case words.
    pub topics: Vec<String>,
    /// Markdown.
    pub description: String,
    /// Address of a picture.
    pub image: Option<String>,
    /// Relays that carry it, as its owner names them, the most important first.
    pub carried_by: Vec<String>,
    /// `naddr1…` of its metadata or `nevent1…` of the community: works in other programs.
    pub link: String,
    /// Kilometres from the place that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_km: Option<f64>,
}

/// A meetup.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeetupView {
    /// Id of this version, 64 hexadecimal digits.
    pub id: String,
    /// `31923:<public key>:<identifier>`; stays when the meetup is edited.
    pub address: String,
    /// `naddr1…`: works in other programs.
    pub link: String,
    /// Title.
    pub title: String,
    /// The community, when it is known.
    pub community: Option<CommunityName>,
    /// `npub1…` of whoever announced it.
    pub organiser: String,
    /// Announced by the owner, or taken into the calendar by the owner. Others are proposals.
    pub official: bool,
    /// `open`, `cancelled` or `over`.
    pub status: MeetupStatus,
    /// RFC 3339 with the zone in brackets (RFC 9557); a date for all-day meetups.
    pub start: Moment,
    /// The same; absent when it is not known.
    pub end: Option<Moment>,
    /// IANA name.
    pub timezone: String,
    /// Unix seconds.
    pub start_unix: u64,
    /// Unix seconds.
    pub end_unix: Option<u64>,
    /// Venues and addresses, for people.
    #[serde(rename = "where")]
    pub locations: Vec<String>,
    /// For the map.
    pub place: Option<PlaceView>,
    /// One sentence.
    pub summary: String,
    /// Markdown.
    pub description: String,
    /// Lower-case words.
    pub topics: Vec<String>,
    /// Address of a picture.
    pub image: Option<String>,
    /// Kilometres from the place that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_km: Option<f64>,
    /// Series, seats, hosts: members of the same object, each only where it is said.
    #[serde(flatten)]
    pub extensions: ExtensionsView,
}

/// What `nips/extensions.md` adds to a meetup.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ExtensionsView {
    /// The series that it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<SeriesPlace>,
    /// How many people can come, guests counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// How many guests each may bring.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guests_max: Option<u32>,
    /// Until when a yes counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_by: Option<Moment>,
    /// Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_by_unix: Option<u64>,
    /// `npub1…` of those who run it beside the organiser.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// When its note expires, in Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_unix: Option<u64>,
}

/// Where a meetup stands in its series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeriesPlace {
    /// Which series of its organiser and community.
    pub id: String,
    /// The day that the rule gave it; it stays when the meetup is moved.
    pub day: Moment,
    /// `RRULE` of RFC 5545.
    pub rule: String,
    /// Whether it was changed on its own.
    pub apart: bool,
}

/// The community of a meetup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommunityName {
    /// 64 hexadecimal digits.
    pub id: String,
    /// Its title, when it was read too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// What became of a meetup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MeetupStatus {
    /// It takes place.
    Open,
    /// It does not take place.
    Cancelled,
    /// It has been.
    Over,
}

/// A moment in the zone of the meetup, or a whole day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moment {
    /// A moment.
    Time(Zoned),
    /// A whole day.
    Day(jiff::civil::Date),
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Time(zoned) => serializer.collect_str(zoned),
            Self::Day(date) => serializer.collect_str(date),
        }
    }
}

impl Moment {
    /// "27 Nov 19:00".
    pub fn short(&self) -> String {
        match self {
            Self::Time(zoned) => zoned.strftime("%-d %b %H:%M").to_string(),
            Self::Day(date) => date.strftime("%-d %b").to_string(),
        }
    }

    /// "Fri 27 Nov 2026, 19:00".
    pub fn for_people(&self) -> String {
        match self {
            Self::Time(zoned) => zoned.strftime("%a %-d %b %Y, %H:%M").to_string(),
            Self::Day(date) => date.strftime("%a %-d %b %Y").to_string(),
        }
    }
}

/// A place.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct PlaceView {
    /// For people: "Brighton, GB", or the coordinates.
    pub name: String,
    /// `GB:Brighton`, when it is a city.
    pub city: Option<String>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// The longest geohash.
    pub geohash: Option<String>,
}

/// Which relays took a note.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PublishedView {
    /// Addresses of relays.
    pub accepted: Vec<String>,
    /// Relays that did not, and why.
    pub refused: Vec<RelayView>,
    /// Relays that it waits for in the queue, and why they do not have it yet.
    pub waiting: Vec<RelayView>,
}

/// A relay and its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RelayView {
    /// Address.
    pub relay: String,
    /// In the words of the relay where it gave some.
    pub reason: String,
}

/// The answer of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnswerView {
    /// `npub1…`.
    pub npub: String,
    /// 64 hexadecimal digits.
    pub public_key: String,
    /// `accepted`, `declined` or `tentative`.
    pub status: String,
    /// A member of the community.
    pub member: bool,
    /// `current`, `before_the_change` or `earlier_version`.
    pub basis: AnswerBasis,
    /// What the person wrote.
    pub note: String,
    /// Whether there is a seat: members of the same object.
    #[serde(flatten)]
    pub seat: SeatView,
}

/// Whether somebody who said yes has a seat.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SeatView {
    /// `going`, `waiting` or `late`; absent without a yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seat: Option<SeatWord>,
    /// The place on the waiting list, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<u32>,
    /// How many others come along.
    pub guests: u32,
    /// Whether those have seats; absent without guests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guests_seat: Option<SeatWord>,
    /// Since when this person has been coming, in Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since_unix: Option<u64>,
}

/// Whether there is a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SeatWord {
    /// There is.
    Going,
    /// Not now.
    Waiting,
    /// The answer came after the last moment.
    Late,
}

impl SeatWord {
    /// As programs get it.
    pub fn as_str(self) -> &'static str {
        match self {
            SeatWord::Going => "going",
            SeatWord::Waiting => "waiting",
            SeatWord::Late => "late",
        }
    }
}

/// Which version of the meetup somebody answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerBasis {
    /// The current one, or one with the same time and place.
    Current,
    /// One with another time or place.
    BeforeTheChange,
    /// One that no relay has any more.
    EarlierVersion,
}

impl AnswerBasis {
    /// As programs get it.
    pub fn as_str(self) -> &'static str {
        match self {
            AnswerBasis::Current => "current",
            AnswerBasis::BeforeTheChange => "before_the_change",
            AnswerBasis::EarlierVersion => "earlier_version",
        }
    }
}

/// One person of a community.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonView {
    /// `npub1…`.
    pub npub: String,
    /// 64 hexadecimal digits.
    pub public_key: String,
    /// `owner`, `member`, `lapsed`, `follower` or `muted`.
    pub state: String,
    /// Why they are muted, where the owner said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The digits of an id that are listed.
pub fn short(id: &str) -> &str {
    id.get(..SHORT_ID_CHARACTERS).unwrap_or(id)
}
