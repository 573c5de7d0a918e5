//! Seats, the waiting list, guests and the last moment to answer: computed from stored answers
//! alone, by the order of answering. Who counts at all is `lbc`'s tally; this says who has a seat.
//!
//! Decisions:
//! - Relays keep the newest answer of a person only. The place of somebody is the moment since which
//!   they have been coming without a break: `accepted_at` of the answer, else its `created_at`.
//! - A place is never before the meetup was published (`published_at`) and never after the answer
//!   was written, and an answer in between that is known and says otherwise breaks it.
//! - Guests have a place of their own, so that whoever brings more later takes nobody's seat.
//! - Nobody passes somebody who waits: seats go to the longest beginning of the queue that fits. So
//!   a seat is never lost because somebody else does not come.

use std::collections::{BTreeMap, HashMap};

use super::{is_named, number, set, value};
use crate::lbc::{Answer, Meetup, Published, Rsvp, Tally, newest};
use crate::{EventId, PublicKey};

const CAPACITY: &str = "capacity";
const GUESTS: &str = "guests";
const ANSWER_BY: &str = "answer_by";
const PUBLISHED_AT: &str = "published_at";
const ACCEPTED_AT: &str = "accepted_at";

/// The most seats that a meetup can say it has; more count as no limit.
pub const CAPACITY_MAX: u32 = 1_000_000;

/// The most guests of one person, whatever a note says.
pub const GUESTS_MAX: u32 = 9;

/// What a meetup says of its seats.
///
/// ```
/// use kith_nips::extensions::attendance::Terms;
/// # use kith_nips::lbc::{CommunityReference, Meetup};
/// # use kith_nips::nip52::{TimeSpan, When};
/// # use kith_nips::{EventId, PublicKey};
/// # let community = CommunityReference::new(EventId::from_bytes([1; 32]), PublicKey::from_bytes([2; 32]));
/// # let when = When::timed(TimeSpan::new(1_796_322_600, None)?);
/// # let mut meetup = Meetup::new(community, &"chess".parse()?, "Chess", when);
/// let terms = Terms { capacity: Some(12), guests_max: Some(1), ..Terms::default() };
/// terms.write(&mut meetup);
/// assert_eq!(Terms::read(&meetup), terms);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// How many people can come, guests counted; `None` = no limit.
    pub capacity: Option<u32>,
    /// How many guests each may bring; `None` = [`GUESTS_MAX`].
    pub guests_max: Option<u32>,
    /// Until when (Unix seconds, that second included) a yes counts.
    pub answer_by: Option<u64>,
    /// When the first version was published (Unix seconds).
    pub published_at: Option<u64>,
}

impl Terms {
    /// What of it can be used; the rest counts as missing.
    pub fn read(meetup: &Meetup) -> Terms {
        let tags = &meetup.other_tags;
        let small = |name: &str, most: u32| {
            let number = value(tags, name).and_then(number)?;
            u32::try_from(number).ok().filter(|number| *number <= most)
        };
        Terms {
            capacity: small(CAPACITY, CAPACITY_MAX).filter(|seats| *seats > 0),
            guests_max: small(GUESTS, GUESTS_MAX),
            answer_by: value(tags, ANSWER_BY).and_then(number),
            published_at: value(tags, PUBLISHED_AT).and_then(number),
        }
    }

    /// Says so in a meetup, instead of what it said before.
    pub fn write(&self, meetup: &mut Meetup) {
        let tags = [
            (CAPACITY, self.capacity.map(u64::from)),
            (GUESTS, self.guests_max.map(u64::from)),
            (ANSWER_BY, self.answer_by),
            (PUBLISHED_AT, self.published_at),
        ];
        for (name, number) in tags {
            let tag = number.map(|number| vec![name.to_owned(), number.to_string()]);
            set(&mut meetup.other_tags, name, tag);
        }
    }

    /// Whether somebody who begins to come at `now` (Unix seconds) is too late for a seat.
    pub fn is_too_late(&self, now: u64) -> bool {
        self.answer_by.is_some_and(|last| now > last)
    }
}

/// How many guests the answer brings, as far as anybody may.
///
/// ```
/// use kith_nips::extensions::attendance::{guests, set_answer};
/// use kith_nips::lbc::{Answer, Rsvp};
/// # let meetup = "31923:79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798:x".parse()?;
/// let mut rsvp = Rsvp::new(meetup, Answer::Accepted);
/// set_answer(&mut rsvp, Answer::Accepted, 2, None);
/// assert_eq!(guests(&rsvp), 2);
/// # Ok::<(), kith_nips::nip01::AddressError>(())
/// ```
pub fn guests(rsvp: &Rsvp) -> u32 {
    let number = value(&rsvp.other_tags, GUESTS).and_then(number);
    let number = number.and_then(|number| u32::try_from(number).ok());
    number.filter(|guests| *guests <= GUESTS_MAX).unwrap_or(0)
}

/// What a stranger wrote, so that no spreadsheet takes it for a formula (OWASP, CSV injection).
///
/// ```
/// use kith_nips::extensions::attendance::no_formula;
/// assert_eq!(no_formula("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
/// assert_eq!(no_formula("@home"), "'@home");
/// assert_eq!(no_formula("a bit late"), "a bit late");
/// ```
pub fn no_formula(text: &str) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

/// Gives an answer that is about to be written its status and guests, and the places that the one
/// before it had: whoever only changes a word keeps theirs, and so do guests unless they get more.
pub fn set_answer(rsvp: &mut Rsvp, answer: Answer, guests: u32, before: Option<&Published<Rsvp>>) {
    let comes = answer == Answer::Accepted;
    let before = before.filter(|before| comes && before.answer == Answer::Accepted);
    let accepted_at = before.map(|before| claimed(before).unwrap_or(before.created_at));
    let accepted_at = accepted_at.map(|at| vec![ACCEPTED_AT.to_owned(), at.to_string()]);
    let mut tag = vec![GUESTS.to_owned(), guests.min(GUESTS_MAX).to_string()];
    if let Some(before) = before.filter(|before| self::guests(before) >= guests) {
        let since = claimed_of_guests(before).unwrap_or(before.created_at);
        tag.push(since.to_string());
    }
    rsvp.answer = answer;
    set(&mut rsvp.other_tags, ACCEPTED_AT, accepted_at);
    let tag = Some(tag).filter(|_| comes && guests > 0);
    set(&mut rsvp.other_tags, GUESTS, tag);
}

/// Who of those who said yes has a seat.
///
/// ```
/// use kith_nips::extensions::attendance::Seating;
/// assert_eq!(Seating::default().waiting().count(), 0);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seating {
    /// How many people can come; `None` = no limit.
    pub capacity: Option<u32>,
    /// How many come, guests counted.
    pub taken: u32,
    /// Everybody who said yes, in the order of their places.
    pub seats: Vec<Seat>,
}

/// One person who said yes.
///
/// ```
/// use kith_nips::PublicKey;
/// use kith_nips::extensions::attendance::{Place, Seat};
/// let seat = Seat {
///     person: PublicKey::from_bytes([1; 32]),
///     since: 1_790_000_000,
///     place: Place::Waiting(3),
///     guests: 0,
///     guests_place: None,
/// };
/// assert!(!seat.place.is_going());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// Who.
    pub person: PublicKey,
    /// Since when they have been coming (Unix seconds).
    pub since: u64,
    /// Whether they can.
    pub place: Place,
    /// How many they bring, as far as this meetup lets them.
    pub guests: u32,
    /// Whether those can; `None` without guests.
    pub guests_place: Option<Place>,
}

/// Whether there is a seat.
///
/// ```
/// use kith_nips::extensions::attendance::Place;
/// assert!(Place::Going < Place::Waiting(1) && Place::Waiting(2) < Place::Late);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// There is.
    Going,
    /// Not now. The number is that on the waiting list, from 1; guests have one of their own.
    Waiting(u32),
    /// Answered after the last moment.
    Late,
}

impl Place {
    /// Whether there is a seat.
    pub fn is_going(self) -> bool {
        self == Place::Going
    }
}

impl Seating {
    /// Where this person stands; `None` when they did not say yes.
    pub fn of(&self, person: PublicKey) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.person == person)
    }

    /// Who has a seat.
    pub fn going(&self) -> impl Iterator<Item = &Seat> {
        self.seats.iter().filter(|seat| seat.place.is_going())
    }

    /// Who waits for one, the first in line first.
    pub fn waiting(&self) -> impl Iterator<Item = &Seat> {
        let waits = |seat: &&Seat| matches!(seat.place, Place::Waiting(_));
        self.seats.iter().filter(waits)
    }
}

/// Gives out the seats. `tally` says who counts: the newest answer of each person, the muted left
/// out; `rsvps` are the answers that it was made from, older ones of a person included if they are
/// known. The order of `rsvps` does not matter.
///
/// ```
/// use kith_nips::extensions::attendance::{Place, Terms, seating};
/// use kith_nips::lbc::{
///     Answer, CommunityReference, Meetup, Membership, Note, Rsvp, TallyContext, tally,
/// };
/// # use kith_nips::nip52::{TimeSpan, When};
/// # use kith_nips::EventId;
/// # let keys = nostr::Keys::generate();
/// # let community = CommunityReference::new(EventId::from_bytes([1; 32]), keys.public_key().into());
/// # let when = When::timed(TimeSpan::new(1_796_322_600, None)?);
/// let mut meetup = Meetup::new(community, &"chess".parse()?, "Chess", when);
/// Terms { capacity: Some(1), ..Terms::default() }.write(&mut meetup);
/// let meetup = Meetup::read(&meetup.draft()?.sign(&keys, 1_700_000_000)?)?;
/// let yes = Rsvp::new(meetup.address(), Answer::Accepted).draft()?;
/// let first = Rsvp::read(&yes.sign(&nostr::Keys::generate(), 1_700_000_001)?)?;
/// let second = Rsvp::read(&yes.sign(&nostr::Keys::generate(), 1_700_000_002)?)?;
/// let rsvps = [second, first];
/// let context = TallyContext {
///     meetup: &meetup,
///     community: None,
///     earlier_versions: &[],
///     membership: |_| Membership::Visitor,
/// };
/// let seating = seating(&meetup, &tally(&rsvps, &context), &rsvps);
/// assert_eq!(seating.of(rsvps[1].author).map(|seat| seat.place), Some(Place::Going));
/// assert_eq!(seating.of(rsvps[0].author).map(|seat| seat.place), Some(Place::Waiting(1)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn seating(meetup: &Published<Meetup>, tally: &Tally, rsvps: &[Published<Rsvp>]) -> Seating {
    let terms = Terms::read(meetup);
    let address = meetup.address();
    let mut by_person: HashMap<PublicKey, Vec<&Published<Rsvp>>> = HashMap::new();
    for rsvp in rsvps.iter().filter(|rsvp| rsvp.meetup == address) {
        by_person.entry(rsvp.author).or_default().push(rsvp);
    }
    let mut queue = Vec::new();
    let mut seats = BTreeMap::new();
    for attendee in tally.with(Answer::Accepted) {
        let said = by_person.get(&attendee.person).map(Vec::as_slice);
        let said = said.unwrap_or_default();
        let Some(rsvp) = newest(said.iter().copied()) else {
            continue;
        };
        let since = since(rsvp, said, &terms, claimed(rsvp));
        let party = Entry {
            since,
            id: rsvp.id,
            is_guests: false,
            people: 1,
            person: rsvp.author,
        };
        let guests = guests(rsvp).min(terms.guests_max.unwrap_or(GUESTS_MAX));
        if guests > 0 {
            let guests_since = self::since(rsvp, said, &terms, claimed_of_guests(rsvp));
            queue.push(Entry {
                since: guests_since.max(since),
                is_guests: true,
                people: guests,
                ..party
            });
        }
        queue.push(party);
        let seat = Seat {
            person: rsvp.author,
            since,
            place: Place::Late,
            guests,
            guests_place: None,
        };
        seats.insert(rsvp.author, seat);
    }
    queue.sort_by_key(|entry| (entry.since, entry.id, entry.is_guests));
    let mut line = Line::new(&terms);
    for entry in &queue {
        let place = line.place(entry);
        if let Some(seat) = seats.get_mut(&entry.person) {
            match entry.is_guests {
                true => seat.guests_place = Some(place),
                false => seat.place = place,
            }
        }
    }
    let ordered = queue.iter().filter(|entry| !entry.is_guests);
    Seating {
        capacity: terms.capacity,
        taken: line.taken,
        seats: ordered
            .filter_map(|entry| seats.remove(&entry.person))
            .collect(),
    }
}

/// People who have one place in the queue.
#[derive(Clone, Copy)]
struct Entry {
    since: u64,
    id: EventId,
    is_guests: bool,
    people: u32,
    person: PublicKey,
}

/// The queue at the door.
struct Line<'a> {
    terms: &'a Terms,
    taken: u32,
    waiting: u32,
    /// Somebody waits who could get a seat: nobody passes them.
    is_blocked: bool,
}

impl<'a> Line<'a> {
    fn new(terms: &'a Terms) -> Self {
        Line {
            terms,
            taken: 0,
            waiting: 0,
            is_blocked: false,
        }
    }

    fn place(&mut self, entry: &Entry) -> Place {
        if self.terms.is_too_late(entry.since) {
            return Place::Late;
        }
        let after = self.taken.saturating_add(entry.people);
        let capacity = self.terms.capacity.unwrap_or(u32::MAX);
        if !self.is_blocked && after <= capacity {
            self.taken = after;
            return Place::Going;
        }
        // More than there are seats at all: they would hold up everybody for ever.
        self.is_blocked |= entry.people <= capacity;
        self.waiting += 1;
        Place::Waiting(self.waiting)
    }
}

/// The moment since which an answer counts: the claimed one, as far as it can be believed.
fn since(
    rsvp: &Published<Rsvp>,
    said: &[&Published<Rsvp>],
    terms: &Terms,
    claimed: Option<u64>,
) -> u64 {
    let earliest = terms.published_at;
    let written = rsvp.created_at;
    let is_broken = |at: u64| {
        let mut others = said.iter();
        others.any(|other| {
            other.answer != Answer::Accepted && (at..written).contains(&other.created_at)
        })
    };
    let believed = claimed.filter(|at| earliest.is_some() && *at < written && !is_broken(*at));
    believed.unwrap_or(written).max(earliest.unwrap_or(0))
}

fn claimed(rsvp: &Rsvp) -> Option<u64> {
    value(&rsvp.other_tags, ACCEPTED_AT).and_then(number)
}

fn claimed_of_guests(rsvp: &Rsvp) -> Option<u64> {
    let mut tags = rsvp.other_tags.iter();
    let tag = tags.find(|tag| is_named(tag, GUESTS))?;
    tag.get(2).map(String::as_str).and_then(number)
}

#[cfg(test)]
mod tests;
