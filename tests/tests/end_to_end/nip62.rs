//! NIP-62, requests to vanish, line by line.

use kith_nips::Event;
use serde_json::json;

use crate::events::{MOMENT, Note, note, now, pubkey};
use crate::harness::{Socket, TestRelay};
use crate::keeping::WAYS;

fn request(key: u32, relay: &str) -> Note {
    note(key).kind(62).tag(&["relay", relay])
}

/// One event of each storage class by this key, the second after [`MOMENT`] − `seconds`.
fn everything(key: u32, seconds: u64) -> Vec<Event> {
    let at = MOMENT - seconds;
    vec![
        note(key).at(at).content("words").signed(),
        note(key).at(at).kind(0).content("{}").signed(),
        note(key).at(at).kind(31_923).tag(&["d", "x"]).signed(),
        note(key)
            .at(at)
            .kind(5)
            .tag(&["e", &"1".repeat(64)])
            .signed(),
    ]
}

async fn holds(socket: &mut Socket, events: &[Event]) -> usize {
    let ids: Vec<_> = events.iter().map(Event::id).collect();
    let found = socket.query(json!({"ids": ids})).await.len();
    assert_eq!(socket.count(json!({"ids": ids})).await, found as u64);
    found
}

#[tokio::test]
async fn nip62_01_the_relay_by_name_or_all_relays() {
    for way in WAYS {
        let relay = TestRelay::start_with(|config| {
            way(config);
            config.server.public_url = Some("wss://Relay.example.com/chat".to_owned());
        })
        .await;
        let mut socket = relay.connect().await;
        let names = [
            "ALL_RELAYS".to_owned(),
            relay.url(),
            "wss://relay.example.com".to_owned(),
            "ws://RELAY.example.com:80/".to_owned(),
        ];
        for (key, name) in (1..).zip(names) {
            let mut events = everything(key, 5);
            events.push(note(key).content("the same second").signed());
            let later = note(key).at(MOMENT + 1).content("later").signed();
            socket.accept_all(&events).await;
            socket.accept(&later).await;
            let request = request(key, &name).tag(&["relay", "wss://other.example.com"]);
            socket.accept(&request.signed()).await;
            assert_eq!(holds(&mut socket, &events).await, 0, "{name}");
            assert_eq!(holds(&mut socket, &[later]).await, 1, "{name}");
        }
    }
}

#[tokio::test]
async fn nip62_02_wraps_for_the_key_go_as_well() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        socket.authenticate(1).await.stored();
        socket.authenticate(2).await.stored();
        let (one, two) = (pubkey(1).to_string(), pubkey(2).to_string());
        let mine = [
            note(9).kind(1_059).tag(&["p", &one]).signed(),
            note(8)
                .kind(1_059)
                .tag(&["p", &two])
                .tag(&["p", &one])
                .signed(),
        ];
        let other = [note(9).kind(1_059).tag(&["p", &two]).signed()];
        socket.accept_all(&mine).await;
        socket.accept_all(&other).await;
        assert_eq!(holds(&mut socket, &mine).await, 2);
        socket.accept(&request(1, "ALL_RELAYS").signed()).await;
        assert_eq!(holds(&mut socket, &mine).await, 0);
        assert_eq!(holds(&mut socket, &other).await, 1);
        socket.event(&mine[0]).await.refused_with("blocked");
    }
}

#[tokio::test]
async fn nip62_03_04_the_past_stays_out_and_the_future_is_open() {
    for way in WAYS {
        let mut relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let events = everything(1, 5);
        socket.accept_all(&events).await;
        let request = request(1, "ALL_RELAYS").signed();
        socket.accept(&request).await;
        for _ in 0..2 {
            for event in &events {
                socket.event(event).await.refused_with("blocked");
            }
            for kind in [1, 20_001, 24_133] {
                let never_seen = note(1).kind(kind).content("never seen").signed();
                socket.event(&never_seen).await.refused_with("blocked");
            }
            socket.event(&request).await.accepted_with("duplicate");
            drop(socket);
            relay.restart().await;
            socket = relay.connect().await;
        }
        for event in [
            note(1).at(MOMENT + 1).signed(),
            note(1).at(MOMENT + 1).kind(0).signed(),
            note(1)
                .at(MOMENT + 1)
                .kind(31_923)
                .tag(&["d", "x"])
                .signed(),
        ] {
            socket.accept(&event).await;
            assert_eq!(holds(&mut socket, &[event]).await, 1);
        }
        socket
            .accept(&note(1).at(MOMENT + 1).kind(20_001).signed())
            .await;
    }
}

#[tokio::test]
async fn nip62_05_a_request_for_others_has_no_effect() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let events = everything(1, 5);
    socket.accept_all(&events).await;
    let without = note(1).kind(62).signed();
    socket.event(&without).await.refused_with("invalid");
    for name in ["all_relays", "wss://other.example.com", "", "ALL_RELAYS "] {
        let event = request(1, name).signed();
        socket.event(&event).await.refused_with("invalid");
    }
    let in_another_place = note(1).kind(62).tag(&["r", "ALL_RELAYS"]).signed();
    socket
        .event(&in_another_place)
        .await
        .refused_with("invalid");
    assert_eq!(holds(&mut socket, &events).await, events.len());
}

#[tokio::test]
async fn nip62_07_requests_are_not_deleted_and_older_ones_change_nothing() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let vanish = request(1, "ALL_RELAYS").signed();
        socket.accept(&vanish).await;
        let deletion = note(1)
            .kind(5)
            .at(MOMENT + 1)
            .tag(&["e", &vanish.id().to_string()])
            .signed();
        socket.accept(&deletion).await;
        assert_eq!(holds(&mut socket, std::slice::from_ref(&vanish)).await, 1);
        let later = note(1).at(MOMENT + 2).signed();
        socket.accept(&later).await;
        let older = request(1, "ALL_RELAYS").at(MOMENT - 5).signed();
        socket.event(&older).await.refused_with("blocked");
        assert_eq!(holds(&mut socket, &[later, deletion]).await, 2);
        let between = note(1).at(MOMENT - 1).signed();
        socket.event(&between).await.refused_with("blocked");
    }
}

#[tokio::test]
async fn nip62_08_global_requests_spread_and_others_are_for_their_author() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let mut reader = relay.connect().await;
    reader.req("live", json!({"kinds": [62]})).await;
    let here = request(1, &relay.url()).signed();
    let everywhere = request(2, "ALL_RELAYS")
        .tag(&["relay", &relay.url()])
        .signed();
    socket.accept(&here).await;
    socket.accept(&everywhere).await;
    assert_eq!(reader.expect_event("live").await, everywhere);
    assert_eq!(
        reader.query(json!({"kinds": [62]})).await,
        std::slice::from_ref(&everywhere)
    );
    assert_eq!(reader.count(json!({"ids": [here.id()]})).await, 0);
    reader.authenticate(2).await.stored();
    assert_eq!(reader.query(json!({"ids": [here.id()]})).await, []);
    reader.authenticate(1).await.stored();
    assert_eq!(reader.query(json!({"ids": [here.id()]})).await, [here]);
}

#[tokio::test]
async fn nip62_09_deletions_that_are_gone_leave_their_targets_out() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let target = note(1).at(MOMENT - 9).signed();
        let deletion = note(1)
            .kind(5)
            .at(MOMENT - 8)
            .tag(&["e", &target.id().to_string()])
            .signed();
        socket.accept(&target).await;
        socket.accept(&deletion).await;
        socket.accept(&request(1, "ALL_RELAYS").signed()).await;
        assert_eq!(holds(&mut socket, &[deletion]).await, 0);
        socket.event(&target).await.refused_with("blocked");
    }
}

#[tokio::test]
async fn nip62_11_a_request_from_the_future_is_invalid() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let events = everything(1, 5);
    socket.accept_all(&events).await;
    let ahead = request(1, "ALL_RELAYS").at(now() + 3_600).signed();
    socket.event(&ahead).await.refused_with("invalid");
    assert_eq!(holds(&mut socket, &events).await, events.len());
}

#[tokio::test]
async fn nip62_12_subscriptions_searches_and_sketches_show_nothing_of_it() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let mut live = relay.connect().await;
        let words = note(1).content("vanishing words").tag(&["t", "x"]).signed();
        socket.accept(&words).await;
        assert_eq!(live.req("live", json!({"kinds": [1]})).await, [words]);
        socket.accept(&request(1, "ALL_RELAYS").signed()).await;
        live.nothing_delivered().await;
        for filter in [
            json!({"search": "vanishing"}),
            json!({"authors": [pubkey(1)], "kinds": [1]}),
            json!({"#t": ["x"]}),
        ] {
            assert_eq!(socket.query(filter.clone()).await, []);
            assert_eq!(socket.count(filter).await, 0);
        }
        socket.send(json!(["COUNT", "sketch", {"#t": ["x"]}])).await;
        let reply = socket.receive().await;
        let crate::harness::Reply::Count { hll, .. } = reply else {
            panic!("{reply:?}");
        };
        assert_eq!(hll.unwrap(), "0".repeat(512));
    }
}
