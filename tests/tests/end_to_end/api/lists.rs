//! Lists: pages that neither skip nor repeat while events arrive, cursors, and what is alike.

use kith_nips::Event;

use crate::events::{keys, note};
use crate::harness::TestRelay;

use super::{
    BERLIN, all_pages, community, days, described, follows, get, json, listed, meetup, members,
    publish, relay_with,
};

/// Reads a list page by page. Before each page but the first `arrive` brings one event.
async fn pages_while(
    relay: &TestRelay,
    path: &str,
    arrive: impl Fn(usize) -> Event,
) -> Vec<String> {
    let mut found = Vec::new();
    let mut page = json(relay, path).await;
    for nth in 1.. {
        found.extend(members(&page, "title"));
        let Some(cursor) = page["next"].as_str().map(str::to_owned) else {
            break;
        };
        publish(relay, &[arrive(nth)]).await;
        page = json(relay, &format!("{path}&cursor={cursor}")).await;
    }
    found
}

#[tokio::test]
async fn pages_by_start_go_on_where_the_last_one_ended() {
    let chess = community(1);
    let mut events = vec![chess.clone()];
    events.extend((1..=9).map(|day| meetup(1, &chess, &format!("day {day}"), days(day)).signed()));
    let relay = relay_with(&events).await;
    // What arrives begins before everything that was shown.
    let arrive = |nth: usize| meetup(1, &chess, &format!("new {nth}"), 7_200).signed();
    let found = pages_while(&relay, "/meetups?limit=2", arrive).await;
    let expect: Vec<String> = (1..=9).map(|day| format!("day {day}")).collect();
    assert_eq!(found, expect);
}

#[tokio::test]
async fn what_arrives_behind_a_page_is_on_a_later_one() {
    let chess = community(1);
    let mut events = vec![chess.clone()];
    events.extend((1..=3).map(|day| meetup(1, &chess, &format!("day {day}"), days(day)).signed()));
    let relay = relay_with(&events).await;
    let arrive = |_| meetup(1, &chess, "day 11", days(11)).signed();
    let found = pages_while(&relay, "/meetups?limit=2", arrive).await;
    assert_eq!(found, ["day 1", "day 2", "day 3", "day 11"]);
}

#[tokio::test]
async fn pages_of_one_second_are_whole() {
    let mut events = Vec::new();
    let mut titles = Vec::new();
    for owner in 1..=7 {
        let community = community(owner);
        let title = format!("Community {owner}");
        events.push(community.clone());
        events.push(
            described(owner, &community, &title)
                .tag(&["g", BERLIN])
                .signed(),
        );
        titles.push(title);
    }
    let relay = relay_with(&events).await;
    for query in ["", "&near=berlin&radius=100", "&q=community", "&sort=new"] {
        let path = format!("/communities?limit=2{query}");
        let arrive = |nth: usize| {
            // Newer than everything: on no page behind the first.
            let late = community(100 + u32::try_from(nth).unwrap());
            note(1).content(format!("{query} {}", late.id())).signed()
        };
        let mut found = pages_while(&relay, &path, arrive).await;
        found.sort_unstable();
        assert_eq!(found, titles, "{query}");
    }
}

#[tokio::test]
async fn a_cursor_belongs_to_its_list() {
    let chess = community(1);
    let events = [
        chess.clone(),
        meetup(1, &chess, "one", days(1)).signed(),
        meetup(1, &chess, "two", days(2)).signed(),
    ];
    let relay = relay_with(&events).await;
    let page = get(&relay, "/meetups?limit=1&status=open").await;
    let list = page.json();
    let next = list["next"].as_str().unwrap();
    let link = page.header("link").unwrap().to_owned();
    assert!(link.contains("rel=\"next\"") && link.contains("limit=1") && link.contains("cursor="));
    let rest = listed(
        &relay,
        &format!("/meetups?status=open&cursor={next}"),
        "title",
    )
    .await;
    assert_eq!(rest, ["two"]);
    for path in [
        format!("/meetups?cursor={next}"),
        format!("/communities?status=open&cursor={next}"),
        format!(
            "/communities/{}/meetups?status=open&cursor={next}",
            chess.id()
        ),
        "/meetups?cursor=AAAA".to_owned(),
        "/meetups?cursor=%00".to_owned(),
    ] {
        let problem = get(&relay, &path).await.problem(400);
        assert!(
            matches!(problem["parameter"].as_str(), Some("cursor" | "status")),
            "{path}"
        );
    }
}

#[tokio::test]
async fn what_is_alike_comes_first() {
    let communities: Vec<Event> = (1..=4).map(community).collect();
    let [chess, go, boards, sewing] = communities.as_slice() else {
        panic!("four communities");
    };
    let mut events = communities.clone();
    events.extend([
        described(1, chess, "Chess")
            .tag(&["t", "chess"])
            .at(1_700_000_001)
            .signed(),
        described(2, go, "Go")
            .tag(&["t", "go"])
            .at(1_700_000_002)
            .signed(),
        described(3, boards, "Boards")
            .tag(&["t", "chess"])
            .tag(&["t", "go"])
            .tag(&["t", "cards"])
            .at(1_700_000_003)
            .signed(),
        described(4, sewing, "Sewing")
            .tag(&["t", "sewing"])
            .at(1_700_000_004)
            .signed(),
        meetup(1, chess, "chess", days(1))
            .tag(&["t", "chess"])
            .signed(),
        meetup(3, boards, "boards", days(2))
            .tag(&["t", "chess"])
            .tag(&["t", "go"])
            .signed(),
        meetup(2, go, "nothing said", days(3)).signed(),
        meetup(4, sewing, "sewing", days(4))
            .tag(&["t", "sewing"])
            .signed(),
        // Follows go, and likes chess and go; lives in Berlin, which counts for nothing.
        follows(9, &[go])
            .tag(&["t", "chess"])
            .tag(&["t", "go"])
            .tag(&["g", "DE:Berlin", "city"])
            .tag(&["g", BERLIN])
            .signed(),
    ]);
    let relay = relay_with(&events).await;
    let person = keys(9).public_key().to_hex();
    // Boards: two topics. Go: one topic and followed. Chess: one topic.
    let path = format!("/communities?like={person}");
    let expect = ["Boards", "Go", "Chess"];
    assert_eq!(listed(&relay, &path, "title").await, expect);
    assert_eq!(
        all_pages(&relay, &format!("{path}&limit=1"), "title").await,
        expect
    );
    let path = format!("/meetups?like={person}");
    let expect = ["boards", "chess", "nothing said"];
    assert_eq!(listed(&relay, &path, "title").await, expect);
    assert_eq!(
        all_pages(&relay, &format!("{path}&limit=1"), "title").await,
        expect
    );
    let narrowed = listed(&relay, &format!("{path}&topic=go"), "title").await;
    assert_eq!(narrowed, ["boards"]);
    let nobody = keys(10).public_key().to_hex();
    for list in ["communities", "meetups"] {
        let path = format!("/{list}?like={nobody}");
        assert!(listed(&relay, &path, "title").await.is_empty());
    }
}
