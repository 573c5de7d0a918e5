//! The tables of what is kept: which notes go in, which go out. The rules are those of relays:
//! newest version, lowest id, what authors took back, what expired. Knows SQL and events.

use kith_nips::{Event, Kind, nip40, nip62};
use nostr_sdk::RelayUrl;
use rusqlite::{OptionalExtension, Transaction, params};

use super::{CACHED_BYTES_MAX, CACHED_NOTES_MAX, CACHED_SEALED_BYTES_MAX, CACHED_SEALED_NOTES_MAX};
use crate::fetch::Found;
use crate::local::events::{Table, replace_older, take_back_targets};
use crate::local::{Local, LocalError};

/// A note that was told again within so many seconds is not written again.
const TOLD_AGAIN_SECONDS: u64 = 60;

/// Relays that are remembered for one note: enough for hints.
const RELAYS_PER_NOTE_MAX: usize = 8;

/// Notes that go at a time when there are too many.
const EVICTED_AT_ONCE: u32 = 500;

/// Notes that share a bound.
struct Share {
    notes_max: u32,
    bytes_max: u64,
    size: &'static str,
    evict: &'static str,
}

/// Of public and of sealed notes. The kind is written out, so that SQLite sees which index fits.
const SHARES: [Share; 2] = [
    Share {
        notes_max: CACHED_NOTES_MAX,
        bytes_max: CACHED_BYTES_MAX,
        size: "SELECT notes, bytes FROM cached_size WHERE sealed = 0",
        evict: "DELETE FROM cached WHERE number IN (SELECT number FROM cached
            WHERE kind <> 1059 ORDER BY seen_at, number LIMIT ?1)",
    },
    Share {
        notes_max: CACHED_SEALED_NOTES_MAX,
        bytes_max: CACHED_SEALED_BYTES_MAX,
        size: "SELECT notes, bytes FROM cached_size WHERE sealed = 1",
        evict: "DELETE FROM cached WHERE number IN (SELECT number FROM cached
            WHERE kind = 1059 ORDER BY seen_at, number LIMIT ?1)",
    },
];

impl Local {
    /// Keeps what relays told.
    pub(crate) async fn remember(&self, found: Vec<Found>, now: u64) -> Result<(), LocalError> {
        self.transact_lightly(move |db| {
            for found in &found {
                keep(db, found, now)?;
            }
            make_room(db, now)
        })
        .await
    }
}

/// How many are kept.
pub(super) fn count(db: &Transaction<'_>) -> rusqlite::Result<u32> {
    db.query_row("SELECT sum(notes) FROM cached_size", [], |row| row.get(0))
}

fn keep(db: &Transaction<'_>, found: &Found, now: u64) -> rusqlite::Result<()> {
    let event = &found.event;
    if nip40::is_expired(event, now) || is_told_again(db, found, now)? {
        return Ok(());
    }
    if event.kind() == Kind::VANISH && !is_meant(event, &found.relays) {
        return Ok(());
    }
    if is_taken_back(db, event)? || !replace_older(db, Table::Cached, event)? {
        return Ok(());
    }
    take_back(db, event)?;
    insert(db, found, now)
}

/// A note that is there already; then only the time changes.
fn is_told_again(db: &Transaction<'_>, found: &Found, now: u64) -> rusqlite::Result<bool> {
    let known = "SELECT number, seen_at, relays FROM cached WHERE id = ?1";
    let mut known = db.prepare_cached(known)?;
    let known: Option<(i64, u64, String)> = known
        .query_row([found.event.id().as_bytes()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let Some((number, seen_at, mut relays)) = known else {
        return Ok(false);
    };
    let is_new = |relay: &&RelayUrl| relays.split(' ').all(|known| known != relay.as_str());
    let more: Vec<&RelayUrl> = found.relays.iter().filter(is_new).collect();
    let has_room = relays.split(' ').count() < RELAYS_PER_NOTE_MAX;
    if now < seen_at.saturating_add(TOLD_AGAIN_SECONDS) && (more.is_empty() || !has_room) {
        return Ok(true);
    }
    for relay in more {
        if relays.split(' ').count() < RELAYS_PER_NOTE_MAX {
            relays = format!("{relays} {relay}").trim_start().to_owned();
        }
    }
    let update = "UPDATE cached SET seen_at = ?2, relays = ?3 WHERE number = ?1";
    let mut update = db.prepare_cached(update)?;
    update.execute(params![number, now, relays])?;
    Ok(true)
}

/// NIP-62: a request is for the relay that told it, or for all.
fn is_meant(request: &Event, relays: &[RelayUrl]) -> bool {
    let relays: Vec<&str> = relays.iter().map(RelayUrl::as_str).collect();
    nip62::scope(request, &relays).is_ok()
}

/// Whether its author took it back, or wanted to vanish since (NIP-09, NIP-62).
fn is_taken_back(db: &Transaction<'_>, event: &Event) -> rusqlite::Result<bool> {
    if event.kind() == Kind::VANISH {
        return Ok(false);
    }
    let author = event.pubkey();
    let vanished = "SELECT EXISTS (SELECT 1 FROM cached
        WHERE author = ?1 AND kind = ?2 AND created_at >= ?3)";
    let mut vanished = db.prepare_cached(vanished)?;
    let since = params![author.as_bytes(), Kind::VANISH.as_u16(), event.created_at()];
    if vanished.query_row(since, |row| row.get(0))? {
        return Ok(true);
    }
    if event.kind() == Kind::DELETION {
        return Ok(false);
    }
    let named = "SELECT EXISTS (SELECT 1 FROM cached_tag JOIN cached ON number = event
        WHERE name = ?1 AND value = ?2 AND author = ?3 AND kind = ?4 AND created_at >= ?5)";
    let mut named = db.prepare_cached(named)?;
    let mut is_named = |name: &str, value: String, from: u64| {
        let row = params![
            name,
            value,
            author.as_bytes(),
            Kind::DELETION.as_u16(),
            from
        ];
        named.query_row(row, |row| row.get::<_, bool>(0))
    };
    if is_named("e", event.id().to_string(), 0)? {
        return Ok(true);
    }
    match event.address() {
        Some(address) => is_named("a", address.to_string(), event.created_at()),
        None => Ok(false),
    }
}

/// What this note takes back.
fn take_back(db: &Transaction<'_>, event: &Event) -> rusqlite::Result<()> {
    let author = event.pubkey();
    if event.kind() == Kind::VANISH {
        let all = "DELETE FROM cached WHERE author = ?1 AND created_at <= ?2";
        db.execute(all, params![author.as_bytes(), event.created_at()])?;
        return Ok(());
    }
    take_back_targets(db, Table::Cached, event)
}

fn insert(db: &Transaction<'_>, found: &Found, now: u64) -> rusqlite::Result<()> {
    let event = &found.event;
    let relays = found.relays.iter().take(RELAYS_PER_NOTE_MAX);
    let relays: Vec<&str> = relays.map(RelayUrl::as_str).collect();
    let insert = "INSERT INTO cached
        (id, author, kind, created_at, identifier, expires_at, seen_at, relays, json)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let mut insert = db.prepare_cached(insert)?;
    insert.execute(params![
        event.id().as_bytes(),
        event.pubkey().as_bytes(),
        event.kind().as_u16(),
        event.created_at(),
        event.address().map(|address| address.identifier),
        event.expiration().map(|at| at.min(i64::MAX as u64)),
        now,
        relays.join(" "),
        event.json()
    ])?;
    let number = db.last_insert_rowid();
    let tag = "INSERT OR IGNORE INTO cached_tag (name, value, event) VALUES (?1, ?2, ?3)";
    let mut tag = db.prepare_cached(tag)?;
    for (name, value) in event.indexed_tags() {
        tag.execute(params![name.as_char().to_string(), value, number])?;
    }
    Ok(())
}

/// What expired goes; then what relays told longest ago, until the rest fits.
fn make_room(db: &Transaction<'_>, now: u64) -> rusqlite::Result<()> {
    db.execute("DELETE FROM cached WHERE expires_at <= ?1", [now])?;
    SHARES.iter().try_for_each(|share| share.make_room(db))
}

impl Share {
    fn make_room(&self, db: &Transaction<'_>) -> rusqlite::Result<()> {
        loop {
            let (notes, bytes): (u32, u64) =
                db.query_row(self.size, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
            if notes <= self.notes_max && bytes <= self.bytes_max {
                return Ok(());
            }
            if db.execute(self.evict, [EVICTED_AT_ONCE])? == 0 {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use kith_nips::EventId;
    use kith_nips::nip01::Draft;
    use nostr_sdk::{Filter, Keys};

    use super::*;

    const NOW: u64 = 1_796_322_600;

    fn found(keys: &Keys, kind: Kind, tags: &[[&str; 2]], created_at: u64, text: &str) -> Found {
        let tags = tags.iter().map(|tag| tag.map(str::to_owned).to_vec());
        let draft = Draft {
            kind,
            created_at: Some(created_at),
            tags: tags.collect(),
            content: text.to_owned(),
        };
        Found {
            event: draft.sign(keys, created_at).unwrap(),
            relays: vec![RelayUrl::parse("wss://relay.example.com").unwrap()],
        }
    }

    async fn local() -> (tempfile::TempDir, Local) {
        let folder = tempfile::tempdir().unwrap();
        let local = Local::open(folder.path().join("local.db")).await.unwrap();
        (folder, local)
    }

    async fn kept(local: &Local, filter: Filter, now: u64) -> Vec<EventId> {
        let recalled = local.recall(vec![filter], now).await.unwrap();
        let found = recalled.unwrap_or_default().found.into_iter();
        found.map(|found| found.event.id()).collect()
    }

    #[tokio::test]
    async fn nip01_104_one_version_is_kept_whatever_the_order() {
        let keys = Keys::generate();
        let list = |at, text: &str| found(&keys, Kind::COMMUNITY_FOLLOWS, &[], at, text);
        let (old, one, two) = (list(NOW, "a"), list(NOW + 1, "b"), list(NOW + 1, "c"));
        let lowest = one.event.id().min(two.event.id());
        for order in [[&old, &one, &two], [&two, &one, &old], [&one, &old, &two]] {
            let (_folder, local) = local().await;
            for version in order {
                local.remember(vec![version.clone()], NOW).await.unwrap();
            }
            assert_eq!(kept(&local, Filter::new(), NOW).await, [lowest]);
            assert_eq!(local.cached_notes().await.unwrap(), 1);
        }
    }

    #[tokio::test]
    async fn nip09_06_what_its_author_took_back_is_not_kept_in_either_order() {
        let keys = Keys::generate();
        let meetup = found(&keys, Kind::MEETUP, &[["d", "x"]], NOW, "");
        let note = found(&keys, Kind::TEXT_NOTE, &[], NOW, "oops");
        let address = meetup.event.address().unwrap().to_string();
        let id = note.event.id().to_string();
        let tags = [["e", id.as_str()], ["a", address.as_str()]];
        let own = found(&keys, Kind::DELETION, &tags, NOW, "");
        let others = found(&Keys::generate(), Kind::DELETION, &tags, NOW, "");
        let later = found(&keys, Kind::MEETUP, &[["d", "x"]], NOW + 1, "");
        for order in [[&own, &meetup, &note], [&meetup, &note, &own]] {
            let (_folder, local) = local().await;
            local.remember(vec![others.clone()], NOW).await.unwrap();
            for found in order {
                local.remember(vec![found.clone()], NOW).await.unwrap();
            }
            let wanted = Filter::new().kinds([nostr_sdk::Kind::TextNote, Kind::MEETUP.into()]);
            assert!(kept(&local, wanted.clone(), NOW).await.is_empty());
            // What was written after the deletion lives.
            local.remember(vec![later.clone()], NOW).await.unwrap();
            assert_eq!(kept(&local, wanted, NOW).await, [later.event.id()]);
        }
    }

    #[tokio::test]
    async fn nip62_who_vanished_is_not_kept_and_nip40_neither_is_what_expired() {
        let keys = Keys::generate();
        let note = found(&keys, Kind::TEXT_NOTE, &[], NOW, "hello");
        let expiring = (NOW + 10).to_string();
        let brief = found(
            &Keys::generate(),
            Kind::TEXT_NOTE,
            &[["expiration", &expiring]],
            NOW,
            "",
        );
        let (_folder, local) = local().await;
        let both = vec![note.clone(), brief.clone()];
        local.remember(both, NOW).await.unwrap();
        let elsewhere = [["relay", "wss://elsewhere.example.com"]];
        let elsewhere = found(&keys, Kind::VANISH, &elsewhere, NOW, "");
        local.remember(vec![elsewhere], NOW).await.unwrap();
        let notes = Filter::new().kind(nostr_sdk::Kind::TextNote);
        assert_eq!(kept(&local, notes.clone(), NOW).await.len(), 2);
        let here = [["relay", "wss://relay.example.com"]];
        let here = found(&keys, Kind::VANISH, &here, NOW, "");
        local.remember(vec![here], NOW).await.unwrap();
        assert_eq!(kept(&local, notes.clone(), NOW).await, [brief.event.id()]);
        local.remember(vec![note], NOW).await.unwrap();
        assert!(kept(&local, notes, NOW + 10).await.is_empty());
    }

    /// As many of a kind as there may be, without signing each: the same text under numbered ids.
    async fn fill(local: &Local, of: &Found, notes: u32, seen_at: u64) {
        let (kind, json) = (of.event.kind().as_u16(), of.event.json().to_owned());
        let fill = "WITH RECURSIVE numbered (number) AS
                (SELECT 1 UNION ALL SELECT number + 1 FROM numbered WHERE number < ?1)
            INSERT INTO cached (id, author, kind, created_at, seen_at, relays, json)
            SELECT randomblob(32), randomblob(32), ?2, number, ?3, '', ?4 FROM numbered";
        let filled = move |db: &Transaction<'_>| -> rusqlite::Result<usize> {
            db.execute(fill, params![notes, kind, seen_at, json])
        };
        local.transact_lightly(filled).await.unwrap();
    }

    #[tokio::test]
    async fn nip17_a_flood_of_sealed_messages_pushes_out_nothing_but_such_messages() {
        let (_folder, local) = local().await;
        let keys = Keys::generate();
        let meetup = found(&keys, Kind::MEETUP, &[["d", "x"]], NOW, "");
        let first = found(&keys, Kind::GIFT_WRAP, &[], NOW, "first");
        let last = found(&keys, Kind::GIFT_WRAP, &[], NOW, "last");
        local
            .remember(vec![meetup.clone(), first.clone()], NOW)
            .await
            .unwrap();
        fill(&local, &first, CACHED_SEALED_NOTES_MAX, NOW + 1).await;
        local.remember(vec![last.clone()], NOW + 2).await.unwrap();

        let id = |found: &Found| Filter::new().id(found.event.id().into());
        assert_eq!(kept(&local, id(&meetup), NOW).await.len(), 1);
        assert_eq!(kept(&local, id(&last), NOW).await.len(), 1);
        assert!(kept(&local, id(&first), NOW).await.is_empty());
        let sealed = local.cached_notes().await.unwrap() - 1;
        assert!((1..=CACHED_SEALED_NOTES_MAX).contains(&sealed), "{sealed}");

        // The other way round: messages stay when much else is read.
        fill(&local, &meetup, CACHED_NOTES_MAX, NOW + 3).await;
        let note = found(&keys, Kind::TEXT_NOTE, &[], NOW, "");
        local.remember(vec![note], NOW + 4).await.unwrap();
        assert!(kept(&local, id(&meetup), NOW).await.is_empty());
        assert_eq!(kept(&local, id(&last), NOW).await.len(), 1);
        let public = local.cached_notes().await.unwrap() - sealed;
        assert!((1..=CACHED_NOTES_MAX).contains(&public), "{public}");
    }

    #[tokio::test]
    async fn filters_find_what_they_would_find_on_a_relay() {
        let (_folder, local) = local().await;
        let keys = Keys::generate();
        let meetup = |d: &str, t: &str, at| {
            found(
                &keys,
                Kind::MEETUP,
                &[["d", d], ["t", t], ["g", "u33"]],
                at,
                "",
            )
        };
        let all = [
            meetup("a", "rust", NOW),
            meetup("b", "chess", NOW + 1),
            meetup("c", "rust", NOW + 2),
        ];
        local.remember(all.to_vec(), NOW).await.unwrap();
        let [a, b, c] = all.map(|found| found.event.id());
        let topic = |topic: &str| {
            Filter::new().custom_tag(crate::filters::tag(nostr_sdk::Alphabet::T), topic)
        };
        assert_eq!(kept(&local, topic("rust"), NOW).await, [c, a]);
        assert_eq!(kept(&local, topic("rust").limit(1), NOW).await, [c]);
        assert!(kept(&local, topic("go"), NOW).await.is_empty());
        let until = nostr_sdk::Timestamp::from_secs(NOW + 1);
        let author = Filter::new().author(keys.public_key()).until(until);
        assert_eq!(kept(&local, author.clone(), NOW).await, [b, a]);
        assert_eq!(kept(&local, author.since(until), NOW).await, [b]);
        let ids = Filter::new().ids([a.into(), c.into()]).identifier("a");
        assert_eq!(kept(&local, ids, NOW).await, [a]);
        let recalled = local.recall(vec![topic("rust")], NOW).await.unwrap();
        let recalled = recalled.unwrap();
        assert_eq!(recalled.as_of, Some(NOW));
        assert_eq!(recalled.found[0].relays.len(), 1);
    }
}
