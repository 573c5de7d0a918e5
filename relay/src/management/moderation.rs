//! The changes that administrators make (NIP-86), one function each. Repeating a change does
//! nothing and succeeds. Knows neither who asks nor in which words.

use std::net::IpAddr;

use kith_nips::{EventId, Kind, PublicKey};
use tracing::error;

use super::membership::end_membership;
use super::standing::{
    ALLOWED_EVENTS, ALLOWED_KEYS, ALLOWED_KINDS, BANNED_EVENTS, BANNED_KEYS, BLOCKED_ADDRESSES,
    DESCRIPTION, DISALLOWED_KINDS, ICON, NAME, RELAY,
};
use super::{Management, ManagementError};
use crate::config::{check_name, check_web_address};
use crate::store::StoreError;

/// Characters that the description of the relay may have.
const DESCRIPTION_CHARS_MAX: usize = 5_000;

/// Characters that the address of the relay's picture may have.
const ICON_CHARS_MAX: usize = 2_000;

impl Management {
    /// Nothing by `key` is taken or shown any more; it is not on the list of allowed keys either,
    /// and no member.
    ///
    /// # Errors
    /// [`ManagementError`], as of every change here; nothing has changed then.
    pub async fn ban_key(&self, key: PublicKey, reason: &str) -> Result<(), ManagementError> {
        self.change(|change| {
            ALLOWED_KEYS.take_off(change, key);
            end_membership(change, key);
            BANNED_KEYS.add(change, key, reason)
        })
        .await
    }

    /// What `key` wrote is shown again, and more is taken.
    ///
    /// # Errors
    /// [`ManagementError`]
    pub async fn unban_key(&self, key: PublicKey) -> Result<(), ManagementError> {
        self.change(|change| {
            BANNED_KEYS.take_off(change, key);
            Ok(())
        })
        .await
    }

    /// From now on only allowed keys and members may write. A ban of `key` ends.
    ///
    /// # Errors
    /// [`ManagementError`]
    pub async fn allow_key(&self, key: PublicKey, reason: &str) -> Result<(), ManagementError> {
        self.change(|change| {
            BANNED_KEYS.take_off(change, key);
            ALLOWED_KEYS.add(change, key, reason)
        })
        .await
    }

    /// `key` is not allowed any more, nor banned. With the last one, everybody may write again.
    ///
    /// # Errors
    /// [`ManagementError`]
    pub async fn unallow_key(&self, key: PublicKey) -> Result<(), ManagementError> {
        self.change(|change| {
            ALLOWED_KEYS.take_off(change, key);
            Ok(())
        })
        .await
    }

    /// The event `id` is removed, also from the disk, and not taken again.
    ///
    /// # Errors
    /// [`ManagementError`]. When the ban holds but the event could not be removed, it is shown to
    /// nobody and removed at the next start.
    pub async fn ban_event(&self, id: EventId, reason: &str) -> Result<(), ManagementError> {
        self.change(|change| {
            ALLOWED_EVENTS.take_off(change, id);
            BANNED_EVENTS.add(change, id, reason)
        })
        .await?;
        let store = self.store.clone();
        let removing = tokio::spawn(async move { store.remove(id).await });
        match removing.await.unwrap_or(Err(StoreError::Closed)) {
            Ok(_) => Ok(()),
            Err(failure) => {
                error!(%failure, "a banned event is hidden, but could not be removed");
                Err(ManagementError::NotRemoved)
            }
        }
    }

    /// The event `id` is in order: it may come again, and reports about it are settled.
    ///
    /// # Errors
    /// [`ManagementError`]
    pub async fn allow_event(&self, id: EventId, reason: &str) -> Result<(), ManagementError> {
        self.change(|change| {
            BANNED_EVENTS.take_off(change, id);
            ALLOWED_EVENTS.add(change, id, reason)
        })
        .await
    }

    /// Events of `kind` are taken again, and it is on the list of allowed kinds.
    ///
    /// # Errors
    /// [`ManagementError`]
    pub async fn allow_kind(&self, kind: Kind) -> Result<(), ManagementError> {
        self.change(|change| {
            DISALLOWED_KINDS.take_off(change, kind);
            ALLOWED_KINDS.add(change, kind, "")
        })
        .await
    }

    /// Events of `kind` are not taken any more; those that are stored stay.
    ///
    /// # Errors
    /// [`ManagementError`]
    pub async fn disallow_kind(&self, kind: Kind) -> Result<(), ManagementError> {
        self.change(|change| {
            ALLOWED_KINDS.take_off(change, kind);
            DISALLOWED_KINDS.add(change, kind, "")
        })
        .await
    }

    /// Connections from `address` end, and new ones are refused.
    ///
    /// # Errors
    /// [`ManagementError`]
    pub async fn block_address(
        &self,
        address: IpAddr,
        reason: &str,
    ) -> Result<(), ManagementError> {
        self.change(|change| BLOCKED_ADDRESSES.add(change, address.to_canonical(), reason))
            .await
    }

    /// `address` may connect again.
    ///
    /// # Errors
    /// [`ManagementError`]
    pub async fn unblock_address(&self, address: IpAddr) -> Result<(), ManagementError> {
        self.change(|change| {
            BLOCKED_ADDRESSES.take_off(change, address.to_canonical());
            Ok(())
        })
        .await
    }

    /// The relay has another name. An empty one gives it back the name in its configuration; so
    /// with the other texts.
    ///
    /// # Errors
    /// [`ManagementError`]
    pub async fn change_name(&self, name: &str) -> Result<(), ManagementError> {
        if !name.is_empty() {
            check_name(name).map_err(ManagementError::Invalid)?;
        }
        self.change_text(NAME, name).await
    }

    /// The relay describes itself in other words.
    ///
    /// # Errors
    /// [`ManagementError`]
    pub async fn change_description(&self, text: &str) -> Result<(), ManagementError> {
        check_chars(text, DESCRIPTION_CHARS_MAX)?;
        self.change_text(DESCRIPTION, text).await
    }

    /// The relay has another picture, at this web address.
    ///
    /// # Errors
    /// [`ManagementError`]
    pub async fn change_icon(&self, address: &str) -> Result<(), ManagementError> {
        check_chars(address, ICON_CHARS_MAX)?;
        if !address.is_empty() {
            check_web_address(address).map_err(ManagementError::Invalid)?;
        }
        self.change_text(ICON, address).await
    }

    async fn change_text(&self, key: &str, text: &str) -> Result<(), ManagementError> {
        let new = (!text.is_empty()).then(|| text.to_owned());
        self.change(|change| {
            let changed = match change.standing.text(key) {
                Some(old) if *old != new => {
                    old.clone_from(&new);
                    true
                }
                _ => false,
            };
            match new {
                Some(text) if changed => change.put(RELAY, key, text),
                None if changed => change.remove(RELAY, key),
                _ => {}
            }
            Ok(())
        })
        .await
    }
}

fn check_chars(text: &str, max: usize) -> Result<(), ManagementError> {
    match text.chars().count() {
        count if count > max => Err(ManagementError::Invalid(format!(
            "expected at most {max} characters, found {count}"
        ))),
        _ => Ok(()),
    }
}
