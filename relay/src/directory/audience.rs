//! Who is in an audience, and where they receive private messages (NIP-17). Who is in it is decided in
//! `kith-nips`, as for every other program; this reads what it takes, and says when that was not all.

use std::collections::{BTreeMap, BTreeSet};

use kith_nips::lbc::{Audience, Membership, Tally};
use kith_nips::nip17::inbox_relays;
use kith_nips::{Address, Kind, PublicKey};

use super::communities::MEMBERS_READ_MAX;
use super::reading::Reading;
use super::records::CommunityRecord;
use super::rsvps::Rsvps;
use crate::store::StoreError;

/// Followers of a community that are read.
const FOLLOWERS_READ_MAX: usize = 5_000;

/// The people to whom something is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People {
    /// Each once, in the order of their keys.
    pub people: BTreeSet<PublicKey>,
    /// Whether a bound left somebody out, or an answer.
    pub cut: bool,
}

impl Reading {
    /// Who is in an audience of a community, or of a meetup of it with these answers, without `sender` and
    /// without those who are muted.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn audience(
        &self,
        audience: Audience,
        sender: PublicKey,
        record: &CommunityRecord,
        answers: Option<&Rsvps>,
    ) -> Result<People, StoreError> {
        let (people, mut cut) = match audience {
            Audience::Followers => self.all_followers(record).await?,
            audience if audience.is_of_community() => self.listed_members(record).await?,
            _ => (Vec::new(), false),
        };
        cut |= audience.is_of_meetup() && answers.is_some_and(|answers| answers.cut);
        let none = Tally::default();
        let tally = answers.map_or(&none, |answers| &answers.tally);
        let people = audience.people(sender, people, tally);
        Ok(People { people, cut })
    }

    /// Where people receive private messages, as this relay knows it; who says it nowhere is missing.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn inboxes(
        &self,
        people: impl IntoIterator<Item = PublicKey>,
    ) -> Result<BTreeMap<PublicKey, Vec<String>>, StoreError> {
        let addresses: Vec<Address> = people.into_iter().map(inbox).collect();
        let lists = self.find_addresses(addresses).await?;
        let inboxes = lists.iter().filter_map(|list| {
            let relays = inbox_relays(list);
            let relays: Vec<String> = relays.iter().map(ToString::to_string).collect();
            (!relays.is_empty()).then(|| (list.pubkey(), relays))
        });
        Ok(inboxes.collect())
    }

    /// Who follows a community, and its owner, and whether there are more.
    async fn all_followers(
        &self,
        record: &CommunityRecord,
    ) -> Result<(Vec<(PublicKey, Membership)>, bool), StoreError> {
        let (people, cut) = self.following_people(record, FOLLOWERS_READ_MAX).await?;
        let people: BTreeSet<PublicKey> = people.into_iter().chain([record.owner()]).collect();
        let stated = people.into_iter();
        let stated = stated.map(|person| (person, record.membership(person, true)));
        Ok((stated.collect(), cut))
    }

    /// The members of a community, and whether there are more.
    async fn listed_members(
        &self,
        record: &CommunityRecord,
    ) -> Result<(Vec<(PublicKey, Membership)>, bool), StoreError> {
        let members = self.members(record, None, MEMBERS_READ_MAX + 1).await?;
        let listed = record.members.as_ref().map(|list| list.people().len());
        let cut = listed.is_some_and(|listed| listed > MEMBERS_READ_MAX);
        let stated = members.items.into_iter();
        let stated = stated.map(|member| (member.person, record.membership(member.person, true)));
        Ok((stated.collect(), cut))
    }
}

fn inbox(pubkey: PublicKey) -> Address {
    Address {
        kind: Kind::INBOX_RELAYS,
        pubkey,
        identifier: String::new(),
    }
}
