//! Tallies: which answers count, and how they are shown.

use proptest::prelude::*;

use super::*;
use crate::lbc::testing::{community, id, key, publish};
use crate::lbc::{CommunityReference, MeetupVersion, Note, Slug};
use crate::nip52::{TimeSpan, When};
use crate::{Address, Kind};

fn meetup_at(identifier: &str, start: u64, created_at: u64) -> Published<Meetup> {
    let when = When::timed(TimeSpan::new(start, None).unwrap());
    let slug: Slug = "slug".parse().unwrap();
    let mut meetup = Meetup::new(
        CommunityReference::new(community(), key(1)),
        &slug,
        "Chess",
        when,
    );
    meetup.identifier = identifier.to_owned();
    Meetup::read(&publish(&meetup.draft().unwrap(), 1, created_at)).unwrap()
}

fn slugged() -> Published<Meetup> {
    meetup_at(&format!("{}:slug", community()), 9_000, 100)
}

fn rsvp(
    meetup: &Published<Meetup>,
    person: u8,
    answer: Answer,
    created_at: u64,
) -> Published<Rsvp> {
    answer_to(meetup.address(), None, person, answer, created_at)
}

fn answer_to(
    meetup: Address,
    version: Option<EventId>,
    person: u8,
    answer: Answer,
    created_at: u64,
) -> Published<Rsvp> {
    let mut rsvp = Rsvp::new(meetup, answer);
    rsvp.version = version.map(|id| MeetupVersion { id, relay: None });
    Rsvp::read(&publish(&rsvp.draft().unwrap(), person, created_at)).unwrap()
}

fn add_up(
    meetup: &Published<Meetup>,
    earlier: &[Published<Meetup>],
    rsvps: &[Published<Rsvp>],
) -> Tally {
    let membership = |person: PublicKey| match person.as_bytes()[0] {
        1 => Membership::Owner,
        2 => Membership::Member,
        3 => Membership::Lapsed,
        66 => Membership::Muted,
        _ => Membership::Visitor,
    };
    let context = TallyContext {
        meetup,
        community: Some(community()),
        earlier_versions: earlier,
        membership,
    };
    tally(rsvps, &context)
}

#[test]
fn nip52_14_only_the_newest_answer_of_a_person_counts_even_with_another_d() {
    let meetup = slugged();
    let mut old = Rsvp::read(&{
        let mut draft = Rsvp::new(meetup.address(), Answer::Accepted)
            .draft()
            .unwrap();
        draft.tags[0][1] = "another-d".to_owned();
        publish(&draft, 9, 200)
    });
    let old = old.as_mut().unwrap();
    let new = rsvp(&meetup, 9, Answer::Declined, 300);
    for order in [[old.clone(), new.clone()], [new.clone(), old.clone()]] {
        let tally = add_up(&meetup, &[], &order);
        assert_eq!(
            (tally.count(Answer::Accepted), tally.count(Answer::Declined)),
            (0, 1)
        );
    }
}

#[test]
fn nip52_14_answers_to_other_meetups_do_not_count() {
    let meetup = slugged();
    let mut address = meetup.address();
    address.kind = Kind::DATE_MEETUP;
    let tally = add_up(
        &meetup,
        &[],
        &[answer_to(address, None, 9, Answer::Accepted, 200)],
    );
    assert_eq!(tally, Tally::default());
}

#[test]
fn nip52_15_answers_before_a_change_of_time_or_place_are_marked() {
    let current = slugged();
    let same = meetup_at(current.identifier(), 9_000, 50);
    let mut moved = meetup_at(current.identifier(), 9_000, 40);
    moved.note.places = vec!["elsewhere".to_owned()];
    let other_time = meetup_at(current.identifier(), 8_000, 30);
    let earlier = [same, moved, other_time];
    let answer =
        |version, person| answer_to(current.address(), version, person, Answer::Accepted, 60);
    let rsvps = [
        answer(None, 10),
        answer(Some(current.id), 11),
        answer(Some(earlier[0].id), 12),
        answer(Some(earlier[1].id), 13),
        answer(Some(earlier[2].id), 14),
        answer(Some(id(99)), 15),
    ];
    let tally = add_up(&current, &earlier, &rsvps);
    assert_eq!(tally.count(Answer::Accepted), 6, "all of them count");
    let bases: Vec<Basis> = tally
        .attendees
        .iter()
        .map(|attendee| attendee.basis)
        .collect();
    let (current, before) = (Basis::Current, Basis::BeforeTheChange);
    assert_eq!(
        bases,
        [
            current,
            current,
            current,
            before,
            before,
            Basis::UnknownVersion
        ]
    );
}

#[test]
fn lbc_36_at_the_bare_community_id_only_answers_to_the_current_version_count() {
    let meetup = meetup_at(&community().to_string(), 9_000, 100);
    let answer = |version, person, created_at| {
        answer_to(
            meetup.address(),
            version,
            person,
            Answer::Accepted,
            created_at,
        )
    };
    let rsvps = [
        answer(Some(meetup.id), 10, 50),
        answer(None, 11, 100),
        answer(None, 12, 99),
        answer(Some(id(99)), 13, 500),
    ];
    let tally = add_up(&meetup, &[], &rsvps);
    let people = |list: &[Attendee]| {
        list.iter()
            .map(|attendee| attendee.person)
            .collect::<Vec<_>>()
    };
    assert_eq!(people(&tally.attendees), [key(10), key(11)]);
    assert_eq!(people(&tally.answered_earlier_version), [key(12), key(13)]);
}

#[test]
fn lbc_36_with_a_slug_answers_to_earlier_versions_count() {
    let meetup = slugged();
    let rsvps = [answer_to(
        meetup.address(),
        Some(id(99)),
        13,
        Answer::Accepted,
        5,
    )];
    assert_eq!(add_up(&meetup, &[], &rsvps).count(Answer::Accepted), 1);
}

#[test]
fn lbc_38_grouped_into_members_and_others_without_the_muted() {
    let meetup = slugged();
    let answers = [(9, 200), (66, 201), (3, 202), (2, 203), (1, 204)];
    let rsvps =
        answers.map(|(person, created_at)| rsvp(&meetup, person, Answer::Accepted, created_at));
    let tally = add_up(&meetup, &[], &rsvps);
    let group = |group| {
        tally
            .in_group(group, Answer::Accepted)
            .map(|attendee| attendee.person)
            .collect::<Vec<_>>()
    };
    assert_eq!(group(Group::Members), [key(2), key(1)]);
    assert_eq!(
        group(Group::Others),
        [key(9), key(3)],
        "lapsed ones are others"
    );
    assert_eq!(tally.count(Answer::Accepted), 4);
}

proptest! {
    #[test]
    fn nip52_14_a_tally_does_not_depend_on_the_order(
        answers in proptest::collection::vec((1..8u8, 0..3usize, 0..5u64), 0..12).prop_flat_map(|list| {
            (Just(list.clone()), Just(list).prop_shuffle())
        })
    ) {
        let meetup = slugged();
        let kinds = [Answer::Accepted, Answer::Tentative, Answer::Declined];
        let build = |list: &[(u8, usize, u64)]| -> Vec<Published<Rsvp>> {
            list.iter().map(|(person, answer, at)| rsvp(&meetup, *person, kinds[*answer], *at)).collect()
        };
        let (one, two) = (add_up(&meetup, &[], &build(&answers.0)), add_up(&meetup, &[], &build(&answers.1)));
        let people: std::collections::BTreeSet<u8> = answers.0.iter().map(|(person, _, _)| *person).collect();
        prop_assert_eq!(one.attendees.len(), people.len());
        prop_assert_eq!(one, two);
    }
}
