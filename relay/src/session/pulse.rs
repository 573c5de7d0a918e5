//! Whether the client is still there: a ping after silence, the end after silence that follows
//! (NIP-01).

use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// The clock of one connection.
#[derive(Debug)]
pub(super) struct Pulse {
    heard_at: Instant,
    pinged: bool,
    timer: Pin<Box<Sleep>>,
}

/// What silence calls for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beat {
    /// Ask whether the client is there.
    Ping,
    /// It was asked and did not answer.
    Lost,
}

impl Pulse {
    /// Starts with a client that was just heard.
    pub(super) fn new(ping_interval: Duration) -> Self {
        let now = Instant::now();
        Pulse {
            heard_at: now,
            pinged: false,
            timer: Box::pin(sleep_until(now + ping_interval)),
        }
    }

    /// Something came from the client.
    pub(super) fn heard(&mut self) {
        self.heard_at = Instant::now();
        self.pinged = false;
    }

    /// Resolves when the client was silent for too long. Safe to drop at any time.
    pub(super) async fn beat(&mut self, ping_interval: Duration, ping_timeout: Duration) -> Beat {
        loop {
            let due = self.heard_at + ping_interval;
            // The timer is not moved each time something is heard, which would cost more than to
            // look back when it is due. Only one that is set too late is moved.
            if !self.pinged && self.timer.deadline() > due {
                self.timer.as_mut().reset(due);
            }
            self.timer.as_mut().await;
            if self.pinged {
                return Beat::Lost;
            }
            let now = Instant::now();
            if due <= now {
                self.pinged = true;
                self.timer.as_mut().reset(now + ping_timeout);
                return Beat::Ping;
            }
            self.timer.as_mut().reset(due);
        }
    }
}
