//! A meetup as it is shown.

use std::collections::BTreeSet;

use kith_nips::extensions::attendance::Terms;
use kith_nips::extensions::{self, InSeries};
use kith_nips::lbc::{self, Location, Meetup, MeetupStatus, Standing, Topic};
use kith_nips::nip52::When;
use kith_nips::place::Point;
use kith_nips::{Address, EventId, PublicKey};
use nostr_sdk::RelayUrl;

use crate::communities::NamedCommunity;
use crate::records::Record;
use crate::reference::{Reference, ReferenceError, Target, naddr};

/// A meetup, and where it belongs.
///
/// ```no_run
/// use kith_client::{Kith, Reference};
///
/// # async fn example(kith: Kith, reference: Reference) -> Result<(), Box<dyn std::error::Error>> {
/// let meetup = kith.meetup(&reference).await?;
/// println!("{} at {:?}: {}", meetup.title(), meetup.places(), meetup.naddr()?);
/// if meetup.is_proposal() {
///     println!("proposed, not yet official");
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MeetupView {
    meetup: lbc::Published<Meetup>,
    communities: Vec<MeetupCommunity>,
    relays: Vec<RelayUrl>,
    distance_km: Option<f64>,
}

/// A community that a meetup belongs to.
///
/// ```no_run
/// # fn example(meetup: &kith_client::MeetupView) {
/// for community in meetup.communities() {
///     println!("{}: {:?}", community.title, community.standing);
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MeetupCommunity {
    /// The community id.
    pub id: EventId,
    /// Its owner.
    pub owner: PublicKey,
    /// Its name, or the short id.
    pub title: String,
    /// Whether the meetup is the community's own or somebody's proposal (LBC-27).
    pub standing: Standing,
}

impl MeetupCommunity {
    pub(crate) fn new(record: &Record, standing: Standing) -> MeetupCommunity {
        let NamedCommunity { id, title } = record.named();
        MeetupCommunity {
            id,
            owner: record.community.owner(),
            title,
            standing,
        }
    }

    pub(super) fn named(&self) -> NamedCommunity {
        NamedCommunity {
            id: self.id,
            title: self.title.clone(),
        }
    }
}

impl MeetupView {
    pub(crate) fn new(
        meetup: lbc::Published<Meetup>,
        communities: Vec<MeetupCommunity>,
        relays: Vec<RelayUrl>,
        distance_km: Option<f64>,
    ) -> MeetupView {
        MeetupView {
            meetup,
            communities,
            relays,
            distance_km,
        }
    }

    /// The id of this version. An edit changes it; the address stays.
    pub fn id(&self) -> EventId {
        self.meetup.id
    }

    /// Where the meetup lives: what answers name.
    pub fn address(&self) -> Address {
        self.meetup.address()
    }

    /// Who published it.
    pub fn author(&self) -> PublicKey {
        self.meetup.author
    }

    /// What it is called. May be blank in notes of other clients.
    pub fn title(&self) -> &str {
        &self.meetup.title
    }

    /// The title; of a meetup that has none, its slug.
    pub fn display_title(&self) -> String {
        title_or_slug(self.title(), &Reference::from(self))
    }

    /// In short; may be empty.
    pub fn summary(&self) -> &str {
        self.meetup.summary.as_str()
    }

    /// Markdown, not to be trusted: escape HTML when it is rendered.
    pub fn description(&self) -> &str {
        &self.meetup.description
    }

    /// When; `None` if the note has no usable time.
    pub fn when(&self) -> Option<&When> {
        self.meetup.when.as_ref()
    }

    /// The start in Unix seconds.
    pub fn starts_at(&self) -> Option<u64> {
        self.when().map(When::starts_at)
    }

    /// The end in Unix seconds, exclusive, if there is one.
    pub fn ends_at(&self) -> Option<u64> {
        self.when().and_then(When::ends_at)
    }

    /// Whether it was called off; then no answers are taken (LBC-32).
    pub fn is_cancelled(&self) -> bool {
        self.meetup.status == MeetupStatus::Cancelled
    }

    /// Whether no community has made it its own: somebody suggests it (LBC-27).
    pub fn is_proposal(&self) -> bool {
        self.communities
            .iter()
            .all(|community| community.standing == Standing::Proposal)
    }

    /// The community it belongs to, the first of several; `None` when it belongs to none.
    pub fn community(&self) -> Option<&MeetupCommunity> {
        self.communities.first()
    }

    /// All open communities it belongs to.
    pub fn communities(&self) -> &[MeetupCommunity] {
        &self.communities
    }

    /// Whether it belongs to this community.
    pub fn is_of(&self, community: EventId) -> bool {
        self.communities.iter().any(|known| known.id == community)
    }

    pub(crate) fn is_of_any(&self, communities: &BTreeSet<EventId>) -> bool {
        let mut known = self.communities.iter();
        known.any(|community| communities.contains(&community.id))
    }

    /// Where, in words.
    pub fn places(&self) -> &[String] {
        &self.meetup.places
    }

    /// Position and cities.
    pub fn location(&self) -> &Location {
        &self.meetup.location
    }

    /// The position, if it has one.
    pub fn point(&self) -> Option<Point> {
        self.meetup.location.point()
    }

    /// What it is about.
    pub fn topics(&self) -> &[Topic] {
        &self.meetup.topics
    }

    /// Address of a picture.
    pub fn image(&self) -> Option<&str> {
        self.meetup.image.as_deref()
    }

    /// Great-circle kilometres from the centre of the search that found it.
    pub fn distance_km(&self) -> Option<f64> {
        self.distance_km
    }

    /// The series that it is in.
    pub fn series(&self) -> Option<InSeries> {
        InSeries::read(&self.meetup)
    }

    /// Seats, guests, the last moment to answer.
    pub fn terms(&self) -> Terms {
        Terms::read(&self.meetup)
    }

    /// Who runs it beside its author.
    pub fn hosts(&self) -> Vec<PublicKey> {
        let hosts = extensions::hosts(&self.meetup).into_iter();
        hosts.map(|host| host.person).collect()
    }

    /// When its note expires (Unix seconds, NIP-40).
    pub fn expires_at(&self) -> Option<u64> {
        extensions::expires_at(&self.meetup)
    }

    /// The note as it was read.
    pub fn meetup(&self) -> &lbc::Published<Meetup> {
        &self.meetup
    }

    /// The relays of the set that have this version.
    pub fn relays(&self) -> &[RelayUrl] {
        &self.relays
    }

    /// What to share: `naddr1…` with relay hints.
    ///
    /// # Errors
    /// [`ReferenceError::IdentifierTooLong`] for identifiers of other clients that do not fit.
    pub fn naddr(&self) -> Result<String, ReferenceError> {
        naddr(&self.address(), &self.relays)
    }
}

/// What to call a meetup: notes of other clients may have no title.
pub(super) fn title_or_slug(title: &str, meetup: &Reference) -> String {
    match title.trim() {
        "" => meetup.short(),
        title => title.to_owned(),
    }
}

impl From<&MeetupView> for Reference {
    fn from(view: &MeetupView) -> Self {
        Reference {
            target: Target::Address(view.address()),
            relays: view.relays.clone(),
        }
    }
}
