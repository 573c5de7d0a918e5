//! The first keeps a name, and nobody loses or gains one otherwise than by the rules.

use std::sync::Arc;

use kith_nips::PublicKey;

use super::{GivenTo, NAMES, NAMES_MAX, NamesPolicy, Naming, NotGiven};
use crate::management::{Management, ManagementError};
use crate::session::fake_store::FakeStore;
use crate::store::{Record, Store};
use crate::subscriptions::Subscriptions;

const NOW: u64 = 1_700_000_000;
const HELD_BACK: u64 = 1_000;

const GIVEN: Naming = Naming::Given;
const TAKEN: Naming = Naming::NotGiven(NotGiven::Taken);

/// Names, and how they are asked for.
struct Desk {
    management: Management,
    policy: NamesPolicy,
}

fn key(number: u8) -> PublicKey {
    PublicKey::from_bytes([number; 32])
}

fn store() -> Arc<FakeStore> {
    Arc::new(FakeStore::new(Arc::new(Subscriptions::new())))
}

impl Desk {
    /// Where everybody may have a name.
    fn open() -> Self {
        Desk {
            management: Management::new(store()),
            policy: NamesPolicy {
                given_to: GivenTo::Anybody,
                host: Some("kith.example".to_owned()),
                reserved: vec!["root".to_owned()],
                administrators: vec![key(9)],
                held_back_seconds: HELD_BACK,
            },
        }
    }

    /// Asks so many seconds after the beginning.
    async fn ask(&self, person: u8, name: Option<&str>, after: u64, expected: Naming) {
        let (person, now) = (key(person), NOW + after);
        let named = self.management.name(person, name, &self.policy, now);
        assert_eq!(named.await.unwrap(), expected, "{name:?} after {after}");
    }

    #[track_caller]
    fn check(&self, name: &str, holder: Option<u8>) {
        let standing = self.management.standing();
        assert_eq!(standing.names.holder(name), holder.map(key), "{name}");
    }
}

#[tokio::test]
async fn nip05_15_the_first_keeps_the_name() {
    let desk = Desk::open();
    desk.ask(1, Some("bob"), 0, GIVEN).await;
    desk.ask(2, Some("bob"), 0, TAKEN).await;
    desk.ask(1, Some("bob"), 1, GIVEN).await;
    desk.check("bob", Some(1));
    // Who asks for what another has, keeps what they had.
    desk.ask(2, Some("ben"), 1, GIVEN).await;
    desk.ask(2, Some("bob"), 2, TAKEN).await;
    desk.check("ben", Some(2));
    desk.ask(3, Some("root"), 2, Naming::NotGiven(NotGiven::Reserved))
        .await;
}

#[tokio::test]
async fn nip05_15_of_two_at_once_one_is_first() {
    let desk = Desk::open();
    let ask = |person| {
        desk.management
            .name(key(person), Some("bob"), &desk.policy, NOW)
    };
    let (one, other) = tokio::join!(ask(1), ask(2));
    let named = [one.unwrap(), other.unwrap()];
    assert!(
        named.contains(&GIVEN) && named.contains(&TAKEN),
        "{named:?}"
    );
}

#[tokio::test]
async fn nip05_15_what_was_given_up_is_held_back_for_its_holder() {
    let desk = Desk::open();
    desk.ask(1, Some("bob"), 0, GIVEN).await;
    desk.ask(1, None, 10, Naming::NotAsked).await;
    desk.check("bob", None);
    desk.ask(2, Some("bob"), 10 + HELD_BACK - 1, TAKEN).await;
    desk.ask(1, Some("bob"), 20, GIVEN).await;
    desk.ask(1, Some("rob"), 30, GIVEN).await;
    desk.check("bob", None);
    desk.check("rob", Some(1));
    desk.ask(2, Some("bob"), 30 + HELD_BACK, GIVEN).await;
    // The former holder is one like any other by then.
    desk.ask(1, Some("bob"), 31 + HELD_BACK, TAKEN).await;
    desk.check("rob", Some(1));
}

#[tokio::test]
async fn of_each_person_one_name_is_held_back() {
    let desk = Desk::open();
    for (at, name) in ["a", "b", "c", "d"].into_iter().enumerate() {
        desk.ask(1, Some(name), at.try_into().unwrap(), GIVEN).await;
    }
    desk.ask(2, Some("c"), 5, TAKEN).await;
    desk.ask(2, Some("b"), 5, GIVEN).await;
    // To and fro.
    desk.ask(1, Some("c"), 6, GIVEN).await;
    desk.ask(3, Some("d"), 6, TAKEN).await;
    let standing = desk.management.standing();
    let names: Vec<&str> = standing.names.holds().map(|(name, _)| name).collect();
    assert_eq!(names, ["b", "c", "d"]);
}

#[tokio::test]
async fn who_vanished_is_forgotten_and_the_name_waits() {
    let desk = Desk::open();
    desk.ask(1, Some("bob"), 0, GIVEN).await;
    let Desk { management, policy } = &desk;
    let forgetting = management.forget_names(key(1), policy, NOW);
    forgetting.await.unwrap();
    let records = management.store.records().await.unwrap();
    let values: Vec<String> = records
        .into_iter()
        .filter_map(|record| record.value)
        .collect();
    let free_at = NOW + HELD_BACK;
    assert_eq!(values, [format!("{{\"of\":null,\"free_at\":{free_at}}}")]);
    desk.ask(1, Some("bob"), 1, TAKEN).await;
    desk.ask(2, Some("bob"), HELD_BACK, GIVEN).await;
}

#[tokio::test]
async fn an_administrator_frees_a_name_at_once() {
    let desk = Desk::open();
    desk.ask(1, Some("bob"), 0, GIVEN).await;
    desk.management.free_name("bob").await.unwrap();
    desk.management.free_name("nobody").await.unwrap();
    desk.ask(2, Some("bob"), 1, GIVEN).await;
    desk.check("bob", Some(2));
}

#[tokio::test]
async fn names_for_members_are_for_those_who_may_write_among_them() {
    let mut desk = Desk::open();
    desk.policy.given_to = GivenTo::Members;
    let no_member = Naming::NotGiven(NotGiven::NotAMember);
    desk.ask(1, Some("bob"), 0, no_member).await;
    desk.ask(9, Some("ada"), 0, GIVEN).await;
    desk.management.allow_key(key(1), "").await.unwrap();
    desk.ask(1, Some("bob"), 0, GIVEN).await;
    desk.policy.given_to = GivenTo::Nobody;
    let nobody = Naming::NotGiven(NotGiven::Nobody);
    desk.ask(9, Some("eve"), 0, nobody).await;
    desk.check("ada", Some(9));
}

#[tokio::test]
async fn names_are_bounded_and_those_that_are_due_make_room() {
    let mut records: Vec<Record> = (0..NAMES_MAX)
        .map(|number| Record {
            collection: NAMES.to_owned(),
            key: format!("name{number}"),
            value: Some(format!("{{\"of\":null,\"free_at\":{}}}", NOW + 10)),
        })
        .collect();
    let full = store();
    full.put_records(std::mem::take(&mut records))
        .await
        .unwrap();
    let desk = Desk {
        management: Management::load(full).await.unwrap(),
        ..Desk::open()
    };
    desk.ask(1, Some("bob"), 9, Naming::NotGiven(NotGiven::Full))
        .await;
    desk.ask(1, Some("bob"), 10, GIVEN).await;
    assert_eq!(desk.management.standing().names.holds().len(), 1);
}

#[tokio::test]
async fn names_hold_after_a_start_or_not_at_all() {
    let store = store();
    let desk = Desk {
        management: Management::new(store.clone()),
        ..Desk::open()
    };
    desk.ask(1, Some("bob"), 0, GIVEN).await;
    desk.ask(1, Some("rob"), 0, GIVEN).await;
    let again = Management::load(store.clone()).await.unwrap();
    assert_eq!(again.standing().names, desk.management.standing().names);

    store.fail();
    let (policy, asked) = (&desk.policy, Some("ben"));
    let failed = desk.management.name(key(2), asked, policy, NOW).await;
    assert!(matches!(failed, Err(ManagementError::Store(_))));
    desk.check("ben", None);
}

#[tokio::test]
async fn a_record_that_makes_no_sense_is_not_read() {
    for value in ["", "{}", "{\"of\":\"bob\"}"] {
        let store = store();
        let wrong = Record {
            collection: NAMES.to_owned(),
            key: "ada".to_owned(),
            value: Some(value.to_owned()),
        };
        store.put_records(vec![wrong]).await.unwrap();
        assert!(Management::load(store).await.is_err(), "{value}");
    }
}
