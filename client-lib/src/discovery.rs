//! Communities and meetups in one look: what both need to know of communities is read once. Knows
//! lists, not relays.

use std::collections::BTreeSet;

use kith_nips::EventId;

use crate::communities::{CommunityView, listed_communities, matching_communities};
use crate::fetch::{Found, ReadError};
use crate::kith::Kith;
use crate::meetups::MeetupView;
use crate::records::Records;
use crate::refusal::{Refusal, merge};
use crate::search::Search;

/// What matches a search.
///
/// ```no_run
/// use kith_client::{Kith, Search, place::Point};
///
/// # async fn example(kith: Kith) -> Result<(), Box<dyn std::error::Error>> {
/// let near = Search::new().near(Point::new(50.8225, -0.1372)?, 25.0)?;
/// let found = kith.discover(&near).await?;
/// println!("{} communities, {} meetups", found.communities.len(), found.meetups.len());
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Discovered {
    /// As [`Kith::communities`] lists them.
    pub communities: Vec<CommunityView>,
    /// As [`Kith::meetups`] lists them.
    pub meetups: Vec<MeetupView>,
    /// Relays that did not answer, or not completely.
    pub silent: Vec<Refusal>,
}

impl Kith {
    /// What [`Kith::communities`] and [`Kith::meetups`] find, with fewer questions than both ask.
    /// Communities that the search names are not looked at.
    ///
    /// ```no_run
    /// use kith_client::{Kith, Search};
    /// # async fn example(kith: Kith) -> Result<(), kith_client::ReadError> {
    /// let about_chess = kith.discover(&Search::new().topic("chess")).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ReadError`] when no relay answers.
    pub async fn discover(&self, search: &Search) -> Result<Discovered, ReadError> {
        let (community_question, meetup_question) =
            (search.community_question(), search.meetup_question());
        let (metadata, meetups) =
            tokio::join!(self.find(&community_question), self.find(&meetup_question));
        let (metadata, meetups) = (metadata.answered()?, meetups.answered()?);
        let mut discovered = self
            .judged_discovery(metadata.found, meetups.found, search)
            .await?;
        merge(&mut discovered.silent, &metadata.silent);
        merge(&mut discovered.silent, &meetups.silent);
        Ok(discovered)
    }

    /// Of metadata and meetups that some relay has, what lists show.
    pub(crate) async fn judged_discovery(
        &self,
        metadata: Vec<Found>,
        meetups: Vec<Found>,
        search: &Search,
    ) -> Result<Discovered, ReadError> {
        let communities: BTreeSet<EventId> = matching_communities(&metadata, search).collect();
        let mut records = Records::default();
        let meetups = self
            .judged(meetups, &communities, &mut records, search)
            .await?;
        Ok(Discovered {
            communities: listed_communities(&records, search),
            meetups,
            silent: records.silent,
        })
    }
}
