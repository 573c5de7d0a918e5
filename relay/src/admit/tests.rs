//! What comes in, what does not, and what is answered.

use std::sync::Arc;

use kith_nips::{Event, Kind, PublicKey};
use tokio::sync::watch;

use super::{Admission, AdmissionPolicy, Decision, Verdict};
use crate::clock::unix_now;
use crate::gate::Gate;
use crate::management::Management;
use crate::session::fake_store::{ALICE, BOB, CAROL, FakeStore, event, event_at};
use crate::store::{Outcome, Store};
use crate::subscriptions::{Inbox, InboxLimits, Subscriptions};
use crate::verify::Verifier;

struct Relay {
    admission: Admission,
    store: Arc<FakeStore>,
    subscriptions: Arc<Subscriptions>,
    management: Management,
}

fn relay(policy: AdmissionPolicy) -> Relay {
    let subscriptions = Arc::new(Subscriptions::new());
    let store = Arc::new(FakeStore::new(Arc::clone(&subscriptions)));
    let (_, policy) = watch::channel(Arc::new(policy));
    let management = Management::new(Arc::clone(&store) as Arc<dyn crate::store::Store>);
    let admission = Admission::new(
        Arc::clone(&store) as Arc<dyn crate::store::Store>,
        Arc::clone(&subscriptions),
        Verifier::start(1).unwrap(),
        policy,
        management.clone(),
    );
    Relay {
        admission,
        store,
        subscriptions,
        management,
    }
}

impl Relay {
    /// The OK that answers `event`: accepted, and the text up to its colon.
    async fn answer(&self, event: &Event, keys: &[PublicKey]) -> (bool, String) {
        let verdict = self.admission.admit(event.json(), keys).await;
        let Verdict::Event { id, decision } = verdict else {
            panic!("no OK for {}", event.json());
        };
        assert_eq!(id, event.id());
        (decision.accepted(), word(&decision))
    }

    async fn check(&self, event: &Event, expected: &str) {
        self.check_as(&[], event, expected).await;
    }

    async fn check_as(&self, keys: &[PublicKey], event: &Event, expected: &str) {
        let accepted = expected.is_empty() || expected == "duplicate+";
        let answer = self.answer(event, keys).await;
        let expected = (accepted, expected.trim_end_matches('+').to_owned());
        assert_eq!(answer, expected, "{}", event.json());
        assert_eq!(self.store.holds(event.id()), accepted, "{}", event.json());
    }
}

fn word(decision: &Decision) -> String {
    let message = decision.message();
    match message.split_once(": ") {
        Some((word, reason)) => {
            assert!(!reason.is_empty(), "{message}");
            word.to_owned()
        }
        None => message.into_owned(),
    }
}

fn key(secret_key: &str) -> PublicKey {
    event(secret_key, 1, &[], "").pubkey()
}

#[tokio::test]
async fn pfx_01_every_outcome_has_its_answer() {
    for (decision, accepted, expected) in [
        (Decision::Judged(Outcome::Saved(1)), true, ""),
        (Decision::Judged(Outcome::Duplicate), true, "duplicate"),
        (Decision::Judged(Outcome::Superseded), false, "duplicate"),
        (Decision::Judged(Outcome::Deleted), false, "blocked"),
        (Decision::Judged(Outcome::NotOwner), false, "restricted"),
        (Decision::Heard, true, ""),
        (Decision::Unheard, false, "mute"),
    ] {
        assert_eq!(decision.accepted(), accepted, "{decision:?}");
        assert_eq!(word(&decision), expected, "{decision:?}");
    }
}

#[tokio::test]
async fn nip01_34_the_second_time_is_a_duplicate() {
    let relay = relay(AdmissionPolicy::default());
    let note = event(ALICE, 1, &[], "hello");
    relay.check(&note, "").await;
    relay.check(&note, "duplicate+").await;
}

#[tokio::test]
async fn nip01_34_of_what_is_stored_only_the_id_is_checked_and_the_first_signature_stays() {
    let relay = relay(AdmissionPolicy::default());
    let note = event(ALICE, 1, &[], "hello");
    relay.check(&note, "").await;
    let signature = event(ALICE, 1, &[], "other").sig().to_hex();
    let resigned = note.json().replace(&note.sig().to_hex(), &signature);
    let resigned = Event::parse(&resigned).unwrap();
    relay.check(&resigned, "duplicate+").await;
    let stored = relay.store.find(note.id()).await.unwrap().unwrap();
    assert_eq!(stored.sig(), note.sig());

    let changed = Event::parse(&note.json().replace("hello", "hallo")).unwrap();
    let answer = relay.answer(&changed, &[]).await;
    assert_eq!(answer, (false, "invalid".to_owned()));
}

#[tokio::test]
async fn nip01_19_shapes_are_answered_to_the_claimed_id() {
    let relay = relay(AdmissionPolicy::default());
    let id = "a".repeat(64);
    let verdict = relay
        .admission
        .admit(&format!(r#"{{"id":"{id}"}}"#), &[])
        .await;
    let Verdict::Event {
        id: answered,
        decision,
    } = verdict
    else {
        panic!("no OK");
    };
    assert_eq!(answered.to_string(), id);
    assert_eq!(word(&decision), "invalid");
    let verdict = relay.admission.admit("{}", &[]).await;
    assert!(matches!(verdict, Verdict::Unidentified(reason) if reason.starts_with("invalid: ")));
}

#[tokio::test]
async fn nip01_29_and_30_and_33_forgeries_are_neither_stored_nor_broadcast() {
    let relay = relay(AdmissionPolicy::default());
    let limits = InboxLimits {
        events_max: 10,
        bytes_max: 100_000,
    };
    let reader = Gate::new(relay.management.subscribe()).reader([]);
    let inbox = Arc::new(Inbox::new(limits, reader));
    relay
        .subscriptions
        .subscribe(&inbox, [kith_nips::Filter::default()].into());
    for kind in [1, 20_001] {
        let good = event(ALICE, kind, &[], "mine");
        let signature = event(ALICE, kind, &[], "other").sig().to_hex();
        let wrong_signature = good.json().replace(&good.sig().to_hex(), &signature);
        let wrong_id = good.json().replace("mine", "yours");
        for json in [wrong_signature, wrong_id] {
            relay.check(&Event::parse(&json).unwrap(), "invalid").await;
        }
    }
    assert!(matches!(
        inbox.take(usize::MAX),
        crate::subscriptions::Arrivals::Events(none) if none.is_empty()
    ));
}

#[tokio::test]
async fn nip01_58_a_broken_store_is_an_error() {
    let relay = relay(AdmissionPolicy::default());
    relay.store.fail();
    relay.check(&event(ALICE, 1, &[], ""), "error").await;
    // Also where the store is only asked about somebody's standing.
    relay
        .check(&event(ALICE, 42, &[&["e", &"a".repeat(64)]], ""), "error")
        .await;
}

#[tokio::test]
async fn nip01_45_and_57_ephemeral_events_are_never_stored() {
    let typing = event(ALICE, 20_001, &[], "typing");
    let polite = relay(AdmissionPolicy::default());
    assert_eq!(polite.answer(&typing, &[]).await, (true, String::new()));
    assert!(!polite.store.holds(typing.id()));
    let honest = relay(AdmissionPolicy {
        ephemeral_mute: true,
        ..AdmissionPolicy::default()
    });
    assert_eq!(
        honest.answer(&typing, &[]).await,
        (false, "mute".to_owned())
    );
}

#[tokio::test]
async fn nip42_08_and_nip17_09_and_nip59_09_misplaced_kinds() {
    let relay = relay(AdmissionPolicy::default());
    relay.check(&event(ALICE, 22_242, &[], ""), "invalid").await;
    for kind in [13, 14, 15] {
        relay.check(&event(ALICE, kind, &[], ""), "blocked").await;
    }
    for kind in [1_059, 21_059] {
        relay.check(&event(ALICE, kind, &[], ""), "invalid").await;
        relay
            .check(&event(ALICE, kind, &[&["p", "npub1bob"]], ""), "invalid")
            .await;
    }
    let bob = key(BOB).to_string();
    let wrap = event(ALICE, 1_059, &[&["p", "x"], &["p", &bob]], "not NIP-44");
    relay.check(&wrap, "").await;
}

#[tokio::test]
async fn nip11_12_sizes_at_and_over_the_limit() {
    let relay = relay(AdmissionPolicy {
        event_tags_max: 2,
        content_chars_max: 3,
        ..AdmissionPolicy::default()
    });
    let tag: &[&str] = &["t", "x"];
    relay.check(&event(ALICE, 1, &[tag, tag], "äöü"), "").await;
    relay
        .check(&event(ALICE, 1, &[tag, tag, tag], ""), "invalid")
        .await;
    relay.check(&event(ALICE, 1, &[], "äöü!"), "invalid").await;
}

#[tokio::test]
async fn nip11_19_and_20_creation_times_at_and_over_the_limit() {
    let relay = relay(AdmissionPolicy {
        created_at_upper_seconds: Some(900),
        created_at_lower_seconds: Some(1_000),
        ..AdmissionPolicy::default()
    });
    let now = 1_700_000_000;
    for (created_at, accepted) in [
        (now + 900, true),
        (now + 901, false),
        (now - 1_000, true),
        (now - 1_001, false),
        (0, false),
    ] {
        let note = event_at(ALICE, 1, &[], "", created_at);
        let checked = relay.admission.check(note.json(), &[], now);
        assert_eq!(checked.is_ok(), accepted, "{created_at}");
    }
}

#[tokio::test]
async fn nip11_20_any_age_is_accepted_by_default() {
    let relay = relay(AdmissionPolicy::default());
    relay.check(&event_at(ALICE, 1, &[], "", 0), "").await;
}

#[tokio::test]
async fn nip40_01_and_05_expired_and_malformed_expirations() {
    let relay = relay(AdmissionPolicy::default());
    let now = unix_now();
    for (value, expected) in [
        ((now - 1).to_string(), "invalid"),
        ("1".to_owned(), "invalid"),
        ("tomorrow".to_owned(), "invalid"),
        ("-5".to_owned(), "invalid"),
        ((now + 1_000).to_string(), ""),
    ] {
        let tags: &[&[&str]] = &[&["expiration", &value], &["expiration", "x"]];
        relay.check(&event(ALICE, 1, tags, ""), expected).await;
    }
    let late: &[&[&str]] = &[&["expiration", "5"]];
    let expired = event(ALICE, 20_001, late, "");
    relay.check(&expired, "invalid").await;
}

#[tokio::test]
async fn nip70_01_to_05_protected_events_come_from_their_author() {
    let note = event(ALICE, 1, &[&["t", "x"], &["-", "x"]], "");
    let open = relay(AdmissionPolicy::default());
    open.check(&note, "auth-required").await;
    open.check_as(&[key(BOB)], &note, "restricted").await;
    open.check_as(&[key(BOB), key(ALICE)], &note, "").await;
    // Strangers do not learn that it is stored (NIP70-08).
    let strangers = open.answer(&note, &[key(BOB)]).await;
    assert_eq!(strangers, (false, "restricted".to_owned()));
    open.check(&event(ALICE, 1, &[&["t", "-"]], ""), "").await;
    let closed = relay(AdmissionPolicy {
        protected_events: false,
        ..AdmissionPolicy::default()
    });
    closed.check_as(&[key(ALICE)], &note, "blocked").await;
}

#[tokio::test]
async fn nip70_04_reposts_do_not_carry_protected_events() {
    let relay = relay(AdmissionPolicy::default());
    let protected = event(BOB, 1, &[&["-"]], "mine");
    let inner = event(CAROL, 6, &[], protected.json());
    for kind in [6, 16] {
        for content in [protected.json(), inner.json()] {
            relay
                .check(&event(ALICE, kind, &[], content), "blocked")
                .await;
        }
        let plain = event(BOB, 1, &[], "for everybody");
        for content in ["", "not json", "[]", "{}", plain.json()] {
            relay.check(&event(ALICE, kind, &[], content), "").await;
        }
    }
    relay
        .check(&event(ALICE, 1, &[], protected.json()), "")
        .await;
}

#[tokio::test]
async fn nip13_02_and_03_work() {
    let relay = relay(AdmissionPolicy {
        work_bits_min: 6,
        ..AdmissionPolicy::default()
    });
    let mine = |target: &str| {
        (0_u32..)
            .map(|nonce| event(ALICE, 1, &[&["nonce", &nonce.to_string(), target]], ""))
            .find(|event| event.id().difficulty() >= 6)
            .unwrap()
    };
    relay.check(&mine("6"), "").await;
    relay.check(&mine("none"), "").await;
    let lucky = mine("5");
    relay.check(&lucky, "pow").await;
    let verdict = relay.admission.admit(lucky.json(), &[]).await;
    let Verdict::Event { decision, .. } = verdict else {
        panic!("no OK");
    };
    assert_eq!(decision.message(), "pow: difficulty 5 is less than 6");
}

#[tokio::test]
async fn nip11_14_authentication_can_be_required() {
    let relay = relay(AdmissionPolicy {
        auth_required: true,
        ..AdmissionPolicy::default()
    });
    let note = event(ALICE, 1, &[], "");
    relay.check(&note, "auth-required").await;
    relay.check_as(&[key(BOB)], &note, "").await;
}

#[tokio::test]
async fn lbc_10_and_11_metadata_names_its_community() {
    let strict = relay(AdmissionPolicy::default());
    let id = "a".repeat(64);
    strict
        .check(&event(ALICE, 30_037, &[&["d", &id]], ""), "")
        .await;
    strict
        .check(&event(ALICE, 30_037, &[&["d", "x"], &["e", &id]], ""), "")
        .await;
    let nameless = event(ALICE, 30_037, &[&["d", "brighton"]], "");
    strict.check(&nameless, "invalid").await;
    let lax = relay(AdmissionPolicy {
        enforce_owner: false,
        ..AdmissionPolicy::default()
    });
    lax.check(&nameless, "").await;
}

/// A community of Alice, in which Bob is muted: its id, and the address of a meetup.
fn brighton(relay: &Relay) -> (String, String) {
    let community = event(ALICE, 1_037, &[], "Brighton");
    let id = community.id().to_string();
    let (alice, bob) = (key(ALICE).to_string(), key(BOB).to_string());
    let meetup = event(ALICE, 31_923, &[&["d", "chess"], &["e", &id]], "");
    let blocked = format!("{id}:blocked");
    let list = event(
        ALICE,
        30_000,
        &[&["d", &blocked], &["p", "x"], &["p", &bob], &["p", &alice]],
        "",
    );
    for event in [community, meetup, list] {
        relay.store.commit(&event);
    }
    (id, format!("31923:{alice}:chess"))
}

#[tokio::test]
async fn lbc_53_muted_people_do_not_write_into_the_community() {
    let relay = relay(AdmissionPolicy::default());
    let (community, meetup) = brighton(&relay);
    let channel = event(ALICE, 40, &[&["e", &community]], "{}");
    let private = event(BOB, 40, &[&["e", &community]], "{}");
    relay.store.commit(&channel);
    relay.store.commit(&private);
    let channel = channel.id().to_string();
    let own_slug = format!("{community}:mine");
    let (_, bare) = meetup.split_once(':').unwrap();
    let labelled = format!("{}:{bare}", "b".repeat(64));
    let written: [(u16, &[&[&str]]); 8] = [
        (42, &[&["e", &channel, "", "root"]]),
        (42, &[&["e", &"c".repeat(64)], &["e", &channel, "", "root"]]),
        (1_111, &[&["E", &community]]),
        (1_111, &[&["A", &meetup]]),
        (31_925, &[&["d", "1"], &["a", &meetup]]),
        (31_925, &[&["d", "2"], &["a", &labelled]]),
        (31_923, &[&["d", "3"], &["e", &community]]),
        (31_923, &[&["d", &own_slug]]),
    ];
    for (kind, tags) in written {
        relay
            .check(&event(BOB, kind, tags, "by Bob"), "blocked")
            .await;
        relay.check(&event(CAROL, kind, tags, "by Carol"), "").await;
        relay.check(&event(ALICE, kind, tags, "by Alice"), "").await;
    }
    let private = private.id().to_string();
    let elsewhere: [(u16, &[&[&str]]); 5] = [
        (42, &[&["e", &private, "", "root"]]),
        (
            42,
            &[&["e", &private, "", "root"], &["e", &channel, "", "reply"]],
        ),
        (1, &[&["e", &community]]),
        (1_111, &[&["E", &"d".repeat(64)]]),
        (31_923, &[&["d", "4"], &["e", &"e".repeat(64)]]),
    ];
    for (kind, tags) in elsewhere {
        relay.check(&event(BOB, kind, tags, "elsewhere"), "").await;
    }
}

#[tokio::test]
async fn lbc_53_unmuting_takes_effect_at_once() {
    let relay = relay(AdmissionPolicy::default());
    let (community, _) = brighton(&relay);
    let tags: &[&[&str]] = &[&["E", &community]];
    relay
        .check(&event(BOB, 1_111, tags, "before"), "blocked")
        .await;
    let blocked = format!("{community}:blocked");
    let later = unix_now() + 60;
    relay
        .store
        .commit(&event_at(ALICE, 30_000, &[&["d", &blocked]], "", later));
    relay.check(&event(BOB, 1_111, tags, "after"), "").await;
}

#[tokio::test]
async fn lbc_53_the_switch_is_off() {
    let relay = relay(AdmissionPolicy {
        enforce_mute: false,
        ..AdmissionPolicy::default()
    });
    let (community, _) = brighton(&relay);
    relay
        .check(&event(BOB, 1_111, &[&["E", &community]], ""), "")
        .await;
}

#[tokio::test]
async fn nip86_08_and_nip62_06_banned_keys_may_only_vanish() {
    let relay = relay(AdmissionPolicy::default());
    relay.management.ban_key(key(ALICE), "").await.unwrap();
    relay.check(&event(ALICE, 1, &[], ""), "blocked").await;
    relay.check(&event(ALICE, 28_934, &[], ""), "blocked").await;
    relay.check(&event(BOB, 1, &[], ""), "").await;
    let vanish = event(ALICE, 62, &[&["relay", "ALL_RELAYS"]], "");
    relay.check(&vanish, "").await;
    relay.management.unban_key(key(ALICE)).await.unwrap();
    relay.check(&event(ALICE, 1, &[], "again"), "").await;
}

#[tokio::test]
async fn nip86_09_and_nip43_14_only_allowed_keys_may_write_but_for_some_kinds() {
    let relay = relay(AdmissionPolicy::default());
    relay.management.allow_key(key(ALICE), "").await.unwrap();
    relay.check(&event(ALICE, 1, &[], ""), "").await;
    relay.check(&event(BOB, 1, &[], ""), "restricted").await;
    relay.check(&event(BOB, 10_002, &[], ""), "").await;
    relay.check(&event(BOB, 10_050, &[], ""), "").await;
    relay.management.unallow_key(key(ALICE)).await.unwrap();
    relay.check(&event(BOB, 1, &[], ""), "").await;
}

#[tokio::test]
async fn nip86_11_and_13_banned_events_and_disallowed_kinds() {
    let relay = relay(AdmissionPolicy::default());
    let note = event(ALICE, 1, &[], "rude");
    relay.management.ban_event(note.id(), "").await.unwrap();
    relay.check(&note, "blocked").await;
    relay.management.allow_event(note.id(), "").await.unwrap();
    relay.check(&note, "").await;
    relay.management.disallow_kind(Kind::new(7)).await.unwrap();
    relay.check(&event(ALICE, 7, &[], "+"), "blocked").await;
    relay.management.allow_kind(Kind::new(7)).await.unwrap();
    relay.check(&event(ALICE, 7, &[], "+"), "").await;
    relay.check(&event(ALICE, 1, &[], "others too"), "").await;
}

#[tokio::test]
async fn nip86_13_only_listed_kinds_where_the_operator_wants_that() {
    let relay = relay(AdmissionPolicy {
        listed_kinds_only: true,
        ..AdmissionPolicy::default()
    });
    relay.check(&event(ALICE, 1, &[], ""), "blocked").await;
    relay.management.allow_kind(Kind::new(1)).await.unwrap();
    relay.check(&event(ALICE, 1, &[], ""), "").await;
    let vanish = event(ALICE, 62, &[&["relay", "ALL_RELAYS"]], "");
    relay.check(&vanish, "").await;
}
