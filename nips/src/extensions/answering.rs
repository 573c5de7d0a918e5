//! From what somebody says to a meetup to the note that says so: what they answered before is kept, and
//! what would be no seat for certain is refused before it is written.

use super::attendance::{self, GUESTS_MAX, Terms, set_answer};
use super::expire_with;
use crate::EventId;
use crate::lbc::{
    Answer, Availability, BuildError, Meetup, MeetupVersion, Note, Published, Rsvp,
    created_at_after, newest,
};
use crate::nip01::Draft;

/// What somebody answers to a meetup.
///
/// ```
/// use kith_nips::extensions::NewAnswer;
/// use kith_nips::lbc::Answer;
///
/// let plain: NewAnswer = Answer::Accepted.into();
/// let with_a_word = NewAnswer { comment: "I bring two boards".to_owned(), ..plain };
/// assert_eq!(with_a_word.answer, Answer::Accepted);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAnswer {
    /// Comes, may come, does not come.
    pub answer: Answer,
    /// Whether otherwise free at that time.
    pub availability: Option<Availability>,
    /// A word to the organizer; everybody can read it.
    pub comment: String,
    /// How many others come along.
    pub guests: u32,
}

/// Why a meetup takes no such answer.
///
/// ```
/// use kith_nips::extensions::AnswerError;
/// assert_eq!(AnswerError::Cancelled.to_string(), "the meetup is cancelled and takes no answers");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// It was called off (LBC-32).
    #[error("the meetup is cancelled and takes no answers")]
    Cancelled,
    /// The last moment to say yes (Unix seconds) was before now.
    #[error("the meetup took answers until {0} (Unix time)")]
    TooLate(u64),
    /// More guests than one person may bring.
    #[error("one person may bring at most {0} guests to this meetup")]
    TooManyGuests(u32),
    /// The note cannot be written.
    #[error(transparent)]
    Build(#[from] BuildError),
}

impl From<Answer> for NewAnswer {
    fn from(answer: Answer) -> Self {
        NewAnswer {
            answer,
            availability: None,
            comment: String::new(),
            guests: 0,
        }
    }
}

impl NewAnswer {
    /// The note that answers `meetup` at `now` (Unix seconds). `before` has what the same person answered
    /// already, in any order: it is changed, keeps its place in the queue, and the new note is newer
    /// (LBC-35). `relay` is one that has the meetup.
    ///
    /// ```
    /// use kith_nips::extensions::NewAnswer;
    /// use kith_nips::lbc::{Answer, CommunityReference, Meetup, Note, Rsvp};
    /// # use kith_nips::nip52::{TimeSpan, When};
    /// # use kith_nips::EventId;
    /// # let keys = nostr::Keys::generate();
    /// # let community = CommunityReference::new(EventId::from_bytes([1; 32]), keys.public_key().into());
    /// # let when = When::timed(TimeSpan::new(1_796_322_600, None)?);
    /// # let meetup = Meetup::new(community, &"chess".parse()?, "Chess", when);
    /// let meetup = Meetup::read(&meetup.draft()?.sign(&keys, 1_700_000_000)?)?;
    /// let yes = NewAnswer::from(Answer::Accepted).draft(&meetup, &[], None, 1_700_000_100)?;
    /// let yes = Rsvp::read(&yes.sign(&keys, 1_700_000_100)?)?;
    /// let no = NewAnswer::from(Answer::Declined).draft(&meetup, &[yes], None, 1_700_000_100)?;
    /// assert_eq!(no.created_at, Some(1_700_000_101));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`AnswerError`]
    pub fn draft(
        self,
        meetup: &Published<Meetup>,
        before: &[Published<Rsvp>],
        relay: Option<String>,
        now: u64,
    ) -> Result<Draft, AnswerError> {
        if !meetup.takes_answers() {
            return Err(AnswerError::Cancelled);
        }
        let existing = newest(before);
        self.admit(meetup, existing, now)?;
        let mut rsvp = match existing {
            Some(existing) => existing.note.clone(),
            None => Rsvp::new(meetup.address(), self.answer),
        };
        // At the bare community id an earlier answer may be to another meetup (LBC-36).
        let is_of_this = |before: &&Published<Rsvp>| {
            meetup.address().identifier.parse::<EventId>().is_err()
                || before.version.as_ref().map(|version| version.id) == Some(meetup.id)
        };
        set_answer(
            &mut rsvp,
            self.answer,
            self.guests,
            existing.filter(is_of_this),
        );
        expire_with(&mut rsvp, meetup);
        rsvp.availability = self.availability;
        rsvp.comment = self.comment;
        rsvp.version = Some(MeetupVersion {
            id: meetup.id,
            relay: relay.clone(),
        });
        rsvp.relay = relay;
        let mut draft = rsvp.draft()?;
        let last = before.iter().map(|rsvp| rsvp.created_at).max();
        draft.created_at = last.map(|last| created_at_after(last, now));
        Ok(draft)
    }

    fn admit(
        &self,
        meetup: &Meetup,
        before: Option<&Published<Rsvp>>,
        now: u64,
    ) -> Result<(), AnswerError> {
        let terms = Terms::read(meetup);
        let guests_max = terms.guests_max.unwrap_or(GUESTS_MAX);
        if self.guests > guests_max {
            return Err(AnswerError::TooManyGuests(guests_max));
        }
        let came = before.filter(|before| before.answer == Answer::Accepted);
        let is_more = came.is_none_or(|before| attendance::guests(before) < self.guests);
        match terms.answer_by {
            Some(last) if self.answer == Answer::Accepted && is_more && now > last => {
                Err(AnswerError::TooLate(last))
            }
            _ => Ok(()),
        }
    }
}
