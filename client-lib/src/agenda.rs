//! What is coming up for somebody: the meetups of their communities, and those that they answered.

use std::collections::{BTreeMap, BTreeSet};

use kith_nips::lbc::{Answer, FollowList, Published, Rsvp, address, newest as newest_answer};
use kith_nips::{Address, EventId, Kind, PublicKey};

use crate::fetch::{Fetched, Found, Listing, ReadError};
use crate::filters::{addresses_filters, authors, kinds_filter};
use crate::kith::Kith;
use crate::meetups::{MeetupView, filters_of_communities};
use crate::question::Question;
use crate::refusal::{Refusal, merge};
use crate::search::Search;

/// A meetup, and what the user answered to it.
///
/// ```no_run
/// # fn example(item: &kith_client::AgendaItem) {
/// match item.answer {
///     Some(answer) => println!("{}: {}", item.meetup.display_title(), answer.as_str()),
///     None => println!("{}: not answered yet", item.meetup.display_title()),
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AgendaItem {
    /// The meetup in its current version. It may be cancelled.
    pub meetup: MeetupView,
    /// The newest answer of the user, if there is one.
    pub answer: Option<Answer>,
}

/// Why there is no agenda.
///
/// ```
/// use kith_client::AgendaError;
/// assert_eq!(AgendaError::NoKey.to_string(), "without a key nobody knows whose agenda it is");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AgendaError {
    /// The handle only reads, for nobody in particular.
    #[error("without a key nobody knows whose agenda it is")]
    NoKey,
    /// Nothing could be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// What the user said about themselves.
struct Mine {
    communities: Vec<EventId>,
    answers: BTreeMap<Address, Answer>,
    silent: Vec<Refusal>,
}

impl Kith {
    /// The meetups that match, by start, of communities that the user owns or follows (members
    /// follow, LBC-50), and those that the user answered, wherever they belong. Communities that the
    /// search names are not looked at.
    ///
    /// ```no_run
    /// use kith_client::{Kith, Search};
    /// # async fn example(kith: Kith, now: u64) -> Result<(), kith_client::AgendaError> {
    /// for item in kith.agenda(&Search::new().from(now)).await? {
    ///     println!("{:?} {} {:?}", item.meetup.starts_at(), item.meetup.title(), item.answer);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`AgendaError`]
    pub async fn agenda(&self, search: &Search) -> Result<Listing<AgendaItem>, AgendaError> {
        let me = self.public_key().ok_or(AgendaError::NoKey)?;
        let mine = self.mine(me).await?;
        let mut silent = mine.silent;
        let mut records = self.records(&mine.communities).await?;
        // What owners announce is where they write.
        self.follow_authors(records.owners()).await;
        let communities: BTreeSet<EventId> = records.ids().collect();
        let answered: Vec<Address> = mine.answers.keys().cloned().collect();
        let question = Question::new(filters_of_communities(&records), search.window());
        let question = question.and(addresses_filters(&answered), search.window());
        let fetched = self.find(&question).await.answered()?;
        merge(&mut silent, &fetched.silent);
        let views = self
            .judged(fetched.found, &BTreeSet::new(), &mut records, search)
            .await?;
        merge(&mut silent, &records.silent);
        let items = views.into_iter().filter_map(|meetup| {
            let answer = mine.answers.get(&meetup.address()).copied();
            let is_mine = answer.is_some() || meetup.is_of_any(&communities);
            is_mine.then_some(AgendaItem { meetup, answer })
        });
        Ok(Listing {
            found: items.collect(),
            silent,
        })
    }

    async fn mine(&self, me: PublicKey) -> Result<Mine, ReadError> {
        let follows = address::follow_list(me);
        let mut filters = addresses_filters(std::slice::from_ref(&follows));
        let keys = authors([me]);
        if !keys.is_empty() {
            let own = kinds_filter(&[Kind::COMMUNITY, Kind::RSVP]);
            filters.push(own.authors(keys));
        }
        let Fetched {
            found, mut silent, ..
        } = self.fetch(filters).await.answered()?;
        let of_kind = |kind: Kind| {
            let found = found.iter().filter(move |found| found.event.kind() == kind);
            found.cloned().collect::<Vec<Found>>()
        };
        let owned = of_kind(Kind::COMMUNITY);
        let owned = owned.iter().map(|found| found.event.id());
        let list = of_kind(Kind::COMMUNITY_FOLLOWS);
        let list = self.settled(list, &mut silent).await;
        let list = list.first();
        let list = list.and_then(|found| FollowList::read(&found.event).ok());
        let followed = list.map(|list| list.communities()).unwrap_or_default();
        let communities = owned.chain(followed).collect();
        let current = self.current(of_kind(Kind::RSVP), &mut silent).await;
        let answers = current
            .iter()
            .filter_map(|found| Rsvp::read(&found.event).ok());
        Ok(Mine {
            communities,
            answers: by_meetup(answers),
            silent,
        })
    }
}

/// The newest answer to each meetup: other clients may write another note for each (LBC-35).
fn by_meetup(rsvps: impl Iterator<Item = Published<Rsvp>>) -> BTreeMap<Address, Answer> {
    let mut all: BTreeMap<Address, Vec<Published<Rsvp>>> = BTreeMap::new();
    for rsvp in rsvps {
        all.entry(rsvp.meetup.clone()).or_default().push(rsvp);
    }
    let answer = |(meetup, rsvps): (Address, Vec<Published<Rsvp>>)| {
        let answer = newest_answer(&rsvps)?.answer;
        Some((meetup, answer))
    };
    all.into_iter().filter_map(answer).collect()
}
