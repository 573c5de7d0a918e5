//! How the answers to a meetup add up: who comes, who may, who does not (NIP52-14, NIP52-15,
//! LBC-36 to LBC-38). Pure; the answers are passed in.

use std::collections::BTreeMap;

use super::{Answer, Availability, Meetup, Membership, Published, Rsvp, newest};
use crate::{EventId, PublicKey};

/// What a tally needs to know beside the answers.
///
/// ```
/// use kith_nips::lbc::{CommunityReference, Meetup, Membership, Note, TallyContext, tally};
/// use kith_nips::nip52::{TimeSpan, When};
/// use kith_nips::EventId;
/// # let keys = nostr::Keys::generate();
/// let community = CommunityReference::new(EventId::from_bytes([1; 32]), keys.public_key().into());
/// let id = community.id;
/// let when = When::timed(TimeSpan::new(1_796_322_600, None)?);
/// let draft = Meetup::new(community, &"chess".parse()?, "Chess", when).draft()?;
/// let meetup = Meetup::read(&draft.sign(&keys, 1_700_000_000)?)?;
/// let context = TallyContext {
///     meetup: &meetup,
///     community: Some(id),
///     earlier_versions: &[],
///     membership: |_| Membership::Visitor,
/// };
/// assert_eq!(tally([], &context).count(kith_nips::lbc::Answer::Accepted), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct TallyContext<'a, F: Fn(PublicKey) -> Membership> {
    /// The meetup in its current version.
    pub meetup: &'a Published<Meetup>,
    /// The community to which it [belongs](super::association).
    pub community: Option<EventId>,
    /// Its earlier versions, as far as they are known.
    pub earlier_versions: &'a [Published<Meetup>],
    /// What a person is to the community.
    pub membership: F,
}

/// The answers to a meetup, one per person.
///
/// ```
/// use kith_nips::lbc::{Answer, Tally};
/// assert_eq!(Tally::default().count(Answer::Accepted), 0);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Who answered this meetup: members first, then others, each in the order of answering
    /// (LBC-38). Muted people are left out.
    pub attendees: Vec<Attendee>,
    /// Who answered an earlier meetup that lived at the same address (LBC-36): shown, not counted.
    pub answered_earlier_version: Vec<Attendee>,
}

/// One person's newest answer.
///
/// ```
/// use kith_nips::lbc::{Answer, Attendee, Basis, Group};
/// use kith_nips::PublicKey;
/// let attendee = Attendee {
///     person: PublicKey::from_bytes([1; 32]),
///     answer: Answer::Accepted,
///     availability: None,
///     comment: String::new(),
///     group: Group::Members,
///     basis: Basis::BeforeTheChange,
///     answered_at: 1_700_000_000,
/// };
/// assert_eq!(attendee.basis, Basis::BeforeTheChange);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attendee {
    /// Who.
    pub person: PublicKey,
    /// What they answered.
    pub answer: Answer,
    /// Whether they are otherwise free.
    pub availability: Option<Availability>,
    /// Their word to the organizer; may be empty.
    pub comment: String,
    /// Under which heading they are listed.
    pub group: Group,
    /// What they knew when they answered.
    pub basis: Basis,
    /// Unix seconds.
    pub answered_at: u64,
}

/// The headings of an attendee list (LBC-38).
///
/// ```
/// use kith_nips::lbc::Group;
/// assert!(Group::Members < Group::Others);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// The owner and the members (D9: lapsed ones are not members).
    Members,
    /// Everybody else.
    Others,
}

/// What an answer was based on (NIP52-15).
///
/// ```
/// assert_ne!(kith_nips::lbc::Basis::Current, kith_nips::lbc::Basis::BeforeTheChange);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Basis {
    /// The current version, or an earlier one with the same time and place; or the answer names no
    /// version.
    Current,
    /// An earlier version; time or place changed since: "answered before the change".
    BeforeTheChange,
    /// A version that is not known, so whether anything changed is not known either.
    UnknownVersion,
}

impl Tally {
    /// How many people gave this answer.
    pub fn count(&self, answer: Answer) -> usize {
        self.with(answer).count()
    }

    /// Who gave this answer.
    pub fn with(&self, answer: Answer) -> impl Iterator<Item = &Attendee> {
        self.attendees
            .iter()
            .filter(move |attendee| attendee.answer == answer)
    }

    /// Who of this group gave this answer.
    pub fn in_group(&self, group: Group, answer: Answer) -> impl Iterator<Item = &Attendee> {
        self.with(answer)
            .filter(move |attendee| attendee.group == group)
    }
}

/// Adds up answers. Those to other meetups are ignored, whatever was fetched. Per person only the
/// newest counts, even if they have different `d` (NIP52-14); the order of `rsvps` does not matter.
///
/// Where the meetup lives at the bare community id, that address is used again for the next meetup:
/// then only answers to the current version count (LBC-36, D2).
///
/// ```
/// use kith_nips::lbc::{
///     Answer, CommunityReference, Meetup, Membership, Note, Rsvp, TallyContext, tally,
/// };
/// use kith_nips::nip52::{TimeSpan, When};
/// use kith_nips::EventId;
/// # let keys = nostr::Keys::generate();
/// let community = CommunityReference::new(EventId::from_bytes([1; 32]), keys.public_key().into());
/// let id = community.id;
/// let when = When::timed(TimeSpan::new(1_796_322_600, None)?);
/// let draft = Meetup::new(community, &"chess".parse()?, "Chess", when).draft()?;
/// let meetup = Meetup::read(&draft.sign(&keys, 1_700_000_000)?)?;
/// let yes = Rsvp::new(meetup.address(), Answer::Accepted).draft()?.sign(&keys, 1_700_000_001)?;
/// let no = Rsvp::new(meetup.address(), Answer::Declined).draft()?.sign(&keys, 1_700_000_002)?;
/// let context = TallyContext {
///     meetup: &meetup,
///     community: Some(id),
///     earlier_versions: &[],
///     membership: |_| Membership::Visitor,
/// };
/// let tally = tally([&Rsvp::read(&yes)?, &Rsvp::read(&no)?], &context);
/// assert_eq!(tally.count(Answer::Accepted), 0, "only the newest answer counts");
/// assert_eq!(tally.count(Answer::Declined), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn tally<'a, F: Fn(PublicKey) -> Membership>(
    rsvps: impl IntoIterator<Item = &'a Published<Rsvp>>,
    context: &TallyContext<'_, F>,
) -> Tally {
    let address = context.meetup.address();
    let mut by_person: BTreeMap<PublicKey, Vec<&Published<Rsvp>>> = BTreeMap::new();
    for rsvp in rsvps.into_iter().filter(|rsvp| rsvp.meetup == address) {
        by_person.entry(rsvp.author).or_default().push(rsvp);
    }
    let mut tally = Tally::default();
    for rsvp in by_person.into_values().filter_map(newest) {
        let group = match (context.membership)(rsvp.author) {
            Membership::Muted => continue,
            state if state.is_member() => Group::Members,
            _ => Group::Others,
        };
        let attendee = attendee(rsvp, group, context.basis(rsvp));
        if context.is_of_this_meetup(rsvp) {
            tally.attendees.push(attendee);
        } else {
            tally.answered_earlier_version.push(attendee);
        }
    }
    for list in [&mut tally.attendees, &mut tally.answered_earlier_version] {
        list.sort_by_key(|attendee| (attendee.group, attendee.answered_at, attendee.person));
    }
    tally
}

impl<F: Fn(PublicKey) -> Membership> TallyContext<'_, F> {
    /// LBC-36: at the bare community id, an answer must be to the current version.
    fn is_of_this_meetup(&self, rsvp: &Published<Rsvp>) -> bool {
        let is_bare = self
            .community
            .is_some_and(|community| self.meetup.identifier() == community.to_string());
        match &rsvp.version {
            _ if !is_bare => true,
            Some(version) => version.id == self.meetup.id,
            None => rsvp.created_at >= self.meetup.created_at,
        }
    }

    fn basis(&self, rsvp: &Published<Rsvp>) -> Basis {
        let Some(version) = rsvp
            .version
            .as_ref()
            .filter(|version| version.id != self.meetup.id)
        else {
            return Basis::Current;
        };
        match self
            .earlier_versions
            .iter()
            .find(|earlier| earlier.id == version.id)
        {
            Some(earlier) if self.meetup.moved_since(earlier) => Basis::BeforeTheChange,
            Some(_) => Basis::Current,
            None => Basis::UnknownVersion,
        }
    }
}

fn attendee(rsvp: &Published<Rsvp>, group: Group, basis: Basis) -> Attendee {
    Attendee {
        person: rsvp.author,
        answer: rsvp.answer,
        availability: rsvp.availability,
        comment: rsvp.comment.clone(),
        group,
        basis,
        answered_at: rsvp.created_at,
    }
}

#[cfg(test)]
mod tests;
