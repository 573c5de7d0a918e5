//! The form of the local file, as steps from each version to the next. A step that was released is
//! never changed: a new form is a new step at the end.

use rusqlite::Transaction;

/// Each makes the next version out of the one before it.
const STEPS: &[&str] = &[
    // 1: messages that were cleared, and who was reached by announcements.
    "CREATE TABLE forgotten_message (
         account BLOB NOT NULL,
         id BLOB NOT NULL,
         PRIMARY KEY (account, id)
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE announcement (
         id BLOB PRIMARY KEY,
         account BLOB NOT NULL,
         target TEXT NOT NULL,
         audience TEXT NOT NULL,
         text TEXT NOT NULL,
         round INTEGER NOT NULL,
         begun_at INTEGER NOT NULL,
         finished_at INTEGER
     ) STRICT;
     CREATE TABLE announced (
         announcement BLOB NOT NULL REFERENCES announcement (id) ON DELETE CASCADE,
         person BLOB NOT NULL,
         state TEXT NOT NULL,
         wrap TEXT,
         UNIQUE (announcement, person)
     ) STRICT;",
    // 2: signed notes that are not yet on every relay they are for.
    "CREATE TABLE outgoing (
         number INTEGER PRIMARY KEY AUTOINCREMENT,
         id BLOB NOT NULL UNIQUE,
         author BLOB NOT NULL,
         kind INTEGER NOT NULL,
         identifier TEXT,
         created_at INTEGER NOT NULL,
         expires_at INTEGER,
         queued_at INTEGER NOT NULL,
         json TEXT NOT NULL
     ) STRICT;
     CREATE INDEX outgoing_address ON outgoing (author, kind, identifier);
     CREATE TABLE outgoing_relay (
         note INTEGER NOT NULL REFERENCES outgoing (number) ON DELETE CASCADE,
         relay TEXT NOT NULL,
         state TEXT NOT NULL,
         reason TEXT,
         is_extra INTEGER NOT NULL DEFAULT 0,
         due_at INTEGER NOT NULL DEFAULT 0,
         attempts INTEGER NOT NULL DEFAULT 0,
         PRIMARY KEY (note, relay)
     ) STRICT, WITHOUT ROWID;",
    // 3: what relays told, for when none answers.
    "CREATE TABLE cached (
         number INTEGER PRIMARY KEY,
         id BLOB NOT NULL UNIQUE,
         author BLOB NOT NULL,
         kind INTEGER NOT NULL,
         created_at INTEGER NOT NULL,
         identifier TEXT,
         expires_at INTEGER,
         seen_at INTEGER NOT NULL,
         relays TEXT NOT NULL,
         json TEXT NOT NULL
     ) STRICT;
     CREATE UNIQUE INDEX cached_address ON cached (author, kind, identifier)
         WHERE identifier IS NOT NULL;
     CREATE INDEX cached_author ON cached (author, kind, created_at);
     CREATE INDEX cached_kind ON cached (kind, created_at);
     CREATE INDEX cached_expires ON cached (expires_at) WHERE expires_at IS NOT NULL;
     CREATE INDEX cached_seen ON cached (seen_at);
     CREATE TABLE cached_tag (
         name TEXT NOT NULL,
         value TEXT NOT NULL,
         event INTEGER NOT NULL REFERENCES cached (number) ON DELETE CASCADE,
         PRIMARY KEY (name, value, event)
     ) STRICT, WITHOUT ROWID;
     CREATE INDEX cached_tag_event ON cached_tag (event);
     CREATE TABLE relay_announced (
         relay TEXT PRIMARY KEY,
         near INTEGER NOT NULL,
         since INTEGER NOT NULL,
         until INTEGER NOT NULL,
         sort INTEGER NOT NULL,
         counts INTEGER NOT NULL,
         limit_max INTEGER,
         told_at INTEGER NOT NULL
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE cached_size (notes INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
     INSERT INTO cached_size VALUES (0, 0);
     CREATE TRIGGER cached_more AFTER INSERT ON cached BEGIN
         UPDATE cached_size SET notes = notes + 1, bytes = bytes + length(new.json);
     END;
     CREATE TRIGGER cached_less AFTER DELETE ON cached BEGIN
         UPDATE cached_size SET notes = notes - 1, bytes = bytes - length(old.json);
     END;",
    // 4: sealed notes (kind 1059) have room of their own.
    "DROP TRIGGER cached_more;
     DROP TRIGGER cached_less;
     DROP TABLE cached_size;
     DROP INDEX cached_seen;
     CREATE INDEX cached_seen ON cached (seen_at) WHERE kind <> 1059;
     CREATE INDEX cached_sealed_seen ON cached (seen_at) WHERE kind = 1059;
     CREATE TABLE cached_size (
         sealed INTEGER PRIMARY KEY,
         notes INTEGER NOT NULL,
         bytes INTEGER NOT NULL
     ) STRICT;
     INSERT INTO cached_size SELECT 0, count(*), coalesce(sum(length(json)), 0)
         FROM cached WHERE kind <> 1059;
     INSERT INTO cached_size SELECT 1, count(*), coalesce(sum(length(json)), 0)
         FROM cached WHERE kind = 1059;
     CREATE TRIGGER cached_more AFTER INSERT ON cached BEGIN
         UPDATE cached_size SET notes = notes + 1, bytes = bytes + length(new.json)
             WHERE sealed = (new.kind = 1059);
     END;
     CREATE TRIGGER cached_less AFTER DELETE ON cached BEGIN
         UPDATE cached_size SET notes = notes - 1, bytes = bytes - length(old.json)
             WHERE sealed = (old.kind = 1059);
     END;",
    // 5: what relays announce of writing, too. What they announced before is asked for again.
    "DELETE FROM relay_announced;
     ALTER TABLE relay_announced ADD COLUMN has_members INTEGER NOT NULL DEFAULT 0;
     ALTER TABLE relay_announced ADD COLUMN limits TEXT NOT NULL DEFAULT '';
     ALTER TABLE relay_announced ADD COLUMN clock_ahead INTEGER NOT NULL DEFAULT 0;",
];

/// The newest form.
pub(super) const VERSION: u32 = STEPS.len() as u32;

/// Takes the steps that are missing.
pub(super) fn bring_up_to_date(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    let version: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let missing = STEPS
        .iter()
        .skip(usize::try_from(version).unwrap_or(usize::MAX));
    for step in missing {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", VERSION)
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    #[test]
    fn what_is_kept_is_counted_anew_when_sealed_notes_get_room_of_their_own() {
        let mut connection = Connection::open_in_memory().unwrap();
        for step in &STEPS[..3] {
            connection.execute_batch(step).unwrap();
        }
        connection.pragma_update(None, "user_version", 3).unwrap();
        for (number, kind) in [(1_u8, 1059), (2, 1), (3, 1059), (4, 31_923)] {
            let insert = "INSERT INTO cached (id, author, kind, created_at, seen_at, relays, json)
                VALUES (?1, ?1, ?2, 0, 0, '', '{}')";
            let row = rusqlite::params![[number], kind];
            connection.execute(insert, row).unwrap();
        }
        let transaction = connection.transaction().unwrap();
        bring_up_to_date(&transaction).unwrap();
        let sizes = |sealed: u8| -> (u32, u64) {
            let size = "SELECT notes, bytes FROM cached_size WHERE sealed = ?1";
            let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
            transaction.query_row(size, [sealed], row).unwrap()
        };
        assert_eq!((sizes(0), sizes(1)), ((2, 4), (2, 4)));
        let delete = "DELETE FROM cached WHERE kind = 1059";
        transaction.execute(delete, []).unwrap();
        assert_eq!((sizes(0), sizes(1)), ((2, 4), (0, 0)));
    }
}
