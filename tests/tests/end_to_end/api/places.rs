//! `places`, `topics`, `cities`, `search` and `stats`.

use super::{Note, community, days, described, get, json, meetup, relay_with};

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
    let around = json(&relay, "/places?near=53.87,10.69&radius=30").await;
    let items = around["items"].as_array().unwrap();
    assert_eq!(items[0]["city"], "DE:Lübeck");
    assert!(items.iter().any(|city| city["city"] == "DE:Bad Schwartau"));
    assert!(items.iter().all(|city| city["city"] != "DE:Berlin"));
    let both = get(&relay, "/places?q=Berlin&near=53,10").await;
    assert_eq!(both.problem(400)["parameter"], "near");
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
        meetup(1, &chess, "past", days(-8)).signed(),
    ];
    let relay = relay_with(&events).await;
    let stats = json(&relay, "/stats").await;
    assert_eq!(stats["events"], 4);
    assert_eq!(stats["communities"], 1);
    assert_eq!(stats["upcoming_meetups"], 1);
}

#[tokio::test]
async fn topics_and_cities_are_lists_with_numbers() {
    let chess = community(1);
    let in_berlin = |note: Note, topic: &str| note.tag(&["t", topic]).tag(&["g", "DE:Berlin"]);
    let soon = |slug: &str| meetup(1, &chess, slug, days(1));
    let events = [
        chess.clone(),
        in_berlin(described(1, &chess, "Chess"), "chess").signed(),
        in_berlin(soon("one"), "chess").signed(),
        in_berlin(soon("two"), "go").signed(),
        soon("three").tag(&["t", "chess"]).signed(),
        in_berlin(meetup(1, &chess, "past", days(-8)), "go").signed(),
    ];
    let relay = relay_with(&events).await;
    let facet = |name: &str, communities: u64, meetups: u64| serde_json::json!({"name": name, "communities": communities, "meetups": meetups});
    for (path, expected) in [
        ("/topics", vec![facet("chess", 1, 2), facet("go", 0, 1)]),
        ("/topics?limit=1", vec![facet("chess", 1, 2)]),
        (
            "/topics?city=Berlin&limit=5",
            vec![facet("chess", 1, 1), facet("go", 0, 1)],
        ),
        ("/topics?city=Hamburg", vec![]),
        ("/cities", vec![facet("DE:Berlin", 1, 2)]),
    ] {
        let found = json(&relay, path).await;
        assert_eq!(found["items"], serde_json::json!(expected), "{path}");
    }
    let wrong = get(&relay, "/topics?city=nowhere-at-all").await;
    assert_eq!(wrong.problem(400)["parameter"], "city");
}

#[tokio::test]
async fn topics_with_typing_errors_are_found() {
    let chess = community(1);
    let evening = |slug: &str, second: i64| {
        let note = meetup(1, &chess, slug, days(1) + second);
        note.tag(&["t", "photography"]).signed()
    };
    let events = [
        chess.clone(),
        evening("one", 0),
        evening("two", 1),
        evening("three", 2),
    ];
    let relay = relay_with(&events).await;
    let mut found = Vec::new();
    let mut path = "/search?q=fotography&limit=1".to_owned();
    for _ in 0..3 {
        let page = json(&relay, &path).await;
        found.push(
            page["items"][0]["meetup"]["id"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
        if let Some(cursor) = page["next"].as_str() {
            path = format!("/search?q=fotography&limit=1&cursor={cursor}");
        }
    }
    found.sort_unstable();
    found.dedup();
    assert_eq!(found.len(), 3);
}
