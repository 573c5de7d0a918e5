//! `meetups`, one of them, and who answered it.

use crate::events::{note, now, pubkey};

use super::{
    BERLIN, POTSDAM, all_pages, community, days, follows, get, json, listed, meetup, people_list,
    relay_with, rsvp,
};

const OWNER: u32 = 1;

#[tokio::test]
async fn a_meetup_is_what_its_author_says() {
    let chess = community(OWNER);
    let event = meetup(OWNER, &chess, "winter", days(1))
        .tag(&["summary", "Boards are there"])
        .tag(&["location", "Volkspark"])
        .tag(&["g", BERLIN])
        .tag(&["g", "DE:Berlin", "city"])
        .tag(&["t", "chess"])
        .tag(&["image", "https://example.com/winter.png"])
        .tag(&["r", "https://example.com"])
        .content("Bring *tea*.")
        .signed();
    let relay = relay_with(&[chess.clone(), event.clone()]).await;
    let list = json(&relay, "/meetups?near=berlin").await;
    let naddr = list["items"][0]["naddr"].as_str().unwrap();
    let found = json(&relay, &format!("/meetups/{naddr}")).await;
    let start = event.tags().first_value("start").unwrap();
    assert_eq!(found["start"].to_string(), start);
    assert_eq!(found["end"], found["start"].as_u64().unwrap() + 7_200);
    assert_eq!(found["start_zone"], "Europe/Berlin");
    assert_eq!(found["all_day"], false);
    assert_eq!(found["address"], event.address().unwrap().to_string());
    assert_eq!(found["author"]["pubkey"], pubkey(OWNER).to_string());
    assert_eq!(found["communities"][0]["id"], chess.id().to_string());
    assert_eq!(found["official"], true);
    assert_eq!(found["status"], "published");
    assert_eq!(found["title"], "winter");
    assert_eq!(found["summary"], "Boards are there");
    assert_eq!(found["description"], "Bring *tea*.");
    assert_eq!(found["places"][0], "Volkspark");
    assert_eq!(found["topics"][0], "chess");
    assert_eq!(found["links"][0], "https://example.com");
    assert!(found.get("distance_km").is_none());
    assert!(list["items"][0]["distance_km"].as_f64().unwrap() < 5.0);
    let by_address = json(
        &relay,
        &format!("/meetups/{}", found["address"].as_str().unwrap()),
    )
    .await;
    assert_eq!(by_address, found);
}

#[tokio::test]
async fn lbc_33_whole_days_have_no_time_zone() {
    let chess = community(OWNER);
    let id = chess.id().to_string();
    let event = note(OWNER)
        .kind(31_922)
        .tag(&["d", &format!("{id}:camp")])
        .tag(&["e", &id])
        .tag(&["title", "Camp"])
        .tag(&["start", "2080-08-01"])
        .tag(&["end", "2080-08-04"])
        .signed();
    let relay = relay_with(&[chess, event]).await;
    let list = json(&relay, "/meetups").await;
    let camp = &list["items"][0];
    assert_eq!(camp["all_day"], true);
    assert_eq!(camp["first_day"], "2080-08-01");
    assert_eq!(camp["last_day"], "2080-08-03");
    assert!(camp.get("start_zone").is_none());
}

#[tokio::test]
async fn lbc_32_drafts_are_hidden_and_cancelled_meetups_say_so() {
    let chess = community(OWNER);
    let draft = meetup(OWNER, &chess, "draft", days(1))
        .tag(&["status", "draft"])
        .signed();
    let events = [
        chess.clone(),
        draft.clone(),
        meetup(OWNER, &chess, "off", days(2))
            .tag(&["status", "cancelled"])
            .signed(),
        meetup(OWNER, &chess, "on", days(3)).signed(),
        meetup(OWNER, &chess, "running", -3_600).signed(),
        meetup(OWNER, &chess, "over", days(-1)).signed(),
    ];
    let relay = relay_with(&events).await;
    assert_eq!(
        listed(&relay, "/meetups", "title").await,
        ["running", "off", "on"]
    );
    assert_eq!(listed(&relay, "/meetups", "status").await[1], "cancelled");
    let open = listed(&relay, "/meetups?status=open", "title").await;
    assert_eq!(open, ["running", "on"]);
    let all = listed(&relay, "/meetups?from=0", "title").await;
    assert_eq!(all, ["over", "running", "off", "on"]);
    let path = format!("/meetups/{}", draft.address().unwrap());
    get(&relay, &path).await.problem(404);
}

#[tokio::test]
async fn lbc_25_and_lbc_38_what_belongs_nowhere_or_is_by_muted_people_is_not_shown() {
    let (chess, go) = (community(OWNER), community(2));
    // The `d` names one community, the `e` another.
    let conflict = note(3)
        .kind(31_923)
        .tag(&["d", &format!("{}:x", chess.id())])
        .tag(&["e", &go.id().to_string()])
        .tag(&["start", "4000000000"])
        .signed();
    let alone = note(3)
        .kind(31_923)
        .tag(&["d", "alone"])
        .tag(&["start", "4000000000"])
        .signed();
    let by_muted = meetup(4, &chess, "muted", days(1)).signed();
    let events = [
        chess.clone(),
        go,
        conflict.clone(),
        alone.clone(),
        by_muted.clone(),
        people_list(OWNER, &chess, ":blocked", &[4]),
    ];
    let relay = relay_with(&events).await;
    assert!(listed(&relay, "/meetups", "id").await.is_empty());
    for event in [conflict, alone, by_muted] {
        let path = format!("/meetups/{}", event.address().unwrap());
        get(&relay, &path).await.problem(404);
    }
    let found = json(&relay, &format!("/communities/{}", chess.id())).await;
    assert_eq!(found["upcoming_meetups"], 0);
}

#[tokio::test]
async fn times_places_topics_and_words_choose_meetups() {
    let chess = community(OWNER);
    let begin = |slug: &str, in_days: i64| meetup(OWNER, &chess, slug, days(in_days));
    let events = [
        chess.clone(),
        begin("tomorrow", 1)
            .tag(&["g", BERLIN])
            .tag(&["t", "chess"])
            .signed(),
        begin("soon", 3)
            .tag(&["g", POTSDAM])
            .tag(&["t", "chess"])
            .tag(&["t", "go"])
            .content("For beginners")
            .signed(),
        begin("later", 30)
            .tag(&["g", BERLIN])
            .tag(&["g", "DE:Berlin", "city"])
            .signed(),
    ];
    let relay = relay_with(&events).await;
    let check = async |query: &str, expect: &[&str]| {
        let found = listed(&relay, &format!("/meetups?{query}"), "title").await;
        assert_eq!(found, expect, "{query}");
    };
    let (now, day) = (now(), 86_400);
    check("", &["tomorrow", "soon", "later"]).await;
    check(&format!("to={}", now + 5 * day), &["tomorrow", "soon"]).await;
    check(&format!("from={}", now + 2 * day), &["soon", "later"]).await;
    check(
        &format!("from={}&to={}", now + 2 * day, now + 5 * day),
        &["soon"],
    )
    .await;
    check("near=52.52,13.405", &["tomorrow", "later"]).await;
    check("near=potsdam&radius=20&sort=distance", &["soon"]).await;
    check("bbox=13.3,52.4,13.6,52.6&topic=chess", &["tomorrow"]).await;
    check("city=Berlin", &["later"]).await;
    check("topic=chess&topic=go", &["tomorrow", "soon"]).await;
    check("topic=chess&topic=go&topics=all", &["soon"]).await;
    check("q=beginners", &["soon"]).await;
    check("q=%22for+beginners%22&status=open", &["soon"]).await;
    check("q=open", &[]).await;
}

#[tokio::test]
async fn nip52_14_and_lbc_38_answers_add_up_to_one_per_person() {
    let chess = community(OWNER);
    let event = meetup(OWNER, &chess, "winter", days(1)).signed();
    // Under another `d`: both are stored.
    let second = note(3)
        .kind(31_925)
        .tag(&["d", "again"])
        .tag(&["a", &event.address().unwrap().to_string()])
        .tag(&["status", "declined"])
        .at(1_700_000_900)
        .signed();
    let events = [
        chess.clone(),
        event.clone(),
        people_list(OWNER, &chess, "", &[2]),
        follows(2, &[&chess]).signed(),
        rsvp(OWNER, &event, "accepted").at(1_700_000_003).signed(),
        rsvp(2, &event, "accepted")
            .at(1_700_000_001)
            .content("With cake")
            .signed(),
        rsvp(3, &event, "accepted").at(1_700_000_002).signed(),
        second,
        rsvp(4, &event, "tentative").at(1_700_000_004).signed(),
        rsvp(5, &event, "accepted").at(1_700_000_005).signed(),
        people_list(OWNER, &chess, ":blocked", &[5]),
    ];
    let relay = relay_with(&events).await;
    let path = format!("/meetups/{}", event.address().unwrap());
    let answers = json(&relay, &path).await["rsvps"].clone();
    assert_eq!(answers["members"]["accepted"], 2);
    assert_eq!(answers["others"]["accepted"], 0);
    assert_eq!(answers["others"]["declined"], 1);
    assert_eq!(answers["others"]["tentative"], 1);
    assert_eq!(json(&relay, "/meetups").await["items"][0]["rsvps"], answers);
    let people = [2, OWNER, 4, 3].map(|key| pubkey(key).to_string());
    let rsvps = format!("{path}/rsvps");
    assert_eq!(listed(&relay, &rsvps, "pubkey").await, people);
    let paged = all_pages(&relay, &format!("{rsvps}?limit=1"), "pubkey").await;
    assert_eq!(paged, people);
    let list = json(&relay, &rsvps).await;
    assert_eq!(list["items"][0]["comment"], "With cake");
    assert_eq!(list["items"][0]["answer"], "accepted");
    assert_eq!(list["items"][0]["member"], true);
    assert_eq!(list["items"][3]["member"], false);
}
