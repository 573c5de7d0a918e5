//! Lists as maps, calendars and feeds. What the formats look like in detail is tested beside their writers.

use serde_json::Value;

use crate::harness::TestRelay;

use super::{
    BERLIN, community, days, described, get, json, meetup, note, relay_with, relay_with_config,
    request,
};

/// A community with a description and three meetups: one that is over, one that was called off, one with a
/// position.
async fn berlin() -> (TestRelay, String) {
    let chess = community(1);
    let events = [
        chess.clone(),
        described(1, &chess, "Berlin Chess")
            .tag(&["g", BERLIN])
            .tag(&["t", "chess"])
            .signed(),
        meetup(1, &chess, "past", days(-400)).signed(),
        meetup(1, &chess, "off", days(1))
            .tag(&["status", "cancelled"])
            .signed(),
        meetup(1, &chess, "next", days(2))
            .tag(&["g", BERLIN])
            .tag(&["t", "chess"])
            .signed(),
    ];
    (relay_with(&events).await, chess.id().to_string())
}

fn map(answer: &super::Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("content-type"), Some("application/geo+json"));
    let map: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(map["type"], "FeatureCollection");
    map
}

#[tokio::test]
async fn lists_are_maps() {
    let (relay, _) = berlin().await;
    let list = json(&relay, "/meetups").await;
    let meetups = map(&get(&relay, "/meetups.geojson").await);
    let features = meetups["features"].as_array().unwrap();
    assert_eq!(features.len(), 2);
    assert_eq!(features[0]["geometry"], Value::Null);
    assert_eq!(features[1]["geometry"]["type"], "Point");
    let coordinates = &features[1]["geometry"]["coordinates"];
    assert!(
        (coordinates[0].as_f64().unwrap() - 13.405).abs() < 0.01,
        "longitude first"
    );
    assert_eq!(features[1]["properties"], list["items"][1]);
    assert_eq!(features[1]["id"], list["items"][1]["naddr"]);
    let boxed = map(&get(&relay, "/communities.geojson?bbox=13,52,14,53").await);
    assert_eq!(boxed["bbox"], serde_json::json!([13.0, 52.0, 14.0, 53.0]));
    assert_eq!(boxed["features"][0]["properties"]["title"], "Berlin Chess");
    let first = get(&relay, "/meetups?format=geojson&limit=1").await;
    assert_eq!(map(&first)["features"].as_array().unwrap().len(), 1);
    assert!(first.header("link").unwrap().contains("cursor="));
    let accepted = request(
        &relay,
        "GET",
        "/meetups",
        "Accept: application/geo+json\r\n",
        "",
    )
    .await;
    assert_eq!(map(&accepted), meetups);
}

fn calendar(answer: &super::Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(
        answer.header("content-type"),
        Some("text/calendar; charset=utf-8")
    );
    assert!(answer.body.starts_with("BEGIN:VCALENDAR\r\n"));
    let lines = answer.body.split("\r\n");
    let titles = lines.filter_map(|line| line.strip_prefix("SUMMARY:"));
    titles.map(str::to_owned).collect()
}

#[tokio::test]
async fn a_community_is_a_calendar_with_past_and_coming_meetups() {
    let (relay, id) = berlin().await;
    let feed = get(&relay, &format!("/communities/{id}/meetups.ics")).await;
    assert_eq!(calendar(&feed), ["past", "off", "next"]);
    assert!(feed.body.contains("\r\nX-WR-CALNAME:Berlin Chess\r\n"));
    assert!(feed.body.contains("\r\nSTATUS:CANCELLED\r\n"));
    let unfolded = feed.body.replace("\r\n ", "");
    assert!(unfolded.contains(&format!(
        "http://kith.test/api/v1/communities/{id}/meetups.ics"
    )));
    let tag = feed.header("etag").unwrap();
    let headers = format!("If-None-Match: {tag}\r\n");
    let path = format!("/communities/{id}/meetups.ics");
    assert_eq!(
        request(&relay, "GET", &path, &headers, "").await.status,
        304
    );
    let coming = get(&relay, &format!("{path}?status=open")).await;
    assert_eq!(calendar(&coming), ["next"]);
    assert_eq!(
        calendar(&get(&relay, "/meetups.ics").await),
        ["off", "next"]
    );
    let naddr = json(&relay, "/meetups").await["items"][1]["naddr"].clone();
    let one = get(&relay, &format!("/meetups/{}.ics", naddr.as_str().unwrap())).await;
    assert_eq!(calendar(&one), ["next"]);
    let agenda = get(
        &relay,
        &format!("/people/{}/agenda.ics", crate::events::pubkey(1)),
    )
    .await;
    assert_eq!(calendar(&agenda), ["off", "next"]);
}

#[tokio::test]
async fn lists_are_feeds() {
    let (relay, id) = berlin().await;
    for (path, titles) in [
        (
            "/communities.atom".to_owned(),
            &["Communities", "Berlin Chess"][..],
        ),
        (
            "/meetups.atom".to_owned(),
            &["Meetups", "Cancelled: off", "next"],
        ),
        (
            format!("/communities/{id}/meetups.atom"),
            &["Berlin Chess", "past", "Cancelled: off", "next"],
        ),
    ] {
        let answer = get(&relay, &path).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), Some("application/atom+xml"));
        let lines = answer.body.lines();
        let found: Vec<&str> = lines
            .filter_map(|line| line.strip_prefix("<title>")?.strip_suffix("</title>"))
            .collect();
        assert_eq!(found, titles, "{path}");
        let this = format!("<link rel=\"self\" href=\"http://kith.test/api/v1{path}\"/>");
        assert!(answer.body.contains(&this), "{}", answer.body);
    }
}

#[tokio::test]
async fn the_operators_address_is_in_the_feeds() {
    let set = |config: &mut kith_relay::Config| {
        config.server.public_url = Some("wss://kith.example/relay".to_owned());
    };
    let relay = relay_with_config(set, &[note(1).signed()]).await;
    let feed = get(&relay, "/meetups.atom?limit=5").await;
    assert!(
        feed.body
            .contains("https://kith.example/api/v1/meetups.atom?limit=5")
    );
    assert!(!feed.body.contains("kith.test"));
}

#[tokio::test]
async fn formats_that_are_not_there_are_problems() {
    let (relay, id) = berlin().await;
    for path in [
        "/communities.ics".to_owned(),
        "/people/x/communities.ics".to_owned(),
    ] {
        get(&relay, &path).await.problem(404);
    }
    let wrong = get(&relay, "/communities?format=ics").await;
    assert_eq!(wrong.problem(400)["parameter"], "format");
    let calendar = "Accept: text/calendar\r\n";
    let plain = request(&relay, "GET", "/communities", calendar, "").await;
    assert_eq!(plain.json()["items"][0]["id"], id);
}
