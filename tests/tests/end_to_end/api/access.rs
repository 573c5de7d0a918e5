//! What a stranger may not see is not in the API either, and an operator can switch it off.

use serde_json::json;

use crate::events::{note, now, pubkey};
use crate::harness::TestRelay;
use crate::management::{change, managed};

use super::{
    community, days, described, get, listed, meetup, publish, relay_with_config, request, rsvp,
};

#[tokio::test]
async fn a_relay_that_demands_authentication_shows_nothing() {
    let relay = TestRelay::start_with(|config| config.policy.auth_required = true).await;
    for path in [
        "/communities",
        "/meetups",
        "/topics",
        "/cities",
        "/stats",
        "/search?q=x",
        &format!("/communities/{}", "0".repeat(64)),
        &format!("/people/{}/agenda", pubkey(1)),
    ] {
        get(&relay, path).await.problem(403);
    }
    let headers = "Content-Type: application/json\r\n";
    let event = note(1).signed();
    let answer = request(&relay, "POST", "/events", headers, event.json()).await;
    assert_eq!(answer.problem(403)["prefix"], "auth-required");
    // What is the same everywhere is no secret.
    assert_eq!(get(&relay, "/places?q=Berlin").await.status, 200);
    assert_eq!(get(&relay, "/openapi.json").await.status, 200);
}

#[tokio::test]
async fn nip86_08_and_11_what_is_banned_is_not_shown() {
    let relay = managed().await;
    let chess = community(1);
    let by_banned = meetup(2, &chess, "by banned", days(1)).signed();
    let answered = meetup(1, &chess, "banned", days(2)).signed();
    publish(
        &relay,
        &[
            chess.clone(),
            described(1, &chess, "Chess").signed(),
            by_banned,
            answered.clone(),
            meetup(1, &chess, "fine", days(3)).signed(),
            rsvp(2, &answered, "accepted").signed(),
        ],
    )
    .await;
    assert_eq!(listed(&relay, "/meetups", "title").await.len(), 3);
    change(&relay, "banpubkey", json!([pubkey(2).to_string()])).await;
    change(&relay, "banevent", json!([answered.id().to_string()])).await;
    assert_eq!(listed(&relay, "/meetups", "title").await, ["fine"]);
    change(&relay, "banpubkey", json!([pubkey(1).to_string()])).await;
    assert!(listed(&relay, "/meetups", "title").await.is_empty());
    assert!(listed(&relay, "/communities", "title").await.is_empty());
    get(&relay, &format!("/communities/{}", chess.id()))
        .await
        .problem(404);
}

#[tokio::test]
async fn nip40_02_what_has_expired_is_not_shown() {
    let chess = community(1);
    let relay = TestRelay::start().await;
    // It must come in before it is over, also on a busy machine.
    let ends = now() + 3;
    let brief = meetup(1, &chess, "brief", days(1)).tag(&["expiration", &ends.to_string()]);
    publish(&relay, &[chess.clone(), brief.signed()]).await;
    crate::clock::holds_until(ends, async || {
        listed(&relay, "/meetups", "title").await == ["brief"]
    })
    .await;
    assert!(listed(&relay, "/meetups", "title").await.is_empty());
}

#[tokio::test]
async fn the_api_can_be_switched_off() {
    let relay = TestRelay::start_with(|config| config.http.api = false).await;
    for path in ["/communities", "/openapi.json", "/nothing"] {
        let answer = get(&relay, path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(
            answer.header("content-type"),
            Some("text/plain; charset=utf-8")
        );
    }
    relay.reload(&[("KITH_RELAY_HTTP_API", "true")]);
    assert_eq!(get(&relay, "/communities").await.status, 200);
}

#[tokio::test]
async fn without_search_no_words_are_searched() {
    let chess = community(1);
    let events = [chess.clone(), meetup(1, &chess, "chess", days(1)).signed()];
    let relay = relay_with_config(|config| config.features.search = false, &events).await;
    for path in [
        "/meetups?q=chess",
        "/communities?q=chess",
        "/search?q=chess",
    ] {
        assert_eq!(
            get(&relay, path).await.problem(400)["parameter"],
            "q",
            "{path}"
        );
    }
    assert_eq!(listed(&relay, "/meetups", "title").await, ["chess"]);
}
