use kith_nips::EventId;
use kith_nips::lbc::{CommunityReference, Location, Meetup as Note, Slug};
use kith_nips::nip52::{TimeSpan, When};
use kith_nips::place::Point;

use super::*;
use crate::world::Person;

const NOW: u64 = 1_800_000_000;

/// A meetup that begins so many hours after now, so many km north of Berlin, and lasts an hour.
fn event(number: u64, hours: u64, km: f64) -> Event {
    let person = Person::new(1, number).unwrap();
    let community = CommunityReference::new(EventId::from_bytes([1; 32]), person.pubkey());
    let slug: Slug = format!("number-{number}").parse().unwrap();
    let start = NOW + 3_600 * hours;
    let when = When::timed(TimeSpan::new(start, Some(start + 3_600)).unwrap());
    let mut note = Note::new(community, &slug, "Chess", when);
    note.location = Location::at(Point::new(52.52 + km / 111.2, 13.405).unwrap());
    person.outline(&note, NOW).unwrap()
}

fn filter(search: &str, limit: usize) -> Filter {
    let filter = serde_json::json!({"kinds": [31_923], "limit": limit, "search": search});
    Filter::parse(&filter.to_string()).unwrap()
}

/// The answers when these are stored.
fn answers(filter: &Filter, stored: &[Event]) -> Answers {
    let found = stored
        .iter()
        .filter_map(|event| Meetup::of(event.clone()).found_by(filter));
    let mut answers = Answers(found.collect());
    answers.keep_best(filter);
    answers
}

#[test]
fn only_the_first_in_the_right_order_are_right() {
    let stored: Vec<Event> = (0..5).map(|n| event(n, 5 - n, 1.0 + n as f64)).collect();
    let filter = filter("near:52.52,13.405,10 sort:start", 3);
    let answers = answers(&filter, &stored);
    let check = |numbers: &[usize]| {
        let answer: Vec<Event> = numbers.iter().map(|n| stored[*n].clone()).collect();
        answers.check(&filter, &answer, &[], NOW..=NOW)
    };
    check(&[4, 3, 2]).unwrap();
    for wrong in [
        [4, 3].as_slice(),
        &[4, 3, 1],
        &[3, 4, 2],
        &[4, 3, 2, 1],
        &[4, 4, 3],
        &[],
    ] {
        assert!(check(wrong).is_err(), "{wrong:?}");
    }
    let too_far = event(9, 1, 30.0);
    assert!(answers.check(&filter, &[too_far], &[], NOW..=NOW).is_err());
}

#[test]
fn what_was_written_must_be_there_and_what_is_being_written_may() {
    let stored = [event(1, 1, 1.0), event(3, 3, 1.0)];
    let new = event(2, 2, 1.0);
    let filter = filter("sort:start", 2);
    let answers = answers(&filter, &stored);
    let without = [stored[0].clone(), stored[1].clone()];
    let with = [stored[0].clone(), new.clone()];
    let must = Meetup::of(new).found_by(&filter).unwrap();
    let check = |answer: &[Event], must: &[Found]| {
        let checked = answers.check(&filter, answer, must, NOW..=NOW);
        checked.is_ok()
    };
    assert!(check(&without, &[]) && check(&with, &[]) && check(&with, &[must]));
    assert!(!check(&without, &[must]));
}

#[test]
fn what_ends_while_it_is_asked_may_be_there_or_not() {
    let stored = [event(1, 1, 1.0), event(3, 3, 1.0)];
    let filter = filter("open", 1);
    let answers = answers(&filter, &stored);
    let check = |number: usize, seconds| {
        let checked = answers.check(&filter, &stored[number..=number], &[], seconds);
        checked.is_ok()
    };
    let end = NOW + 7_200;
    assert!(check(0, NOW..=NOW) && !check(1, NOW..=NOW));
    assert!(check(0, end - 1..=end) && check(1, end - 1..=end));
    assert!(!check(0, end..=end) && check(1, end..=end));
}
