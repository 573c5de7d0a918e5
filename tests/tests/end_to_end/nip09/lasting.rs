//! Requests themselves stay (NIP09-11 to NIP09-13).

use serde_json::json;

use super::{is_gone, is_there, request, request_of_address};
use crate::events::{MOMENT, note, pubkey};
use crate::harness::TestRelay;
use crate::keeping::WAYS;

#[tokio::test]
async fn nip09_11_con_10_deleting_a_deletion_has_no_effect() {
    for way in WAYS {
        let mut relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let target = note(1).signed();
        socket.accept(&target).await;
        let deletion = request(1, [&target]).signed();
        socket.accept(&deletion).await;
        let author = pubkey(1);
        let undo = request(1, [&deletion])
            .tag(&["a", &format!("5:{author}:")])
            .tag(&["a", &format!("5:{author}:x")])
            .tag(&["k", "5"])
            .at(MOMENT + 9)
            .signed();
        socket.accept(&undo).await;
        drop(socket);
        for _ in 0..2 {
            let mut socket = relay.connect().await;
            for lasting in [&deletion, &undo] {
                is_there(&mut socket, lasting).await;
                socket.event(lasting).await.accepted_with("duplicate");
            }
            is_gone(&mut socket, &target).await;
            socket.event(&target).await.refused_with("blocked");
            drop(socket);
            relay.restart().await;
        }
        // Nor does it when the request to delete the deletion came first.
        let mut socket = relay.connect().await;
        let second = note(1).content("second").signed();
        let late = request(1, [&second]).signed();
        socket.accept(&second).await;
        socket.accept(&request(1, [&late]).signed()).await;
        socket.accept(&late).await;
        is_there(&mut socket, &late).await;
        is_gone(&mut socket, &second).await;
    }
}

#[tokio::test]
async fn nip09_12_deleting_a_request_to_vanish_has_no_effect() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let vanish = note(1).kind(62).tag(&["relay", "ALL_RELAYS"]).signed();
        socket.accept(&vanish).await;
        let undo = request(1, [&vanish])
            .tag(&["a", &format!("62:{}:", pubkey(1))])
            .at(MOMENT + 1)
            .signed();
        socket.accept(&undo).await;
        is_there(&mut socket, &vanish).await;
        socket.event(&vanish).await.accepted_with("duplicate");
        // Nor by a request that came first.
        let later = note(2).kind(62).tag(&["relay", "ALL_RELAYS"]).signed();
        let early = request_of_address(2, &format!("62:{}:", pubkey(2)));
        let early = early.tag(&["e", &later.id().to_string()]).at(MOMENT + 1);
        socket.accept(&early.signed()).await;
        socket.accept(&later).await;
        is_there(&mut socket, &later).await;
    }
}

#[tokio::test]
async fn nip09_13_requests_are_kept_served_and_pushed() {
    for way in WAYS {
        let mut relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let mut live = relay.connect().await;
        let target = note(1).signed();
        socket.accept(&target).await;
        live.req("requests", json!({"kinds": [5]})).await;
        let id = target.id();
        live.req("about it", json!({"#e": [id], "authors": [pubkey(1)]}))
            .await;
        // Also one that finds nothing to remove.
        let absent = note(1).content("never published").signed();
        let requests = [
            request(1, [&target]).content("by mistake").signed(),
            request(1, [&absent]).at(MOMENT + 1).signed(),
        ];
        socket.accept(&requests[0]).await;
        let mut pushed = [live.receive().await, live.receive().await].map(|reply| match reply {
            crate::harness::Reply::Event {
                subscription,
                event,
            } => {
                assert_eq!(event.json(), requests[0].json());
                subscription
            }
            other => panic!("{other:?}"),
        });
        pushed.sort();
        assert_eq!(pushed, ["about it", "requests"]);
        socket.accept(&requests[1]).await;
        assert_eq!(live.expect_event("requests").await, requests[1]);
        live.nothing_delivered().await;
        drop((socket, live));
        for _ in 0..2 {
            let mut socket = relay.connect().await;
            let newest_first = [requests[1].clone(), requests[0].clone()];
            assert_eq!(socket.query(json!({"kinds": [5]})).await, newest_first);
            assert_eq!(
                socket.query(json!({"#e": [id]})).await,
                [requests[0].clone()]
            );
            drop(socket);
            relay.restart().await;
        }
    }
}
