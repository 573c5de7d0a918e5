//! What surrounds pages: tags, compression, languages, assets, and what the operator switches.

use super::{Chess, get, get_with};
use crate::harness::TestRelay;

#[tokio::test]
async fn a_page_that_did_not_change_is_not_sent_again() {
    let chess = Chess::start().await;
    for path in [
        "/about".to_owned(),
        chess.community_path(),
        chess.meetup_path().await,
    ] {
        let page = get(&chess.relay, &path).await;
        let tag = page.header("etag").unwrap();
        let again = get_with(&chess.relay, &path, &format!("If-None-Match: {tag}\r\n")).await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        assert!(again.header("content-security-policy").is_some());
        let other = get_with(&chess.relay, &path, "If-None-Match: \"other\"\r\n").await;
        assert_eq!(other.status, 200);
    }
}

#[tokio::test]
async fn pages_are_compressed_for_who_can_read_it() {
    let chess = Chess::start().await;
    let path = chess.meetup_path().await;
    let plain = get(&chess.relay, &path).await;
    assert_eq!(plain.header("content-encoding"), None);
    for encoding in ["br", "gzip"] {
        let page = get_with(
            &chess.relay,
            &path,
            &format!("Accept-Encoding: {encoding}\r\n"),
        )
        .await;
        assert_eq!(page.header("content-encoding").as_deref(), Some(encoding));
        assert!(page.body.len() < plain.body.len() / 2);
        assert!(page.body.len() < 30_000);
        assert!(
            page.header("vary")
                .unwrap()
                .to_lowercase()
                .contains("accept-encoding")
        );
    }
}

#[tokio::test]
async fn pages_are_in_the_language_of_the_reader() {
    let chess = Chess::start().await;
    for (path, header, language, word) in [
        ("/", "", "en", "Find meetups"),
        (
            "/",
            "Accept-Language: de-AT, en;q=0.5\r\n",
            "de",
            "Treffen finden",
        ),
        ("/", "Accept-Language: sv, *\r\n", "en", "Find meetups"),
        (
            "/?lang=fr",
            "Accept-Language: de\r\n",
            "fr",
            "Trouver des rencontres",
        ),
        ("/?lang=es", "", "es", "Buscar encuentros"),
        ("/?lang=pt", "", "pt", "Encontrar encontros"),
        ("/?lang=ja", "", "ja", "イベントを探す"),
        ("/?lang=xx", "", "en", "Find meetups"),
    ] {
        let page = get_with(&chess.relay, path, header).await;
        page.has(&[&format!("<html lang=\"{language}\" dir=\"ltr\" "), word]);
        assert!(page.header("vary").unwrap().contains("Accept-Language"));
    }
    let page = get(&chess.relay, "/?lang=de").await;
    page.has(&[
        "href=\"/about?lang=de\"",
        "hreflang=\"ja\" href=\"http://kith.test/?lang=ja\"",
    ]);
}

#[tokio::test]
async fn the_style_may_be_kept_for_ever() {
    let relay = TestRelay::start().await;
    let home = get(&relay, "/").await;
    let (_, rest) = home
        .text()
        .split_once("rel=\"stylesheet\" href=\"")
        .unwrap();
    let path = rest.split('"').next().unwrap();
    let style = get(&relay, path).await;
    assert_eq!(style.status, 200);
    assert_eq!(
        style.header("content-type").as_deref(),
        Some("text/css; charset=utf-8")
    );
    assert!(style.header("cache-control").unwrap().contains("immutable"));
    assert_eq!(
        get(&relay, "/assets/0000000000000000/style.css")
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn the_operator_switches_pages_and_pictures() {
    let chess = Chess::start().await;
    let path = chess.meetup_path().await;
    get(&chess.relay, &path).await.has(&["winter.png"]);
    chess.relay.reload(&[("KITH_RELAY_HTTP_PICTURES", "false")]);
    let page = get(&chess.relay, &path).await;
    page.lacks(&["winter.png", "<img"]);
    assert!(
        !page
            .header("content-security-policy")
            .unwrap()
            .contains("https:")
    );
    chess.relay.reload(&[("KITH_RELAY_HTTP_PAGE", "false")]);
    assert_eq!(get(&chess.relay, &path).await.status, 404);
}

#[tokio::test]
async fn a_relay_for_members_says_what_it_is_and_no_more() {
    let chess = Chess::start().await;
    let path = chess.meetup_path().await;
    chess
        .relay
        .reload(&[("KITH_RELAY_POLICY_AUTH_REQUIRED", "true")]);
    let page = get(&chess.relay, &path).await;
    assert_eq!(page.status, 403);
    page.lacks(&["winter", "Volkspark"]);
    let home = get(&chess.relay, "/").await;
    assert_eq!(home.status, 200);
    home.has(&["ws://kith.test"]);
    home.lacks(&["winter"]);
}

#[tokio::test]
async fn a_relay_at_its_own_path_leaves_the_first_page_to_people() {
    let relay = TestRelay::start_with(|config| config.server.path = "/relay".to_owned()).await;
    get(&relay, "/").await.has(&["action=\"/search\""]);
    get(&relay, "/relay").await.has(&["ws://kith.test/relay"]);
    let document = get_with(&relay, "/relay", "Accept: application/nostr+json\r\n").await;
    document.has(&["supported_nips"]);
}
