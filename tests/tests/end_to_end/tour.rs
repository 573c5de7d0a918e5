//! The whole main job through the real programs: `kith-relay` as a process, two people at their
//! terminals, sockets between them.

use serde_json::{Value, json};

use crate::command_line::{Person, text};
use crate::process::RelayProcess;

mod readme;

#[cfg(feature = "foreign-relays")]
pub(crate) use readme::tour;

/// What "next friday" counts from: a Saturday.
const TODAY: &str = "2026-11-21T10:15:00+00:00[Europe/London]";

#[tokio::test]
async fn from_a_new_key_to_the_end_of_the_community() {
    let folder = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(folder.path()).await;
    story(&[&relay.url()]).await;
}

/// The main job on these relays, all of them together.
pub(crate) async fn story(relays: &[&str]) {
    let mut ada = Person::new("").with("KITH_NOW", TODAY);
    let mut ben = Person::new("").with("KITH_NOW", TODAY);
    for person in [&mut ada, &mut ben] {
        person.unset("KITH_RELAYS");
        let made = person.json(["keys", "new"]).await;
        assert!(text(&made["npub"]).starts_with("npub1"), "{made}");
        let added = person.json(["relays", "add"].iter().chain(relays)).await;
        assert_eq!(added, json!({"relays": relays, "source": "file"}));
    }
    let (ada_key, ben_key) = (ada.public_key().await, ben.public_key().await);

    let community = create_community(&ada, &ada_key, relays).await;
    let meetup = create_meetup(&ada, &community).await;
    find_and_join(&ben, &community, &meetup).await;
    manage_members(&ada, &ben, &ada_key, &ben_key).await;
    change_plans(&ada, &ben, &meetup).await;
    leave_and_close(&ada, &ben, &community).await;
}

async fn create_community(ada: &Person, ada_key: &str, relays: &[&str]) -> String {
    let words = [
        "community",
        "create",
        "Brighton Chess",
        "--place",
        "Brighton, GB",
    ];
    let rest = [
        "--topic",
        "Chess",
        "--topic",
        "games",
        "--description",
        "Boards on the *beach*",
    ];
    let created = ada.json(words.iter().chain(&rest)).await;
    assert_eq!(created["action"], "created");
    assert_eq!(
        created["published"],
        json!({"accepted": relays, "refused": [], "waiting": []})
    );
    let community = &created["community"];
    assert_eq!(community["title"], "Brighton Chess");
    assert_eq!(community["owner_public_key"], ada_key);
    assert_eq!(community["topics"], json!(["chess", "games"]));
    assert_eq!(community["description"], "Boards on the *beach*");
    assert_eq!(community["place"]["city"], "GB:Brighton");
    assert!(text(&community["link"]).starts_with("nevent1"));

    let shown = ada.json(["community", "show", "brighton chess"]).await;
    assert_eq!(shown["community"]["id"], community["id"]);
    assert_eq!(
        (&shown["you"], &shown["meetups"]),
        (&json!("owner"), &json!([]))
    );
    let edit = ["community", "edit", "Brighton Chess", "--topic", "chess"];
    let edited = ada.json(edit).await;
    assert_eq!(
        (&edited["action"], &edited["community"]["topics"]),
        (&json!("edited"), &json!(["chess"]))
    );
    assert_eq!(
        edited["community"]["description"], "Boards on the *beach*",
        "what is not named stays"
    );
    assert_eq!(ada.json(edit).await["action"], "unchanged");
    text(&community["id"])
}

async fn create_meetup(ada: &Person, community: &str) -> Value {
    let words = ["meetup", "create", "Brighton Chess", "Opening night"];
    let rest = ["--start", "next friday 19:00", "--where", "The Black Lion"];
    let created = ada.json(words.iter().chain(&rest)).await;
    let meetup = &created["meetup"];
    assert_eq!(
        (&created["action"], &meetup["status"]),
        (&json!("created"), &json!("open"))
    );
    assert_eq!(
        meetup["community"],
        json!({"id": community, "title": "Brighton Chess"})
    );
    assert_eq!(meetup["official"], true);
    assert_eq!(meetup["where"], json!(["The Black Lion"]));
    // The machine is set to Tokyo time, the place is in Brighton.
    assert_eq!(meetup["start"], "2026-11-27T19:00:00+00:00[Europe/London]");
    assert_eq!(meetup["timezone"], "Europe/London");
    let hours = meetup["end_unix"].as_u64().unwrap() - meetup["start_unix"].as_u64().unwrap();
    assert_eq!(hours, 2 * 3_600);
    assert_eq!(
        meetup["place"]["city"], "GB:Brighton",
        "where the community is"
    );
    assert_eq!(meetup["topics"], json!(["chess"]));
    let prefix = format!(":{community}:");
    assert!(
        text(&meetup["address"]).contains(&prefix),
        "lbc_22: {meetup}"
    );
    meetup.clone()
}

async fn find_and_join(ben: &Person, community: &str, meetup: &Value) {
    let near = ben.json(["near", "Brighton, GB"]).await;
    assert_eq!(near["place"]["city"], "GB:Brighton");
    assert_eq!(near["radius_km"], 25.0);
    assert_eq!(near["communities"].as_array().unwrap().len(), 1);
    assert_eq!(near["communities"][0]["id"], community);
    assert_eq!(near["meetups"].as_array().unwrap().len(), 1);
    assert_eq!(near["meetups"][0]["address"], meetup["address"]);
    assert!(near["meetups"][0]["distance_km"].as_f64().unwrap() < 2.0);

    for (words, found) in [
        (&["near", "Hove", "--radius", "10 miles"][..], 1),
        (&["near", "50.8225,-0.1372"], 1),
        (&["near", "gcpchg"], 1),
        (&["near", "Brighton, GB", "--topic", "CHESS"], 1),
        (&["near", "Brighton, GB", "--topic", "rust"], 0),
        (&["near", "Brighton, GB", "--to", "thursday"], 0),
        (&["near", "Brighton, GB", "--on", "friday"], 1),
        (&["near", "London"], 0),
        (&["near", "London", "--radius", "100km"], 1),
        (&["near", "Brighton, Colorado"], 0),
    ] {
        let near = ben.run(words.iter().chain(&["--json"])).await;
        assert_eq!(near.code, 0, "{near:?}");
        let near: Value = serde_json::from_str(&near.stdout).unwrap();
        let meetups = near["meetups"].as_array().unwrap();
        assert_eq!(meetups.len(), found, "{words:?}: {near}");
    }

    let followed = ben.json(["follow", "Brighton Chess"]).await;
    assert_eq!(
        (&followed["following"], &followed["changed"]),
        (&json!(true), &json!(true))
    );
    let again = ben.json(["follow", community]).await;
    assert_eq!(
        (&again["following"], &again["changed"]),
        (&json!(true), &json!(false))
    );
    let listed = ben.json(["community", "list"]).await;
    assert_eq!(listed["communities"][0]["id"], community);

    let answered = ben
        .json(["rsvp", "Opening night", "yes", "--note", "I bring a clock"])
        .await;
    assert_eq!(answered["status"], "accepted");
    assert_eq!(answered["meetup"]["address"], meetup["address"]);
    let listed = ben.json(["meetup", "list"]).await;
    assert_eq!(listed["meetups"][0]["id"], meetup["id"]);
}

async fn manage_members(ada: &Person, ben: &Person, ada_key: &str, ben_key: &str) {
    let states = async || {
        let members = ada.json(["members", "list", "Brighton Chess"]).await;
        let people = members["people"].as_array().unwrap().clone();
        let state = |person: &Value| (text(&person["public_key"]), text(&person["state"]));
        people.iter().map(state).collect::<Vec<_>>()
    };
    let expected = |state: &str| {
        let owner = (ada_key.to_owned(), "owner".to_owned());
        vec![owner, (ben_key.to_owned(), state.to_owned())]
    };
    let change = async |verb: &str| {
        let npub = ben.npub().await;
        let changed = ada.json(["members", verb, "Brighton Chess", &npub]).await;
        changed["people"][0]["changed"] == true
    };
    assert_eq!(states().await, expected("follower"));
    assert!(change("approve").await);
    assert!(!change("approve").await, "they are a member already");
    assert_eq!(states().await, expected("member"));
    assert!(change("remove").await);
    assert_eq!(states().await, expected("follower"));
    assert!(change("mute").await);
    assert_eq!(states().await, expected("muted"));
    let shown = ada.json(["meetup", "show", "Opening night"]).await;
    assert_eq!(shown["answers"], json!([]), "lbc_38");
    assert!(change("unmute").await);
    assert_eq!(states().await, expected("follower"));
    assert!(change("approve").await);

    let shown = ada.json(["meetup", "show", "Opening night"]).await;
    let answers = shown["answers"].as_array().unwrap();
    assert_eq!(answers.len(), 1);
    let answer = &answers[0];
    assert_eq!(answer["public_key"], ben_key);
    assert_eq!(
        (&answer["status"], &answer["member"]),
        (&json!("accepted"), &json!(true))
    );
    assert_eq!(
        (&answer["note"], &answer["basis"]),
        (&json!("I bring a clock"), &json!("current"))
    );
    let shown = ben.json(["community", "show", "Brighton Chess"]).await;
    assert_eq!(
        (&shown["you"], &shown["members"]),
        (&json!("member"), &json!(1))
    );
}

async fn change_plans(ada: &Person, ben: &Person, meetup: &Value) {
    let words = [
        "meetup",
        "edit",
        "Opening night",
        "--where",
        "The Basketmakers Arms",
    ];
    let edited = ada
        .json(words.iter().chain(&["--start", "next friday 20:30"]))
        .await;
    assert_eq!(edited["action"], "edited");
    let now = &edited["meetup"];
    assert_eq!(
        (&now["address"], &now["where"]),
        (&meetup["address"], &json!(["The Basketmakers Arms"]))
    );
    assert_ne!(now["id"], meetup["id"]);
    let later = |when: &str| now[when].as_u64().unwrap() - meetup[when].as_u64().unwrap();
    assert_eq!(
        (later("start_unix"), later("end_unix")),
        (5_400, 5_400),
        "the length stays"
    );

    // NIP52-15: the answer counts, and says that it is about another time.
    let shown = ada.json(["meetup", "show", "Opening night"]).await;
    assert_eq!(shown["answers"][0]["status"], "accepted");
    assert_ne!(shown["answers"][0]["basis"], "current");
    ben.done(["rsvp", "Opening night", "maybe"]).await;
    let shown = ada.json(["meetup", "show", &text(&now["link"])]).await;
    assert_eq!(shown["answers"].as_array().unwrap().len(), 1, "nip52_14");
    assert_eq!(shown["answers"][0]["status"], "tentative");
    assert_eq!(shown["answers"][0]["basis"], "current");

    let cancelled = ada.json(["meetup", "cancel", "Opening night"]).await;
    assert_eq!(cancelled["action"], "cancelled");
    assert_eq!(
        ada.json(["meetup", "cancel", "Opening night"]).await["action"],
        "unchanged"
    );
    let near = ben.json(["near", "Brighton, GB"]).await;
    assert_eq!(near["meetups"][0]["status"], "cancelled");
    ben.fails(
        ["rsvp", "Opening night", "yes"],
        6,
        "is cancelled and takes no answers",
        "",
    )
    .await;
    let reopened = ada
        .json(["meetup", "edit", "Opening night", "--reopen"])
        .await;
    assert_eq!(reopened["meetup"]["status"], "open");
}

async fn leave_and_close(ada: &Person, ben: &Person, community: &str) {
    let left = ben.json(["leave", "Brighton Chess"]).await;
    assert_eq!(
        (&left["following"], &left["changed"]),
        (&json!(false), &json!(true))
    );
    let members = ada.json(["members", "list", "Brighton Chess"]).await;
    assert_eq!(members["people"][1]["state"], "lapsed", "lbc_50");
    assert_eq!(
        ben.json(["community", "list"]).await["communities"],
        json!([])
    );

    ada.fails(
        ["community", "close", "Brighton Chess"],
        2,
        "for good",
        "--yes",
    )
    .await;
    let close = [
        "community",
        "close",
        "Brighton Chess",
        "--yes",
        "--reason",
        "Thank you all",
    ];
    assert_eq!(ada.json(close).await["action"], "closed");
    let near = ben.json(["near", "Brighton, GB"]).await;
    assert_eq!(
        (&near["communities"], &near["meetups"]),
        (&json!([]), &json!([]))
    );
    ben.fails(["community", "show", community], 3, "", "").await;
    assert_eq!(
        ada.json(["community", "list"]).await["communities"],
        json!([])
    );
}
