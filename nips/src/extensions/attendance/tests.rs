//! Seats: capacity, order, promotion, guests, late answers, claims.

use proptest::prelude::*;

use super::*;
use crate::lbc::testing::{community, key, publish};
use crate::lbc::{CommunityReference, Membership, Note, TallyContext, tally};
use crate::nip52::{TimeSpan, When};

const PUBLISHED_AT: u64 = 1_000;

fn meetup(terms: Terms) -> Published<Meetup> {
    let when = When::timed(TimeSpan::new(9_000, None).unwrap());
    let community = CommunityReference::new(community(), key(1));
    let mut meetup = Meetup::new(community, &"slug".parse().unwrap(), "Chess", when);
    terms.write(&mut meetup);
    Meetup::read(&publish(&meetup.draft().unwrap(), 1, 5_000)).unwrap()
}

fn seats(capacity: u32) -> Terms {
    Terms {
        capacity: Some(capacity),
        published_at: Some(PUBLISHED_AT),
        ..Terms::default()
    }
}

fn answer(
    meetup: &Published<Meetup>,
    person: u8,
    said: (Answer, u32),
    at: u64,
    before: Option<&Published<Rsvp>>,
) -> Published<Rsvp> {
    let mut rsvp = Rsvp::new(meetup.address(), said.0);
    set_answer(&mut rsvp, said.0, said.1, before);
    Rsvp::read(&publish(&rsvp.draft().unwrap(), person, at)).unwrap()
}

fn yes(meetup: &Published<Meetup>, person: u8, guests: u32, at: u64) -> Published<Rsvp> {
    answer(meetup, person, (Answer::Accepted, guests), at, None)
}

fn seated(meetup: &Published<Meetup>, rsvps: &[Published<Rsvp>]) -> Seating {
    let context = TallyContext {
        meetup,
        community: Some(community()),
        earlier_versions: &[],
        membership: |person: PublicKey| match person.as_bytes()[0] {
            66 => Membership::Muted,
            _ => Membership::Visitor,
        },
    };
    seating(meetup, &tally(rsvps, &context), rsvps)
}

fn places(seating: &Seating) -> Vec<(u8, Place)> {
    let seats = seating.seats.iter();
    seats
        .map(|seat| (seat.person.as_bytes()[0], seat.place))
        .collect()
}

#[test]
fn seats_go_by_order_of_answering_and_a_decline_promotes_the_next() {
    let meetup = meetup(seats(2));
    let mut rsvps = vec![
        yes(&meetup, 4, 0, 2_002),
        yes(&meetup, 3, 0, 2_001),
        yes(&meetup, 66, 0, 2_000),
        yes(&meetup, 5, 0, 2_003),
        yes(&meetup, 6, 0, 2_004),
    ];
    let (going, waiting) = (Place::Going, Place::Waiting);
    let first = seated(&meetup, &rsvps);
    let expected = [(3, going), (4, going), (5, waiting(1)), (6, waiting(2))];
    assert_eq!(places(&first), expected, "the muted are left out");
    assert_eq!((first.taken, first.capacity), (2, Some(2)));
    rsvps.push(answer(&meetup, 3, (Answer::Declined, 0), 3_000, None));
    let expected = [(4, going), (5, going), (6, waiting(1))];
    assert_eq!(places(&seated(&meetup, &rsvps)), expected);
}

#[test]
fn a_changed_word_keeps_the_place_and_a_break_loses_it() {
    let meetup = meetup(seats(1));
    let first = yes(&meetup, 3, 0, 2_000);
    let other = yes(&meetup, 4, 0, 2_500);
    let reworded = answer(&meetup, 3, (Answer::Accepted, 0), 3_000, Some(&first));
    let again = answer(&meetup, 3, (Answer::Accepted, 0), 4_000, Some(&reworded));
    let kept = seated(&meetup, &[again, other.clone()]);
    assert_eq!(kept.seats[0].since, 2_000);
    assert!(kept.of(key(3)).unwrap().place.is_going());

    let left = answer(&meetup, 3, (Answer::Declined, 0), 3_000, Some(&first));
    let back = answer(&meetup, 3, (Answer::Accepted, 0), 4_000, Some(&left));
    let lost = seated(&meetup, &[back, other]);
    assert_eq!(lost.of(key(3)).unwrap().place, Place::Waiting(1));
}

#[test]
fn a_false_claim_gains_nothing_before_the_meetup_was_published() {
    let claiming = |meetup: &Published<Meetup>, at: &str| {
        let mut rsvp = Rsvp::new(meetup.address(), Answer::Accepted);
        rsvp.other_tags = vec![vec!["accepted_at".to_owned(), at.to_owned()]];
        Rsvp::read(&publish(&rsvp.draft().unwrap(), 9, 3_000)).unwrap()
    };
    let dated = meetup(seats(1));
    let since = |meetup: &Published<Meetup>, claim: &str| {
        seated(meetup, &[claiming(meetup, claim)]).seats[0].since
    };
    assert_eq!(since(&dated, "0"), PUBLISHED_AT);
    assert_eq!(since(&dated, "2000"), 2_000);
    for useless in ["9999", "-1", "1e3", "", "٣"] {
        assert_eq!(since(&dated, useless), 3_000, "{useless}");
    }
    let undated = Terms {
        published_at: None,
        ..seats(1)
    };
    assert_eq!(since(&meetup(undated), "2000"), 3_000, "nothing bounds it");
    // Another device, or another relay, still has the answer in between.
    let mut no = Rsvp::new(dated.address(), Answer::Declined)
        .draft()
        .unwrap();
    no.tags[0][1] = "another-d".to_owned();
    let no = Rsvp::read(&publish(&no, 9, 2_500)).unwrap();
    let caught = seated(&dated, &[claiming(&dated, "2000"), no]);
    assert_eq!(caught.seats[0].since, 3_000);
    // A date before the meetup was published is no better.
    let backdated = yes(&dated, 7, 0, 10);
    assert_eq!(seated(&dated, &[backdated]).seats[0].since, PUBLISHED_AT);
}

#[test]
fn who_brings_more_later_takes_nobodys_seat() {
    let meetup = meetup(seats(3));
    let first = yes(&meetup, 3, 1, 2_000);
    let other = yes(&meetup, 4, 0, 2_500);
    let more = answer(&meetup, 3, (Answer::Accepted, 2), 3_000, Some(&first));
    let seating = seated(&meetup, &[more.clone(), other.clone()]);
    let host = seating.of(key(3)).unwrap();
    assert_eq!((host.place, host.guests), (Place::Going, 2));
    assert_eq!(host.guests_place, Some(Place::Waiting(1)));
    assert!(seating.of(key(4)).unwrap().place.is_going());
    assert_eq!(seating.taken, 2);
    let fewer = answer(&meetup, 3, (Answer::Accepted, 1), 4_000, Some(&first));
    let seating = seated(&meetup, &[fewer, other]);
    assert_eq!(seating.of(key(3)).unwrap().guests_place, Some(Place::Going));
    assert_eq!(seating.taken, 3);
}

#[test]
fn more_guests_than_seats_hold_up_nobody() {
    let meetup = meetup(seats(2));
    let seating = seated(
        &meetup,
        &[yes(&meetup, 3, 9, 2_000), yes(&meetup, 4, 0, 2_500)],
    );
    assert_eq!(places(&seating), [(3, Place::Going), (4, Place::Going)]);
    let alone = Terms {
        guests_max: Some(0),
        ..seats(2)
    };
    let meetup = self::meetup(alone);
    let seating = seated(&meetup, &[yes(&meetup, 3, 9, 2_000)]);
    assert_eq!((seating.taken, seating.seats[0].guests), (1, 0));
}

#[test]
fn after_the_last_moment_there_are_no_seats_but_those_who_waited_move_up() {
    let terms = Terms {
        answer_by: Some(2_500),
        ..seats(1)
    };
    let meetup = meetup(terms);
    let first = yes(&meetup, 3, 0, 2_000);
    let second = yes(&meetup, 4, 0, 2_500);
    let late = yes(&meetup, 5, 0, 2_501);
    let no = answer(&meetup, 3, (Answer::Declined, 0), 4_000, Some(&first));
    let seating = seated(&meetup, &[first, second, late, no]);
    assert_eq!(places(&seating), [(4, Place::Going), (5, Place::Late)]);
    assert!(terms.is_too_late(2_501) && !terms.is_too_late(2_500));
}

#[test]
fn what_a_meetup_says_of_its_seats_is_read_with_care() {
    for (tag, capacity) in [
        (["capacity", "12"], Some(12)),
        (["capacity", "0"], None),
        (["capacity", "-3"], None),
        (["capacity", "99999999999"], None),
        (["capacity", "many"], None),
    ] {
        let mut meetup = meetup(Terms::default()).note;
        meetup.other_tags = vec![tag.map(str::to_owned).to_vec()];
        assert_eq!(Terms::read(&meetup).capacity, capacity, "{tag:?}");
    }
}

/// People, guests and moments in any order; some change their answer.
fn answers() -> impl Strategy<Value = Vec<(u8, u8, u32, u64)>> {
    proptest::collection::vec((2..30_u8, 0..5_u8, 0..4_u32, 1_000..1_060_u64), 0..60)
}

fn published(meetup: &Published<Meetup>, answers: &[(u8, u8, u32, u64)]) -> Vec<Published<Rsvp>> {
    let mut rsvps: Vec<Published<Rsvp>> = Vec::new();
    for (person, status, guests, at) in answers {
        let status = match status {
            0 => Answer::Declined,
            1 => Answer::Tentative,
            _ => Answer::Accepted,
        };
        let mine = rsvps.iter().filter(|rsvp| rsvp.author == key(*person));
        let before = newest(mine.filter(|rsvp| rsvp.created_at < *at)).cloned();
        rsvps.push(answer(
            meetup,
            *person,
            (status, *guests),
            *at,
            before.as_ref(),
        ));
    }
    rsvps
}

proptest! {
    #[test]
    fn capacity_is_never_exceeded_and_nobody_passes_who_waits(
        answers in answers(), capacity in 1..20_u32,
    ) {
        let meetup = meetup(seats(capacity));
        let rsvps = published(&meetup, &answers);
        let seating = seated(&meetup, &rsvps);
        let people = |seat: &Seat| {
            let guests = seat.guests_place.filter(|place| place.is_going()).map_or(0, |_| seat.guests);
            u32::from(seat.place.is_going()) + guests
        };
        let taken: u32 = seating.seats.iter().map(people).sum();
        prop_assert_eq!(taken, seating.taken);
        prop_assert!(taken <= capacity);
        // Places are in order: whoever waits is behind everybody who goes.
        let order: Vec<Place> = seating.seats.iter().map(|seat| seat.place).collect();
        prop_assert!(order.is_sorted(), "{order:?}");
        prop_assert!(seating.seats.iter().map(|seat| seat.since).is_sorted());
        let mut numbers: Vec<u32> = seating.seats.iter()
            .flat_map(|seat| [Some(seat.place), seat.guests_place])
            .filter_map(|place| match place { Some(Place::Waiting(number)) => Some(number), _ => None })
            .collect();
        numbers.sort_unstable();
        let expected: Vec<u32> = (1..).take(numbers.len()).collect();
        prop_assert_eq!(numbers, expected);
    }

    #[test]
    fn a_decline_promotes_and_takes_nobodys_seat(
        answers in answers(), capacity in 1..20_u32, leaver in any::<prop::sample::Index>(),
    ) {
        let meetup = meetup(seats(capacity));
        let mut rsvps = published(&meetup, &answers);
        let before = seated(&meetup, &rsvps);
        prop_assume!(!before.seats.is_empty());
        let leaver = leaver.get(&before.seats).person;
        rsvps.push(answer(&meetup, leaver.as_bytes()[0], (Answer::Declined, 0), 2_000, None));
        let after = seated(&meetup, &rsvps);
        prop_assert_eq!(after.of(leaver), None);
        for seat in before.seats.iter().filter(|seat| seat.person != leaver) {
            let now = after.of(seat.person).unwrap();
            prop_assert!(now.place <= seat.place && now.guests_place <= seat.guests_place);
        }
        let first = before.waiting().find(|seat| seat.person != leaver);
        if let (Some(first), true) = (first, before.of(leaver).unwrap().place.is_going()) {
            let is_first = first.place == Place::Waiting(1);
            let goes = after.of(first.person).unwrap().place.is_going();
            prop_assert!(goes || !is_first, "the next one moves up");
        }
    }

    #[test]
    fn the_order_of_arrival_does_not_matter(answers in answers(), capacity in 1..20_u32) {
        let meetup = meetup(seats(capacity));
        let mut rsvps = published(&meetup, &answers);
        let one = seated(&meetup, &rsvps);
        rsvps.reverse();
        prop_assert_eq!(one, seated(&meetup, &rsvps));
    }
}
