//! What the relay itself writes: signed with its key and stored like everybody's notes, so that it takes the same
//! way, by feed and subscriptions. Knows versions and times; what the notes say is known to whoever writes them.

use std::sync::Arc;

use kith_nips::nip01::{Draft, DraftError, TagName};
use kith_nips::{Address, Event, Filter, Kind, PublicKey};

use crate::clock::unix_now;
use crate::identity::Identity;
use crate::store::{Outcome, ScanOptions, Store, StoreError};

/// Seconds by which an event may be dated later than now because the same was said before.
const SAME_SECOND_MAX: u64 = 16;

/// The relay as somebody who writes.
pub struct OwnNotes {
    identity: Arc<Identity>,
    store: Arc<dyn Store>,
}

/// Why the relay could not say something.
#[derive(Debug, thiserror::Error)]
pub enum OwnNoteError {
    /// The store cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It is no event.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// The store has something against it.
    #[error("the store answered {0:?}")]
    NotTaken(Outcome),
}

impl OwnNotes {
    /// Of the relay with this key.
    pub fn new(identity: Arc<Identity>, store: Arc<dyn Store>) -> Self {
        OwnNotes { identity, store }
    }

    /// Who the relay is.
    pub fn author(&self) -> PublicKey {
        self.identity.public_key()
    }

    /// Where the relay's notes are kept.
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// Publishes the next version at an address.
    ///
    /// # Errors
    /// [`OwnNoteError`]
    pub async fn replace(&self, draft: Draft, identifier: &str) -> Result<(), OwnNoteError> {
        let address = self.address(draft.kind, identifier);
        let mut about = by(self.identity.public_key(), &[Kind::DELETION]);
        about.limit = Some(1);
        if let Some(name) = TagName::new('a') {
            about.tags.insert(name, vec![address.to_string()]);
        }
        let deletions = self.stored(about).await?;
        let published = self.store.find_address(address).await?;
        let times = published.iter().chain(&deletions);
        let newest = times.map(|event| event.created_at()).max();
        // Of two versions of one second the lower id would win, and a deletion covers its own.
        self.save(draft, newest.map_or(0, |time| time + 1)).await
    }

    /// Publishes that there is no such thing any more (NIP-09).
    ///
    /// # Errors
    /// [`OwnNoteError`]
    pub async fn take_away(&self, event: &Event) -> Result<(), OwnNoteError> {
        let address = self.address(event.kind(), event.identifier());
        let tags = [
            vec!["-".to_owned()],
            vec!["a".to_owned(), address.to_string()],
            vec!["k".to_owned(), event.kind().to_string()],
        ];
        let draft = Draft {
            kind: Kind::DELETION,
            created_at: None,
            tags: tags.to_vec(),
            content: String::new(),
        };
        self.save(draft, event.created_at()).await
    }

    /// Signs and stores, dated now but not before `not_before` (Unix seconds).
    ///
    /// # Errors
    /// [`OwnNoteError`]
    pub async fn save(&self, mut draft: Draft, not_before: u64) -> Result<(), OwnNoteError> {
        let time = unix_now().max(not_before);
        for later in 0..SAME_SECOND_MAX {
            draft.created_at = Some(time + later);
            let event = self.identity.sign(&draft, time)?;
            match self.store.save(Arc::new(event)).await? {
                Outcome::Saved(_) => return Ok(()),
                // Somebody came, went and came again.
                Outcome::Duplicate => {}
                outcome => return Err(OwnNoteError::NotTaken(outcome)),
            }
        }
        Err(OwnNoteError::NotTaken(Outcome::Duplicate))
    }

    /// What is stored, newest first.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn stored(&self, filter: Filter) -> Result<Vec<Arc<Event>>, StoreError> {
        let options = ScanOptions::everything(unix_now());
        let mut rest = Some(self.store.scan(Arc::from([filter]), options).await?);
        let mut events = Vec::new();
        while let Some(scan) = rest {
            let (page, next) = self.store.next_page(scan).await?;
            events.extend(page.events);
            rest = next;
        }
        Ok(events)
    }

    /// Where the relay's own note of this kind and identifier is.
    pub fn address(&self, kind: Kind, identifier: &str) -> Address {
        Address {
            kind,
            pubkey: self.identity.public_key(),
            identifier: identifier.to_owned(),
        }
    }
}

/// Everything of these kinds by `author`.
pub fn by(author: PublicKey, kinds: &[Kind]) -> Filter {
    let mut filter = Filter {
        authors: Some(vec![author]),
        kinds: Some(kinds.to_vec()),
        ..Filter::default()
    };
    filter.normalise();
    filter
}

/// Whether an event says the same as a draft, whenever it did.
pub fn says(event: &Event, draft: &Draft) -> bool {
    event.content() == draft.content
        && event.tags().len() == draft.tags.len()
        && event.tags().iter().zip(&draft.tags).all(|(said, tag)| {
            let tag = tag.iter().map(String::as_str);
            said.iter().eq(tag)
        })
}
