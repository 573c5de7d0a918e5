//! Banned and allowed events (NIP86-11); what moderators reported is in `nip56`.

use serde_json::json;

use super::list;
use crate::events::{ids, note, pubkey};
use crate::keeping::WAYS;
use crate::management::{ADMINISTRATOR, change, managed, managed_with};

#[tokio::test]
async fn nip86_11_a_banned_event_is_gone_and_stays_away_until_it_is_allowed() {
    for way in WAYS {
        let mut relay = managed_with(|config| {
            way(config);
            config.policy.administrators = vec![pubkey(ADMINISTRATOR)];
        })
        .await;
        let mut socket = relay.connect().await;
        let (rude, kind) = (
            note(1).content("rude").signed(),
            note(1).content("kind").signed(),
        );
        socket.accept_all(&[rude.clone(), kind.clone()]).await;
        change(&relay, "banevent", json!([rude.id(), "rude"])).await;
        let ask = json!({"authors": [pubkey(1)]});
        assert_eq!(ids(&socket.query(ask.clone()).await), [kind.id()]);
        assert_eq!(socket.count(ask.clone()).await, 1);
        socket.event(&rude).await.refused_with("blocked");
        let banned = json!([{"id": rude.id(), "reason": "rude"}]);
        assert_eq!(list(&relay, "listbannedevents").await, banned);

        drop(socket);
        relay.restart().await;
        assert_eq!(list(&relay, "listbannedevents").await, banned);
        let mut socket = relay.connect().await;
        socket.event(&rude).await.refused_with("blocked");
        change(&relay, "allowevent", json!([rude.id()])).await;
        assert_eq!(list(&relay, "listbannedevents").await, json!([]));
        // It was removed, so it does not come back by itself.
        assert_eq!(socket.query(ask.clone()).await, [kind]);
        socket.accept(&rude).await;
        assert_eq!(socket.count(ask).await, 2);
    }
}

#[tokio::test]
async fn nip86_11_an_event_can_be_banned_before_it_comes() {
    let relay = managed().await;
    let mut socket = relay.connect().await;
    let event = note(1).content("not yet sent").signed();
    change(&relay, "banevent", json!([event.id()])).await;
    socket.event(&event).await.refused_with("blocked");
}
