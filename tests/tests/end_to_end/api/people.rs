//! `people`: agendas, communities, and nothing about where people are.

use crate::events::{keys, note, pubkey};

use super::{
    BERLIN, all_pages, community, days, described, follows, get, json, listed, meetup, people_list,
    relay_with, rsvp,
};

const PERSON: u32 = 9;

fn path(rest: &str) -> String {
    format!("/people/{}/{rest}", keys(PERSON).public_key().to_hex())
}

#[tokio::test]
async fn an_agenda_has_what_somebody_goes_to_and_organizes() {
    let chess = community(1);
    let events: Vec<_> = [("one", 1), ("two", 2), ("three", 3), ("four", 4)]
        .map(|(slug, day)| meetup(1, &chess, slug, days(day)).signed())
        .into();
    let past = meetup(1, &chess, "past", days(-2)).signed();
    let own = meetup(PERSON, &chess, "own", days(5)).signed();
    let mut all = vec![
        chess.clone(),
        rsvp(PERSON, &events[0], "accepted").signed(),
        rsvp(PERSON, &events[1], "tentative").signed(),
        rsvp(PERSON, &events[2], "declined").signed(),
        rsvp(8, &events[3], "accepted").signed(),
        rsvp(PERSON, &past, "accepted").signed(),
        past,
        own,
    ];
    all.extend(events);
    let relay = relay_with(&all).await;
    let list = json(&relay, &path("agenda")).await;
    let items = list["items"].as_array().unwrap();
    let summary: Vec<String> = items
        .iter()
        .map(|item| {
            let organizes = item["organizes"].as_bool().unwrap();
            format!("{} {} {organizes}", item["meetup"]["title"], item["answer"])
        })
        .collect();
    assert_eq!(
        summary,
        [
            "\"one\" \"accepted\" false",
            "\"two\" \"tentative\" false",
            "\"own\" null true"
        ]
    );
    let all = json(&relay, &path("agenda?from=2000-01-01")).await;
    assert_eq!(all["items"].as_array().unwrap().len(), 4);
    let short = json(&relay, &path("agenda?limit=2")).await;
    let cursor = short["next"].as_str().unwrap();
    let rest = json(&relay, &path(&format!("agenda?cursor={cursor}"))).await;
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    assert_eq!(rest["items"][0]["meetup"]["title"], "own");
}

#[tokio::test]
async fn lbc_50_the_communities_of_a_person() {
    let own = community(PERSON);
    let [member, lapsed, muted, followed] = [1, 2, 3, 4].map(community);
    let dangling = community(5);
    let events = [
        own.clone(),
        member.clone(),
        lapsed.clone(),
        muted.clone(),
        followed.clone(),
        described(1, &member, "Member").signed(),
        people_list(1, &member, "", &[PERSON]),
        people_list(2, &lapsed, "", &[PERSON]),
        people_list(3, &muted, ":blocked", &[PERSON]),
        // Somebody else's list has no effect (LBC-49).
        people_list(7, &followed, ":blocked", &[PERSON]),
        follows(PERSON, &[&member, &muted, &followed, &dangling])
            .tag(&["t", "chess"])
            .signed(),
    ];
    let relay = relay_with(&events).await;
    let list = json(&relay, &path("communities")).await;
    let mut found: Vec<(String, String)> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            let text = |name: &str| item[name].as_str().unwrap().to_owned();
            (text("id"), text("membership"))
        })
        .collect();
    assert_eq!(found.first().map(|(_, word)| word.as_str()), Some("owner"));
    assert_eq!(found.last().map(|(_, word)| word.as_str()), Some("lapsed"));
    let mut expect = [
        (&own, "owner"),
        (&member, "member"),
        (&lapsed, "lapsed"),
        (&muted, "muted"),
        (&followed, "follower"),
    ]
    .map(|(community, word)| (community.id().to_string(), word.to_owned()));
    found.sort_unstable();
    expect.sort_unstable();
    assert_eq!(found, expect);
    assert_eq!(list["topics"][0], "chess");
    let paged = all_pages(&relay, &path("communities?limit=2"), "id").await;
    assert_eq!(paged, listed(&relay, &path("communities"), "id").await);
}

#[tokio::test]
async fn lbc_19_of_people_only_cities_are_shown() {
    let chess = community(1);
    let exact = "u33dbfcpp";
    let events = [
        chess.clone(),
        described(1, &chess, "Chess").tag(&["t", "chess"]).signed(),
        meetup(1, &chess, "one", days(1))
            .tag(&["g", BERLIN])
            .tag(&["t", "chess"])
            .signed(),
        follows(PERSON, &[&chess])
            .tag(&["g", exact])
            .tag(&["g", "u33d", "geohash"])
            .tag(&["g", "DE:Berlin", "city"])
            .tag(&["t", "chess"])
            .signed(),
        people_list(1, &chess, "", &[PERSON]),
    ];
    let relay = relay_with(&events).await;
    let person = pubkey(PERSON);
    let shown = json(&relay, &path("communities")).await;
    assert_eq!(shown["cities"], serde_json::json!(["DE:Berlin"]));
    for path in [
        path("communities"),
        path("agenda"),
        format!("/communities?like={person}"),
        format!("/communities?like={person}&near=u33dbf&radius=1"),
        format!("/meetups?like={person}"),
        format!("/communities/{}/members", chess.id()),
        format!("/communities/{}", chess.id()),
    ] {
        let answer = get(&relay, &path).await;
        assert_eq!(answer.status, 200, "{path}");
        // The position of the person, and of the prefix that only the person wrote.
        assert!(!answer.body.contains(exact), "{path}: {}", answer.body);
        assert!(!answer.body.contains("\"u33d\""), "{path}: {}", answer.body);
    }
    let near = listed(&relay, &format!("/communities?near={exact}"), "id").await;
    assert!(near.is_empty(), "nobody is found by where they live");
}

#[tokio::test]
async fn wrong_names_of_people_are_problems() {
    let relay = relay_with(&[note(1).signed()]).await;
    for path in ["/people/bob/agenda", "/people/note1xyz/communities"] {
        assert_eq!(get(&relay, path).await.problem(400)["parameter"], "npub");
    }
    let unknown = json(&relay, &path("communities")).await;
    assert_eq!(unknown["items"], serde_json::json!([]));
}
