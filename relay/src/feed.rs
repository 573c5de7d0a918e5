//! What was committed, in commit order: the only road from the store to live subscriptions.
//!
//! The writer publishes a batch after its commit is durable, never before. One dispatcher reads.
//! Nothing here knows filters, sockets or SQL.

use std::sync::Arc;

use kith_nips::Event;
use tokio::sync::mpsc;

use crate::store::Sequence;

/// Batches that may wait for the dispatcher before the writer itself waits.
pub const FEED_BATCHES_MAX: usize = 64;

/// One event and its place in the log.
#[derive(Debug, Clone)]
pub struct Committed {
    /// Position in the log; later commits have greater sequences.
    pub sequence: Sequence,
    /// The event, durable by now.
    pub event: Arc<Event>,
    /// Whether a search may find it: a community's description only once its owner's community is
    /// stored (LBC-10).
    pub searchable: bool,
}

/// The writing end, held by the store's writer.
#[derive(Debug, Clone)]
pub struct FeedPublisher(mpsc::Sender<Vec<Committed>>);

/// The reading end, held by the one dispatcher.
#[derive(Debug)]
pub struct Feed(mpsc::Receiver<Vec<Committed>>);

/// Connects a writer with a dispatcher.
pub fn channel() -> (FeedPublisher, Feed) {
    let (sender, receiver) = mpsc::channel(FEED_BATCHES_MAX);
    (FeedPublisher(sender), Feed(receiver))
}

impl FeedPublisher {
    /// Hands over one committed batch, waiting while the dispatcher is [`FEED_BATCHES_MAX`]
    /// behind. Without a dispatcher (an import, a test of the store) batches are dropped.
    ///
    /// Must be called from a thread of its own, not from an asynchronous task.
    pub fn publish(&self, batch: Vec<Committed>) {
        if !batch.is_empty() {
            // A closed feed means that nobody subscribes any more; the events are durable already.
            let _ = self.0.blocking_send(batch);
        }
    }
}

impl Feed {
    /// The next committed batch; `None` once the store is closed and everything was read.
    pub async fn next(&mut self) -> Option<Vec<Committed>> {
        self.0.recv().await
    }
}
