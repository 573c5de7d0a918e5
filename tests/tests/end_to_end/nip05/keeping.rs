//! Who is given a name, and how long it is theirs.

use kith_relay::config::GivenTo;
use serde_json::{Value, json};
use tempfile::tempdir;

use super::{
    HOST, PATH, ask, check_holder, for_everybody, holder, naming, naming_with, profile, send,
};
use crate::end_to_end::console;
use crate::events::{MOMENT, note, pubkey};
use crate::harness::{Socket, TestRelay, within_deadline};
use crate::management::{ADMINISTRATOR, change};
use crate::process::RelayProcess;

/// A relay that gives names to everybody, and that [`ADMINISTRATOR`] manages.
async fn managed() -> TestRelay {
    naming_with(|config| config.policy.administrators = vec![pubkey(ADMINISTRATOR)]).await
}

#[tokio::test]
async fn nip05_15_the_first_keeps_the_name_whatever_its_case() {
    let relay = naming().await;
    ask(&relay, 1, "Bob", 0).await.stored();
    let refused = ask(&relay, 2, "bob", 0).await;
    refused.accepted_with("info");
    assert!(refused.message.contains("somebody else's"), "{refused:?}");
    ask(&relay, 2, "BOB", 1).await.accepted_with("info");
    check_holder(&relay, "bob", Some(1)).await;
    // It is their profile all the same.
    let filter = json!({"kinds": [0], "authors": [pubkey(2)]});
    assert_eq!(relay.connect().await.query(filter).await.len(), 1);
    // An old profile that comes again changes nothing.
    ask(&relay, 1, "rob", 2).await.stored();
    ask(&relay, 1, "Bob", 0).await.refused_with("duplicate");
    check_holder(&relay, "rob", Some(1)).await;
}

#[tokio::test]
async fn nip05_15_of_two_at_once_one_has_the_name() {
    let relay = naming().await;
    let (mut one, mut other) = (relay.connect().await, relay.connect().await);
    for round in 0..20 {
        let name = format!("name{round}");
        let identifier = format!("{name}@{HOST}");
        let [first, second] = [1, 2].map(|number| profile(number, &identifier, round).signed());
        let (first, second) = tokio::join!(one.event(&first), other.event(&second));
        let has = match (first.message.is_empty(), second.message.is_empty()) {
            (true, false) => 1,
            (false, true) => 2,
            _ => panic!("{first:?} {second:?}"),
        };
        check_holder(&relay, &name, Some(has)).await;
    }
}

#[tokio::test]
async fn nip05_15_what_is_no_name_here_is_not_given() {
    let relay = naming().await;
    ask(&relay, 1, "postmaster", 0).await.accepted_with("info");
    for (after, identifier) in [
        format!("_@{HOST}"),
        HOST.to_owned(),
        "bob@elsewhere.example".to_owned(),
        format!("bob smith@{HOST}"),
        format!("{}@{HOST}", "b".repeat(65)),
        format!("@{HOST}"),
    ]
    .into_iter()
    .enumerate()
    {
        let profile = profile(2, &identifier, after.try_into().unwrap());
        relay.connect().await.accept(&profile.signed()).await;
    }
    check_holder(&relay, "postmaster", None).await;
    check_holder(&relay, "bob", None).await;
    assert_ne!(holder(&relay, "_").await, Some(pubkey(2).to_string()));
    // Nor is a profile in which there is something else, or nothing at all.
    for (at, content) in ["", "[]", r#"{"nip05":["bob"]}"#].into_iter().enumerate() {
        let at = MOMENT + u64::try_from(at).unwrap();
        let profile = note(3).kind(0).at(at).content(content);
        relay.connect().await.accept(&profile.signed()).await;
    }
}

#[tokio::test]
async fn nip05_15_a_name_that_is_given_up_waits_for_its_holder() {
    let relay = naming().await;
    ask(&relay, 1, "bob", 0).await.stored();
    ask(&relay, 1, "rob", 1).await.stored();
    check_holder(&relay, "bob", None).await;
    check_holder(&relay, "rob", Some(1)).await;
    ask(&relay, 2, "bob", 0).await.accepted_with("info");
    ask(&relay, 1, "bob", 2).await.stored();
    check_holder(&relay, "bob", Some(1)).await;
    let without = note(1).kind(0).at(MOMENT + 3).content("{}").signed();
    relay.connect().await.accept(&without).await;
    check_holder(&relay, "bob", None).await;

    let relay = naming_with(|config| config.names.held_back_days = 0).await;
    ask(&relay, 1, "bob", 0).await.stored();
    ask(&relay, 1, "rob", 1).await.stored();
    ask(&relay, 2, "bob", 0).await.stored();
    check_holder(&relay, "bob", Some(2)).await;
}

#[tokio::test]
async fn nip05_15_who_takes_the_profile_back_or_vanishes_has_no_name() {
    let relay = naming().await;
    ask(&relay, 1, "bob", 0).await.stored();
    ask(&relay, 2, "ben", 0).await.stored();
    let address = format!("0:{}:", pubkey(1));
    let deletion = note(1).kind(5).at(MOMENT + 1).tag(&["a", &address]);
    let vanishing = note(2)
        .kind(62)
        .at(MOMENT + 1)
        .tag(&["relay", "ALL_RELAYS"]);
    let mut socket = relay.connect().await;
    for last in [deletion, vanishing] {
        socket.accept(&last.signed()).await;
    }
    check_holder(&relay, "bob", None).await;
    check_holder(&relay, "ben", None).await;
    ask(&relay, 3, "ben", 2).await.accepted_with("info");
}

#[tokio::test]
async fn nip05_15_a_ban_ends_when_it_ends_and_nobody_takes_the_name_meanwhile() {
    let relay = managed().await;
    ask(&relay, 1, "bob", 0).await.stored();
    change(&relay, "banpubkey", json!([pubkey(1), "spam"])).await;
    check_holder(&relay, "bob", None).await;
    ask(&relay, 2, "bob", 0).await.accepted_with("info");
    change(&relay, "unbanpubkey", json!([pubkey(1)])).await;
    check_holder(&relay, "bob", Some(1)).await;
}

#[tokio::test]
async fn nip05_15_administrators_see_and_free_names() {
    let relay = managed().await;
    ask(&relay, 1, "bob", 0).await.stored();
    ask(&relay, 1, "rob", 1).await.stored();
    let names = async || {
        let answer = console::ask(&relay, "listnames", json!([])).await;
        answer.answer(200)["result"].clone()
    };
    let Value::Array(listed) = names().await else {
        panic!("no list");
    };
    let rob = json!({"name": "rob", "pubkey": pubkey(1), "free_at": null});
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[1], rob);
    assert!(listed[0]["free_at"].is_u64());
    for name in ["bob", "rob", "nobody"] {
        let freed = console::ask(&relay, "freename", json!([name])).await;
        assert_eq!(freed.answer(200)["result"], true);
    }
    assert_eq!(names().await, json!([]));
    ask(&relay, 2, "rob", 0).await.stored();
    check_holder(&relay, "rob", Some(2)).await;
}

#[tokio::test]
async fn nip05_15_names_for_members_end_with_membership_and_come_back() {
    let relay = naming_with(|config| {
        config.policy.administrators = vec![pubkey(ADMINISTRATOR)];
        config.names.given_to = GivenTo::Members;
    })
    .await;
    let refused = ask(&relay, 1, "bob", 0).await;
    refused.accepted_with("info");
    assert!(refused.message.contains("members"), "{refused:?}");
    change(&relay, "createrole", json!(["host", "", "", 0, 0])).await;
    let assign = json!([pubkey(1), "host"]);
    change(&relay, "assignrole", assign.clone()).await;
    // The same profile once more asks once more.
    ask(&relay, 1, "bob", 0).await.accepted_with("duplicate");
    check_holder(&relay, "bob", Some(1)).await;
    let removed = console::ask(&relay, "removemember", json!([pubkey(1)])).await;
    removed.answer(200);
    check_holder(&relay, "bob", None).await;
    change(&relay, "assignrole", assign).await;
    check_holder(&relay, "bob", Some(1)).await;
}

#[tokio::test]
async fn nip05_15_an_imported_profile_has_no_name_until_it_is_sent() {
    let imported = profile(1, &format!("bob@{HOST}"), 0).signed();
    let relay = TestRelay::start_holding_with(&[imported], for_everybody).await;
    check_holder(&relay, "bob", None).await;
    ask(&relay, 1, "bob", 0).await.accepted_with("duplicate");
    check_holder(&relay, "bob", Some(1)).await;
}

#[tokio::test]
async fn nip05_15_names_are_switched_on_and_off_while_the_relay_runs() {
    let relay = naming_with(|config| config.names.given_to = GivenTo::Nobody).await;
    ask(&relay, 1, "bob", 0).await.stored();
    let url = format!("wss://{HOST}");
    let reload = |given_to| {
        relay.reload(&[
            ("KITH_RELAY_SERVER_PUBLIC_URL", &url),
            ("KITH_RELAY_NAMES_GIVEN_TO", given_to),
        ]);
    };
    // A new configuration needs a moment to spread.
    let until = async |number: Option<u32>| {
        let expected = number.map(|number| pubkey(number).to_string());
        within_deadline("a new configuration", async {
            while holder(&relay, "bob").await != expected {
                ask(&relay, 1, "bob", 0).await.accepted_with("duplicate");
            }
        })
        .await;
    };
    reload("anybody");
    until(Some(1)).await;
    reload("nobody");
    until(None).await;
    reload("anybody");
    until(Some(1)).await;
}

#[tokio::test]
async fn nip05_11_15_the_program_keeps_names_when_it_is_killed() {
    let folder = tempdir().unwrap();
    let url = format!("wss://{HOST}");
    let variables = [
        ("KITH_RELAY_SERVER_PUBLIC_URL", url.as_str()),
        ("KITH_RELAY_NAMES_GIVEN_TO", "anybody"),
    ];
    let relay = RelayProcess::start_with(folder.path(), &variables).await;
    let mut socket: Socket = relay.connect().await;
    let bob = format!("bob@{HOST}");
    socket.accept(&profile(1, &bob, 0).signed()).await;
    relay.kill().await;

    let relay = RelayProcess::start_with(folder.path(), &variables).await;
    let mut socket = relay.connect().await;
    let second = profile(2, &bob, 0).signed();
    socket.event(&second).await.accepted_with("info");
    let request = format!("GET {PATH}?name=bob HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let (status, _, body) = send(relay.address(), &request).await;
    assert_eq!(status, 200);
    let file: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(file["names"], json!({"bob": pubkey(1)}));
}
