//! `kith watch`: what organizers announce appears on the screen of somebody near, and nothing else.

use serde_json::{Value, json};

use super::person::Running;
use super::{MEETUP, Person, text};
use crate::harness::TestRelay;

const WATCH: [&str; 6] = [
    "watch",
    "Brighton, GB",
    "--radius",
    "20km",
    "--topic",
    "chess",
];

async fn next(watch: &mut Running) -> Value {
    serde_json::from_str(&watch.line().await).unwrap()
}

async fn watched_on(relay: &TestRelay) {
    let organizer = Person::with_key(&relay.url(), 1);
    let guest = Person::with_key(&relay.url(), 2);
    let mut watch = guest.start(WATCH.iter().chain(&["--json"]));
    let beginning = next(&mut watch).await;
    assert_eq!(beginning["watching"]["city"], "GB:Brighton");
    assert_eq!(
        (&beginning["radius_km"], &beginning["topics"]),
        (&json!(20.0), &json!(["chess"]))
    );

    let create = ["community", "create", "Brighton Chess", "--topic", "chess"];
    let here = ["--place", "Brighton, GB"];
    let community = organizer.json(create.iter().chain(&here)).await;
    let announced = next(&mut watch).await;
    assert_eq!(
        (&announced["news"], announced.get("meetup")),
        (&json!("new"), None)
    );
    assert_eq!(announced["community"]["id"], community["community"]["id"]);
    assert!(announced["community"]["distance_km"].as_f64().unwrap() < 1.0);

    let meetup = organizer.json(MEETUP).await;
    let announced = next(&mut watch).await;
    assert_eq!(
        (&announced["news"], announced.get("community")),
        (&json!("new"), None)
    );
    assert_eq!(announced["meetup"]["address"], meetup["meetup"]["address"]);
    assert_eq!(announced["meetup"]["community"]["title"], "Brighton Chess");

    // Neither far away nor about something else.
    let far = ["--place", "London, GB", "--topic", "chess"];
    let create = ["community", "create", "London Chess"];
    organizer.done(create.iter().chain(&far)).await;
    organizer
        .done(["community", "create", "Go", "--place", "Hove, GB"])
        .await;
    let edit = ["meetup", "edit", "Opening night", "--title", "First night"];
    organizer.done(edit).await;
    let announced = next(&mut watch).await;
    assert_eq!(
        (&announced["news"], &announced["meetup"]["title"]),
        (&json!("changed"), &json!("First night"))
    );
    organizer.done(["meetup", "cancel", "First night"]).await;
    let announced = next(&mut watch).await;
    assert_eq!(
        (&announced["news"], &announced["meetup"]["status"]),
        (&json!("cancelled"), &json!("cancelled"))
    );

    // What was printed can be typed.
    let id = text(&announced["meetup"]["id"]);
    let shown = guest.json(["meetup", "show", &id[..8]]).await;
    assert_eq!(shown["meetup"]["id"], announced["meetup"]["id"]);
    let ended = watch.interrupt().await;
    assert_eq!(
        (ended.code, ended.stdout.as_str(), ended.stderr.as_str()),
        (0, "", "")
    );
}

#[tokio::test]
async fn announcements_appear_until_ctrl_c_whatever_the_relay_announces() {
    watched_on(&TestRelay::start().await).await;
    watched_on(&TestRelay::start_with(|config| config.features.search = false).await).await;
}

#[tokio::test]
async fn people_read_a_line_for_each_and_a_closed_pipe_ends_it() {
    let relay = TestRelay::start().await;
    let organizer = Person::with_key(&relay.url(), 1);
    let guest = Person::new(&relay.url());
    let mut watch = guest.start(WATCH);
    let beginning = watch.line().await;
    assert_eq!(
        beginning,
        "Within 20 km of Brighton, England, GB, from now on (Ctrl-C ends it)"
    );
    let create = ["community", "create", "Brighton Chess", "--topic", "chess"];
    organizer
        .done(create.iter().chain(&["--place", "Brighton, GB"]))
        .await;
    let line = watch.line().await;
    assert!(
        line.starts_with("New community \"Brighton Chess\": Brighton, GB; 0."),
        "{line}"
    );
    let ended = watch.without_reader().ended().await;
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
}

#[tokio::test]
async fn watching_needs_a_relay_and_a_place() {
    let nobody = Person::new("ws://127.0.0.1:1");
    nobody
        .fails(
            ["watch", "Brighton, GB"],
            5,
            "no relay could be reached",
            "",
        )
        .await;
    nobody
        .fails(["watch", "Brihgton"], 2, "no place called", "type a city")
        .await;
}
