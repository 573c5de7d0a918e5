//! Answering meetups, and how the answers add up.

use std::collections::BTreeSet;

use kith_nips::extensions::attendance::{Seating, seating};
use kith_nips::extensions::{AnswerError, NewAnswer};
use kith_nips::lbc::{BuildError, Membership, Published, Rsvp, Tally, TallyContext, tally};
use kith_nips::{Address, Kind, PublicKey};
use nostr_sdk::Alphabet;

use crate::fetch::Fetched;
use crate::filters::{authors, tag, tag_filters};
use crate::kith::Kith;
use crate::lookup::LookupError;
use crate::meetups::{MeetupView, SeenMeetup};
use crate::publish::{self, PublishError};
use crate::reference::Reference;
use crate::refusal::{Refusal, merge};

/// Who answered a meetup what.
///
/// ```no_run
/// use kith_client::{Answer, Kith, Reference};
///
/// # async fn example(kith: Kith, meetup: Reference) -> Result<(), kith_client::LookupError> {
/// let attendance = kith.attendees(&meetup).await?;
/// println!("{} come", attendance.tally.count(Answer::Accepted));
/// for person in attendance.tally.with(Answer::Accepted) {
///     println!("{} {:?} {}", person.person, person.group, person.comment);
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Attendance {
    /// The meetup in its current version.
    pub meetup: MeetupView,
    /// The answers, one per person; muted people are left out.
    pub tally: Tally,
    /// Who of those who said yes has a seat, in the order of answering.
    pub seating: Seating,
    /// Relays that did not answer, so answers may be missing.
    pub silent: Vec<Refusal>,
}

/// Why a meetup could not be answered.
///
/// ```
/// use kith_client::RsvpError;
///
/// let error = RsvpError::Cancelled("Winter chess".into());
/// assert_eq!(error.to_string(), "the meetup \"Winter chess\" is cancelled and takes no answers");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RsvpError {
    /// The meetup is not there.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// The meetup with this title was called off (LBC-32).
    #[error("the meetup \"{0}\" is cancelled and takes no answers")]
    Cancelled(String),
    /// The last moment to say yes was before now.
    #[error("the meetup \"{0}\" took answers until {1} (Unix time)")]
    TooLate(String, u64),
    /// More guests than one person may bring.
    #[error("one person may bring at most {0} guests to this meetup")]
    TooManyGuests(u32),
    /// The note cannot be written.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// No relay took it, or there is no key.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

impl RsvpError {
    fn of(refused: AnswerError, view: &MeetupView) -> RsvpError {
        match refused {
            AnswerError::TooLate(last) => RsvpError::TooLate(view.display_title(), last),
            AnswerError::TooManyGuests(guests_max) => RsvpError::TooManyGuests(guests_max),
            AnswerError::Build(error) => RsvpError::Build(error),
            _ => RsvpError::Cancelled(view.display_title()),
        }
    }
}

impl Kith {
    /// Answers a meetup, or changes the answer: one person has one answer, whatever device they
    /// answer from (LBC-35).
    ///
    /// ```no_run
    /// use kith_client::{Answer, Kith, Reference};
    /// # async fn example(kith: Kith, meetup: Reference) -> Result<(), kith_client::RsvpError> {
    /// kith.answer(&meetup, Answer::Tentative).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`RsvpError`]
    pub async fn answer(
        &self,
        meetup: impl Into<Reference>,
        answer: impl Into<NewAnswer>,
    ) -> Result<publish::Published, RsvpError> {
        let me = self.author()?;
        let _turn = self.turn().await;
        let view = self.meetup(meetup).await?;
        if !view.meetup().takes_answers() {
            return Err(RsvpError::Cancelled(view.display_title()));
        }
        let (mine, _) = self.answers(&view, Some(me)).await?;
        let hint = Some(self.relay_hint());
        let new: NewAnswer = answer.into();
        let draft = new
            .draft(view.meetup(), &mine, hint, self.now())
            .map_err(|refused| RsvpError::of(refused, &view))?;
        Ok(self.publish(&draft).await?)
    }

    /// Who comes to a meetup: the newest answer of each person, members apart from others (LBC-36,
    /// LBC-38).
    ///
    /// ```no_run
    /// use kith_client::{Answer, Kith, Reference};
    /// # async fn example(kith: Kith, meetup: Reference) -> Result<(), kith_client::LookupError> {
    /// println!("{} come", kith.attendees(&meetup).await?.tally.count(Answer::Accepted));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`LookupError`]
    pub async fn attendees(&self, meetup: impl Into<Reference>) -> Result<Attendance, LookupError> {
        let SeenMeetup {
            view,
            versions,
            record,
        } = self.seen_meetup(&meetup.into()).await?;
        let (rsvps, mut silent) = self.answers(&view, None).await?;
        let people: BTreeSet<PublicKey> = rsvps.iter().map(|rsvp| rsvp.author).collect();
        let lists = self.follow_lists(&people).await;
        merge(&mut silent, &lists.silent);
        let community = view.community().map(|community| community.id);
        let follows = |person| {
            let list = lists.found.iter().find(|list| list.author == person);
            list.zip(community)
                .is_some_and(|(list, id)| list.follows(id))
        };
        let context = TallyContext {
            meetup: view.meetup(),
            community,
            earlier_versions: &versions,
            membership: |person| match &record {
                Some(record) => record.membership(person, follows(person)),
                None => Membership::Visitor,
            },
        };
        let tally = tally(&rsvps, &context);
        let seating = seating(view.meetup(), &tally, &rsvps);
        Ok(Attendance {
            meetup: view,
            tally,
            seating,
            silent,
        })
    }

    /// The answers to a meetup that nobody took back, of one person or of everybody. Old clients
    /// wrote the id of the version where the kind belongs (LBC-37).
    pub(crate) async fn answers(
        &self,
        view: &MeetupView,
        by: Option<PublicKey>,
    ) -> Result<(Vec<Published<Rsvp>>, Vec<Refusal>), LookupError> {
        let address = view.address();
        let Address {
            pubkey, identifier, ..
        } = &address;
        let old_form = format!("{}:{pubkey}:{identifier}", view.id());
        let values = vec![address.to_string(), old_form];
        let by_tag = |letter, values| {
            let filters = tag_filters(&[Kind::RSVP], tag(letter), values);
            filters.into_iter().map(|filter| match by {
                Some(person) => filter.authors(authors([person])),
                None => filter,
            })
        };
        let by_address = by_tag(Alphabet::A, values).collect();
        // LBC-35 and LBC-36: what an answer is called, and which version it names.
        let called = by_tag(Alphabet::D, vec![Rsvp::identifier_for(&address)]);
        let otherwise = called.chain(by_tag(Alphabet::E, vec![view.id().to_string()]));
        let Fetched {
            found, mut silent, ..
        } = self.find_about(by_address, otherwise.collect()).await?;
        let current = self.current(found, &mut silent).await;
        let rsvps = current
            .iter()
            .filter_map(|found| Rsvp::read(&found.event).ok())
            .filter(|rsvp| rsvp.meetup == address)
            .collect();
        Ok((rsvps, silent))
    }
}
