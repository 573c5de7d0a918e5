//! What only the owner of a community can say about it, put together from all relays: the kind
//! 1037, metadata, lists, calendar, and whether it was closed. Newest versions only; notes by other
//! keys have no effect.

use std::collections::{BTreeMap, BTreeSet};

use kith_nips::lbc::{
    self, Association, Calendar, Community, CommunityMetadata, KnownCommunity, MemberList,
    Membership, MuteList, address, association, membership, short_id,
};
use kith_nips::{Address, Event, EventId, Kind, PublicKey};
use nostr_sdk::{Alphabet, Filter, RelayUrl};

use crate::communities::NamedCommunity;
use crate::fetch::{Fetched, Found, ReadError};
use crate::filters::{
    FILTER_VALUES_MAX, addresses_filters, authors, deletion_filters, ids_filters, kinds_filter, tag,
};
use crate::kith::Kith;
use crate::lookup::LookupError;
use crate::reference::Reference;
use crate::refusal::{Refusal, merge};
use crate::versions::{Deletions, newest};

/// One community in the words of its owner.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) community: lbc::Published<Community>,
    pub(crate) relays: Vec<RelayUrl>,
    pub(crate) is_closed: bool,
    pub(crate) metadata: Option<lbc::Published<CommunityMetadata>>,
    pub(crate) members: Option<lbc::Published<MemberList>>,
    pub(crate) muted: Option<lbc::Published<MuteList>>,
    pub(crate) calendar: Option<lbc::Published<Calendar>>,
    /// Relays that did not answer when this was read.
    pub(crate) silent: Vec<Refusal>,
}

impl Record {
    pub(crate) fn known(&self) -> KnownCommunity {
        KnownCommunity {
            id: self.community.id,
            owner: self.community.owner(),
        }
    }

    /// For errors: its id and what it is called.
    pub(crate) fn named(&self) -> NamedCommunity {
        let title = self.metadata.as_ref().map(|note| note.display_title());
        NamedCommunity {
            id: self.community.id,
            title: title.unwrap_or_else(|| short_id(self.community.id)),
        }
    }

    /// What a key is to this community (LBC-50).
    pub(crate) fn membership(&self, person: PublicKey, follows: bool) -> Membership {
        membership(
            person == self.community.owner(),
            self.muted
                .as_ref()
                .is_some_and(|list| list.contains(person)),
            self.members
                .as_ref()
                .is_some_and(|list| list.contains(person)),
            follows,
        )
    }

    /// Whether notes of this key are hidden here; following does not matter (D7).
    pub(crate) fn mutes(&self, person: PublicKey) -> bool {
        self.membership(person, false) == Membership::Muted
    }
}

/// Several communities.
#[derive(Debug, Default)]
pub(crate) struct Records {
    by_id: BTreeMap<EventId, Record>,
    pub(crate) silent: Vec<Refusal>,
}

impl Records {
    pub(crate) fn get(&self, id: EventId) -> Option<&Record> {
        self.by_id.get(&id)
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = EventId> {
        self.by_id.keys().copied()
    }

    /// Whose they are.
    pub(crate) fn owners(&self) -> Vec<PublicKey> {
        let owners = self.by_id.values().map(|record| record.community.owner());
        owners.collect()
    }

    /// Takes in what was read about other communities.
    pub(crate) fn add(&mut self, more: Records) {
        merge(&mut self.silent, &more.silent);
        self.by_id.extend(more.by_id);
    }

    pub(crate) fn is_closed(&self, id: EventId) -> bool {
        self.get(id).is_some_and(|record| record.is_closed)
    }

    /// Those that were not closed.
    pub(crate) fn open(&self) -> impl Iterator<Item = &Record> {
        self.by_id.values().filter(|record| !record.is_closed)
    }

    /// To which of these communities a meetup belongs; a closed one is still known.
    pub(crate) fn association(&self, meetup: &Event) -> Association {
        association(meetup, |id| Some(self.get(id)?.community.owner()))
    }
}

impl Kith {
    /// The community that a reference leads to. Closed ones are an error.
    pub(crate) async fn record(&self, reference: &Reference) -> Result<Record, LookupError> {
        let mut records = self.records_at(std::slice::from_ref(reference)).await?;
        let silent = std::mem::take(&mut records.silent);
        match records.by_id.into_values().next() {
            Some(record) => Ok(Record { silent, ..record }),
            None => Err(not_found(reference, silent)),
        }
    }

    /// The communities that these references lead to, each once. Closed ones, and what leads to
    /// none, are an error.
    pub(crate) async fn records_at(
        &self,
        references: &[Reference],
    ) -> Result<Records, LookupError> {
        for reference in references {
            self.follow_hints(reference).await;
        }
        // Most are the id of the kind 1037 itself: they are asked for together.
        let ids: Vec<EventId> = references.iter().filter_map(Reference::id).collect();
        let mut records = self.records(&ids).await?;
        for reference in references {
            let named = reference.id().filter(|id| records.get(*id).is_some());
            let id = match named {
                Some(id) => id,
                None => {
                    let id = self.community_id(reference).await?;
                    records.add(self.records(&[id]).await?);
                    id
                }
            };
            match records.get(id) {
                Some(record) if record.is_closed => return Err(LookupError::Closed(id)),
                Some(_) => {}
                None => return Err(not_found(reference, records.silent)),
            }
        }
        Ok(records)
    }

    /// The communities among these ids; ids of anything else are skipped.
    pub(crate) async fn records(&self, ids: &[EventId]) -> Result<Records, ReadError> {
        let ids: Vec<EventId> = ids
            .iter()
            .copied()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let filters: Vec<Filter> = ids_filters(&ids)
            .into_iter()
            .map(|filter| filter.kind(Kind::COMMUNITY.into()))
            .collect();
        // Whose a community is never changes: its owner is asked at the same time, if it was read
        // before.
        let remembered = self.recalled(filters.clone()).await;
        let known: Vec<KnownCommunity> = remembered.iter().filter_map(known).collect();
        let (fetched, said) = tokio::join!(self.fetch(filters), self.said_by_owners(&known));
        self.records_with(fetched.answered()?, known, said?).await
    }

    /// The communities whose kind 1037 was fetched, with what their owners say about them.
    pub(crate) async fn records_of(&self, fetched: Fetched) -> Result<Records, ReadError> {
        self.records_with(fetched, Vec::new(), Fetched::nothing())
            .await
    }

    /// The same; what the owners of some say was read already.
    async fn records_with(
        &self,
        fetched: Fetched,
        already: Vec<KnownCommunity>,
        said_already: Fetched,
    ) -> Result<Records, ReadError> {
        let Fetched {
            found, mut silent, ..
        } = fetched;
        let communities: Vec<(lbc::Published<Community>, Vec<RelayUrl>)> = found
            .into_iter()
            .filter_map(|found| Some((Community::read(&found.event).ok()?, found.relays)))
            .collect();
        let others: Vec<KnownCommunity> = communities
            .iter()
            .map(|(community, _)| KnownCommunity {
                id: community.id,
                owner: community.owner(),
            })
            .filter(|community| !already.contains(community))
            .collect();
        let said = self.said_by_owners(&others).await?;
        merge(&mut silent, &said_already.silent);
        merge(&mut silent, &said.silent);
        let said = Said::read(said_already.found.into_iter().chain(said.found).collect());
        let records = communities
            .into_iter()
            .map(|(community, relays)| (community.id, said.about(community, relays)));
        Ok(Records {
            by_id: records.collect(),
            silent,
        })
    }

    /// What owners say about their communities, and what of it they took back.
    async fn said_by_owners(&self, known: &[KnownCommunity]) -> Result<Fetched, ReadError> {
        let mut said = self.fetch(owner_filters(known)).await.answered()?;
        if !self.is_one_relay() {
            // What one relay was told to delete, another still has.
            let deletions = self.fetch(deletion_filters(&said.found)).await;
            merge(&mut said.silent, &deletions.silent);
            said.found.extend(deletions.found);
        }
        Ok(said)
    }
}

fn known(found: &Found) -> Option<KnownCommunity> {
    let community = Community::read(&found.event).ok()?;
    Some(KnownCommunity {
        id: community.id,
        owner: community.owner(),
    })
}

fn not_found(reference: &Reference, silent: Vec<Refusal>) -> LookupError {
    LookupError::NotFound {
        what: "community",
        reference: reference.short(),
        silent,
    }
}

/// Everything that the owners said, not yet told apart by community.
struct Said {
    metadata: Vec<lbc::Published<CommunityMetadata>>,
    newest: BTreeMap<Address, Found>,
    deletions: Deletions,
}

impl Said {
    fn read(found: Vec<Found>) -> Said {
        let deletions = Deletions::read(found.iter().map(|found| &found.event));
        // No earlier version comes back (NIP09-16).
        let mut newest = newest(found);
        newest.retain(|_, found| !deletions.cover(&found.event));
        let metadata = newest
            .values()
            .filter_map(|found| CommunityMetadata::read(&found.event).ok())
            .collect();
        Said {
            metadata,
            newest,
            deletions,
        }
    }

    fn about(&self, community: lbc::Published<Community>, relays: Vec<RelayUrl>) -> Record {
        let (owner, id) = (community.owner(), community.id);
        let at = |address: Address| self.newest.get(&address).map(|found| &found.event);
        Record {
            is_closed: self.deletions.cover_id(owner, id),
            metadata: CommunityMetadata::current(&community, &self.metadata).cloned(),
            members: at(address::member_list(owner, id))
                .and_then(|event| MemberList::read(event).ok()),
            muted: at(address::mute_list(owner, id)).and_then(|event| MuteList::read(event).ok()),
            calendar: at(address::calendar(owner, id)).and_then(|event| Calendar::read(event).ok()),
            community,
            relays,
            silent: Vec::new(),
        }
    }
}

/// What owners may have said about their communities: at the addresses that follow from the id, and
/// metadata of the older form and deletions by `e` (D6, LBC-06).
fn owner_filters(known: &[KnownCommunity]) -> Vec<Filter> {
    let addresses: Vec<Address> = known
        .iter()
        .flat_map(|community| {
            let (owner, id) = (community.owner, community.id);
            [
                address::metadata(owner, id),
                address::member_list(owner, id),
                address::mute_list(owner, id),
                address::calendar(owner, id),
            ]
        })
        .collect();
    let by_reference = known.chunks(FILTER_VALUES_MAX).map(|chunk| {
        kinds_filter(&[Kind::COMMUNITY_METADATA, Kind::DELETION])
            .authors(authors(chunk.iter().map(|community| community.owner)))
            .custom_tags(
                tag(Alphabet::E),
                chunk.iter().map(|community| community.id.to_string()),
            )
    });
    addresses_filters(&addresses)
        .into_iter()
        .chain(by_reference)
        .collect()
}
