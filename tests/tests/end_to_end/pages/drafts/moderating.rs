//! Reports by a form, and the list of them that only the owner of a community gets; hiding; joining the relay.

use super::*;
use crate::api::{community, days, described, follows, meetup, relay_with};
use crate::management::{authorization, header};

/// Berlin Chess with a chat in which the guest advertises.
struct Chat {
    relay: TestRelay,
    id: String,
    message: Event,
}

impl Chat {
    async fn start() -> Chat {
        let community = community(OWNER);
        let id = community.id().to_string();
        let description = described(OWNER, &community, "Berlin Chess").signed();
        let room = note(OWNER)
            .kind(40)
            .tag(&["e", &id, "", &community.pubkey().to_string()])
            .content(r#"{"name":"Hall"}"#)
            .signed();
        let message = note(GUEST)
            .kind(42)
            .tag(&["e", &room.id().to_string(), "", "root"])
            .content("Buy <b>this</b>")
            .signed();
        let night = meetup(OWNER, &community, "night", days(1)).signed();
        let followers = follows(GUEST, &[&community]).signed();
        let events = [
            community,
            description,
            room,
            message.clone(),
            night,
            followers,
        ];
        Chat {
            relay: relay_with(&events).await,
            id,
            message,
        }
    }

    /// The page of reports, as somebody gets it who says so.
    async fn reports(&self, by: Option<u32>) -> Page {
        let path = format!("/c/{}/reports", self.id);
        let url = format!("http://{}{path}", self.relay.address());
        let headers = by.map(|by| {
            let asked = authorization(by, &url, "GET").signed();
            format!("Authorization: {}\r\n", header(&asked))
        });
        get_with(&self.relay, &path, &headers.unwrap_or_default()).await
    }
}

#[tokio::test]
async fn nip56_01_04_reports_are_made_by_a_form_and_read_by_the_owner_alone() {
    let chat = Chat::start().await;
    let message = chat.message.id().to_string();
    let fields = [
        ("community", chat.id.as_str()),
        ("note", message.as_str()),
        ("type", "spam"),
        ("text", "<i>ten times</i> a day"),
    ];
    done(&chat.relay, VISITOR, "report", &fields).await;
    // Somebody who says that somebody else wrote it is not believed.
    let lie = note(VISITOR)
        .kind(1_984)
        .tag(&["e", &message, "illegal"])
        .tag(&["p", &pubkey(OWNER).to_string()])
        .content("a lie")
        .signed();
    chat.relay.connect().await.accept(&lie).await;
    let unknown = chat.reports(None).await;
    unknown.has(&["Show the reports"]);
    let other = chat.reports(Some(GUEST)).await;
    other.has(&["Only who runs the community"]);
    for page in [&unknown, &other] {
        page.lacks(&["ten times", "Buy"]);
        assert_eq!(page.header("cache-control").as_deref(), Some("no-store"));
    }
    let own = chat.reports(Some(OWNER)).await;
    own.has(&[
        "Buy &#60;b&#62;this",
        "ten times",
        "Spam",
        "By 1 other person",
        "data-draft=\"hide\"",
    ]);
    own.lacks(&["<i>ten", "a lie"]);

    let hide = [
        ("community", chat.id.as_str()),
        ("message", message.as_str()),
    ];
    done(&chat.relay, OWNER, "hide", &hide).await;
    let own = chat.reports(Some(OWNER)).await;
    own.has(&["Hidden", "ten times"]);
    own.lacks(&["data-draft=\"hide\""]);
    get(&chat.relay, &format!("/c/{}", chat.id))
        .await
        .lacks(&["Buy"]);
}

#[tokio::test]
async fn nip56_01_meetups_comments_and_communities_are_reported_too() {
    let chess = Chess::start().await;
    let path = chess.meetup_path().await;
    let naddr = path.rsplit('/').next().unwrap();
    let comment = comment(&chess.meetup, "Is there a lift?").id().to_string();
    let community = chess.community.id().to_string();
    let address = chess.meetup.address().unwrap().to_string();
    for (fields, names, shown) in [
        (vec![("meetup", naddr)], vec!["e", "a", "p"], "the meetup"),
        (
            vec![("meetup", naddr), ("note", &comment)],
            vec!["e", "p"],
            "something",
        ),
        (
            vec![("community", &community)],
            vec!["e", "p"],
            "the community",
        ),
    ] {
        let mut given = fields.clone();
        given.push(("type", "other"));
        let (drafts, sentence) = drafts_of(&post(&chess.relay, "report", &given).await);
        let found: Vec<&str> = drafts[0].tags.iter().map(|tag| tag[0].as_str()).collect();
        assert_eq!(found, names, "{fields:?}");
        assert_eq!(drafts[0].tags[0][2], "other");
        assert!(sentence.contains(shown), "{sentence}");
        if found.contains(&"a") {
            assert_eq!(drafts[0].tags[1][1], address);
        }
        let without = post(&chess.relay, "report", &fields).await;
        assert_eq!(wrong_of(&without), ["type"]);
    }
    for note in ["x", &"0".repeat(64)] {
        let fields = [("meetup", naddr), ("note", note), ("type", "spam")];
        assert_eq!(wrong_of(&post(&chess.relay, "report", &fields).await), [""]);
    }
}

#[tokio::test]
async fn nip28_05_a_person_is_hidden_by_kind_44_and_owners_use_their_list() {
    let chat = Chat::start().await;
    let message = chat.message.id().to_string();
    let fields = [
        ("community", chat.id.as_str()),
        ("message", message.as_str()),
    ];
    let (drafts, _) = drafts_of(&post(&chat.relay, "hide-person", &fields).await);
    assert_eq!(drafts[0].kind, Kind::CHANNEL_MUTE_USER);
    assert_eq!(drafts[0].tags[0], ["p", &pubkey(GUEST).to_string()]);
    let owner = pubkey(OWNER).to_string();
    let by_owner = [fields[0], fields[1], ("pubkey", owner.as_str())];
    let refused = post(&chat.relay, "hide-person", &by_owner).await;
    assert_eq!(wrong_of(&refused), [""]);
}

#[tokio::test]
async fn nip43_02_an_invite_code_is_used_by_a_form_where_there_are_members() {
    let relay = TestRelay::start().await;
    get(&relay, "/join").await.has(&["name=\"code\""]);
    let (drafts, _) = drafts_of(&post(&relay, "join", &[("code", "f00d")]).await);
    assert_eq!(drafts[0].kind, Kind::JOIN_REQUEST);
    assert_eq!(wrong_of(&post(&relay, "join", &[]).await), ["code"]);
    let without = TestRelay::start_with(|config| config.features.membership = false).await;
    assert_eq!(get(&without, "/join").await.status, 404);
    assert_eq!(
        post(&without, "join", &[("code", "f00d")]).await.status,
        404
    );
}

#[tokio::test]
async fn hosts_are_named_on_the_page_and_find_who_comes() {
    let community = community(OWNER);
    let description = described(OWNER, &community, "Berlin Chess").signed();
    let host = pubkey(GUEST).to_string();
    let shared = meetup(OWNER, &community, "shared", days(1))
        .tag(&["p", &host, "", "HOST"])
        .tag(&["p", &pubkey(VISITOR).to_string(), "", "speaker"])
        .signed();
    let name = note(GUEST).kind(0).content(r#"{"name":"Ada"}"#).signed();
    let relay = relay_with(&[community, description, shared, name]).await;
    let path = super::super::path_of(&relay, "/m/").await;
    let page = get(&relay, &path).await;
    page.has(&[
        "Run together with",
        ">Ada<",
        &format!("data-for=\"{host}\""),
    ]);
    page.lacks(&[&pubkey(VISITOR).to_string()]);
}
