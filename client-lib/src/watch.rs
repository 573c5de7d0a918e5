//! What is announced near a place from now on. Relays only wake this up: what is shown is decided by
//! the rules of every list, from what all relays have.

mod told;
mod watcher;

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::Stream;
use kith_nips::Kind;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::communities::CommunityView;
use crate::discovery::Discovered;
use crate::fetch::{Found, ReadError};
use crate::kith::Kith;
use crate::meetups::MeetupView;
use crate::refusal::Refusal;
use crate::search::Search;

use self::watcher::Watcher;
use crate::listener::Listening;

/// Announcements that may wait for whoever reads the stream.
const ANNOUNCEMENTS_MAX: usize = 256;

/// Something that is new, has changed, or was called off.
///
/// ```no_run
/// use kith_client::{Announcement, News, Subject};
///
/// # fn example(announcement: Announcement) {
/// match (announcement.news, announcement.subject) {
///     (News::New, Subject::Community(community)) => println!("new: {}", community.title()),
///     (news, Subject::Meetup(meetup)) => println!("{news:?}: {}", meetup.display_title()),
///     _ => {}
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Announcement {
    /// What happened.
    pub news: News,
    /// To what.
    pub subject: Subject,
}

/// What happened to a community or meetup.
///
/// ```
/// assert_ne!(kith_client::News::New, kith_client::News::Changed);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum News {
    /// It was not there before.
    New,
    /// It has a newer version.
    Changed,
    /// The meetup does not take place.
    Cancelled,
}

/// What an announcement is about, as it is now.
///
/// ```no_run
/// # fn example(subject: &kith_client::Subject) {
/// if let kith_client::Subject::Meetup(meetup) = subject {
///     println!("{:?}", meetup.starts_at());
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// A community.
    Community(CommunityView),
    /// A meetup.
    Meetup(MeetupView),
}

/// The announcements near a place, as they come. Made by [`Kith::watch`]; dropping it ends it.
///
/// It never ends by itself while the [`Kith`] is connected: relays that are lost are listened to
/// again, and what was missed meanwhile is announced then.
#[derive(Debug)]
pub struct Watch {
    announcements: mpsc::Receiver<Announcement>,
    silent: Vec<Refusal>,
    _tasks: JoinSet<()>,
}

impl Watch {
    /// The relays that did not listen at the beginning. They are tried again.
    pub fn silent(&self) -> &[Refusal] {
        &self.silent
    }

    /// The next announcement; `None` after [`Kith::disconnect`]. Nothing is lost when this is
    /// cancelled.
    pub async fn next(&mut self) -> Option<Announcement> {
        self.announcements.recv().await
    }
}

impl Stream for Watch {
    type Item = Announcement;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Announcement>> {
        self.announcements.poll_recv(context)
    }
}

impl Kith {
    /// Communities and meetups that match, as they are announced, changed or called off from now
    /// on. What is there already is not announced, nor what moves away or is deleted. Communities
    /// that the search names are not looked at.
    ///
    /// Returns when the relays listen.
    ///
    /// ```no_run
    /// use kith_client::{Kith, Search, place::Point};
    /// # async fn example(kith: Kith) -> Result<(), Box<dyn std::error::Error>> {
    /// let near = Search::new().near(Point::new(50.8225, -0.1372)?, 25.0)?.topic("chess");
    /// let mut watch = kith.watch(&near).await?;
    /// while let Some(announcement) = watch.next().await {
    ///     println!("{announcement:?}");
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ReadError`] when no relay answers.
    pub async fn watch(&self, search: &Search) -> Result<Watch, ReadError> {
        let search = search.clone().of_any_community();
        let Listening {
            signals,
            silent,
            mut tasks,
        } = self.listen(search.live_question()).await?;
        // What came since a relay listens is in the list: nothing falls between the two.
        let present = self.present(&search).await?;
        let (announce, announcements) = mpsc::channel(ANNOUNCEMENTS_MAX);
        let watcher = Watcher::new(self.clone(), search, &present.subjects, announce);
        tasks.spawn(watcher.run(signals));
        Ok(Watch {
            announcements,
            silent: silent.into_values().collect(),
            _tasks: tasks,
        })
    }

    /// Everything that matches now.
    async fn present(&self, search: &Search) -> Result<Present, ReadError> {
        let discovered = self.discover(search).await?;
        Ok(Present {
            is_complete: discovered.silent.is_empty(),
            subjects: subjects(discovered).collect(),
        })
    }

    /// Of what was heard, what a list would show.
    async fn judge(&self, heard: Vec<Found>, search: &Search) -> Result<Vec<Subject>, ReadError> {
        let (communities, meetups) = heard
            .into_iter()
            .partition(|found: &Found| found.event.kind() == Kind::COMMUNITY_METADATA);
        let discovered = self.judged_discovery(communities, meetups, search).await?;
        Ok(subjects(discovered).collect())
    }
}

fn subjects(discovered: Discovered) -> impl Iterator<Item = Subject> {
    let communities = discovered.communities.into_iter().map(Subject::Community);
    let meetups = discovered.meetups.into_iter().map(Subject::Meetup);
    communities.chain(meetups)
}

struct Present {
    subjects: Vec<Subject>,
    is_complete: bool,
}
