//! EVENT: judged while other messages are read, answered by exactly one OK (NIP-01).

use std::sync::Arc;
use std::time::Instant;

use kith_nips::nip01::claimed_id;
use kith_nips::{Prefix, RelayMessage};

use super::state::{Arrived, Done, Session};
use crate::admit::{Decision, Verdict};
use crate::clock::unix_now;
use crate::refusal::Refusal;

/// Events that go together at most: the first waits for the signatures of all.
const EVENTS_TOGETHER_MAX: usize = 16;

impl Session {
    /// Takes the event whose text is `json`.
    pub(super) fn event(&mut self, json: &str) {
        let rate = self.limits.events_per_second_max;
        if !self.allowance.take(rate, Instant::now()) {
            self.answer(&too_fast(json, rate));
            return;
        }
        let admission = Arc::clone(&self.context.admission);
        match admission.check(json, self.reader.keys(), unix_now()) {
            Ok(event) => {
                let bytes = event.memory_bytes();
                self.in_flight.events += 1;
                self.in_flight.event_bytes += bytes;
                self.arrived.events.push(event);
                self.arrived.bytes += bytes;
                if self.arrived.events.len() >= EVENTS_TOGETHER_MAX {
                    self.settle_arrived();
                }
            }
            Err(verdict) => self.answer(&verdict),
        }
    }

    /// Sends the events that were read together on their road.
    pub(super) fn settle_arrived(&mut self) {
        let Arrived { events, bytes } = std::mem::take(&mut self.arrived);
        if events.is_empty() {
            return;
        }
        let admission = Arc::clone(&self.context.admission);
        self.work.push(Box::pin(async move {
            Done::Events(admission.settle_all(events).await, bytes)
        }));
    }

    /// Says what was decided about an event.
    pub(super) fn answer(&mut self, verdict: &Verdict) {
        self.context.admission.tally().count(verdict);
        match verdict {
            Verdict::Event { id, decision } => {
                if let Decision::Refused(Refusal {
                    prefix: Prefix::AuthRequired,
                    ..
                }) = decision
                {
                    self.challenge_once();
                }
                self.outbox.say(&RelayMessage::Ok {
                    id: *id,
                    accepted: decision.accepted(),
                    message: &decision.message(),
                });
            }
            Verdict::Unidentified(reason) => self.outbox.say(&RelayMessage::Notice(reason)),
        }
    }
}

fn too_fast(json: &str, rate: u32) -> Verdict {
    let refusal = Refusal::new(
        Prefix::RateLimited,
        format!("more than {rate} events per second"),
    );
    match claimed_id(json) {
        Some(id) => Verdict::new(id, Decision::Refused(refusal)),
        None => Verdict::Unidentified(refusal.to_string()),
    }
}
