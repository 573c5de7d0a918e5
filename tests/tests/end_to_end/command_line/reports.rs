//! `kith report`, `kith reports`, and muting with a reason: what is said about people and what they
//! write, and what the owner does about it.

use serde_json::{Value, json};

use super::chat::followed;
use super::{Person, text};
use crate::events::{note, pubkey};
use crate::harness::TestRelay;

fn types(reports: &Value) -> Vec<&str> {
    let reports = reports.as_array().unwrap().iter();
    reports
        .map(|report| report["report_type"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn nip56_04_the_owner_reads_what_was_reported_members_apart_from_others() {
    let relay = TestRelay::start().await;
    let (organizer, guest) = followed(&relay).await;
    let (member, stranger) = (
        Person::with_key(&relay.url(), 3),
        Person::with_key(&relay.url(), 4),
    );
    for person in [&member, &stranger] {
        person.done(["near", "Brighton, GB"]).await;
    }
    member.done(["follow", "Brighton Chess"]).await;
    organizer
        .done(["members", "approve", "Brighton Chess", &member.npub().await])
        .await;
    let nothing = organizer.json(["reports", "Brighton Chess"]).await;
    assert_eq!(nothing["reported"], json!([]));

    let said = guest.json(["chat", "Brighton Chess", "Buy watches"]).await;
    let message = text(&said["id"]);
    let guest_npub = guest.npub().await;
    let report = [
        "report",
        &message[..8],
        "spam",
        "watches!",
        "--chat",
        "Brighton Chess",
    ];
    let sent = member.json(report).await;
    assert_eq!(sent["type"], "spam");
    stranger.done(["report", &message, "profanity"]).await;
    // Again by the same person: the newest counts.
    let again = note(4).kind(1984).tag(&["e", &message, "illegal"]);
    let again = again.tag(&["p", &pubkey(2).to_string()]);
    let again = again.at(crate::events::now() + 60).signed();
    relay.connect().await.accept(&again).await;
    member
        .done(["report", &guest_npub, "impersonation", "not Ben"])
        .await;
    stranger
        .done(["report", "Opening night", "other", "is it real?"])
        .await;
    // About something else that the guest wrote, and with a wrong author.
    let elsewhere = note(2).content("elsewhere").signed();
    let lie = note(4).kind(1984).tag(&["e", &message, "nudity"]);
    let lie = lie.tag(&["p", &pubkey(3).to_string()]).signed();
    relay
        .connect()
        .await
        .accept_all(&[elsewhere.clone(), lie])
        .await;
    stranger
        .done(["report", &elsewhere.id().to_string(), "spam"])
        .await;

    let shown = organizer.json(["reports", "Brighton Chess"]).await;
    let reported = shown["reported"].as_array().unwrap();
    let of = |kind: &str| reported.iter().find(|thing| thing["type"] == kind).unwrap();
    assert_eq!(reported.len(), 3, "{shown}");
    assert_eq!(reported[0]["type"], "message", "reported last");
    let thing = of("message");
    assert_eq!(
        (&thing["id"], &thing["text"]),
        (&json!(message), &json!("Buy watches"))
    );
    assert_eq!(
        (&thing["npub"], &thing["state"]),
        (&json!(guest_npub), &json!("follower"))
    );
    assert_eq!(types(&thing["by_members"]), ["spam"]);
    assert_eq!(thing["by_members"][0]["text"], "watches!");
    assert_eq!(thing["by_members"][0]["npub"], json!(member.npub().await));
    assert_eq!(types(&thing["by_others"]), ["illegal"]);
    assert_eq!(types(&of("person")["by_members"]), ["impersonation"]);
    assert_eq!(of("meetup")["title"], "Opening night");
    assert_eq!(types(&of("meetup")["by_others"]), ["other"]);

    let page = organizer.done(["reports", "Brighton Chess"]).await;
    assert!(page.contains("Buy watches\n  by members\n"), "{page}");
    assert!(page.contains("  by others\n"), "{page}");
    member
        .fails(
            ["reports", "Brighton Chess"],
            4,
            "only its owner",
            "kith keys show",
        )
        .await;

    // Whoever is muted reports nothing any more.
    organizer
        .done(["members", "mute", "Brighton Chess", &stranger.npub().await])
        .await;
    let shown = organizer.json(["reports", "Brighton Chess"]).await;
    let reported = shown["reported"].as_array().unwrap();
    assert_eq!(reported.len(), 2, "{shown}");
    assert!(reported.iter().all(|thing| thing["by_others"] == json!([])));
}

#[tokio::test]
async fn nip56_01_a_report_names_the_person_and_the_version() {
    let relay = TestRelay::start().await;
    let (_, guest) = followed(&relay).await;
    guest.done(["report", "Opening night", "spam", "why"]).await;
    let mut socket = relay.connect().await;
    let report = socket.query(json!({"kinds": [1984]})).await.remove(0);
    let meetup = socket.query(json!({"kinds": [31923]})).await.remove(0);
    let tags: Vec<Vec<String>> = report
        .tags()
        .iter()
        .map(|tag| tag.iter().map(str::to_owned).collect())
        .collect();
    let (id, address) = (
        meetup.id().to_string(),
        meetup.address().unwrap().to_string(),
    );
    assert_eq!(tags[0], ["e", id.as_str(), "spam"]);
    assert_eq!(tags[1], ["a", address.as_str(), "spam"]);
    assert_eq!(tags[2], ["p", pubkey(1).to_string().as_str()]);
    assert_eq!(report.content(), "why");
    let unknown = "cd".repeat(32);
    guest
        .fails(
            ["report", &unknown, "spam"],
            3,
            "no relay has the note",
            "--relay",
        )
        .await;
    let nobody = Person::new(&relay.url());
    nobody
        .fails(
            ["report", &guest.npub().await, "spam"],
            4,
            "there is no key",
            "kith keys new",
        )
        .await;
}

#[tokio::test]
async fn muting_says_why_and_relays_mute_all_the_same() {
    let relay = TestRelay::start().await;
    let (organizer, guest) = followed(&relay).await;
    let npub = guest.npub().await;
    let mute = [
        "members",
        "mute",
        "Brighton Chess",
        &npub,
        "--reason",
        "sells watches",
    ];
    organizer.done(mute).await;
    let listed = organizer.json(["members", "list", "Brighton Chess"]).await;
    let people = listed["people"].as_array().unwrap();
    let muted = people.iter().find(|one| one["state"] == "muted").unwrap();
    assert_eq!(muted["reason"], "sells watches");
    assert!(
        people
            .iter()
            .all(|one| one["state"] == "muted" || one.get("reason").is_none())
    );
    let page = organizer.done(["members", "list", "Brighton Chess"]).await;
    assert!(
        page.contains("REASON") && page.contains("sells watches"),
        "{page}"
    );
    // LBC-53: the relay reads the list as it always did.
    guest
        .fails(["rsvp", "Opening night", "yes"], 6, "blocked: ", "")
        .await;
    // A new reason is a change, the same one is none.
    let changed = organizer.json(mute).await;
    assert_eq!(changed["people"][0]["changed"], false);
    let unmute = ["members", "unmute", "Brighton Chess", &npub];
    organizer.done(unmute).await;
    guest.done(["rsvp", "Opening night", "yes"]).await;
}
