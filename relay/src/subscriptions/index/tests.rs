//! The index gives the same answer as testing every filter, and tests few of them.

use std::collections::BTreeMap;

use kith_nips::place::{Cell, Point};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;

/// Few different values, so that most filters match something.
const VALUES: u8 = 4;

fn hex(byte: u8) -> String {
    format!("{byte:064x}")
}

/// When the tests take place: the beginning of a week.
const NOW: u64 = 2_970 * WEEK;
const WEEK: u64 = 604_800;

fn event(
    id: u8,
    author: u8,
    kind: u8,
    tags: &[(char, u8)],
    setting: &[[String; 2]],
    created_at: u64,
) -> Event {
    let tags = tags
        .iter()
        .map(|(name, value)| [name.to_string(), value.to_string()]);
    let tags: Vec<[String; 2]> = tags.chain(setting.iter().cloned()).collect();
    let json = format!(
        r#"{{"id":"{}","pubkey":"{}","created_at":{created_at},"kind":{},"tags":{},"content":"","sig":"{}"}}"#,
        hex(id),
        hex(author),
        number(kind),
        serde_json::to_string(&tags).unwrap(),
        "0".repeat(128),
    );
    Event::parse(&json).unwrap()
}

/// Kinds of different classes: the identifier of addressable ones is special.
fn number(kind: u8) -> u16 {
    [1, 5, 10_002, 31_923][usize::from(kind % VALUES)]
}

fn list<T: Ord + std::fmt::Debug + 'static>(
    probability: f64,
    make: fn(u8) -> T,
) -> impl Strategy<Value = Option<Vec<T>>> {
    option::weighted(
        probability,
        vec(0..VALUES, 0..4).prop_map(move |bytes| {
            let mut values: Vec<T> = bytes.into_iter().map(make).collect();
            values.sort_unstable();
            values.dedup();
            values
        }),
    )
}

fn tag_letter() -> impl Strategy<Value = char> {
    prop_oneof![Just('d'), Just('t'), Just('T')]
}

fn filter() -> impl Strategy<Value = Filter> {
    let tags = vec((tag_letter(), list(0.4, |byte| byte.to_string())), 0..3);
    let times = (
        option::weighted(0.2, 0..4_u64),
        option::weighted(0.2, 0..4_u64),
    );
    (
        list(0.2, |byte| EventId::from_hex(&hex(byte)).unwrap()),
        list(0.2, |byte| PublicKey::from_hex(&hex(byte)).unwrap()),
        list(0.4, |byte| Kind::new(number(byte))),
        tags,
        times,
        option::weighted(0.6, search()),
    )
        .prop_map(
            |(ids, authors, kinds, tags, (since, until), search)| Filter {
                search,
                ids,
                authors,
                kinds,
                tags: tags
                    .into_iter()
                    .filter_map(|(name, values)| Some((TagName::new(name)?, values?)))
                    .collect::<BTreeMap<_, _>>(),
                since,
                until,
                ..Filter::default()
            },
        )
}

fn events() -> impl Strategy<Value = Event> {
    // Rarely more values than an event is looked up by.
    let tags = prop_oneof![
        9 => vec((tag_letter(), 0..VALUES), 0..4),
        1 => vec((tag_letter(), any::<u8>()), 100..300),
    ];
    let kind = prop_oneof![0..VALUES, Just(3)];
    (0..VALUES, 0..VALUES, kind, tags, setting(), 0..4_u64).prop_map(
        |(id, author, kind, tags, setting, created_at)| {
            event(id, author, kind, &tags, &setting, created_at)
        },
    )
}

/// Poles, the meridian where the days meet, corners of cells, towns, anywhere.
fn place() -> impl Strategy<Value = Point> {
    const PLACES: [(f64, f64); 13] = [
        (90.0, 0.0),
        (-90.0, 13.0),
        (89.99, -170.0),
        (0.0, 180.0),
        (0.0, -180.0),
        (-17.8, 179.99),
        (-17.8, -179.99),
        (0.0, 0.0),
        (45.0, 0.0),
        (52.52, 13.405),
        (52.53, 13.41),
        (52.6, 13.9),
        (48.1, 11.6),
    ];
    let anywhere = (-90.0..=90.0, -180.0..=180.0);
    prop_oneof![4 => prop::sample::select(&PLACES[..]), 1 => anywhere]
        .prop_map(|(latitude, longitude)| Point::new(latitude, longitude).unwrap())
}

/// Around edges of weeks.
fn time() -> impl Strategy<Value = u64> {
    let seconds = prop_oneof![Just(0), Just(1), Just(WEEK - 1), 0..WEEK];
    (0..8_u64, seconds).prop_map(|(week, seconds)| NOW + week * WEEK + seconds - 2 * WEEK)
}

/// Up to a week, ten weeks, a year, a century.
fn duration() -> impl Strategy<Value = u64> {
    prop_oneof![
        Just(1),
        1..WEEK,
        1..10 * WEEK,
        Just(31_536_000),
        Just(3_153_600_000)
    ]
}

/// The tags that say where and when.
fn setting() -> impl Strategy<Value = Vec<[String; 2]>> {
    let cell = (place(), 1..=12_usize).prop_map(|(point, length)| Cell::of(point, length));
    let time = (time(), option::of(duration()));
    (option::weighted(0.8, cell), option::weighted(0.8, time)).prop_map(|(cell, time)| {
        let cell = cell.map(|cell| ("g", cell.to_string()));
        let start = time.map(|(start, _)| ("start", start.to_string()));
        let end = time.and_then(|(start, duration)| Some(start + duration?));
        let end = end.map(|end| ("end", end.to_string()));
        let tags = cell.into_iter().chain(start).chain(end);
        tags.map(|(name, value)| [name.to_owned(), value]).collect()
    })
}

fn search() -> impl Strategy<Value = Search> {
    let radius_km = prop::sample::select(&[0.5, 5.0, 25.0, 300.0, 2_500.0, 9_000.0, 20_016.0][..]);
    let near = (place(), radius_km).prop_map(|(point, radius)| format!("near:{point},{radius}"));
    let size = || prop::sample::select(&[0.0, 0.01, 0.5, 5.0, 60.0, 179.0][..]);
    let area = (place(), size(), size()).prop_map(|(corner, width, height)| {
        let (west, south) = (corner.longitude(), corner.latitude());
        let (east, north) = (west + width, f64::min(south + height, 90.0));
        let east = if east > 180.0 { east - 360.0 } else { east };
        format!("bbox:{west},{south},{east},{north}")
    });
    let window = (time(), duration(), 0..10_u8).prop_map(|(from, duration, sort)| match sort {
        0 => format!("from:{from}"),
        1 => format!("to:{from}"),
        _ => format!("from:{from} to:{}", from + duration),
    });
    let words = prop::sample::select(&["", "", "open", "sort:start", "chess"][..]);
    let parts = (
        option::weighted(0.6, near),
        option::weighted(0.3, area),
        option::weighted(0.5, window),
        words,
    );
    parts.prop_map(|(near, area, window, words)| {
        let parts = [near, area, window, Some(words.to_owned())];
        let text: Vec<String> = parts.into_iter().flatten().collect();
        Search::parse(&text.join(" ")).unwrap()
    })
}

#[derive(Debug, Clone)]
enum Step {
    Subscribe(u8, Vec<Filter>),
    Close(u8),
    Deliver(Box<Event>),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..8_u8, vec(filter(), 1..4)).prop_map(|(key, filters)| Step::Subscribe(key, filters)),
        1 => (0..8_u8).prop_map(Step::Close),
        3 => events().prop_map(|event| Step::Deliver(Box::new(event))),
    ]
}

proptest! {
    #[test]
    fn nip01_92_the_index_finds_what_a_plain_search_finds(steps in vec(step(), 1..60)) {
        let mut index = Index::default();
        let mut plain: BTreeMap<u8, Vec<Filter>> = BTreeMap::new();
        for step in steps {
            match step {
                Step::Subscribe(key, filters) => {
                    index.insert(key, filters.clone().into());
                    plain.insert(key, filters);
                }
                Step::Close(key) => {
                    index.remove(key);
                    plain.remove(&key);
                }
                Step::Deliver(event) => {
                    let expected: Vec<u8> = plain
                        .iter()
                        .filter(|(_, filters)| filters.iter().any(|filter| filter.matches(&event, NOW)))
                        .map(|(key, _)| *key)
                        .collect();
                    prop_assert_eq!(index.matching(&event, true, NOW), expected);
                }
            }
        }
        for key in 0..8 {
            index.remove(key);
        }
        prop_assert!(index.is_empty(), "closed subscriptions leave nothing behind");
    }
}

impl<K> BySetting<K> {
    fn postings_count(&self) -> usize {
        self.postings
            .values()
            .map(|list| list.as_slice().len())
            .sum()
    }
}

impl<K> Index<K> {
    fn is_empty(&self) -> bool {
        self.filters.is_empty()
            && self.by_id.is_empty()
            && self.by_author.is_empty()
            && self.by_tag.is_empty()
            && self.by_setting.is_empty()
            && self.by_kind.is_empty()
            && self.any.is_empty()
    }
}

fn check_field(json: &str, expected: Field) {
    assert_eq!(
        most_selective(&Filter::parse(json).unwrap()),
        expected,
        "{json}"
    );
}

#[test]
fn the_most_selective_field_is_taken() {
    let (a, b) = (hex(1), hex(2));
    let tag = TagName::new('t').unwrap();
    check_field("{}", Field::Any);
    check_field(r#"{"kinds":[1]}"#, Field::Kind);
    check_field(
        &format!(r#"{{"kinds":[1],"authors":["{a}"]}}"#),
        Field::Author,
    );
    check_field(
        &format!(r#"{{"ids":["{a}","{b}"],"authors":["{a}"]}}"#),
        Field::Id,
    );
    check_field(
        &format!(r##"{{"authors":["{a}","{b}"],"#t":["x"]}}"##),
        Field::Tag(tag),
    );
    check_field(
        &format!(r##"{{"authors":["{a}"],"#t":["x"]}}"##),
        Field::Author,
    );
    check_field(
        &format!(r#"{{"authors":["{a}"],"search":"near:u33d,5"}}"#),
        Field::Author,
    );
    check_field(r#"{"kinds":[1],"search":"near:u33d,20016"}"#, Field::Kind);
    let near = Filter::parse(r##"{"#t":["x"],"search":"near:u33d,5"}"##).unwrap();
    assert!(matches!(
        most_selective(&near),
        Field::Setting(Footprint { tag: Some(name), .. }) if name == tag
    ));
}

#[test]
fn nip01_69_and_75_impossible_filters_are_not_filed() {
    check_field(r#"{"ids":[]}"#, Field::Nothing);
    check_field(r##"{"kinds":[1],"#t":[]}"##, Field::Nothing);
    check_field(r#"{"since":2,"until":1}"#, Field::Nothing);
}

/// So many people watch for meetups.
const WATCHERS: usize = 20_000;

fn watching(searches: impl Iterator<Item = String>) -> Index<usize> {
    let mut index = Index::default();
    for (key, filter) in searches.enumerate() {
        index.insert(key, Arc::from([Filter::parse(&filter).unwrap()]));
    }
    index
}

fn meetup(place: (f64, f64), start: u64, topics: &[&str]) -> Event {
    let cell = Cell::of(Point::new(place.0, place.1).unwrap(), 9);
    let topics = topics
        .iter()
        .map(|topic| ["t".to_owned(), (*topic).to_owned()]);
    let setting = [
        ["g".to_owned(), cell.to_string()],
        ["start".to_owned(), start.to_string()],
        ["end".to_owned(), (start + 7_200).to_string()],
    ];
    let tags: Vec<[String; 2]> = setting.into_iter().chain(topics).collect();
    event(1, 1, 3, &[], &tags, 1)
}

/// How many filters are tested for an event, and how many match.
fn tested_and_matching(index: &Index<usize>, event: &Event) -> (usize, usize) {
    let tested = index.candidates(event, true, || Setting::of(event)).count();
    (tested, index.matching(event, true, NOW).len())
}

/// Numbers between 0 and 1 that look like chance and are always the same.
fn scattered(number: usize, of: usize) -> f64 {
    let golden = [0.618_033_988_75, 0.754_877_666_25, 0.569_840_290_99][of];
    (number as f64 * golden).fract()
}

/// Towns all over the inhabited world.
fn town(number: usize) -> (f64, f64) {
    let latitude = -55.0 + 125.0 * scattered(number, 0);
    (latitude, -180.0 + 360.0 * scattered(number, 1))
}

#[test]
fn a_meetup_is_tested_against_those_who_watch_its_surroundings() {
    const TOWNS: usize = 400;
    let index = watching((0..WATCHERS).map(|number| {
        let (latitude, longitude) = town(number % TOWNS);
        let latitude = latitude + 0.2 * scattered(number, 2);
        let longitude = longitude + 0.2 * scattered(number, 0);
        let radius_km = [5.0, 10.0, 25.0][number % 3];
        format!(r#"{{"kinds":[31923],"search":"near:{latitude},{longitude},{radius_km} open"}}"#)
    }));
    let (mut all_tested, mut all_matching) = (0, 0);
    for number in 0..TOWNS {
        let (latitude, longitude) = town(number);
        let event = meetup((latitude + 0.1, longitude + 0.1), NOW + 100, &[]);
        let (tested, matching) = tested_and_matching(&index, &event);
        assert!(
            tested <= 200,
            "{tested} of {WATCHERS} for the {matching} near town {number}"
        );
        all_tested += tested;
        all_matching += matching;
    }
    assert!(all_matching > TOWNS * 10, "{all_matching}");
    assert!(
        all_tested <= 2 * all_matching,
        "{all_tested} for {all_matching}"
    );
    let nowhere = event(1, 1, 3, &[], &[["start".to_owned(), NOW.to_string()]], 1);
    assert_eq!(tested_and_matching(&index, &nowhere), (0, 0));
    // Memory: 64 postings of up to 80 bytes for each filter would be 100 MB.
    let postings = index.by_setting.postings_count();
    assert!(postings <= WATCHERS * 40, "{postings}");
}

#[test]
fn in_one_town_topics_and_weeks_divide_those_who_watch() {
    const TOPICS: usize = 500;
    const WEEKS: u64 = 40;
    let index = watching((0..WATCHERS).map(|number| {
        let topic = number % TOPICS;
        let from = NOW + (number as u64 / 7 % WEEKS) * WEEK;
        let to = from + WEEK;
        match number % 2 {
            0 => format!(
                r##"{{"kinds":[31923],"#t":["topic {topic}"],"search":"near:52.52,13.4,10 open"}}"##
            ),
            _ => format!(
                r#"{{"kinds":[31923],"search":"bbox:13.3,52.4,13.5,52.6 from:{from} to:{to}"}}"#
            ),
        }
    }));
    let soon = meetup(
        (52.5, 13.45),
        NOW + 5 * WEEK + 100,
        &["topic 8", "topic 11"],
    );
    let (tested, matching) = tested_and_matching(&index, &soon);
    assert!(
        matching > 200 && tested <= 2 * matching,
        "{tested} for {matching}"
    );
    // What has too many topics is tested against all who watch the town, and found all the same.
    let topics: Vec<String> = (0..TOPICS).map(|topic| format!("topic {topic}")).collect();
    let topics: Vec<&str> = topics.iter().map(String::as_str).collect();
    let of_all = meetup((52.5, 13.45), NOW + 5 * WEEK + 100, &topics);
    let (tested, matching) = tested_and_matching(&index, &of_all);
    assert!(
        matching > WATCHERS / 2 && tested <= 2 * matching,
        "{tested} for {matching}"
    );
}

#[test]
fn a_filter_is_filed_under_few_values() {
    let searches = [
        "near:52.52,13.4,0.1",
        "near:52.52,13.4,10",
        "near:52.52,13.4,100 from:2026-12-01 to:2027-01-01",
        "near:89.9,13.4,100",
        "near:0,180,2000",
        "near:0,180,20016",
        "bbox:-180,-90,180,90",
        "bbox:170,-30,-170,30 from:2026-12-01 to:2026-12-02",
        "from:2026-12-01 to:2026-12-03",
        "from:2020-12-01 to:2026-12-03",
        "open",
    ];
    let topics: Vec<String> = (0..100).map(|number| format!("\"{number}\"")).collect();
    for search in searches {
        for topics in [&topics[..1], &topics[..5], &topics[..]] {
            let topics = topics.join(",");
            for tags in [String::new(), format!(r##""#t":[{topics}],"##)] {
                let filter = format!(r#"{{{tags}"kinds":[31923],"search":"{search}"}}"#);
                let index = watching([filter.clone()].into_iter());
                let postings = index.by_setting.postings_count();
                assert!(
                    postings <= footprint::POSTINGS_PER_FILTER_MAX,
                    "{filter} {postings}"
                );
                let is_vague = search.contains("20016") || search.contains("-180");
                let is_setting = !is_vague && search != "open" && !search.contains("2020");
                assert_eq!(postings > 0, is_setting, "{filter}");
            }
        }
    }
}
