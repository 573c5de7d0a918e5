//! Pages of hostile and of whole data, in every language.

use askama::Template;
use kith_nips::lbc::Audience;
use kith_nips::nip52::{TimeSpan, When, Zone};
use kith_nips::place::{CityTag, Point};
use serde_json::Value;

use super::*;
use crate::views::{City, CommunityCard, CommunityLink, Counted, MeetupCard, Person, Topic};
use crate::{Frame, Language, Line, Markdown, Mentioned, Site, Text, Tiles, WebLink};

const HOSTILE: &str = "\"><script>alert(1)</script>'&lt;\u{202e}<!--]]>{{7*7}}</title>";

fn frame(language: Language, path: &str) -> Frame {
    Frame {
        site: Site {
            name: Text::line(HOSTILE, 80),
            origin: "https://kith.example".to_owned(),
            relay: "wss://kith.example".to_owned(),
            pictures: true,
            searches: true,
            api: true,
            tiles: Some(Tiles {
                address: "https://tiles.example/{z}/{x}/{y}.png".to_owned(),
                attribution: Text::line(HOSTILE, 200),
            }),
        },
        language,
        is_chosen: language != Language::English,
        path: path.to_owned(),
        is_listed: true,
    }
}

fn card() -> MeetupCard {
    let span = TimeSpan::new(1_796_322_600, Some(1_796_335_200)).unwrap();
    MeetupCard {
        naddr: "naddr1x".to_owned(),
        title: Text::line(HOSTILE, 120),
        summary: Text::line(HOSTILE, 160),
        when: Some(When::timed(span).in_zone(Zone::new("Europe/London").unwrap())),
        point: Some(Point::new(50.8225, -0.1372).unwrap()),
        place: Text::line(HOSTILE, 80),
        city: Some(City(CityTag::parse(&format!("GB:{HOSTILE}")).unwrap())),
        distance_km: Some(1.25),
        is_cancelled: false,
        is_over: false,
        is_official: true,
        going: 1_234,
        communities: vec![community_link()],
        image: WebLink::secure("https://a.example/b.png"),
    }
}

fn community_link() -> CommunityLink {
    CommunityLink {
        id: "ab".repeat(32),
        title: Text::line(HOSTILE, 120),
    }
}

fn community_card() -> CommunityCard {
    CommunityCard {
        link: community_link(),
        summary: Text::line(HOSTILE, 160),
        city: card().city,
        topics: vec![Topic(HOSTILE.to_owned())],
        members: 1,
        followers: 2,
        upcoming: 3,
        distance_km: None,
        image: None,
    }
}

fn person() -> Person {
    Person {
        key: "ab".repeat(32),
        npub: "npub1examplexample".to_owned(),
        name: Some(Text::line(HOSTILE, 50)),
    }
}

fn meetup(language: Language) -> Meetup {
    Meetup {
        frame: frame(language, "/m/naddr1x"),
        card: card(),
        address: format!("31923:{}:{HOSTILE}", "ab".repeat(32)),
        guests_max: Some(2),
        description: Markdown::read(HOSTILE, true, &Mentioned::default()),
        plain: Text::line(HOSTILE, 300),
        places: vec![Text::line(HOSTILE, 80)],
        topics: vec![Topic(HOSTILE.to_owned())],
        links: WebLink::read("https://a.example/?a=1&b=2")
            .into_iter()
            .collect(),
        author: person(),
        organizer: "0".repeat(64),
        hosts: vec![person()],
        co_organizers: "2".repeat(64),
        attendees: Attendees {
            people: vec![person().key],
            going: vec![person()],
            accepted: 3,
            tentative: 1,
            declined: 1,
            seats: Some(Seats {
                capacity: 3,
                taken: 3,
            }),
            waiting: vec![person()],
        },
        comments: vec![Comment {
            id: "cd".repeat(32),
            author: person(),
            lines: vec![Line::read(HOSTILE, 300, &Mentioned::default())],
            created_at: 1_700_000_000,
            is_reply: true,
        }],
        has_more_comments: true,
    }
}

fn every_page(language: Language) -> Vec<(&'static str, String)> {
    let question = Question {
        near: HOSTILE.to_owned(),
        when: HOSTILE.to_owned(),
        words: HOSTILE.to_owned(),
        topic: HOSTILE.to_owned(),
        radius: HOSTILE.to_owned(),
    };
    let counted = |of| Counted {
        of,
        communities: 1,
        meetups: 2,
    };
    let topics = || vec![counted(Topic(HOSTILE.to_owned()))];
    let home = Home {
        frame: frame(language, "/"),
        question: question.clone(),
        meetups: vec![card()],
        communities: vec![community_card()],
        cities: vec![Counted {
            of: card().city.unwrap(),
            communities: 1,
            meetups: 2,
        }],
        topics: topics(),
    };
    let search = Search {
        frame: frame(language, &question.path()),
        place: Some(HOSTILE.to_owned()),
        wrong: Some(HOSTILE.to_owned()),
        suggestions: question.chips(&home.frame),
        meetups: vec![card()],
        communities: vec![community_card()],
        next: Some(question.path()),
        question,
    };
    let community = Community {
        frame: frame(language, "/c/ab"),
        card: community_card(),
        description: Markdown::read(HOSTILE, true, &Mentioned::default()),
        owner: person(),
        organizer: "0".repeat(64),
        members: vec![person()],
        followers: vec![person()],
        upcoming: vec![card()],
        next: None,
        past: vec![card()],
        chat: Some(Chat {
            room: "ef".repeat(32),
            messages: vec![Message {
                id: "cd".repeat(32),
                author: person(),
                by: "1".repeat(64),
                lines: vec![Line::read(HOSTILE, 300, &Mentioned::default())],
                created_at: 1_700_000_000,
            }],
            older: Some("/c/ab?before=1".to_owned()),
            is_older: false,
        }),
    };
    let city = CityPage {
        frame: frame(language, "/city/GB/x"),
        city: card().city.unwrap(),
        meetups: vec![card()],
        next: None,
        communities: vec![community_card()],
        topics: topics(),
    };
    let topic = TopicPage {
        frame: frame(language, "/topic/x"),
        topic: Topic(HOSTILE.to_owned()),
        meetups: Vec::new(),
        next: None,
        communities: vec![community_card()],
    };
    let person_page = PersonPage {
        frame: frame(language, "/p/x"),
        person: person(),
        identifier: Some(Text::line(HOSTILE, 320)),
        about: vec![Line::read(HOSTILE, 300, &Mentioned::default())],
        picture: WebLink::secure("https://a.example/?a=1&b=2"),
        website: WebLink::read("https://a.example/?a=1&b=2"),
        meetups: vec![card()],
        communities: vec![community_link()],
        cities: card().city.into_iter().collect(),
        topics: vec![Topic(HOSTILE.to_owned())],
    };
    let about = About {
        frame: frame(language, "/about"),
        description: Some(Text::line(HOSTILE, 300)),
        icon: None,
        contact: WebLink::mail("mailto:a@b.example"),
        terms: None,
        address: Text::line(HOSTILE, 300),
        events: Some(1_234_567),
        communities: Some(1),
        meetups: Some(2),
        nips: vec![Nip(1)],
        software: "kith-relay",
        version: "0.1.0",
    };
    let entry = |part| AgendaEntry { card: card(), part };
    let agenda = Agenda {
        frame: frame(language, "/agenda/x"),
        person: person(),
        entries: [Part::Organizes, Part::Comes, Part::MayCome]
            .map(entry)
            .to_vec(),
        next: None,
    };
    let month = jiff::civil::date(2026, 12, 1);
    let calendar = Calendar {
        frame: frame(language, "/calendar/2026-12"),
        scope: Scope::Near(HOSTILE.to_owned()),
        wrong: Some(HOSTILE.to_owned()),
        month,
        today: month,
        meetups: vec![card()],
        per_day_max: 10,
    };
    let account = Account {
        frame: frame(language, "/account"),
        names: Some(NamesGiven {
            host: "kith.example".to_owned(),
            to_members: true,
        }),
    };
    let join = Join {
        frame: frame(language, "/join"),
    };
    let report = || ReportRow {
        person: person(),
        sort: "report-spam",
        text: Text::line(HOSTILE, 300),
        created_at: 1_700_000_000,
    };
    let reports = ReportsPage {
        frame: frame(language, "/c/x/reports"),
        about: Organizing {
            community: community_link(),
            owner: "3".repeat(64),
            heading: "Reports".to_owned(),
            tab: Tab::Reports,
        },
        reader: ReportsReader::Owner(vec![ReportedRow {
            what: "reports-message",
            message: Some("4".repeat(64)),
            text: Text::line(HOSTILE, 300),
            path: Some("/m/naddr1x".to_owned()),
            person: person(),
            is_hidden: false,
            is_muted: false,
            is_owner: false,
            by_members: vec![report()],
            by_others: vec![report(), report()],
        }]),
    };
    let admin = Admin {
        frame: frame(language, "/admin"),
        is_on: true,
        description: "For people who meet".to_owned(),
        events: Some(1),
        communities: Some(2),
        meetups: Some(3),
        membership: Some("5".repeat(64)),
    };
    let announce = AnnouncePage {
        frame: frame(language, "/c/x/announce"),
        about: Organizing {
            community: community_link(),
            owner: "ab".repeat(32),
            heading: "Announce".to_owned(),
            tab: Tab::Announce,
        },
        audience: Audience::Silent,
        meetups: vec![card()],
        chosen: Some(card().naddr),
        reach: Some(Reach {
            all: 2,
            without: 1,
            cut: true,
        }),
    };
    let problem = Problem {
        frame: frame(language, "/nowhere"),
        status: 404,
    };
    vec![
        ("home", home.render().unwrap()),
        ("search", search.render().unwrap()),
        ("meetup", meetup(language).render().unwrap()),
        ("community", community.render().unwrap()),
        ("city", city.render().unwrap()),
        ("topic", topic.render().unwrap()),
        ("person", person_page.render().unwrap()),
        ("about", about.render().unwrap()),
        ("agenda", agenda.render().unwrap()),
        ("calendar", calendar.render().unwrap()),
        ("account", account.render().unwrap()),
        ("join", join.render().unwrap()),
        ("reports", reports.render().unwrap()),
        ("admin", admin.render().unwrap()),
        ("announce", announce.render().unwrap()),
        ("problem", problem.render().unwrap()),
    ]
}

#[test]
fn nothing_that_others_wrote_becomes_markup() {
    for (name, page) in every_page(Language::English) {
        let scripts = page.matches("<script").count();
        let data = page
            .matches("<script type=\"application/ld+json\">")
            .count();
        let modules = page
            .matches("<script type=\"module\" src=\"/assets/")
            .count();
        assert_eq!(scripts, data + modules, "{name}: {page}");
        assert_eq!(modules, 1, "{name}");
        assert_eq!(data, usize::from(name == "meetup"), "{name}");
        assert_eq!(page.matches("</title>").count(), 1, "{name}");
        for part in [
            "\u{202e}",
            "<!--",
            "<style",
            " style=",
            " onclick",
            " onload",
            "javascript:",
        ] {
            assert!(!page.contains(part), "{part:?} is in {name}: {page}");
        }
    }
}

#[test]
fn every_page_is_whole_in_every_language() {
    for language in Language::ALL {
        for (name, page) in every_page(language) {
            assert!(page.starts_with("<!doctype html>"), "{name}");
            assert!(page.contains(&format!("<html lang=\"{}\" dir=\"ltr\" ", language.code())));
            assert_eq!(page.matches("<h1").count(), 1, "{name}");
            assert_eq!(page.matches("<main").count(), 1, "{name}");
            assert_eq!(page.matches("rel=\"canonical\"").count(), 1, "{name}");
            assert!(page.contains("href=\"#main\""), "{name}");
            for element in [
                "a", "p", "ul", "li", "div", "section", "bdi", "span", "nav", "h2",
            ] {
                let opened = page.matches(&format!("<{element}>")).count()
                    + page.matches(&format!("<{element} ")).count();
                let closed = page.matches(&format!("</{element}>")).count();
                assert_eq!(opened, closed, "<{element}> in {name}");
            }
            for input in page.split("<input id=\"").skip(1) {
                let id = input.split('"').next().unwrap();
                assert!(
                    page.contains(&format!("<label for=\"{id}\">")),
                    "{name} {id}"
                );
            }
        }
    }
}

#[test]
fn search_engines_can_read_a_meetup() {
    let page = meetup(Language::German).render().unwrap();
    let (_, rest) = page
        .split_once("<script type=\"application/ld+json\">")
        .unwrap();
    let (data, _) = rest.split_once("</script>").unwrap();
    assert!(!data.contains(['<', '>', '&']));
    let event: Value = serde_json::from_str(data).unwrap();
    assert_eq!(event["@type"], "Event");
    assert_eq!(event["name"], Text::line(HOSTILE, 120).as_str());
    assert_eq!(event["startDate"], "2026-12-03T18:30:00+00:00");
    assert_eq!(event["endDate"], "2026-12-03T22:00:00+00:00");
    assert_eq!(event["eventStatus"], "https://schema.org/EventScheduled");
    assert_eq!(event["location"]["@type"], "Place");
    assert_eq!(event["location"]["geo"]["latitude"], 50.8225);
    assert_eq!(event["location"]["address"]["addressCountry"], "GB");
    assert_eq!(
        event["organizer"]["url"].as_str().unwrap().len(),
        22 + 1 + 64
    );
    let mut cancelled = meetup(Language::English);
    cancelled.card.is_cancelled = true;
    let page = cancelled.render().unwrap();
    assert!(page.contains("EventCancelled") && page.contains("This meetup was cancelled."));
    assert!(!page.contains("calendar.google.com"));
}

/// A page in a language.
fn page(name: &str, language: Language) -> String {
    let mut pages = every_page(language).into_iter();
    pages.find(|(found, _)| *found == name).unwrap().1
}

#[test]
fn a_month_has_its_days_and_its_meetups_on_them() {
    let page = page("calendar", Language::German);
    assert!(page.contains("<h1>Dezember 2026</h1>"));
    for day in 1..=31 {
        let time = format!("<time datetime=\"2026-12-{day:02}\">");
        assert_eq!(page.matches(&time).count(), 1, "{day}");
    }
    // The first is a Tuesday.
    assert!(page.contains("month from-2"));
    assert!(self::page("calendar", Language::Japanese).contains("month from-3"));
    let (_, third) = page.split_once("<time datetime=\"2026-12-03\">").unwrap();
    let (third, _) = third.split_once("</ul>").unwrap();
    assert!(third.contains("/m/naddr1x") && third.contains("18:30"));
    assert_eq!(page.matches("/m/naddr1x").count(), 1);
    for month in ["November 2026", "Januar 2027"] {
        assert!(page.contains(month));
    }
    assert!(page.contains("href=\"/calendar/2027-01?near="));
}

#[test]
fn whole_days_are_on_each_of_them_and_long_lists_are_cut() {
    let days = kith_nips::nip52::DateSpan::read("2026-11-29", Some("2026-12-03")).unwrap();
    let fair = MeetupCard {
        when: Some(When::all_day(days)),
        ..card()
    };
    let calendar = Calendar {
        frame: frame(Language::English, "/calendar/2026-12"),
        scope: Scope::Anywhere,
        wrong: None,
        month: jiff::civil::date(2026, 12, 1),
        today: jiff::civil::date(2026, 12, 2),
        meetups: vec![fair; 3],
        per_day_max: 2,
    };
    let page = calendar.render().unwrap();
    assert_eq!(page.matches("/m/naddr1x").count(), 2 * 2);
    assert!(page.contains("href=\"/search?when=2026-12-02\""));
    assert!(!page.contains("when=2026-12-01"), "the first is over");
}

#[test]
fn what_lasts_longer_than_a_day_is_on_each_and_starts_on_one() {
    let days_of = |start: &str, end: &str| {
        let seconds = |text: &str| {
            let moment: jiff::Zoned = text.parse().unwrap();
            u64::try_from(moment.timestamp().as_second()).unwrap()
        };
        let span = kith_nips::nip52::TimeSpan::new(seconds(start), Some(seconds(end))).unwrap();
        let camp = MeetupCard {
            when: Some(When::timed(span)),
            ..card()
        };
        let calendar = Calendar {
            frame: frame(Language::English, "/calendar/2026-12"),
            scope: Scope::Anywhere,
            wrong: None,
            month: jiff::civil::date(2026, 12, 1),
            today: jiff::civil::date(2026, 12, 2),
            meetups: vec![camp],
            per_day_max: 3,
        };
        let page = calendar.render().unwrap();
        let hours = page.matches("class=\"hour\"").count();
        (page.matches("/m/naddr1x").count(), hours)
    };
    let zone = "[Europe/London]";
    let at = |text: &str| format!("{text}{zone}");
    for (start, end, shown) in [
        // An evening that ends past midnight.
        ("2026-12-04T20:00", "2026-12-05T03:00", (1, 1)),
        ("2026-12-04T18:00", "2026-12-06T16:00", (3, 1)),
        // Until midnight.
        ("2026-12-04T18:00", "2026-12-06T00:00", (2, 1)),
        // It goes on from the month before, or into the next.
        ("2026-11-29T18:00", "2026-12-02T12:00", (2, 0)),
        ("2026-12-30T18:00", "2027-01-02T12:00", (2, 1)),
        ("2026-11-01T18:00", "2027-01-02T12:00", (31, 0)),
    ] {
        assert_eq!(days_of(&at(start), &at(end)), shown, "{start} to {end}");
    }
}

#[test]
fn a_chosen_language_stays() {
    let page = meetup(Language::French).render().unwrap();
    assert!(page.contains("href=\"/about?lang=fr\""));
    assert!(page.contains("rel=\"canonical\" href=\"https://kith.example/m/naddr1x?lang=fr\""));
    assert!(page.contains("jeudi 3 décembre 2026"));
    assert!(page.contains("1\u{202f}234") || page.contains("3 participent"));
    let page = meetup(Language::English).render().unwrap();
    assert!(page.contains("href=\"/about\"") && page.contains("3 going"));
}

#[test]
fn a_sitemap_is_well_formed() {
    let link = |changed_at| SitemapLink {
        path: "/topic/%26?a=1&b=2".to_owned(),
        changed_at,
    };
    // A time that no calendar has is left out.
    let links = [link(Some(1_796_322_600)), link(None), link(Some(u64::MAX))];
    let frame = frame(Language::English, "/");
    let (frame, links) = (&frame, links.as_slice());
    let sitemap = Sitemap { frame, links }.render().unwrap();
    assert_eq!(sitemap.matches("/topic/%26?a=1&#38;b=2</loc>").count(), 3);
    let times: Vec<&str> = sitemap.split("<lastmod>").skip(1).collect();
    assert_eq!(times.len(), 1);
    assert!(
        times[0].starts_with("2026-12-03T18:30:00Z</lastmod>"),
        "{}",
        times[0]
    );
}
