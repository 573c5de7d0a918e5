//! Clients that mean harm, or are broken: what one of them does costs the relay a bounded amount
//! of memory and the others nothing. How fast the others are served is measured with
//! `kith-bench hostile`; that they are served is tested here.

use serde_json::json;

use crate::events::note;
use crate::harness::Socket;

mod connections;
mod filters;
mod floods;
mod frames;
mod slow_readers;

/// Whoever behaves is served: an event is stored, found and counted.
async fn served(socket: &mut Socket, at: u64) {
    let event = note(99).kind(9_000).at(at).signed();
    socket.accept(&event).await;
    let filter = json!({"ids": [event.id()]});
    assert_eq!(socket.count(filter.clone()).await, 1);
    assert_eq!(socket.query(filter).await, [event]);
}

/// How much more memory the program had at its worst than before, where the system tells.
#[track_caller]
fn assert_grown_less_than(bytes_max: u64, before: Option<u64>, after: Option<u64>) {
    if let (Some(before), Some(after)) = (before, after) {
        let grown = after - before;
        assert!(grown < bytes_max, "{grown} bytes, at most {bytes_max}");
    }
}
