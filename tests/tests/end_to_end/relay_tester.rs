//! What the checks of relay-tester (a suite for any relay) ask and no other module does: what the
//! public may write, and the matrix of who may write and read back what. CONTRIBUTING.md says how
//! the suite itself is run.

use serde_json::json;

use crate::events::{Note, note, pubkey};
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

#[tokio::test]
async fn nip42_03_11_nip70_02_who_may_write_what_and_read_it_back() {
    let relay = TestRelay::start().await;
    // Nobody; the author; somebody else; both.
    for (index, keys) in [&[][..], &[SELF], &[OTHER], &[OTHER, SELF]]
        .iter()
        .enumerate()
    {
        let mut socket = person(&relay, keys).await;
        let protected = match (keys.contains(&SELF), keys.is_empty()) {
            (true, _) => Expected::Stored,
            (_, true) => Expected::Refused("auth-required"),
            (_, false) => Expected::Refused("restricted"),
        };
        let to = |key: u32| pubkey(key).to_string();
        let cases: [(Note, Expected, bool); 6] = [
            (note(SELF), Expected::Stored, true),
            (note(OTHER), Expected::Stored, true),
            (note(SELF).tag(&["-"]), protected, true),
            // Whoever carries a private message need not be able to read it.
            (
                note(THIRD).kind(1_059).tag(&["p", &to(SELF)]),
                Expected::Stored,
                keys.contains(&SELF),
            ),
            (
                note(SELF).kind(4).tag(&["p", &to(OTHER)]),
                Expected::Stored,
                !keys.is_empty(),
            ),
            (
                note(OTHER).kind(4).tag(&["p", &to(THIRD)]),
                Expected::Stored,
                keys.contains(&OTHER),
            ),
        ];
        for (case, (note, expected, visible)) in cases.into_iter().enumerate() {
            let event = note.content(format!("{index} {case}")).signed();
            expected.check(&socket.event(&event).await);
            let stored = matches!(expected, Expected::Stored);
            let back = socket.query(json!({"ids": [event.id()]})).await;
            assert_eq!(
                back.len(),
                usize::from(stored && visible),
                "{keys:?} {case}"
            );
        }
    }
}
