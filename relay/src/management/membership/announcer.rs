//! Keeps what the relay publishes about its members in agreement with what holds: the list
//! (13534), the roles (33534), and who came and went (8000, 8001), all signed by the relay
//! (NIP-43). One task compares and publishes, also at the start, so that a crash between a change
//! and its events leaves nothing wrong for long. The events take the same way as everybody's:
//! store, feed, subscriptions.
//!
//! When the relay has got another key, what the former one signed is taken off: it would be a second
//! list beside the true one. A deleted role is taken away by a deletion request (NIP-09) for its address, so that whoever
//! follows the relay learns of it; a new role with the same id is dated after it.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::try_join_all;
use kith_nips::nip01::Draft;
use kith_nips::{Event, Kind, PublicKey, nip43};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tracing::error;

use super::{Membership, MembershipPolicy};
use crate::identity::Identity;
use crate::management::{Management, ManagementError, Standing};
use crate::own_notes::{OwnNoteError, OwnNotes, by, says};
use crate::store::{Store, StoreError};

/// Those who may wait for the announcer; more wait for a place.
const WAITING_MAX: usize = 64;

/// What is published about members, of the kinds that are stored.
const STORED_KINDS: [Kind; 4] = [
    Kind::RELAY_MEMBERS,
    Kind::RELAY_ROLE,
    Kind::MEMBER_ADDED,
    Kind::MEMBER_REMOVED,
];

/// Where to wait until everything was published. Clones share it.
#[derive(Debug, Clone)]
pub struct Announcer(mpsc::Sender<oneshot::Sender<()>>);

struct Announcing {
    notes: OwnNotes,
    management: Management,
    standing: watch::Receiver<Arc<Standing>>,
    policy: watch::Receiver<Arc<MembershipPolicy>>,
    /// What the published events say, if that is known.
    published: Option<Membership>,
}

#[derive(Debug, thiserror::Error)]
enum AnnounceError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Management(#[from] ManagementError),
    #[error(transparent)]
    Note(#[from] OwnNoteError),
}

impl Announcer {
    /// Begins to publish what `management` knows of members; ends when the task is aborted.
    pub fn start(
        identity: Arc<Identity>,
        store: Arc<dyn Store>,
        management: Management,
        policy: watch::Receiver<Arc<MembershipPolicy>>,
    ) -> (Self, JoinHandle<()>) {
        let (sender, waiting) = mpsc::channel(WAITING_MAX);
        let announcing = Announcing {
            notes: OwnNotes::new(identity, store),
            standing: management.subscribe(),
            management,
            policy,
            published: None,
        };
        let task = tokio::spawn(announcing.run(waiting));
        (Announcer(sender), task)
    }

    /// Waits until everything that holds now is published, or was tried to be; what fails is in
    /// the log, and tried again with the next change and at the next start.
    pub async fn settled(&self) {
        let (sender, settled) = oneshot::channel();
        if self.0.send(sender).await.is_ok() {
            // An announcer that has ended publishes nothing any more.
            let _ = settled.await;
        }
    }
}

impl Announcing {
    async fn run(mut self, mut waiting: mpsc::Receiver<oneshot::Sender<()>>) {
        let mut waiter: Option<oneshot::Sender<()>> = None;
        loop {
            self.agree().await;
            if let Some(waiter) = waiter.take() {
                // Whoever does not wait any more need not know.
                let _ = waiter.send(());
            }
            waiter = tokio::select! {
                Ok(()) = self.standing.changed() => None,
                Ok(()) = self.policy.changed() => None,
                Some(waiter) = waiting.recv() => Some(waiter),
                else => return,
            };
        }
    }

    /// Publishes what differs from what is published.
    async fn agree(&mut self) {
        let is_on = self.policy.borrow_and_update().on;
        let membership = self.standing.borrow_and_update().membership.clone();
        let is_published = |published: &Membership| published.looks_like(&membership);
        if !is_on || self.published.as_ref().is_some_and(is_published) {
            return;
        }
        match self.publish(&membership).await {
            Ok(()) => self.published = Some(membership),
            Err(failure) => {
                self.published = None;
                error!(%failure, "what the relay says about its members could not be published");
            }
        }
    }

    async fn publish(&self, membership: &Membership) -> Result<(), AnnounceError> {
        self.take_over(membership).await?;
        let own = self.notes.author();
        let described = self.notes.stored(by(own, &[Kind::RELAY_ROLE])).await?;
        for role in membership.roles() {
            let draft = role.draft();
            let of_role = described
                .iter()
                .find(|event| event.identifier() == role.id());
            if !of_role.is_some_and(|event| says(event, &draft)) {
                self.notes.replace(draft, role.id()).await?;
            }
        }
        self.publish_members(membership).await?;
        for event in described {
            let id = event.identifier();
            if !membership.roles().any(|role| role.id() == id) {
                self.notes.take_away(&event).await?;
            }
        }
        Ok(())
    }

    /// Takes off what a former key of the relay signed.
    async fn take_over(&self, membership: &Membership) -> Result<(), AnnounceError> {
        let own = self.notes.author();
        let former = membership.signed_by().filter(|key| *key != own);
        if let Some(former) = former {
            for event in self.notes.stored(by(former, &STORED_KINDS)).await? {
                self.notes.store().remove(event.id()).await?;
            }
        }
        // Only now: a crash before it does all of this again.
        Ok(self.management.signed_by(own).await?)
    }

    /// The list, and who is on it and was not, or the other way round.
    async fn publish_members(&self, membership: &Membership) -> Result<(), AnnounceError> {
        let draft = nip43::member_list(membership.members());
        let address = self.notes.address(Kind::RELAY_MEMBERS, "");
        let published = self.notes.store().find_address(address).await?;
        let is_new = match &published {
            Some(event) => !says(event, &draft),
            // A relay that never had members need not say so.
            None => membership.members().len() > 0,
        };
        if !is_new {
            return Ok(());
        }
        let before: BTreeSet<PublicKey> = published.iter().flat_map(|list| listed(list)).collect();
        let added = membership
            .members()
            .filter(|(key, _)| !before.contains(key));
        let added = added.map(|(key, _)| nip43::member_added(key));
        let removed = before.iter().filter(|key| !membership.is_member(key));
        let removed = removed.map(|key| nip43::member_removed(*key));
        let news: Vec<Draft> = added.chain(removed).collect();
        self.notes.replace(draft, "").await?;
        try_join_all(news.into_iter().map(|draft| self.notes.save(draft, 0))).await?;
        Ok(())
    }
}

/// Who is on a published list.
fn listed(list: &Event) -> impl Iterator<Item = PublicKey> {
    let members = list.tags().iter().filter(|tag| tag.name() == "member");
    members.filter_map(|tag| PublicKey::from_hex(tag.value()?).ok())
}

#[cfg(test)]
mod tests;
