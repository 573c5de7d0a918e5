//! Deletes what is old, as far as the operator asked for it: one task that looks from time to time,
//! takes few events off at once and rests in between, so that nobody waits for it.
//!
//! What it deletes leaves the store as events that an administrator removes do: also from the disk,
//! from every index and answer. Nothing here knows SQL, and only the command (`preview.rs`) the
//! configuration.

use std::sync::Arc;
use std::time::Duration;

use kith_nips::Kind;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing::{debug, error, info};

use crate::store::{Store, StoreError};

mod meetups;
mod preview;
mod rules;
mod sweep;

pub use preview::{Preview, PreviewError, preview};
use sweep::{REMOVALS_PER_RUN_MAX, Sweep};

/// Seconds until the next run, when there was more to delete than one run may.
const BACKLOG_PAUSE_SECONDS: u64 = 60;

/// What is old. The default is: nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RetentionPolicy {
    /// Seconds after its end until a meetup is deleted, and what belongs to it.
    pub meetup_seconds_after_end: Option<u64>,
    /// Ages of events by kind.
    pub rules: Vec<AgeRule>,
    /// Seconds from one run to the next.
    pub interval_seconds: u64,
}

/// Events of these kinds are old at this age.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgeRule {
    /// Which; `None` for all but those that describe people, communities and chats.
    pub kinds: Option<Vec<Kind>>,
    /// Seconds after `created_at`.
    pub older_than_seconds: u64,
}

/// What one run deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deleted {
    /// Meetups that were over for long enough.
    pub meetups: u64,
    /// Answers to them and comments on them.
    pub belonging: u64,
    /// Events by age, for each rule.
    pub by_rule: Vec<u64>,
    /// Whether the run ended because it had deleted as much as one may.
    pub is_cut: bool,
}

impl RetentionPolicy {
    fn is_on(&self) -> bool {
        self.meetup_seconds_after_end.is_some() || !self.rules.is_empty()
    }
}

/// Begins to delete what is old, at once and whenever `policy` changes; ends when the task is aborted
/// or nobody can change the policy any more. `clock` gives Unix seconds.
pub fn start(
    store: Arc<dyn Store>,
    mut policy: watch::Receiver<Arc<RetentionPolicy>>,
    clock: fn() -> u64,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            let current = policy.borrow_and_update().clone();
            let working = async {
                while current.is_on() {
                    let pause = run_and_tell(store.as_ref(), &current, clock()).await;
                    tokio::time::sleep(Duration::from_secs(pause)).await;
                }
                std::future::pending().await
            };
            tokio::select! {
                changed = policy.changed() => {
                    if changed.is_err() {
                        return;
                    }
                }
                () = working => {}
            }
        }
    })
}

/// One run, with a word to the log; gives the seconds until the next.
async fn run_and_tell(store: &dyn Store, policy: &RetentionPolicy, now: u64) -> u64 {
    match run(Sweep::new(store, REMOVALS_PER_RUN_MAX), policy, now).await {
        Ok(deleted) => {
            let Deleted {
                meetups,
                belonging,
                by_rule,
                is_cut,
            } = &deleted;
            if *meetups + *belonging + by_rule.iter().sum::<u64>() > 0 {
                info!(meetups, belonging, ?by_rule, is_cut, "deleted what is old");
            } else {
                debug!("nothing is old");
            }
            match is_cut {
                true => policy.interval_seconds.min(BACKLOG_PAUSE_SECONDS),
                false => policy.interval_seconds,
            }
        }
        Err(failure) => {
            error!(%failure, "what is old could not be deleted, the next run tries again");
            policy.interval_seconds
        }
    }
}

/// Deletes what is old at `now` (Unix seconds).
///
/// # Errors
/// [`StoreError`]; what was deleted before stays deleted.
async fn run(
    mut sweep: Sweep<'_>,
    policy: &RetentionPolicy,
    now: u64,
) -> Result<Deleted, StoreError> {
    let mut deleted = Deleted::default();
    if let Some(seconds) = policy.meetup_seconds_after_end {
        meetups::delete_past(&mut sweep, now, seconds, &mut deleted).await?;
    }
    for rule in &policy.rules {
        let count = rules::delete_aged(&mut sweep, now, rule).await?;
        deleted.by_rule.push(count);
    }
    deleted.is_cut = sweep.is_cut();
    Ok(deleted)
}

#[cfg(test)]
mod tests;
