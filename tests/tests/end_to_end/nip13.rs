//! NIP-13, proof of work: what the relay asks for and how it counts.

use kith_nips::Event;
use serde_json::json;

use crate::events::{Note, note};
use crate::harness::{Answer, TestRelay, within_deadline};

/// The example of NIP-13, which commits to 20 bits and has 21.
const PUBLISHED: &str = r#"{"id":"000006d8c378af1779d2feebc7603a125d99eca0ccf1085959b307f64e5dd358","pubkey":"a48380f4cfcc1ad5378294fcac36439770f9c878dd880ffa94bb74ea54a6f243","created_at":1651794653,"kind":1,"tags":[["nonce","776797","20"]],"content":"It's just me mining my own business","sig":"284622fc0a3f4f1303455d5175f7ba962a3300d136085b9566801bc2e0699de0c7e31e44c81fb40ad9049173742e904713c3594a1da0fc5d2382a25c11aba977"}"#;

/// Leading zero bits of an id, counted from its digits.
fn bits(event: &Event) -> u32 {
    let id = event.id().to_string();
    let zeros = id.chars().take_while(|digit| *digit == '0').count();
    let first = id.chars().nth(zeros).unwrap().to_digit(16).unwrap();
    4 * u32::try_from(zeros).unwrap() + (first.leading_zeros() - 28)
}

/// The first variation of `base` whose id has exactly this many bits.
fn mined(base: &Note, wanted: u32) -> Event {
    (0..1_000_000_u64)
        .map(|nonce| base.clone().content(nonce.to_string()).signed())
        .find(|event| bits(event) == wanted)
        .unwrap()
}

#[track_caller]
fn check(answer: &Answer, event: &Event, needed: u32) {
    let bits = bits(event);
    if bits >= needed {
        assert!(answer.accepted, "{answer:?}");
        return;
    }
    let expected = format!("pow: difficulty {bits} is less than {needed}");
    assert!(answer.message.starts_with(&expected), "{answer:?}");
    assert!(!answer.accepted, "{answer:?}");
}

#[tokio::test]
async fn nip13_01_02_04_the_leading_zero_bits_of_the_id_count() {
    for needed in [1, 4, 7] {
        let relay = TestRelay::start_with(|config| {
            config.limits.min_pow_difficulty = usize::try_from(needed).unwrap();
        })
        .await;
        let mut socket = relay.connect().await;
        // All around a half byte and a byte.
        for wanted in 0..=9 {
            let event = mined(&note(1), wanted);
            let answer = socket.event(&event).await;
            check(&answer, &event, needed);
            if answer.accepted && !answer.message.is_empty() {
                assert!(answer.message.starts_with("pow: "), "{answer:?}");
            }
            let kept = u64::from(wanted >= needed);
            assert_eq!(socket.count(json!({"ids": [event.id()]})).await, kept);
        }
    }
}

#[tokio::test]
async fn nip13_01_the_published_example_has_21_bits() {
    let event = Event::parse(PUBLISHED).unwrap();
    assert_eq!(bits(&event), 21);
    for (needed, accepted) in [(0, true), (20, true), (22, false)] {
        let relay = TestRelay::start_with(|config| config.limits.min_pow_difficulty = needed).await;
        let answer = relay.connect().await.event(&event).await;
        assert_eq!(answer.accepted, accepted, "{needed}");
        if !accepted {
            answer.refused_with("pow");
        }
    }
}

#[tokio::test]
async fn nip13_02_without_a_limit_no_work_is_needed() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    socket.accept(&mined(&note(1), 0)).await;
    // Until there is one.
    relay.reload(&[("KITH_RELAY_LIMITS_MIN_POW_DIFFICULTY", "30")]);
    let lazy = mined(&note(2), 0);
    let refused = within_deadline("the limit to come into force", async {
        loop {
            let answer = socket.event(&lazy).await;
            if !answer.accepted {
                return answer;
            }
        }
    });
    check(&refused.await, &lazy, 30);
}

#[tokio::test]
async fn nip13_03_luck_does_not_count_beyond_the_commitment() {
    let relay = TestRelay::start_with(|config| config.limits.min_pow_difficulty = 6).await;
    let mut socket = relay.connect().await;
    let committed = |target: &str| note(1).tag(&["nonce", "1", target]);
    for target in ["0", "1", "5"] {
        let lucky = mined(&committed(target), 8);
        socket.event(&lucky).await.refused_with("pow");
    }
    for target in ["6", "7", "30"] {
        socket.accept(&mined(&committed(target), 6)).await;
        let unlucky = mined(&committed(target), 5);
        socket.event(&unlucky).await.refused_with("pow");
    }
    // Without a commitment the bits alone count.
    socket
        .accept(&mined(&note(1).tag(&["nonce", "1"]), 6))
        .await;
    socket
        .accept(&mined(&note(1).tag(&["t", "nonce", "1"]), 6))
        .await;
}
