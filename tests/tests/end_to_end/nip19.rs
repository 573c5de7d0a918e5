//! NIP-19, bech32 names: the relay does not know them, and our library never writes them where
//! the protocol wants hexadecimal digits.

use std::slice;

use kith_client::{Answer, Reference};
use kith_nips::Event;
use serde_json::json;

use crate::command_line::{Person, text};
use crate::events::{Forged, note};
use crate::harness::TestRelay;
use crate::keeping::WAYS;
use crate::library::{create, evening, me, person};

/// Nobody is asked.
const NOWHERE: &str = "ws://127.0.0.1:9";

/// The published pairs of NIP-19: of one person.
const NPUB: &str = "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg";
const NSEC: &str = "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5";
const SECRET: &str = "67dea2ed018072d675f5415ecfaed7d2597555e202d85b3d65ea4e58d2d92ffa";
const PUBKEY: &str = "7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e";

/// Any word that begins as a bech32 name does.
fn looks_like_bech32(text: &str) -> bool {
    ["npub1", "nsec1", "note1", "nevent1", "naddr1", "nprofile1"]
        .iter()
        .any(|start| text.contains(start))
}

#[tokio::test]
async fn nip19_06_in_an_event_a_bech32_name_is_plain_text() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let named = note(1)
            .tag(&["p", NPUB])
            .tag(&[
                "e",
                "note1fntxtkcy9pjwucqwa9mddn7v03wwwsu9j330jj350nvhpky2tuaspk6nqc",
            ])
            .tag(&["t", NPUB])
            .tag(&["r", &format!("nostr:{NPUB}")])
            .content(format!("ask nostr:{NPUB}"))
            .signed();
        let real = note(2).tag(&["p", PUBKEY]).signed();
        socket.accept(&named).await;
        socket.accept(&real).await;
        for (filter, expected) in [
            (json!({"#t": [NPUB]}), &named),
            (json!({"#r": [format!("nostr:{NPUB}")]}), &named),
            // The name is not taken for the key that it names.
            (json!({"#p": [PUBKEY]}), &real),
        ] {
            let found = socket.query(filter.clone()).await;
            assert_eq!(found, slice::from_ref(expected), "{filter}");
            assert_eq!(found[0].json(), expected.json());
            assert_eq!(socket.count(filter).await, 1);
        }
        assert_eq!(socket.query(json!({"#t": [PUBKEY]})).await, []);
    }
}

#[tokio::test]
async fn nip19_06_in_a_filter_a_bech32_name_is_no_id_or_key() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    socket.accept(&note(1).tag(&["p", NPUB]).signed()).await;
    for name in ["ids", "authors", "#e", "#p"] {
        for values in [json!([NPUB]), json!([PUBKEY, NPUB])] {
            let mut filter = json!({});
            filter[name] = values;
            for verb in ["REQ", "COUNT"] {
                socket.send(json!([verb, "s", filter])).await;
                socket.expect_closed("s", "invalid").await;
            }
        }
    }
    socket.nothing_more().await;
}

#[tokio::test]
async fn nip19_06_a_bech32_id_or_key_makes_an_event_invalid() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let event = note(1).signed();
    let forged = Forged::of(&event).with("pubkey", &format!("\"{NPUB}\""));
    socket.send_text(forged.message()).await;
    socket.expect_ok(event.id()).await.refused_with("invalid");
    let forged = Forged::of(&event).with("id", &format!("\"{NPUB}\""));
    socket.send_text(forged.message()).await;
    socket.expect_notice("invalid").await;
    assert_eq!(socket.count(json!({})).await, 0);
}

#[tokio::test]
async fn nip19_06_the_library_writes_digits_whatever_names_it_is_given() {
    let relay = TestRelay::start().await;
    let (owner, guest) = (person(1, &[&relay]).await, person(2, &[&relay]).await);
    let community = create(&owner, "Chess").await;
    // People pass on nevent1… and naddr1….
    let shared = Reference::from(community).to_string();
    assert!(looks_like_bech32(&shared), "{shared}");
    let named: Reference = shared.parse().unwrap();
    owner.approve(&named, me(&guest)).await.unwrap();
    guest.follow(&named).await.unwrap();
    let meetup = owner
        .schedule_meetup(&evening(&named, "Opening night"))
        .await
        .unwrap();
    let shared = meetup.reference.to_string();
    assert!(looks_like_bech32(&shared), "{shared}");
    let named: Reference = shared.parse().unwrap();
    guest.answer(&named, Answer::Accepted).await.unwrap();
    let events = relay.connect().await.query(json!({})).await;
    let kinds: Vec<u16> = events.iter().map(|event| event.kind().as_u16()).collect();
    for kind in [1_037, 30_037, 30_000, 10_037, 31_923, 31_925] {
        assert!(kinds.contains(&kind), "{kind}");
    }
    let written = events.iter().find(|event| looks_like_bech32(event.json()));
    assert_eq!(written.map(Event::json), None);
}

#[tokio::test]
async fn nip19_01_the_published_key_round_trips_in_both_forms() {
    for typed in [NSEC, SECRET] {
        // A key that is given for one run, and not kept.
        let person = Person::new(NOWHERE).with("KITH_KEY", typed);
        let shown = person.json(["keys", "show", "--secret", "--yes"]).await;
        assert_eq!(text(&shown["secret_key"]), NSEC);
        assert_eq!(text(&shown["npub"]), NPUB);
        assert_eq!(text(&shown["public_key"]), PUBKEY);
    }
    // The same bytes with the checksum of bech32m, and one letter that is another.
    for wrong in [
        "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laq9009uk",
        "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe6",
    ] {
        let import = ["keys", "import"];
        let ended = Person::new(NOWHERE).run_with_input(import, wrong).await;
        assert_eq!((ended.code, ended.stdout.as_str()), (4, ""), "{ended:?}");
    }
}
