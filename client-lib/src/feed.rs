//! What friends wrote, announced and answered, newest first, and then as it comes. Chats are not in it.

mod live;
mod reading;

use kith_nips::lbc::Answer;
use kith_nips::{Address, EventId, PublicKey};

use crate::fetch::{Listing, ReadError};
use crate::filters::FILTER_VALUES_MAX;
use crate::friends::FriendError;
use crate::kith::Kith;
use crate::meetups::MeetupView;

pub use live::{FeedNews, LiveFeed};

/// People in one feed, those who were followed last: relays take a limited number of filters, each of a
/// limited number of people.
pub const FEED_PEOPLE_MAX: usize = 10 * FILTER_VALUES_MAX;

/// Items that one question for a feed brings.
pub const FEED_ITEMS_MAX: usize = 1_000;

/// Whose notes are in a feed.
///
/// ```
/// assert_eq!(kith_client::FeedPeople::default(), kith_client::FeedPeople::Friends);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum FeedPeople {
    /// Of those whom the user follows and who follow the user.
    #[default]
    Friends,
    /// Of all whom the user follows.
    Following,
}

/// One thing that somebody did.
///
/// ```no_run
/// use kith_client::{FeedItem, FeedSubject};
///
/// # fn example(item: &FeedItem) {
/// let who = item.name.clone().unwrap_or_else(|| item.author.to_string());
/// match &item.subject {
///     FeedSubject::Note { text } => println!("{who}: {text}"),
///     FeedSubject::Meetup(meetup) => println!("{who} announces {}", meetup.display_title()),
///     FeedSubject::Answer { answer, meetup, .. } => match meetup {
///         Some(meetup) => println!("{who} {answer:?}: {}", meetup.display_title()),
///         None => println!("{who} {answer:?}: a meetup that no relay here has"),
///     },
///     _ => {}
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FeedItem {
    /// The note.
    pub id: EventId,
    /// Who.
    pub author: PublicKey,
    /// What the user calls them, or what they call themselves; a text of a stranger.
    pub name: Option<String>,
    /// When, in Unix seconds, as the author says.
    pub created_at: u64,
    /// What.
    pub subject: FeedSubject,
}

/// What somebody did.
///
/// ```
/// let hello = kith_client::FeedSubject::Note { text: "hello".to_owned() };
/// assert!(matches!(hello, kith_client::FeedSubject::Note { .. }));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum FeedSubject {
    /// They wrote a note (kind 1).
    Note {
        /// Plain text of a stranger.
        text: String,
    },
    /// They announced or changed a meetup.
    Meetup(Box<MeetupView>),
    /// They answered a meetup.
    Answer {
        /// Whether they come.
        answer: Answer,
        /// A word to the organizer.
        comment: String,
        /// Which meetup.
        address: Address,
        /// The meetup as it is now; `None` when no relay that answered has it, or it is hidden.
        meetup: Option<Box<MeetupView>>,
    },
}

/// Why there is no feed.
///
/// ```
/// use kith_client::{FeedError, FriendError, PublishError};
///
/// let error = FeedError::from(FriendError::from(PublishError::ReadOnly));
/// assert_eq!(error.to_string(), "there is no key to sign with");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FeedError {
    /// Nobody knows whose friends are meant, or their list cannot be read.
    #[error(transparent)]
    Friends(#[from] FriendError),
    /// No relay answered.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl Kith {
    /// The newest of what these people wrote, announced and answered, newest first, at most `limit`
    /// items and [`FEED_ITEMS_MAX`], of at most [`FEED_PEOPLE_MAX`] people. What was taken back, has expired or is dated in the future is left
    /// out; of a meetup and of an answer the newest version counts.
    ///
    /// ```no_run
    /// use kith_client::{FeedPeople, Kith};
    /// # async fn example(kith: Kith) -> Result<(), kith_client::FeedError> {
    /// for item in kith.feed(FeedPeople::Friends, 20).await? {
    ///     println!("{} {:?}", item.author, item.subject);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`FeedError`]
    pub async fn feed(
        &self,
        people: FeedPeople,
        limit: usize,
    ) -> Result<Listing<FeedItem>, FeedError> {
        let source = self.feed_source(people).await?;
        let history = self.feed_history(&source, limit).await?;
        Ok(Listing {
            found: history.items,
            silent: history.silent,
        })
    }
}
