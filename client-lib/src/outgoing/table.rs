//! The tables of the queue: what is in them, and the rules by which notes leave unsent. Knows SQL
//! and events; sends nothing.

use kith_nips::{Event, EventId, Kind};
use nostr_sdk::RelayUrl;
use rusqlite::{OptionalExtension, Params, Row, Transaction, params};

use super::{
    Answer, QUEUED_BYTES_MAX, QUEUED_FOR_MAX, QUEUED_NOTES_MAX, QueueError, QueueState, QueuedNote,
    QueuedRelay,
};
use crate::local::events::{Table, replace_older, take_back_targets};
use crate::local::{Local, LocalError};

/// A relay that said "later" is left alone for this long, each time twice as long.
const LATER_SECONDS: u64 = 30;

/// And tried at least this often: six hours.
const LATER_SECONDS_MAX: u64 = 6 * 60 * 60;

/// A relay beside the set is given up after so many attempts,
const BESIDE_ATTEMPTS_MAX: u32 = 5;

/// or after three days.
const BESIDE_SECONDS_MAX: u64 = 3 * 24 * 60 * 60;

/// A note and the relays that are to be asked now.
#[derive(Debug, Clone)]
pub(crate) struct Due {
    pub(crate) event: Event,
    pub(crate) relays: Vec<RelayUrl>,
}

/// What a note's queue is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A relay that the user chose.
    Set,
    /// One that somebody's list names. It is given up sooner.
    Beside,
}

/// Whether a relay that said "later" is left alone until then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Later {
    /// It is.
    Counts,
    /// Somebody wants it sent at once.
    IsNow,
}

/// Who hears what a relay said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listener {
    /// Somebody who waits for it: what every relay refused needs no further word.
    Present,
    /// Nobody: what every relay refused stays in the queue until somebody looks.
    Absent,
}

impl Local {
    /// Puts a note into the queue for these relays. What it replaces or takes back leaves the queue.
    pub(crate) async fn queue(
        &self,
        event: Event,
        relays: Vec<RelayUrl>,
        now: u64,
    ) -> Result<(), QueueError> {
        self.transact(move |db| insert(db, &event, &relays, Place::Set, now))
            .await?
    }

    /// The same for relays that the user did not choose: it is not told of them, and they are given
    /// up sooner.
    pub(crate) async fn queue_beside(
        &self,
        event: Event,
        relays: Vec<RelayUrl>,
        now: u64,
    ) -> Result<(), QueueError> {
        self.transact_lightly(move |db| insert(db, &event, &relays, Place::Beside, now))
            .await?
    }

    /// Notes what relays answered. Without anybody left to ask, the note leaves the queue.
    pub(crate) async fn cross_off(
        &self,
        id: EventId,
        answers: Vec<(RelayUrl, Answer)>,
        listener: Listener,
        now: u64,
    ) -> Result<(), LocalError> {
        self.transact_lightly(move |db| {
            for (relay, answer) in &answers {
                note(db, id, relay, answer, now)?;
            }
            finish(db, id, listener)
        })
        .await
    }

    /// What relays are to be asked for now, oldest first. What expired or is too old leaves.
    pub(crate) async fn due(
        &self,
        now: u64,
        later: Later,
        notes_max: u32,
    ) -> Result<Vec<Due>, LocalError> {
        // A look costs nothing; a transaction that writes would wait for other programs.
        let has_any = |db: &Transaction<'_>| {
            let any = "SELECT EXISTS (SELECT 1 FROM outgoing)";
            db.query_row(any, [], |row| row.get::<_, bool>(0))
        };
        match self.look(has_any).await? {
            true => {
                self.transact_lightly(move |db| due(db, now, later, notes_max))
                    .await
            }
            false => Ok(Vec::new()),
        }
    }
}

/// The notes that some relay does not have yet.
pub(super) fn waiting(db: &Transaction<'_>) -> rusqlite::Result<Vec<Event>> {
    let some = "WHERE EXISTS
        (SELECT 1 FROM outgoing_relay WHERE note = number AND state = 'waiting')";
    let stored = stored(db, some, [])?.into_iter();
    Ok(stored.map(|stored| stored.event).collect())
}

/// All of it, oldest first.
pub(super) fn all(db: &Transaction<'_>) -> rusqlite::Result<Vec<QueuedNote>> {
    let with_relays = |stored: Stored| {
        Ok(QueuedNote {
            event: stored.event,
            queued_at: stored.queued_at,
            relays: relays(db, stored.number)?,
        })
    };
    let stored = stored(db, "ORDER BY number", [])?.into_iter();
    stored.map(with_relays).collect()
}

/// Takes them out.
pub(super) fn remove(db: &Transaction<'_>, ids: &[EventId]) -> rusqlite::Result<Vec<EventId>> {
    let mut delete = db.prepare("DELETE FROM outgoing WHERE id = ?1")?;
    let mut removed = Vec::new();
    for id in ids {
        if delete.execute([id.as_bytes()])? > 0 {
            removed.push(*id);
        }
    }
    Ok(removed)
}

fn insert(
    db: &Transaction<'_>,
    event: &Event,
    relays: &[RelayUrl],
    place: Place,
    now: u64,
) -> rusqlite::Result<Result<(), QueueError>> {
    take_back_targets(db, Table::Outgoing, event)?;
    drop_what_is_over(db, now)?;
    if !replace_older(db, Table::Outgoing, event)? {
        return Ok(Ok(()));
    }
    let totals = "SELECT count(*), coalesce(sum(length(json)), 0) FROM outgoing WHERE id != ?1";
    let (notes, bytes): (u32, u64) = db.query_row(totals, [event.id().as_bytes()], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    if notes >= QUEUED_NOTES_MAX {
        return Ok(Err(QueueError::TooMany));
    }
    if bytes.saturating_add(event.json().len() as u64) > QUEUED_BYTES_MAX {
        return Ok(Err(QueueError::TooLarge));
    }
    let insert = "INSERT OR IGNORE INTO outgoing
        (id, author, kind, identifier, created_at, expires_at, queued_at, json)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    db.execute(
        insert,
        params![
            event.id().as_bytes(),
            event.pubkey().as_bytes(),
            event.kind().as_u16(),
            event.address().map(|address| address.identifier),
            event.created_at(),
            event.expiration().map(|at| at.min(i64::MAX as u64)),
            now,
            event.json()
        ],
    )?;
    let add = "INSERT INTO outgoing_relay (note, relay, state, is_extra)
        SELECT number, ?2, 'waiting', ?3 FROM outgoing WHERE id = ?1
        ON CONFLICT (note, relay) DO UPDATE SET state = 'waiting', due_at = 0";
    let mut add = db.prepare(add)?;
    for relay in relays {
        let is_extra = place == Place::Beside;
        add.execute(params![event.id().as_bytes(), relay.as_str(), is_extra])?;
    }
    Ok(Ok(()))
}

/// NIP-40: nobody would take what expired. What waited too long is not tried any more.
fn drop_what_is_over(db: &Transaction<'_>, now: u64) -> rusqlite::Result<()> {
    db.execute("DELETE FROM outgoing WHERE expires_at <= ?1", [now])?;
    let since = now.saturating_sub(QUEUED_FOR_MAX.as_secs());
    let give_up = "UPDATE outgoing_relay SET state = 'refused'
        WHERE state = 'waiting' AND note IN (SELECT number FROM outgoing WHERE queued_at < ?1)";
    db.execute(give_up, [since])?;
    let since = now.saturating_sub(BESIDE_SECONDS_MAX);
    let strangers = "DELETE FROM outgoing_relay WHERE is_extra = 1 AND (attempts >= ?2 OR note IN
        (SELECT number FROM outgoing WHERE queued_at < ?1))";
    db.execute(strangers, params![since, BESIDE_ATTEMPTS_MAX])?;
    let done = "DELETE FROM outgoing WHERE NOT EXISTS
        (SELECT 1 FROM outgoing_relay WHERE note = number AND state != 'taken')";
    db.execute(done, [])?;
    Ok(())
}

fn note(
    db: &Transaction<'_>,
    id: EventId,
    relay: &RelayUrl,
    answer: &Answer,
    now: u64,
) -> rusqlite::Result<()> {
    let attempts = "SELECT attempts FROM outgoing_relay JOIN outgoing ON number = note
        WHERE id = ?1 AND relay = ?2";
    let row = params![id.as_bytes(), relay.as_str()];
    let attempts: Option<u32> = db.query_row(attempts, row, |row| row.get(0)).optional()?;
    let Some(attempts) = attempts else {
        return Ok(());
    };
    let (state, reason, due_at) = match answer {
        Answer::Taken => (QueueState::Taken, None, 0),
        Answer::Refused(reason) => (QueueState::Refused, Some(reason), 0),
        Answer::Silent(reason) => (QueueState::Waiting, Some(reason), 0),
        Answer::Later(reason) => {
            let pause = LATER_SECONDS.saturating_mul(2_u64.saturating_pow(attempts));
            let due_at = now.saturating_add(pause.min(LATER_SECONDS_MAX));
            (QueueState::Waiting, Some(reason), due_at)
        }
    };
    let update = "UPDATE outgoing_relay
        SET state = ?3, reason = ?4, due_at = ?5, attempts = ?6
        WHERE relay = ?2 AND note = (SELECT number FROM outgoing WHERE id = ?1)";
    db.execute(
        update,
        params![
            id.as_bytes(),
            relay.as_str(),
            state.as_str(),
            reason,
            due_at,
            attempts.saturating_add(1)
        ],
    )?;
    Ok(())
}

/// A note leaves when nobody is left to ask. A wrap leaves with the first relay that has it: whoever it
/// is for reads from all of them.
fn finish(db: &Transaction<'_>, id: EventId, listener: Listener) -> rusqlite::Result<()> {
    let delete = "DELETE FROM outgoing WHERE id = ?1
        AND (kind = ?3 OR NOT EXISTS
            (SELECT 1 FROM outgoing_relay WHERE note = number AND state = 'waiting'))
        AND ((?2 AND kind != ?3) OR EXISTS
            (SELECT 1 FROM outgoing_relay WHERE note = number AND state = 'taken'))";
    let is_heard = listener == Listener::Present;
    let wrap = Kind::GIFT_WRAP.as_u16();
    db.execute(delete, params![id.as_bytes(), is_heard, wrap])?;
    Ok(())
}

fn due(db: &Transaction<'_>, now: u64, later: Later, notes_max: u32) -> rusqlite::Result<Vec<Due>> {
    drop_what_is_over(db, now)?;
    let upto = match later {
        Later::Counts => i64::try_from(now).unwrap_or(i64::MAX),
        Later::IsNow => i64::MAX,
    };
    let some = "WHERE EXISTS
        (SELECT 1 FROM outgoing_relay WHERE note = number AND state = 'waiting' AND due_at <= ?1)
        ORDER BY number LIMIT ?2";
    let waiting = "SELECT relay FROM outgoing_relay
        WHERE note = ?1 AND state = 'waiting' AND due_at <= ?2 ORDER BY relay";
    let mut waiting = db.prepare(waiting)?;
    let with_relays = |stored: Stored| {
        let relays = waiting.query_map(params![stored.number, upto], |row| row.get(0))?;
        let relays: Vec<String> = relays.collect::<rusqlite::Result<_>>()?;
        let relays = relays.iter();
        Ok(Due {
            event: stored.event,
            relays: relays
                .filter_map(|relay| RelayUrl::parse(relay).ok())
                .collect(),
        })
    };
    let stored = stored(db, some, params![upto, notes_max])?.into_iter();
    stored.map(with_relays).collect()
}

/// A note as it is stored.
struct Stored {
    number: i64,
    event: Event,
    queued_at: u64,
}

/// Some of them. What cannot be read any more cannot be sent either, and is left out.
fn stored(db: &Transaction<'_>, some: &str, params: impl Params) -> rusqlite::Result<Vec<Stored>> {
    let select = format!("SELECT number, json, queued_at FROM outgoing {some}");
    let mut select = db.prepare_cached(&select)?;
    let rows = select.query_map(params, |row| {
        let json: String = row.get(1)?;
        let (number, queued_at) = (row.get(0)?, row.get(2)?);
        Ok(Event::parse(&json).ok().map(|event| Stored {
            number,
            event,
            queued_at,
        }))
    })?;
    let rows: Vec<Option<Stored>> = rows.collect::<rusqlite::Result<_>>()?;
    Ok(rows.into_iter().flatten().collect())
}

fn relays(db: &Transaction<'_>, number: i64) -> rusqlite::Result<Vec<QueuedRelay>> {
    let select = "SELECT relay, state, reason, attempts FROM outgoing_relay
        WHERE note = ?1 ORDER BY relay";
    let mut select = db.prepare_cached(select)?;
    let rows = select.query_map([number], relay)?;
    let relays: Vec<Option<QueuedRelay>> = rows.collect::<rusqlite::Result<_>>()?;
    Ok(relays.into_iter().flatten().collect())
}

fn relay(row: &Row<'_>) -> rusqlite::Result<Option<QueuedRelay>> {
    let url: String = row.get(0)?;
    let state: String = row.get(1)?;
    let (reason, attempts) = (row.get(2)?, row.get(3)?);
    Ok(RelayUrl::parse(&url).ok().map(|relay| QueuedRelay {
        relay,
        state: QueueState::read(&state),
        reason,
        attempts,
    }))
}

#[cfg(test)]
mod tests;
