//! `kith chat`: people of a community talk; what is hidden, muted or said elsewhere is not shown, and
//! nothing is lost or repeated when the relay goes away.

use kith_nips::EventId;
use serde_json::{Value, json};

use super::person::Running;
use super::{Person, party, text};
use crate::events::note;
use crate::harness::TestRelay;
use crate::process::RelayProcess;

const CHAT: [&str; 2] = ["chat", "Brighton Chess"];

fn words<'a>(more: &[&'a str]) -> Vec<&'a str> {
    CHAT.iter().chain(more).copied().collect()
}

fn texts(chat: &Value) -> Vec<String> {
    let messages = chat["messages"].as_array().unwrap();
    messages
        .iter()
        .map(|message| text(&message["text"]))
        .collect()
}

async fn shown(person: &Person, more: &[&str]) -> Vec<String> {
    texts(&person.json(words(more)).await)
}

async fn next(chat: &mut Running) -> Value {
    serde_json::from_str(&chat.line().await).unwrap()
}

/// The organizer and a guest who follows.
pub(super) async fn followed(relay: &TestRelay) -> (Person, Person) {
    let (organizer, guest) = party(relay).await;
    guest.done(["near", "Brighton, GB"]).await;
    guest.done(["follow", "Brighton Chess"]).await;
    (organizer, guest)
}

#[tokio::test]
async fn two_people_talk() {
    let relay = TestRelay::start().await;
    let (organizer, guest) = followed(&relay).await;
    assert_eq!(shown(&guest, &[]).await, [""; 0]);
    let question = organizer.json(words(&["Who brings boards?"])).await;
    assert_eq!(question["action"], "said");
    let id = text(&question["id"]);
    let said = guest
        .run_with_input(words(&["-", "--reply-to", &id[..8]]), "Me,\nall of them\n")
        .await;
    assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{said:?}");

    let chat = organizer.json(CHAT).await;
    assert_eq!(texts(&chat), ["Who brings boards?", "Me,\nall of them"]);
    assert_eq!(chat["room"]["name"], "Brighton Chess");
    let states: Vec<&Value> = (0..2).map(|n| &chat["messages"][n]["state"]).collect();
    assert_eq!(states, ["owner", "follower"]);
    assert_eq!(chat["messages"][1]["reply_to"], json!(id));
    assert_eq!(chat["messages"][1]["npub"], json!(guest.npub().await));
    assert_eq!(shown(&guest, &["--limit", "1"]).await, ["Me,\nall of them"]);

    // NIP28-04: what other clients read.
    let mut socket = relay.connect().await;
    let messages = socket.query(json!({"kinds": [42]})).await;
    let answer = messages
        .iter()
        .find(|event| event.content().starts_with("Me"))
        .unwrap();
    let markers: Vec<_> = answer
        .tags()
        .named("e")
        .map(|tag| tag.get(3).map(str::to_owned))
        .collect();
    assert_eq!(markers, [Some("root".to_owned()), Some("reply".to_owned())]);

    let lines = guest.done(CHAT).await;
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines[0], "Brighton Chess");
    assert!(
        lines[1].starts_with(&format!("{}  ", &id[..8])),
        "{lines:?}"
    );
    assert!(lines[1].ends_with(": Who brings boards?"), "{lines:?}");
    assert!(
        lines[2].ends_with(&format!(" to {}: Me,", &id[..8])),
        "{lines:?}"
    );
    assert!(lines[3].ends_with("  all of them"), "{lines:?}");

    let blank = organizer.run(words(&["  "])).await;
    assert_eq!(
        (blank.code, blank.stderr.as_str()),
        (2, "error: the message is empty\n")
    );
}

#[tokio::test]
async fn lbc_52_54_55_56_what_is_hidden_muted_or_said_elsewhere_is_not_shown() {
    let relay = TestRelay::start().await;
    let (organizer, guest) = followed(&relay).await;
    let visitor = Person::with_key(&relay.url(), 3);
    visitor.done(["near", "Brighton, GB"]).await;
    organizer.done(words(&["from the owner"])).await;
    guest.done(words(&["from a follower"])).await;
    visitor.done(words(&["from a visitor"])).await;
    let sorted = async |person: &Person, more: &[&str]| {
        let mut texts = shown(person, more).await;
        texts.sort();
        texts
    };
    let (owner, follower, stranger) = ("from the owner", "from a follower", "from a visitor");
    assert_eq!(sorted(&guest, &[]).await, [follower, owner]);
    assert_eq!(sorted(&guest, &["--view", "members"]).await, [owner]);
    let everybody = ["--view", "everybody"];
    assert_eq!(
        sorted(&guest, &everybody).await,
        [follower, stranger, owner]
    );

    // LBC-56: its root is another channel, whatever else it names.
    let chat = organizer.json(CHAT).await;
    let room: EventId = text(&chat["room"]["id"]).parse().unwrap();
    let elsewhere = note(1)
        .kind(42)
        .tag(&["e", &"ab".repeat(32), "", "root"])
        .tag(&["e", &room.to_string(), "", "reply"])
        .content("from elsewhere")
        .signed();
    let mut socket = relay.connect().await;
    socket.accept(&elsewhere).await;
    assert_eq!(
        sorted(&guest, &everybody).await,
        [follower, stranger, owner]
    );

    // Hidden by a visitor: for the visitor alone. By the owner: for everybody.
    let id_of = |chat: &Value, said: &str| {
        let messages = chat["messages"].as_array().unwrap();
        let message = messages
            .iter()
            .find(|message| message["text"] == said)
            .unwrap();
        text(&message["id"])
    };
    let all = organizer.json(words(&everybody)).await;
    let hide = |id: String| {
        words(&["--hide"])
            .into_iter()
            .map(str::to_owned)
            .chain([id])
    };
    let hidden = visitor.json(hide(id_of(&all, follower))).await;
    assert_eq!(hidden["action"], "hidden_message");
    assert_eq!(sorted(&visitor, &everybody).await, [stranger, owner]);
    assert_eq!(
        sorted(&guest, &everybody).await,
        [follower, stranger, owner]
    );
    let person = visitor.npub().await;
    organizer
        .done(words(&[
            "--hide-person",
            &person,
            "--reason",
            "advertising",
        ]))
        .await;
    assert_eq!(sorted(&guest, &everybody).await, [follower, owner]);

    organizer
        .done(["members", "mute", "Brighton Chess", &guest.npub().await])
        .await;
    assert_eq!(sorted(&organizer, &everybody).await, [owner]);
    guest
        .fails(
            words(&["let me in"]),
            6,
            "you are muted in \"Brighton Chess\"",
            "kith members unmute",
        )
        .await;
    organizer
        .done(["members", "unmute", "Brighton Chess", &guest.npub().await])
        .await;
    assert_eq!(sorted(&organizer, &everybody).await, [follower, owner]);
}

#[tokio::test]
async fn a_terminal_is_not_obeyed_by_what_strangers_write() {
    let relay = TestRelay::start().await;
    let (organizer, guest) = followed(&relay).await;
    let profile = json!({"name": "\u{1b}[31mEve\nkith: all is well"}).to_string();
    let profile = note(2).kind(0).content(&profile).signed();
    relay.connect().await.accept(&profile).await;
    guest.done(words(&["hi\u{9b}2J\r\u{8}\u{202e}gnol"])).await;
    let page = organizer.done(CHAT).await;
    assert!(page.contains("Eve kith: all is well: hi"), "{page:?}");
    let harmless = |c: char| c == '\n' || !(c.is_control() || c == '\u{202e}');
    assert!(page.chars().all(harmless), "{page:?}");
    let messages = organizer.json(CHAT).await["messages"].clone();
    assert_eq!(messages[0]["name"], "\u{1b}[31mEve\nkith: all is well");
}

#[tokio::test]
async fn nothing_is_lost_or_repeated_when_the_relay_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(folder.path()).await;
    let (address, url) = (relay.address(), relay.url());
    let organizer = Person::with_key(&url, 1);
    super::prepare(&organizer).await;
    organizer.done(words(&["before"])).await;
    let reader = Person::with_key(&url, 1);
    let id = text(
        &organizer
            .json(["community", "show", "Brighton Chess"])
            .await["community"]["id"],
    );
    let mut chat = reader.start(["chat", &id, "--follow", "--json"]);
    assert_eq!(next(&mut chat).await["room"]["name"], "Brighton Chess");
    assert_eq!(next(&mut chat).await["message"]["text"], "before");
    organizer.done(words(&["live"])).await;
    assert_eq!(next(&mut chat).await["message"]["text"], "live");

    relay.kill().await;
    assert_eq!(next(&mut chat).await, json!({"listening": 0, "relays": 1}));
    let relay = RelayProcess::start_at(folder.path(), address).await;
    organizer.done(words(&["missed"])).await;
    let mut heard = Vec::new();
    while !heard.contains(&json!("missed")) {
        heard.push(match next(&mut chat).await {
            Value::Object(line) if line.contains_key("listening") => line["listening"].clone(),
            line => line["message"]["text"].clone(),
        });
    }
    assert_eq!(
        heard.iter().filter(|line| line.is_string()).count(),
        1,
        "{heard:?}"
    );

    // What follows is heard live, once, and what is hidden goes.
    let said = organizer.json(words(&["after"])).await;
    let mut line = next(&mut chat).await;
    while line.get("listening").is_some() {
        line = next(&mut chat).await;
    }
    assert_eq!(line["message"]["text"], "after");
    organizer.done(words(&["--hide", &text(&said["id"])])).await;
    assert_eq!(next(&mut chat).await, json!({"gone": said["id"]}));
    let ended = chat.interrupt().await;
    assert_eq!((ended.code, ended.stdout.as_str()), (0, ""), "{ended:?}");
    drop(relay);
}

#[tokio::test]
async fn nip22_07_comments_below_a_meetup_are_a_tree() {
    let relay = TestRelay::start().await;
    let (organizer, guest) = followed(&relay).await;
    let comment = |more: &[&str]| -> Vec<String> {
        let words = ["comment", "Opening night"].iter().chain(more);
        words.map(|word| (*word).to_owned()).collect()
    };
    let question = guest.json(comment(&["Is there a lift?"])).await;
    assert_eq!(question["action"], "commented");
    let id = text(&question["id"]);
    let answer = organizer
        .json(comment(&["Yes", "--reply-to", &id[..8]]))
        .await;
    let answer = text(&answer["id"]);
    guest.done(comment(&["Great", "--reply-to", &answer])).await;
    let tree = async |person: &Person| {
        let shown = person.json(comment(&[])).await;
        let comments = shown["comments"].as_array().unwrap().clone();
        let comments = comments.iter();
        comments
            .map(|comment| (text(&comment["text"]), comment["depth"].as_u64().unwrap()))
            .collect::<Vec<_>>()
    };
    let is = |text: &str, depth| (text.to_owned(), depth);
    assert_eq!(
        tree(&guest).await,
        [is("Is there a lift?", 0), is("Yes", 1), is("Great", 2)]
    );
    // NIP22-08: an edit of the meetup leaves them where they are.
    let edit = ["meetup", "edit", "Opening night", "--summary", "New"];
    organizer.done(edit).await;
    let page = organizer.done(comment(&[])).await;
    let lines: Vec<&str> = page.lines().collect();
    assert_eq!(lines.len(), 4, "{page}");
    assert!(
        lines[3].contains("      ") && lines[3].ends_with(": Great"),
        "{page}"
    );

    // LBC-54: whoever is muted is not read here any more; what answered them stands at the top.
    let mute = ["members", "mute", "Brighton Chess"];
    let person = guest.npub().await;
    organizer.done(mute.iter().chain(&[person.as_str()])).await;
    assert_eq!(tree(&organizer).await, [is("Yes", 0)]);
    guest
        .fails(
            comment(&["But"]),
            6,
            "you are muted in",
            "kith members unmute",
        )
        .await;
}
