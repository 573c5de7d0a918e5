//! Members of relays (NIP-43), on relays that announce them and on others.

use kith_client::{Draft, Event, Keys, Kind, Kith, PublicKey, Reason, RelayMemberError, RelayUrl};
use kith_nips::nip43;
use serde_json::json;

use crate::map_relay::MapRelay;
use crate::support::{EVENING, connect};

const OWN_MEMBERSHIPS: Kind = Kind::new(10_010);

async fn with_members(own: &Keys) -> MapRelay {
    let key = own.public_key().to_hex();
    MapRelay::announcing(json!({"supported_nips": [1, 11, 43], "self": key})).await
}

fn url(relay: &MapRelay) -> RelayUrl {
    RelayUrl::parse(&relay.url).unwrap()
}

fn key(keys: &Keys) -> PublicKey {
    keys.public_key().into()
}

fn signed(draft: &Draft, keys: &Keys, age: u64) -> Event {
    draft.sign(keys, EVENING + age).unwrap()
}

fn naming(relays: &[&str], person: &Keys, age: u64) -> Event {
    let tag = |relay: &&str| vec!["relay".to_owned(), (*relay).to_owned()];
    let draft = Draft {
        kind: OWN_MEMBERSHIPS,
        created_at: None,
        tags: relays.iter().map(tag).collect(),
        content: String::new(),
    };
    signed(&draft, person, age)
}

async fn membership(kith: &Kith, relay: &MapRelay, person: &Keys) -> (Option<bool>, bool, bool) {
    let found = kith.relay_membership(&url(relay), key(person)).await;
    let found = found.unwrap();
    (
        found.listed_by_relay,
        found.named_by_person,
        found.is_mutual(),
    )
}

#[tokio::test]
async fn nip43_12_the_list_of_a_relay_alone_makes_no_member() {
    let (own, ada, stranger) = (Keys::generate(), Keys::generate(), Keys::generate());
    let relay = with_members(&own).await;
    let kith = connect(vec![relay.url.clone()], &ada).await;
    assert_eq!(membership(&kith, &relay, &ada).await, (None, false, false));

    let list = nip43::member_list([(key(&ada), ["host"])]);
    // Of somebody else it is no list of the relay.
    relay.hold([signed(&list, &stranger, 9)]);
    assert_eq!(membership(&kith, &relay, &ada).await, (None, false, false));
    relay.hold([signed(&list, &own, 0)]);
    assert_eq!(
        membership(&kith, &relay, &ada).await,
        (Some(true), false, false)
    );

    // What the person says counts beside it: the newest, and for this relay.
    relay.hold([naming(&["wss://other.example.com"], &ada, 0)]);
    assert_eq!(
        membership(&kith, &relay, &ada).await,
        (Some(true), false, false)
    );
    relay.hold([naming(&["wss://other.example.com", &relay.url], &ada, 1)]);
    assert_eq!(
        membership(&kith, &relay, &ada).await,
        (Some(true), true, true)
    );
    relay.hold([signed(&nip43::member_list::<[&str; 0]>([]), &own, 1)]);
    assert_eq!(
        membership(&kith, &relay, &ada).await,
        (Some(false), true, false)
    );
}

#[tokio::test]
async fn nip43_13_a_relay_without_43_is_neither_asked_to_join_nor_for_an_invite() {
    let (own, ada) = (Keys::generate(), Keys::generate());
    let has_members = with_members(&own).await;
    let others = [
        MapRelay::plain().await,
        MapRelay::announcing(json!({"supported_nips": [1, 11], "self": own.public_key()})).await,
    ];
    let relays = others.iter().chain([&has_members]);
    let kith = connect(relays.map(|relay| relay.url.clone()).collect(), &ada).await;
    for relay in &others {
        let relay = url(relay);
        for error in [
            kith.join_relay(&relay, "f00d").await.unwrap_err(),
            kith.relay_invite(&relay).await.unwrap_err(),
        ] {
            let RelayMemberError::Relay(refusal) = error else {
                panic!("{error}");
            };
            assert_eq!(
                (refusal.relay, refusal.reason),
                (relay.clone(), Reason::NoMembers)
            );
        }
    }
    // Nor does it come there with what goes to every relay of the set.
    let published = kith.publish(&nip43::join("f00d")).await.unwrap();
    assert_eq!(published.accepted, [url(&has_members)]);
    assert_eq!(published.refused.len(), 2, "{:?}", published.refused);
    for relay in &others {
        assert_eq!(relay.sent(), []);
        let asked = relay.asked();
        let kinds = asked.iter().filter_map(|filter| filter["kinds"].as_array());
        assert!(kinds.flatten().all(|kind| *kind != 28_935), "{asked:?}");
    }

    // One that lists it is asked.
    let invites = [("guessed", Keys::generate(), 5), ("f00d", own, 0)];
    let invites = invites.map(|(code, keys, age)| signed(&nip43::invite(code), &keys, age));
    let [guessed, invite] = invites;
    has_members.hold([invite]);
    let code = kith.relay_invite(&url(&has_members)).await.unwrap();
    assert_eq!(code.as_deref(), Some("f00d"));
    has_members.hold([guessed]);
    kith.join_relay(&url(&has_members), "f00d").await.unwrap();
    let sent = has_members.sent();
    assert!(sent.iter().all(|event| event.kind() == Kind::JOIN_REQUEST));
    assert_eq!(sent.last().unwrap().tags().named("claim").count(), 1);
}
