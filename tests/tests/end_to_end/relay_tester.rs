//! What the checks of relay-tester (a suite for any relay) ask and no other module does: what the
//! public may write, and the matrix of who may write and read back what. CONTRIBUTING.md says how
//! the suite itself is run.

use serde_json::json;

use crate::events::{MOMENT, Note, note, pubkey};
use crate::harness::{Answer, Socket, TestRelay};

const SELF: u32 = 1;
const OTHER: u32 = 2;
const THIRD: u32 = 3;

/// How events are answered.
#[derive(Debug, Clone, Copy)]
enum Expected {
    Stored,
    Refused(&'static str),
}

impl Expected {
    fn check(self, answer: &Answer) {
        match self {
            Expected::Stored => answer.stored(),
            Expected::Refused(prefix) => answer.refused_with(prefix),
        }
    }
}

async fn person(relay: &TestRelay, keys: &[u32]) -> Socket {
    let mut socket = relay.connect().await;
    for key in keys {
        socket.authenticate(*key).await.stored();
    }
    socket
}

#[tokio::test]
async fn nip01_45_56_nip17_10_nip65_01_the_public_may_write() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    // Lists without any relay in them as well.
    for kind in [1, 10_002, 10_050, 23_195] {
        let event = note(SELF).kind(kind).tag(&["test"]).signed();
        socket.accept(&event).await;
        let kept = u64::from(kind != 23_195);
        assert_eq!(socket.count(json!({"ids": [event.id()]})).await, kept);
    }
}

/// What somebody sends, how it is answered, and whether the sender reads it back.
type Case = (Note, Expected, bool);

/// The cases of somebody who has shown these keys. Where only members may write, the only one is
/// [`SELF`].
fn cases(keys: &[u32], members_only: bool) -> [Case; 9] {
    use Expected::{Refused, Stored};
    let has = |key: u32| keys.contains(&key);
    let to = |note: Note, key: u32| note.tag(&["p", &pubkey(key).to_string()]);
    // The author counts, whoever sends it.
    let by_other = match members_only {
        true => Refused("restricted"),
        false => Stored,
    };
    let protected = match (has(SELF), keys.is_empty()) {
        (true, _) => Stored,
        (_, true) => Refused("auth-required"),
        (_, false) => Refused("restricted"),
    };
    // The author of a wrap is nobody, so the sender counts.
    let wrap = match (members_only && !has(SELF), keys.is_empty()) {
        (false, _) => Stored,
        (_, true) => Refused("auth-required"),
        (_, false) => Refused("restricted"),
    };
    [
        (note(SELF), Stored, true),
        (note(OTHER), by_other, true),
        (note(SELF).tag(&["-"]), protected, true),
        // Whoever carries a private message need not be able to read it.
        (to(note(THIRD).kind(1_059), SELF), wrap, has(SELF)),
        (to(note(SELF).kind(4), OTHER), Stored, !keys.is_empty()),
        (to(note(OTHER).kind(4), THIRD), by_other, has(OTHER)),
        // Where to find people is for everybody to say.
        (note(OTHER).kind(10_002), Stored, true),
        (note(OTHER).kind(10_050), Stored, true),
        (note(THIRD).kind(30_023).tag(&["d", "x"]), by_other, true),
    ]
}

async fn check_writers(members_only: bool) {
    let relay = TestRelay::start_with(|config| {
        config.policy.administrators = vec![pubkey(SELF)];
        config.policy.members_only = members_only;
    })
    .await;
    // Nobody; who is known; who is unknown; both.
    let readers = [&[][..], &[SELF], &[OTHER], &[OTHER, SELF]];
    for (index, keys) in readers.into_iter().enumerate() {
        let mut socket = person(&relay, keys).await;
        for (case, (note, expected, visible)) in cases(keys, members_only).into_iter().enumerate() {
            let event = note
                .at(MOMENT + index as u64)
                .content(format!("{index} {case}"))
                .signed();
            let answer = socket.event(&event).await;
            expected.check(&answer);
            let back = socket.query(json!({"ids": [event.id()]})).await;
            let seen = answer.accepted && visible;
            assert_eq!(back.len(), usize::from(seen), "{keys:?} {}", event.json());
        }
    }
}

#[tokio::test]
async fn nip42_03_11_nip70_02_who_may_write_what_and_read_it_back() {
    check_writers(false).await;
}

#[tokio::test]
async fn nip43_14_nip42_10_nip70_02_who_may_write_what_where_only_members_may() {
    check_writers(true).await;
}
