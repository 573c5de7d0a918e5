//! The one writer of the log: decides, appends many events in one commit, and only then answers
//! and publishes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use kith_nips::{Event, EventId, Kind};
use rusqlite::{Connection, OptionalExtension, params};
use tokio::sync::{mpsc, oneshot};

use super::decide::{self, State};
use super::index::Index;
use super::indexer::IndexerHandle;
use super::keys::signed;
use super::schema::{self, failed};
use super::search;
use super::stamps::Stamps;
use super::tail::{Kill, Layer, Tail};
use crate::feed::{Committed, FeedPublisher};
use crate::store::{Outcome, Record, Sequence, StoreError};

/// Answers to events that were offered together.
type Reply = oneshot::Sender<Result<Vec<Outcome>, StoreError>>;

/// What is committed together.
#[derive(Default)]
struct Group {
    events: Vec<Arc<Event>>,
    /// Who offered how many of the events, in their order.
    replies: Vec<(usize, Reply)>,
}

/// What the writer can be asked.
pub enum WriterMessage {
    /// Judge these events, one after the other, and keep them.
    Save(Vec<Arc<Event>>, Reply),
    /// Take this event off for good.
    Remove(EventId, oneshot::Sender<Result<bool, StoreError>>),
    /// Keep these records.
    Records(Vec<Record>, oneshot::Sender<Result<(), StoreError>>),
    /// Take the bytes of these events off the disk; they are out of the index.
    Purge(Vec<Kill>),
    /// Finish what came before, then end.
    Stop,
}

/// The writer's state; it lives on a thread of its own.
pub struct Writer {
    /// The log, opened for writing.
    pub log: Connection,
    /// For looking things up.
    pub index: Index,
    /// Where committed events go.
    pub tail: Arc<Tail>,
    /// Where they are announced.
    pub feed: FeedPublisher,
    /// Is told that there is something to index.
    pub indexer: IndexerHandle,
    /// How many events can be found.
    pub events: Arc<AtomicU64>,
    /// Whose events changed.
    pub stamps: Arc<Stamps>,
    /// See [`super::SqliteOptions::group_commit_events_max`].
    pub group_commit_events_max: usize,
    /// See [`super::SqliteOptions::enforce_owner`].
    pub enforce_owner: bool,
}

impl Writer {
    /// Works until told to stop or until nobody can ask any more.
    pub fn run(mut self, mut messages: mpsc::Receiver<WriterMessage>) {
        let mut group = Group::default();
        let mut purges = Vec::new();
        let mut stopping = false;
        while !stopping {
            let Some(first) = messages.blocking_recv() else {
                break;
            };
            let mut next = Some(first);
            while let Some(message) = next {
                match message {
                    WriterMessage::Save(events, reply) => {
                        if group.events.len() + events.len() > self.group_commit_events_max {
                            self.commit(&mut group);
                        }
                        group.replies.push((events.len(), reply));
                        group.events.extend(events);
                    }
                    WriterMessage::Remove(id, reply) => {
                        // What was offered before it is judged before it.
                        self.commit(&mut group);
                        let _ = reply.send(self.remove(id));
                    }
                    WriterMessage::Records(records, reply) => {
                        let _ = reply.send(put_records(&mut self.log, &records));
                    }
                    WriterMessage::Purge(kills) => purges.extend(kills),
                    WriterMessage::Stop => {
                        stopping = true;
                        // What was accepted for saving before the stop is still saved.
                        messages.close();
                    }
                }
                if group.events.len() >= self.group_commit_events_max {
                    self.commit(&mut group);
                }
                next = messages.try_recv().ok();
            }
            self.commit(&mut group);
            self.purge(&mut purges);
        }
    }

    fn commit(&mut self, group: &mut Group) {
        let Group { events, replies } = std::mem::take(group);
        if replies.is_empty() {
            return;
        }
        match self.save(events) {
            Ok(outcomes) => {
                let mut outcomes = outcomes.into_iter();
                for (count, reply) in replies {
                    // The asker may have gone; the events are kept all the same.
                    let _ = reply.send(Ok(outcomes.by_ref().take(count).collect()));
                }
            }
            Err(error) => {
                tracing::error!(%error, askers = replies.len(), "nothing of this group was stored");
                for (_, reply) in replies {
                    let _ = reply.send(Err(error.clone()));
                }
            }
        }
    }

    fn save(&mut self, events: Vec<Arc<Event>>) -> Result<Vec<Outcome>, StoreError> {
        self.indexer.wait_for_room()?;
        let mut outcomes = Vec::with_capacity(events.len());
        let mut batch = Layer::default();
        let last = self.decide(events, &mut batch, &mut outcomes)?;
        if batch.len() > 0 {
            self.append(&batch)?;
            self.announce(batch, last);
        }
        Ok(outcomes)
    }

    /// Notes in the log that the event is to go, then hides it. Its bytes go once the index is
    /// written, like those of every ended event.
    fn remove(&mut self, id: EventId) -> Result<bool, StoreError> {
        let (effects, last) = {
            let tail = self.tail.read();
            let batch = Layer::default();
            let state = State {
                batch: &batch,
                tail: &tail.layer,
                index: &self.index,
                enforce_owner: self.enforce_owner,
            };
            match decide::removal(&state, &id)? {
                Some(effects) => (effects, tail.last + 1),
                None => return Ok(false),
            }
        };
        remember_removal(&mut self.log, &effects.kills)?;
        let mut batch = Layer::default();
        batch.push_effects(last, effects);
        self.announce(batch, last);
        Ok(true)
    }

    fn decide(
        &self,
        events: Vec<Arc<Event>>,
        batch: &mut Layer,
        outcomes: &mut Vec<Outcome>,
    ) -> Result<Sequence, StoreError> {
        let tail = self.tail.read();
        let _snapshot = self.index.snapshot()?;
        let mut last = tail.last;
        for event in events {
            let state = State {
                batch,
                tail: &tail.layer,
                index: &self.index,
                enforce_owner: self.enforce_owner,
            };
            if let Some(refusal) = decide::refusal(&state, &event)? {
                outcomes.push(refusal);
                continue;
            }
            last += 1;
            let effects = decide::effects(&state, &event, last)?;
            batch.push(last, event, effects);
            outcomes.push(Outcome::Saved(last));
        }
        Ok(last)
    }

    fn append(&mut self, batch: &Layer) -> Result<(), StoreError> {
        let what = format!("appending to {}", schema::LOG_FILE);
        let mut write = || -> rusqlite::Result<()> {
            let transaction = self.log.transaction()?;
            {
                let mut insert = transaction
                    .prepare_cached("INSERT INTO log (sequence, event) VALUES (?1, ?2)")?;
                for (sequence, event) in batch.events() {
                    insert.execute(params![signed(*sequence), event.json()])?;
                }
            }
            transaction.commit()
        };
        write().map_err(failed(what))
    }

    fn announce(&self, batch: Layer, last: Sequence) {
        let events: Vec<_> = batch.events().cloned().collect();
        let added = batch.len() as u64;
        let ended = batch.hidden().len() as u64;
        self.tail.append(batch, last);
        self.stamps.note(&events);
        let committed = events
            .into_iter()
            .map(|(sequence, event)| Committed {
                sequence,
                searchable: self.is_searchable(&event),
                event,
            })
            .collect();
        self.events.fetch_add(added, Ordering::Relaxed);
        self.events.fetch_sub(ended, Ordering::Relaxed);
        self.indexer.notify();
        self.feed.publish(committed);
    }

    fn is_searchable(&self, event: &Event) -> bool {
        !self.enforce_owner
            || self.is_grounded(event).unwrap_or_else(|error| {
                tracing::error!(%error, "a description is kept from those who search");
                false
            })
    }

    fn is_grounded(&self, event: &Event) -> Result<bool, StoreError> {
        if event.kind() != Kind::COMMUNITY_METADATA {
            return Ok(true);
        }
        let (communities, hidden) = {
            let state = self.tail.read();
            let communities = state.layer.communities().collect();
            (communities, state.layer.hidden().clone())
        };
        let is_hidden = |sequence| hidden.contains(&sequence);
        search::is_grounded(event, &communities, is_hidden, &self.index)
    }

    /// Removes dead events from the log, or what they said. A failure is only logged: the index
    /// remembers what is left to do.
    fn purge(&mut self, kills: &mut Vec<Kill>) {
        if kills.is_empty() {
            return;
        }
        match purge(&mut self.log, kills) {
            Ok(()) => self.indexer.purged(std::mem::take(kills)),
            Err(error) => {
                tracing::error!(%error, "dead events stay in the log until the next start");
                kills.clear();
            }
        }
    }
}

/// Takes the bytes of `kills` off the log in one transaction.
///
/// # Errors
/// [`StoreError`] when nothing was changed.
pub fn purge(log: &mut Connection, kills: &[Kill]) -> Result<(), StoreError> {
    let what = format!("purging {}", schema::LOG_FILE);
    let mut write = || -> rusqlite::Result<()> {
        let transaction = log.transaction()?;
        for kill in kills {
            let husk = if kill.husk {
                husk(&transaction, kill.victim)?
            } else {
                None
            };
            let sequence = signed(kill.victim);
            match husk {
                Some(husk) => transaction
                    .prepare_cached("UPDATE log SET event = ?2, husk = 1 WHERE sequence = ?1")?
                    .execute(params![sequence, husk])?,
                None => transaction
                    .prepare_cached("DELETE FROM log WHERE sequence = ?1")?
                    .execute([sequence])?,
            };
            transaction
                .prepare_cached("DELETE FROM removal WHERE sequence = ?1")?
                .execute([sequence])?;
        }
        transaction.commit()
    };
    write().map_err(failed(what))
}

fn remember_removal(log: &mut Connection, kills: &[Kill]) -> Result<(), StoreError> {
    let what = format!("noting a removal in {}", schema::LOG_FILE);
    let mut write = || -> rusqlite::Result<()> {
        let transaction = log.transaction()?;
        for kill in kills {
            transaction
                .prepare_cached("INSERT OR REPLACE INTO removal (sequence, husk) VALUES (?1, ?2)")?
                .execute(params![signed(kill.victim), kill.husk])?;
        }
        transaction.commit()
    };
    write().map_err(failed(what))
}

/// What the operator took off and is still in the log.
///
/// # Errors
/// [`StoreError`] when the log cannot be read.
pub fn removals(log: &Connection) -> Result<Vec<Kill>, StoreError> {
    let what = format!("reading the removals of {}", schema::LOG_FILE);
    let read = || -> rusqlite::Result<Vec<Kill>> {
        let mut statement = log.prepare("SELECT sequence, husk FROM removal ORDER BY sequence")?;
        let kills = statement.query_map([], |row| {
            Ok(Kill {
                victim: row.get(0)?,
                husk: row.get(1)?,
            })
        })?;
        kills.collect()
    };
    read().map_err(failed(what))
}

fn put_records(log: &mut Connection, records: &[Record]) -> Result<(), StoreError> {
    let what = format!("writing records to {}", schema::LOG_FILE);
    let mut write = || -> rusqlite::Result<()> {
        let transaction = log.transaction()?;
        for record in records {
            match &record.value {
                Some(value) => transaction
                    .prepare_cached(
                        "INSERT OR REPLACE INTO record (collection, key, value)
                         VALUES (?1, ?2, ?3)",
                    )?
                    .execute(params![record.collection, record.key, value])?,
                None => transaction
                    .prepare_cached("DELETE FROM record WHERE collection = ?1 AND key = ?2")?
                    .execute(params![record.collection, record.key])?,
            };
        }
        transaction.commit()
    };
    write().map_err(failed(what))
}

/// What must remain of an event so that its effects can be derived again: nothing that it said.
fn husk(log: &Connection, sequence: Sequence) -> rusqlite::Result<Option<String>> {
    let event: Option<Event> = log
        .prepare_cached("SELECT event FROM log WHERE sequence = ?1")?
        .query_row([signed(sequence)], |row| {
            Ok(Event::parse_stored(row.get_ref(0)?.as_str()?).ok())
        })
        .optional()?
        .flatten();
    Ok(event.map(|event| {
        let tags: Vec<Vec<&str>> = event
            .tags()
            .iter()
            .filter(|tag| matches!(tag.name(), "d" | "e" | "a"))
            .map(|tag| tag.iter().take(2).collect())
            .collect();
        serde_json::json!({
            "id": event.id().to_string(),
            "pubkey": event.pubkey().to_string(),
            "created_at": event.created_at(),
            "kind": event.kind().as_u16(),
            "tags": tags,
            "content": "",
            "sig": "0".repeat(128),
        })
        .to_string()
    }))
}
