//! What relays announce of writing (NIP-11): what they would refuse is not sent to them, and the work that
//! they want (NIP-13) is done.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use kith_client::{
    Draft, Event, Keys, Kind, Kith, KithBuilder, PublishError, Published, Reason, WorkProgress,
};
use kith_nips::nip13;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::map_relay::MapRelay;
use crate::support::{EVENING, TIMEOUT};

/// Comes within this time or never.
const DEADLINE: Duration = Duration::from_secs(60);

/// Some hundred numbers are tried.
const BITS: u8 = 8;

fn builder(relays: &[&MapRelay], keys: &Keys) -> KithBuilder {
    let urls = relays.iter().map(|relay| relay.url.clone());
    let builder = Kith::builder().relays(urls).signer(keys.clone());
    builder.timeout(TIMEOUT).clock(|| EVENING)
}

fn note(content: &str, tags: usize, created_at: Option<u64>) -> Draft {
    Draft {
        kind: Kind::TEXT_NOTE,
        created_at,
        tags: vec![vec!["t".to_owned(), "chess".to_owned()]; tags],
        content: content.to_owned(),
    }
}

async fn limiting(limitation: Value) -> MapRelay {
    MapRelay::announcing(json!({"supported_nips": [1, 11], "limitation": limitation})).await
}

#[tokio::test]
async fn nip11_18_what_a_relay_would_refuse_is_not_sent_and_the_limit_is_named() {
    let keys = Keys::generate();
    let ok = note("Chess?", 2, None);
    for (limit, value, too_much) in [
        ("max_message_length", 1_000, note(&"x".repeat(900), 0, None)),
        ("max_event_tags", 2, note("", 3, None)),
        (
            "max_content_length",
            10,
            note("Chess, then chips?", 0, None),
        ),
        ("min_pow_difficulty", 200, note("", 0, None)),
        (
            "created_at_lower_limit",
            60,
            note("", 0, Some(EVENING - 61)),
        ),
        (
            "created_at_upper_limit",
            60,
            note("", 0, Some(EVENING + 61)),
        ),
    ] {
        let limited = limiting(json!({limit: value})).await;
        let open = MapRelay::plain().await;
        let kith = builder(&[&limited, &open], &keys).connect().await.unwrap();
        let published = kith.publish(&too_much).await.unwrap();
        assert_eq!(published.accepted.len(), 1, "{limit}");
        assert_eq!((limited.sent().len(), open.sent().len()), (0, 1), "{limit}");
        let refusal = &published.refused[0];
        assert!(matches!(refusal.reason, Reason::Limit(_)), "{refusal}");
        let text = refusal.to_string();
        assert!(
            text.contains(limit) && text.contains(&limited.url),
            "{text}"
        );

        // Where nobody else is asked, nothing is published.
        let kith = builder(&[&limited], &keys).connect().await.unwrap();
        let error = kith.publish(&too_much).await.unwrap_err().to_string();
        assert!(
            error.contains(limit) && error.contains(&limited.url),
            "{error}"
        );
        assert_eq!(limited.sent(), []);
        if limit != "min_pow_difficulty" {
            kith.publish(&ok).await.unwrap();
            assert_eq!(limited.sent().len(), 1, "{limit}");
        }
    }
}

#[tokio::test]
async fn nip13_05_the_work_that_a_relay_wants_is_done_before_the_note_is_signed() {
    let (easy, hard) = (
        limiting(json!({"min_pow_difficulty": BITS - 2})).await,
        limiting(json!({"min_pow_difficulty": BITS})).await,
    );
    let kith = builder(&[&easy, &hard], &Keys::generate());
    let kith = kith.connect().await.unwrap();
    let Published { accepted, .. } = kith.publish(&note("Chess?", 1, None)).await.unwrap();
    assert_eq!(accepted.len(), 2);
    for relay in [&easy, &hard] {
        let [event]: [Event; 1] = relay.sent().try_into().unwrap();
        assert!(event.verify().is_ok());
        assert!(event.id().difficulty() >= BITS.into());
        assert_eq!(
            nip13::difficulty(&event),
            u32::from(BITS),
            "the target of both"
        );
        let nonce: Vec<&str> = event.tags().named("nonce").next().unwrap().iter().collect();
        assert_eq!((nonce.len(), nonce[2]), (3, BITS.to_string().as_str()));
        assert_eq!(event.created_at(), EVENING);
    }
}

#[tokio::test]
async fn nip13_05_more_work_than_the_bound_is_not_begun() {
    let relay = limiting(json!({"min_pow_difficulty": BITS})).await;
    for bits_max in [0, BITS - 1] {
        let kith = builder(&[&relay], &Keys::generate()).work_bits_max(bits_max);
        let kith = kith.connect().await.unwrap();
        let error = kith.publish(&note("Chess?", 0, None)).await.unwrap_err();
        let PublishError::NobodyAccepted { refused, .. } = &error else {
            panic!("{error}");
        };
        assert!(
            refused[0].to_string().contains("min_pow_difficulty"),
            "{error}"
        );
    }
    assert_eq!(relay.sent(), []);
}

#[tokio::test]
async fn nip13_05_work_that_nobody_waits_for_ends() {
    let relay = limiting(json!({"min_pow_difficulty": 200})).await;
    let (told, mut hears) = mpsc::unbounded_channel();
    let first = Arc::new(Mutex::new(None::<WorkProgress>));
    let seen = Arc::clone(&first);
    let show = Arc::new(move |progress: WorkProgress| {
        seen.lock().unwrap().get_or_insert(progress);
        // Who hears it may be gone.
        let _ = told.send(());
    });
    let kith = builder(&[&relay], &Keys::generate()).work_bits_max(u8::MAX);
    let kith = kith.on_work(show).connect().await.unwrap();
    let draft = note("Chess?", 0, None);
    tokio::select! {
        outcome = kith.publish(&draft) => panic!("{outcome:?}"),
        _ = hears.recv() => {}
    }
    let progress = first.lock().unwrap().unwrap();
    assert!(progress.bits == 200 && progress.tried > 0, "{progress:?}");
    assert_eq!(relay.sent(), []);
    // What shows it is dropped by the handle and by the thread that worked: the channel ends.
    kith.disconnect().await;
    drop(kith);
    let end = async { while hears.recv().await.is_some() {} };
    tokio::time::timeout(DEADLINE, end).await.unwrap();
}
