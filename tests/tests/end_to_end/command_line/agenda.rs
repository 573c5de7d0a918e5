//! `kith agenda` on relays that read places and times in words and on those that do not.

use serde_json::{Value, json};

use super::{Person, party, text};
use crate::harness::TestRelay;

fn titles(agenda: &Value) -> Vec<(String, Value)> {
    let entries = agenda["meetups"].as_array().unwrap().iter();
    entries
        .map(|entry| (text(&entry["title"]), entry["answer"].clone()))
        .collect()
}

async fn guest_of(relay: &TestRelay) {
    let (organizer, guest) = party(relay).await;
    let create = ["meetup", "create", "Brighton Chess"];
    let later = ["Next month", "--start", "+40d", "--duration", "2h"];
    organizer.done(create.iter().chain(&later)).await;
    let other = ["community", "create", "Lewes Go", "--place", "Lewes, GB"];
    organizer.done(other).await;
    let go = ["meetup", "create", "Lewes Go", "Stones", "--start", "+20d"];
    organizer.done(go).await;

    let nothing = guest.json(["agenda"]).await;
    assert_eq!(nothing["meetups"], json!([]));
    let hint = guest.done(["agenda"]).await;
    assert!(hint.contains("kith near"), "{hint}");

    guest.done(["near", "Brighton, GB"]).await;
    guest.done(["follow", "Brighton Chess"]).await;
    guest.done(["rsvp", "Opening night", "maybe"]).await;
    // Answered, though its community is not followed.
    guest.done(["rsvp", "Stones", "no"]).await;
    let agenda = guest.json(["agenda"]).await;
    let expected = [
        ("Opening night".to_owned(), json!("tentative")),
        ("Stones".to_owned(), json!("declined")),
        ("Next month".to_owned(), Value::Null),
    ];
    assert_eq!(titles(&agenda), expected);
    let soon = guest.json(["agenda", "--days", "30"]).await;
    assert_eq!(titles(&soon), expected[..2]);
    let near = ["agenda", "--place", "Lewes, GB", "--radius", "5km"];
    let near = guest.json(near).await;
    assert_eq!(titles(&near), expected[1..2]);
    assert_eq!(
        (&near["radius_km"], &near["place"]["city"]),
        (&json!(5.0), &json!("GB:Lewes"))
    );
    let shown = guest.done(["agenda"]).await;
    assert!(shown.lines().next().unwrap().contains("ANSWER"), "{shown}");

    // Without an answer or a list, the organizer sees what is their own.
    let own = organizer.json(["agenda", "--days", "30"]).await;
    assert_eq!(titles(&own).len(), 2);
    organizer.done(["meetup", "cancel", "Opening night"]).await;
    let agenda = guest.json(["agenda", "--days", "10"]).await;
    assert_eq!(agenda["meetups"][0]["status"], "cancelled");
    assert_eq!(agenda["meetups"][0]["answer"], "tentative");
}

#[tokio::test]
async fn an_agenda_has_ones_communities_and_answers_whatever_the_relay_announces() {
    guest_of(&TestRelay::start().await).await;
    guest_of(&TestRelay::start_with(|config| config.features.search = false).await).await;
}

#[tokio::test]
async fn an_agenda_needs_a_key() {
    let relay = TestRelay::start().await;
    let nobody = Person::new(&relay.url());
    nobody
        .fails(["agenda"], 4, "there is no key", "kith keys new")
        .await;
    let far = nobody.run(["agenda", "--days", "99999"]).await;
    assert_eq!(far.code, 2, "{far:?}");
}
