//! What is on each page.

use super::{Chess, GUEST, OWNER, Page, comment, data_of, get, get_with, path_of, winter};
use crate::api::{community, days, described, meetup, relay_with};
use crate::events::{note, now, pubkey};
use kith_nips::Event;

#[tokio::test]
async fn the_first_page_leads_to_everything() {
    let chess = Chess::start().await;
    let home = get(&chess.relay, "/").await;
    assert_eq!(home.status, 200);
    home.has(&[
        "<title>Kith</title>",
        "<link rel=\"canonical\" href=\"http://kith.test/\">",
        "action=\"/search\"",
        "href=\"/search?when=weekend\"",
        "href=\"/city/DE/Berlin\"",
        "href=\"/topic/chess\"",
        &format!("href=\"{}\"", chess.community_path()),
        "winter",
        "1 going",
    ]);
}

#[tokio::test]
async fn a_meetup_says_what_when_where_and_who() {
    let chess = Chess::start().await;
    let path = chess.meetup_path().await;
    let page = get(&chess.relay, &path).await;
    assert_eq!(page.status, 200);
    let start = chess
        .meetup
        .tags()
        .first_value("start")
        .unwrap()
        .parse()
        .unwrap();
    let start = jiff::Timestamp::from_second(start).unwrap();
    let local = start.to_zoned(jiff::tz::TimeZone::get("Europe/Berlin").unwrap());
    page.has(&[
        "<title>winter · Kith</title>",
        &format!("<link rel=\"canonical\" href=\"http://kith.test{path}\">"),
        &format!("<time datetime=\"{start}\">"),
        &local.strftime("%H:%M").to_string(),
        "Bring <em>tea</em>.",
        "Volkspark 1",
        "https://www.openstreetmap.org/?mlat=52.",
        "href=\"geo:52.",
        "Ada of Berlin",
        "Is there a lift?",
        "https://calendar.google.com/",
        "https://outlook.live.com/",
        "<meta property=\"og:title\" content=\"winter\">",
        "<meta property=\"og:image\" content=\"https://example.com/winter.png\">",
        &format!("href=\"{}\"", chess.community_path()),
    ]);
    let event = data_of(&page);
    assert_eq!(event["@type"], "Event");
    assert_eq!(event["name"], "winter");
    assert_eq!(event["location"]["name"], "Volkspark 1");
    assert_eq!(event["organizer"]["name"], "Berlin Chess");
    let begin: jiff::Timestamp = event["startDate"].as_str().unwrap().parse().unwrap();
    assert_eq!(begin, start);
    let (_, rest) = page.text().split_once("href=\"/api/v1").unwrap();
    let calendar = get(
        &chess.relay,
        &format!("/api/v1{}", rest.split('"').next().unwrap()),
    )
    .await;
    assert_eq!(calendar.status, 200);
    calendar.has(&["BEGIN:VCALENDAR", "SUMMARY:winter"]);
}

/// What a page says of itself in `<meta property>` or `<meta name>`, the first of each.
fn meta<'a>(page: &'a Page, name: &str) -> &'a str {
    let tags = page.text().split("<meta ").skip(1);
    let mut tags = tags.map(|tag| tag.split_once('>').unwrap().0);
    let named = format!("=\"{name}\"");
    let tag = tags
        .find(|tag| tag.contains(&named))
        .unwrap_or_else(|| panic!("no {name}"));
    tag.split_once("content=\"")
        .unwrap()
        .1
        .strip_suffix('"')
        .unwrap()
}

#[tokio::test]
async fn a_shared_link_has_a_picture_that_the_relay_draws() {
    let chess = Chess::start().await;
    let path = chess.meetup_path().await;
    let page = get(&chess.relay, &path).await;
    let size = (
        meta(&page, "og:image:width"),
        meta(&page, "og:image:height"),
    );
    assert_eq!(size, ("1200", "630"));
    assert!(meta(&page, "og:image:alt").starts_with("winter · "));
    let address = meta(&page, "og:image").replace("&#38;", "&");
    let picture = address.strip_prefix("http://kith.test").unwrap();
    let shown = get(&chess.relay, picture).await;
    assert_eq!(shown.status, 200);
    assert_eq!(shown.header("content-type").as_deref(), Some("image/png"));
    assert!(shown.body.starts_with(b"\x89PNG") && shown.body.len() < 300_000);
    let [width, height] = [16, 20].map(|at| {
        let bytes = shown.body[at..at + 4].try_into().unwrap();
        u32::from_be_bytes(bytes)
    });
    assert_eq!((width, height), (1_200, 630));
    let tag = shown.header("etag").unwrap();
    let again = get_with(&chess.relay, picture, &format!("If-None-Match: {tag}\r\n")).await;
    assert_eq!(again.status, 304);
    let german = get(&chess.relay, &picture.replace("lang=en", "lang=de")).await;
    assert_ne!(german.body, shown.body);
    assert_eq!(
        get(&chess.relay, "/m/naddr1x/preview.png").await.status,
        404
    );
}

#[tokio::test]
async fn a_cancelled_meetup_says_so() {
    let chess = community(OWNER);
    let cancelled = winter(&chess).tag(&["status", "cancelled"]).signed();
    let relay = relay_with(&[chess.clone(), cancelled.clone()]).await;
    let page = get(&relay, &format!("/m/{}", cancelled.address().unwrap())).await;
    page.has(&["This meetup was cancelled."]);
    page.lacks(&["calendar.google.com"]);
    assert_eq!(
        data_of(&page)["eventStatus"],
        "https://schema.org/EventCancelled"
    );
}

#[tokio::test]
async fn a_past_meetup_says_so_and_is_on_the_page_of_its_community() {
    let chess = community(OWNER);
    let past = meetup(OWNER, &chess, "long-ago", days(-3)).signed();
    let relay = relay_with(&[chess.clone(), past.clone()]).await;
    let page = get(&relay, &format!("/m/{}", past.address().unwrap())).await;
    page.has(&["This meetup is over."]);
    let page = get(&relay, &format!("/c/{}", chess.id())).await;
    page.has(&[
        "Past meetups",
        "long-ago",
        "Nothing is planned at the moment.",
    ]);
}

#[tokio::test]
async fn the_last_meetups_are_the_last_by_start_whenever_they_were_written() {
    let chess = community(OWNER);
    let past = (1..=8).map(|ago| {
        // Who writes long afterwards tells of what is longest ago.
        meetup(OWNER, &chess, &format!("round-{ago}!"), days(-40 * ago))
            .at(now().checked_add_signed(ago - 100).unwrap())
            .signed()
    });
    let events: Vec<Event> = [chess.clone()].into_iter().chain(past).collect();
    let relay = relay_with(&events).await;
    let page = get(&relay, &format!("/c/{}", chess.id())).await;
    let at = |ago: i64| page.text().find(&format!("round-{ago}!"));
    let shown: Vec<usize> = (1..=6).map(|ago| at(ago).unwrap()).collect();
    assert!(shown.is_sorted(), "{shown:?}");
    page.lacks(&["round-7!", "round-8!"]);
}

#[tokio::test]
async fn a_community_shows_its_meetups_people_and_feeds() {
    let chess = Chess::start().await;
    let page = get(&chess.relay, &chess.community_path()).await;
    assert_eq!(page.status, 200);
    page.has(&[
        "<title>Berlin Chess · Kith</title>",
        &format!(
            "<link rel=\"canonical\" href=\"http://kith.test{}\">",
            chess.community_path()
        ),
        "All about Berlin Chess",
        "1 member",
        "winter",
        "webcal://kith.test/api/v1/communities/",
        "meetups.atom",
        "href=\"/topic/chess\"",
        "href=\"/city/DE/Berlin\"",
        "<svg role=\"img\"",
    ]);
    let feed = format!("/api/v1/communities/{}/meetups.atom", chess.community.id());
    assert_eq!(get(&chess.relay, &feed).await.status, 200);
}

#[tokio::test]
async fn a_search_is_a_link() {
    let chess = Chess::start().await;
    let found = get(&chess.relay, "/search?near=Berlin&when=week&q=boards").await;
    assert_eq!(found.status, 200);
    found.has(&[
        "winter",
        "value=\"Berlin\"",
        "value=\"boards\"",
        "<option value=\"week\" selected>",
    ]);
    let empty = get(&chess.relay, "/search?near=Tokyo&when=&q=").await;
    empty.has(&["Nothing was found."]);
    empty.lacks(&["winter"]);
    let unknown = get(&chess.relay, "/search?near=Berlni").await;
    assert_eq!(unknown.status, 200);
    unknown.has(&["cannot be searched for", "near=Berlin"]);
}

#[tokio::test]
async fn a_long_list_goes_on_page_by_page() {
    let chess = community(OWNER);
    let mut events = vec![chess.clone()];
    let meetups =
        (0..25).map(|number| meetup(OWNER, &chess, &format!("round-{number}!"), days(1 + number)));
    events.extend(meetups.map(|meetup| meetup.signed()));
    let relay = relay_with(&events).await;
    let mut path = "/search".to_owned();
    let mut found = Vec::new();
    loop {
        let page = get(&relay, &path).await;
        found.extend((0..25).filter(|number| page.text().contains(&format!("round-{number}!"))));
        let Some((_, next)) = page.text().split_once("rel=\"next\" href=\"") else {
            break;
        };
        path = next
            .split('"')
            .next()
            .unwrap()
            .replace("&#38;", "&")
            .replace("&amp;", "&");
    }
    assert_eq!(found, (0..25).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_agenda_says_where_somebody_goes_and_what_they_organize() {
    let chess = Chess::start().await;
    for (person, part) in [(GUEST, "Going"), (OWNER, "Organizes")] {
        let page = get(&chess.relay, &format!("/agenda/{}", pubkey(person))).await;
        assert_eq!(page.status, 200);
        page.has(&["winter", part, "noindex", "data-agenda=\"npub1"]);
        let (_, rest) = page.text().split_once("href=\"webcal://kith.test").unwrap();
        let calendar = get(&chess.relay, rest.split('"').next().unwrap()).await;
        calendar.has(&["BEGIN:VCALENDAR", "SUMMARY:winter"]);
    }
    let nobody = get(&chess.relay, &format!("/agenda/{}", pubkey(7))).await;
    assert_eq!(nobody.status, 200);
    nobody.has(&["Nothing is planned"]);
    assert_eq!(get(&chess.relay, "/agenda/npub1nobody").await.status, 404);
}

#[tokio::test]
async fn lists_can_be_subscribed_to() {
    let chess = Chess::start().await;
    for path in [
        "/city/DE/Berlin",
        "/topic/chess",
        "/search?near=Berlin&q=boards",
    ] {
        let page = get(&chess.relay, path).await;
        for (kind, sign) in [
            ("application/atom+xml", "<feed"),
            ("text/calendar", "BEGIN:VCALENDAR"),
        ] {
            let begin = format!("<link rel=\"alternate\" type=\"{kind}\" href=\"");
            let (_, rest) = page.text().split_once(&begin).unwrap();
            let address = rest.split('"').next().unwrap().replace("&#38;", "&");
            let feed = get(&chess.relay, &address).await;
            assert_eq!(feed.status, 200, "{path} {address}");
            feed.has(&[sign, "winter"]);
        }
    }
}

#[tokio::test]
async fn a_month_shows_its_meetups() {
    let chess = Chess::start().await;
    let start = chess.meetup.tags().first_value("start").unwrap();
    let start = jiff::Timestamp::from_second(start.parse().unwrap()).unwrap();
    let local = start.to_zoned(jiff::tz::TimeZone::get("Europe/Berlin").unwrap());
    let month = local.strftime("%Y-%m").to_string();
    let community = format!("community={}", chess.community.id());
    for scope in [
        "near=Berlin",
        "city=DE:Berlin",
        "topic=chess",
        &community,
        "",
    ] {
        let page = get(&chess.relay, &format!("/calendar/{month}?{scope}")).await;
        assert_eq!(page.status, 200, "{scope}");
        page.has(&["winter", "rel=\"next\"", "noindex"]);
        let (_, day) = page
            .text()
            .split_once(&format!("<time datetime=\"{}\">", local.date()))
            .unwrap();
        assert!(day.split("<h2>").next().unwrap().contains("winter"));
    }
    let elsewhere = get(&chess.relay, &format!("/calendar/{month}?near=Tokyo")).await;
    elsewhere.lacks(&["winter"]);
    let unknown = get(&chess.relay, &format!("/calendar/{month}?near=Berlni")).await;
    unknown.has(&["cannot be searched for"]);
    assert_eq!(get(&chess.relay, "/calendar").await.status, 200);
    for wrong in ["nonsense", "9999-12", "2026-13", "-1"] {
        let page = get(&chess.relay, &format!("/calendar/{wrong}")).await;
        assert_eq!(page.status, 404, "{wrong}");
    }
}

#[tokio::test]
async fn a_month_with_very_much_shows_the_first_of_each_day() {
    let chess = community(OWNER);
    let first = jiff::civil::date(2036, 5, 1)
        .to_zoned(jiff::tz::TimeZone::UTC)
        .unwrap();
    let begin = u64::try_from(first.timestamp().as_second()).unwrap();
    let meetups = (0..120u64).map(|number| {
        let start = begin + number * 6 * 3_600 + 3_600;
        let ahead = i64::try_from(start - now()).unwrap();
        let round = meetup(OWNER, &chess, &format!("round-{number}!"), ahead);
        let there = round.tag(&["g", "DE:Berlin"]).tag(&["g", "u33dc0"]);
        there.signed()
    });
    let events: Vec<Event> = [chess.clone()].into_iter().chain(meetups).collect();
    let relay = relay_with(&events).await;
    // Four on each of thirty days, in UTC.
    let of_community = format!("community={}", chess.id());
    for (scope, rest) in [
        ("", "/search?when=2036-05-30\""),
        (
            "city=DE:Berlin",
            "/search?when=2036-05-30&#38;near=DE%3ABerlin\"",
        ),
        (&of_community, "/c/"),
    ] {
        let page = get(&relay, &format!("/calendar/2036-05?{scope}")).await;
        page.has(&["round-0!", &format!("class=\"more\" href=\"{rest}")]);
        let text = page.text();
        assert_eq!(text.matches("<bdi>round-").count(), 90, "{scope}");
        assert_eq!(text.matches("class=\"more\"").count(), 30, "{scope}");
    }
    let day = get(&relay, "/search?when=2036-05-30&near=DE%3ABerlin").await;
    assert!(day.text().matches("round-").count() >= 4);
}

#[tokio::test]
async fn cities_topics_and_people_have_pages() {
    let chess = Chess::start().await;
    for (path, title) in [("/city/DE/Berlin", "Berlin"), ("/topic/chess", "chess")] {
        let page = get(&chess.relay, path).await;
        assert_eq!(page.status, 200, "{path}");
        page.has(&[
            &format!("<link rel=\"canonical\" href=\"http://kith.test{path}\">"),
            title,
            "winter",
            "Berlin Chess",
        ]);
    }
    let page = get(&chess.relay, &format!("/p/{}", pubkey(GUEST))).await;
    assert_eq!(page.status, 200);
    page.has(&["Ada of Berlin", "winter", "npub1"]);
    let page = get(&chess.relay, "/about").await;
    page.has(&["ws://kith.test", "NIP-01", "1 community"]);
}

#[tokio::test]
async fn search_engines_are_told_what_to_read() {
    let chess = Chess::start().await;
    let robots = get(&chess.relay, "/robots.txt").await;
    robots.has(&["Sitemap: http://kith.test/sitemap.xml"]);
    let sitemap = get(&chess.relay, "/sitemap.xml").await;
    assert!(
        sitemap
            .header("content-type")
            .unwrap()
            .starts_with("application/xml")
    );
    let meetup = chess.meetup_path().await;
    let community = chess.community_path();
    for path in ["/", "/city/DE/Berlin", "/topic/chess", &meetup, &community] {
        sitemap.has(&[&format!("<loc>http://kith.test{path}</loc>")]);
    }
    let written_at = |event: &Event| {
        let at = i64::try_from(event.created_at()).unwrap();
        jiff::Timestamp::from_second(at).unwrap()
    };
    let meetup = format!(
        "{}</loc><lastmod>{}</lastmod>",
        chess.meetup_path().await,
        written_at(&chess.meetup)
    );
    sitemap.has(&[&meetup, "/city/DE/Berlin</loc></url>"]);
    let part = get(&chess.relay, "/sitemap/1").await;
    assert_eq!(part.text(), sitemap.text());
    assert_eq!(get(&chess.relay, "/sitemap/2").await.status, 404);
}

#[tokio::test]
async fn what_people_who_are_muted_say_is_on_no_page() {
    let chess = community(OWNER);
    let winter = winter(&chess).signed();
    let muted = note(OWNER)
        .kind(30_000)
        .tag(&["d", &format!("{}:blocked", chess.id())])
        .tag(&["p", &pubkey(GUEST).to_string()])
        .signed();
    let said: Event = comment(&winter, "Buy my coins");
    // Said before it was muted, as everything that a relay would not take now.
    let relay = relay_with(&[chess, winter, said, muted]).await;
    let page = get(&relay, &path_of(&relay, "/m/").await).await;
    page.lacks(&["Buy my coins"]);
    page.has(&["Nobody has said anything yet."]);
}

#[tokio::test]
async fn a_description_can_be_read_by_whoever_has_its_address() {
    let chess = community(OWNER);
    let description = described(OWNER, &chess, "Chess").at(now() - 10).signed();
    let relay = relay_with(&[chess.clone(), description.clone()]).await;
    let page = get(&relay, &format!("/c/{}", description.id())).await;
    let canonical = format!(
        "<link rel=\"canonical\" href=\"http://kith.test/c/{}\">",
        chess.id()
    );
    page.has(&["Chess", &canonical]);
}
