//! From what the library found to what is shown. Nothing is asked or printed.

use jiff::Timestamp;
use kith_client::{self as client, Kith, Membership, Reason, Refusal};
use kith_nips::PublicKey;
use kith_nips::extensions::attendance::Place;
use kith_nips::lbc::{Basis, COMMUNITY_RELAYS_MAX, Topic};
use kith_nips::nip52::When;
use nostr::nips::nip19::ToBech32;

use crate::output::Action;
use crate::output::views::{
    AnswerBasis, CommunityName, CommunityView, ExtensionsView, MeetupStatus, MeetupView, Moment,
    PublishedView, RelayView, SeatView, SeatWord, SeriesPlace,
};
use crate::place::location_view;

/// A community.
pub fn community(found: &client::CommunityView) -> CommunityView {
    CommunityView {
        id: found.id().to_string(),
        title: found.title(),
        owner: npub(found.owner()),
        owner_public_key: found.owner().to_string(),
        place: location_view(found.location()),
        topics: topics(found.topics()),
        description: found.description().to_owned(),
        image: found.image().map(str::to_owned),
        carried_by: carried_by(found),
        link: found.nevent().unwrap_or_else(|_| found.id().to_string()),
        distance_km: found.distance_km(),
    }
}

fn carried_by(found: &client::CommunityView) -> Vec<String> {
    let metadata = found.metadata().into_iter();
    let relays = metadata.flat_map(|metadata| metadata.carried_by());
    let relays = relays.take(COMMUNITY_RELAYS_MAX);
    relays.map(str::to_owned).collect()
}

/// A meetup; `None` when it has no usable time (NIP52-09).
pub fn meetup(found: &client::MeetupView, now_unix: u64) -> Option<MeetupView> {
    let when = found.when()?;
    let status = if found.is_cancelled() {
        MeetupStatus::Cancelled
    } else if when.is_over(now_unix) {
        MeetupStatus::Over
    } else {
        MeetupStatus::Open
    };
    Some(MeetupView {
        id: found.id().to_string(),
        address: found.address().to_string(),
        link: found
            .naddr()
            .unwrap_or_else(|_| found.address().to_string()),
        title: found.title().to_owned(),
        community: found.community().map(|community| CommunityName {
            id: community.id.to_string(),
            title: Some(community.title.clone()),
        }),
        organiser: npub(found.author()),
        official: !found.is_proposal(),
        status,
        start: start(when)?,
        end: end(when),
        timezone: when.start_zone().to_string(),
        start_unix: when.starts_at(),
        end_unix: when.ends_at(),
        locations: found.places().to_vec(),
        place: location_view(found.location()),
        summary: found.summary().to_owned(),
        description: found.description().to_owned(),
        topics: topics(found.topics()),
        image: found.image().map(str::to_owned),
        distance_km: found.distance_km(),
        extensions: extensions(found, when),
    })
}

fn extensions(found: &client::MeetupView, when: &When) -> ExtensionsView {
    let terms = found.terms();
    let zone = when.start_zone().time_zone();
    ExtensionsView {
        series: found.series().map(|place| SeriesPlace {
            id: place.id.to_string(),
            day: Moment::Day(place.day),
            rule: place.rule,
            apart: place.is_apart,
        }),
        capacity: terms.capacity,
        guests_max: terms.guests_max,
        answer_by: terms.answer_by.and_then(|at| moment(at, &zone)),
        answer_by_unix: terms.answer_by,
        hosts: found.hosts().into_iter().map(npub).collect(),
        expires_unix: found.expires_at(),
    }
}

/// Whether somebody who answered has a seat.
pub fn seat(attendance: &client::Attendance, person: PublicKey) -> SeatView {
    let Some(seat) = attendance.seating.of(person) else {
        return SeatView::default();
    };
    let waiting = match seat.place {
        Place::Waiting(place) => Some(place),
        Place::Going | Place::Late => None,
    };
    SeatView {
        seat: Some(seat_word(seat.place)),
        waiting,
        guests: seat.guests,
        guests_seat: seat.guests_place.map(seat_word),
        since_unix: Some(seat.since),
    }
}

fn seat_word(place: Place) -> SeatWord {
    match place {
        Place::Going => SeatWord::Going,
        Place::Waiting(_) => SeatWord::Waiting,
        Place::Late => SeatWord::Late,
    }
}

/// Which relays took a note.
pub fn published(published: &client::Published) -> PublishedView {
    PublishedView {
        accepted: published.accepted.iter().map(ToString::to_string).collect(),
        refused: published.refused.iter().map(relay).collect(),
        waiting: published.queued.iter().map(relay).collect(),
    }
}

/// A relay and its reason.
pub fn relay(refusal: &Refusal) -> RelayView {
    RelayView {
        relay: refusal.relay.to_string(),
        reason: refusal.reason.to_string(),
    }
}

/// Which relays took the change; none when there was nothing to change.
pub fn changed(change: &client::Change) -> PublishedView {
    match change {
        client::Change::Published(published) => self::published(published),
        client::Change::Unchanged => PublishedView::default(),
    }
}

/// What was done; nothing when it said so already.
pub fn action(action: Action, change: &client::Change) -> Action {
    match change {
        client::Change::Published(_) => action,
        client::Change::Unchanged => Action::Unchanged,
    }
}

/// Warnings about relays that did not take a change that others took.
pub fn change_warnings(change: &client::Change, kith: &Kith) -> Vec<String> {
    match change {
        client::Change::Published(published) => refusals(&published.refused, kith),
        client::Change::Unchanged => Vec::new(),
    }
}

/// Warnings about relays that did not take a note that others took, those of
/// [`unreachable()`] left out.
pub fn refusals(refused: &[Refusal], kith: &Kith) -> Vec<String> {
    let reachable = refused.iter().filter(|refusal| is_reachable(refusal, kith));
    reachable
        .map(|refusal| format!("not stored on {refusal}"))
        .collect()
}

/// Warnings about relays that could not be reached at all.
pub fn unreachable(kith: &Kith) -> Vec<String> {
    let unreachable = kith.unreachable().iter();
    // Who chose to be offline knows.
    let unwanted = unreachable.filter(|refusal| refusal.reason != Reason::Offline);
    unwanted
        .map(|refusal| format!("without {refusal}"))
        .collect()
}

/// Warnings about relays that did not answer some question, those of
/// [`unreachable()`] left out.
pub fn silent<'a>(silent: impl IntoIterator<Item = &'a Refusal>, kith: &Kith) -> Vec<String> {
    once_each(silent)
        .filter(|refusal| is_reachable(refusal, kith))
        .map(|refusal| format!("there may be more on {refusal}"))
        .collect()
}

/// Relays that may show a note which expires after its end (NIP40-08).
pub fn kept_longer(published: &client::Published) -> Vec<String> {
    let relays = published.keeps_longer.iter();
    let warning = |relay: &client::RelayUrl| {
        format!("{relay} may show it after its end: it does not announce NIP-40")
    };
    relays.map(warning).collect()
}

/// The first refusal of every relay.
pub fn once_each<'a>(
    refusals: impl IntoIterator<Item = &'a Refusal>,
) -> impl Iterator<Item = &'a Refusal> {
    let mut named = Vec::new();
    refusals.into_iter().filter(move |refusal| {
        let is_new = !named.contains(&&refusal.relay);
        named.push(&refusal.relay);
        is_new
    })
}

/// `npub1…`; hexadecimal digits for a key that is no point of the curve.
pub fn npub(key: PublicKey) -> String {
    nostr::PublicKey::try_from(key)
        .ok()
        .and_then(|key| key.to_bech32().ok())
        .unwrap_or_else(|| key.to_string())
}

/// Which version an answer was given to.
pub fn basis(basis: Basis) -> AnswerBasis {
    match basis {
        Basis::Current => AnswerBasis::Current,
        Basis::BeforeTheChange => AnswerBasis::BeforeTheChange,
        Basis::UnknownVersion => AnswerBasis::EarlierVersion,
    }
}

/// The word for a membership.
pub fn membership(state: Membership) -> &'static str {
    match state {
        Membership::Owner => "owner",
        Membership::Member => "member",
        Membership::Lapsed => "lapsed",
        Membership::Follower => "follower",
        Membership::Muted => "muted",
        Membership::Visitor => "visitor",
    }
}

fn is_reachable(refusal: &Refusal, kith: &Kith) -> bool {
    kith.unreachable()
        .iter()
        .all(|known| known.relay != refusal.relay)
}

fn topics(topics: &[Topic]) -> Vec<String> {
    topics.iter().map(ToString::to_string).collect()
}

/// When it begins, on the clock where it is.
pub fn start(when: &When) -> Option<Moment> {
    match when {
        When::AllDay(days) => Some(Moment::Day(days.start())),
        When::Timed { span, .. } => moment(span.start(), &when.start_zone().time_zone()),
    }
}

fn end(when: &When) -> Option<Moment> {
    match when {
        When::AllDay(days) => days.end().map(Moment::Day),
        When::Timed { span, .. } => moment(span.end()?, &when.end_zone().time_zone()),
    }
}

fn moment(unix: u64, zone: &jiff::tz::TimeZone) -> Option<Moment> {
    let timestamp = Timestamp::from_second(i64::try_from(unix).ok()?).ok()?;
    Some(Moment::Time(timestamp.to_zoned(zone.clone())))
}
