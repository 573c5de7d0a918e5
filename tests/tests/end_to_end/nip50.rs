//! NIP-50, search, line by line.

use kith_nips::Event;
use serde_json::json;

use crate::clock::holds_until;
use crate::events::{MOMENT, ids, note, now, pubkey};
use crate::harness::{Reply, TestRelay};
use crate::keeping::WAYS;

/// A meetup by the key 1 with one of the tags that are searched.
fn meetup(identifier: &str, name: &str, text: &str) -> Event {
    note(1)
        .kind(31_923)
        .tag(&["d", identifier])
        .tag(&[name, text])
        .signed()
}

#[tokio::test]
async fn nip50_01_words_are_found_in_content_and_describing_tags() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let mut found: Vec<Event> = ["title", "name", "summary", "location"]
            .into_iter()
            .map(|name| meetup(name, name, "Harbour walk"))
            .collect();
        for kind in [31_922, 31_924] {
            let tags = note(1).kind(kind).tag(&["d", "x"]);
            found.push(tags.tag(&["title", "Harbour walk"]).signed());
        }
        found.push(note(1).content("A walk along the harbour").signed());
        let others = [
            meetup("d", "r", "Harbour walk"),
            note(1).tag(&["title", "Harbour walk"]).signed(),
            note(1).content("A walk").signed(),
            note(1).content("overwalk harbour").signed(),
        ];
        socket.accept_all(&found).await;
        socket.accept_all(&others).await;
        let search = json!({"search": "harbour walk"});
        let mut answer = ids(&socket.query(search.clone()).await);
        let mut expected = ids(&found);
        answer.sort_unstable();
        expected.sort_unstable();
        assert_eq!(answer, expected);
        assert_eq!(socket.count(search).await, 7);
        // Every other member of the filter counts as well.
        for (filter, count) in [
            (json!({"search": "harbour walk", "kinds": [31_923]}), 4),
            (json!({"search": "harbour walk", "#d": ["title"]}), 1),
            (json!({"search": "harbour walk", "authors": [pubkey(2)]}), 0),
            (json!({"search": "harbour walk", "ids": [found[0].id()]}), 1),
            (
                json!({"search": "harbour walk", "ids": [others[0].id()]}),
                0,
            ),
            (json!({"search": "harbour walk", "since": MOMENT + 1}), 0),
            (json!({"search": "HARB WAL", "until": MOMENT}), 7),
        ] {
            assert_eq!(socket.query(filter.clone()).await.len(), count, "{filter}");
        }
    }
}

#[tokio::test]
async fn nip50_01_a_community_is_found_by_its_title() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let community = note(1).kind(1_037).signed();
    let id = community.id().to_string();
    let description = note(1)
        .kind(30_037)
        .tag(&["d", &id])
        .tag(&["title", "Brighton Chess"])
        .tag(&["summary", "Draughts"])
        .signed();
    socket.accept_all(&[community, description.clone()]).await;
    assert_eq!(
        socket.query(json!({"search": "brighton"})).await,
        [description]
    );
    assert_eq!(socket.query(json!({"search": "draughts"})).await, []);
}

#[tokio::test]
async fn nip50_02_the_best_come_first_and_the_limit_cuts_after() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let title = meetup("a", "title", "Chess");
        let often = note(1).content("chess, chess and chess").at(MOMENT - 9);
        let often = often.signed();
        let new = note(1).content("chess").at(MOMENT + 9).signed();
        let twins = [
            note(1).content("chess now").signed(),
            note(2).content("chess now").signed(),
        ];
        let (first, second) = match twins[0].id() < twins[1].id() {
            true => (&twins[0], &twins[1]),
            false => (&twins[1], &twins[0]),
        };
        let expected = [&title, &often, &new, first, second];
        let mut stored: Vec<Event> = expected.iter().map(|event| (*event).clone()).collect();
        stored.reverse();
        socket.accept_all(&stored).await;
        for limit in 0..=6 {
            let answer = socket
                .query(json!({"search": "chess", "limit": limit}))
                .await;
            let most = limit.min(expected.len());
            assert_eq!(
                ids(&answer),
                ids(expected[..most].iter().copied()),
                "{limit}"
            );
        }
    }
}

#[tokio::test]
async fn nip50_03_04_extensions_are_ignored_and_nothing_finds_nothing() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let event = note(1).content("language en chess").signed();
    socket.accept(&event).await;
    for search in [
        "chess language:en",
        "include:spam chess",
        "chess nsfw:false",
    ] {
        let answer = socket.query(json!({"search": search})).await;
        assert_eq!(answer, std::slice::from_ref(&event), "{search}");
    }
    for search in ["", " \t ", "language:en", "a:b c:d", "!?,"] {
        assert_eq!(
            socket.query(json!({"search": search})).await,
            [],
            "{search:?}"
        );
        assert_eq!(socket.count(json!({"search": search})).await, 0);
    }
}

#[tokio::test]
async fn nip50_05_accents_case_and_scripts() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        for (content, searches) in [
            ("Schachklub Lübeck", &["lubeck", "LÜBECK", "lu\u{308}b"][..]),
            ("Große Straße", &["strasse", "GROSSE"]),
            ("Ёлка в Москве", &["елка", "МОСКВЕ"]),
            ("Καφές στην Αθήνα", &["καφες", "ΑΘΗΝΑ"]),
            ("東京のカフェ", &["東京", "カフェ"]),
            ("مَدْرَسَة", &["مدرسة"]),
        ] {
            let event = note(1).content(content).signed();
            socket.accept(&event).await;
            for search in searches {
                let answer = socket.query(json!({"search": search})).await;
                assert_eq!(answer, std::slice::from_ref(&event), "{search}");
            }
        }
    }
}

#[tokio::test]
async fn nip50_06_what_comes_later_is_delivered() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let mut live = relay.connect().await;
    live.req("live", json!({"search": "chess lub"})).await;
    let matching = note(1).content("Chess in Lübeck").signed();
    socket
        .accept(&note(1).content("Chess in Hamburg").signed())
        .await;
    socket.accept(&matching).await;
    assert_eq!(live.expect_event("live").await, matching);
    let ephemeral = note(1).kind(20_001).content("chess lübeck").signed();
    socket.accept(&ephemeral).await;
    assert_eq!(live.expect_event("live").await, ephemeral);
    live.nothing_delivered().await;
}

#[tokio::test]
async fn nip50_07_where_it_is_switched_off_searches_are_unsupported() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    relay.reload(&[("KITH_RELAY_FEATURES_SEARCH", "false")]);
    for verb in ["REQ", "COUNT"] {
        socket
            .send(json!([verb, "s", {"kinds": [1]}, {"search": "chess"}]))
            .await;
        socket.expect_closed("s", "unsupported").await;
    }
    assert_eq!(socket.query(json!({"kinds": [1]})).await, []);
    relay.reload(&[]);
    assert_eq!(socket.query(json!({"search": "chess"})).await, []);
}

#[tokio::test]
async fn nip50_08_what_is_gone_or_private_is_not_found() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        socket.authenticate(1).await.stored();
        let end = now() + 2;
        let mine = pubkey(1).to_string();
        let deleted = note(1).content("chess").signed();
        let private = [
            note(1).kind(4).tag(&["p", &mine]).content("chess").signed(),
            note(2)
                .kind(1_059)
                .tag(&["p", &mine])
                .content("chess")
                .signed(),
        ];
        let expiring = note(1)
            .content("chess soon")
            .tag(&["expiration", &end.to_string()])
            .signed();
        socket.accept_all(&private).await;
        socket
            .accept_all(&[
                deleted.clone(),
                expiring.clone(),
                meetup("x", "title", "chess"),
            ])
            .await;
        let newer = note(1).kind(31_923).at(MOMENT + 1).tag(&["d", "x"]);
        socket.accept(&newer.tag(&["title", "go"]).signed()).await;
        let request = note(1).kind(5).tag(&["e", &deleted.id().to_string()]);
        socket.accept(&request.signed()).await;
        let search = json!({"search": "chess"});
        holds_until(end, async || {
            let private = json!({"search": "chess", "kinds": [4, 1_059]});
            assert_eq!(socket.query(private).await, []);
            let answer = socket.query(search.clone()).await;
            assert!(answer.iter().all(|event| *event == expiring), "{answer:?}");
            !answer.is_empty()
        })
        .await;
    }
}

#[tokio::test]
async fn nip50_10_every_text_can_be_searched_for() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let event = note(1)
        .content("chess OR \"go\" NEAR(x) col:y * ^a")
        .signed();
    socket.accept(&event).await;
    for search in [
        "\"chess",
        "chess\" OR \"go",
        "chess AND go",
        "NEAR(chess go, 5)",
        "chess*",
        "^chess",
        "text : chess",
        "{chess} + go",
        "-chess",
        "chess'; DROP TABLE words; --",
        "words MATCH 'chess'",
        "\0chess\u{7}",
        "%chess_",
        "\u{200d}chess\u{feff}",
    ] {
        socket.send(json!(["REQ", "s", {"search": search}])).await;
        socket.stored("s").await;
    }
    assert_eq!(
        socket.query(json!({"search": "chess OR go"})).await,
        std::slice::from_ref(&event)
    );
    assert_eq!(socket.query(json!({"search": "chess OR tennis"})).await, []);
    let longest = format!("chess {}", "é".repeat(994));
    assert_eq!(socket.query(json!({"search": longest})).await, []);
    let many_words = "chess ".repeat(166);
    assert_eq!(socket.query(json!({"search": many_words})).await, [event]);
    socket
        .send(json!(["REQ", "s", {"search": "é".repeat(1_001)}]))
        .await;
    socket.expect_closed("s", "invalid").await;
    socket.send(json!(["REQ", "s", {"search": 5}])).await;
    let reply = socket.receive().await;
    assert!(
        matches!(&reply, Reply::Closed { message, .. } if message.starts_with("invalid: ")),
        "{reply:?}"
    );
}
