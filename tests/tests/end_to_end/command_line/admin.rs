//! `kith admin`: every method of NIP-86 on our own relay. Foreign ones are in the tests of the library.

use serde_json::{Value, json};

use super::Person;
use crate::events::{note, pubkey};
use crate::harness::TestRelay;
use crate::management::{ADMINISTRATOR, managed};

async fn administrator(relay: &TestRelay) -> Person {
    Person::with_key(&relay.url(), ADMINISTRATOR)
}

async fn done(person: &Person, words: &[&str]) {
    let answer = person.json(["admin"].iter().chain(words)).await;
    assert_eq!(answer["done"], true, "{words:?}: {answer}");
}

async fn list(person: &Person, name: &str, member: &str) -> Value {
    let answer = person.json(["admin", name]).await;
    assert_eq!(answer["unreadable"], 0);
    answer[member].clone()
}

#[tokio::test]
async fn people_and_events_are_banned_and_allowed() {
    let relay = managed().await;
    let admin = administrator(&relay).await;
    let spammer = Person::with_key(&relay.url(), 1).npub().await;
    done(&admin, &["ban", &spammer, "--reason", "spam"]).await;
    let expected = json!([{"npub": spammer, "public_key": pubkey(1), "reason": "spam"}]);
    assert_eq!(list(&admin, "banned", "people").await, expected);
    let refused = relay.connect().await.event(&note(1).by(1).signed()).await;
    assert!(!refused.accepted, "{refused:?}");
    done(&admin, &["unban", &spammer]).await;
    assert_eq!(list(&admin, "banned", "people").await, json!([]));

    let friend = Person::with_key(&relay.url(), 2).npub().await;
    done(&admin, &["allow", &friend]).await;
    let allowed = list(&admin, "allowed", "people").await;
    assert_eq!(allowed[0]["npub"], json!(friend));
    done(&admin, &["unallow", &friend]).await;

    let event = note(3).content("sells watches").signed();
    relay.connect().await.accept(&event).await;
    let id = event.id().to_string();
    done(&admin, &["ban-event", &id, "--reason", "watches"]).await;
    let expected = json!([{"id": id, "reason": "watches"}]);
    assert_eq!(list(&admin, "banned-events", "events").await, expected);
    done(&admin, &["allow-event", &id]).await;
    assert_eq!(list(&admin, "banned-events", "events").await, json!([]));
    assert_eq!(list(&admin, "reported", "events").await, json!([]));
    let page = admin.done(["admin", "reported"]).await;
    assert_eq!(page.trim_end(), "nothing is listed");
}

#[tokio::test]
async fn kinds_addresses_names_and_roles_are_managed() {
    let relay = managed().await;
    let admin = administrator(&relay).await;
    let methods = list(&admin, "methods", "methods").await;
    assert_eq!(methods.as_array().unwrap().len(), 24);
    done(&admin, &["disallow-kind", "7"]).await;
    let kinds = list(&admin, "kinds", "kinds").await;
    assert!(
        kinds.is_array() && !kinds.as_array().unwrap().contains(&json!(7)),
        "{kinds}"
    );
    done(&admin, &["allow-kind", "7"]).await;

    done(&admin, &["block-ip", "2001:db8::1", "--reason", "flood"]).await;
    let expected = json!([{"ip": "2001:db8::1", "reason": "flood"}]);
    assert_eq!(list(&admin, "blocked-ips", "addresses").await, expected);
    done(&admin, &["unblock-ip", "2001:db8::1"]).await;

    done(&admin, &["name", "Chess relay"]).await;
    done(&admin, &["description", "For chess"]).await;
    done(&admin, &["icon", "https://example.com/icon.png"]).await;
    let answer = relay.get("/", "Accept: application/nostr+json\r\n").await;
    for text in ["Chess relay", "For chess", "https://example.com/icon.png"] {
        assert!(answer.contains(text), "{answer}");
    }

    let host = [
        "role", "create", "host", "--label", "Host", "--color", "120", "--order", "-1",
    ];
    done(&admin, &host).await;
    done(&admin, &["role", "edit", "host", "--label", "Hosts"]).await;
    let member = Person::with_key(&relay.url(), 2).npub().await;
    done(&admin, &["role", "assign", "host", &member]).await;
    let members = relay.connect().await.query(json!({"kinds": [13534]})).await;
    assert!(members[0].json().contains(&pubkey(2).to_string()));
    done(&admin, &["role", "unassign", "host", &member]).await;
    done(&admin, &["role", "delete", "host"]).await;
}

#[tokio::test]
async fn what_cannot_be_managed_is_an_error_of_one_line_with_a_hint() {
    let relay = managed().await;
    let stranger = Person::with_key(&relay.url(), 1);
    stranger
        .fails(
            ["admin", "banned"],
            6,
            "does not let this key manage it",
            "kith keys show",
        )
        .await;
    let admin = administrator(&relay).await;
    let long = "x".repeat(30);
    let error = format!("{} did not do it", relay.url());
    let ended = admin.run(["admin", "name", &long]).await;
    assert_eq!(ended.code, 6);
    assert!(
        ended.stderr.starts_with(&format!("error: {error}")),
        "{ended:?}"
    );
    admin
        .fails(
            ["admin", "role", "create", "x", "--color", "361"],
            2,
            "hue",
            "--help",
        )
        .await;
    admin
        .fails(["admin", "ban", "ben"], 2, "is not a person", "npub1")
        .await;
    let address = format!("31923:{}:x", pubkey(1));
    admin
        .fails(
            ["admin", "ban-event", &address],
            2,
            "all versions",
            "id of the event",
        )
        .await;

    // What is meant for one relay must not reach another.
    let other = TestRelay::start().await;
    let both = Person::with_key(&format!("{},{}", relay.url(), other.url()), ADMINISTRATOR);
    both.fails(["admin", "methods"], 2, "2 relays are used", "--relay")
        .await;
    let one = ["admin", "methods", "--relay", &relay.url()];
    assert_eq!(both.json(one).await["relay"], json!(relay.url()));
    let nobody = Person::new(&relay.url());
    nobody
        .fails(["admin", "banned"], 4, "there is no key", "kith keys new")
        .await;
}
