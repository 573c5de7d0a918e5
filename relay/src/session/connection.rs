//! The loop of one session: takes what happened next, hands it to the verb or to `live` and `req`,
//! and starts over. Every kind of waiting has a bound; at a bound the session stops reading its
//! socket and nothing else.

use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::FutureExt;
use futures_util::stream::StreamExt;
use kith_nips::RelayMessage;
use kith_nips::nip01::{ClientMessage, FilterLimits, MessageError};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use super::leave::Ending;
use super::live::TooSlow;
use super::outbox::{Exchange, exchange};
use super::pulse::Beat;
use super::state::{Done, InFlight, Session};
use crate::websocket::{Received, WebSocket};

impl Session {
    /// Serves the connection until there is a reason to end it.
    pub(super) async fn serve<S>(
        &mut self,
        socket: &mut WebSocket<S>,
        client: IpAddr,
        shutdown: &mut watch::Receiver<bool>,
    ) -> Ending
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        if self.context.admission.policy().authentication {
            self.challenge_once();
        }
        // Waits through all turns of the loop: to begin anew each time would cost every message.
        let mut stopped = pin!(told_to_stop(shutdown));
        let mut blocked = pin!(self.context.gate.clone().blocked(client));
        loop {
            if let Err(TooSlow) = self.fill_outbox() {
                return Ending::TooSlow;
            }
            let may_read = self.may_read();
            let ping_interval = Duration::from_millis(self.limits.ping_interval_ms);
            let ping_timeout = Duration::from_millis(self.limits.ping_timeout_ms);
            let negentropy_idle = Duration::from_millis(self.limits.negentropy_idle_ms);
            tokio::select! {
                biased;
                () = &mut stopped => return Ending::ShutDown,
                () = &mut blocked => return Ending::Blocked,
                Some(done) = self.work.next() => {
                    self.finished(done);
                    // Whoever else has finished needs no turn of the loop.
                    while let Some(Some(done)) = self.work.next().now_or_never() {
                        self.finished(done);
                    }
                }
                () = self.inbox.arrived() => {}
                exchanged = exchange(socket, &mut self.outbox, may_read) => match exchanged {
                    Exchange::Received(received) => {
                        self.pulse.heard();
                        let ending = self.take_read(socket, received);
                        self.settle_arrived();
                        if let Some(ending) = ending {
                            return ending;
                        }
                    }
                    Exchange::Room => {}
                    Exchange::Broken(broken) => return Ending::of(&broken),
                },
                () = self.comparisons.idle(negentropy_idle) => self.close_idle_comparisons(),
                beat = self.pulse.beat(ping_interval, ping_timeout) => {
                    // While it is not listened to, a client that reads is there.
                    if !may_read && self.outbox.take_progress() {
                        self.pulse.heard();
                    } else if beat == Beat::Lost {
                        return Ending::Lost;
                    } else {
                        self.outbox.ping();
                    }
                }
            }
        }
    }

    /// Whether another message of the client may be taken on.
    fn may_read(&self) -> bool {
        let InFlight {
            events,
            event_bytes,
            queries,
            pages: _,
            authentication,
        } = self.in_flight;
        self.outbox.has_room()
            && !authentication
            && events < self.limits.events_in_flight_max
            && event_bytes < self.limits.events_in_flight_bytes_max
            && queries < self.limits.queries_in_flight_max
    }

    /// Takes a message, and as many of those that came with it as there is room for.
    fn take_read<S>(&mut self, socket: &mut WebSocket<S>, mut received: Received) -> Option<Ending>
    where
        S: AsyncRead + Unpin,
    {
        loop {
            if let Some(ending) = self.received(received, socket.payload()) {
                return Some(ending);
            }
            if !self.may_read() {
                return None;
            }
            match socket.next_read() {
                Ok(Some(next)) => received = next,
                Ok(None) => return None,
                Err(broken) => return Some(Ending::of(&broken)),
            }
        }
    }

    /// Takes one message or control frame.
    fn received(&mut self, received: Received, payload: &[u8]) -> Option<Ending> {
        match received {
            Received::Text => match str::from_utf8(payload) {
                Ok(text) => return self.text(text),
                Err(_) => return Some(Ending::NotUtf8),
            },
            Received::Binary => self.notice("messages are text, this was binary"),
            Received::Ping => self.outbox.pong(payload),
            Received::Pong => {}
            Received::Close(echo) => return Some(self.closed_by_client(payload, echo)),
        }
        None
    }

    fn text(&mut self, text: &str) -> Option<Ending> {
        self.limits = Arc::clone(&self.context.limits.borrow());
        let text = text.trim_ascii();
        if text.len() > self.limits.message_bytes_max {
            return Some(Ending::MessageTooLong);
        }
        let limits = FilterLimits {
            filters_per_request_max: self.limits.filters_per_request_max,
            filter_values_max: self.limits.filter_values_max,
        };
        match ClientMessage::parse(text, &limits) {
            Ok(ClientMessage::Event(json)) => self.event(json),
            Ok(ClientMessage::Req {
                subscription,
                filters,
            }) => self.req(&subscription, filters),
            Ok(ClientMessage::Count { query, filters }) => self.count(query, filters),
            Ok(ClientMessage::Close(subscription)) => self.close(subscription.as_str()),
            Ok(ClientMessage::Auth(json)) => self.auth(json),
            Ok(ClientMessage::NegOpen {
                subscription,
                filter,
                message,
            }) => self.neg_open(&subscription, *filter, message),
            Ok(ClientMessage::NegMsg {
                subscription,
                message,
            }) => self.neg_msg(&subscription, message),
            Ok(ClientMessage::NegClose(subscription)) => self.neg_close(&subscription),
            Err(MessageError::Notice(reason)) => self.outbox.say(&RelayMessage::Notice(&reason)),
            Err(MessageError::Closed {
                subscription,
                reason,
            }) => {
                self.close(&subscription);
                self.outbox.say(&RelayMessage::Closed {
                    subscription: &subscription,
                    message: &reason,
                });
            }
            Err(MessageError::Uncounted { query, reason }) => {
                self.outbox.say(&RelayMessage::Closed {
                    subscription: &query,
                    message: &reason,
                });
            }
            Err(MessageError::Unsynced {
                subscription,
                reason,
            }) => {
                self.comparisons.close(&subscription);
                self.outbox.say(&RelayMessage::NegErr {
                    subscription: &subscription,
                    message: &reason,
                    records_max: None,
                });
            }
        }
        None
    }

    /// Takes the result of work.
    pub(super) fn finished(&mut self, done: Done) {
        match done {
            Done::Events(verdicts, bytes) => {
                self.in_flight.events -= verdicts.len();
                self.in_flight.event_bytes = self.in_flight.event_bytes.saturating_sub(bytes);
                for verdict in &verdicts {
                    self.answer(verdict);
                }
            }
            Done::Invited(key, filters, invitation) => self.invited(key, filters, invitation),
            Done::Begun(key, scan) => {
                self.in_flight.queries -= 1;
                self.begun(key, scan);
            }
            Done::Page(key, page) => {
                self.in_flight.pages -= 1;
                self.page(key, page);
            }
            Done::Counted(query, counted) => {
                self.in_flight.queries -= 1;
                self.counted(&query, counted);
            }
            Done::Compared(key, compared) => {
                self.in_flight.queries -= 1;
                self.compared(key, compared);
            }
            Done::Authenticated(authenticated) => {
                self.in_flight.authentication = false;
                self.authenticated(authenticated);
            }
        }
    }
}

/// Resolves when the relay stops, also when whoever would say so is gone.
async fn told_to_stop(shutdown: &mut watch::Receiver<bool>) {
    // An error means that the sender was dropped, which is the end as well.
    let _ = shutdown.wait_for(|stop| *stop).await;
}
