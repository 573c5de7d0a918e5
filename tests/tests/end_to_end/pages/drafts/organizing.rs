//! Communities and meetups by forms: made, changed, called off, and what the pages show then.

use super::*;
use crate::api::relay_with;

/// The page of what a form made.
fn then_of(page: &Page) -> String {
    let answer: Value = serde_json::from_str(page.text()).unwrap();
    answer["then"].as_str().unwrap().to_owned()
}

/// Fills a form in as the key `author`, publishes what it brings, and gives the page of it.
async fn made(
    relay: &TestRelay,
    author: u32,
    what: &str,
    fields: &[(&str, &str)],
) -> (String, Vec<Event>) {
    let key = pubkey(author).to_string();
    let mut fields = fields.to_vec();
    fields.push(("pubkey", &key));
    let page = post(relay, what, &fields).await;
    (then_of(&page), published(relay, author, &page).await)
}

async fn founded(relay: &TestRelay) -> String {
    let fields = [
        ("title", "Brighton Go"),
        ("description", "Stones on the *beach*"),
        ("city", "Brighton"),
        ("topics", "Go, beach"),
    ];
    let (path, events) = made(relay, VISITOR, "community", &fields).await;
    assert_eq!(path, format!("/c/{}", events[0].id()));
    events[0].id().to_string()
}

const GO: [(&str, &str); 7] = [
    ("title", "Go by the sea"),
    ("day", "2036-12-03"),
    ("begins", "19:00"),
    ("ends", "22:00"),
    ("place", "The Black Lion"),
    ("city", "Brighton"),
    ("capacity", "12"),
];

#[tokio::test]
async fn a_community_is_founded_and_described_by_forms() {
    let relay = TestRelay::start().await;
    // Who does not say who signs cannot found anything: the notes name each other.
    let nobody = post(&relay, "community", &[("title", "x")]).await;
    assert_eq!(wrong_of(&nobody), [""]);
    let id = founded(&relay).await;
    let path = format!("/c/{id}");
    let page = get(&relay, &path).await;
    page.has(&[
        "Brighton Go",
        "<em>beach</em>",
        "/topic/go",
        "/city/GB/Brighton",
        "1 member",
    ]);
    let form = get(&relay, &format!("{path}/edit")).await;
    form.has(&[
        "value=\"Brighton Go\"",
        "Stones on the *beach*",
        "value=\"Brighton, GB\"",
    ]);
    let title = [("community", id.as_str()), ("title", "Hove Go")];
    // Another key may look at the form and is told.
    let stranger = pubkey(OWNER).to_string();
    let fields = [title[0], title[1], ("pubkey", stranger.as_str())];
    assert_eq!(wrong_of(&post(&relay, "community", &fields).await), [""]);
    made(&relay, VISITOR, "community", &title).await;
    let page = get(&relay, &path).await;
    page.has(&["Hove Go"]);
    page.lacks(&["/city/GB/Brighton"]);
}

#[tokio::test]
async fn a_meetup_is_planned_changed_and_called_off_by_forms() {
    let relay = TestRelay::start().await;
    let id = founded(&relay).await;
    get(&relay, &format!("/c/{id}/new"))
        .await
        .has(&["value=\"Brighton, GB\"", "Europe/London"]);
    let mut fields = vec![("community", id.as_str())];
    fields.extend(GO);
    let (path, _) = made(&relay, VISITOR, "meetup", &fields).await;
    get(&relay, &path)
        .await
        .has(&["Go by the sea", "19:00", "The Black Lion", "GMT"]);
    get(&relay, &format!("/c/{id}"))
        .await
        .has(&["Go by the sea"]);
    let form = get(&relay, &format!("{path}/edit")).await;
    form.has(&[
        "value=\"2036-12-03\"",
        "value=\"19:00\"",
        "value=\"12\"",
        "The Black Lion",
    ]);
    form.lacks(&["name=\"scope\""]);
    let naddr = path.strip_prefix("/m/").unwrap();
    let mut fields = vec![("meetup", naddr)];
    fields.extend(GO.map(|(name, value)| match name {
        "begins" => (name, "20:00"),
        _ => (name, value),
    }));
    let (again, _) = made(&relay, VISITOR, "meetup-edit", &fields).await;
    assert_eq!(again, path);
    get(&relay, &path).await.has(&["20:00"]);
    let stranger = pubkey(OWNER).to_string();
    let fields = [("meetup", naddr), ("pubkey", stranger.as_str())];
    assert_eq!(
        wrong_of(&post(&relay, "meetup-cancel", &fields).await),
        [""]
    );
    let fields = [("meetup", naddr), ("note", "The pub is closed")];
    let (_, events) = made(&relay, VISITOR, "meetup-cancel", &fields).await;
    assert_eq!(events.len(), 2);
    let page = get(&relay, &path).await;
    page.has(&["was cancelled", "The pub is closed"]);
    get(&relay, &format!("{path}/edit"))
        .await
        .lacks(&["cancel-note"]);
}

#[tokio::test]
async fn a_meetup_can_be_looked_at_before_it_is_published() {
    let relay = TestRelay::start().await;
    let id = founded(&relay).await;
    let mut fields = vec![("community", id.as_str())];
    fields.extend(GO);
    let page = post(&relay, "meetup/preview", &fields).await;
    assert_eq!(page.status, 200);
    page.has(&[
        "<h1><bdi>Go by the sea</bdi></h1>",
        "19:00",
        "The Black Lion",
        "noindex",
    ]);
    let (path, _) = made(&relay, VISITOR, "meetup", &fields).await;
    let naddr = path.strip_prefix("/m/").unwrap();
    let mut changed = vec![("meetup", naddr)];
    changed.extend(GO.map(|(name, value)| match name {
        "title" => (name, "<b>Go</b> inside"),
        _ => (name, value),
    }));
    let page = post(&relay, "meetup-edit/preview", &changed).await;
    page.has(&["&#60;b&#62;Go&#60;/b&#62; inside"]);
    // Nothing of it is stored.
    get(&relay, &path).await.lacks(&["inside"]);
    fields.retain(|(name, _)| *name != "day");
    let page = post(&relay, "meetup/preview", &fields).await;
    page.has(&["<h1>Something is missing</h1>", "This is needed."]);
    assert_eq!(post(&relay, "rsvp/preview", &fields).await.status, 404);
}

#[tokio::test]
async fn a_series_is_planned_and_changed_by_forms() {
    let relay = TestRelay::start().await;
    let id = founded(&relay).await;
    let mut fields = vec![
        ("community", id.as_str()),
        ("repeat", "weekly"),
        ("count", "3"),
    ];
    fields.extend(GO);
    let (path, events) = made(&relay, VISITOR, "meetup", &fields).await;
    assert_eq!(events.len(), 3);
    get(&relay, &format!("{path}/edit"))
        .await
        .has(&["value=\"following\""]);
    let naddr = path.strip_prefix("/m/").unwrap();
    let mut fields = vec![("meetup", naddr), ("scope", "all")];
    fields.extend(GO.map(|(name, value)| match name {
        "place" => (name, "The Hope"),
        _ => (name, value),
    }));
    let (_, events) = made(&relay, VISITOR, "meetup-edit", &fields).await;
    assert_eq!(events.len(), 3);
    let page = get(&relay, &format!("/c/{id}")).await;
    assert_eq!(page.text().matches("The Hope").count(), 3);
    // Planned once more it is another series.
    let mut fields = vec![
        ("community", id.as_str()),
        ("repeat", "weekly"),
        ("count", "3"),
    ];
    fields.extend(GO);
    made(&relay, VISITOR, "meetup", &fields).await;
    let page = get(&relay, &format!("/c/{id}")).await;
    assert_eq!(page.text().matches("<h3>").count(), 6);
}

#[tokio::test]
async fn what_is_not_there_cannot_be_organized() {
    let relay = relay_with(&[]).await;
    let id = "f".repeat(64);
    for path in ["edit", "new"].map(|page| format!("/c/{id}/{page}")) {
        assert_eq!(get(&relay, &path).await.status, 404, "{path}");
    }
    assert_eq!(get(&relay, "/m/naddr1x/edit").await.status, 404);
    let page = get(&relay, "/new/community").await;
    assert_eq!(page.status, 200);
    page.has(&[
        "noindex",
        "data-draft=\"community\"",
        "<label for=\"title\">",
    ]);
}
