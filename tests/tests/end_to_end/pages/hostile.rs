//! Names, descriptions and addresses that want to be more than text.

use super::{OWNER, Page, comment, get};
use crate::api::{BERLIN, community, days, described, meetup, relay_with, rsvp};
use crate::events::{note, pubkey};

const HOSTILE: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>\u{202e}</title>";

#[track_caller]
fn check_harmless(path: &str, page: &Page) {
    assert!(
        page.status == 200 || page.status == 404,
        "{path}: {}",
        page.status
    );
    let text = page.text();
    let data = text
        .matches("<script type=\"application/ld+json\">")
        .count();
    // The one script that is not data is a file of ours.
    let modules = text
        .matches("<script type=\"module\" src=\"/assets/")
        .count();
    assert_eq!(modules, 1, "{path}: {text}");
    assert_eq!(
        text.matches("<script").count(),
        data + modules,
        "{path}: {text}"
    );
    assert_eq!(text.matches("</title>").count(), 1, "{path}: {text}");
    page.lacks(&[
        "<img src=x",
        "<style",
        " style=",
        "=\"javascript:",
        "\u{202e}",
        "x".repeat(1_000).as_str(),
    ]);
    for tag in text.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap();
        // Between quotes is what an attribute says: it may say anything.
        let names: String = tag.split('"').step_by(2).collect();
        for attribute in [" onerror", " onclick", " onload"] {
            assert!(!names.contains(attribute), "{path}: {tag}");
        }
    }
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.contains("default-src 'none'") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert_eq!(
        page.header("x-content-type-options").as_deref(),
        Some("nosniff")
    );
    assert_eq!(
        page.header("referrer-policy").as_deref(),
        Some("no-referrer")
    );
}

#[tokio::test]
async fn nothing_that_others_wrote_becomes_markup() {
    let long = format!("{HOSTILE}{}", "x".repeat(10_000));
    let evil = community(OWNER);
    let description = described(OWNER, &evil, &long)
        .tag(&["t", HOSTILE])
        .tag(&["g", &format!("DE:{HOSTILE}"), "city"])
        .tag(&["image", "javascript:alert(1)"])
        .content(format!("{HOSTILE}\n\n[a](javascript:alert(3)) {HOSTILE}"))
        .signed();
    let event = meetup(OWNER, &evil, "evil", days(1))
        .tag(&["name", &long])
        .tag(&["title", &long])
        .tag(&["summary", HOSTILE])
        .tag(&["location", &long])
        .tag(&["g", BERLIN])
        .tag(&["g", &format!("DE:{HOSTILE}"), "city"])
        .tag(&["t", HOSTILE])
        .tag(&["r", "javascript:alert(4)"])
        .tag(&["image", "http://a.example/\" onload=\"alert(5)"])
        .content(format!(
            "# {HOSTILE}\n\n![a](javascript:alert(6)) <svg onload=alert(7)>"
        ))
        .signed();
    let profile = serde_json::json!({ "display_name": HOSTILE }).to_string();
    let profile = note(OWNER).kind(0).content(profile).signed();
    let answer = rsvp(OWNER, &event, "accepted").content(HOSTILE).signed();
    let said = comment(&event, HOSTILE);
    let id = evil.id();
    let address = event.address().unwrap();
    let relay = relay_with(&[evil.clone(), description, profile, event, answer, said]).await;
    let encoded: String = HOSTILE.bytes().map(|byte| format!("%{byte:02X}")).collect();
    for path in [
        "/".to_owned(),
        "/search".to_owned(),
        format!(
            "/search?near={encoded}&q={encoded}&topic={encoded}&when={encoded}&radius={encoded}"
        ),
        format!("/search?q={encoded}&lang={encoded}&cursor="),
        format!("/m/{address}"),
        format!("/c/{id}"),
        format!("/topic/{encoded}"),
        format!("/city/DE/{encoded}"),
        format!("/p/{}", pubkey(OWNER)),
        format!("/p/{encoded}"),
        format!("/m/{encoded}"),
        format!("/{encoded}"),
        "/about".to_owned(),
    ] {
        let page = get(&relay, &path).await;
        check_harmless(&path, &page);
    }
}

#[tokio::test]
async fn a_wrong_cursor_or_path_is_an_error_for_people() {
    let relay = relay_with(&[]).await;
    for (path, status) in [
        ("/search?cursor=nonsense", 400),
        ("/m/naddr1nonsense", 404),
        ("/c/%ff%fe", 400),
        ("/city/XXX/Nowhere", 404),
        ("/topic/nothing-about-this", 404),
        ("/nowhere", 404),
    ] {
        let page = get(&relay, path).await;
        assert_eq!(page.status, status, "{path}");
        page.has(&["There is nothing here", "<html", "noindex"]);
        assert_eq!(
            page.header("cache-control").as_deref(),
            Some("no-store"),
            "{path}"
        );
    }
}
