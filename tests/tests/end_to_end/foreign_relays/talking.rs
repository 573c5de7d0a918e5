//! What people of a community say and answer: series, seats, chat, comments, private messages,
//! announcements, and news as they come. The rest of the main job is in `tour`.

use serde_json::{Value, json};

use crate::command_line::{Person, Running, text};

const SERIES: [&str; 12] = [
    "meetup",
    "series",
    "create",
    "Brighton Go",
    "Go night",
    "--start",
    "2031-03-13 19:00",
    "--repeat",
    "every 2nd thursday",
    "--times",
    "3",
    "--duration=2h",
];

/// An organizer and two guests, on all of these relays.
pub(super) async fn story(relays: &[&str]) {
    let relays = relays.join(" ");
    let [organizer, ben, cai] = [11, 12, 13].map(|number| Person::with_key(&relays, number));
    let mut watch = ben.start(["watch", "Brighton, GB", "--json"]);
    assert!(next(&mut watch).await.get("watching").is_some());
    found(&organizer, &mut watch).await;
    for person in [&ben, &cai] {
        person.done(["near", "Brighton, GB"]).await;
        person.done(["follow", "Brighton Go"]).await;
        person.done(["dm", "--open-inbox"]).await;
    }
    change_series(&organizer, &ben).await;
    take_seats(&organizer, &ben, &cai).await;
    chat(&organizer, &ben).await;
    comment(&organizer, &ben).await;
    write_privately(&ben, &cai).await;
    announce(&organizer, &ben, &cai).await;
    let ended = watch.interrupt().await;
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{ended:?}");
}

async fn next(running: &mut Running) -> Value {
    serde_json::from_str(&running.line().await).unwrap()
}

fn column(answer: &Value, rows: &str, name: &str) -> Vec<String> {
    let rows = answer[rows].as_array().unwrap().iter();
    rows.map(|row| text(&row[name])).collect()
}

/// What is created is announced to whoever watches, once, however many relays say it.
async fn found(organizer: &Person, watch: &mut Running) {
    let create = ["community", "create", "Brighton Go", "--topic", "go"];
    let place = ["--place", "Brighton, GB"];
    let community = organizer.json(create.iter().chain(&place)).await;
    let news = next(watch).await;
    assert_eq!(
        (&news["news"], &news["community"]["id"]),
        (&json!("new"), &community["community"]["id"])
    );
    let made = organizer.json(SERIES).await;
    assert_eq!(column(&made, "meetups", "action"), ["created"; 3]);
    let mut announced = Vec::new();
    for _ in 0..3 {
        announced.push(text(&next(watch).await["meetup"]["start"]));
    }
    announced.sort();
    assert_eq!(announced, column(&made, "meetups", "start"));
    let again = organizer.json(SERIES).await;
    assert_eq!(column(&again, "meetups", "action"), ["unchanged"; 3]);
}

async fn change_series(organizer: &Person, ben: &Person) {
    let links = async || {
        let shown = organizer
            .json(["meetup", "series", "show", "go-night"])
            .await;
        column(&shown, "meetups", "link")
    };
    let second = links().await[1].clone();
    let words = ["meetup", "series", "edit", &second, "--only"];
    organizer
        .done(words.iter().chain(&["--where", "The Hope"]))
        .await;
    let last = links().await[2].clone();
    organizer
        .done(["meetup", "series", "cancel", &last, "--only"])
        .await;
    let shown = ben.json(["meetup", "series", "show", "go-night"]).await;
    let statuses = column(&shown, "meetups", "status");
    assert_eq!(statuses, ["open", "open", "cancelled"], "{shown}");
    assert_eq!(shown["meetups"][1]["where"], json!(["The Hope"]), "{shown}");
}

/// Of two answers of one person the newer counts, on every relay.
async fn take_seats(organizer: &Person, ben: &Person, cai: &Person) {
    let create = ["meetup", "create", "Brighton Go", "Beginners"];
    let rest = ["--start", "2031-02-01 18:00", "--capacity", "2"];
    organizer.done(create.iter().chain(&rest)).await;
    for person in [ben, cai] {
        person.done(["near", "Brighton, GB"]).await;
    }
    ben.done(["rsvp", "Beginners", "maybe"]).await;
    ben.done(["rsvp", "Beginners", "yes", "--guests", "1"])
        .await;
    cai.done(["rsvp", "Beginners", "no"]).await;
    let shown = organizer.json(["attendees", "Beginners"]).await;
    let mut statuses = column(&shown, "answers", "status");
    statuses.sort();
    assert_eq!(statuses, ["accepted", "declined"], "{shown}");
    let npub = ben.npub().await;
    let answers = shown["answers"].as_array().unwrap();
    let his = answers
        .iter()
        .find(|answer| answer["npub"] == npub.as_str());
    assert_eq!(his.unwrap()["guests"], 1, "{shown}");
    let agenda = ben.json(["agenda"]).await;
    assert!(agenda.to_string().contains("Beginners"), "{agenda}");
}

async fn chat(organizer: &Person, ben: &Person) {
    let mut following = ben.start(["chat", "Brighton Go", "--follow", "--json"]);
    assert!(next(&mut following).await.get("room").is_some());
    let said = organizer.json(["chat", "Brighton Go", "Welcome"]).await;
    let heard = loop {
        let line = next(&mut following).await;
        if line.get("message").is_some() {
            break line;
        }
    };
    assert_eq!(heard["message"]["id"], said["id"]);
    let ended = following.interrupt().await;
    assert_eq!((ended.code, ended.stdout.as_str()), (0, ""), "{ended:?}");
    let id = text(&said["id"]);
    ben.done(["chat", "Brighton Go", "Thanks", "--reply-to", &id])
        .await;
    let shown = organizer.json(["chat", "Brighton Go"]).await;
    let mut texts = column(&shown, "messages", "text");
    texts.sort();
    assert_eq!(texts, ["Thanks", "Welcome"]);
    organizer.done(["chat", "Brighton Go", "--hide", &id]).await;
    let shown = ben.json(["chat", "Brighton Go"]).await;
    assert_eq!(column(&shown, "messages", "text"), ["Thanks"]);
}

async fn comment(organizer: &Person, ben: &Person) {
    let asked = ben.json(["comment", "Beginners", "Is there a lift?"]).await;
    let id = text(&asked["id"]);
    organizer
        .done(["comment", "Beginners", "Yes", "--reply-to", &id])
        .await;
    let shown = ben.json(["comment", "Beginners"]).await;
    let texts = column(&shown, "comments", "text");
    assert_eq!(texts, ["Is there a lift?", "Yes"]);
}

async fn write_privately(ben: &Person, cai: &Person) {
    let (to_ben, to_cai) = (ben.npub().await, cai.npub().await);
    let sent = ben.json(["dm", &to_cai, "Coming?"]).await;
    assert_eq!(sent["deliveries"][0]["outcome"], "reached", "{sent}");
    for (person, with) in [(ben, &to_cai), (cai, &to_ben)] {
        let shown = person.json(["dm", with]).await;
        assert_eq!(column(&shown, "messages", "text"), ["Coming?"], "{shown}");
    }
    // Relays may leave it to the author of a wrap, who is nobody, to take it back (NIP-09): that is said,
    // and here the messages are gone all the same.
    let forgotten = cai.run(["dm", &to_ben, "--forget", "--yes"]).await;
    assert!([0, 6].contains(&forgotten.code), "{forgotten:?}");
    let shown = cai.json(["dm", &to_ben]).await;
    assert_eq!(shown["messages"], json!([]), "{shown}");
}

/// Everybody has it once, whichever relays they read.
async fn announce(organizer: &Person, ben: &Person, cai: &Person) {
    let words = ["announce", "Brighton Go", "--to", "followers", "We moved"];
    let told = organizer.done(words.iter().chain(&["--json"])).await;
    let sum: Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
    assert_eq!((&sum["people"], &sum["reached"]), (&json!(2), &json!(2)));
    let from = organizer.npub().await;
    for person in [ben, cai] {
        let shown = person.json(["dm", &from]).await;
        assert_eq!(column(&shown, "messages", "text"), ["We moved"], "{shown}");
    }
}
