//! `kith invite`: whoever gets the link finds what it leads to.

use super::{Person, party, text};
use crate::harness::TestRelay;

#[tokio::test]
async fn nip21_02_an_invitation_opens_what_it_leads_to() {
    let relay = TestRelay::start().await;
    let (organizer, _) = party(&relay).await;
    let stranger = Person::new(&relay.url());
    let community = organizer.json(["invite", "Brighton Chess"]).await;
    let link = text(&community["link"]);
    assert!(link.starts_with("nostr:nevent1"), "{link}");
    assert_eq!(community["to"], "community");
    assert_eq!(community["relays"][0], relay.url());
    let shown = stranger.json(["community", "show", &link]).await;
    assert_eq!(shown["community"]["title"], "Brighton Chess");
    let again = stranger.json(["invite", &link]).await;
    assert_eq!(again["link"], community["link"]);

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("poster.svg");
    let file = file.to_str().unwrap();
    let web = ["--web", "https://meet.example/e/", "--qr-file", file];
    let meetup = organizer
        .json(["invite", "Opening night"].iter().chain(&web))
        .await;
    let link = text(&meetup["link"]);
    let reference = link.strip_prefix("nostr:").unwrap();
    assert!(reference.starts_with("naddr1"), "{link}");
    assert_eq!(
        text(&meetup["web"]),
        format!("https://meet.example/e/{reference}")
    );
    assert!(std::fs::read_to_string(file).unwrap().contains("<svg"));
    let shown = stranger.json(["meetup", "show", &link]).await;
    assert_eq!(shown["meetup"]["title"], "Opening night");

    let page = organizer.done(["invite", "Opening night", "--qr"]).await;
    assert!(page.contains(&link), "{page}");
    assert!(page.contains('▀') && page.contains('█'), "{page}");
    let unknown = ["invite", "Nothing"];
    organizer.fails(unknown, 3, "called \"Nothing\"", "").await;
    let picture = ["invite", "Brighton Chess", "--qr-file", "poster.png"];
    organizer
        .fails(picture, 2, "does not end with .svg", "poster.svg")
        .await;
}
