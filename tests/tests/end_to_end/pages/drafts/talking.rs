//! Answering, commenting and chatting by forms.

use super::*;

#[tokio::test]
async fn who_answers_by_a_form_is_on_the_page() {
    let chess = Chess::start().await;
    let path = chess.meetup_path().await;
    let naddr = path.strip_prefix("/m/").unwrap();
    get(&chess.relay, &path).await.has(&["1 going"]);
    let (visitor, yes) = (pubkey(VISITOR).to_string(), ("status", "accepted"));
    let fields = [
        ("meetup", naddr),
        yes,
        ("guests", "1"),
        ("note", "Late"),
        ("pubkey", &visitor),
    ];
    let signed = done(&chess.relay, VISITOR, "rsvp", &fields).await;
    assert_eq!(signed.len(), 1);
    get(&chess.relay, &path).await.has(&["2 going"]);
    // The same person has one answer, and the new one is newer although the second is the same.
    let no = [
        ("meetup", naddr),
        ("status", "declined"),
        ("pubkey", &visitor),
    ];
    let again = done(&chess.relay, VISITOR, "rsvp", &no).await;
    assert!(again[0].created_at() > signed[0].created_at());
    assert_eq!(again[0].identifier(), signed[0].identifier());
    get(&chess.relay, &path)
        .await
        .has(&["1 going", "1 not going"]);
}

#[tokio::test]
async fn comments_by_a_form_are_below_the_meetup() {
    let chess = Chess::start().await;
    let path = chess.meetup_path().await;
    let naddr = path.strip_prefix("/m/").unwrap();
    let text = "Is there\r\n<b>tea</b>?";
    let asked = done(
        &chess.relay,
        VISITOR,
        "comment",
        &[("meetup", naddr), ("text", text)],
    )
    .await;
    get(&chess.relay, &path).await.has(&["&#60;b&#62;tea"]);
    let parent = asked[0].id().to_string();
    let fields = [
        ("meetup", naddr),
        ("text", "There is"),
        ("parent", parent.as_str()),
    ];
    done(&chess.relay, OWNER, "comment", &fields).await;
    get(&chess.relay, &path)
        .await
        .has(&["class=\"reply\"", "There is"]);
    // What is no comment on this meetup cannot be answered.
    let elsewhere = chess.community.id().to_string();
    for parent in ["x", elsewhere.as_str(), &"f".repeat(64)] {
        let fields = [("meetup", naddr), ("text", "Hm"), ("parent", parent)];
        assert_eq!(
            wrong_of(&post(&chess.relay, "comment", &fields).await),
            [""]
        );
    }
}

#[tokio::test]
async fn messages_by_a_form_are_in_the_main_room() {
    let chess = Chess::start().await;
    let id = chess.community.id().to_string();
    let fields = [("community", id.as_str()), ("text", "Hello")];
    assert_eq!(wrong_of(&post(&chess.relay, "chat", &fields).await), [""]);
    let owner = pubkey(OWNER).to_string();
    let room = note(OWNER)
        .kind(40)
        .tag(&["e", &id, "", &owner])
        .content(r#"{"name":"Chess"}"#)
        .signed();
    let mut socket = chess.relay.connect().await;
    socket.accept(&room).await;
    let said = done(&chess.relay, VISITOR, "chat", &fields).await;
    let root = said[0].tags().first_value("e").map(str::to_owned);
    assert_eq!(root, Some(room.id().to_string()));
    let parent = said[0].id().to_string();
    let fields = [
        ("community", id.as_str()),
        ("text", "Hello back"),
        ("parent", &parent),
    ];
    let answer = done(&chess.relay, OWNER, "chat", &fields).await;
    assert!(answer[0].created_at() > said[0].created_at());
}

#[tokio::test]
async fn the_muted_are_told_before_they_write() {
    let chess = Chess::start().await;
    let mut socket = chess.relay.connect().await;
    let muted = people_list(OWNER, &chess.community, ":blocked", &[VISITOR]);
    socket.accept(&muted).await;
    let path = chess.meetup_path().await;
    let naddr = path.strip_prefix("/m/").unwrap();
    let visitor = pubkey(VISITOR).to_string();
    let id = chess.community.id().to_string();
    for (what, about) in [
        ("comment", ("meetup", naddr)),
        ("chat", ("community", id.as_str())),
    ] {
        let fields = [about, ("text", "Hello"), ("pubkey", visitor.as_str())];
        let page = post(&chess.relay, what, &fields).await;
        assert_eq!(wrong_of(&page), [""]);
        page.has(&["muted you"]);
    }
}

#[tokio::test]
async fn what_is_not_there_cannot_be_answered() {
    let chess = Chess::start().await;
    let other = comment(&chess.meetup, "x").id().to_string();
    for naddr in ["", "x", "naddr1", other.as_str(), "31923:00:x"] {
        let fields = [("meetup", naddr), ("status", "accepted")];
        assert_eq!(wrong_of(&post(&chess.relay, "rsvp", &fields).await), [""]);
        let fields = [("community", naddr), ("text", "Hello")];
        assert_eq!(wrong_of(&post(&chess.relay, "chat", &fields).await), [""]);
    }
    let address = chess.meetup.address().unwrap().to_string();
    let fields = [
        ("meetup", address.as_str()),
        ("status", "accepted"),
        ("pubkey", "nobody"),
    ];
    assert_eq!(
        wrong_of(&post(&chess.relay, "rsvp", &fields).await),
        ["pubkey"]
    );
    let fields = [
        ("meetup", address.as_str()),
        ("status", "perhaps"),
        ("guests", "many"),
    ];
    let page = post_with(&chess.relay, "rsvp", "Accept-Language: fr\r\n", &fields).await;
    assert_eq!(wrong_of(&page), ["status", "guests"]);
    page.has(&["Choisissez"]);
}
