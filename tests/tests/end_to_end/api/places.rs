//! `places`, `topics`, `cities`, `search` and `stats`.

use super::{community, days, described, get, json, meetup, relay_with};

#[tokio::test]
async fn places_are_found_by_name_and_by_near_spellings() {
    let relay = relay_with(&[]).await;
    let found = json(&relay, "/places?q=Portland,+Oregon").await;
    let portland = &found["items"][0];
    assert_eq!(portland["city"], "US:Portland");
    assert_eq!(portland["label"], "Portland, Oregon, US");
    assert_eq!(portland["timezone"], "America/Los_Angeles");
    assert!(portland["population"].as_u64().unwrap() > 100_000);
    assert!((portland["position"]["latitude"].as_f64().unwrap() - 45.52).abs() < 0.1);
    assert_eq!(found["suggestions"], serde_json::json!([]));
    let several = json(&relay, "/places?q=brighton&limit=2").await;
    assert_eq!(several["items"].as_array().unwrap().len(), 2);
    let near = json(&relay, "/places?q=Brigton,+UK").await;
    assert_eq!(near["items"], serde_json::json!([]));
    assert_eq!(near["suggestions"][0]["city"], "GB:Brighton");
    for path in [
        "/places",
        "/places?q=",
        "/places?q=+",
        &format!("/places?q={}", "x".repeat(201)),
    ] {
        assert_eq!(
            get(&relay, path).await.problem(400)["parameter"],
            "q",
            "{path}"
        );
    }
}

#[tokio::test]
async fn words_find_communities_and_meetups_in_one_list() {
    let chess = community(1);
    let events = [
        chess.clone(),
        described(1, &chess, "Chess in the park").signed(),
        meetup(1, &chess, "park chess", days(1)).signed(),
        meetup(1, &chess, "old park chess", days(-1)).signed(),
        meetup(1, &chess, "sewing", days(1)).signed(),
    ];
    let relay = relay_with(&events).await;
    let found = json(&relay, "/search?q=chess+park").await;
    let items = found["items"].as_array().unwrap();
    let mut titles: Vec<&str> = items
        .iter()
        .map(|item| {
            let of = |kind: &str| item[kind]["title"].as_str();
            of("community").or(of("meetup")).unwrap()
        })
        .collect();
    titles.sort_unstable();
    assert_eq!(titles, ["Chess in the park", "park chess"]);
    let first = json(&relay, "/search?q=chess&limit=1").await;
    let cursor = first["next"].as_str().unwrap();
    let second = json(&relay, &format!("/search?q=chess&cursor={cursor}")).await;
    assert_eq!(second["items"].as_array().unwrap().len(), 1);
    assert_ne!(first["items"][0], second["items"][0]);
    assert_eq!(get(&relay, "/search").await.problem(400)["parameter"], "q");
}

#[tokio::test]
async fn numbers_of_events_communities_and_meetups() {
    let chess = community(1);
    let events = [
        chess.clone(),
        described(1, &chess, "Chess").signed(),
        meetup(1, &chess, "soon", days(1)).signed(),
        meetup(1, &chess, "past", days(-1)).signed(),
    ];
    let relay = relay_with(&events).await;
    let stats = json(&relay, "/stats").await;
    assert_eq!(stats["events"], 4);
    assert_eq!(stats["communities"], 1);
    assert_eq!(stats["upcoming_meetups"], 1);
}

#[tokio::test]
async fn topics_and_cities_are_lists_with_numbers() {
    let relay = relay_with(&[]).await;
    for path in ["/topics", "/topics?city=Berlin&limit=5", "/cities"] {
        assert_eq!(
            json(&relay, path).await["items"],
            serde_json::json!([]),
            "{path}"
        );
    }
    let wrong = get(&relay, "/topics?city=nowhere-at-all").await;
    assert_eq!(wrong.problem(400)["parameter"], "city");
}
