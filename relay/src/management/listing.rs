//! A list of keys, events, kinds or addresses with a reason beside each: how it is looked up,
//! shared, and kept as records. Knows nothing of what a list means.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::net::IpAddr;
use std::sync::Arc;

use kith_nips::{EventId, Kind, PublicKey};

use super::{Change, LIST_ENTRIES_MAX, ManagementError, REASON_CHARS_MAX, Standing};

/// What may be on a list, and how it is written as the key of a record.
pub trait Entry: Copy + Ord + Display {
    /// Reads what `Display` writes.
    fn read(key: &str) -> Option<Self>;
}

/// Entries and their reasons. Clones share them until one changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing<K: Entry>(Arc<BTreeMap<K, String>>);

impl<K: Entry> Listing<K> {
    /// Whether `entry` is on the list.
    pub fn contains(&self, entry: &K) -> bool {
        self.0.contains_key(entry)
    }

    /// Whether the list has no entries.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every entry, in order.
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.0.keys()
    }

    /// Every entry and its reason, in order; the reason is empty where none was given.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &str)> {
        self.0.iter().map(|(key, reason)| (key, reason.as_str()))
    }
}

impl<K: Entry> Default for Listing<K> {
    fn default() -> Self {
        Listing(Arc::default())
    }
}

/// One of the lists of the standing, and the collection of its records.
pub(super) struct List<K: Entry> {
    pub(super) collection: &'static str,
    pub(super) of: fn(&mut Standing) -> &mut Listing<K>,
}

impl<K: Entry> List<K> {
    /// Takes an entry from a record.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(
        &self,
        standing: &mut Standing,
        key: &str,
        reason: &str,
    ) -> Result<(), String> {
        let entry = K::read(key).ok_or_else(|| format!("\"{key}\" cannot be on this list"))?;
        let Listing(entries) = (self.of)(standing);
        Arc::make_mut(entries).insert(entry, reason.to_owned());
        Ok(())
    }

    /// Puts `entry` on the list, or gives it another reason.
    pub(super) fn add(
        &self,
        change: &mut Change,
        entry: K,
        reason: &str,
    ) -> Result<(), ManagementError> {
        if reason.chars().count() > REASON_CHARS_MAX {
            let text = format!("a reason has at most {REASON_CHARS_MAX} characters");
            return Err(ManagementError::Invalid(text));
        }
        let Listing(entries) = (self.of)(&mut change.standing);
        match entries.get(&entry) {
            Some(known) if known == reason => return Ok(()),
            None if entries.len() >= LIST_ENTRIES_MAX => return Err(ManagementError::Full),
            _ => {}
        }
        Arc::make_mut(entries).insert(entry, reason.to_owned());
        change.put(self.collection, entry, reason);
        Ok(())
    }

    /// Takes `entry` off the list.
    pub(super) fn take_off(&self, change: &mut Change, entry: K) {
        let Listing(entries) = (self.of)(&mut change.standing);
        if entries.contains_key(&entry) {
            Arc::make_mut(entries).remove(&entry);
            change.remove(self.collection, entry);
        }
    }
}

impl Entry for PublicKey {
    fn read(key: &str) -> Option<Self> {
        PublicKey::from_hex(key).ok()
    }
}

impl Entry for EventId {
    fn read(key: &str) -> Option<Self> {
        EventId::from_hex(key).ok()
    }
}

impl Entry for Kind {
    fn read(key: &str) -> Option<Self> {
        key.parse().ok().map(Kind::new)
    }
}

/// Always in canonical form: an IPv4 address and its IPv6 form are one entry.
impl Entry for IpAddr {
    fn read(key: &str) -> Option<Self> {
        key.parse::<IpAddr>().ok().map(|ip| ip.to_canonical())
    }
}
