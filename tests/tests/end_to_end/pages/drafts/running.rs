//! What owners decide by forms: members, the muted, proposals; who comes to a meetup, as a page and a table.

use super::*;
use crate::api::{days, meetup, rsvp};
use crate::events::Note;

#[tokio::test]
async fn owners_decide_who_belongs_and_who_is_muted() {
    let chess = Chess::start().await;
    let id = chess.community.id().to_string();
    let page = format!("/c/{id}/members");
    get(&chess.relay, &page).await.has(&["Nobody is muted."]);
    let (owner, guest) = (pubkey(OWNER).to_string(), pubkey(GUEST).to_string());
    let decide = |action: &'static str| {
        let fields = [
            ("community", id.clone()),
            ("person", guest.clone()),
            ("pubkey", owner.clone()),
        ];
        (action, fields)
    };
    for (action, shown) in [
        ("approve", "value=\"remove\""),
        ("mute", "value=\"unmute\""),
        ("unmute", "Nobody is muted."),
    ] {
        let (action, fields) = decide(action);
        let mut fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        fields.extend([("action", action), ("reason", "<i>spam</i>")]);
        done(&chess.relay, OWNER, "members", &fields).await;
        let listed = get(&chess.relay, &page).await;
        listed.has(&[shown]);
        listed.lacks(&["<i>spam"]);
    }
    // Others are told that it is not theirs; the relay would not take their lists anyway.
    let stranger = pubkey(VISITOR).to_string();
    let fields = [
        ("community", id.as_str()),
        ("person", guest.as_str()),
        ("action", "approve"),
        ("pubkey", stranger.as_str()),
    ];
    assert_eq!(
        wrong_of(&post(&chess.relay, "members", &fields).await),
        [""]
    );
    let fields = [
        ("community", id.as_str()),
        ("person", "nobody"),
        ("action", "mute"),
    ];
    assert_eq!(
        wrong_of(&post(&chess.relay, "members", &fields).await),
        ["person"]
    );
}

#[tokio::test]
async fn owners_adopt_proposals_by_a_form() {
    let chess = Chess::start().await;
    let id = chess.community.id().to_string();
    let proposal: Note = meetup(VISITOR, &chess.community, "summer", days(2));
    let proposal = proposal.signed();
    let mut socket = chess.relay.connect().await;
    socket.accept(&proposal).await;
    let page = format!("/c/{id}/proposals");
    get(&chess.relay, &page)
        .await
        .has(&["name=\"add\"", "summer"]);
    let (address, owner) = (
        proposal.address().unwrap().to_string(),
        pubkey(OWNER).to_string(),
    );
    let fields = |name| {
        [
            ("community", id.as_str()),
            (name, address.as_str()),
            ("pubkey", &owner),
        ]
    };
    done(&chess.relay, OWNER, "calendar", &fields("add")).await;
    let adopted = get(&chess.relay, &page).await;
    adopted.has(&["name=\"remove\""]);
    adopted.lacks(&["name=\"add\""]);
    // Once more there is nothing to change.
    let again = post(&chess.relay, "calendar", &fields("add")).await;
    assert_eq!(wrong_of(&again), [""]);
    done(&chess.relay, OWNER, "calendar", &fields("remove")).await;
    get(&chess.relay, &page).await.has(&["name=\"add\""]);
}

#[tokio::test]
async fn who_comes_is_a_page_and_a_table_without_formulas() {
    let chess = Chess::start().await;
    let path = chess.meetup_path().await;
    let hostile = "=HYPERLINK(\"http://x\",\"y\")\n<script>";
    let mut socket = chess.relay.connect().await;
    let answer = rsvp(VISITOR, &chess.meetup, "tentative")
        .content(hostile)
        .signed();
    socket.accept(&answer).await;
    let page = get(&chess.relay, &format!("{path}/attendees")).await;
    page.has(&["Ada of Berlin", "Comes", "May come", "attendees.csv"]);
    page.lacks(&["<script>="]);
    let table = get(&chess.relay, &format!("{path}/attendees.csv")).await;
    assert_eq!(
        table.header("content-type").as_deref(),
        Some("text/csv; charset=utf-8")
    );
    let mut lines = table.text().split("\r\n");
    assert_eq!(
        lines.next(),
        Some("npub,answer,member,answered_at,seat,guests,note")
    );
    table.has(&[
        ",accepted,no,",
        ",tentative,no,",
        ",\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\n",
    ]);
}

#[tokio::test]
async fn the_page_of_administrators_knows_nobody() {
    let relay = TestRelay::start().await;
    let page = get(&relay, "/admin").await;
    page.has(&[
        "noindex",
        "data-list=\"listbannedpubkeys\" data-key=\"pubkey\" hidden",
    ]);
    let relay = TestRelay::start_with(|config| config.features.management = false).await;
    let page = get(&relay, "/admin").await;
    page.lacks(&["data-list"]);
    page.has(&["switched management over HTTP off"]);
}

const CALENDAR: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:chess\r\n\
    DTSTART;TZID=Europe/Berlin:DAYT183000\r\nDURATION:PT3H\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\n\
    SUMMARY:Weekly <i>blitz</i>\r\nLOCATION:Volkspark\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

#[tokio::test]
async fn a_calendar_of_another_program_is_taken_over_once() {
    let chess = Chess::start().await;
    let id = chess.community.id().to_string();
    let path = format!("/c/{id}/import");
    get(&chess.relay, &path).await.has(&["name=\"calendar\""]);
    let day = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(48);
    let calendar = CALENDAR.replace("DAY", &day.strftime("%Y%m%d").to_string());
    let read = async |text: &str| {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair("calendar", text);
        ask(&chess.relay, "POST", &path, FORM, &body.finish()).await
    };
    read("hello").await.has(&["This is no calendar", "hello"]);
    let page = read(&calendar).await;
    page.has(&["Weekly &#60;i&#62;blitz", "18:30", "Volkspark", " checked>"]);
    let picks: Vec<&str> = page
        .text()
        .split("name=\"pick\" value=\"")
        .skip(1)
        .collect();
    let picks: Vec<&str> = picks
        .iter()
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert_eq!(picks.len(), 3);
    let owner = pubkey(OWNER).to_string();
    let fields = [
        ("community", id.as_str()),
        ("calendar", calendar.as_str()),
        ("pick", picks[0]),
        ("pick", picks[2]),
        ("pubkey", owner.as_str()),
    ];
    assert_eq!(done(&chess.relay, OWNER, "import", &fields).await.len(), 2);
    get(&chess.relay, &format!("/c/{id}")).await.has(&["blitz"]);
    // Taken over once more there is nothing new.
    assert_eq!(wrong_of(&post(&chess.relay, "import", &fields).await), [""]);
    let page = read(&calendar).await;
    assert_eq!(page.text().matches(" checked>").count(), 1);
}
