//! EVENT: judged while other messages are read, answered by exactly one OK (NIP-01).

use std::sync::Arc;
use std::time::Instant;

use kith_nips::nip01::claimed_id;
use kith_nips::{Prefix, RelayMessage};

use super::state::{Done, Session};
use crate::admit::{Decision, Verdict};
use crate::clock::unix_now;
use crate::refusal::Refusal;

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
                self.work.push(Box::pin(async move {
                    Done::Event(admission.settle(event).await, bytes)
                }));
            }
            Err(verdict) => self.answer(&verdict),
        }
    }

    /// Says what was decided about an event.
    pub(super) fn answer(&mut self, verdict: &Verdict) {
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
