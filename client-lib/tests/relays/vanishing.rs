//! Requests to vanish (NIP-62) go where they were meant to go, and only after somebody agreed. And notes
//! that expire (NIP-40).

use std::sync::{Arc, Mutex};

use kith_client::{
    Draft, Keys, Kind, Kith, PublicKey, RelayUrl, VanishConfirmed, VanishError, VanishFrom,
};
use serde_json::{Value, json};

use crate::map_relay::{Announcement, MapRelay, Temper};
use crate::support::{EVENING, TIMEOUT, connect, nowhere, scripted_with, tags};

/// A relay that takes everything, and what it was sent.
async fn taking(holds: Vec<Value>) -> (RelayUrl, Arc<Mutex<Vec<Value>>>) {
    let sent: Arc<Mutex<Vec<Value>>> = Arc::default();
    let seen = Arc::clone(&sent);
    let url = scripted_with(move |message| match message[0].as_str() {
        Some("EVENT") => {
            seen.lock().unwrap().push(message[1].clone());
            vec![json!(["OK", message[1]["id"], true, ""]).to_string()]
        }
        Some("REQ") => {
            let filters = message.as_array().unwrap().iter().skip(2);
            let kinds: Vec<&Value> = filters
                .filter_map(|filter| filter["kinds"].as_array())
                .flatten()
                .collect();
            let asks = |event: &&Value| kinds.contains(&&event["kind"]);
            let held = holds.iter().filter(asks);
            let held = held.map(|event| json!(["EVENT", message[1], event]).to_string());
            let end = json!(["EOSE", message[1]]).to_string();
            held.chain([end]).collect()
        }
        _ => Vec::new(),
    });
    (url.await, sent)
}

fn requests(sent: &Mutex<Vec<Value>>) -> Vec<Value> {
    let sent = sent.lock().unwrap();
    let of_kind = sent.iter().filter(|event| event["kind"] == 62);
    of_kind.map(|event| event["tags"].clone()).collect()
}

#[tokio::test]
async fn nip62_10_one_relay_or_all_that_are_known_are_asked_after_somebody_agreed() {
    let ada = Keys::generate();
    let me = PublicKey::from(ada.public_key());
    let (of_list, sent_to_list) = taking(vec![]).await;
    let (of_inbox, sent_to_inbox) = taking(vec![]).await;
    let gone = nowhere().await;
    let signed = |kind: Kind, list: Vec<Vec<String>>| {
        let draft = Draft {
            kind,
            created_at: None,
            tags: list,
            content: String::new(),
        };
        let event = draft.sign(&ada, 1_700_000_000).unwrap();
        serde_json::from_str::<Value>(event.json()).unwrap()
    };
    let lists = vec![
        signed(
            Kind::RELAY_LIST,
            tags(&[&["r", of_list.as_str(), "read"], &["r", &gone, "write"]]),
        ),
        signed(Kind::INBOX_RELAYS, tags(&[&["relay", of_inbox.as_str()]])),
    ];
    let (home, sent_home) = taking(lists).await;
    let (other, sent_to_other) = taking(vec![]).await;
    let kith = connect(vec![home.to_string(), other.to_string()], &ada).await;
    let all = [&sent_home, &sent_to_other, &sent_to_list, &sent_to_inbox];
    let asked = || all.map(|sent| requests(sent).len());

    let somebody = PublicKey::from(Keys::generate().public_key());
    let wrong = VanishConfirmed::by_the_person(somebody, VanishFrom::Everywhere);
    let error = kith.vanish(&wrong, "").await.unwrap_err();
    assert!(matches!(error, VanishError::AnotherKey), "{error}");
    assert_eq!(asked(), [0; 4]);

    let one = VanishConfirmed::by_the_person(me, VanishFrom::Relay(other.clone()));
    let published = kith.vanish(&one, "I move").await.unwrap();
    assert_eq!(published.accepted, std::slice::from_ref(&other));
    assert_eq!(
        requests(&sent_to_other),
        [json!([["relay", other.as_str()]])]
    );
    kith.settle(TIMEOUT).await;
    assert_eq!(asked(), [0, 1, 0, 0], "nobody else hears of it");

    // A relay that is in no set and no list.
    let (stranger, sent_to_stranger) = taking(vec![]).await;
    let one = VanishConfirmed::by_the_person(me, VanishFrom::Relay(stranger.clone()));
    kith.vanish(&one, "").await.unwrap();
    assert_eq!(
        requests(&sent_to_stranger),
        [json!([["relay", stranger.as_str()]])]
    );
    assert_eq!(asked(), [0, 1, 0, 0]);

    let everywhere = VanishConfirmed::by_the_person(me, VanishFrom::Everywhere);
    let published = kith.vanish(&everywhere, "").await.unwrap();
    assert_eq!(asked(), [1, 2, 1, 1]);
    for sent in all {
        let last = requests(sent).pop();
        assert_eq!(last, Some(json!([["relay", "ALL_RELAYS"]])));
    }
    let refused: Vec<&str> = published
        .refused
        .iter()
        .map(|one| one.relay.as_str())
        .collect();
    assert_eq!(refused, [gone.as_str()]);
    assert_eq!(published.accepted.len(), 4);
}

/// 2065-01-24
const ENDS: u64 = 3_000_000_000;

fn expiring(at: u64) -> Draft {
    Draft {
        kind: Kind::TEXT_NOTE,
        created_at: None,
        tags: tags(&[&["expiration", &at.to_string()]]),
        content: "until then".to_owned(),
    }
}

#[tokio::test]
async fn nip40_08_relays_that_may_keep_it_longer_are_named() {
    let ada = Keys::generate();
    let announcing = async |nips: Value| {
        let announcement = Announcement {
            document: json!({ "supported_nips": nips }).to_string(),
            words: String::new(),
        };
        MapRelay::start(announcement, Temper::Honest, 500).await
    };
    let (knows, does_not) = (
        announcing(json!([1, 40])).await,
        announcing(json!([1, 11])).await,
    );
    let kith = connect(vec![knows.url.clone(), does_not.url.clone()], &ada).await;
    let published = kith.publish(&expiring(EVENING * 2)).await.unwrap();
    assert_eq!(published.accepted.len(), 2);
    let longer: Vec<&str> = published
        .keeps_longer
        .iter()
        .map(|one| one.as_str())
        .collect();
    assert_eq!(longer, [does_not.url.as_str()]);
    let lasting = Draft {
        tags: vec![],
        ..expiring(0)
    };
    let published = kith.publish(&lasting).await.unwrap();
    assert_eq!(published.keeps_longer, []);
}

#[tokio::test]
async fn nip40_08_what_has_expired_is_not_shown() {
    let (ada, ben) = (Keys::generate(), Keys::generate());
    let follows = Draft {
        kind: Kind::FOLLOW_LIST,
        tags: tags(&[&["p", &ben.public_key().to_string()]]),
        ..expiring(0)
    };
    let written = 1_700_000_000;
    let held = [
        follows.sign(&ada, written).unwrap(),
        expiring(ENDS).sign(&ben, written).unwrap(),
        expiring(4_000_000_000).sign(&ben, written + 1).unwrap(),
    ];
    // A relay that does not know what an expiration is.
    let json = |event: &kith_client::Event| serde_json::from_str(event.json()).unwrap();
    let (relay, _) = taking(held.iter().map(json).collect()).await;
    // By the clock of the library; that of the machine would make the client pool drop it.
    let kith = Kith::builder()
        .relay(relay.as_str())
        .signer(ada)
        .clock(|| ENDS)
        .timeout(TIMEOUT)
        .connect()
        .await
        .unwrap();
    let feed = kith.feed(kith_client::FeedPeople::Following, 10).await;
    let shown: Vec<u64> = feed
        .unwrap()
        .found
        .iter()
        .map(|item| item.created_at)
        .collect();
    assert_eq!(shown, [written + 1]);
}
