//! New events: from the inbox, through the read gate, to the outbox.

use kith_nips::{Prefix, RelayMessage};

use super::open::Route;
use super::state::Session;
use crate::clock::unix_now;
use crate::refusal::Refusal;
use crate::subscriptions::{Arrivals, Delivery};

/// New events that are taken from the inbox at once, in bytes.
const TAKEN_BYTES_MAX: usize = 16_384;

/// The client does not read what its subscriptions bring.
#[derive(Debug)]
pub(super) struct TooSlow;

impl Session {
    /// Takes new events and begins pages, as far as there is room.
    pub(super) fn fill_outbox(&mut self) -> Result<(), TooSlow> {
        loop {
            // Also without room: an inbox that overflowed must not go unseen.
            let bytes_max = match self.outbox.has_room() {
                true => TAKEN_BYTES_MAX,
                false => 0,
            };
            if bytes_max > 0 && self.release() {
                continue;
            }
            match self.inbox.take(bytes_max) {
                Arrivals::Overflowed => return Err(TooSlow),
                Arrivals::Events(deliveries) if deliveries.is_empty() => break,
                Arrivals::Events(deliveries) => {
                    for delivery in deliveries {
                        self.pass_on(delivery);
                    }
                }
            }
        }
        self.ask_pages();
        Ok(())
    }

    /// Sends one event that was held back, if there is any: they are older than the inbox.
    fn release(&mut self) -> bool {
        match self.released.pop_front() {
            Some(delivery) => {
                self.pass_on(delivery);
                true
            }
            None => false,
        }
    }

    fn pass_on(&mut self, delivery: Delivery) {
        match self.subscriptions.route(delivery, &self.limits) {
            Route::Send(id, delivery) => {
                // The inbox asked the gate too, but since then the event may have expired or
                // its author may have been banned.
                if self.reader.may_read(&delivery.event, unix_now()) {
                    self.outbox.say(&RelayMessage::Event {
                        subscription: &id,
                        event: &delivery.event,
                    });
                }
            }
            Route::Done => {}
            Route::Overflowed(key) => {
                if let Some(id) = self.subscriptions.id(key).cloned() {
                    self.close(id.as_str());
                    self.refuse(
                        &id,
                        &Refusal::new(
                            Prefix::Error,
                            "too many new events came before the stored ones were read",
                        ),
                    );
                }
            }
        }
    }
}
