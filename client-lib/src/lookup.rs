//! From what people paste to the community that is meant, and why that can fail. Knows kinds and
//! addresses; what a community looks like is in `communities`.

use kith_nips::lbc::{Association, CommunityMetadata, address, short_id};
use kith_nips::{Address, Event, EventId, Kind};

use crate::fetch::{Fetched, Found, ReadError};
use crate::filters::{addresses_filters, ids_filters};
use crate::kith::Kith;
use crate::reference::{Reference, Target};
use crate::refusal::{Refusal, joined};
use crate::versions::newest;

/// Why a reference does not lead to what was asked for.
///
/// ```
/// use kith_client::LookupError;
///
/// let error = LookupError::NotFound { what: "community", reference: "0dba6b25".into(), silent: vec![] };
/// assert_eq!(error.to_string(), "no relay has the community 0dba6b25");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LookupError {
    /// No relay that answered has it.
    #[error("no relay has the {what} {reference}{}", unheard(.silent))]
    NotFound {
        /// `community` or `meetup`.
        what: &'static str,
        /// What was asked for, in short ([`Reference::short`]).
        reference: String,
        /// Relays that did not answer, so it may be there.
        silent: Vec<Refusal>,
    },
    /// The owner has closed the community (LBC-06).
    #[error("the community {} was closed by its owner", short_id(*.0))]
    Closed(EventId),
    /// Its author took the meetup back (NIP-09). In short: there is no title any more.
    #[error("the meetup {0} was deleted by its author")]
    Deleted(String),
    /// The reference names something else.
    #[error("{reference} is of kind {kind}, not a {what}")]
    WrongKind {
        /// `community` or `meetup`.
        what: &'static str,
        /// What was asked for, in short.
        reference: String,
        /// What it is.
        kind: Kind,
    },
    /// The meetup, in short, belongs to no community.
    #[error("the meetup {0} belongs to no community")]
    NoCommunity(String),
    /// Nothing could be read at all.
    #[error(transparent)]
    Read(#[from] ReadError),
}

fn unheard(silent: &[Refusal]) -> String {
    match silent.is_empty() {
        true => String::new(),
        false => format!("; without an answer: {}", joined(silent)),
    }
}

impl Kith {
    /// The id of the community that a reference leads to: its kind 1037, its metadata, its calendar
    /// or one of its meetups (LBC-60). Whether the community exists is not asked here.
    pub(crate) async fn community_id(&self, reference: &Reference) -> Result<EventId, LookupError> {
        if let Target::Address(address) = &reference.target
            && let Some(id) = named_in(address)
        {
            return Ok(id);
        }
        let found = self.note(reference, "community").await?;
        let event = &found.event;
        let id = match event.kind() {
            Kind::COMMUNITY => Some(event.id()),
            Kind::COMMUNITY_METADATA => CommunityMetadata::community_of(event),
            Kind::MEETUP | Kind::DATE_MEETUP => self.community_of_meetup(event).await?,
            kind => return Err(wrong_kind("community", reference, kind)),
        };
        id.ok_or_else(|| LookupError::NoCommunity(reference.short()))
    }

    /// The note that a reference names: this very event, or the newest version at the address.
    pub(crate) async fn note(
        &self,
        reference: &Reference,
        what: &'static str,
    ) -> Result<Found, LookupError> {
        let filters = match &reference.target {
            Target::Id(id) => ids_filters(std::slice::from_ref(id)),
            Target::Address(address) => addresses_filters(std::slice::from_ref(address)),
        };
        self.follow_hints(reference).await;
        if let Target::Address(address) = &reference.target {
            self.follow_authors([address.pubkey]).await;
        }
        let Fetched { found, silent, .. } = self.fetch(filters).await.answered()?;
        let note = match &reference.target {
            Target::Id(id) => found.into_iter().find(|found| found.event.id() == *id),
            Target::Address(address) => newest(found).remove(address),
        };
        note.ok_or_else(|| LookupError::NotFound {
            what,
            reference: reference.short(),
            silent,
        })
    }

    async fn community_of_meetup(&self, event: &Event) -> Result<Option<EventId>, LookupError> {
        let records = self.records(&candidates(event)).await?;
        match records.association(event) {
            Association::Known(communities) => Ok(communities.first().map(|known| known.id)),
            Association::Unknown(_) | Association::Conflict | Association::None => Ok(None),
        }
    }
}

/// Communities that one meetup may name; further ones are not looked up.
const COMMUNITIES_PER_MEETUP_MAX: usize = 16;

/// The community ids that a meetup names, in `e` or in `d`.
pub(crate) fn candidates(meetup: &Event) -> Vec<EventId> {
    let named = meetup
        .tags()
        .named("e")
        .filter_map(|tag| tag.value()?.parse().ok());
    address::community_in_identifier(meetup.identifier())
        .into_iter()
        .chain(named)
        .take(COMMUNITIES_PER_MEETUP_MAX)
        .collect()
}

/// The community that an address names without anything being asked.
fn named_in(address: &Address) -> Option<EventId> {
    match address.kind {
        Kind::COMMUNITY_METADATA | Kind::CALENDAR => address.identifier.parse().ok(),
        _ => None,
    }
}

pub(crate) fn wrong_kind(what: &'static str, reference: &Reference, kind: Kind) -> LookupError {
    LookupError::WrongKind {
        what,
        reference: reference.short(),
        kind,
    }
}
