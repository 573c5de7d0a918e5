//! Sending what waits: when it is asked for, and by itself for as long as a handle lives. Each relay
//! gets its notes in the order in which they were written, and the next one only after it answered
//! the one before. Knows links and the queue, not what notes are about.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use futures_util::future::join_all;
use kith_nips::{Event, EventId};
use nostr_sdk::{NostrSigner, RelayUrl};
use tokio::sync::watch;
use tokio::time::Instant;

use super::{Answer, Due, Later, Listener};
use crate::kith::{Inner, Kith};
use crate::local::{Local, LocalError};
use crate::refusal::Reason;

/// Notes that are sent before the queue is looked at again.
const NOTES_PER_PASS_MAX: u32 = 200;

/// Relays that are asked in one pass.
const RELAYS_PER_PASS_MAX: usize = 32;

/// The queue is looked at again after this long.
const AGAIN_AFTER: Duration = Duration::from_secs(5);

/// A relay that could not be reached is left alone for this long, each time twice as long.
const PAUSE: Duration = Duration::from_secs(5);

/// And tried at least this often.
const PAUSE_MAX: Duration = Duration::from_secs(5 * 60);

/// What came of sending the queue.
///
/// ```no_run
/// # async fn example(kith: kith_client::Kith) -> Result<(), kith_client::LocalError> {
/// let run = kith.send_queued().await?;
/// println!("{} answers yes, {} no, {} not yet", run.taken, run.refused, run.waiting);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct QueueRun {
    /// How often a relay took a note.
    pub taken: usize,
    /// How often one refused a note for good.
    pub refused: usize,
    /// How often one was not reached, or said: later.
    pub waiting: usize,
}

/// What a handle knows of its own sending.
#[derive(Debug)]
pub(crate) struct Sending {
    under_way: UnderWay,
    /// One goes through the queue at a time.
    passing: tokio::sync::Mutex<()>,
    /// How often the queue was to be gone through, and how often it was.
    wanted: watch::Sender<u64>,
    passed: watch::Sender<u64>,
}

impl Default for Sending {
    fn default() -> Sending {
        Sending {
            under_way: UnderWay::default(),
            passing: tokio::sync::Mutex::default(),
            wanted: watch::Sender::new(1),
            passed: watch::Sender::new(0),
        }
    }
}

impl Sending {
    /// There is something to be sent at once.
    pub(crate) fn wake(&self) {
        self.wanted.send_modify(|wanted| *wanted += 1);
    }
}

/// Notes that somebody is sending at this moment: they are in the queue, and not for it to send.
#[derive(Debug, Clone, Default)]
pub(crate) struct UnderWay(Arc<Mutex<HashSet<EventId>>>);

/// One of them, until this is dropped.
pub(crate) struct Claim {
    all: UnderWay,
    id: EventId,
}

impl UnderWay {
    /// `None` when somebody else is sending it.
    pub(crate) fn claim(&self, id: EventId) -> Option<Claim> {
        let is_first = self.ids().insert(id);
        // A claim that is not held must not come to be: its end would be that of the other one.
        is_first.then(|| Claim {
            all: self.clone(),
            id,
        })
    }

    fn ids(&self) -> MutexGuard<'_, HashSet<EventId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.all.ids().remove(&self.id);
    }
}

/// Relays that were not reached, and until when they are left alone.
#[derive(Debug, Default)]
struct Pauses(Mutex<BTreeMap<RelayUrl, (Instant, Duration)>>);

impl Pauses {
    fn covers(&self, relay: &RelayUrl) -> bool {
        let pauses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        pauses.get(relay).is_some_and(|(until, _)| now < *until)
    }

    fn note(&self, relay: &RelayUrl, is_reached: bool) {
        let mut pauses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if is_reached {
            pauses.remove(relay);
            return;
        }
        let longer = |pause: Duration| (pause * 2).min(PAUSE_MAX);
        let pause = pauses.get(relay).map_or(PAUSE, |(_, pause)| longer(*pause));
        pauses.insert(relay.clone(), (Instant::now() + pause, pause));
    }
}

impl Kith {
    /// Sends what waits, now, whatever relays said about later; what a relay wants to be signed for
    /// (NIP-42) is signed. Does nothing without a file ([`crate::KithBuilder::local`]).
    ///
    /// # Errors
    /// [`LocalError`]
    pub async fn send_queued(&self) -> Result<QueueRun, LocalError> {
        let mut sum = QueueRun::default();
        let Some(local) = self.local() else {
            return Ok(sum);
        };
        let pauses = Pauses::default();
        let _turn = self.sending().passing.lock().await;
        loop {
            let pass = Pass {
                kith: self,
                local,
                signer: self.signer(),
                pauses: &pauses,
            };
            let due = local.due(self.now(), Later::IsNow, NOTES_PER_PASS_MAX);
            let run = pass.run(due.await?).await;
            sum.taken += run.taken;
            sum.refused += run.refused;
            sum.waiting += run.waiting;
            if run.taken + run.refused == 0 {
                return Ok(sum);
            }
        }
    }

    /// Waits until the queue was gone through once, and what was read is kept; at most this long.
    /// For programs that end: what is not sent by then goes out another time.
    ///
    /// ```no_run
    /// # async fn example(kith: kith_client::Kith) {
    /// kith.settle(std::time::Duration::from_secs(2)).await;
    /// # }
    /// ```
    pub async fn settle(&self, within: Duration) {
        let Some(local) = self.local() else {
            return;
        };
        let settled = async {
            if let Err(error) = self.cache().write(local, self.now()).await {
                tracing::warn!(%error, "what was read is not kept");
            }
            let wanted = *self.sending().wanted.borrow();
            let mut passed = self.sending().passed.subscribe();
            // The sender lives as long as this handle.
            let _ = passed.wait_for(|passed| *passed >= wanted).await;
        };
        // What is late goes on without us, or another time.
        let _ = tokio::time::timeout(within, settled).await;
    }

    pub(crate) fn under_way(&self) -> &UnderWay {
        &self.sending().under_way
    }
}

/// Sends what waits, again and again, until nobody has the handle any more or it is closed.
pub(crate) async fn send_while_connected(
    inner: Weak<Inner>,
    local: Local,
    mut closed: watch::Receiver<bool>,
) {
    let pauses = Pauses::default();
    loop {
        let Some(kith) = inner.upgrade().map(Kith::of) else {
            return;
        };
        let mut wanted = kith.sending().wanted.subscribe();
        let passing_for = *wanted.borrow_and_update();
        match local
            .due(kith.now(), Later::Counts, NOTES_PER_PASS_MAX)
            .await
        {
            Ok(due) => {
                let pass = Pass {
                    kith: &kith,
                    local: &local,
                    signer: None,
                    pauses: &pauses,
                };
                let passing = async {
                    let _turn = kith.sending().passing.lock().await;
                    pass.run(due).await;
                };
                tokio::select! {
                    () = passing => {}
                    () = kith.closed() => return,
                }
            }
            Err(error) => tracing::warn!(%error, "the queue cannot be read"),
        }
        kith.sending().passed.send_replace(passing_for);
        drop(kith);
        tokio::select! {
            () = tokio::time::sleep(AGAIN_AFTER) => {}
            // Without a sender the handle is gone, which is seen above.
            _ = wanted.changed() => {}
            changed = closed.changed() => {
                if changed.is_err() || *closed.borrow() {
                    return;
                }
            }
        }
    }
}

/// One time through what is due.
struct Pass<'a> {
    kith: &'a Kith,
    local: &'a Local,
    /// `None` when nobody asked: then nothing is signed.
    signer: Option<&'a Arc<dyn NostrSigner>>,
    pauses: &'a Pauses,
}

impl Pass<'_> {
    async fn run(&self, due: Vec<Due>) -> QueueRun {
        let claims = due
            .iter()
            .map(|due| self.kith.under_way().claim(due.event.id()));
        let claims: Vec<Option<Claim>> = claims.collect();
        let mut by_relay: BTreeMap<&RelayUrl, Vec<&Event>> = BTreeMap::new();
        for (due, claim) in due.iter().zip(&claims) {
            let relays = due.relays.iter().filter(|_| claim.is_some());
            for relay in relays.filter(|relay| self.may_be_asked(relay)) {
                by_relay.entry(relay).or_default().push(&due.event);
            }
        }
        let relays = by_relay.into_iter().take(RELAYS_PER_PASS_MAX);
        let runs = join_all(relays.map(|(relay, events)| self.send_all(relay, events))).await;
        runs.iter().fold(QueueRun::default(), |sum, run| QueueRun {
            taken: sum.taken + run.taken,
            refused: sum.refused + run.refused,
            waiting: sum.waiting + run.waiting,
        })
    }

    /// A relay that is connected again is not left alone any longer.
    fn may_be_asked(&self, relay: &RelayUrl) -> bool {
        let mut links = self.kith.links().iter();
        !self.pauses.covers(relay) || links.any(|link| link.url() == relay && link.is_connected())
    }

    /// Ends with the first note that has to wait: those after it may need it to be there.
    async fn send_all(&self, relay: &RelayUrl, events: Vec<&Event>) -> QueueRun {
        let mut run = QueueRun::default();
        for event in events {
            let answer = self.send(relay, event).await;
            match &answer {
                Answer::Taken => run.taken += 1,
                Answer::Refused(_) => run.refused += 1,
                Answer::Later(_) | Answer::Silent(_) => run.waiting += 1,
            }
            let is_open = answer.is_open();
            self.pauses
                .note(relay, !matches!(answer, Answer::Silent(_)));
            let answers = vec![(relay.clone(), answer)];
            let (listener, now) = (Listener::Absent, self.kith.now());
            let crossed = self.local.cross_off(event.id(), answers, listener, now);
            if let Err(error) = crossed.await {
                tracing::warn!(%error, "what was sent stays in the queue");
                return run;
            }
            if is_open {
                return run;
            }
        }
        run
    }

    async fn send(&self, relay: &RelayUrl, event: &Event) -> Answer {
        let outcome = self.publish(relay, event).await;
        tracing::debug!(%relay, id = %event.id(), ?outcome, "sent from the queue");
        let outcome = outcome.as_ref().map(|_| ());
        match self.signer {
            Some(_) => Answer::asked(outcome),
            None => Answer::unasked(outcome),
        }
    }

    async fn publish(&self, relay: &RelayUrl, event: &Event) -> Result<String, Reason> {
        let event = nostr_sdk::Event::try_from(event)
            .map_err(|error| Reason::refused(format!("invalid: {error}")))?;
        let link = self.kith.link_to(relay).await?;
        self.kith.hand_to(&link, &event, self.signer).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_that_is_being_sent_is_claimed_by_nobody_else() {
        let under_way = UnderWay::default();
        let id = EventId::from_bytes([1; 32]);
        let claim = under_way.claim(id);
        assert!(claim.is_some());
        for _ in 0..2 {
            assert!(under_way.claim(id).is_none());
        }
        drop(claim);
        assert!(under_way.claim(id).is_some());
    }
}
