//! What relays announce of their searches, kept between two runs: asking for the document again would
//! cost a connection before the first question. Knows the table; asks no relay.

use std::sync::Arc;

use nostr_sdk::RelayUrl;
use rusqlite::{OptionalExtension, Row, params};

use crate::kith::Kith;
use crate::link::{Announced, KEPT_FOR, Link};
use crate::local::{Local, LocalError};

impl Kith {
    /// What a relay announces; of one that cannot be reached, nothing is asked.
    pub(crate) async fn announced(&self, link: &Arc<Link>) -> Announced {
        if link.ready(self.timeout()).await.is_err() {
            return Announced::default();
        }
        if let Some(local) = self.local()
            && !link.knows_announced().await
            && let Ok(Some((announced, told_at))) = local.announced_by(link.url(), self.now()).await
        {
            let age = self.now().saturating_sub(told_at);
            link.keep_announced(announced, age).await;
        }
        let (announced, is_new) = link.announced(self.timeout(), self.clock()).await;
        if is_new {
            self.note_announced(link, announced);
        }
        announced
    }

    /// It refused what it had announced: from now on it counts as not announced.
    pub(crate) async fn announced_too_much(&self, link: &Arc<Link>) {
        let announced = link.announced_too_much().await;
        self.note_announced(link, announced);
    }

    /// Beside the answer: nobody waits for the disk.
    fn note_announced(&self, link: &Arc<Link>, announced: Announced) {
        if let Some(local) = self.local() {
            let (local, relay, now) = (local.clone(), link.url().clone(), self.now());
            tokio::spawn(async move {
                if let Err(error) = local.note_announced(relay, announced, now).await {
                    tracing::debug!(%error, "what a relay announces is not kept");
                }
            });
        }
    }
}

impl Local {
    async fn announced_by(
        &self,
        relay: &RelayUrl,
        now: u64,
    ) -> Result<Option<(Announced, u64)>, LocalError> {
        let relay = relay.to_string();
        self.look(move |db| {
            let select =
                "SELECT near, since, until, sort, counts, limit_max, told_at, has_members, limits,
                    clock_ahead
                FROM relay_announced WHERE relay = ?1 AND told_at BETWEEN ?2 AND ?3";
            let since = now.saturating_sub(KEPT_FOR.as_secs());
            let row = params![relay, since, now];
            db.query_row(select, row, announced).optional()
        })
        .await
    }

    async fn note_announced(
        &self,
        relay: RelayUrl,
        announced: Announced,
        now: u64,
    ) -> Result<(), LocalError> {
        self.transact_lightly(move |db| {
            let forget = "DELETE FROM relay_announced WHERE relay = ?1 OR told_at < ?2";
            let since = now.saturating_sub(KEPT_FOR.as_secs());
            db.execute(forget, params![relay.as_str(), since])?;
            let insert = "INSERT INTO relay_announced
                (relay, near, since, until, sort, counts, limit_max, told_at, has_members,
                    limits, clock_ahead)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
            let limit_max = announced.limit_max;
            let limit_max = limit_max.map(|limit| i64::try_from(limit).unwrap_or(i64::MAX));
            // Numbers and yes or no: they can be written.
            let limits = serde_json::to_string(&announced.limits).unwrap_or_default();
            let row = params![
                relay.as_str(),
                announced.near,
                announced.from,
                announced.to,
                announced.sort,
                announced.counts,
                limit_max,
                now,
                announced.has_members,
                limits,
                announced.clock_ahead
            ];
            db.execute(insert, row)?;
            Ok(())
        })
        .await
    }
}

fn announced(row: &Row<'_>) -> rusqlite::Result<(Announced, u64)> {
    let limit_max: Option<i64> = row.get(5)?;
    let limits: String = row.get(8)?;
    let announced = Announced {
        near: row.get(0)?,
        from: row.get(1)?,
        to: row.get(2)?,
        sort: row.get(3)?,
        counts: row.get(4)?,
        limit_max: limit_max.and_then(|limit| usize::try_from(limit).ok()),
        has_members: row.get(7)?,
        limits: serde_json::from_str(&limits).unwrap_or_default(),
        clock_ahead: row.get(9)?,
    };
    Ok((announced, row.get(6)?))
}

#[cfg(test)]
mod tests {
    use kith_nips::nip11::Limitation;

    use super::*;

    #[tokio::test]
    async fn what_was_announced_counts_for_an_hour() {
        let folder = tempfile::tempdir().unwrap();
        let local = Local::open(folder.path().join("local.db")).await.unwrap();
        let relay = RelayUrl::parse("wss://relay.example.com").unwrap();
        let announced = Announced {
            near: true,
            sort: true,
            limit_max: Some(500),
            has_members: true,
            clock_ahead: -3_600,
            limits: Limitation {
                max_event_tags: Some(20),
                ..Limitation::default()
            },
            ..Announced::default()
        };
        let noted = local.note_announced(relay.clone(), announced, 10_000).await;
        noted.unwrap();
        let known = async |now| local.announced_by(&relay, now).await.unwrap();
        assert_eq!(known(10_001).await, Some((announced, 10_000)));
        assert_eq!(known(10_001 + KEPT_FOR.as_secs()).await, None);
        // A clock that was set back.
        assert_eq!(known(9_999).await, None);
    }
}
