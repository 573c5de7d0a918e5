//! Frames and connections (NIP01-01 to NIP01-13).

use crate::events::note;
use crate::harness::TestRelay;

#[tokio::test]
async fn smoke() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let event = note(1).content("hello").signed();
    socket.accept(&event).await;
    socket.event(&event).await.accepted_with("duplicate");
    assert_eq!(socket.query(serde_json::json!({})).await, [event]);
    socket.authenticate(3).await.stored();
    socket.nothing_more().await;
    socket.nothing_delivered().await;
}
