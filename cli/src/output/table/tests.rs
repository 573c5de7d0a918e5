//! What people see, line by line.

use super::notes::time_range;
use super::*;
use crate::errors::Candidate;
use crate::exit_code::ExitCode;
use crate::output::discovery::{Agenda, AgendaEntry, Announced, Near, News, Watching};
use crate::output::json;
use crate::output::views::{AnswerBasis, AnswerView, CommunityName, PlaceView};
use crate::output::views::{CommunityView, MeetupStatus, MeetupView, Moment};
use crate::output::views::{ExtensionsView, SeatView};
use crate::output::{CommunityShown, MeetupShown, Meetups};

const PIPE: Style = Style {
    json: false,
    width: None,
    bold: false,
    quiet: false,
};

fn community() -> CommunityView {
    CommunityView {
        id: "3f2a9c01".repeat(8),
        title: "Brighton Rust".to_owned(),
        owner: "npub1owner".to_owned(),
        owner_public_key: "00".repeat(32),
        place: Some(PlaceView {
            name: "Brighton, GB".to_owned(),
            ..PlaceView::default()
        }),
        topics: vec!["rust".to_owned(), "chips".to_owned()],
        description: "Rust\nand chips".to_owned(),
        link: "naddr1community".to_owned(),
        ..CommunityView::default()
    }
}

fn meetup() -> MeetupView {
    let time = |text: &str| Moment::Time(text.parse().unwrap());
    MeetupView {
        id: "77aa00bb".repeat(8),
        address: "31923:00:x".to_owned(),
        link: "naddr1meetup".to_owned(),
        title: "Rust and chips".to_owned(),
        community: Some(CommunityName {
            id: "3f2a9c01".repeat(8),
            title: Some("Brighton Rust".to_owned()),
        }),
        organiser: "npub1owner".to_owned(),
        official: true,
        status: MeetupStatus::Open,
        start: time("2026-11-27T19:00:00+00:00[Europe/London]"),
        end: Some(time("2026-11-27T21:00:00+00:00[Europe/London]")),
        timezone: "Europe/London".to_owned(),
        start_unix: 1_795_806_000,
        end_unix: Some(1_795_813_200),
        locations: vec!["The Hope, Queens Road".to_owned()],
        place: None,
        summary: String::new(),
        description: "Bring a laptop.".to_owned(),
        topics: Vec::new(),
        image: None,
        distance_km: None,
        extensions: ExtensionsView::default(),
    }
}

#[test]
fn a_community_with_its_meetups() {
    let shown = CommunityShown {
        community: community(),
        followers: 12,
        members: 3,
        you: Some("owner".to_owned()),
        meetups: vec![meetup()],
    };
    let expect = "\
Brighton Rust
  place       Brighton, GB
  topics      rust chips
  owner       npub1owner
  id          3f2a9c013f2a9c013f2a9c013f2a9c013f2a9c013f2a9c013f2a9c013f2a9c01
  link        naddr1community
  people      12 followers, 3 of them members
  you         owner

Rust
and chips

WHEN                    MEETUP          WHERE                  ID
Fri 27 Nov 2026, 19:00  Rust and chips  The Hope, Queens Road  77aa00bb";
    assert_eq!(render(&Output::Community(shown), PIPE), expect);
}

#[test]
fn a_meetup_with_its_answers() {
    let answer = |npub: &str, status: &str, member| AnswerView {
        npub: npub.to_owned(),
        public_key: String::new(),
        status: status.to_owned(),
        member,
        basis: if member {
            AnswerBasis::Current
        } else {
            AnswerBasis::BeforeTheChange
        },
        note: String::new(),
        seat: SeatView::default(),
    };
    let shown = MeetupShown {
        meetup: meetup(),
        answers: vec![
            answer("npub1a", "accepted", true),
            answer("npub1b", "tentative", false),
        ],
    };
    let expect = "\
Rust and chips
  when        Fri 27 Nov 2026, 19:00–21:00 (Europe/London)
  where       The Hope, Queens Road
  community   Brighton Rust (3f2a9c01)
  organiser   npub1owner
  id          77aa00bb77aa00bb77aa00bb77aa00bb77aa00bb77aa00bb77aa00bb77aa00bb
  link        naddr1meetup

Bring a laptop.

1 yes, 1 maybe, 0 no
ANSWER  PERSON
yes     npub1a
        member
maybe   npub1b
        answered before the change";
    assert_eq!(render(&Output::Meetup(shown), PIPE), expect);
}

#[test]
fn what_is_near() {
    let near = Near {
        place: PlaceView {
            name: "Brighton, GB".to_owned(),
            ..PlaceView::default()
        },
        radius_km: 25.0,
        from: String::new(),
        to: None,
        communities: vec![CommunityView {
            distance_km: Some(1.26),
            ..community()
        }],
        meetups: Vec::new(),
        next: Vec::new(),
    };
    let expect = "\
Within 25 km of Brighton, GB

Communities
COMMUNITY      PLACE         TOPICS      KM   ID
Brighton Rust  Brighton, GB  rust chips  1.3  3f2a9c01

Meetups
no meetups";
    assert_eq!(render(&Output::Near(near), PIPE), expect);
}

fn agenda(answers: &[Option<&str>]) -> Output {
    let entry = |answer: &Option<&str>| AgendaEntry {
        meetup: meetup(),
        answer: answer.map(str::to_owned),
    };
    Output::Agenda(Agenda {
        from: String::new(),
        to: None,
        place: None,
        radius_km: None,
        meetups: answers.iter().map(entry).collect(),
        next: Vec::new(),
    })
}

#[test]
fn an_agenda_says_what_was_answered() {
    let expect = "\
WHEN                    MEETUP          COMMUNITY      WHERE                  ANSWER  ID
Fri 27 Nov 2026, 19:00  Rust and chips  Brighton Rust  The Hope, Queens Road  maybe   77aa00bb
Fri 27 Nov 2026, 19:00  Rust and chips  Brighton Rust  The Hope, Queens Road          77aa00bb";
    let answered = agenda(&[Some("tentative"), None]);
    assert_eq!(render(&answered, PIPE), expect);
    assert_eq!(render(&agenda(&[]), PIPE), "no meetups");
    let json: serde_json::Value = serde_json::to_value(&answered).unwrap();
    assert_eq!(json["meetups"][0]["answer"], "tentative");
    assert_eq!(json["meetups"][0]["title"], "Rust and chips");
    assert!(json["meetups"][1]["answer"].is_null());
}

#[test]
fn an_announcement_is_one_line() {
    let announced = |news, community, meetup| {
        Output::Announced(Box::new(Announced {
            news,
            community,
            meetup,
        }))
    };
    let near = MeetupView {
        distance_km: Some(0.34),
        ..meetup()
    };
    let cancelled = announced(News::Cancelled, None, Some(near));
    let expect = "Cancelled meetup \"Rust and chips\": Fri 27 Nov 2026, 19:00–21:00; The Hope, \
                  Queens Road; 0.3 km; Brighton Rust (77aa00bb)";
    assert_eq!(render(&cancelled, PIPE), expect);
    let new = announced(News::New, Some(community()), None);
    let expect = "New community \"Brighton Rust\": Brighton, GB; rust chips (3f2a9c01)";
    assert_eq!(render(&new, PIPE), expect);
    let watching = Output::Watching(Watching {
        watching: PlaceView {
            name: "Brighton, GB".to_owned(),
            ..PlaceView::default()
        },
        radius_km: 2.5,
        topics: Vec::new(),
    });
    let expect = "Within 2.5 km of Brighton, GB, from now on (Ctrl-C ends it)";
    assert_eq!(render(&watching, PIPE), expect);
    for output in [watching, new, cancelled] {
        assert!(
            !json::render(&output, &crate::output::freshness::Beside::default())
                .unwrap()
                .contains('\n')
        );
    }
}

#[test]
fn meetups_of_one_community_name_it_once() {
    let list = |meetups| render(&Output::Meetups(Meetups { meetups }), PIPE);
    let expect = "\
Brighton Rust
WHEN                    MEETUP          WHERE                  ID
Fri 27 Nov 2026, 19:00  Rust and chips  The Hope, Queens Road  77aa00bb";
    assert_eq!(list(vec![meetup()]), expect);
    let mut other = meetup();
    other.community = Some(CommunityName {
        id: "00".repeat(32),
        title: Some("Chess".to_owned()),
    });
    let expect = "\
WHEN                    MEETUP          COMMUNITY      WHERE                  ID
Fri 27 Nov 2026, 19:00  Rust and chips  Brighton Rust  The Hope, Queens Road  77aa00bb
Fri 27 Nov 2026, 19:00  Rust and chips  Chess          The Hope, Queens Road  77aa00bb";
    assert_eq!(list(vec![meetup(), other]), expect);
    assert_eq!(list(Vec::new()), "no meetups");
}

#[test]
fn a_narrow_terminal_wraps_texts_between_words_and_breaks_no_id() {
    let style = Style {
        width: Some(80),
        ..PIPE
    };
    let mut long = meetup();
    long.title = "A title of many words ".repeat(3);
    long.distance_km = Some(12.5);
    let mut other = meetup();
    other.community = None;
    other.locations = vec!["Brighthelm Centre".to_owned()];
    let text = render(
        &Output::Meetups(Meetups {
            meetups: vec![long, other],
        }),
        style,
    );
    assert!(text.lines().count() > 3, "{text}");
    for whole in [
        "77aa00bb",
        "Fri 27 Nov 2026, 19:00",
        "Brighthelm",
        "Brighton",
    ] {
        assert!(text.contains(whole), "{whole}: {text}");
    }
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
}

#[test]
fn times_say_only_what_differs() {
    let time = |text: &str| Some(Moment::Time(text.parse().unwrap()));
    let mut shown = meetup();
    shown.end = time("2026-11-28T02:00:00+00:00[Europe/London]");
    assert_eq!(
        time_range(&shown),
        "Fri 27 Nov 2026, 19:00 – Sat 28 Nov 2026, 02:00"
    );
    shown.end = None;
    assert_eq!(time_range(&shown), "Fri 27 Nov 2026, 19:00");
    let day = |text: &str| Moment::Day(text.parse().unwrap());
    shown.start = day("2026-12-24");
    shown.end = Some(day("2026-12-25"));
    assert_eq!(time_range(&shown), "Thu 24 Dec 2026");
    shown.end = Some(day("2026-12-27"));
    assert_eq!(time_range(&shown), "Thu 24 Dec 2026 – Sat 26 Dec 2026");
}

#[test]
fn nothing_from_a_relay_is_obeyed_by_the_terminal() {
    let mut shown = community();
    shown.title = "evil\u{1b}]0;x\u{7}\nid fake \u{202e}txet\u{9b}31m".to_owned();
    let text = render(
        &Output::Communities(super::super::Communities {
            communities: vec![shown],
            near: None,
            next: Vec::new(),
        }),
        PIPE,
    );
    assert!(
        !text.contains(['\u{1b}', '\u{7}', '\u{202e}', '\u{9b}']),
        "{text:?}"
    );
    assert_eq!(text.lines().count(), 2, "{text:?}");
}

#[test]
fn errors_have_a_line_candidates_and_a_hint() {
    let failure = CliError {
        candidates: vec![Candidate {
            id: "3f2a9c01".to_owned(),
            reference: "3f2a9c01".repeat(8),
            description: "Brighton Rust".to_owned(),
        }],
        ..CliError::new(
            ExitCode::NotFound,
            "two things are called that",
            "use an id",
        )
    };
    assert_eq!(
        error(&failure),
        "error: two things are called that\n  3f2a9c01  Brighton Rust\nhint: use an id"
    );
}
