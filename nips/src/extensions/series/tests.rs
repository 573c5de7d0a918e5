//! Series: stable names, clocks, moves.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::lbc::testing::{self, community, key, publish};
use crate::lbc::{CommunityReference, Note};

fn berlin(text: &str) -> When {
    let zone = Zone::new("Europe/Berlin").unwrap();
    let local: DateTime = text.parse().unwrap();
    let at = zone.time_zone().to_timestamp(local).unwrap();
    let start = u64::try_from(at.as_second()).unwrap();
    When::timed(TimeSpan::new(start, Some(start + 7_200)).unwrap()).in_zone(zone)
}

fn meetup(other_tags: Vec<Vec<String>>) -> Meetup {
    let community = CommunityReference::new(community(), key(1));
    let mut meetup = Meetup::new(
        community,
        &"chess-2026-12-03".parse().unwrap(),
        "Chess",
        berlin("2026-12-03T19:00"),
    );
    meetup.other_tags = other_tags;
    meetup
}

#[test]
fn ids_come_from_titles_and_make_slugs() {
    for (title, id) in [
        ("Rust and chips", "rust-and-chips"),
        ("Größtes Schach!", "grosstes-schach"),
        (&"long ".repeat(30), "long-long-long-long-long"),
    ] {
        let found = SeriesId::from_title(title);
        assert_eq!(found.as_str(), id);
        assert_eq!(found.as_str().parse(), Ok(found.clone()));
        let slug = found.slug(date(2026, 12, 3));
        assert_eq!(slug.as_str().parse::<Slug>(), Ok(slug.clone()));
    }
    let (one, other) = (
        SeriesId::from_title("Встреча"),
        SeriesId::from_title("会议"),
    );
    assert!(
        one != other && one.as_str().parse() == Ok(one.clone()),
        "{one} {other}"
    );
    for wrong in ["", "A", "a b", &"a".repeat(54)] {
        assert!(wrong.parse::<SeriesId>().is_err(), "{wrong}");
    }
}

#[test]
fn two_on_one_day_are_refused() {
    let twice: Rule = "FREQ=DAILY;BYHOUR=10,19;COUNT=4".parse().unwrap();
    let day = date(2026, 12, 3);
    let error = occurrences(&twice, &berlin("2026-12-03T10:00"));
    assert_eq!(error, Err(SeriesError::TwiceOnADay(day)));
}

#[test]
fn a_tag_that_cannot_be_used_is_no_series() {
    for tag in [
        &["series"][..],
        &["series", "chess"],
        &["series", "Chess", "2026-12-03", ""],
        &["series", "chess", "thursday", ""],
    ] {
        assert_eq!(InSeries::read(&meetup(testing::tags(&[tag]))), None);
    }
    let short = meetup(testing::tags(&[&["series", "chess", "2026-12-03"]]));
    assert_eq!(InSeries::read(&short).unwrap().rule, "");
}

#[test]
fn a_move_over_a_change_of_the_clocks_keeps_the_time_of_day() {
    let later = Move::between(&berlin("2026-10-22T19:00"), &berlin("2026-10-23T20:30")).unwrap();
    assert_eq!(
        later.apply(&berlin("2026-10-29T19:00")).unwrap(),
        berlin("2026-10-30T20:30")
    );
    let days = |from: Date, to: Option<Date>| When::all_day(DateSpan::new(from, to).unwrap());
    let fair = days(date(2027, 1, 1), None);
    assert_eq!(Move::between(&fair, &berlin("2026-10-22T19:00")), None);
    let longer = Move::between(&fair, &days(date(2027, 1, 2), Some(date(2027, 1, 4)))).unwrap();
    let expected = days(date(2027, 2, 2), Some(date(2027, 2, 4)));
    assert_eq!(longer.apply(&days(date(2027, 2, 1), None)), Ok(expected));
}

#[test]
fn an_edit_on_its_own_is_marked_once() {
    let mut alone = meetup(Vec::new());
    InSeries::set_apart(&mut alone);
    assert_eq!(alone, meetup(Vec::new()), "not in a series");
    let place = InSeries {
        id: "chess".parse().unwrap(),
        day: date(2026, 12, 3),
        rule: "FREQ=WEEKLY;COUNT=2".to_owned(),
        is_apart: false,
    };
    place.write(&mut alone);
    InSeries::set_apart(&mut alone);
    let once = alone.clone();
    InSeries::set_apart(&mut alone);
    assert_eq!(alone, once);
    assert!(InSeries::read(&alone).unwrap().is_apart);
}

proptest! {
    #[test]
    fn the_tag_survives_writing_and_reading(
        id in "[a-z0-9-]{1,53}", day in 0..20_000_i64, apart in any::<bool>(), others in testing::unknown_tags(),
    ) {
        let day = date(1970, 1, 1).checked_add(SignedDuration::from_hours(day * 24)).unwrap();
        let place = InSeries { id: id.parse().unwrap(), day, rule: "FREQ=DAILY;COUNT=3".to_owned(), is_apart: apart };
        let mut meetup = meetup(others.clone());
        place.write(&mut meetup);
        place.write(&mut meetup);
        let read = Meetup::read(&publish(&meetup.draft().unwrap(), 1, 5)).unwrap();
        prop_assert_eq!(InSeries::read(&read), Some(place));
        prop_assert_eq!(&read.other_tags[..others.len()], &others[..]);
        prop_assert_eq!(read.other_tags.len(), others.len() + 3);
    }

    #[test]
    fn every_occurrence_is_on_the_clock_of_the_first(
        day in 0..700_i64, hour in 4..23_i8, interval in 1..5_u8, count in 1..40_usize,
    ) {
        let day = date(2026, 1, 1).checked_add(SignedDuration::from_hours(day * 24)).unwrap();
        let first = berlin(&day.at(hour, 30, 0, 0).to_string());
        let rule: Rule = format!("FREQ=WEEKLY;INTERVAL={interval};COUNT={count}").parse().unwrap();
        let found = occurrences(&rule, &first).unwrap();
        prop_assert_eq!(found.len(), count);
        for (number, occurrence) in found.iter().enumerate() {
            let days = i64::try_from(number).unwrap() * i64::from(interval) * 7;
            let expected = day.checked_add(SignedDuration::from_hours(days * 24)).unwrap();
            prop_assert_eq!(occurrence.day, expected);
            prop_assert_eq!(&occurrence.when, &berlin(&expected.at(hour, 30, 0, 0).to_string()));
        }
        let again: Vec<_> = found.iter().map(|found| SeriesId::from_title("x").slug(found.day)).collect();
        let mut unique = again.clone();
        unique.dedup();
        prop_assert_eq!(again, unique);
    }

    #[test]
    fn a_move_there_is_a_move_back(from in 0..4_000_i64, to in 0..4_000_i64, other in 0..4_000_i64) {
        // Evenings only: no change of the clocks is near.
        let evening = |day: i64, hour| {
            let day = date(2026, 1, 1).checked_add(SignedDuration::from_hours(day * 24)).unwrap();
            berlin(&day.at(hour, 0, 0, 0).to_string())
        };
        let (from, to, other) = (evening(from, 19), evening(to, 20), evening(other, 18));
        let there = Move::between(&from, &to).unwrap().apply(&other);
        if let Ok(there) = there {
            prop_assert_eq!(Move::between(&to, &from).unwrap().apply(&there).unwrap(), other);
        }
    }
}
