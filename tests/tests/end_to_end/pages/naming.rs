//! Identifiers of Nostr in addresses and in the search, and who is named on the page of a community.

use kith_nips::Event;
use nostr::nips::nip19::{Nip19Event, Nip19Profile, ToBech32};
use serde_json::json;

use super::{Chess, GUEST, OWNER, Page, comment, get, get_with};
use crate::api::{community, described, follows, people_list, relay_with};
use crate::events::{note, pubkey};
use crate::harness::TestRelay;

fn npub(person: u32) -> String {
    let person: nostr::PublicKey = pubkey(person).try_into().unwrap();
    person.to_bech32().unwrap()
}

fn nprofile(person: u32) -> String {
    let person: nostr::PublicKey = pubkey(person).try_into().unwrap();
    let relay = nostr::RelayUrl::parse("wss://elsewhere.example.com").unwrap();
    Nip19Profile::new(person, [relay]).to_bech32().unwrap()
}

fn nevent(event: &Event) -> String {
    let event = Nip19Event::new(event.id().into());
    event.to_bech32().unwrap()
}

/// Where an address leads; the page itself where it stays.
async fn leads_to(relay: &TestRelay, path: &str) -> Page {
    let mut page = get(relay, path).await;
    let mut hops = 0;
    while page.status == 303 {
        hops += 1;
        assert!(hops < 3, "{path} goes round in circles");
        page = get(relay, &page.header("location").unwrap()).await;
    }
    page
}

#[tokio::test]
async fn nip19_whatever_is_named_is_found_under_every_short_address_and_in_the_search() {
    let chess = Chess::start().await;
    let remark = comment(&chess.meetup, "Is there tea?");
    let mut socket = chess.relay.connect().await;
    socket.accept(&remark).await;
    let meetup = chess.meetup_path().await;
    let naddr = meetup.strip_prefix("/m/").unwrap();
    let community = chess.community_path();
    let person = format!("/p/{}", npub(GUEST));
    for (named, page) in [
        (npub(GUEST), &person),
        (nprofile(GUEST), &person),
        (nevent(&chess.meetup), &meetup),
        (naddr.to_owned(), &meetup),
        (nevent(&remark), &meetup),
        (nevent(&chess.community), &community),
    ] {
        for begin in ["/c/", "/m/", "/p/", "/search?near=", "/search?q=nostr:"] {
            let shown = leads_to(&chess.relay, &format!("{begin}{named}")).await;
            assert_eq!(shown.status, 200, "{begin}{named}");
            let canonical = format!("<link rel=\"canonical\" href=\"http://kith.test{page}\">");
            shown.has(&[&canonical]);
        }
    }
}

#[tokio::test]
async fn nip19_a_name_keeps_the_language_and_what_is_not_here_is_said() {
    let chess = Chess::start().await;
    let german = get(&chess.relay, &format!("/m/{}?lang=de", npub(GUEST))).await;
    let expected = format!("/p/{}?lang=de", npub(GUEST));
    assert_eq!(german.header("location"), Some(expected));
    // By `Accept-Language` alone the address stays plain.
    let path = format!("/search?q={}", npub(GUEST));
    let french = get_with(&chess.relay, &path, "Accept-Language: fr\r\n").await;
    assert_eq!(
        french.header("location"),
        Some(format!("/p/{}", npub(GUEST)))
    );

    let unknown = nevent(&note(7).content("nowhere").signed());
    for begin in ["/c/", "/m/", "/p/"] {
        let page = get(&chess.relay, &format!("{begin}{unknown}")).await;
        assert_eq!(page.status, 404, "{begin}");
    }
    for begin in ["/search?q=", "/search?near="] {
        let page = get(&chess.relay, &format!("{begin}{unknown}")).await;
        assert_eq!(page.status, 200);
        page.has(&["cannot be searched for."]);
    }
    // An address of a meetup that is not here leads nowhere else.
    let gone = naddr_of_nothing();
    assert_eq!(get(&chess.relay, &format!("/m/{gone}")).await.status, 404);
}

fn naddr_of_nothing() -> String {
    let author: nostr::PublicKey = pubkey(OWNER).try_into().unwrap();
    let kind = nostr::Kind::from(31_923);
    let address = nostr::nips::nip01::Coordinate::new(kind, author).identifier("nothing");
    nostr::nips::nip19::Nip19Coordinate::new(address, [])
        .to_bech32()
        .unwrap()
}

fn naddr(event: &Event) -> String {
    let author: nostr::PublicKey = event.pubkey().try_into().unwrap();
    let kind = nostr::Kind::from(event.kind().as_u16());
    let address = nostr::nips::nip01::Coordinate::new(kind, author);
    let address = address.identifier(event.identifier());
    nostr::nips::nip19::Nip19Coordinate::new(address, [])
        .to_bech32()
        .unwrap()
}

/// The values of all tags of this name.
fn values<'a>(event: &'a Event, name: &'a str) -> Vec<Vec<&'a str>> {
    let tags = event.tags().named(name);
    tags.map(|tag| tag.iter().skip(1).collect()).collect()
}

#[tokio::test]
async fn nip89_01_the_pages_announce_themselves_where_the_operator_wants_it() {
    let chess = Chess::start().await;
    let mut socket = chess.relay.connect().await;
    let ours = json!([{"kinds": [31_990, 5], "limit": 10}]);
    assert_eq!(socket.req("ours", ours).await, []);
    // Without an address that others can reach there is nothing to say.
    let wanted = ("KITH_RELAY_HTTP_ANNOUNCE_PAGES", "true");
    chess.relay.reload(&[wanted]);
    let public = ("KITH_RELAY_SERVER_PUBLIC_URL", "wss://kith.test/relay");
    chess.relay.reload(&[wanted, public]);
    let first = socket.expect_event("ours").await;
    assert_eq!(first.kind().as_u16(), 31_990);
    assert!(!first.identifier().is_empty());
    assert_eq!(
        values(&first, "k"),
        [
            ["1037"],
            ["30037"],
            ["31922"],
            ["31923"],
            ["31924"],
            ["31925"]
        ]
    );
    let entities = ["naddr", "nevent", "nprofile"];
    let web = values(&first, "web");
    assert_eq!(web.iter().map(|web| web[1]).collect::<Vec<_>>(), entities);

    // Each address leads to a page, whatever of these kinds it is about.
    let mut asked = chess.relay.connect().await;
    let rsvp = asked.query(json!({"kinds": [31_925]})).await.remove(0);
    let described = asked.query(json!({"kinds": [30_037]})).await.remove(0);
    let (meetup, community) = (chess.meetup_path().await, chess.community_path());
    for (at, entity, page) in [
        (0, naddr(&chess.meetup), &meetup),
        (0, naddr(&rsvp), &meetup),
        (0, naddr(&described), &community),
        (1, nevent(&chess.community), &community),
        (1, nevent(&rsvp), &meetup),
        (2, nprofile(GUEST), &format!("/p/{}", npub(GUEST))),
    ] {
        let address = web[at][0].replace("<bech32>", &entity);
        let path = address.strip_prefix("https://kith.test").unwrap();
        let shown = leads_to(&chess.relay, path).await;
        assert_eq!(shown.status, 200, "{path}");
        shown.has(&[&format!(
            "<link rel=\"canonical\" href=\"https://kith.test{page}\">"
        )]);
    }

    // Another address is a newer version; without pages there is none.
    let moved = ("KITH_RELAY_SERVER_PUBLIC_URL", "wss://moved.test");
    chess.relay.reload(&[wanted, moved]);
    let second = socket.expect_event("ours").await;
    assert!(second.created_at() > first.created_at());
    assert_eq!(
        values(&second, "web")[0][0],
        "https://moved.test/m/<bech32>"
    );
    chess.relay.reload(&[moved]);
    let deletion = socket.expect_event("ours").await;
    assert_eq!(deletion.kind().as_u16(), 5);
    assert_eq!(asked.count(json!({"kinds": [31_990]})).await, 0);
}

#[tokio::test]
async fn nip21_03_what_is_mentioned_leads_to_its_page_and_what_is_unknown_stays_text() {
    let chess = Chess::start().await;
    let meetup = chess.meetup_path().await;
    let naddr = meetup.strip_prefix("/m/").unwrap();
    let (gone, unknown) = (naddr_of_nothing(), nevent(&note(7).signed()));
    let text = format!(
        "Ask nostr:{}, nostr:{} or nostr:{} about nostr:{naddr} of nostr:{}, not nostr:{gone}, nostr:{unknown}",
        npub(GUEST),
        nprofile(GUEST),
        npub(8),
        nevent(&chess.community),
    );
    let described = meetup_with(&chess, &format!("# Rules\n\n{text}"));
    let mut socket = chess.relay.connect().await;
    socket.accept(&comment(&chess.meetup, &text)).await;
    socket.accept(&described).await;
    let page = get(&chess.relay, &format!("{meetup}?lang=de")).await;
    let guest = npub(GUEST);
    let nobody = npub(8);
    for (path, name) in [
        (format!("/p/{guest}"), "@Ada of Berlin".to_owned()),
        (
            format!("/p/{nobody}"),
            format!("@{}…{}", &nobody[..10], &nobody[nobody.len() - 4..]),
        ),
        (meetup.clone(), "winter".to_owned()),
        (chess.community_path(), "Berlin Chess".to_owned()),
    ] {
        page.has(&[
            // In the comment, and in the description, which is Markdown.
            &format!("<a href=\"{path}?lang=de\"><bdi>{name}</bdi></a>"),
            &format!("<a rel=\"nofollow noopener ugc\" href=\"{path}?lang=de\">{name}</a>"),
        ]);
    }
    for stays in [gone, unknown] {
        assert_eq!(page.text().matches(&format!("nostr:{stays}")).count(), 2);
    }
    page.lacks(&[&format!("nostr:{guest}"), &format!("nostr:{naddr}")]);
}

/// The meetup of these tests, a moment newer, with another description.
fn meetup_with(chess: &Chess, content: &str) -> Event {
    let later = chess.meetup.created_at() + 1;
    let tags = chess.meetup.tags();
    let newer = note(OWNER).kind(31_923).at(later).content(content);
    let newer = tags.iter().fold(newer, |newer, tag| {
        let values: Vec<&str> = tag.iter().collect();
        newer.tag(&values)
    });
    newer.signed()
}

#[tokio::test]
async fn lbc_13_34_nip22_06_descriptions_are_markdown_without_html_and_comments_are_as_written() {
    let chess = Chess::start().await;
    let text = "**bold** <b>html</b> <script>alert(1)</script> [a](javascript:alert(1)) \
                [b](https://b.example/) ![c](http://c.example/c.png) <mailto:d@d.example>";
    let description = described(OWNER, &chess.community, "Berlin Chess");
    let later = chess.community.created_at() + 60;
    let mut socket = chess.relay.connect().await;
    socket.accept(&comment(&chess.meetup, text)).await;
    socket.accept(&meetup_with(&chess, text)).await;
    let described = description.content(text).at(later).signed();
    socket.accept(&described).await;
    let markdown = [
        "<strong>bold</strong> &lt;b&gt;html&lt;/b&gt; &lt;script&gt;alert(1)&lt;/script&gt; a ",
        "<a rel=\"nofollow noopener ugc\" href=\"https://b.example/\">b</a> c ",
        "href=\"mailto:d@d.example\"",
    ];
    let meetup = get(&chess.relay, &chess.meetup_path().await).await;
    meetup.has(&markdown);
    // The comment.
    meetup.has(&["<p dir=\"auto\">**bold** &#60;b&#62;html&#60;/b&#62; &#60;script&#62;"]);
    meetup.has(&["[b](https://b.example/) ![c](http://c.example/c.png)"]);
    let community = get(&chess.relay, &chess.community_path()).await;
    community.has(&markdown);
    for page in [meetup, community] {
        page.lacks(&[
            "<b>html",
            "<script>alert",
            "href=\"javascript:",
            "src=\"http://c.",
        ]);
    }
}

#[tokio::test]
async fn lbc_20_followers_who_say_so_for_all_to_read_are_named() {
    let named = |person, name: &str| {
        let profile = note(person).kind(0);
        profile.content(format!("{{\"name\":\"{name}\"}}")).signed()
    };
    let chess = community(OWNER);
    let (member, follower, muted, sealed) = (21, 22, 23, 24);
    let relay = relay_with(&[
        chess.clone(),
        described(OWNER, &chess, "Chess").signed(),
        people_list(OWNER, &chess, "", &[member]),
        people_list(OWNER, &chess, ":blocked", &[muted]),
        follows(OWNER, &[&chess]).signed(),
        follows(member, &[&chess]).signed(),
        follows(follower, &[&chess]).signed(),
        follows(muted, &[&chess]).signed(),
        // What is kept encrypted in the content is nobody's business.
        follows(sealed, &[]).content("AgAAAA==").signed(),
        named(member, "Member Mo"),
        named(follower, "Follower Flo"),
        named(muted, "Muted Mia"),
        named(sealed, "Sealed Sue"),
    ])
    .await;
    let page = get(&relay, &format!("/c/{}", chess.id())).await;
    page.has(&["<h3>Followers</h3>", "Follower Flo"]);
    page.lacks(&["Muted Mia", "Sealed Sue"]);
    let (members, followers) = page.text().split_once("<h3>Followers</h3>").unwrap();
    assert!(members.contains("Member Mo") && !followers.contains("Member Mo"));
    assert!(!members.contains("Follower Flo"));
}

#[tokio::test]
async fn cities_and_topics_have_a_map_beside_their_list() {
    let chess = Chess::start().await;
    for path in ["/city/DE/Berlin", "/topic/chess", "/search?near=Berlin"] {
        let page = get(&chess.relay, path).await;
        page.has(&[
            "class=\"with-map\"",
            "data-map=\".with-map",
            "data-point=\"52.",
        ]);
    }
}
