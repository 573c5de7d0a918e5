//! What is remembered of announcements: which there were, and who was reached. Rows of the local
//! file, nothing else.

use std::collections::{BTreeMap, HashSet};

use kith_nips::PublicKey;
use nostr_sdk::{Event, JsonUtil};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use sha2::{Digest, Sha256};

use super::{Audience, Told};
use crate::inboxes::Delivery;
use crate::local::{Local, LocalError};
use crate::reference::{Reference, ReferenceError};

/// Finished announcements that are remembered; older ones go, and with them the knowledge of whom
/// they reached.
const FINISHED_MAX: u32 = 500;

const WAITING: &str = "waiting";
const REACHED: &str = "reached";

/// The name of an announcement: a hash of whose it is, what it is about, for whom, its text, and how
/// often it was said before.
pub(super) type AnnouncementId = [u8; 32];

/// An announcement as it is begun.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) account: PublicKey,
    pub(super) target: String,
    pub(super) audience: Audience,
    pub(super) text: String,
    pub(super) begun_at: u64,
}

impl Entry {
    fn id(&self, round: u32) -> AnnouncementId {
        let round = round.to_string();
        let account = self.account.to_string();
        let audience = self.audience.as_str();
        let fields = [&account, &self.target, audience, &self.text, &round];
        let mut hash = Sha256::new();
        for field in fields {
            // Each with its length: no two lists of fields are the same bytes.
            hash.update((field.len() as u64).to_be_bytes());
            hash.update(field.as_bytes());
        }
        hash.finalize().into()
    }
}

/// An announcement that is in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Begun {
    pub(super) id: AnnouncementId,
    /// The time of its message for everybody, in Unix seconds.
    pub(super) begun_at: u64,
}

/// An announcement of the past, or one that is not finished.
///
/// ```no_run
/// # async fn example(local: kith_client::Local, me: kith_client::PublicKey) -> Result<(), kith_client::LocalError> {
/// for record in local.announcements(me).await? {
///     println!("\"{}\" to {}: {:?}", record.text, record.audience, record.counts);
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AnnouncementRecord {
    /// The community id, or the address of the meetup.
    pub target: String,
    /// To whom.
    pub audience: Audience,
    /// What was said.
    pub text: String,
    /// Unix seconds.
    pub begun_at: u64,
    /// Unix seconds; `None` when somebody is left to whom it could not be sent.
    pub finished_at: Option<u64>,
    /// How far it has come.
    pub counts: AnnouncementCounts,
}

/// What became of an announcement for how many people.
///
/// ```
/// let counts = kith_client::AnnouncementCounts { reached: 2, ..Default::default() };
/// assert_eq!(counts.failed, 0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AnnouncementCounts {
    /// They have it.
    pub reached: usize,
    /// They receive no private messages.
    pub no_inbox: usize,
    /// Their relays said no.
    pub refused: usize,
    /// Their relays could not be reached, or the run ended before.
    pub failed: usize,
}

impl AnnouncementRecord {
    /// Whether nobody is left to whom it could not be sent.
    pub fn is_finished(&self) -> bool {
        self.finished_at.is_some()
    }

    /// What it is about.
    ///
    /// # Errors
    /// [`ReferenceError`] when the file was damaged.
    pub fn about(&self) -> Result<Reference, ReferenceError> {
        self.target.parse()
    }
}

impl Local {
    /// The announcements of a user, newest first.
    ///
    /// ```no_run
    /// # async fn example(local: kith_client::Local, me: kith_client::PublicKey) -> Result<(), kith_client::LocalError> {
    /// let unfinished = local.announcements(me).await?.into_iter().filter(|record| !record.is_finished());
    /// println!("{} wait to be resumed", unfinished.count());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`LocalError`]
    pub async fn announcements(
        &self,
        account: PublicKey,
    ) -> Result<Vec<AnnouncementRecord>, LocalError> {
        let work = move |db: &Transaction<'_>| {
            let select = "SELECT a.target, a.audience, a.text, a.begun_at, a.finished_at,
                    count(*) FILTER (WHERE p.state = 'reached'),
                    count(*) FILTER (WHERE p.state = 'no_inbox'),
                    count(*) FILTER (WHERE p.state = 'refused'),
                    count(*) FILTER (WHERE p.state IN ('failed', 'waiting'))
                FROM announcement AS a LEFT JOIN announced AS p ON p.announcement = a.id
                WHERE a.account = ?1
                GROUP BY a.id ORDER BY a.begun_at DESC, a.id";
            let mut select = db.prepare(select)?;
            let rows = select.query_map([account.as_bytes()], record)?;
            let records: rusqlite::Result<Vec<Option<AnnouncementRecord>>> = rows.collect();
            Ok(records?.into_iter().flatten().collect())
        };
        self.transact(work).await
    }

    /// Finds the announcement or makes it. With `again` one that is finished is begun anew.
    pub(super) async fn begin_announcement(
        &self,
        entry: Entry,
        again: bool,
    ) -> Result<Begun, LocalError> {
        let work = move |db: &Transaction<'_>| {
            let newest = "SELECT id, round, begun_at, finished_at IS NOT NULL FROM announcement
                WHERE account = ?1 AND target = ?2 AND audience = ?3 AND text = ?4
                ORDER BY round DESC LIMIT 1";
            let account = entry.account.as_bytes();
            let audience = entry.audience.as_str();
            let same = params![account, entry.target, audience, entry.text];
            let newest: Option<(AnnouncementId, u32, u64, bool)> = db
                .query_row(newest, same, |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
                })
                .optional()?;
            let round = match newest {
                Some((id, _, begun_at, is_finished)) if !(again && is_finished) => {
                    // There may be people now who were not there then.
                    let reopen = "UPDATE announcement SET finished_at = NULL WHERE id = ?1";
                    db.execute(reopen, [id])?;
                    return Ok(Begun { id, begun_at });
                }
                Some((_, round, ..)) => round.saturating_add(1),
                None => 0,
            };
            let id = entry.id(round);
            let insert = "INSERT INTO announcement
                (id, account, target, audience, text, round, begun_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            let row = params![
                id,
                account,
                entry.target,
                audience,
                entry.text,
                round,
                entry.begun_at
            ];
            db.execute(insert, row)?;
            let forget = "DELETE FROM announcement WHERE finished_at IS NOT NULL AND id NOT IN
                (SELECT id FROM announcement ORDER BY finished_at IS NOT NULL, begun_at DESC LIMIT ?1)";
            db.execute(forget, [FINISHED_MAX])?;
            let begun_at = entry.begun_at;
            Ok(Begun { id, begun_at })
        };
        self.transact(work).await
    }

    /// Who has it already.
    pub(super) async fn reached(
        &self,
        announcement: AnnouncementId,
    ) -> Result<HashSet<PublicKey>, LocalError> {
        let work = move |db: &Transaction<'_>| {
            let select = "SELECT person FROM announced WHERE announcement = ?1 AND state = ?2";
            let mut select = db.prepare(select)?;
            let rows = select.query_map(params![announcement, REACHED], |row| row.get(0))?;
            rows.map(|row| row.map(PublicKey::from_bytes)).collect()
        };
        self.transact(work).await
    }

    /// The wraps that were made for some of these people and not noted as taken.
    pub(super) async fn wraps(
        &self,
        announcement: AnnouncementId,
        people: Vec<PublicKey>,
    ) -> Result<BTreeMap<PublicKey, Event>, LocalError> {
        self.transact(move |db| stored(db, announcement, people.iter()))
            .await
    }

    /// Stores wraps before they are sent. Somebody for whom there is one already keeps it, and it is
    /// given back instead: another run of the program may do the same work. Who was reached
    /// meanwhile is left out.
    pub(super) async fn store_wraps(
        &self,
        announcement: AnnouncementId,
        made: BTreeMap<PublicKey, Event>,
    ) -> Result<BTreeMap<PublicKey, Event>, LocalError> {
        let work = move |db: &Transaction<'_>| {
            let insert = "INSERT INTO announced (announcement, person, state, wrap)
                VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (announcement, person) DO UPDATE SET wrap = excluded.wrap
                WHERE wrap IS NULL AND state != 'reached'";
            let mut insert = db.prepare(insert)?;
            for (person, wrap) in &made {
                let row = params![announcement, person.as_bytes(), WAITING, wrap.as_json()];
                insert.execute(row)?;
            }
            stored(db, announcement, made.keys())
        };
        self.transact(work).await
    }

    /// Notes what became of it. The wrap of somebody who has it is not needed any more.
    pub(super) async fn note(
        &self,
        announcement: AnnouncementId,
        outcomes: &[Told],
    ) -> Result<(), LocalError> {
        let outcomes = outcomes.iter();
        let outcomes = outcomes.map(|told| (told.person, state(&told.delivery)));
        let outcomes: Vec<(PublicKey, &'static str)> = outcomes.collect();
        let work = move |db: &Transaction<'_>| {
            let note = "INSERT INTO announced (announcement, person, state) VALUES (?1, ?2, ?3)
                ON CONFLICT (announcement, person) DO UPDATE SET state = excluded.state,
                    wrap = iif(excluded.state = 'reached', NULL, wrap)
                WHERE state != 'reached'";
            let mut note = db.prepare(note)?;
            for (person, state) in outcomes {
                note.execute(params![announcement, person.as_bytes(), state])?;
            }
            Ok(())
        };
        self.transact(work).await
    }

    /// Notes that nobody is left to whom it could not be sent, or that somebody is.
    pub(super) async fn finish_announcement(
        &self,
        announcement: AnnouncementId,
        finished_at: Option<u64>,
    ) -> Result<(), LocalError> {
        let work = move |db: &Transaction<'_>| {
            let finish = "UPDATE announcement SET finished_at = ?2 WHERE id = ?1";
            db.execute(finish, params![announcement, finished_at])?;
            Ok(())
        };
        self.transact(work).await
    }
}

fn stored<'a>(
    db: &Transaction<'_>,
    announcement: AnnouncementId,
    people: impl Iterator<Item = &'a PublicKey>,
) -> rusqlite::Result<BTreeMap<PublicKey, Event>> {
    let select = "SELECT wrap FROM announced
        WHERE announcement = ?1 AND person = ?2 AND wrap IS NOT NULL AND state != 'reached'";
    let mut select = db.prepare(select)?;
    let mut wraps = BTreeMap::new();
    for person in people {
        let row = params![announcement, person.as_bytes()];
        let wrap: Option<String> = select.query_row(row, |row| row.get(0)).optional()?;
        // What cannot be read any more is made anew.
        if let Some(Ok(wrap)) = wrap.map(Event::from_json) {
            wraps.insert(*person, wrap);
        }
    }
    Ok(wraps)
}

/// `None` for an audience of a later version of the program.
fn record(row: &Row<'_>) -> rusqlite::Result<Option<AnnouncementRecord>> {
    let audience: String = row.get(1)?;
    let Ok(audience) = audience.parse() else {
        return Ok(None);
    };
    let count = |column: usize| row.get::<_, u32>(column).map(|count| count as usize);
    Ok(Some(AnnouncementRecord {
        target: row.get(0)?,
        audience,
        text: row.get(2)?,
        begun_at: row.get(3)?,
        finished_at: row.get(4)?,
        counts: AnnouncementCounts {
            reached: count(5)?,
            no_inbox: count(6)?,
            refused: count(7)?,
            failed: count(8)?,
        },
    }))
}

fn state(delivery: &Delivery) -> &'static str {
    match delivery {
        Delivery::Reached { .. } => REACHED,
        Delivery::NoInbox => "no_inbox",
        Delivery::Refused(_) => "refused",
        // A wrap of an announcement waits here, not in the queue.
        Delivery::Failed(_) | Delivery::Queued(_) => "failed",
    }
}

#[cfg(test)]
mod tests;
