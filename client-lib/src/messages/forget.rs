//! Clearing a conversation: on this machine for good, and at relays as far as they let us.
//!
//! A wrap is signed by a key that nobody has any more, so NIP-09 lets nobody take it back. NIP-59
//! lets the person for whom it was made delete it (kind 5 that names it by `e`), and relays that
//! know this do it. So the user's own copies can go, those of messages they sent and of messages
//! they received. What others received stays with them: nobody but they can delete that.

use std::collections::HashSet;

use kith_nips::nip01::Draft;
use kith_nips::{EventId, Kind, PublicKey};
use rusqlite::params;

use super::{Message, MessageError, Room};
use crate::fetch::Listing;
use crate::kith::Kith;
use crate::local::{Local, LocalError};
use crate::publish::Published;

/// Wraps that one request names: relays bound the number of tags.
const WRAPS_PER_REQUEST: usize = 100;

/// What became of a conversation that was cleared.
///
/// ```no_run
/// # fn example(forgotten: kith_client::Forgotten) {
/// println!("{} messages are hidden here", forgotten.messages);
/// for request in &forgotten.requests {
///     println!("{} relays were asked to delete them", request.accepted.len());
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Forgotten {
    /// How many messages are not shown any more on this machine.
    pub messages: usize,
    /// The requests that relays took. Whether a relay deletes is its own affair.
    pub requests: Vec<Published>,
}

impl Kith {
    /// Clears a conversation: its messages are not shown any more on this machine, and the relays
    /// of the user's inbox are asked to delete the user's own copies. The others keep theirs.
    ///
    /// ```no_run
    /// use kith_client::{Kith, Local, PublicKey, Room};
    /// # async fn example(kith: Kith, local: Local, me: PublicKey, bob: PublicKey) -> Result<(), kith_client::MessageError> {
    /// let forgotten = kith.forget_conversation(&local, &Room::of([me, bob])).await?;
    /// println!("{} messages", forgotten.messages);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`MessageError`]. When no relay takes the request, the messages are hidden here all the same.
    pub async fn forget_conversation(
        &self,
        local: &Local,
        room: &Room,
    ) -> Result<Forgotten, MessageError> {
        let me = self.author()?;
        let Listing { found, .. } = self.messages().await?;
        let of_room = found.into_iter().filter(|message| message.room() == *room);
        let of_room: Vec<Message> = of_room.collect();
        let ids = of_room.iter().map(|message| message.id).collect();
        let wraps: Vec<EventId> = of_room
            .iter()
            .flat_map(|message| message.wraps.iter().copied())
            .collect();
        local.forget_messages(me, ids, wraps.clone()).await?;
        let links = self.own_inbox().await?.links;
        let mut requests = Vec::new();
        for wraps in wraps.chunks(WRAPS_PER_REQUEST) {
            let named = wraps.iter().map(|id| vec!["e".to_owned(), id.to_string()]);
            let kind = vec!["k".to_owned(), Kind::GIFT_WRAP.as_u16().to_string()];
            let request = Draft {
                kind: Kind::DELETION,
                created_at: None,
                tags: named.chain([kind]).collect(),
                content: String::new(),
            };
            requests.push(
                self.send(&self.sign(&request).await?, links.as_slice())
                    .await?,
            );
        }
        Ok(Forgotten {
            messages: of_room.len(),
            requests,
        })
    }
}

impl Local {
    /// They are not shown again, and their wraps are not kept.
    async fn forget_messages(
        &self,
        account: PublicKey,
        ids: Vec<EventId>,
        wraps: Vec<EventId>,
    ) -> Result<(), LocalError> {
        let work = move |db: &rusqlite::Transaction<'_>| {
            let insert = "INSERT OR IGNORE INTO forgotten_message (account, id) VALUES (?1, ?2)";
            let mut insert = db.prepare(insert)?;
            for id in ids {
                insert.execute(params![account.as_bytes(), id.as_bytes()])?;
            }
            let mut delete = db.prepare("DELETE FROM cached WHERE id = ?1")?;
            for wrap in wraps {
                delete.execute([wrap.as_bytes()])?;
            }
            Ok(())
        };
        self.transact(work).await
    }

    /// What the user cleared on this machine.
    pub(crate) async fn forgotten_messages(
        &self,
        account: PublicKey,
    ) -> Result<HashSet<EventId>, LocalError> {
        let work = move |db: &rusqlite::Transaction<'_>| {
            let select = "SELECT id FROM forgotten_message WHERE account = ?1";
            let mut select = db.prepare(select)?;
            let rows = select.query_map([account.as_bytes()], |row| row.get::<_, [u8; 32]>(0))?;
            rows.map(|row| row.map(EventId::from_bytes)).collect()
        };
        self.transact(work).await
    }
}
