//! One connection: reads messages, answers them, and is the only one that writes to its socket.
//!
//! A session is one task. The verbs (`event`, `req`, `count`, `close`, `auth`, `neg`) put their answers
//! into the outbox and their unfinished work into a set of futures; the loop in `connection`
//! writes the one, polls the other, and reads on only while both have room. It knows nothing of
//! SQL, of policy beyond asking for verdicts, or of other sessions.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use crate::admit::Admission;
use crate::gate::Gate;
use crate::reconcile::Reconciler;
use crate::store::Store;
use crate::subscriptions::Subscriptions;
use crate::websocket::WebSocket;

mod auth;
mod challenge;
mod close;
mod comparisons;
mod connection;
mod count;
mod event;
mod invite;
mod leave;
mod limits;
mod live;
mod neg;
mod open;
mod outbox;
mod pulse;
pub(crate) mod rate;
mod req;
mod state;

pub use leave::Ending;
pub use limits::SessionLimits;

/// White space that may surround a message beyond the announced length, in bytes: the limit
/// counts from `[` to `]` (NIP-11).
const MESSAGE_MARGIN_BYTES: usize = 64;

/// What every session works with.
#[derive(Clone)]
pub struct SessionContext {
    /// Answers REQ and COUNT, and says what is in the sets of NEG-OPEN.
    pub store: Arc<dyn Store>,
    /// Where live subscriptions are registered.
    pub subscriptions: Arc<Subscriptions>,
    /// Judges EVENT, and knows the policy that AUTH needs.
    pub admission: Arc<Admission>,
    /// Answers comparisons of sets.
    pub reconciler: Arc<Reconciler>,
    /// Decides what a client may see.
    pub gate: Gate,
    /// Bounds, read again for every message, so that new ones have effect at once.
    pub limits: watch::Receiver<Arc<SessionLimits>>,
}

impl fmt::Debug for SessionContext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SessionContext")
            .field("subscriptions", &self.subscriptions)
            .field("limits", &self.limits.borrow())
            .finish_non_exhaustive()
    }
}

/// Serves one connection until it ends, and tells why it did. `stream` is a socket after the
/// WebSocket handshake, and `read` are bytes that were read behind it; `client` is at its other
/// end. When `shutdown` turns true, what was accepted is answered, the client is told, and the
/// connection closes (NIP-01).
///
/// The future is most of what an idle connection costs, so nothing is in it twice.
pub fn run<S>(
    stream: S,
    read: Vec<u8>,
    context: SessionContext,
    client: IpAddr,
    mut shutdown: watch::Receiver<bool>,
) -> impl Future<Output = Ending>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut session = state::Session::new(context);
    let message_bytes_max = session.limits.message_bytes_max;
    let mut socket = WebSocket::new(
        stream,
        read,
        message_bytes_max.saturating_add(MESSAGE_MARGIN_BYTES),
    );
    async move {
        let ending = session.serve(&mut socket, client, &mut shutdown).await;
        Box::pin(session.leave(&mut socket, ending)).await;
        ending
    }
}

#[cfg(test)]
pub(crate) mod fake_store;
#[cfg(test)]
mod tests;
