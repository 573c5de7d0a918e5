//! NIP-98, HTTP authorization, line by line, where this relay asks for it: its management (NIP-86).
//! What the library signs is tested with the library.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use serde_json::json;

use crate::events::{Forged, note, now};
use crate::harness::TestRelay;
use crate::management::{
    ADMINISTRATOR, Request, authorization, header, http_url, managed, managed_with, sha256_hex,
};

/// A request that changes nothing.
fn question(relay: &TestRelay) -> Request {
    Request::new(relay, "listbannedpubkeys", json!([]))
}

#[tokio::test]
async fn nip98_01_every_part_must_be_right() {
    let relay = managed().await;
    let url = http_url(&relay);
    question(&relay).send(&relay).await.answer(200);
    for wrong in [
        authorization(ADMINISTRATOR, &url, "POST").kind(27_236),
        authorization(ADMINISTRATOR, &url, "GET"),
        authorization(ADMINISTRATOR, &url, "post"),
        authorization(ADMINISTRATOR, "http://kith.test/", "POST"),
        authorization(ADMINISTRATOR, &format!("{url}other"), "POST"),
        authorization(ADMINISTRATOR, &format!("{url}?x=1"), "POST"),
        authorization(ADMINISTRATOR, &url, "POST").at(now() - 70),
        authorization(ADMINISTRATOR, &url, "POST").at(now() + 70),
        note(ADMINISTRATOR)
            .kind(27_235)
            .at(now())
            .tag(&["method", "POST"]),
        note(ADMINISTRATOR).kind(27_235).at(now()).tag(&["u", &url]),
    ] {
        let request = Request {
            authorization: wrong,
            ..question(&relay)
        };
        request.send(&relay).await.refused(401);
    }
    for near in [now() - 50, now() + 50] {
        let request = Request {
            authorization: authorization(ADMINISTRATOR, &url, "POST").at(near),
            ..question(&relay)
        };
        request.send(&relay).await.answer(200);
    }
}

#[tokio::test]
async fn nip98_01_id_and_signature_are_checked() {
    let relay = managed().await;
    let request = question(&relay);
    let good = Forged::of(&request.signed());
    let foreign = Forged::of(&note(1).signed());
    for name in ["id", "sig", "pubkey"] {
        let forged = good.clone().with(name, foreign.get(name)).json();
        let header = format!("Nostr {}", STANDARD.encode(forged));
        request.send_with(&relay, &header).await.refused(401);
    }
}

#[tokio::test]
async fn nip98_02_and_nip86_03_the_payload_is_the_hash_of_the_exact_body() {
    let relay = managed().await;
    let bare = Request {
        payload: false,
        ..question(&relay)
    };
    bare.send(&relay).await.refused(401);
    // The same request in JSON, other bytes.
    let request = question(&relay);
    let signed = header(&request.signed());
    let spaced = Request {
        body: format!("{} ", request.body),
        ..request.clone()
    };
    spaced.send_with(&relay, &signed).await.refused(401);
    let capitals = Request {
        authorization: request
            .authorization
            .clone()
            .tag(&["payload", &sha256_hex(&request.body).to_uppercase()]),
        payload: false,
        ..request.clone()
    };
    capitals.send(&relay).await.refused(401);
    request.send_with(&relay, &signed).await.answer(200);
}

#[tokio::test]
async fn nip98_03_and_nip86_04_the_address_is_that_of_the_configuration() {
    let relay = managed_with(|config| {
        config.server.public_url = Some("wss://relay.example.com/kith".to_owned());
    })
    .await;
    let ask = async |url: &str| {
        let mut request = Request::by(ADMINISTRATOR, url, "listbannedpubkeys", json!([]));
        request
            .headers
            .push_str("X-Forwarded-Host: evil.example\r\n");
        request.send(&relay).await.status
    };
    for url in [
        "https://relay.example.com/kith",
        "wss://relay.example.com/kith",
        "https://relay.example.com:443/kith/",
    ] {
        assert_eq!(ask(url).await, 200, "{url}");
    }
    // What the client says in Host, as the harness does.
    for url in [
        "http://kith.test/",
        "https://kith.test/",
        "https://evil.example/",
        "https://relay.example.com/",
        "http://relay.example.com/kith",
    ] {
        assert_eq!(ask(url).await, 401, "{url}");
    }
}

#[tokio::test]
async fn nip98_04_padding_scheme_and_length() {
    let relay = managed().await;
    for scheme in ["Nostr", "nostr", "NOSTR"] {
        let mut json = question(&relay).signed().json().to_owned();
        while json.len().is_multiple_of(3) {
            json.push(' ');
        }
        let request = question(&relay);
        let padded = format!("{scheme} {}", STANDARD.encode(&json));
        assert!(padded.ends_with('='));
        request.send_with(&relay, &padded).await.answer(200);
        let other = question(&relay).signed().json().to_owned() + " ";
        let unpadded = format!("{scheme} {}", STANDARD_NO_PAD.encode(other));
        request.send_with(&relay, &unpadded).await.answer(200);
    }
    let request = question(&relay);
    let long = request.signed().json().to_owned() + &" ".repeat(6_200);
    let long = format!("Nostr {}", STANDARD.encode(long));
    assert!(long.len() > 8_192);
    for header in ["", "Nostr", "Bearer abc", "Nostr %%%", "Nostr bm8=", &long] {
        request.send_with(&relay, header).await.refused(401);
    }
}

#[tokio::test]
async fn nip98_05_an_authorization_sent_as_an_event_is_not_kept() {
    let relay = managed().await;
    let mut reader = relay.connect().await;
    reader.req("live", json!({"kinds": [27_235]})).await;
    let mut writer = relay.connect().await;
    let event = authorization(1, &http_url(&relay), "POST").signed();
    writer.event(&event).await.stored();
    assert_eq!(reader.expect_event("live").await, event);
    assert!(writer.query(json!({"kinds": [27_235]})).await.is_empty());
}
