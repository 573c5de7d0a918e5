//! `kith relays find`: relays near a place, by the word of monitors.

use kith_nips::Event;
use serde_json::json;

use super::{Person, text};
use crate::events::{note, now};
use crate::harness::TestRelay;

const FIND: [&str; 3] = ["relays", "find", "Brighton, GB"];

/// What a monitor says of a relay so many seconds ago.
fn seen(monitor: u32, url: &str, geohash: &str, age: u64, tags: &[[&str; 2]]) -> Event {
    let said = note(monitor).kind(30_166).at(now() - age);
    let said = said.tag(&["d", url]).tag(&["g", geohash]);
    tags.iter().fold(said, |said, tag| said.tag(tag)).signed()
}

#[tokio::test]
async fn nip66_02_relays_near_a_place_are_found_and_nothing_is_added() {
    let relay = TestRelay::start().await;
    let person = Person::with_key(&relay.url(), 1);
    let (hove, london) = ("wss://hove.example.com", "wss://london.example.com");
    let mut events = vec![
        seen(
            11,
            hove,
            "gcpc",
            60,
            &[["N", "1"], ["N", "45"], ["rtt-open", "30"]],
        ),
        seen(
            12,
            hove,
            "gcpc",
            90,
            &[["N", "1"], ["N", "45"], ["R", "auth"], ["n", "clearnet"]],
        ),
        seen(
            13,
            hove,
            "gcpc",
            90,
            &[["N", "1"], ["N", "9"], ["R", "auth"], ["R", "!payment"]],
        ),
        seen(11, london, "gcpv", 60, &[["N", "1"]]),
        // Far away, not seen lately, and in somebody's own network.
        seen(11, "wss://berlin.example.com", "u33d", 60, &[]),
        seen(11, "wss://gone.example.com", "gcpc", 5 * 3_600, &[]),
        seen(11, "ws://127.0.0.1:7447", "gcpc", 60, &[]),
    ];
    let monitor = note(11).kind(10_166).tag(&["frequency", "3600"]);
    events.push(monitor.tag(&["timeout", "open", "5000"]).signed());
    let seen_at = events[0].created_at();
    relay.connect().await.accept_all(&events).await;

    let found = person.json(FIND.iter().chain(&["--radius", "100km"])).await;
    let relays = found["relays"].as_array().unwrap();
    let urls: Vec<String> = relays.iter().map(|relay| text(&relay["url"])).collect();
    assert_eq!(urls, [hove, london], "{found}");
    assert_eq!(found["stale"], 1);
    let first = &relays[0];
    assert_eq!(
        (&first["monitors"], &first["nips"]),
        (&json!(3), &json!([1, 45]))
    );
    assert_eq!(
        (&first["open_ms"], &first["network"]),
        (&json!(30), &json!("clearnet"))
    );
    assert_eq!(first["requirements"], json!(["auth"]));
    assert_eq!(
        (&first["yours"], first["seen_unix"].as_u64()),
        (&json!(false), Some(seen_at))
    );

    let near = FIND.iter().chain(&["--radius", "40km"]);
    assert_eq!(
        person.json(near).await["relays"].as_array().unwrap().len(),
        1
    );
    let counting = FIND.iter().chain(&["--radius", "100km", "--nip", "45"]);
    let counting = person.json(counting).await;
    assert_eq!(counting["relays"].as_array().unwrap().len(), 1);
    let page = person.done(FIND.iter().chain(&["--radius", "100km"])).await;
    assert!(page.starts_with("Within 100 km of Brighton"), "{page}");
    assert!(page.contains("1 more were not seen lately"), "{page}");
    assert!(page.contains(&format!("kith relays add {hove}")), "{page}");
    let listed = person.json(["relays", "list"]).await;
    assert_eq!(listed["relays"], json!([relay.url()]));
}

#[tokio::test]
async fn nip66_02_without_monitors_everything_else_works() {
    let relay = TestRelay::start().await;
    let person = Person::with_key(&relay.url(), 1);
    let found = person.json(FIND).await;
    assert_eq!((&found["relays"], &found["stale"]), (&json!([]), &json!(0)));
    let page = person.done(FIND).await;
    assert!(page.contains("no monitor tells of a relay there"), "{page}");
    person
        .fails(
            ["relays", "find", "Brihgton"],
            2,
            "no place called",
            "type a city",
        )
        .await;

    // A monitor that writes one long geohash and nothing shorter.
    let hove = "wss://hove.example.com";
    let event = seen(11, hove, "gcpchh3w7", 60, &[]);
    relay.connect().await.accept(&event).await;
    let found = person.json(FIND).await;
    assert_eq!(found["relays"][0]["url"], hove);
}
