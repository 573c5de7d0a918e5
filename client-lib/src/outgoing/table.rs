//! The tables of the queue: what is in them, and the rules by which notes leave unsent. Knows SQL
//! and events; sends nothing.

use kith_nips::{Address, Event, EventId, Kind, nip09};
use nostr_sdk::RelayUrl;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::{
    Answer, QUEUED_BYTES_MAX, QUEUED_FOR_MAX, QUEUED_NOTES_MAX, QueueError, QueueState, QueuedNote,
    QueuedRelay,
};
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
        let full = self
            .transact(move |db| insert(db, &event, &relays, Place::Set, now))
            .await?;
        full.map_or(Ok(()), Err)
    }

    /// The same for relays that the user did not choose: it is not told of them, and they are given
    /// up sooner.
    pub(crate) async fn queue_beside(
        &self,
        event: Event,
        relays: Vec<RelayUrl>,
        now: u64,
    ) -> Result<(), QueueError> {
        let full = self
            .transact_lightly(move |db| insert(db, &event, &relays, Place::Beside, now))
            .await?;
        full.map_or(Ok(()), Err)
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
    let select = "SELECT json FROM outgoing WHERE EXISTS
        (SELECT 1 FROM outgoing_relay WHERE note = number AND state = 'waiting')";
    let mut select = db.prepare_cached(select)?;
    let rows = select.query_map([], |row| row.get::<_, String>(0))?;
    let rows: Vec<String> = rows.collect::<rusqlite::Result<_>>()?;
    Ok(rows
        .iter()
        .filter_map(|json| Event::parse(json).ok())
        .collect())
}

/// All of it, oldest first.
pub(super) fn all(db: &Transaction<'_>) -> rusqlite::Result<Vec<QueuedNote>> {
    let mut select = db.prepare("SELECT number, json, queued_at FROM outgoing ORDER BY number")?;
    let rows = select.query_map([], |row| {
        Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?))
    })?;
    let rows: Vec<(i64, String, u64)> = rows.collect::<rusqlite::Result<_>>()?;
    let mut notes = Vec::with_capacity(rows.len());
    for (number, json, queued_at) in rows {
        // What cannot be read any more cannot be sent either.
        let Ok(event) = Event::parse(&json) else {
            continue;
        };
        notes.push(QueuedNote {
            event,
            queued_at,
            relays: relays(db, number)?,
        });
    }
    Ok(notes)
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
) -> rusqlite::Result<Option<QueueError>> {
    make_room(db, event, now)?;
    let address = event.address();
    if let Some(address) = &address
        && is_superseded(db, address, event)?
    {
        return Ok(None);
    }
    let totals = "SELECT count(*), coalesce(sum(length(json)), 0) FROM outgoing WHERE id != ?1";
    let (notes, bytes): (u32, u64) = db.query_row(totals, [event.id().as_bytes()], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    if notes >= QUEUED_NOTES_MAX {
        return Ok(Some(QueueError::TooMany));
    }
    if bytes.saturating_add(event.json().len() as u64) > QUEUED_BYTES_MAX {
        return Ok(Some(QueueError::TooLarge));
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
            address.map(|address| address.identifier),
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
    Ok(None)
}

/// What a new note makes needless: older versions, what it takes back, and what expired.
fn make_room(db: &Transaction<'_>, event: &Event, now: u64) -> rusqlite::Result<()> {
    if let Some(address) = event.address() {
        let older = "DELETE FROM outgoing WHERE author = ?1 AND kind = ?2 AND identifier = ?3
            AND (created_at < ?4 OR (created_at = ?4 AND id > ?5))";
        db.execute(
            older,
            params![
                address.pubkey.as_bytes(),
                address.kind.as_u16(),
                address.identifier,
                event.created_at(),
                event.id().as_bytes()
            ],
        )?;
    }
    let targets = nip09::deletion_targets(event);
    let author = event.pubkey();
    for id in targets.ids {
        let named = "DELETE FROM outgoing WHERE id = ?1 AND author = ?2 AND kind NOT IN (5, 62)";
        db.execute(named, params![id.as_bytes(), author.as_bytes()])?;
    }
    for address in targets.addresses {
        let versions = "DELETE FROM outgoing WHERE author = ?1 AND kind = ?2 AND identifier = ?3
            AND created_at <= ?4";
        db.execute(
            versions,
            params![
                author.as_bytes(),
                address.kind.as_u16(),
                address.identifier,
                event.created_at()
            ],
        )?;
    }
    drop_what_is_over(db, now)
}

fn is_superseded(db: &Transaction<'_>, address: &Address, event: &Event) -> rusqlite::Result<bool> {
    let newer = "SELECT EXISTS (SELECT 1 FROM outgoing
        WHERE author = ?1 AND kind = ?2 AND identifier = ?3
        AND (created_at > ?4 OR (created_at = ?4 AND id < ?5)))";
    let id = event.id();
    let version = params![
        address.pubkey.as_bytes(),
        address.kind.as_u16(),
        address.identifier,
        event.created_at(),
        id.as_bytes()
    ];
    db.query_row(newer, version, |row| row.get(0))
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
    let select = "SELECT number, json FROM outgoing WHERE EXISTS
        (SELECT 1 FROM outgoing_relay WHERE note = number AND state = 'waiting' AND due_at <= ?1)
        ORDER BY number LIMIT ?2";
    let mut select = db.prepare(select)?;
    let rows = select.query_map(params![upto, notes_max], |row| {
        Ok((row.get(0)?, row.get::<_, String>(1)?))
    })?;
    let rows: Vec<(i64, String)> = rows.collect::<rusqlite::Result<_>>()?;
    let waiting = "SELECT relay FROM outgoing_relay
        WHERE note = ?1 AND state = 'waiting' AND due_at <= ?2 ORDER BY relay";
    let mut waiting = db.prepare(waiting)?;
    let mut due = Vec::with_capacity(rows.len());
    for (number, json) in rows {
        let Ok(event) = Event::parse(&json) else {
            continue;
        };
        let relays = waiting.query_map(params![number, upto], |row| row.get::<_, String>(0))?;
        let relays: Vec<String> = relays.collect::<rusqlite::Result<_>>()?;
        let relays = relays
            .iter()
            .filter_map(|relay| RelayUrl::parse(relay).ok());
        due.push(Due {
            event,
            relays: relays.collect(),
        });
    }
    Ok(due)
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
mod tests {
    use kith_nips::nip01::Draft;
    use nostr_sdk::Keys;

    use super::*;

    const NOW: u64 = 1_796_322_600;

    fn event(keys: &Keys, kind: Kind, tags: &[[&str; 2]], created_at: u64, text: &str) -> Event {
        let draft = Draft {
            kind,
            created_at: Some(created_at),
            tags: tags
                .iter()
                .map(|tag| tag.map(str::to_owned).to_vec())
                .collect(),
            content: text.to_owned(),
        };
        draft.sign(keys, created_at).unwrap()
    }

    async fn local() -> (tempfile::TempDir, Local) {
        let folder = tempfile::tempdir().unwrap();
        let local = Local::open(folder.path().join("local.db")).await.unwrap();
        (folder, local)
    }

    fn url(name: &str) -> RelayUrl {
        RelayUrl::parse(&format!("wss://{name}.example.com")).unwrap()
    }

    async fn ids(local: &Local) -> Vec<EventId> {
        let queued = local.queued().await.unwrap().into_iter();
        queued.map(|note| note.event.id()).collect()
    }

    async fn put(local: &Local, event: &Event) {
        local
            .queue(event.clone(), vec![url("a"), url("b")], NOW)
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn a_note_stays_until_the_last_relay_answered() {
        let (_folder, local) = local().await;
        let note = event(&Keys::generate(), Kind::TEXT_NOTE, &[], NOW, "hello");
        put(&local, &note).await;
        let answer = |relay: &str, answer| vec![(url(relay), answer)];
        let id = note.id();
        let taken = answer("a", Answer::Taken);
        local
            .cross_off(id, taken, Listener::Present, NOW)
            .await
            .unwrap();
        let later = answer("b", Answer::Later("rate-limited: x".to_owned()));
        local
            .cross_off(id, later, Listener::Present, NOW)
            .await
            .unwrap();
        let queued = local.queued().await.unwrap();
        let states: Vec<QueueState> = queued[0].relays.iter().map(|relay| relay.state).collect();
        assert_eq!(states, [QueueState::Taken, QueueState::Waiting]);
        assert_eq!(
            queued[0].relays[1].reason.as_deref(),
            Some("rate-limited: x")
        );

        // Who does not want to wait need not.
        let at_once = local.due(NOW, Later::IsNow, 10).await.unwrap();
        assert_eq!(at_once[0].relays, [url("b")]);
        // "Later" is later; then only the relay that waits is asked.
        assert!(local.due(NOW, Later::Counts, 10).await.unwrap().is_empty());
        let due = local
            .due(NOW + LATER_SECONDS, Later::Counts, 10)
            .await
            .unwrap();
        assert_eq!(due[0].relays, [url("b")]);
        local
            .cross_off(id, answer("b", Answer::Taken), Listener::Absent, NOW)
            .await
            .unwrap();
        assert!(ids(&local).await.is_empty());
    }

    #[tokio::test]
    async fn what_every_relay_refused_unheard_stays_to_be_seen() {
        let (_folder, local) = local().await;
        let keys = Keys::generate();
        for (listener, remains) in [(Listener::Present, 0), (Listener::Absent, 1)] {
            let note = event(&keys, Kind::TEXT_NOTE, &[], NOW, &format!("{remains}"));
            put(&local, &note).await;
            let refused = ["a", "b"].map(|relay| {
                let answer = Answer::Refused("blocked: you".to_owned());
                (url(relay), answer)
            });
            local
                .cross_off(note.id(), refused.to_vec(), listener, NOW)
                .await
                .unwrap();
            assert_eq!(ids(&local).await.len(), remains);
        }
        assert!(local.due(NOW, Later::Counts, 10).await.unwrap().is_empty());
        let left = ids(&local).await;
        assert_eq!(local.drop_queued(&left).await.unwrap(), left);
        assert!(local.drop_queued(&left).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn nip01_104_of_several_versions_the_newest_waits_and_of_equals_the_lowest_id() {
        let (_folder, local) = local().await;
        let keys = Keys::generate();
        let list = |at, text: &str| event(&keys, Kind::COMMUNITY_FOLLOWS, &[], at, text);
        let (old, one, two) = (list(NOW, "a"), list(NOW + 1, "b"), list(NOW + 1, "c"));
        let lowest = one.id().min(two.id());
        for order in [[&old, &one, &two], [&two, &one, &old], [&one, &old, &two]] {
            for version in order {
                put(&local, version).await;
            }
            assert_eq!(ids(&local).await, [lowest]);
            local.drop_queued(&[lowest]).await.unwrap();
        }
        // Another's list is another list.
        put(&local, &one).await;
        let others = event(&Keys::generate(), Kind::COMMUNITY_FOLLOWS, &[], NOW, "");
        put(&local, &others).await;
        assert_eq!(ids(&local).await.len(), 2);
    }

    #[tokio::test]
    async fn what_is_taken_back_or_expired_is_not_sent() {
        let (_folder, local) = local().await;
        let keys = Keys::generate();
        let note = event(&keys, Kind::TEXT_NOTE, &[], NOW, "oops");
        let meetup = event(&keys, Kind::MEETUP, &[["d", "x"]], NOW, "");
        let expiring = (NOW + 10).to_string();
        let brief = event(
            &keys,
            Kind::TEXT_NOTE,
            &[["expiration", &expiring]],
            NOW,
            "",
        );
        for event in [&note, &meetup, &brief] {
            put(&local, event).await;
        }
        let (id, address) = (note.id().to_string(), meetup.address().unwrap().to_string());
        let tags = [["e", id.as_str()], ["a", address.as_str()]];
        // Nobody takes back what somebody else wrote.
        let others = event(&Keys::generate(), Kind::DELETION, &tags, NOW, "");
        put(&local, &others).await;
        assert_eq!(ids(&local).await.len(), 4);
        let own = event(&keys, Kind::DELETION, &tags, NOW, "");
        put(&local, &own).await;
        assert_eq!(ids(&local).await, [brief.id(), others.id(), own.id()]);
        let due = local.due(NOW + 11, Later::Counts, 10).await.unwrap();
        let due: Vec<EventId> = due.iter().map(|due| due.event.id()).collect();
        assert_eq!(due, [others.id(), own.id()]);
    }

    #[tokio::test]
    async fn a_full_queue_says_so_and_old_notes_are_given_up() {
        let (_folder, local) = local().await;
        let keys = Keys::generate();
        let large = "x".repeat(QUEUED_BYTES_MAX as usize);
        let large = event(&keys, Kind::TEXT_NOTE, &[], NOW, &large);
        let error = local.queue(large, vec![url("a")], NOW).await.unwrap_err();
        assert_eq!(error, QueueError::TooLarge);
        assert!(ids(&local).await.is_empty());

        put(&local, &event(&keys, Kind::TEXT_NOTE, &[], NOW, "old")).await;
        let later = NOW + QUEUED_FOR_MAX.as_secs() + 1;
        assert!(
            local
                .due(later, Later::Counts, 10)
                .await
                .unwrap()
                .is_empty()
        );
        let queued = local.queued().await.unwrap();
        assert_eq!(queued[0].relays[0].state, QueueState::Refused);
    }
}
