//! Whose metadata is taken (LBC-09 to LBC-11).

use std::slice;

use kith_nips::Event;
use serde_json::json;

use super::{community, metadata};
use crate::events::{MOMENT, Note, ids, in_order, note, pubkey};
use crate::harness::TestRelay;
use crate::keeping::WAYS;

/// Metadata by the key `author`, in every form that names the community.
fn forms(author: u32, community: &Event) -> Vec<Note> {
    let id = community.id().to_string();
    let metadata = || note(author).kind(30_037);
    vec![
        metadata().tag(&["d", &id]),
        metadata().tag(&["d", &id]).tag(&["e", &id]),
        metadata().tag(&["e", &id]),
        metadata().tag(&["d", "brighton"]).tag(&["e", &id]),
        metadata().tag(&["d", ""]).tag(&["e", &id, "wss://x"]),
    ]
}

#[tokio::test]
async fn lbc_09_only_the_owner_describes_a_community() {
    for way in WAYS {
        let mut relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let mut live = relay.connect().await;
        let owned = community(1).signed();
        socket.accept(&owned).await;
        live.req("live", json!({"kinds": [30_037]})).await;
        for form in forms(2, &owned) {
            let forged = form.at(MOMENT + 9).signed();
            socket.event(&forged).await.refused_with("restricted");
            assert_eq!(socket.count(json!({"ids": [forged.id()]})).await, 0);
        }
        live.nothing_delivered().await;
        for (form, at) in forms(1, &owned).into_iter().zip(MOMENT..) {
            let real = form.at(at).signed();
            socket.accept(&real).await;
            assert_eq!(live.expect_event("live").await, real);
        }
        drop((socket, live));
        relay.restart().await;
        let mut socket = relay.connect().await;
        let forged = metadata(2, &owned).signed();
        socket.event(&forged).await.refused_with("restricted");
        let newer = metadata(1, &owned).at(MOMENT + 99).signed();
        socket.accept(&newer).await;
        // Being somebody else's owner does not help.
        let other = community(2).signed();
        socket.accept(&other).await;
        socket.event(&forged).await.refused_with("restricted");
        socket.accept(&metadata(2, &other).signed()).await;
    }
}

#[tokio::test]
async fn lbc_10_metadata_may_come_before_its_community() {
    for way in WAYS {
        for number in 0..forms(1, &community(1).signed()).len() {
            let mut relay = TestRelay::start_with(way).await;
            let mut socket = relay.connect().await;
            let owned = community(1).signed();
            let real = forms(1, &owned)[number].clone().signed();
            let forged: Vec<Event> = [2, 3]
                .map(|key| forms(key, &owned)[number].clone().at(MOMENT + 9).signed())
                .to_vec();
            for event in forged.iter().chain([&real]) {
                socket.accept(event).await;
            }
            let mut all = forged.clone();
            all.push(real.clone());
            let filter = json!({"kinds": [30_037]});
            assert_eq!(socket.query(filter.clone()).await, in_order(&all));
            drop(socket);
            relay.restart().await;
            let mut socket = relay.connect().await;
            assert_eq!(socket.count(filter.clone()).await, 3);
            socket.accept(&owned).await;
            drop(socket);
            for _ in 0..2 {
                let mut socket = relay.connect().await;
                assert_eq!(socket.query(filter.clone()).await, slice::from_ref(&real));
                let gone = json!({"ids": ids(&forged)});
                assert_eq!(socket.query(gone.clone()).await, []);
                assert_eq!(socket.count(gone).await, 0);
                for event in &forged {
                    socket.event(event).await.refused_with("restricted");
                }
                drop(socket);
                relay.restart().await;
            }
        }
    }
}

#[tokio::test]
async fn lbc_10_what_names_no_community_is_invalid() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let id = community(1).signed().id().to_string();
    let metadata = || note(1).kind(30_037);
    for nameless in [
        metadata(),
        metadata().tag(&["d", "brighton"]),
        metadata().tag(&["d", ""]).tag(&["title", "x"]),
        metadata().tag(&["d", &id[1..]]),
        metadata().tag(&["d", &id.to_uppercase()]),
        metadata().tag(&["d", "x"]).tag(&["e", "not an id"]),
        metadata().tag(&["d", "x"]).tag(&["e"]),
        metadata().tag(&["d", "x"]).tag(&["p", &id]),
    ] {
        let event = nameless.signed();
        socket.event(&event).await.refused_with("invalid");
        assert_eq!(socket.count(json!({"ids": [event.id()]})).await, 0);
    }
}

#[tokio::test]
async fn lbc_11_without_the_switch_metadata_is_an_event_like_others() {
    for way in WAYS {
        let mut relay = TestRelay::start_with(|config| {
            way(config);
            config.lbc.enforce_owner = false;
        })
        .await;
        let mut socket = relay.connect().await;
        let owned = community(1).signed();
        let early = metadata(2, &owned).signed();
        socket.accept(&early).await;
        socket.accept(&owned).await;
        let late = metadata(3, &owned).signed();
        socket.accept(&late).await;
        let nameless = note(4).kind(30_037).tag(&["d", "brighton"]).signed();
        socket.accept(&nameless).await;
        let all = in_order(&[early.clone(), late, nameless]);
        drop(socket);
        for _ in 0..2 {
            let mut socket = relay.connect().await;
            assert_eq!(socket.query(json!({"kinds": [30_037]})).await, all);
            drop(socket);
            relay.restart().await;
        }
        let mut socket = relay.connect().await;
        let newer = metadata(2, &owned).at(MOMENT + 1).signed();
        socket.accept(&newer).await;
        let filter = json!({"kinds": [30_037], "authors": [pubkey(2)]});
        assert_eq!(socket.query(filter).await, [newer]);
    }
}
