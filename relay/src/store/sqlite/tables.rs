//! Writing the derived tables: rows in key order, so that every page is written once.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use kith_nips::{Event, PublicKey, nip50};
use rusqlite::{Transaction, params, params_from_iter};

use super::keys::{AddressKey, Position, Rows, signed};
use super::tail::{Head, Kill, Place, Unindexed};
use crate::store::Sequence;

/// Adds the rows of events.
pub fn insert(transaction: &Transaction<'_>, fresh: &[Rows]) -> rusqlite::Result<()> {
    let mut by_id: Vec<_> = fresh
        .iter()
        .map(|row| (row.id, row.position.sequence))
        .collect();
    by_id.sort_unstable();
    let mut statement =
        transaction.prepare_cached("INSERT INTO by_id (id, sequence) VALUES (?1, ?2)")?;
    for (id, sequence) in by_id {
        statement.execute(params![id.as_bytes(), sequence])?;
    }
    add_to_events(transaction, i64::try_from(fresh.len()).unwrap_or(i64::MAX))?;
    let mut statement =
        transaction.prepare_cached("INSERT INTO by_expiration (at, sequence) VALUES (?1, ?2)")?;
    for row in fresh {
        if let Some(at) = row.expiration {
            statement.execute(params![signed(at), row.position.sequence])?;
        }
    }
    for_each_ordered_row(transaction, fresh, |table| table.insert)
}

/// Adds the folded words of events that a search may find (NIP-50).
pub fn insert_words(
    transaction: &Transaction<'_>,
    events: &[(Sequence, Arc<Event>)],
) -> rusqlite::Result<()> {
    let mut statement =
        transaction.prepare_cached("INSERT INTO words (rowid, text) VALUES (?1, ?2)")?;
    let mut text = String::new();
    let mut words = HashSet::new();
    let keys = RandomState::new();
    for (sequence, event) in events {
        text.clear();
        words.clear();
        nip50::for_each_searched_word(event, |word| {
            // Two words of one event never share 64 bits that nobody can foresee.
            if words.insert(keys.hash_one(word)) {
                text.push_str(word);
                text.push(' ');
            }
        });
        if !text.is_empty() {
            statement.execute(params![signed(*sequence), text])?;
        }
    }
    Ok(())
}

/// Removes the rows of events; those that are missing already are no error.
pub fn remove(transaction: &Transaction<'_>, dead: &[Rows]) -> rusqlite::Result<()> {
    let mut removed = 0_usize;
    for row in dead {
        removed += transaction
            .prepare_cached("DELETE FROM by_id WHERE id = ?1 AND sequence = ?2")?
            .execute(params![row.id.as_bytes(), row.position.sequence])?;
        if let Some(at) = row.expiration {
            transaction
                .prepare_cached("DELETE FROM by_expiration WHERE at = ?1 AND sequence = ?2")?
                .execute(params![signed(at), row.position.sequence])?;
        }
        transaction
            .prepare_cached("DELETE FROM words WHERE rowid = ?1")?
            .execute([row.position.sequence])?;
    }
    add_to_events(transaction, -i64::try_from(removed).unwrap_or(i64::MAX))?;
    for_each_ordered_row(transaction, dead, |table| table.delete)
}

/// Keeps count, because counting the rows of a large table takes too long.
fn add_to_events(transaction: &Transaction<'_>, change: i64) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("UPDATE state SET value = value + ?1 WHERE name = 'events'")?
        .execute([change])?;
    Ok(())
}

/// Writes what events changed beside themselves: heads of addresses and deletions.
pub fn insert_effects(
    transaction: &Transaction<'_>,
    unindexed: &Unindexed,
) -> rusqlite::Result<()> {
    let mut heads = unindexed.heads.clone();
    heads.sort_unstable_by_key(|(address, _)| *address);
    for (address, head) in &heads {
        write_head(transaction, address, head.as_ref())?;
    }
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

fn write_head(
    transaction: &Transaction<'_>,
    address: &AddressKey,
    head: Option<&Head>,
) -> rusqlite::Result<()> {
    let Some(head) = head else {
        transaction
            .prepare_cached("DELETE FROM by_address WHERE address = ?1")?
            .execute([address.0])?;
        return Ok(());
    };
    let place = match head.place {
        Place::Event(sequence) => signed(sequence),
        Place::Husk(sequence) => -signed(sequence),
    };
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO by_address (address, created_at, id, sequence)
             VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            address.0,
            signed(head.created_at),
            head.id.as_bytes(),
            place,
        ])?;
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
    for forget in [
        "DELETE FROM deleted_address WHERE address BETWEEN ?1 AND ?2 AND until <= ?3",
        "DELETE FROM by_address WHERE address BETWEEN ?1 AND ?2 AND created_at <= ?3",
    ] {
        transaction
            .prepare_cached(forget)?
            .execute(params![first.0, last.0, until])?;
    }
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

/// A row of an ordered table: up to two keys, right-aligned, then age, id prefix and sequence.
type OrderedRow = [i64; 5];

/// A table that is ordered by position behind none, one or two keys.
struct OrderedTable {
    /// Elements of an [`OrderedRow`] that this table has no column for.
    unused: usize,
    insert: &'static str,
    delete: &'static str,
}

const BY_TIME: OrderedTable = OrderedTable {
    unused: 2,
    insert: "INSERT INTO by_time (age, id_prefix, sequence) VALUES (?1, ?2, ?3)",
    delete: "DELETE FROM by_time WHERE age = ?1 AND id_prefix = ?2 AND sequence = ?3",
};
const BY_KIND: OrderedTable = OrderedTable {
    unused: 1,
    insert: "INSERT INTO by_kind (kind, age, id_prefix, sequence) VALUES (?1, ?2, ?3, ?4)",
    delete: "DELETE FROM by_kind
             WHERE kind = ?1 AND age = ?2 AND id_prefix = ?3 AND sequence = ?4",
};
const BY_AUTHOR: OrderedTable = OrderedTable {
    unused: 0,
    insert: "INSERT INTO by_author (author, kind, age, id_prefix, sequence)
             VALUES (?1, ?2, ?3, ?4, ?5)",
    delete: "DELETE FROM by_author
             WHERE author = ?1 AND kind = ?2 AND age = ?3 AND id_prefix = ?4 AND sequence = ?5",
};
const BY_TAG: OrderedTable = OrderedTable {
    unused: 0,
    insert: "INSERT INTO by_tag (tag, kind, age, id_prefix, sequence)
             VALUES (?1, ?2, ?3, ?4, ?5)",
    delete: "DELETE FROM by_tag
             WHERE tag = ?1 AND kind = ?2 AND age = ?3 AND id_prefix = ?4 AND sequence = ?5",
};

/// Runs one statement of each ordered table for each row that it has, in key order.
fn for_each_ordered_row(
    transaction: &Transaction<'_>,
    rows: &[Rows],
    statement: impl Fn(&OrderedTable) -> &'static str,
) -> rusqlite::Result<()> {
    for (table, mut ordered) in ordered_rows(rows) {
        ordered.sort_unstable();
        let mut statement = transaction.prepare_cached(statement(table))?;
        for row in ordered {
            statement.execute(params_from_iter(row.iter().skip(table.unused)))?;
        }
    }
    Ok(())
}

fn ordered_rows(rows: &[Rows]) -> [(&'static OrderedTable, Vec<OrderedRow>); 4] {
    let row = |first: i64, second: i64, position: Position| {
        [
            first,
            second,
            position.age,
            position.id_prefix,
            position.sequence,
        ]
    };
    let one_each = |row: &dyn Fn(&Rows) -> OrderedRow| rows.iter().map(row).collect();
    let by_tag = rows.iter().flat_map(|rows| {
        let kind = i64::from(rows.kind);
        rows.tags
            .iter()
            .map(move |tag| row(*tag, kind, rows.position))
    });
    [
        (&BY_TIME, one_each(&|rows| row(0, 0, rows.position))),
        (
            &BY_KIND,
            one_each(&|rows| row(0, i64::from(rows.kind), rows.position)),
        ),
        (
            &BY_AUTHOR,
            one_each(&|rows| row(rows.author, i64::from(rows.kind), rows.position)),
        ),
        (&BY_TAG, by_tag.collect()),
    ]
}
