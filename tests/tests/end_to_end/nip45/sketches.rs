//! The sketch of the authors (NIP45-08 to NIP45-10), against a second implementation that is as
//! simple as the text.

use kith_nips::PublicKey;
use nostr_sdk::hashes::{Hash, sha256};
use serde_json::{Value, json};

use crate::events::{MOMENT, Note, hex, note, pubkey};
use crate::harness::{Reply, Socket, TestRelay};
use crate::keeping::WAYS;

/// The value of the vector.
const VALUE: &str = "5c83da77af1dec6d7289834998ad7aafbd9e2191396d75ec3cc27f5a77226f36";
/// Its registers for the secret keys 1 to 5; all others are zero.
const REGISTERS: [(usize, u8); 5] = [(69, 1), (75, 1), (144, 5), (189, 1), (219, 3)];

/// The count and the sketch that belongs to it.
async fn count(socket: &mut Socket, filters: Value) -> (u64, Option<String>) {
    let mut message = vec![json!("COUNT"), json!("x")];
    match filters {
        Value::Array(filters) => message.extend(filters),
        filter => message.push(filter),
    }
    socket.send(Value::Array(message)).await;
    match socket.receive().await {
        Reply::Count { query, count, hll } => {
            assert_eq!(query, "x");
            (count, hll)
        }
        other => panic!("{other:?}"),
    }
}

/// Registers as they are sent.
fn in_hex(registers: impl IntoIterator<Item = (usize, u8)>) -> String {
    let mut bytes = [0; 256];
    for (register, rank) in registers {
        bytes[register] = rank;
    }
    hex(&bytes)
}

/// The sketch of these authors, from the bits of their keys.
fn sketch(offset: usize, authors: &[PublicKey]) -> String {
    let mut registers = [0_u8; 256];
    for author in authors {
        let bytes = author.as_bytes();
        let bits: String = bytes[offset + 1..]
            .iter()
            .map(|byte| format!("{byte:08b}"))
            .collect();
        let rank = u8::try_from(bits.find('1').unwrap_or(bits.len())).unwrap() + 1;
        let register = usize::from(bytes[offset]);
        registers[register] = registers[register].max(rank);
    }
    hex(&registers)
}

/// The offset for a value that is neither a key nor an address.
fn hashed_offset(value: &str) -> usize {
    let hash = hex(&sha256::Hash::hash(value.as_bytes()).to_byte_array());
    usize::from_str_radix(&hash[32..33], 16).unwrap() + 8
}

#[tokio::test]
async fn nip45_10_the_vector_of_five_followers() {
    let expected = in_hex(REGISTERS);
    let followers: Vec<PublicKey> = (1..=5).map(pubkey).collect();
    assert_eq!(sketch(19, &followers), expected);
    for way in WAYS {
        for kind in [10_037, 7] {
            let relay = TestRelay::start_with(way).await;
            let mut socket = relay.connect().await;
            for key in 1..=5 {
                socket
                    .accept(&note(key).kind(kind).tag(&["e", VALUE]).signed())
                    .await;
            }
            // Somebody else's follower, in the same second.
            let other = note(6).kind(kind).tag(&["e", &"0".repeat(64)]).signed();
            socket.accept(&other).await;
            let answer = count(&mut socket, json!({"kinds": [kind], "#e": [VALUE]})).await;
            assert_eq!(answer, (5, Some(expected.clone())));
            // An author counts once in the sketch, however often in the number.
            let again = note(1).kind(7).at(MOMENT + 1).tag(&["e", VALUE]).signed();
            socket.accept(&again).await;
            let answer = count(&mut socket, json!({"kinds": [10_037, 7], "#e": [VALUE]})).await;
            assert_eq!(answer, (6, Some(expected.clone())));
        }
    }
}

#[tokio::test]
async fn nip45_08_a_sketch_needs_one_filter_with_one_value() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    for key in 1..=5 {
        socket
            .accept(
                &note(key)
                    .kind(7)
                    .tag(&["e", VALUE])
                    .tag(&["t", "x"])
                    .signed(),
            )
            .await;
    }
    let expected = in_hex(REGISTERS);
    for filter in [
        json!({"#e": [VALUE]}),
        json!({"#e": [VALUE, VALUE]}),
        json!({"kinds": [7], "#e": [VALUE]}),
        json!({"kinds": [7], "#e": [VALUE], "limit": 1}),
        json!({"#e": [VALUE], "since": 1, "until": MOMENT}),
    ] {
        let (number, hll) = count(&mut socket, filter.clone()).await;
        assert_eq!(number, 5, "{filter}");
        let hll = hll.unwrap_or_else(|| panic!("no sketch for {filter}"));
        assert_eq!(hll.len(), 512);
        assert_eq!(hll, expected, "{filter}");
    }
    for filters in [
        json!({}),
        json!({"kinds": [7]}),
        json!({"authors": [pubkey(1)]}),
        json!({"#e": [VALUE, "0".repeat(64)]}),
        json!({"#e": [VALUE], "#t": ["x"]}),
        json!([{"#e": [VALUE]}, {"#e": [VALUE]}]),
        json!([{"#e": [VALUE]}, {"kinds": [1]}]),
    ] {
        assert_eq!(
            count(&mut socket, filters.clone()).await.1,
            None,
            "{filters}"
        );
    }
    // Nobody at all is a sketch, too.
    let nobody = count(&mut socket, json!({"#e": ["0".repeat(64)]})).await;
    assert_eq!(nobody, (0, Some("0".repeat(512))));
}

#[tokio::test]
async fn nip45_09_the_value_decides_which_bytes_of_a_key_count() {
    let address = format!("31923:{}:x", pubkey(2));
    let blocked = format!("30000:{}:{VALUE}:blocked", pubkey(2));
    let upper = VALUE.to_uppercase();
    let key = pubkey(3).to_string();
    let of_key = usize::from_str_radix(&key[32..33], 16).unwrap() + 8;
    let cases = [
        ("e", VALUE, 19),
        ("p", &key, of_key),
        // Wherever the value stands.
        ("t", VALUE, 19),
        ("a", &address, 13),
        ("a", &blocked, 13),
        ("t", "brighton", 8),
        ("g", "GB:Brighton", hashed_offset("GB:Brighton")),
        ("t", "München 😀", hashed_offset("München 😀")),
        ("t", "", hashed_offset("")),
        // Neither a key nor an address.
        ("t", &upper, hashed_offset(&upper)),
        ("t", &VALUE[1..], hashed_offset(&VALUE[1..])),
        ("a", "31923:x", hashed_offset("31923:x")),
    ];
    assert_eq!(hashed_offset("brighton"), 8);
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let authors: Vec<PublicKey> = (1..=40).map(pubkey).collect();
    for (name, value, offset) in cases {
        let tagged = |key: u32| -> Note { note(key).tag(&[name, value]) };
        let events: Vec<_> = (1..=40)
            .map(|key| tagged(key).content(format!("{name} {value}")).signed())
            .collect();
        socket.accept_all(&events).await;
        let mut filter = json!({"kinds": [1]});
        filter[format!("#{name}")] = json!([value]);
        let (number, hll) = count(&mut socket, filter).await;
        assert_eq!(number, 40);
        assert_eq!(hll, Some(sketch(offset, &authors)), "{name} {value}");
    }
}
