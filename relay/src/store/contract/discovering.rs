//! Searches for places and dates (`nips/discovery.md`): against a naive scan over facts that are known
//! from making the events, wherever on the Earth and whenever they are.

use std::collections::BTreeMap;

use kith_nips::place::{BoundingBox, Cell, Point, distance_km};
use kith_nips::{Event, EventId, Filter};

use super::{Bench, Mode, NOW, Sqlite, parsed, signed};
use crate::store::{Completeness, Facet, FacetsOf, ScanOptions, Spread};

const DAY: u64 = 86_400;
/// Events of the world.
const EVENTS: u64 = 900;
/// Questions about it, each time it is in another state.
const QUESTIONS: u64 = 150;

/// The same numbers for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn one_of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len() as u64) as usize]
    }

    fn is_lucky(&mut self, one_in: u64) -> bool {
        self.below(one_in) == 0
    }

    /// From −1 to 1.
    fn shift(&mut self) -> f64 {
        self.below(2_000_001) as f64 / 1e6 - 1.0
    }
}

/// What is known of an event from making it.
struct Fact {
    event: Event,
    point: Option<Point>,
    start: Option<u64>,
    end: Option<u64>,
    is_off: bool,
    topic: &'static str,
    title: &'static str,
}

/// Corners of cells, both poles, both sides of 180°, and a city.
const PLACES: [(f64, f64); 10] = [
    (52.52, 13.405),
    (52.52, 13.405),
    (90.0, 0.0),
    (-90.0, 120.0),
    (89.9, -77.0),
    (-16.5, 179.99),
    (-16.5, -179.99),
    (0.0, 0.0),
    (45.0, 90.0),
    (52.734_375, 11.25),
];
/// Degrees around these places: the same cell, the same town, the same country.
const SPREADS: [f64; 4] = [0.0, 0.001, 0.1, 3.0];
const TITLES: [&str; 3] = ["chess", "board games", "chess for beginners"];
const TOPICS: [&str; 3] = ["go", "rust", "hiking"];

fn somewhere(dice: &mut Dice) -> Point {
    let (latitude, longitude) = dice.one_of(&PLACES);
    let spread = dice.one_of(&SPREADS);
    let latitude = (latitude + dice.shift() * spread).clamp(-90.0, 90.0);
    let longitude = longitude + dice.shift() * spread;
    let longitude = (longitude + 180.0).rem_euclid(360.0) - 180.0;
    Point::new(latitude, longitude).unwrap()
}

fn made(number: u64, dice: &mut Dice) -> Fact {
    let kind = dice.one_of(&[31_923, 31_923, 31_923, 31_922, 1, 10_037]);
    let identifier = number.to_string();
    let mut tags: Vec<Vec<String>> = vec![vec!["d".into(), identifier]];
    let mut tag = |name: &str, value: String| tags.push(vec![name.to_owned(), value]);
    let mut point = None;
    if !dice.is_lucky(8) {
        let cell = Cell::of(somewhere(dice), 1 + dice.below(12) as usize);
        tag("g", cell.to_string());
        tag("g", "DE:Berlin".to_owned());
        tag("g", cell.as_str()[..1].to_owned());
        // Where people live is nobody's business.
        point = (kind != 10_037).then(|| cell.centre());
    }
    // Few moments, so that many begin at the same.
    let begun = NOW + dice.below(40) * DAY / 2 - 10 * DAY;
    let lasts = dice.one_of(&[
        0,
        1,
        3_600,
        6 * 3_600,
        6 * 3_600 + 1,
        2 * DAY,
        20 * DAY,
        30 * DAY + 1,
        400 * DAY,
    ]);
    let (mut start, mut end) = (None, None);
    match kind {
        31_923 if !dice.is_lucky(10) => {
            tag("start", begun.to_string());
            tag("end", (begun + lasts).to_string());
            start = Some(begun);
            end = (lasts > 0).then_some(begun + lasts);
        }
        31_922 => {
            let (day, days) = (begun / DAY, lasts / DAY);
            tag("start", date(day));
            if days > 0 {
                tag("end", date(day + days));
            }
            start = Some(day * DAY);
            end = Some((day + days.max(1)) * DAY);
        }
        _ => {}
    }
    let status = dice.one_of(&["published", "published", "cancelled", "draft", "odd"]);
    tag("status", status.to_owned());
    let (topic, title) = (dice.one_of(&TOPICS), dice.one_of(&TITLES));
    tag("t", topic.to_owned());
    tag("title", title.to_owned());
    // Of replaceable kinds everybody has one.
    let by = 1 + (number % 200) as u8;
    let tags: Vec<Vec<&str>> = tags
        .iter()
        .map(|tag| tag.iter().map(String::as_str).collect())
        .collect();
    let tags: Vec<&[&str]> = tags.iter().map(Vec::as_slice).collect();
    Fact {
        event: signed(by, kind, NOW - 5_000 + number / 3, &tags, title),
        point,
        start,
        end,
        is_off: start.is_some() && ["cancelled", "draft"].contains(&status),
        topic,
        title,
    }
}

fn date(day: u64) -> String {
    let date = jiff::civil::date(1970, 1, 1) + jiff::Span::new().days(day as i64);
    date.to_string()
}

/// A question in its parts, and as a filter.
#[derive(Debug, Default)]
struct Question {
    near: Option<(Point, f64)>,
    within: Option<BoundingBox>,
    from: Option<u64>,
    to: Option<u64>,
    open: bool,
    word: Option<&'static str>,
    phrase: Option<&'static str>,
    topic: Option<&'static str>,
    kinds: Option<Vec<u16>>,
    sort: &'static str,
    is_sorted: bool,
}

impl Question {
    fn asked(dice: &mut Dice) -> Self {
        let mut question = Question::default();
        if !dice.is_lucky(3) {
            let radius = dice.one_of(&[0.000_5, 0.7, 10.0, 25.0, 300.0, 2_500.0, 19_000.0]);
            question.near = Some((somewhere(dice), radius));
        }
        if dice.is_lucky(4) {
            let (one, other) = (somewhere(dice), somewhere(dice));
            let (south, north) = (
                one.latitude().min(other.latitude()),
                one.latitude().max(other.latitude()),
            );
            let area = BoundingBox::new(one.longitude(), south, other.longitude(), north);
            question.within = Some(area.unwrap());
        }
        if dice.is_lucky(2) {
            let from = NOW + dice.below(30) * DAY / 2 - 8 * DAY;
            question.from = Some(from);
            question.to = dice
                .is_lucky(2)
                .then(|| from + dice.one_of(&[1, DAY / 2, 7 * DAY]));
        }
        question.open = dice.is_lucky(4);
        question.word = dice
            .is_lucky(3)
            .then(|| dice.one_of(&["chess", "chess", "boa", "beginners"]));
        question.phrase = dice.is_lucky(8).then_some("board games");
        question.topic = dice.is_lucky(3).then(|| dice.one_of(&TOPICS));
        question.kinds = dice.is_lucky(2).then(|| {
            dice.one_of(&[&[31_923][..], &[31_922, 31_923], &[1], &[1, 31_923]])
                .to_vec()
        });
        if question.near.is_none()
            && question.within.is_none()
            && question.from.is_none()
            && question.word.is_none()
            && question.phrase.is_none()
        {
            question.open = true;
        }
        let by_default = match () {
            () if question.near.is_some() => "distance",
            () if question.word.is_some() || question.phrase.is_some() => "relevance",
            () if question.from.is_some() || question.open => "start",
            () => "new",
        };
        question.is_sorted = dice.is_lucky(2);
        question.sort = by_default;
        if question.is_sorted {
            question.sort = dice.one_of(&["start", "new", by_default]);
        }
        question
    }

    fn filter(&self) -> Filter {
        let mut words = Vec::new();
        if let Some((point, radius)) = self.near {
            words.push(format!(
                "near:{},{},{radius}",
                point.latitude(),
                point.longitude()
            ));
        }
        if let Some(area) = self.within {
            words.push(format!(
                "bbox:{},{},{},{}",
                area.west(),
                area.south(),
                area.east(),
                area.north()
            ));
        }
        words.extend(self.from.map(|from| format!("from:{from}")));
        words.extend(self.to.map(|to| format!("to:{to}")));
        words.extend(self.open.then(|| "open".to_owned()));
        words.extend(self.word.map(str::to_owned));
        words.extend(self.phrase.map(|phrase| format!("\"{phrase}\"")));
        words.extend(self.is_sorted.then(|| format!("sort:{}", self.sort)));
        let mut filter = serde_json::json!({ "search": words.join(" ") });
        if let Some(topic) = self.topic {
            filter["#t"] = [topic].into();
        }
        if let Some(kinds) = &self.kinds {
            filter["kinds"] = kinds.clone().into();
        }
        parsed(&[&filter.to_string()]).remove(0)
    }

    fn admits(&self, fact: &Fact) -> bool {
        let is_there = |is_inside: &dyn Fn(Point) -> bool| fact.point.is_some_and(is_inside);
        let from = self.from.unwrap_or(0);
        let is_then = fact.start.is_some_and(|start| {
            let not_over = fact.end.map_or(start >= from, |end| end > from);
            not_over && self.to.is_none_or(|to| start < to)
        });
        let is_open = !fact.is_off && fact.end.or(fact.start).is_some_and(|end| end > NOW);
        self.near
            .is_none_or(|(centre, radius)| is_there(&|point| distance_km(centre, point) <= radius))
            && self
                .within
                .is_none_or(|area| is_there(&|point| area.contains(point)))
            && (is_then || (self.from.is_none() && self.sort != "start"))
            && (is_open || !self.open)
            && self
                .word
                .is_none_or(|word| fact.title.split(' ').any(|part| part.starts_with(word)))
            && self.phrase.is_none_or(|phrase| fact.title.contains(phrase))
            && self.topic.is_none_or(|topic| fact.topic == topic)
            && self
                .kinds
                .as_ref()
                .is_none_or(|kinds| kinds.contains(&fact.event.kind().as_u16()))
    }

    /// All that answers, in order; the orders by relevance and by time are told by `rank`, which
    /// has tests of its own.
    fn answer(&self, world: &[Fact]) -> Vec<EventId> {
        let filter = self.filter();
        let mut found: Vec<&Fact> = world.iter().filter(|fact| self.admits(fact)).collect();
        let created_at = |fact: &Fact| std::cmp::Reverse(fact.event.created_at());
        match self.sort {
            "start" => found.sort_by_key(|fact| (fact.start, fact.event.id())),
            "new" => found.sort_by_key(|fact| (created_at(fact), fact.event.id())),
            "distance" => {
                let (centre, _) = self.near.unwrap();
                let distance = |fact: &Fact| distance_km(centre, fact.point.unwrap());
                found.sort_by(|one, other| {
                    let order = distance(one).total_cmp(&distance(other));
                    order.then(one.event.id().cmp(&other.event.id()))
                });
            }
            _ => {
                let search = filter.search.unwrap();
                let score =
                    |fact: &Fact| search.score(&kith_nips::nip50::SearchedText::of(&fact.event));
                found.sort_by_key(|fact| {
                    (
                        std::cmp::Reverse(score(fact)),
                        created_at(fact),
                        fact.event.id(),
                    )
                });
            }
        }
        found.iter().map(|fact| fact.event.id()).collect()
    }
}

fn ids(events: &[Event]) -> Vec<EventId> {
    events.iter().map(Event::id).collect()
}

fn check(bench: &mut Bench<Sqlite>, world: &[Fact], dice: &mut Dice) -> usize {
    let mut answered = 0;
    for _ in 0..QUESTIONS {
        let question = Question::asked(dice);
        let filter = question.filter();
        let json = filter.to_json();
        let expected = question.answer(world);
        let mut options = ScanOptions::everything(NOW);
        options.completeness = true;
        let (events, completeness) =
            bench.answer_and_completeness(std::slice::from_ref(&filter), options.clone());
        assert_eq!(ids(&events), expected, "{json}");
        assert_eq!(completeness, Completeness::Complete, "{json}");
        assert_eq!(bench.count(&[&json]), expected.len() as u64, "{json}");
        answered += expected.len();
        if question.sort == "start" {
            check_spread(bench, &filter, &expected, world, dice);
        }

        let limit = 1 + dice.below(9) as usize;
        let cut = Filter {
            limit: Some(limit),
            ..filter
        };
        let mut rest = &expected[..];
        for _ in 0..4 {
            let (events, completeness) =
                bench.answer_and_completeness(std::slice::from_ref(&cut), options.clone());
            let (page, behind) = rest.split_at(limit.min(rest.len()));
            assert_eq!(ids(&events), page, "{json} limit {limit}");
            assert_eq!(
                completeness == Completeness::Cut,
                !behind.is_empty(),
                "{json} limit {limit}"
            );
            rest = behind;
            let Some(last) = events.last() else {
                break;
            };
            let search = cut.search.as_ref().unwrap();
            let text = || kith_nips::nip50::SearchedText::of(last);
            options.after = Some(search.rank(last, text, &kith_nips::discovery::Setting::of(last)));
        }
    }
    answered
}

/// Spread over stretches of time, the answer is the first few of each.
fn check_spread(
    bench: &mut Bench<Sqlite>,
    filter: &Filter,
    whole: &[EventId],
    world: &[Fact],
    dice: &mut Dice,
) {
    let each = 1 + dice.below(4) as usize;
    let earlier = dice.below(7) as usize;
    let stretch = dice.one_of(&[DAY / 4, DAY, 5 * DAY]);
    let begins: Vec<u64> = (0..9).map(|turn| NOW - 3 * DAY + turn * stretch).collect();
    let starts: BTreeMap<EventId, u64> = world
        .iter()
        .filter_map(|fact| Some((fact.event.id(), fact.start?)))
        .collect();
    let mut taken = [0; 10];
    let mut expected = whole.to_vec();
    expected.retain(|id| {
        let before = begins.iter().filter(|begin| **begin <= starts[id]).count();
        taken[before] += 1;
        taken[before] <= if before == 0 { earlier } else { each }
    });
    let mut options = ScanOptions::everything(NOW);
    let spread = Spread::new(begins, each, earlier);
    options.limit_max = spread.events_max();
    options.spread = Some(spread);
    let found = bench.answer_with(std::slice::from_ref(filter), options);
    assert_eq!(
        ids(&found),
        expected,
        "{} spread {each}, {earlier}",
        filter.to_json()
    );
}

#[test]
fn an_answer_that_is_spread_over_time_reaches_the_last_stretch() {
    let mut bench = Bench::<Sqlite>::new(Mode::Running);
    // So few that all are looked at before the first is answered, and more than are answered.
    let days: Vec<u64> = (0..30).map(|day| NOW + day * DAY).collect();
    let mut expected = Vec::new();
    for day in &days {
        for turn in 0..4 {
            let start = day + turn * 3_600;
            let (identifier, start) = (start.to_string(), start.to_string());
            let tags: &[&[&str]] = &[&["d", &identifier], &["t", "chess"], &["start", &start]];
            let event = signed(1, 31_923, NOW, tags, "");
            bench.saves(&event);
            expected.extend((turn < 3).then(|| event.id()));
        }
    }
    let filter = parsed(&[r##"{"kinds":[31923],"#t":["chess"],"search":"from:0"}"##]);
    let mut options = ScanOptions::everything(NOW);
    let spread = Spread::new(days, 3, 0);
    options.limit_max = spread.events_max();
    options.spread = Some(spread);
    for _ in 0..2 {
        let found = bench.answer_with(&filter, options.clone());
        assert_eq!(ids(&found), expected);
        bench.rebuild();
    }
}

#[test]
fn places_and_dates_are_found_as_a_naive_scan_finds_them() {
    let mut dice = Dice(7);
    let mut bench = Bench::<Sqlite>::new(Mode::Running);
    let mut world: Vec<Fact> = Vec::new();
    for number in 0..EVENTS {
        let fact = made(number, &mut dice);
        // Of one author only the newest list of follows is left.
        let is_list = fact.event.kind().as_u16() == 10_037;
        bench.saves(&fact.event);
        world.retain(|old| !(is_list && old.event.address() == fact.event.address()));
        world.push(fact);
        if dice.is_lucky(12) {
            let victim = dice.below(world.len() as u64) as usize;
            assert!(bench.remove(&world.swap_remove(victim).event));
        }
        if number == EVENTS * 2 / 3 {
            bench.restart();
        }
    }
    let mut answered = check(&mut bench, &world, &mut dice);
    bench.restart();
    answered += check(&mut bench, &world, &mut dice);
    bench.rebuild();
    answered += check(&mut bench, &world, &mut dice);
    assert!(answered > 10_000, "{answered}");
}

#[test]
fn nothing_is_skipped_or_repeated_while_events_arrive_between_two_pages() {
    let mut dice = Dice(11);
    let mut bench = Bench::<Sqlite>::new(Mode::Running);
    let filters = [
        r#"{"search":"near:52.52,13.405,25","limit":3}"#,
        r#"{"search":"near:52.52,13.405,25 sort:start","limit":3}"#,
        r#"{"search":"chess","limit":3}"#,
    ];
    let meetup = |number: u64, dice: &mut Dice| {
        let point = Point::new(52.52 + dice.shift() / 10.0, 13.405 + dice.shift() / 10.0).unwrap();
        let (cell, start) = (
            Cell::of(point, 9).to_string(),
            (NOW + dice.below(5)).to_string(),
        );
        let identifier = number.to_string();
        signed(
            1,
            31_923,
            NOW,
            &[&["d", &identifier], &["g", &cell], &["start", &start]],
            "chess",
        )
    };
    let mut before: Vec<EventId> = Vec::new();
    for number in 0..40 {
        let event = meetup(number, &mut dice);
        bench.saves(&event);
        before.push(event.id());
    }
    let mut number = 40;
    for filter in filters {
        let filter = parsed(&[filter]).remove(0);
        let mut options = ScanOptions::everything(NOW);
        let mut seen = Vec::new();
        loop {
            let page = bench.answer_with(std::slice::from_ref(&filter), options.clone());
            let Some(last) = page.last() else {
                break;
            };
            let search = filter.search.as_ref().unwrap();
            let text = || kith_nips::nip50::SearchedText::of(last);
            options.after = Some(search.rank(last, text, &kith_nips::discovery::Setting::of(last)));
            seen.extend(ids(&page));
            if number < 90 {
                bench.saves(&meetup(number, &mut dice));
                number += 1;
            }
            if number == 60 {
                bench.restart();
            }
        }
        let mut distinct = seen.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), seen.len(), "{}", filter.to_json());
        assert!(
            before.iter().all(|id| seen.contains(id)),
            "{}",
            filter.to_json()
        );
    }
}

#[test]
fn names_are_counted_as_events_come_and_go() {
    super::in_both_modes(|bench| {
        let meetup = |by: u8, identifier: &str, start: u64, tags: &[&[&str]]| {
            let start = start.to_string();
            let mut all: Vec<&[&str]> = tags.to_vec();
            let (identifier, start) = (["d", identifier], ["start", start.as_str()]);
            all.extend([&identifier[..], &start[..]]);
            signed(by, 31_923, NOW, &all, "")
        };
        let berlin: &[&[&str]] = &[
            &["t", "Chess"],
            &["t", "chess"],
            &["t", "go"],
            &["g", "DE:Berlin"],
        ];
        let hamburg: &[&[&str]] = &[&["t", "chess"], &["g", "DE:Hamburg"]];
        let facet = |name: &str, communities, meetups| Facet {
            name: name.to_owned(),
            communities,
            meetups,
        };
        let in_berlin = meetup(1, "a", NOW + DAY, berlin);
        bench.saves(&in_berlin);
        bench.saves(&meetup(2, "b", NOW + 9 * DAY, hamburg));
        bench.saves(&meetup(3, "old", NOW - 9 * DAY, berlin));
        let off: &[&[&str]] = &[&["t", "chess"], &["status", "cancelled"]];
        bench.saves(&meetup(4, "off", NOW + DAY, off));
        let community = signed(
            5,
            30_037,
            NOW,
            &[&["t", "chess"], &["g", "DE:Berlin", "city"]],
            "",
        );
        bench.saves(&community);
        assert_eq!(bench.facets(FacetsOf::Everything), [facet("", 1, 2)]);
        assert_eq!(
            bench.facets(FacetsOf::Topics),
            [facet("chess", 1, 2), facet("go", 0, 1)]
        );
        assert_eq!(
            bench.facets(FacetsOf::Cities),
            [facet("DE:Berlin", 1, 1), facet("DE:Hamburg", 0, 1)]
        );
        let topics_in_berlin = || FacetsOf::TopicsIn("DE:Berlin".to_owned());
        assert_eq!(
            bench.facets(topics_in_berlin()),
            [facet("chess", 1, 1), facet("go", 0, 1)]
        );

        // It moves to another city, and another one is taken off.
        let start = (NOW + DAY).to_string();
        let moved = signed(
            1,
            31_923,
            NOW + 1,
            &[
                &["d", "a"],
                &["start", &start],
                &["t", "go"],
                &["g", "DE:Hamburg"],
            ],
            "",
        );
        bench.saves(&moved);
        assert!(bench.remove(&community));
        let expected = [facet("chess", 0, 1), facet("go", 0, 1)];
        assert_eq!(bench.facets(FacetsOf::Topics), expected);
        assert_eq!(bench.facets(FacetsOf::Cities), [facet("DE:Hamburg", 0, 2)]);
        assert_eq!(bench.facets(topics_in_berlin()), []);
        bench.rebuild();
        assert_eq!(bench.facets(FacetsOf::Topics), expected);
    });
}

#[test]
fn words_that_nothing_has_are_searched_as_the_topic_or_city_that_is_meant() {
    super::in_both_modes(|bench| {
        let start = NOW.to_string();
        let tags: &[&[&str]] = &[
            &["d", "a"],
            &["start", &start],
            &["title", "Evening"],
            &["t", "photography"],
            &["g", "DE:Hamburg"],
        ];
        let meetup = signed(1, 31_923, NOW, tags, "");
        bench.saves(&meetup);
        bench.saves(&signed(1, 1, NOW, &[], "fotografie in hambrugge"));
        for (search, expected) in [
            ("hambrug", "hambrug"),
            ("hamburk", "hamburg"),
            ("fotography hamburk", "hamburg photography"),
            ("photography", "photography"),
            ("fotografi", "fotografi"),
            ("\\\"fotography\\\"", "fotography"),
            ("xyzzy", "xyzzy"),
        ] {
            let filter = format!(r#"{{"search":"{search}"}}"#);
            let respelled = bench.respelled(&filter);
            assert_eq!(
                respelled.search.as_ref().unwrap().words().join(" "),
                expected
            );
        }
        let found = bench.respelled(r#"{"search":"fotography hamburk"}"#);
        let found = bench.answer_with(&[found], ScanOptions::everything(NOW));
        assert_eq!(ids(&found), [meetup.id()]);
    });
}

#[test]
fn what_names_something_is_counted_without_being_read() {
    super::in_both_modes(|bench| {
        let id = "a".repeat(64);
        let follows =
            |by: u8, second: u64, tags: &[&[&str]]| signed(by, 10_037, NOW + second, tags, "");
        for by in 1..=5 {
            bench.saves(&follows(by, 0, &[&["e", &id], &["e", &id]]));
        }
        bench.saves(&signed(6, 1, NOW, &[&["e", &id]], ""));
        assert_eq!(bench.count_tagged(10_037, 'e', &id), 5);
        bench.saves(&follows(1, 1, &[]));
        let gone = follows(7, 0, &[&["e", &id]]);
        bench.saves(&gone);
        assert!(bench.remove(&gone));
        assert_eq!(bench.count_tagged(10_037, 'e', &id), 4);
        assert_eq!(bench.count_tagged(1, 'e', &id), 1);
        assert_eq!(bench.count_tagged(10_037, 'p', &id), 0);
        bench.restart();
        bench.saves(&follows(2, 2, &[]));
        assert_eq!(bench.count_tagged(10_037, 'e', &id), 3);
    });
}
