//! Writing the derived tables beside the sorted runs: expirations, what is barred and what is left to
//! purge.

use kith_nips::PublicKey;
use rusqlite::{Transaction, params};

use super::keys::{AddressKey, signed};
use super::rows::Rows;
use super::tail::{Kill, Unindexed};

/// Adds what is no entry of a run.
pub fn insert(transaction: &Transaction<'_>, fresh: &[Rows]) -> rusqlite::Result<()> {
    add_to_events(transaction, i64::try_from(fresh.len()).unwrap_or(i64::MAX))?;
    let mut statement =
        transaction.prepare_cached("INSERT INTO by_expiration (at, sequence) VALUES (?1, ?2)")?;
    for row in fresh {
        if let Some(at) = row.expiration {
            statement.execute(params![signed(at), row.position.sequence])?;
        }
    }
    Ok(())
}

/// Removes what is no entry of a run.
pub fn remove(transaction: &Transaction<'_>, dead: &[Rows]) -> rusqlite::Result<()> {
    for row in dead {
        if let Some(at) = row.expiration {
            transaction
                .prepare_cached("DELETE FROM by_expiration WHERE at = ?1 AND sequence = ?2")?
                .execute(params![signed(at), row.position.sequence])?;
        }
    }
    add_to_events(transaction, -i64::try_from(dead.len()).unwrap_or(i64::MAX))
}

/// Keeps count, because counting the rows of a large table takes too long.
fn add_to_events(transaction: &Transaction<'_>, change: i64) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("UPDATE state SET value = value + ?1 WHERE name = 'events'")?
        .execute([change])?;
    Ok(())
}

/// Writes what events barred: deletions and keys that vanished.
pub fn insert_effects(
    transaction: &Transaction<'_>,
    unindexed: &Unindexed,
) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO deleted_id (author, id, at) VALUES (?1, ?2, ?3)
         ON CONFLICT (author, id) DO UPDATE SET at = max(at, excluded.at)",
    )?;
    for (id, author, at) in &unindexed.deleted_ids {
        statement.execute(params![author.as_bytes(), id.as_bytes(), signed(*at)])?;
    }
    let mut statement = transaction.prepare_cached(
        "INSERT INTO deleted_address (address, until) VALUES (?1, ?2)
         ON CONFLICT (address) DO UPDATE SET until = max(until, excluded.until)",
    )?;
    for (address, until) in &unindexed.deleted_addresses {
        statement.execute(params![address.0, signed(*until)])?;
    }
    for (author, until) in &unindexed.vanished {
        vanish(transaction, author, signed(*until))?;
    }
    Ok(())
}

/// NIP-62: what else was remembered of this key up to then is forgotten; that it vanished bars
/// all of it.
fn vanish(transaction: &Transaction<'_>, author: &PublicKey, until: i64) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO vanished (author, until) VALUES (?1, ?2)
             ON CONFLICT (author) DO UPDATE SET until = max(until, excluded.until)",
        )?
        .execute(params![author.as_bytes(), until])?;
    transaction
        .prepare_cached("DELETE FROM deleted_id WHERE author = ?1 AND at <= ?2")?
        .execute(params![author.as_bytes(), until])?;
    let (first, last) = AddressKey::range_of(author);
    transaction
        .prepare_cached(
            "DELETE FROM deleted_address WHERE address BETWEEN ?1 AND ?2 AND until <= ?3",
        )?
        .execute(params![first.0, last.0, until])?;
    Ok(())
}

/// Notes log rows whose bytes must go once this is committed.
pub fn remember_purges(transaction: &Transaction<'_>, kills: &[Kill]) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO purge (sequence, husk) VALUES (?1, ?2)
         ON CONFLICT (sequence) DO UPDATE SET husk = min(husk, excluded.husk)",
    )?;
    for kill in kills {
        statement.execute(params![signed(kill.victim), kill.husk])?;
    }
    Ok(())
}
