//! Tells other applications that there are pages here, and of what, where the operator wants it: a note that the
//! relay signs (NIP-89), written anew when its name or address changes, and taken back when there are no pages
//! any more.

use std::sync::Arc;

use kith_nips::nip01::Draft;
use kith_web::{HANDLER, HANDLER_IDENTIFIER, handler};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing::error;

use super::api::site::Site;
use super::nip11;
use crate::config::{Config, Live};
use crate::management::{Management, Standing};
use crate::own_notes::{OwnNoteError, OwnNotes, says};

/// Begins to keep the note in agreement with the configuration; ends when the task is aborted.
pub(crate) fn announce_pages(
    config: &Live,
    management: &Management,
    notes: OwnNotes,
) -> JoinHandle<()> {
    let announcing = Announcing {
        config: config.subscribe(),
        standing: management.subscribe(),
        notes,
    };
    tokio::spawn(announcing.run())
}

struct Announcing {
    config: watch::Receiver<Arc<Config>>,
    standing: watch::Receiver<Arc<Standing>>,
    notes: OwnNotes,
}

impl Announcing {
    async fn run(mut self) {
        loop {
            if let Err(failure) = self.agree().await {
                error!(%failure, "the pages could not be announced");
            }
            tokio::select! {
                Ok(()) = self.config.changed() => {}
                Ok(()) = self.standing.changed() => {}
                else => return,
            }
        }
    }

    /// Writes or takes back what differs from what is stored.
    async fn agree(&mut self) -> Result<(), OwnNoteError> {
        let config = Arc::clone(&self.config.borrow_and_update());
        let standing = Arc::clone(&self.standing.borrow_and_update());
        let address = self.notes.address(HANDLER, HANDLER_IDENTIFIER);
        let stored = self.notes.store().find_address(address).await?;
        match (wanted(&config, &standing), stored) {
            (Some(draft), Some(stored)) if says(&stored, &draft) => Ok(()),
            (Some(draft), _) => self.notes.replace(draft, HANDLER_IDENTIFIER).await,
            (None, Some(stored)) => self.notes.take_away(&stored).await,
            (None, None) => Ok(()),
        }
    }
}

/// What is to be said; nothing where nobody outside could find the pages.
fn wanted(config: &Config, standing: &Standing) -> Option<Draft> {
    if !config.http.page || !config.http.announce_pages {
        return None;
    }
    let site = Site::public(config.server.public_url.as_deref()?)?;
    let name = nip11::words(config, standing).name;
    Some(handler(&site.address(""), name))
}
