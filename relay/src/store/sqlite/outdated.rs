//! What the index has and must give up: entries of newest versions that are not the newest any more,
//! and rows of events that were ended.

use std::collections::BTreeSet;
use std::sync::Arc;

use kith_nips::PublicKey;
use rusqlite::Connection;

use super::index::{head_at, load_event, place_of};
use super::keys::{AddressKey, Salt, signed};
use super::rows::Rows;
use super::runs::{Blocks, Changes, Entries, Entry, Manifest};
use super::tail::{Head, Kill, Place, Unindexed};
use crate::store::{Sequence, StoreError};

/// The index as it was at the last commit, with the log.
pub struct Indexed<'a> {
    /// The derived tables.
    pub tables: &'a Connection,
    /// The runs in them.
    pub manifest: Arc<Manifest>,
    /// The log.
    pub log: &'a Connection,
    /// Keys the index's hashes.
    pub salt: Salt,
}

impl Indexed<'_> {
    /// All entries of the sorted runs from `from` on, as they were at the last commit.
    fn scan(&self, from: Entry) -> Entries<'_> {
        let blocks = Blocks::uncached(self.tables);
        self.manifest.scan(from, blocks)
    }

    /// Those under the same id or address.
    fn scan_key(&self, from: Entry) -> Entries<'_> {
        let blocks = Blocks::uncached(self.tables);
        self.manifest.scan_key(from, blocks)
    }

    /// What the newest versions of addresses were, taken away, and what they are, added.
    ///
    /// # Errors
    /// [`StoreError`] when index or log cannot be read.
    pub fn change_heads(
        &self,
        unindexed: &Unindexed,
        changes: &mut Changes,
    ) -> Result<(), StoreError> {
        for (address, head) in &unindexed.heads {
            let first = Entry::of_address(address, i64::MIN);
            let mut scan = self.scan_key(first);
            while let Some(entry) = scan.next()?
                && entry.is_same_key(&first)
            {
                changes.take_away(entry);
            }
            let remains = |head: &&Head| !is_forgotten(address, head, &unindexed.vanished);
            let place = head.as_ref().filter(remains).map(|head| match head.place {
                Place::Event(sequence) => signed(sequence),
                Place::Husk(sequence) => -signed(sequence),
            });
            if let Some(place) = place {
                changes.add(Entry::of_address(address, place));
            }
        }
        for (author, until) in &unindexed.vanished {
            self.forget_heads(author, *until, changes)?;
        }
        Ok(())
    }

    /// NIP-62: takes the newest versions of an author's addresses up to a time away.
    fn forget_heads(
        &self,
        author: &PublicKey,
        until: u64,
        changes: &mut Changes,
    ) -> Result<(), StoreError> {
        let (first, last) = AddressKey::range_of(author);
        let last = Entry::of_address(&last, i64::MAX);
        let mut scan = self.scan(Entry::of_address(&first, i64::MIN));
        while let Some(entry) = scan.next()?
            && entry <= last
        {
            let head = head_at(self.log, place_of(&entry))?;
            if head.is_none_or(|head| head.created_at <= until) {
                changes.take_away(entry);
            }
        }
        Ok(())
    }

    /// Whether the index has exactly this entry.
    ///
    /// # Errors
    /// [`StoreError`] when the index cannot be read.
    pub fn is_there(&self, entry: Entry) -> Result<bool, StoreError> {
        Ok(self.scan_key(entry).next()? == Some(entry))
    }

    /// The rows of what was ended, as far as the index, which reaches `upto`, has them; what is gone
    /// from the log already has none left.
    ///
    /// # Errors
    /// [`StoreError`] when index or log cannot be read.
    pub fn dead_rows(&self, kills: &[Kill], upto: Sequence) -> Result<Vec<Rows>, StoreError> {
        let victims = kills.iter().map(|kill| kill.victim);
        let victims: BTreeSet<Sequence> = victims.filter(|place| *place <= upto).collect();
        let mut rows = Vec::with_capacity(victims.len());
        for victim in victims {
            let Some(event) = load_event(self.log, victim)? else {
                continue;
            };
            let row = Rows::of(&self.salt, &event, victim);
            if self.is_there(Entry::of_id(&row.id, row.position.sequence))? {
                rows.push(row);
            }
        }
        Ok(rows)
    }
}

/// NIP-62: whether the author of an address vanished at the time of this version or later.
fn is_forgotten(address: &AddressKey, head: &Head, vanished: &[(PublicKey, u64)]) -> bool {
    vanished.iter().any(|(author, until)| {
        let (first, last) = AddressKey::range_of(author);
        (first..=last).contains(address) && head.created_at <= *until
    })
}
