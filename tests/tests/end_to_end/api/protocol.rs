//! What every answer has: parameters that are read strictly, entity tags, other methods, other origins.

use crate::events::keys;
use crate::harness::TestRelay;

use super::{community, described, get, json, relay_with, request};

#[tokio::test]
async fn each_wrong_parameter_is_named() {
    let relay = TestRelay::start().await;
    let wrong = [
        ("near", "91,0"),
        ("near", "no+such+place+at+all"),
        ("near", ""),
        ("bbox", "1,2,3"),
        ("bbox", "0,50,10,40"),
        ("from", "yesterday"),
        ("from", "-1"),
        ("to", "2026-13-01"),
        ("to", "2001-01-01"),
        ("status", "closed"),
        ("city", "DE:"),
        ("city", "no+such+city+at+all"),
        ("topic", "+"),
        ("topics", "some"),
        ("topics", "any"),
        ("q", ""),
        ("q", "!!!"),
        ("like", "npub1"),
        ("sort", "start,new"),
        ("sort", "distance"),
        ("sort", "relevance"),
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "+5"),
        ("limit", "many"),
        ("cursor", "x"),
        ("format", "pdf"),
        ("radius", "10"),
        ("page", "2"),
        ("Near", "berlin"),
    ];
    for (name, value) in wrong {
        let answer = get(&relay, &format!("/meetups?{name}={value}")).await;
        assert_eq!(answer.problem(400)["parameter"], name, "{name}={value}");
    }
    for radius in ["0", "-1", "20017", "1e3", "NaN", "ten"] {
        let answer = get(&relay, &format!("/meetups?near=berlin&radius={radius}")).await;
        assert_eq!(answer.problem(400)["parameter"], "radius", "{radius}");
    }
    let twice = get(&relay, "/meetups?limit=1&limit=2").await;
    assert_eq!(twice.problem(400)["parameter"], "limit");
    let many = format!("/meetups?{}", "topic=x&".repeat(11));
    assert_eq!(get(&relay, &many).await.problem(400)["parameter"], "topic");
    let too_many = format!("/meetups?{}", "x=y&".repeat(101));
    get(&relay, &too_many).await.problem(400);
    let of_meetups = get(&relay, "/communities?from=0").await;
    assert_eq!(of_meetups.problem(400)["parameter"], "from");
    let start = get(&relay, "/communities?sort=start").await;
    assert_eq!(start.problem(400)["parameter"], "sort");
    for path in ["/stats?x=1", "/openapi.json?x=1", "/communities/00?x=1"] {
        assert_eq!(
            get(&relay, path).await.problem(400)["parameter"],
            "x",
            "{path}"
        );
    }
}

#[tokio::test]
async fn every_form_of_a_moment_and_a_place_is_read() {
    let relay = TestRelay::start().await;
    let person = keys(1).public_key().to_hex();
    for query in [
        "from=1796342400&to=2026-12-06T19:00:00%2B01:00",
        "from=2026-12-04",
        "near=52.52,13.405&radius=0.5",
        "near=u33d",
        "near=u3",
        "near=geo:52.5,13.4",
        "near=Brighton,+UK&sort=distance",
        "bbox=170,-20,-170,20",
        "city=uk:brighton",
        "q=near:you&sort=relevance",
        &format!("like=nostr:{person}").replace("nostr:", ""),
    ] {
        let list = json(&relay, &format!("/meetups?{query}")).await;
        assert_eq!(list["items"], serde_json::json!([]), "{query}");
    }
}

#[tokio::test]
async fn an_answer_that_is_known_is_not_sent_again() {
    let chess = community(1);
    let relay = relay_with(&[chess.clone(), described(1, &chess, "Chess").signed()]).await;
    let first = get(&relay, "/communities").await;
    let tag = first.header("etag").unwrap();
    assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() == 34);
    assert!(first.header("cache-control").unwrap().contains("max-age"));
    assert_eq!(first.header("vary"), Some("accept"));
    for known in [tag.to_owned(), format!("\"x\", W/{tag}"), "*".to_owned()] {
        let headers = format!("If-None-Match: {known}\r\n");
        let again = request(&relay, "GET", "/communities", &headers, "").await;
        assert_eq!((again.status, again.body.as_str()), (304, ""), "{known}");
        assert_eq!(again.header("etag"), Some(tag));
        assert!(again.header("cache-control").is_some());
    }
    let other = request(
        &relay,
        "GET",
        "/communities",
        "If-None-Match: \"x\"\r\n",
        "",
    )
    .await;
    assert_eq!(other.body, first.body);
    let wrong = get(&relay, "/communities?limit=0").await;
    assert_eq!(wrong.header("etag"), None);
}

#[tokio::test]
async fn head_options_and_other_methods() {
    let relay = TestRelay::start().await;
    let full = get(&relay, "/stats").await;
    let head = request(&relay, "HEAD", "/stats", "", "").await;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    for name in ["etag", "content-type", "content-length"] {
        assert_eq!(head.header(name), full.header(name), "{name}");
    }
    for (path, methods) in [("/stats", "get,head,options"), ("/events", "post,options")] {
        let preflight = request(&relay, "OPTIONS", path, "Origin: https://a.example\r\n", "").await;
        assert_eq!(preflight.status, 204);
        assert_eq!(preflight.header("allow"), Some(methods));
        assert_eq!(
            preflight.header("access-control-allow-methods"),
            Some(methods)
        );
        assert_eq!(preflight.header("access-control-allow-origin"), Some("*"));
        let allowed = preflight.header("access-control-allow-headers").unwrap();
        assert!(allowed.contains("content-type"));
        let refused = request(&relay, "DELETE", path, "", "").await;
        refused.problem(405);
        assert_eq!(refused.header("allow"), Some(methods));
    }
    assert_eq!(full.header("access-control-allow-origin"), Some("*"));
    for path in [
        "",
        "/",
        "/nothing",
        "/communities/",
        "/meetups/x/y",
        "/stats.ics",
        "/topics.json",
    ] {
        let answer = get(&relay, path).await;
        answer.problem(404);
        assert_eq!(
            answer.header("access-control-allow-origin"),
            Some("*"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_description_names_every_route_and_parameter() {
    let relay = TestRelay::start().await;
    let description = json(&relay, "/openapi.json").await;
    assert!(description["openapi"].as_str().unwrap().starts_with("3.1"));
    assert_eq!(description["servers"][0]["url"], "/api/v1");
    let paths = description["paths"].as_object().unwrap();
    let mut names: Vec<&str> = paths.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "/cities",
            "/communities",
            "/communities/{id}",
            "/communities/{id}/meetups",
            "/communities/{id}/members",
            "/events",
            "/meetups",
            "/meetups/{naddr}",
            "/meetups/{naddr}/rsvps",
            "/people/{npub}/agenda",
            "/people/{npub}/communities",
            "/places",
            "/search",
            "/stats",
            "/topics",
        ]
    );
    let parameters = paths["/meetups"]["get"]["parameters"].as_array().unwrap();
    for parameter in parameters {
        let name = parameter["name"].as_str().unwrap();
        assert!(
            !parameter["description"].as_str().unwrap().is_empty(),
            "{name}"
        );
        // What is described is known: whatever is wrong with it, it is not that.
        let answer = get(&relay, &format!("/meetups?{name}=%00")).await;
        assert!(!answer.body.contains("is no parameter"), "{name}");
    }
}
