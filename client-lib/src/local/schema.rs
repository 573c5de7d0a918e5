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
