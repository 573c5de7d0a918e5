//! Finding communities. What is shown is what the owner says; what others publish about a community
//! has no effect.

mod create;
mod finish;
mod write;

pub use create::{CommunityStep, CreatedCommunity, IncompleteCommunity, NewCommunity};
pub use write::{ClosedCommunity, CommunityError};

use std::fmt;

use kith_nips::lbc::{self, Community, CommunityMetadata, Location, Topic, address, short_id};
use kith_nips::place::Point;
use kith_nips::{EventId, Kind, PublicKey};
use nostr_sdk::RelayUrl;

use crate::fetch::{Found, Listing, ReadError};
use crate::filters::{authors, kinds_filter};
use crate::kith::Kith;
use crate::lookup::LookupError;
use crate::records::{Record, Records};
use crate::reference::{Reference, ReferenceError, naddr, nevent};
use crate::refusal::merge;
use crate::search::Search;

/// A community as its owner describes it.
///
/// ```no_run
/// use kith_client::{Kith, Reference};
///
/// # async fn example(kith: Kith, reference: Reference) -> Result<(), Box<dyn std::error::Error>> {
/// let community = kith.community(&reference).await?;
/// println!("{} ({})", community.title(), community.nevent()?);
/// for city in &community.location().cities {
///     println!("in {city}");
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CommunityView {
    community: lbc::Published<Community>,
    metadata: Option<lbc::Published<CommunityMetadata>>,
    location: Location,
    relays: Vec<RelayUrl>,
    distance_km: Option<f64>,
}

/// The community that an error is about.
///
/// ```
/// use kith_client::{EventId, MemberError, NamedCommunity};
///
/// let community = NamedCommunity {
///     id: EventId::from_bytes([1; 32]),
///     title: "Brighton Chess".to_owned(),
/// };
/// let error = MemberError::NotOwner(community);
/// assert_eq!(error.to_string(), "only its owner can change the members of \"Brighton Chess\"");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedCommunity {
    /// The community id.
    pub id: EventId,
    /// Its name, or the short id.
    pub title: String,
}

impl fmt::Display for NamedCommunity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.title)
    }
}

impl From<&CommunityView> for NamedCommunity {
    fn from(view: &CommunityView) -> Self {
        NamedCommunity {
            id: view.id(),
            title: view.title(),
        }
    }
}

impl CommunityView {
    pub(crate) fn new(record: &Record, distance_km: Option<f64>) -> CommunityView {
        let metadata = record.metadata.clone();
        let location = metadata.as_ref().map(|metadata| metadata.location.clone());
        CommunityView {
            community: record.community.clone(),
            metadata,
            location: location.unwrap_or_default(),
            relays: record.relays.clone(),
            distance_km,
        }
    }

    /// The community id: the id of its kind 1037.
    pub fn id(&self) -> EventId {
        self.community.id
    }

    /// Who decides: the author of the kind 1037.
    pub fn owner(&self) -> PublicKey {
        self.community.owner()
    }

    /// Its name, or the short id when it has none.
    pub fn title(&self) -> String {
        match &self.metadata {
            Some(metadata) => metadata.display_title(),
            None => short_id(self.id()),
        }
    }

    /// Markdown, not to be trusted: escape HTML when it is rendered.
    pub fn description(&self) -> &str {
        match &self.metadata {
            Some(metadata) => metadata.display_description(&self.community),
            None => &self.community.description,
        }
    }

    /// Address of a picture.
    pub fn image(&self) -> Option<&str> {
        self.metadata.as_ref()?.image.as_deref()
    }

    /// Position and cities; empty when nothing is known.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// The position, if it has one.
    pub fn point(&self) -> Option<Point> {
        self.location.point()
    }

    /// What it is about.
    pub fn topics(&self) -> &[Topic] {
        self.metadata
            .as_ref()
            .map_or(&[], |metadata| &metadata.topics)
    }

    /// When it was founded, in Unix seconds.
    pub fn created_at(&self) -> u64 {
        self.community.created_at
    }

    /// Great-circle kilometres from the centre of the search that found it.
    pub fn distance_km(&self) -> Option<f64> {
        self.distance_km
    }

    /// The metadata as it was read; `None` when there is none.
    pub fn metadata(&self) -> Option<&lbc::Published<CommunityMetadata>> {
        self.metadata.as_ref()
    }

    /// The relays of the set that have its kind 1037.
    pub fn relays(&self) -> &[RelayUrl] {
        &self.relays
    }

    /// What to share: `nevent1…` of the kind 1037 with relay hints.
    ///
    /// # Errors
    /// [`ReferenceError::Damaged`], when a relay address is too long to be encoded.
    pub fn nevent(&self) -> Result<String, ReferenceError> {
        nevent(
            self.id(),
            Some(self.owner()),
            Some(Kind::COMMUNITY),
            &self.relays,
        )
    }

    /// `naddr1…` of the metadata with relay hints, for clients that know addresses only.
    ///
    /// # Errors
    /// As [`CommunityView::nevent`].
    pub fn naddr(&self) -> Result<String, ReferenceError> {
        let address = match &self.metadata {
            Some(metadata) => metadata.address(),
            None => address::metadata(self.owner(), self.id()),
        };
        naddr(&address, &self.relays)
    }
}

impl From<&CommunityView> for Reference {
    fn from(view: &CommunityView) -> Self {
        Reference {
            relays: view.relays.clone(),
            ..view.id().into()
        }
    }
}

impl Kith {
    /// One community, by any reference to it, its metadata or one of its meetups.
    ///
    /// ```no_run
    /// use kith_client::{Kith, Reference};
    /// # async fn example(kith: Kith) -> Result<(), Box<dyn std::error::Error>> {
    /// let reference: Reference =
    ///     "0dba6b25d4b7ed5a57109c7266d8414aae7725df12d02bb3ecbb9741836fddc9".parse()?;
    /// println!("{}", kith.community(reference).await?.title());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`LookupError`]: it is not there, it was closed, it is something else, nobody answered.
    pub async fn community(
        &self,
        community: impl Into<Reference>,
    ) -> Result<CommunityView, LookupError> {
        let record = self.record(&community.into()).await?;
        Ok(CommunityView::new(&record, None))
    }

    /// The communities that match: by distance when the search has a centre, else by title. Closed
    /// ones, and descriptions by others than the owner, are left out (LBC-12, LBC-59).
    ///
    /// ```no_run
    /// use kith_client::{Kith, Search, place::Point};
    /// # async fn example(kith: Kith) -> Result<(), Box<dyn std::error::Error>> {
    /// let near = Search::new().near(Point::new(50.8225, -0.1372)?, 25.0)?;
    /// for community in kith.communities(&near).await? {
    ///     println!("{} {:?} km", community.title(), community.distance_km());
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ReadError`] when no relay answers.
    pub async fn communities(&self, search: &Search) -> Result<Listing<CommunityView>, ReadError> {
        let fetched = self.find(&search.community_question()).await.answered()?;
        let ids: Vec<EventId> = matching_communities(&fetched.found, search).collect();
        // What was found may be an older version than another relay has, or by another key.
        let mut records = self.records(&ids).await?;
        merge(&mut records.silent, &fetched.silent);
        Ok(Listing {
            found: listed_communities(&records, search),
            silent: records.silent,
        })
    }

    /// The communities that somebody owns, by title. Closed ones are left out.
    ///
    /// ```no_run
    /// # async fn example(kith: kith_client::Kith) -> Result<(), Box<dyn std::error::Error>> {
    /// let me = kith.public_key().ok_or("no key")?;
    /// for community in kith.communities_of(me).await? {
    ///     println!("{}", community.title());
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ReadError`] when no relay answers.
    pub async fn communities_of(
        &self,
        owner: PublicKey,
    ) -> Result<Listing<CommunityView>, ReadError> {
        let keys = authors([owner]);
        let filters = match keys.is_empty() {
            true => Vec::new(),
            false => vec![kinds_filter(&[Kind::COMMUNITY]).authors(keys)],
        };
        let fetched = self.fetch(filters).await.answered()?;
        let records = self.records_of(fetched).await?;
        let mut found: Vec<CommunityView> = records
            .open()
            .map(|record| CommunityView::new(record, None))
            .collect();
        found.sort_by_cached_key(|view| (view.title().to_lowercase(), view.id()));
        Ok(Listing {
            found,
            silent: records.silent,
        })
    }
}

/// The communities that metadata is of, which may match.
pub(crate) fn matching_communities(
    metadata: &[Found],
    search: &Search,
) -> impl Iterator<Item = EventId> {
    metadata
        .iter()
        .filter_map(|found| CommunityMetadata::read(&found.event).ok())
        .filter(|metadata| search.matches(&metadata.location, &metadata.topics))
        .map(|metadata| metadata.community.id)
}

/// Of what was read, the communities that a list shows, in its order.
pub(crate) fn listed_communities(records: &Records, search: &Search) -> Vec<CommunityView> {
    let views = records.open().filter_map(|record| {
        let metadata = record.metadata.as_ref()?;
        search
            .matches(&metadata.location, &metadata.topics)
            .then(|| CommunityView::new(record, search.distance_km(&metadata.location)))
    });
    let mut listed: Vec<CommunityView> = views.collect();
    listed.sort_by_cached_key(|view| {
        (
            meters(view.distance_km),
            view.title().to_lowercase(),
            view.id(),
        )
    });
    listed
}

/// A distance that can be compared; what has none comes last.
pub(crate) fn meters(distance_km: Option<f64>) -> u64 {
    // The saturating cast is what is wanted: distances are finite and at most half the globe.
    distance_km.map_or(u64::MAX, |km| (km * 1000.0) as u64)
}
