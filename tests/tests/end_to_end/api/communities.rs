//! `communities`, one of them, their members and meetups.

use nostr_sdk::nips::nip19::{Nip19Event, ToBech32};

use crate::events::{note, pubkey};

use super::{
    BERLIN, POTSDAM, all_pages, community, days, described, follows, get, json, listed, meetup,
    people_list, publish, relay_with,
};

const OWNER: u32 = 1;
const OTHER: u32 = 2;

#[tokio::test]
async fn lbc_08_a_community_is_what_its_owner_says() {
    let chess = community(OWNER);
    let events = [
        chess.clone(),
        described(OWNER, &chess, "Berlin Chess")
            .tag(&["image", "https://example.com/chess.png"])
            .tag(&["g", BERLIN, "geohash"])
            .tag(&["g", "DE:Berlin", "city"])
            .tag(&["t", "chess"])
            .signed(),
    ];
    let relay = relay_with(&events).await;
    let found = json(&relay, &format!("/communities/{}", chess.id())).await;
    assert_eq!(found["title"], "Berlin Chess");
    assert_eq!(found["id"], chess.id().to_string());
    assert_eq!(found["owner"]["pubkey"], pubkey(OWNER).to_string());
    assert!(
        found["owner"]["npub"]
            .as_str()
            .unwrap()
            .starts_with("npub1")
    );
    assert_eq!(found["description"], "All about Berlin Chess");
    assert_eq!(found["image"], "https://example.com/chess.png");
    assert_eq!(found["cities"][0], "DE:Berlin");
    assert_eq!(found["topics"][0], "chess");
    assert_eq!(found["position"]["geohash"], BERLIN);
    assert!((found["position"]["latitude"].as_f64().unwrap() - 52.52).abs() < 0.05);
    assert_eq!(found["members"], 1);
    assert_eq!(found["followers"], 0);
    assert_eq!(json(&relay, "/communities").await["items"][0], found);
}

#[tokio::test]
async fn lbc_60_every_form_of_its_name_leads_to_a_community() {
    let chess = community(OWNER);
    let description = described(OWNER, &chess, "Chess").signed();
    let relay = relay_with(&[chess.clone(), description.clone()]).await;
    let found = json(&relay, &format!("/communities/{}", chess.id())).await;
    let naddr = found["naddr"].as_str().unwrap();
    let id = nostr_sdk::EventId::from(chess.id());
    let note1 = id.to_bech32().unwrap();
    let nevent = Nip19Event::new(id).to_bech32().unwrap();
    for name in [naddr, &note1, &nevent, &description.id().to_string()] {
        let path = format!("/communities/{name}");
        assert_eq!(json(&relay, &path).await, found, "{name}");
    }
    let unknown = get(&relay, &format!("/communities/{}", "0".repeat(64))).await;
    unknown.problem(404);
    let wrong = get(&relay, "/communities/chess").await;
    assert_eq!(wrong.problem(400)["parameter"], "id");
}

#[tokio::test]
async fn lbc_59_closed_communities_and_false_descriptions_are_in_no_list() {
    let (open, closed) = (community(OWNER), community(OTHER));
    let events = [
        open.clone(),
        closed.clone(),
        described(OWNER, &open, "Open").signed(),
        described(OTHER, &closed, "Closed").signed(),
        meetup(OTHER, &closed, "never", days(1)).signed(),
    ];
    let relay = relay_with(&events).await;
    assert_eq!(listed(&relay, "/meetups", "title").await, ["never"]);
    let deletion = note(OTHER)
        .kind(5)
        .tag(&["e", &closed.id().to_string()])
        .signed();
    publish(&relay, &[deletion]).await;
    assert_eq!(listed(&relay, "/communities", "title").await, ["Open"]);
    assert!(listed(&relay, "/meetups", "title").await.is_empty());
    let path = format!("/communities/{}", closed.id());
    get(&relay, &path).await.problem(404);
    get(&relay, &format!("{path}/meetups")).await.problem(404);
}

#[tokio::test]
async fn lbc_10_a_description_without_its_community_waits_for_it() {
    let mine = community(OWNER);
    let events = [
        described(OWNER, &mine, "Mine").signed(),
        described(OTHER, &mine, "Not mine").signed(),
    ];
    let relay = relay_with(&events).await;
    assert!(listed(&relay, "/communities", "title").await.is_empty());
    publish(&relay, &[mine]).await;
    assert_eq!(listed(&relay, "/communities", "title").await, ["Mine"]);
}

#[tokio::test]
async fn places_topics_words_and_order_choose_communities() {
    let (berlin, potsdam, nowhere) = (community(1), community(2), community(3));
    let events = [
        berlin.clone(),
        potsdam.clone(),
        nowhere.clone(),
        described(1, &berlin, "Berlin Chess")
            .tag(&["g", BERLIN])
            .tag(&["g", "DE:Berlin", "city"])
            .tag(&["t", "chess"])
            .at(1_700_000_001)
            .signed(),
        described(2, &potsdam, "Potsdam Chess and Go")
            .tag(&["g", POTSDAM])
            .tag(&["t", "chess"])
            .tag(&["t", "go"])
            .at(1_700_000_002)
            .signed(),
        described(3, &nowhere, "Online Go")
            .tag(&["t", "go"])
            .at(1_700_000_003)
            .signed(),
    ];
    let relay = relay_with(&events).await;
    let check = async |query: &str, expect: &[&str]| {
        let found = listed(&relay, &format!("/communities?{query}"), "title").await;
        assert_eq!(found, expect, "{query}");
    };
    let (b, p, o) = ("Berlin Chess", "Potsdam Chess and Go", "Online Go");
    check("", &[o, p, b]).await;
    check("near=52.52,13.405&radius=100", &[b, p]).await;
    check("near=52.52,13.405&radius=10", &[b]).await;
    check("near=Berlin&radius=10", &[b]).await;
    check("near=u3361&radius=100", &[p, b]).await;
    check("near=u33&radius=300&sort=new", &[p, b]).await;
    check("bbox=13.3,52.4,13.6,52.6", &[b]).await;
    check("city=DE:Berlin", &[b]).await;
    check("city=berlin", &[b]).await;
    check("topic=go", &[o, p]).await;
    check("topic=GO&topic=chess", &[o, p, b]).await;
    check("topic=go&topic=chess&topics=all", &[p]).await;
    check("q=chess", &[p, b]).await;
    check("q=chess+go", &[p]).await;
    check("q=%22chess+and%22", &[p]).await;
    check("q=sort:new", &[]).await;
    let list = json(&relay, "/communities?near=52.52,13.405&radius=100").await;
    let distance = list["items"][1]["distance_km"].as_f64().unwrap();
    assert!((20.0..40.0).contains(&distance), "{distance}");
}

#[tokio::test]
async fn lbc_50_and_lbc_20_members_follow_and_are_not_muted() {
    let chess = community(OWNER);
    let events = [
        chess.clone(),
        people_list(OWNER, &chess, "", &[2, 3, 4]),
        people_list(OWNER, &chess, ":blocked", &[4, 5]),
        follows(2, &[&chess]).signed(),
        follows(4, &[&chess]).signed(),
        follows(5, &[&chess]).signed(),
        follows(6, &[&chess]).signed(),
    ];
    let relay = relay_with(&events).await;
    let path = format!("/communities/{}", chess.id());
    let found = json(&relay, &path).await;
    assert_eq!(found["members"], 2, "the owner and 2");
    assert_eq!(found["followers"], 2, "2 and 6");
    let members = listed(&relay, &format!("{path}/members"), "pubkey").await;
    assert_eq!(members, [OWNER, 2].map(|key| pubkey(key).to_string()));
    let paged = all_pages(&relay, &format!("{path}/members?limit=1"), "pubkey").await;
    assert_eq!(paged, members);
    let list = json(&relay, &format!("{path}/members")).await;
    assert_eq!(list["items"][0]["owner"], true);
    assert_eq!(list["items"][1]["owner"], false);
}

#[tokio::test]
async fn lbc_24_and_lbc_27_the_meetups_of_a_community() {
    let (chess, other) = (community(OWNER), community(OTHER));
    let id = chess.id().to_string();
    let without_e = note(OWNER)
        .kind(31_923)
        .tag(&["d", &format!("{id}:second")])
        .tag(&["title", "second"])
        .tag(&["start", &(crate::events::now() + 2 * 86_400).to_string()]);
    let proposal = meetup(7, &chess, "third", days(3)).signed();
    let calendar = note(OWNER)
        .kind(31_924)
        .tag(&["d", &id])
        .tag(&["title", "Calendar"])
        .tag(&[
            "a",
            &meetup(8, &chess, "fourth", days(4))
                .signed()
                .address()
                .unwrap()
                .to_string(),
        ]);
    let events = [
        chess.clone(),
        other.clone(),
        meetup(OWNER, &chess, "first", days(1)).signed(),
        without_e.signed(),
        proposal,
        meetup(8, &chess, "fourth", days(4)).signed(),
        calendar.signed(),
        meetup(OTHER, &other, "elsewhere", days(1)).signed(),
        meetup(OWNER, &chess, "past", days(-3)).signed(),
    ];
    let relay = relay_with(&events).await;
    let path = format!("/communities/{id}/meetups");
    let all = ["first", "second", "third", "fourth"];
    assert_eq!(listed(&relay, &path, "title").await, all);
    let paged = all_pages(&relay, &format!("{path}?limit=1"), "title").await;
    assert_eq!(paged, all);
    let past = listed(&relay, &format!("{path}?from=0"), "title").await;
    assert_eq!(past.first().map(String::as_str), Some("past"));
    let list = json(&relay, &path).await;
    let items = list["items"].as_array().unwrap().iter();
    let official: Vec<_> = items.map(|item| item["official"].as_bool()).collect();
    assert_eq!(official, [true, true, false, true].map(Some));
    assert_eq!(
        json(&relay, &format!("/communities/{id}")).await["upcoming_meetups"],
        3
    );
}
