//! Allowed and disallowed kinds (NIP86-13).

use serde_json::json;

use super::list;
use crate::events::{ids, note};
use crate::management::{change, managed, managed_with};

#[tokio::test]
async fn nip86_13_events_of_disallowed_kinds_are_refused() {
    let mut relay = managed().await;
    let mut socket = relay.connect().await;
    let earlier = note(1).kind(7).content("+").signed();
    socket.accept(&earlier).await;
    change(&relay, "disallowkind", json!([7])).await;
    change(&relay, "disallowkind", json!([20_001])).await;
    change(&relay, "allowkind", json!([1])).await;
    for kind in [7, 20_001] {
        let event = note(1).kind(kind).content("-").signed();
        socket.event(&event).await.refused_with("blocked");
    }
    socket.accept(&note(1).signed()).await;
    socket.accept(&note(1).kind(30_023).signed()).await;
    // What is stored stays.
    assert_eq!(
        ids(&socket.query(json!({"kinds": [7]})).await),
        [earlier.id()]
    );
    assert_eq!(list(&relay, "listallowedkinds").await, json!([1]));

    drop(socket);
    relay.restart().await;
    let mut socket = relay.connect().await;
    let event = note(1).kind(7).content("-").signed();
    socket.event(&event).await.refused_with("blocked");
    change(&relay, "allowkind", json!([7])).await;
    socket.accept(&event).await;
    assert_eq!(list(&relay, "listallowedkinds").await, json!([1, 7]));
}

#[tokio::test]
async fn nip86_13_only_allowed_kinds_where_the_operator_wants_that() {
    let relay = managed_with(|config| config.policy.listed_kinds_only = true).await;
    let mut socket = relay.connect().await;
    socket
        .event(&note(1).signed())
        .await
        .refused_with("blocked");
    change(&relay, "allowkind", json!([1])).await;
    socket.accept(&note(1).signed()).await;
    let other = note(1).kind(7).signed();
    socket.event(&other).await.refused_with("blocked");
}
