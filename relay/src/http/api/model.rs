//! What the API says of communities, meetups and people, in JSON. Every text in it was written by
//! somebody: whoever shows it escapes it.

use kith_nips::PublicKey;
use kith_nips::lbc::{
    Answer, Attendee, Group, Location, MeetupStatus, Membership, Standing, Tally,
};
use kith_nips::nip52::When;
use kith_nips::place::{City, Point};
use serde::Serialize;
use utoipa::ToSchema;

use super::reference::{naddr, npub};
use crate::directory::{
    AgendaEntry, CommunityRecord, CommunityView, Found, MeetupView, Member, PersonCommunity, Rsvps,
};

/// The longest description in a list, in characters; in the answer about one thing it is whole.
const LISTED_DESCRIPTION_CHARACTERS_MAX: usize = 1_000;

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// In a list: descriptions are cut after a thousand characters.
    Listed,
    /// Everything.
    Whole,
}

impl Detail {
    fn cut(self, text: &str) -> String {
        let end = text.char_indices().nth(LISTED_DESCRIPTION_CHARACTERS_MAX);
        match (self, end) {
            (Detail::Listed, Some((end, _))) => {
                let begin = text.split_at_checked(end).map_or(text, |(begin, _)| begin);
                format!("{begin}…")
            }
            _ => text.to_owned(),
        }
    }
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PersonName {
    /// The public key (NIP-19).
    #[schema(example = "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg")]
    npub: String,
    /// The public key in hex.
    pubkey: String,
}

impl PersonName {
    fn of(person: PublicKey) -> Self {
        PersonName {
            npub: npub(person),
            pubkey: person.to_string(),
        }
    }
}

/// A position, in degrees (WGS 84).
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Position {
    /// North of the equator.
    #[schema(example = 52.52)]
    latitude: f64,
    /// East of Greenwich.
    #[schema(example = 13.405)]
    longitude: f64,
    /// The geohash that it is the middle of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "u33db2m3e")]
    geohash: Option<String>,
}

impl Position {
    fn of(point: Point) -> Self {
        Position {
            latitude: point.latitude(),
            longitude: point.longitude(),
            geohash: None,
        }
    }

    fn read(location: &Location) -> Option<Self> {
        let cell = location.position.as_ref()?;
        Some(Position {
            geohash: Some(cell.to_string()),
            ..Position::of(cell.centre())
        })
    }
}

/// A community.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Community {
    /// The community id: the id of its kind 1037.
    #[schema(example = "0dba6b25d4b7ed5a57109c7266d8414aae7725df12d02bb3ecbb9741836fddc9")]
    id: String,
    /// The address of its description (kind 30037).
    naddr: String,
    /// Who decides about it.
    owner: PersonName,
    /// What it is called: the first characters of its id if it has no title.
    #[schema(example = "Berlin Chess")]
    title: String,
    /// What it says of itself, in Markdown. Cut after a thousand characters in lists.
    description: String,
    /// The address of a picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<Position>,
    /// Kilometres from `near`.
    #[serde(skip_serializing_if = "Option::is_none")]
    distance_km: Option<f64>,
    /// Its cities, as `CC:Name`.
    #[schema(example = json!(["DE:Berlin"]))]
    cities: Vec<String>,
    /// What it is about.
    #[schema(example = json!(["chess"]))]
    topics: Vec<String>,
    /// When it was founded, Unix seconds.
    #[schema(example = 1_700_000_000)]
    created_at: u64,
    /// The owner, and who is a member and follows.
    #[schema(example = 12)]
    members: u64,
    /// Who follows, members among them.
    #[schema(example = 40)]
    followers: u64,
    /// Meetups that are neither called off nor over, proposals among them.
    #[schema(example = 3)]
    upcoming_meetups: u64,
}

impl Community {
    pub(super) fn of(view: &CommunityView, detail: Detail) -> Self {
        let record = &view.record;
        let metadata = record.metadata.as_ref();
        let location = metadata.map(|metadata| &metadata.location);
        let address = kith_nips::lbc::address::metadata(record.owner(), record.id());
        Community {
            id: record.id().to_string(),
            naddr: naddr(&metadata.map_or(address, |metadata| metadata.address())),
            owner: PersonName::of(record.owner()),
            title: record.title(),
            description: detail.cut(record.description()),
            image: metadata.and_then(|metadata| metadata.image.clone()),
            position: location.and_then(Position::read),
            distance_km: view.distance_km,
            cities: cities(location),
            topics: texts(record.topics()),
            created_at: record.community.created_at,
            members: view.counts.members,
            followers: view.counts.followers,
            upcoming_meetups: view.counts.upcoming_meetups,
        }
    }

    /// The address of its description.
    pub(super) fn naddr(&self) -> &str {
        &self.naddr
    }
}

/// A community by name.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CommunityName {
    /// The community id.
    id: String,
    /// What it is called.
    title: String,
}

impl CommunityName {
    fn of(record: &CommunityRecord) -> Self {
        CommunityName {
            id: record.id().to_string(),
            title: record.title(),
        }
    }
}

/// A community that a meetup belongs to.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HostCommunity {
    /// The community.
    #[serde(flatten)]
    name: CommunityName,
    /// Whether the meetup is the community's own; otherwise it is somebody's proposal.
    official: bool,
}

/// Whether a meetup takes place.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum MeetupState {
    /// It does, or did.
    Published,
    /// It was called off.
    Cancelled,
}

/// A meetup.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Meetup {
    /// Its address (NIP-19), which an edit does not change.
    naddr: String,
    /// The same as `kind:author:identifier`.
    address: String,
    /// The id of this version of the note.
    id: String,
    /// Who published it.
    author: PersonName,
    /// The communities that it belongs to, at least one.
    communities: Vec<HostCommunity>,
    /// Whether a community made it its own.
    official: bool,
    /// Whether it takes place.
    status: MeetupState,
    /// What it is called; may be blank.
    #[schema(example = "Winter chess")]
    title: String,
    /// In short; may be empty.
    summary: String,
    /// Markdown. Cut after a thousand characters in lists.
    description: String,
    /// When it begins, Unix seconds; of whole days 00:00 UTC of the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 1_796_322_600)]
    start: Option<u64>,
    /// When it is over, Unix seconds; of whole days 24:00 UTC of the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<u64>,
    /// The time zone in which to show the start (IANA).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Europe/Berlin")]
    start_zone: Option<String>,
    /// The time zone in which to show the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    end_zone: Option<String>,
    /// Whether it is whole days, which belong to no time zone.
    all_day: bool,
    /// Of whole days: the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-12-05")]
    first_day: Option<String>,
    /// Of whole days: the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_day: Option<String>,
    /// Where, in words, the most important first.
    places: Vec<String>,
    /// Where, on the map.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<Position>,
    /// Kilometres from `near`.
    #[serde(skip_serializing_if = "Option::is_none")]
    distance_km: Option<f64>,
    /// Its cities, as `CC:Name`.
    #[schema(example = json!(["DE:Berlin"]))]
    cities: Vec<String>,
    /// What it is about.
    topics: Vec<String>,
    /// The address of a picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    /// Further addresses.
    links: Vec<String>,
    /// When this version was written, Unix seconds.
    created_at: u64,
    /// The answers, added up.
    #[serde(skip_serializing_if = "Option::is_none")]
    rsvps: Option<Answers>,
}

impl Meetup {
    pub(super) fn of(view: &MeetupView, detail: Detail) -> Self {
        let meetup = &view.meetup;
        let when = meetup.when.as_ref();
        let days = when.and_then(|when| match when {
            When::AllDay(days) => Some(days),
            When::Timed { .. } => None,
        });
        let zone = |zone: fn(&When) -> kith_nips::nip52::Zone| {
            let timed = when.filter(|_| days.is_none());
            timed.map(|when| zone(when).to_string())
        };
        let address = meetup.address();
        Meetup {
            naddr: naddr(&address),
            address: address.to_string(),
            id: meetup.id.to_string(),
            author: PersonName::of(meetup.author),
            communities: hosts(view),
            official: view.is_official(),
            status: match meetup.status {
                MeetupStatus::Cancelled => MeetupState::Cancelled,
                MeetupStatus::Published | MeetupStatus::Draft => MeetupState::Published,
            },
            title: meetup.title.clone(),
            summary: detail.cut(meetup.summary.as_str()),
            description: detail.cut(&meetup.description),
            start: when.map(When::starts_at),
            end: when.and_then(When::ends_at),
            start_zone: zone(When::start_zone),
            end_zone: zone(When::end_zone),
            all_day: days.is_some(),
            first_day: days.map(|days| days.start().to_string()),
            last_day: days.map(|days| days.last_day().to_string()),
            places: meetup.places.clone(),
            position: Position::read(&meetup.location),
            distance_km: view.distance_km,
            cities: cities(Some(&meetup.location)),
            topics: texts(&meetup.topics),
            image: meetup.image.clone(),
            links: meetup.links.clone(),
            created_at: meetup.created_at,
            rsvps: view.rsvps.as_ref().map(Answers::of),
        }
    }
}

fn hosts(view: &MeetupView) -> Vec<HostCommunity> {
    let hosts = view.communities.iter().map(|host| HostCommunity {
        name: CommunityName::of(&host.record),
        official: host.standing == Standing::Official,
    });
    hosts.collect()
}

/// The answers to a meetup, one per person, without people who are muted.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Answers {
    /// By members of the community, its owner among them.
    members: Counts,
    /// By everybody else.
    others: Counts,
    /// Whether there were so many that only the newest were counted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    cut: bool,
}

/// How many people gave which answer.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Counts {
    /// They come.
    accepted: usize,
    /// They may come.
    tentative: usize,
    /// They do not.
    declined: usize,
}

impl Answers {
    fn of(rsvps: &Rsvps) -> Self {
        Answers {
            members: Counts::of(&rsvps.tally, Group::Members),
            others: Counts::of(&rsvps.tally, Group::Others),
            cut: rsvps.cut,
        }
    }
}

impl Counts {
    fn of(tally: &Tally, group: Group) -> Self {
        let count = |answer| tally.in_group(group, answer).count();
        Counts {
            accepted: count(Answer::Accepted),
            tentative: count(Answer::Tentative),
            declined: count(Answer::Declined),
        }
    }
}

/// What somebody answered.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum AnswerWord {
    /// They come.
    Accepted,
    /// They may come.
    Tentative,
    /// They do not.
    Declined,
}

impl AnswerWord {
    fn of(answer: Answer) -> Self {
        match answer {
            Answer::Accepted => AnswerWord::Accepted,
            Answer::Tentative => AnswerWord::Tentative,
            Answer::Declined => AnswerWord::Declined,
        }
    }
}

/// One person's answer to a meetup.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Rsvp {
    /// Who.
    #[serde(flatten)]
    person: PersonName,
    /// What they answered last.
    answer: AnswerWord,
    /// Whether they are a member of the community.
    member: bool,
    /// Their word to the organizer.
    comment: String,
    /// When, Unix seconds.
    answered_at: u64,
}

impl Rsvp {
    pub(super) fn of(attendee: &Attendee) -> Self {
        Rsvp {
            person: PersonName::of(attendee.person),
            answer: AnswerWord::of(attendee.answer),
            member: attendee.group == Group::Members,
            comment: Detail::Listed.cut(&attendee.comment),
            answered_at: attendee.answered_at,
        }
    }
}

/// A meetup in somebody's agenda.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AgendaItem {
    /// The meetup.
    meetup: Meetup,
    /// What the person answered; absent if they did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<AnswerWord>,
    /// Whether the person published the meetup.
    organizes: bool,
}

impl AgendaItem {
    pub(super) fn of(entry: &AgendaEntry) -> Self {
        AgendaItem {
            meetup: Meetup::of(&entry.view, Detail::Listed),
            answer: entry.answer.map(AnswerWord::of),
            organizes: entry.organizes,
        }
    }
}

/// Somebody who belongs to a community.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CommunityMember {
    /// Who.
    #[serde(flatten)]
    person: PersonName,
    /// Whether they own it.
    owner: bool,
}

impl CommunityMember {
    pub(super) fn of(member: &Member) -> Self {
        CommunityMember {
            person: PersonName::of(member.person),
            owner: member.is_owner,
        }
    }
}

/// What a person is to a community.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum MembershipWord {
    /// Signed it.
    Owner,
    /// On the list of members, and following.
    Member,
    /// On the list of members, not following.
    Lapsed,
    /// Following only.
    Follower,
    /// Muted by the owner.
    Muted,
    /// None of these.
    Visitor,
}

/// A community that a person has to do with.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CommunityOfPerson {
    /// The community.
    #[serde(flatten)]
    name: CommunityName,
    /// What the person is to it.
    membership: MembershipWord,
}

impl CommunityOfPerson {
    pub(super) fn of(community: &PersonCommunity) -> Self {
        CommunityOfPerson {
            name: CommunityName::of(&community.record),
            membership: match community.membership {
                Membership::Owner => MembershipWord::Owner,
                Membership::Member => MembershipWord::Member,
                Membership::Lapsed => MembershipWord::Lapsed,
                Membership::Follower => MembershipWord::Follower,
                Membership::Muted => MembershipWord::Muted,
                Membership::Visitor => MembershipWord::Visitor,
            },
        }
    }
}

/// Something that a search found.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum FoundItem {
    /// A community.
    Community(Box<Community>),
    /// A meetup.
    Meetup(Box<Meetup>),
}

impl FoundItem {
    pub(super) fn of(found: &Found) -> Self {
        match found {
            Found::Community(view) => {
                FoundItem::Community(Box::new(Community::of(view, Detail::Listed)))
            }
            Found::Meetup(view) => FoundItem::Meetup(Box::new(Meetup::of(view, Detail::Listed))),
        }
    }
}

/// A city of the world.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CityOfWorld {
    /// For people who must choose.
    #[schema(example = "Portland, Oregon, US")]
    label: String,
    /// The value of `city`, and of `g` tags.
    #[schema(example = "US:Portland")]
    city: String,
    /// Its name.
    name: String,
    /// Two letters (ISO 3166-1).
    country: String,
    /// The English name of the country.
    country_name: String,
    /// State, province or nation, where people say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    /// IANA.
    timezone: String,
    /// How many people live there; 0 if nobody knows.
    population: u32,
    /// Its middle.
    position: Position,
}

impl CityOfWorld {
    pub(super) fn of(city: &City) -> Self {
        CityOfWorld {
            label: city.label(),
            city: city.tag().to_string(),
            name: city.name().to_owned(),
            country: city.country().to_string(),
            country_name: city.country_name().to_owned(),
            region: city.region_name().map(str::to_owned),
            timezone: city.timezone().to_owned(),
            population: city.population(),
            position: Position::of(city.point()),
        }
    }
}

fn cities(location: Option<&Location>) -> Vec<String> {
    let cities = location.map(|location| location.cities.as_slice());
    texts(cities.unwrap_or_default())
}

/// Each as text.
pub(super) fn texts<T: ToString>(list: &[T]) -> Vec<String> {
    list.iter().map(T::to_string).collect()
}
