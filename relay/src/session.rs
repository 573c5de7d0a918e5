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
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use crate::admit::Admission;
use crate::gate::Gate;
use crate::reconcile::Reconciler;
use crate::store::Store;
use crate::subscriptions::Subscriptions;

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
mod rate;
mod req;
mod state;

pub use leave::Ending;
pub use limits::SessionLimits;

/// Read buffer of a connection, in bytes. It is allocated for every connection, idle or not.
const READ_BUFFER_BYTES: usize = 4_096;

/// Small answers are written together until they have this many bytes.
const WRITE_TOGETHER_BYTES: usize = 4_096;

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

/// How to set up the WebSocket of a session.
pub fn websocket_config(limits: &SessionLimits) -> WebSocketConfig {
    let message_bytes_max = limits
        .message_bytes_max
        .saturating_add(MESSAGE_MARGIN_BYTES);
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_TOGETHER_BYTES)
        .max_message_size(Some(message_bytes_max))
        .max_frame_size(Some(message_bytes_max))
}

/// Serves one connection until it ends, and tells why it did. `socket` must have been set up with
/// [`websocket_config`]; `client` is at its other end. When `shutdown` turns true, what was accepted is answered, the client is
/// told, and the connection closes (NIP-01).
pub async fn run<S>(
    mut socket: WebSocketStream<S>,
    context: SessionContext,
    client: IpAddr,
    mut shutdown: watch::Receiver<bool>,
) -> Ending
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut session = state::Session::new(context);
    let ending = session.serve(&mut socket, client, &mut shutdown).await;
    session.leave(&mut socket, ending).await;
    ending
}

#[cfg(test)]
pub(crate) mod fake_store;
#[cfg(test)]
mod tests;
