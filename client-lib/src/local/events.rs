//! The rules of NIP-01 and NIP-09 in the tables that hold events: the newest version stays, and what
//! its author took back goes. Knows the columns that those tables share, not what they are for.

use kith_nips::{Event, nip09};
use rusqlite::{Transaction, params};

/// A table with an event in each row: `id`, `author`, `kind`, `identifier`, `created_at`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Table {
    /// What relays told.
    Cached,
    /// What is still to be sent.
    Outgoing,
}

impl Table {
    fn name(self) -> &'static str {
        match self {
            Table::Cached => "cached",
            Table::Outgoing => "outgoing",
        }
    }
}

/// NIP-01: of two versions the newer one, of equally old ones that with the lowest id. Deletes what
/// this event replaces; false, and nothing is deleted, when the table has what replaces it.
pub(crate) fn replace_older(
    db: &Transaction<'_>,
    table: Table,
    event: &Event,
) -> rusqlite::Result<bool> {
    let Some(address) = event.address() else {
        return Ok(true);
    };
    let id = event.id();
    let version = params![
        address.pubkey.as_bytes(),
        address.kind.as_u16(),
        address.identifier,
        event.created_at(),
        id.as_bytes()
    ];
    let table = table.name();
    let newer = format!(
        "SELECT EXISTS (SELECT 1 FROM {table} WHERE author = ?1 AND kind = ?2 AND identifier = ?3
        AND (created_at > ?4 OR (created_at = ?4 AND id < ?5)))"
    );
    if db
        .prepare_cached(&newer)?
        .query_row(version, |row| row.get(0))?
    {
        return Ok(false);
    }
    let older = format!(
        "DELETE FROM {table} WHERE author = ?1 AND kind = ?2 AND identifier = ?3
        AND (created_at < ?4 OR (created_at = ?4 AND id > ?5))"
    );
    db.prepare_cached(&older)?.execute(version)?;
    Ok(true)
}

/// NIP-09: deletes what a deletion request names of its author's. A request itself stays, and so does
/// a request to vanish (NIP-62).
pub(crate) fn take_back_targets(
    db: &Transaction<'_>,
    table: Table,
    event: &Event,
) -> rusqlite::Result<()> {
    let targets = nip09::deletion_targets(event);
    let author = event.pubkey();
    let table = table.name();
    for id in targets.ids {
        let named =
            format!("DELETE FROM {table} WHERE id = ?1 AND author = ?2 AND kind NOT IN (5, 62)");
        db.prepare_cached(&named)?
            .execute(params![id.as_bytes(), author.as_bytes()])?;
    }
    for address in targets.addresses {
        let versions = format!(
            "DELETE FROM {table} WHERE author = ?1 AND kind = ?2 AND identifier = ?3
            AND created_at <= ?4"
        );
        db.prepare_cached(&versions)?.execute(params![
            author.as_bytes(),
            address.kind.as_u16(),
            address.identifier,
            event.created_at()
        ])?;
    }
    Ok(())
}
