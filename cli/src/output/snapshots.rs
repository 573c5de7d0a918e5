//! What people see and what programs read, of every kind of answer, from values that never change.
//! A snapshot that differs fails; `INSTA_UPDATE=always cargo test -p kith-cli` writes it anew, to be read
//! before it is committed.

use clap::CommandFactory;
use serde_json::json;

use super::announcements::{AnnouncementPlan, AnnouncementSum, NothingToResume};
use super::calendar::{
    Attendees, ImportAction, ImportedView, Imports, PeopleView, SkippedView, Written,
};
use super::chat::{
    ChatBegun, ChatLine, ChatShown, CommentView, Comments, MessageView, RoomView, Said, SaidAction,
};
use super::discovery::{Agenda, AgendaEntry, Announced, Near, News, Watching};
use super::doctor::{Check, Doctor};
use super::freshness::Beside;
use super::invite::{Invitation, InvitedTo};
use super::messages::{
    self, ConversationForgotten, ConversationShown, ConversationView, Conversations,
    DeliveryOutcome, DeliveryView, InboxOpened, MessageSent,
};
use super::mutes::{MuteChange, MutedView};
use super::profile::IdentifierView;
use super::series::{AllSeries, SeriesChanged, SeriesShown, SeriesView};
use super::views::{
    AnswerBasis, AnswerView, CommunityName, CommunityView, ExtensionsView, MeetupStatus,
    MeetupView, Moment, PersonView, PlaceView, PublishedView, RelayView, SeatView, SeatWord,
    SeriesPlace,
};
use super::*;
use crate::arguments::Arguments;
use crate::errors::{Candidate, CliError};
use crate::exit_code::ExitCode;
use crate::settings::Source;

const RELAY: &str = "wss://relay.example.com";

/// The text in a pipe, then the object.
fn both(output: &Output) -> String {
    let style = Style {
        json: false,
        width: None,
        bold: false,
        quiet: false,
    };
    let text = table::render(output, style);
    format!(
        "{text}\n\n{}",
        json::render(output, &Beside::default()).unwrap()
    )
}

/// Each under a name of its own.
fn all(outputs: impl IntoIterator<Item = (&'static str, Output)>) {
    for (name, output) in outputs {
        insta::assert_snapshot!(name, both(&output));
    }
}

fn id(digits: &str) -> String {
    digits.repeat(64 / digits.len())
}

fn npub(name: &str) -> String {
    format!("npub1{name}")
}

fn time(text: &str) -> Moment {
    Moment::Time(format!("{text}+00:00[Europe/London]").parse().unwrap())
}

fn brighton() -> PlaceView {
    PlaceView {
        name: "Brighton, GB".to_owned(),
        city: Some("GB:Brighton".to_owned()),
        latitude: Some(50.825),
        longitude: Some(-0.125),
        geohash: Some("gcpchg".to_owned()),
    }
}

fn community() -> CommunityView {
    CommunityView {
        id: id("3f2a9c01"),
        title: "Brighton Rust".to_owned(),
        owner: npub("ada"),
        owner_public_key: id("ada"),
        place: Some(brighton()),
        topics: vec!["rust".to_owned(), "chips".to_owned()],
        description: "Rust\nand chips".to_owned(),
        image: None,
        carried_by: vec!["wss://relay.example.com".to_owned()],
        link: "naddr1community".to_owned(),
        distance_km: None,
    }
}

fn name() -> CommunityName {
    CommunityName {
        id: id("3f2a9c01"),
        title: Some("Brighton Rust".to_owned()),
    }
}

fn meetup() -> MeetupView {
    MeetupView {
        id: id("77aa00bb"),
        address: format!("31923:{}:rust-and-chips", id("ada0")),
        link: "naddr1meetup".to_owned(),
        title: "Rust and chips".to_owned(),
        community: Some(name()),
        organiser: npub("ada"),
        official: true,
        status: MeetupStatus::Open,
        start: time("2026-11-27T19:00:00"),
        end: Some(time("2026-11-27T21:00:00")),
        timezone: "Europe/London".to_owned(),
        start_unix: 1_795_806_000,
        end_unix: Some(1_795_813_200),
        locations: vec!["The Hope, Queens Road".to_owned()],
        place: Some(brighton()),
        summary: "Talks, then chips".to_owned(),
        description: "Bring a laptop.".to_owned(),
        topics: vec!["rust".to_owned()],
        image: None,
        distance_km: None,
        extensions: ExtensionsView::default(),
    }
}

/// With everything that `nips/extensions.md` adds.
fn meetup_with_seats() -> MeetupView {
    MeetupView {
        extensions: ExtensionsView {
            series: Some(SeriesPlace {
                id: "thursdays".to_owned(),
                day: Moment::Day("2026-11-27".parse().unwrap()),
                rule: "FREQ=WEEKLY;COUNT=12".to_owned(),
                apart: true,
            }),
            capacity: Some(2),
            guests_max: Some(1),
            answer_by: Some(time("2026-11-26T12:00:00")),
            answer_by_unix: Some(1_795_694_400),
            hosts: vec![npub("ben")],
            expires_unix: None,
        },
        ..meetup()
    }
}

fn published() -> PublishedView {
    PublishedView {
        accepted: vec![RELAY.to_owned()],
        refused: vec![RelayView {
            relay: "wss://other.example.com".to_owned(),
            reason: "blocked: not here".to_owned(),
        }],
        waiting: vec![RelayView {
            relay: "wss://away.example.com".to_owned(),
            reason: "no answer".to_owned(),
        }],
    }
}

fn answer(person: &str, status: &str, seat: Option<SeatWord>) -> AnswerView {
    AnswerView {
        npub: npub(person),
        public_key: id("be"),
        status: status.to_owned(),
        member: status == "accepted",
        basis: match status {
            "tentative" => AnswerBasis::BeforeTheChange,
            "declined" => AnswerBasis::EarlierVersion,
            _ => AnswerBasis::Current,
        },
        note: match status {
            "tentative" => "A bit late".to_owned(),
            _ => String::new(),
        },
        seat: SeatView {
            seat,
            waiting: (seat == Some(SeatWord::Waiting)).then_some(1),
            guests: u32::from(seat == Some(SeatWord::Going)),
            guests_seat: (seat == Some(SeatWord::Going)).then_some(SeatWord::Going),
            since_unix: seat.map(|_| 1_795_600_000),
        },
    }
}

fn answers() -> Vec<AnswerView> {
    vec![
        answer("ben", "accepted", Some(SeatWord::Going)),
        answer("cleo", "accepted", Some(SeatWord::Waiting)),
        answer("dan", "accepted", Some(SeatWord::Late)),
        answer("eve", "tentative", None),
        answer("flo", "declined", None),
    ]
}

fn next() -> Vec<String> {
    vec!["kith near \"your city\"".to_owned()]
}

#[test]
fn keys_signers_and_relays() {
    all([
        (
            "key_saved",
            Output::KeySaved(KeySaved {
                npub: npub("ada"),
                public_key: id("ada0"),
                file: "/home/ada/.config/kith/key.toml".into(),
                in_keyring: false,
                replaced_key_file: Some("/home/ada/.config/kith/key-old.toml".into()),
                next: next(),
            }),
        ),
        (
            "key_shown",
            Output::Key(KeyShown {
                npub: npub("ada"),
                public_key: id("ada0"),
                file: Some("/home/ada/.config/kith/key.toml".into()),
                secret_key: Some("ncryptsec1secret".to_owned()),
            }),
        ),
        (
            "logged_in",
            Output::LoggedIn(LoggedIn {
                npub: npub("ada"),
                public_key: id("ada0"),
                signer_public_key: id("51"),
                relays: vec![RELAY.to_owned()],
                file: "/home/ada/.config/kith/signer.toml".into(),
            }),
        ),
        (
            "logged_out",
            Output::LoggedOut(LoggedOut {
                npub: npub("ada"),
                public_key: id("ada0"),
            }),
        ),
        (
            "relays",
            Output::Relays(Relays {
                relays: vec![RELAY.to_owned(), "ws://127.0.0.1:7447".to_owned()],
                source: Source::File,
            }),
        ),
    ]);
}

#[test]
fn communities_and_their_people() {
    let person = |name: &str, state: &str| PersonView {
        npub: npub(name),
        public_key: id("be"),
        state: state.to_owned(),
        reason: (state == "muted").then(|| "advertises".to_owned()),
    };
    all([
        (
            "community_created",
            Output::CommunityChanged(CommunityChanged {
                action: Action::Created,
                community: community(),
                published: published(),
                next: next(),
            }),
        ),
        (
            "community_shown",
            Output::Community(CommunityShown {
                community: community(),
                followers: 12,
                members: 3,
                you: Some("owner".to_owned()),
                meetups: vec![meetup(), meetup_with_seats()],
            }),
        ),
        (
            "community_list",
            Output::Communities(Communities {
                communities: vec![community()],
                near: Some(brighton()),
                next: Vec::new(),
            }),
        ),
        (
            "following",
            Output::Following(Following {
                community: community(),
                following: true,
                changed: true,
                published: Some(published()),
            }),
        ),
        (
            "members",
            Output::Members(Members {
                community: community(),
                people: ["owner", "member", "lapsed", "follower", "muted"]
                    .map(|state| person(state, state))
                    .to_vec(),
            }),
        ),
        (
            "members_changed",
            Output::MembersChanged(MembersChanged {
                community: community(),
                people: [("approved", true), ("muted", false)]
                    .map(|(action, changed)| PersonChange {
                        npub: npub("ben"),
                        public_key: id("be"),
                        action,
                        changed,
                    })
                    .to_vec(),
            }),
        ),
    ]);
}

#[test]
fn meetups_and_answers() {
    let imported = |action, link: Option<&str>| ImportedView {
        action,
        title: "Rust and chips".to_owned(),
        start: Some(time("2026-11-27T19:00:00")),
        start_unix: 1_795_806_000,
        locations: vec!["The Hope".to_owned()],
        link: link.map(str::to_owned),
    };
    let series = || SeriesView {
        id: "thursdays".to_owned(),
        title: "Rust and chips".to_owned(),
        community: Some(name()),
        organiser: npub("ada"),
        rule: "FREQ=WEEKLY;COUNT=12".to_owned(),
        meetups: 12,
        coming: 7,
        next: Some(time("2026-11-27T19:00:00")),
        next_unix: Some(1_795_806_000),
        next_id: id("77aa00bb"),
    };
    all([
        (
            "meetup_cancelled",
            Output::MeetupChanged(MeetupChanged {
                action: Action::Cancelled,
                meetup: MeetupView {
                    status: MeetupStatus::Cancelled,
                    ..meetup()
                },
                published: published(),
                told: Some(CancellationTold {
                    people: 12,
                    reached: 9,
                    no_inbox: 2,
                    refused: 0,
                    failed: 1,
                }),
                next: next(),
            }),
        ),
        (
            "meetup_shown",
            Output::Meetup(MeetupShown {
                meetup: meetup_with_seats(),
                answers: answers(),
            }),
        ),
        (
            "meetup_list",
            Output::Meetups(Meetups {
                meetups: vec![meetup(), meetup_with_seats()],
            }),
        ),
        (
            "hosts",
            Output::Hosts(Meetups {
                meetups: vec![meetup_with_seats()],
            }),
        ),
        (
            "series_changed",
            Output::SeriesChanged(SeriesChanged {
                rule: "FREQ=WEEKLY;COUNT=12".to_owned(),
                meetups: vec![
                    imported(ImportAction::Created, Some("naddr1meetup")),
                    imported(ImportAction::Kept, None),
                ],
                told: None,
            }),
        ),
        (
            "series_shown",
            Output::Series(SeriesShown {
                series: series(),
                meetups: vec![meetup_with_seats()],
            }),
        ),
        (
            "series_list",
            Output::AllSeries(AllSeries {
                series: vec![series()],
            }),
        ),
        (
            "imports",
            Output::Imports(Imports {
                community: community(),
                calendar: Some("Rust in Brighton".to_owned()),
                meetups: vec![
                    imported(ImportAction::Created, Some("naddr1meetup")),
                    imported(ImportAction::CalledOff, None),
                ],
                skipped: vec![SkippedView {
                    what: "Committee".to_owned(),
                    reason: "it is private".to_owned(),
                }],
                people: PeopleView {
                    going: 12,
                    unanswered: 3,
                    organizers: vec!["Ada".to_owned()],
                    ..PeopleView::default()
                },
            }),
        ),
        (
            "attendees",
            Output::Attendees(Attendees {
                meetup: meetup_with_seats(),
                answers: answers(),
            }),
        ),
        (
            "written",
            Output::Written(Written {
                file: "people.csv".into(),
                entries: 5,
            }),
        ),
        (
            "answered",
            Output::Answered(Answered {
                status: "accepted".to_owned(),
                meetup: meetup_with_seats(),
                published: published(),
                seat: Some(answer("ben", "accepted", Some(SeatWord::Waiting)).seat),
            }),
        ),
    ]);
}

#[test]
fn discovery() {
    let near = MeetupView {
        distance_km: Some(0.34),
        ..meetup()
    };
    all([
        (
            "near",
            Output::Near(Near {
                place: brighton(),
                radius_km: 25.0,
                from: "2026-11-21T10:15:00+00:00[Europe/London]".to_owned(),
                to: None,
                communities: vec![CommunityView {
                    distance_km: Some(1.26),
                    ..community()
                }],
                meetups: vec![near.clone()],
                next: Vec::new(),
            }),
        ),
        (
            "near_nothing",
            Output::Near(Near {
                place: brighton(),
                radius_km: 25.0,
                from: "2026-11-21T10:15:00+00:00[Europe/London]".to_owned(),
                to: None,
                communities: Vec::new(),
                meetups: Vec::new(),
                next: next(),
            }),
        ),
        (
            "agenda",
            Output::Agenda(Agenda {
                from: "2026-11-21T10:15:00+00:00[Europe/London]".to_owned(),
                to: None,
                place: None,
                radius_km: None,
                meetups: [Some("tentative"), None]
                    .map(|answer| AgendaEntry {
                        meetup: meetup(),
                        answer: answer.map(str::to_owned),
                    })
                    .to_vec(),
                next: Vec::new(),
            }),
        ),
        (
            "watching",
            Output::Watching(Watching {
                watching: brighton(),
                radius_km: 2.5,
                topics: vec!["rust".to_owned()],
            }),
        ),
        (
            "announced",
            Output::Announced(Box::new(Announced {
                news: News::Changed,
                community: None,
                meetup: Some(near),
            })),
        ),
        (
            "invitation",
            Output::Invitation(Invitation {
                to: InvitedTo::Meetup,
                title: "Rust and chips".to_owned(),
                link: "nostr:naddr1meetup".to_owned(),
                web: Some("https://kith.example.com/naddr1meetup".to_owned()),
                relays: vec![RELAY.to_owned()],
                qr_file: None,
                qr: Some("▀▄▀\n▄▀▄".to_owned()),
            }),
        ),
    ]);
}

fn utterance(digits: &str, text: &str) -> MessageView {
    MessageView {
        id: id(digits),
        reply_to: None,
        npub: npub("adalovelace"),
        public_key: id("ada0"),
        name: Some("Ada".to_owned()),
        state: "owner".to_owned(),
        at: time("2026-11-22T19:02:00"),
        created_at: 1_795_374_120,
        text: text.to_owned(),
    }
}

#[test]
fn talk() {
    let answer = MessageView {
        reply_to: Some(id("3f2a9c01")),
        name: None,
        ..utterance("77aa00bb", "Me,\nall of them")
    };
    let line = |line| Output::ChatLine(Box::new(line));
    all([
        (
            "chat",
            Output::Chat(ChatShown {
                community: name(),
                room: RoomView {
                    id: id("40"),
                    name: "Board games".to_owned(),
                },
                messages: vec![utterance("3f2a9c01", "Who brings boards?"), answer.clone()],
            }),
        ),
        (
            "chat_begun",
            Output::ChatBegun(ChatBegun {
                community: name(),
                room: RoomView {
                    id: id("40"),
                    name: "Brighton Rust".to_owned(),
                },
            }),
        ),
        (
            "chat_line_said",
            line(ChatLine::Said {
                message: answer.clone(),
            }),
        ),
        ("chat_line_gone", line(ChatLine::Gone { gone: id("7a") })),
        (
            "chat_line_connection",
            line(ChatLine::Connection {
                listening: 1,
                relays: 2,
            }),
        ),
        (
            "comments",
            Output::Comments(Comments {
                address: format!("31923:{}:rust-and-chips", id("ada0")),
                title: "Rust and chips".to_owned(),
                comments: [utterance("3f2a9c01", "Is there parking?"), answer]
                    .into_iter()
                    .zip(0..)
                    .map(|(message, depth)| CommentView { depth, message })
                    .collect(),
            }),
        ),
        (
            "said",
            Output::Said(Said {
                action: SaidAction::Said,
                id: id("3f2a9c01"),
                published: published(),
            }),
        ),
    ]);
}

fn delivery(person: &str, outcome: DeliveryOutcome) -> DeliveryView {
    let PublishedView {
        accepted, refused, ..
    } = published();
    let (relays, refused) = match outcome {
        DeliveryOutcome::Reached => (accepted, Vec::new()),
        DeliveryOutcome::NoInbox => (Vec::new(), Vec::new()),
        DeliveryOutcome::Refused | DeliveryOutcome::Failed | DeliveryOutcome::Queued => {
            (Vec::new(), refused)
        }
    };
    DeliveryView {
        person: npub(person),
        public_key: id("be"),
        outcome,
        relays,
        refused,
    }
}

#[test]
fn private_messages() {
    let message = || messages::MessageView {
        id: id("14"),
        author: npub("ada"),
        author_public_key: id("ada0"),
        yours: true,
        to: vec![npub("ben")],
        sent_at: Some(time("2026-11-22T19:02:00")),
        sent_unix: 1_795_374_120,
        text: "See you on Thursday\nat the pier".to_owned(),
        subject: None,
        reply_to: None,
        file: false,
    };
    all([
        (
            "conversations",
            Output::Conversations(Conversations {
                conversations: vec![ConversationView {
                    people: vec![npub("ben"), npub("cleo")],
                    public_keys: vec![id("be"), id("c1")],
                    subject: Some("Thursday".to_owned()),
                    count: 3,
                    newest: message(),
                }],
            }),
        ),
        (
            "conversation",
            Output::Conversation(ConversationShown {
                people: vec![npub("ben")],
                subject: Some("Thursday".to_owned()),
                messages: vec![message()],
            }),
        ),
        ("message", Output::Message(Box::new(message()))),
        (
            "message_sent",
            Output::MessageSent(MessageSent {
                message: message(),
                deliveries: vec![
                    delivery("ben", DeliveryOutcome::Reached),
                    delivery("cleo", DeliveryOutcome::NoInbox),
                    delivery("eve", DeliveryOutcome::Queued),
                ],
            }),
        ),
        (
            "conversation_forgotten",
            Output::ConversationForgotten(ConversationForgotten {
                messages: 3,
                asked: vec![RELAY.to_owned()],
            }),
        ),
        (
            "inbox_opened",
            Output::InboxOpened(InboxOpened {
                inbox: vec![RELAY.to_owned()],
                changed: true,
                published: published(),
            }),
        ),
    ]);
}

fn vanished() -> Output {
    Output::Vanished(Vanished {
        id: id("77aa00bb"),
        everywhere: true,
        published: published(),
    })
}

#[test]
fn what_is_muted_and_who_vanishes() {
    let muted = |kind, value: &str, private| MutedView {
        kind,
        value: value.to_owned(),
        private,
    };
    all([
        (
            "mutes",
            Output::Mutes(MutesShown {
                muted: vec![
                    muted("person", &npub("ben"), false),
                    muted("word", "giveaway", true),
                ],
            }),
        ),
        (
            "mutes_changed",
            Output::MutesChanged(MutesChanged {
                muted: vec![MuteChange {
                    kind: "topic",
                    value: "poker".to_owned(),
                    action: "muted",
                    changed: true,
                }],
                published: published(),
            }),
        ),
        ("vanished", vanished()),
    ]);
}

#[test]
fn profiles() {
    let checked = |state, reason: Option<&str>| IdentifierView {
        identifier: "ben@example.com".to_owned(),
        state,
        reason: reason.map(str::to_owned),
    };
    let nothing = ProfileShown {
        npub: npub("ben"),
        public_key: id("be"),
        name: None,
        about: None,
        picture: None,
        website: None,
        identifier: None,
        yours: false,
        changed: None,
        published: None,
    };
    let ben = ProfileShown {
        name: Some("Ben\u{1b}[2J".to_owned()),
        about: Some("Chess\nand \u{202e}chips".to_owned()),
        picture: Some("https://example.com/ben.png".to_owned()),
        website: Some("https://example.com/".to_owned()),
        identifier: Some(checked("valid", None)),
        ..nothing.clone()
    };
    let anothers = "its domain says that it is the name of another key";
    all([
        ("profile", Output::Profile(ben.clone())),
        (
            "profile_set",
            Output::Profile(ProfileShown {
                identifier: Some(checked("invalid", Some(anothers))),
                yours: true,
                changed: Some(true),
                published: Some(published()),
                ..ben
            }),
        ),
        (
            "profile_set_already",
            Output::Profile(ProfileShown {
                identifier: Some(checked("unknown", Some("nobody is asked while offline"))),
                yours: true,
                changed: Some(false),
                published: Some(PublishedView::default()),
                ..nothing.clone()
            }),
        ),
        (
            "profile_own_empty",
            Output::Profile(ProfileShown {
                yours: true,
                ..nothing.clone()
            }),
        ),
        ("profile_empty", Output::Profile(nothing)),
    ]);
}

#[test]
fn nip09_20_whoever_deletes_is_told_that_it_cannot_be_guaranteed() {
    let closed = |action| {
        Output::CommunityChanged(CommunityChanged {
            action,
            community: community(),
            published: published(),
            next: Vec::new(),
        })
    };
    let forgotten = Output::ConversationForgotten(ConversationForgotten {
        messages: 3,
        asked: vec![RELAY.to_owned()],
    });
    let words = "Deletion cannot be guaranteed";
    for output in [closed(Action::Closed), forgotten, vanished()] {
        assert!(both(&output).contains(words), "{}", both(&output));
    }
    assert!(!both(&closed(Action::Edited)).contains(words));
}

#[test]
fn announcements() {
    let failed = || {
        vec![
            delivery("cleo", DeliveryOutcome::NoInbox),
            delivery("dan", DeliveryOutcome::Refused),
            delivery("eve", DeliveryOutcome::Failed),
        ]
    };
    let line = failed().remove(1);
    all([
        (
            "announcement_plan",
            Output::AnnouncementPlan(AnnouncementPlan {
                about: "Rust and chips".to_owned(),
                audience: "silent",
                people: vec![npub("ben"), npub("cleo")],
                public_keys: vec![id("be"), id("c1")],
            }),
        ),
        ("delivered", Output::Delivered(Box::new(line))),
        (
            "announcement_sum",
            Output::AnnouncementSum(Box::new(AnnouncementSum {
                about: "Rust and chips".to_owned(),
                audience: "members",
                people: 7,
                reached_before: 1,
                reached: 3,
                no_inbox: 1,
                refused: 1,
                failed: 1,
                not_reached: failed(),
            })),
        ),
        (
            "nothing_to_resume",
            Output::NothingToResume(NothingToResume { unfinished: 0 }),
        ),
    ]);
}

#[test]
fn the_doctor() {
    let checks = vec![
        Check::well("configuration", "/home/ada/.config/kith/".to_owned()),
        Check::doubtful("clock", "40 seconds off".to_owned(), "set it"),
        Check::wrong(
            RELAY,
            "cannot be reached".to_owned(),
            "is the address right?",
        ),
    ];
    all([("doctor", Output::Doctor(Doctor { checks }))]);
}

#[test]
fn failures_and_addresses() {
    let failure = CliError {
        candidates: vec![Candidate {
            id: "3f2a9c01".to_owned(),
            reference: id("3f2a9c01"),
            description: "Brighton Rust".to_owned(),
        }],
        ..CliError::new(
            ExitCode::NotFound,
            "two things are called that",
            "use an id",
        )
    };
    let text = [table::error(&failure), json::error(&failure)].join("\n\n");
    insta::assert_snapshot!("failure", text);
    let address = "nostrconnect://key?relay=wss%3A%2F%2Frelay.example.com";
    let text = [table::address(address, "▀▄▀"), json::address(address)].join("\n\n");
    insta::assert_snapshot!("address", text);
    let files = vec!["man/kith.1".into(), "man/kith-near.1".into()];
    all([("man_pages", Output::ManPages(ManPages { files }))]);
    let text = Output::Text(Text {
        text: "as it is\n".to_owned(),
    });
    assert_eq!(json!(text), json!({"text": "as it is\n"}));
}

#[test]
fn help() {
    let mut kith = Arguments::command().term_width(80);
    kith.build();
    insta::assert_snapshot!("help", kith.render_help());
    for (name, path) in [
        ("help_near", &["near"][..]),
        ("help_chat", &["chat"]),
        ("help_announce", &["announce"]),
        ("help_meetup_create", &["meetup", "create"]),
        ("help_series_edit", &["meetup", "series", "edit"]),
    ] {
        let mut command = &mut kith;
        for word in path {
            command = command.find_subcommand_mut(word).unwrap();
        }
        insta::assert_snapshot!(name, command.render_help());
    }
}
