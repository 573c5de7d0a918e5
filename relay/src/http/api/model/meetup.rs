//! Meetups and the answers to them.

use kith_nips::lbc::{Answer, Attendee, Group, MeetupStatus, Standing, Tally};
use kith_nips::nip52::When;
use serde::Serialize;
use utoipa::ToSchema;

use super::community::{Community, CommunityName};
use super::people::PersonName;
use super::{Detail, Position, cities, texts};
use crate::directory::{AgendaEntry, Found, MeetupView, Rsvps};
use crate::http::api::reference::naddr;

/// A community that a meetup belongs to.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http::api) struct HostCommunity {
    /// The community.
    #[serde(flatten)]
    name: CommunityName,
    /// Whether the meetup is the community's own; otherwise it is somebody's proposal.
    official: bool,
}

/// Whether a meetup takes place.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::http::api) enum MeetupState {
    /// It does, or did.
    Published,
    /// It was called off.
    Cancelled,
}

/// A meetup.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http::api) struct Meetup {
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
    pub(in crate::http::api) fn of(view: &MeetupView, detail: Detail) -> Self {
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
pub(in crate::http::api) struct Answers {
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
pub(in crate::http::api) struct Counts {
    /// They come.
    accepted: usize,
    /// They may come.
    tentative: usize,
    /// They do not.
    declined: usize,
}

impl Answers {
    pub(super) fn of(rsvps: &Rsvps) -> Self {
        Answers {
            members: Counts::of(&rsvps.tally, Group::Members),
            others: Counts::of(&rsvps.tally, Group::Others),
            cut: rsvps.cut,
        }
    }
}

impl Counts {
    pub(super) fn of(tally: &Tally, group: Group) -> Self {
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
pub(in crate::http::api) enum AnswerWord {
    /// They come.
    Accepted,
    /// They may come.
    Tentative,
    /// They do not.
    Declined,
}

impl AnswerWord {
    pub(super) fn of(answer: Answer) -> Self {
        match answer {
            Answer::Accepted => AnswerWord::Accepted,
            Answer::Tentative => AnswerWord::Tentative,
            Answer::Declined => AnswerWord::Declined,
        }
    }
}

/// One person's answer to a meetup.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http::api) struct Rsvp {
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
    pub(in crate::http::api) fn of(attendee: &Attendee) -> Self {
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
pub(in crate::http::api) struct AgendaItem {
    /// The meetup.
    meetup: Meetup,
    /// What the person answered; absent if they did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<AnswerWord>,
    /// Whether the person published the meetup.
    organizes: bool,
}

impl AgendaItem {
    pub(in crate::http::api) fn of(entry: &AgendaEntry) -> Self {
        AgendaItem {
            meetup: Meetup::of(&entry.view, Detail::Listed),
            answer: entry.answer.map(AnswerWord::of),
            organizes: entry.organizes,
        }
    }
}

/// Something that a search found.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::http::api) enum FoundItem {
    /// A community.
    Community(Box<Community>),
    /// A meetup.
    Meetup(Box<Meetup>),
}

impl FoundItem {
    pub(in crate::http::api) fn of(found: &Found) -> Self {
        match found {
            Found::Community(view) => {
                FoundItem::Community(Box::new(Community::of(view, Detail::Listed)))
            }
            Found::Meetup(view) => FoundItem::Meetup(Box::new(Meetup::of(view, Detail::Listed))),
        }
    }
}
