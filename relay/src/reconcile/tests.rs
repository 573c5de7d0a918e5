//! Answers against the published vectors, and against a client that uses the same library.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

const FREELY: RecordBounds = RecordBounds {
    set_max: usize::MAX,
    total_max: usize::MAX,
};

/// Time and id.
type Record = (u64, [u8; 32]);

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn message(hex: &str) -> Message {
    Message::from_hex(hex).unwrap_or_else(|fault| panic!("{hex}: {fault}"))
}

fn vector(records: &[Record]) -> NegentropyStorageVector {
    let mut vector = NegentropyStorageVector::new();
    for (timestamp, id) in records {
        vector.insert(*timestamp, Id::from_byte_array(*id)).unwrap();
    }
    vector
}

fn set(records: &[Record]) -> RecordSet {
    let mut making = Reconciler::new().begin(FREELY);
    making.found = vector(records);
    making.seal().unwrap()
}

fn answer(set: &RecordSet, hex_message: &str) -> String {
    hex(&set.answer(&message(hex_message), 60_000).unwrap())
}

/// Ids that look random, a few of them at each moment.
fn many(count: usize, seed: u64) -> Vec<Record> {
    let mut state = seed;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    (0..count)
        .map(|_| {
            let words = [next(), next(), next(), next()];
            let mut id = [0; 32];
            for (bytes, word) in id.chunks_mut(8).zip(words) {
                bytes.copy_from_slice(&word.to_be_bytes());
            }
            (1_700_000_000 + next() % 200, id)
        })
        .collect()
}

/// What a client with `theirs` learns: what only it has and what only the relay has. Gives up
/// after more messages than any comparison needs.
fn compare(
    theirs: &[Record],
    ours: &RecordSet,
    their_bytes_max: u64,
    our_bytes_max: usize,
) -> (BTreeSet<[u8; 32]>, BTreeSet<[u8; 32]>, usize) {
    let mut storage = vector(theirs);
    storage.seal().unwrap();
    let mut client = Negentropy::owned(storage, their_bytes_max).unwrap();
    let (mut have, mut need) = (Vec::new(), Vec::new());
    let mut question = client.initiate().unwrap();
    for rounds in 1..10_000 {
        let read = Message::from_bytes(question).unwrap();
        let answer = ours.answer(&read, our_bytes_max).unwrap();
        assert!(answer.len() <= our_bytes_max.max(ANSWER_BYTES_MIN));
        // What we say is as well-formed as what we accept.
        Message::from_bytes(answer.clone()).unwrap();
        match client.reconcile_with_ids(&answer, &mut have, &mut need) {
            Ok(Some(next)) => question = next,
            Ok(None) => {
                let bytes = |ids: Vec<Id>| ids.into_iter().map(Id::to_bytes).collect();
                return (bytes(have), bytes(need), rounds);
            }
            Err(error) => panic!("{error}"),
        }
    }
    panic!("no end after 10,000 messages");
}

fn check_differences(theirs: &[Record], ours: &[Record], our_bytes_max: usize) -> usize {
    let ids =
        |records: &[Record]| -> BTreeSet<[u8; 32]> { records.iter().map(|(_, id)| *id).collect() };
    let (their_ids, our_ids) = (ids(theirs), ids(ours));
    let (have, need, rounds) = compare(theirs, &set(ours), 60_000, our_bytes_max);
    assert_eq!(have, &their_ids - &our_ids);
    assert_eq!(need, &our_ids - &their_ids);
    rounds
}

#[test]
fn nip77_08_published_fingerprints() {
    let low_one = {
        let mut id = [0; 32];
        id[0] = 1;
        id
    };
    for (ids, fingerprint) in [
        (&[][..], "7f9c9e31ac8256ca2f258583df262dbc"),
        (&[[0x11; 32]], "8fd3214da593ffd1bcde5420d6bd5a64"),
        (
            &[[0x11; 32], [0x22; 32]],
            "cd20b9f83aa18e89dd323257ca0a6e09",
        ),
        // Their sum is 2^256, so 0.
        (&[[0xff; 32], low_one], "58cc2f44d3a27866874701fbad573da9"),
    ] {
        let records: Vec<Record> = ids.iter().map(|id| (7, *id)).collect();
        let whole = format!("61000001{fingerprint}");
        assert_eq!(answer(&set(&records), &whole), "61", "{fingerprint}");
        let other = set(&[(7, [0x33; 32])]);
        assert_ne!(answer(&other, &whole), "61", "{fingerprint}");
    }
}

#[test]
fn nip77_07_published_messages_and_answers() {
    let (ones, twos) = ("11".repeat(32), "22".repeat(32));
    let only_twos = set(&[(7, [0x22; 32])]);
    assert_eq!(
        answer(&only_twos, &format!("6100000201{ones}")),
        format!("6100000201{twos}")
    );
    assert_eq!(
        answer(&only_twos, "6100000200"),
        format!("6100000201{twos}")
    );
    assert_eq!(answer(&set(&[]), "6100000200"), "6100000200");
    let split = "6186aacfe20100018fd3214da593ffd1bcde5420d6bd5a64\
                 00000100f1b56bab68bd0f599ba802e93db351";
    let both = set(&[(1_699_999_999, [0x11; 32]), (1_700_000_000, [0x22; 32])]);
    assert_eq!(answer(&both, split), "61");
    // The bound is exclusive, so the first range is empty here and the second has both.
    let later = set(&[(1_700_000_000, [0x11; 32]), (1_700_000_000, [0x22; 32])]);
    assert_eq!(
        answer(&later, split),
        format!("6186aacfe20100020000000202{ones}{twos}")
    );
}

#[test]
fn nip77_09_by_time_and_then_by_id() {
    let records = [(2, [0x11; 32]), (1, [0x33; 32]), (1, [0x22; 32])];
    let list = ["22", "33", "11"].map(|digits| digits.repeat(32)).concat();
    assert_eq!(
        answer(&set(&records), "6100000200"),
        format!("6100000203{list}")
    );
}

#[test]
fn nip77_06_other_versions_are_told_ours() {
    for theirs in ["60", "6200000200", "6fff"] {
        assert_eq!(answer(&set(&[(7, [0x22; 32])]), theirs), "61");
    }
}

#[test]
fn nip77_13_equal_sets_in_one_round() {
    for count in [0, 1, 31, 32, 5_000] {
        let records = many(count, 7);
        assert_eq!(check_differences(&records, &records, 60_000), 1, "{count}");
    }
}

#[test]
fn nip77_11_14_short_answers_find_every_difference() {
    let (all, none): (Vec<Record>, Vec<Record>) = (many(3_000, 7), Vec::new());
    let half: Vec<Record> = all.iter().copied().step_by(2).collect();
    let other = many(1_000, 8);
    let mixed = [&half[..], &other].concat();
    for (theirs, ours) in [
        (&none, &all),
        (&all, &none),
        (&half, &all),
        (&all, &half),
        (&mixed, &all),
        (&all, &mixed),
        (&other, &all),
    ] {
        let long = check_differences(theirs, ours, usize::MAX);
        let short = check_differences(theirs, ours, 0);
        assert!(short >= long, "{short} {long}");
    }
    // 3,000 ids do not fit into one short answer.
    assert!(check_differences(&none, &all, 0) > 20);
}

#[test]
fn nip77_14_many_at_one_moment() {
    let all: Vec<Record> = many(2_000, 9)
        .into_iter()
        .map(|(_, id)| (1_700_000_000, id))
        .collect();
    let half: Vec<Record> = all.iter().copied().step_by(2).collect();
    check_differences(&half, &all, 0);
    check_differences(&all, &half, 0);
}

#[test]
fn records_are_counted_while_their_set_is_kept() {
    let reconciler = Reconciler::new();
    let events: Vec<Arc<Event>> = (0..6)
        .map(|number| {
            use crate::session::fake_store::{ALICE, event};
            event(ALICE, 1, &[], &format!("{number}"))
        })
        .collect();
    let bounds = RecordBounds {
        set_max: 4,
        total_max: 6,
    };
    let mut first = reconciler.begin(bounds);
    assert_eq!(first.add(&events[..5]), Err(TooMany::InSet));
    assert_eq!(first.add(&events[..2]), Ok(()));
    assert_eq!(first.add(&events[..3]), Err(TooMany::InSet));
    assert_eq!(first.add(&events[..2]), Ok(()));
    let first = first.seal().unwrap();
    let mut second = reconciler.begin(bounds);
    assert_eq!(second.add(&events[..2]), Ok(()));
    assert_eq!(second.add(&events[..1]), Err(TooMany::InTotal));
    drop(first);
    assert_eq!(second.add(&events[..2]), Ok(()));
    drop(second);
    assert_eq!(reconciler.records.load(Ordering::Relaxed), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nip77_14_any_two_sets(
        seed in 1_u64..,
        common in 0_usize..400,
        theirs in 0_usize..400,
        ours in 0_usize..400,
    ) {
        let all = many(common + theirs + ours, seed);
        let (common, rest) = all.split_at(common);
        let (theirs, ours) = rest.split_at(theirs);
        check_differences(&[common, theirs].concat(), &[common, ours].concat(), 0);
    }

    #[test]
    fn nip77_10_any_message_is_answered_within_bounds(
        seed in 1_u64..,
        count in 0_usize..300,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
    ) {
        let mut client = vector(&many(count, seed));
        client.seal().unwrap();
        let mut bytes = Negentropy::owned(client, 0).unwrap().initiate().unwrap();
        for (index, byte) in changes {
            let place = index.index(bytes.len());
            bytes[place] = byte;
        }
        if let Ok(message) = Message::from_bytes(bytes) {
            let ours = set(&many(300, seed));
            let answer = ours.answer(&message, 0).unwrap();
            prop_assert!(answer.len() <= ANSWER_BYTES_MIN);
            prop_assert!(Message::from_bytes(answer).is_ok());
        }
    }

    #[test]
    fn nip77_10_lists_and_bounds_without_end(ranges in proptest::collection::vec(0_u8..4, 0..5_000)) {
        let mut bytes = vec![0x61];
        for mode in ranges {
            bytes.extend_from_slice(&[1, 0, mode % 3]);
            match mode {
                1 => bytes.extend_from_slice(&[7; 16]),
                2 => bytes.push(0),
                _ => {}
            }
        }
        let answer = set(&many(300, 7)).answer(&Message::from_bytes(bytes).unwrap(), 0).unwrap();
        prop_assert!(answer.len() <= ANSWER_BYTES_MIN);
    }
}
