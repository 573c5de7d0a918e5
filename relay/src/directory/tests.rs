//! The directory over a real store: what the routes of the API cannot bring about, or only slowly.

use std::sync::Arc;

use kith_nips::lbc::{Answer, Group, Topic};
use kith_nips::nip50::Search;
use kith_nips::{Address, Event, PublicKey};
use tempfile::TempDir;

use super::*;
use crate::feed;
use crate::session::fake_store::{ALICE, BOB, CAROL, event_at};
use crate::store::sqlite::{SqliteOptions, SqliteStore};

mod remembered;

/// The moment of these tests.
const NOW: u64 = 1_800_000_000;

struct World {
    store: Arc<SqliteStore>,
    _folder: TempDir,
}

impl World {
    async fn holding(events: &[Arc<Event>]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (publisher, _) = feed::channel();
        let store = SqliteStore::open(&SqliteOptions::new(folder.path()), publisher).unwrap();
        let world = World {
            store: Arc::new(store),
            _folder: folder,
        };
        world.store.save_all(events.to_vec()).await.unwrap();
        world
    }

    fn reading(&self) -> Reading {
        Directory::new(self.store.clone()).reading(Arc::new(|_| true), NOW)
    }
}

fn community(owner: &str) -> Arc<Event> {
    event_at(owner, 1_037, &[], "", NOW - 1_000)
}

fn meetup(author: &str, community: &Event, slug: &str, start: u64) -> Arc<Event> {
    let id = community.id().to_string();
    let tags: &[&[&str]] = &[
        &["d", &format!("{id}:{slug}")],
        &["e", &id],
        &["title", slug],
        &["start", &start.to_string()],
    ];
    event_at(author, 31_923, tags, "", NOW - 500)
}

fn address(event: &Event) -> Address {
    event.address().unwrap()
}

fn listing(search: &str, limit: usize) -> Listing {
    Listing {
        search: Search::parse(search)
            .ok()
            .filter(|search| !search.is_empty()),
        limit,
        ..Listing::default()
    }
}

#[tokio::test]
async fn lbc_36_at_the_bare_address_only_answers_to_this_meetup_count() {
    let mine = community(ALICE);
    let id = mine.id().to_string();
    let version = |start: u64, at: u64| {
        let start = start.to_string();
        let tags: &[&[&str]] = &[&["d", &id], &["e", &id], &["start", &start]];
        event_at(ALICE, 31_923, tags, "", at)
    };
    let (first, second) = (version(NOW + 10, NOW - 300), version(NOW + 900, NOW - 100));
    let answer = |author: &str, to: &Event, at: u64| {
        let a = address(to).to_string();
        let tags: &[&[&str]] = &[
            &["d", "x"],
            &["a", &a],
            &["e", &to.id().to_string()],
            &["status", "accepted"],
        ];
        event_at(author, 31_925, tags, "", at)
    };
    let events = [
        mine.clone(),
        first.clone(),
        second.clone(),
        answer(BOB, &first, NOW - 200),
        answer(CAROL, &second, NOW - 50),
    ];
    let world = World::holding(&events).await;
    let reading = world.reading();
    let view = reading.meetup(&address(&second)).await.unwrap().unwrap();
    let tally = view.rsvps.as_ref().unwrap().tally.clone();
    assert_eq!(tally.in_group(Group::Others, Answer::Accepted).count(), 1);
    assert_eq!(tally.answered_earlier_version.len(), 1);
    let goes = async |person: &Event| {
        let entries = reading
            .agenda(person.pubkey(), &listing("from:0", 10))
            .await;
        entries.unwrap().items.len()
    };
    assert_eq!(goes(&events[3]).await, 0);
    assert_eq!(goes(&events[4]).await, 1);
}

#[tokio::test]
async fn lbc_37_answers_of_the_old_form_are_found() {
    let mine = community(ALICE);
    let chess = meetup(ALICE, &mine, "chess", NOW + 100);
    let at = address(&chess);
    let old_form = format!("{}:{}:{}", chess.id(), at.pubkey, at.identifier);
    let tags: &[&[&str]] = &[&["d", "x"], &["a", &old_form], &["status", "accepted"]];
    let answer = event_at(BOB, 31_925, tags, "", NOW - 100);
    let world = World::holding(&[mine, chess, answer]).await;
    let view = world.reading().meetup(&at).await.unwrap().unwrap();
    assert_eq!(view.rsvps.unwrap().tally.count(Answer::Accepted), 1);
}

#[tokio::test]
async fn lbc_58_the_directory_does_not_depend_on_the_order_of_arrival() {
    let mine = community(ALICE);
    let id = mine.id().to_string();
    let tags: &[&[&str]] = &[&["d", &id], &["title", "Chess"]];
    let list: &[&[&str]] = &[
        &["d", &id],
        &["p", &event_at(BOB, 1, &[], "", 1).pubkey().to_string()],
    ];
    let mut events = vec![
        mine.clone(),
        event_at(ALICE, 30_037, tags, "", NOW - 900),
        event_at(BOB, 30_037, tags, "not the owner", NOW - 900),
        meetup(BOB, &mine, "chess", NOW + 100),
        event_at(ALICE, 30_000, list, "", NOW - 800),
        event_at(BOB, 10_037, &[&["e", &id]], "", NOW - 700),
    ];
    let mut seen = Vec::new();
    for _ in 0..events.len() {
        let world = World::holding(&events).await;
        let reading = world.reading();
        let communities = reading.communities(&listing("", 10)).await.unwrap();
        let meetups = reading.meetups(&listing("from:0", 10)).await.unwrap();
        seen.push((communities, meetups));
        events.rotate_left(1);
    }
    let (communities, meetups) = seen.first().unwrap();
    assert_eq!((communities.items.len(), meetups.items.len()), (1, 1));
    assert_eq!(communities.items.first().unwrap().counts.members, 2);
    assert!(seen.iter().all(|other| other == seen.first().unwrap()));
}

#[tokio::test]
async fn lbc_38_a_page_counts_as_each_of_its_items_does() {
    let (chess, go) = (
        community(ALICE),
        event_at(BOB, 1_037, &[], "go", NOW - 1_000),
    );
    let [alice, bob, carol] = [ALICE, BOB, CAROL].map(|key| event_at(key, 1, &[], "", 1).pubkey());
    let mut events = vec![chess.clone(), go.clone()];
    let names = |of: &Event, suffix: &str| (format!("{}{suffix}", of.id()), of.id().to_string());
    for (owner, of) in [(ALICE, &chess), (BOB, &go)] {
        let (d, _) = names(of, "");
        events.push(event_at(owner, 30_037, &[&["d", &d]], "", NOW - 900));
    }
    // Bob and Carol are on the list of the one, Alice and Carol on that of the other, which mutes Carol.
    let list = |owner: &str, of: &Event, suffix: &str, people: &[PublicKey]| {
        let (d, _) = names(of, suffix);
        let people: Vec<String> = people.iter().map(PublicKey::to_string).collect();
        let mut tags: Vec<Vec<&str>> = vec![vec!["d", &d]];
        tags.extend(people.iter().map(|person| vec!["p", person]));
        let tags: Vec<&[&str]> = tags.iter().map(Vec::as_slice).collect();
        event_at(owner, 30_000, &tags, "", NOW - 800)
    };
    events.push(list(ALICE, &chess, "", &[bob, carol]));
    events.push(list(BOB, &go, "", &[alice, carol]));
    events.push(list(BOB, &go, ":blocked", &[carol]));
    // Carol follows both, Alice the other's, Bob none.
    let (chess_id, go_id) = (chess.id().to_string(), go.id().to_string());
    let both: &[&[&str]] = &[&["e", &chess_id], &["e", &go_id], &["e", &chess_id]];
    events.push(event_at(CAROL, 10_037, both, "", NOW - 700));
    events.push(event_at(ALICE, 10_037, &[&["e", &go_id]], "", NOW - 700));
    let meetups = [
        meetup(ALICE, &chess, "open", NOW + 100),
        meetup(CAROL, &chess, "other", NOW + 200),
        meetup(BOB, &go, "mine", NOW + 300),
        meetup(CAROL, &go, "muted", NOW + 400),
        meetup(BOB, &go, "over", NOW - 100_000),
    ];
    for (nth, of) in meetups.iter().enumerate() {
        for author in [ALICE, BOB, CAROL] {
            let tags: &[&[&str]] = &[
                &["d", &format!("answer-{nth}")],
                &["a", &address(of).to_string()],
                &["status", "accepted"],
            ];
            events.push(event_at(author, 31_925, tags, "", NOW - 50));
        }
    }
    events.extend(meetups.iter().cloned());
    let world = World::holding(&events).await;
    let reading = world.reading();
    let page = reading.communities(&listing("", 10)).await.unwrap();
    let counts = |of: &Event| {
        let view = page.items.iter().find(|view| view.record.id() == of.id());
        view.unwrap().counts
    };
    let of = |members, followers, upcoming_meetups| CommunityCounts {
        members,
        followers,
        upcoming_meetups,
    };
    assert_eq!(counts(&chess), of(2, 1, 2));
    assert_eq!(counts(&go), of(2, 1, 1));
    for view in &page.items {
        let one = reading.community(Arc::clone(&view.record)).await.unwrap();
        assert_eq!(one.counts, view.counts);
    }
    let page = reading.meetups(&listing("from:0", 10)).await.unwrap();
    let groups = |view: &MeetupView| {
        let tally = &view.rsvps.as_ref().unwrap().tally;
        let of = |group| tally.in_group(group, Answer::Accepted).count();
        (
            view.meetup.title.clone(),
            of(Group::Members),
            of(Group::Others),
        )
    };
    let groups: Vec<_> = page.items.iter().map(groups).collect();
    let expected = [
        ("over", 2, 0),
        ("open", 2, 1),
        ("other", 2, 1),
        ("mine", 2, 0),
    ];
    let expected = expected.map(|(title, members, others)| (title.to_owned(), members, others));
    assert_eq!(groups, expected);
    for view in &page.items {
        let one = reading.meetup(&view.meetup.address()).await.unwrap();
        assert_eq!(one.unwrap().rsvps, view.rsvps);
    }
    let found = reading.search(&listing("from:0", 10)).await.unwrap();
    assert_eq!(found.items.len(), 3, "meetups that are not over");
    for item in &found.items {
        let Found::Meetup(found) = item else {
            panic!("{item:?}")
        };
        assert!(page.items.iter().any(|view| view.rsvps == found.rsvps));
    }
}

#[tokio::test]
async fn what_is_popular_takes_nothing_from_its_neighbours() {
    let (busy, quiet) = (community(ALICE), event_at(BOB, 1_037, &[], "", NOW - 1_000));
    let mut events = vec![busy.clone(), quiet.clone()];
    for (owner, of) in [(ALICE, &busy), (BOB, &quiet)] {
        let d = of.id().to_string();
        events.push(event_at(owner, 30_037, &[&["d", &d]], "", NOW - 900));
    }
    let coming = 500;
    let next = |nth| meetup(ALICE, &busy, &format!("m{nth}"), NOW + 10 + nth);
    events.extend((0..coming).map(next));
    let (popular, other) = (next(0), meetup(BOB, &quiet, "other", NOW + 9_000));
    events.push(other.clone());
    let answer = |to: &Event, nth: usize, at: u64| {
        let tags: &[&[&str]] = &[
            &["d", &nth.to_string()],
            &["a", &address(to).to_string()],
            &["status", "accepted"],
        ];
        event_at(CAROL, 31_925, tags, "", at)
    };
    let answers = RSVPS_PER_MEETUP_MAX;
    events.push(answer(&other, answers, NOW - 500));
    events.push(answer(&next(1), answers + 1, NOW - 100));
    events.extend((0..answers).map(|nth| answer(&popular, nth, NOW - 100)));
    let world = World::holding(&events).await;
    let reading = world.reading();
    let page = reading.communities(&listing("", 10)).await.unwrap();
    let mut upcoming: Vec<u64> = page
        .items
        .iter()
        .map(|view| view.counts.upcoming_meetups)
        .collect();
    upcoming.sort_unstable();
    assert_eq!(upcoming, [1, coming]);
    let page = reading.meetups(&listing("from:0", 600)).await.unwrap();
    for of in [&popular, &other] {
        let view = page.items.iter().find(|view| view.meetup.id == of.id());
        let rsvps = view.unwrap().rsvps.as_ref().unwrap();
        assert!(!rsvps.cut);
        assert_eq!(rsvps.tally.count(Answer::Accepted), 1);
    }
}

#[tokio::test]
async fn a_page_that_is_all_hidden_says_where_to_go_on() {
    // Somebody was muted after writing much: bounded steps pass over it, page by page.
    let mine = community(ALICE);
    let id = mine.id().to_string();
    let muted = event_at(BOB, 1, &[], "", 1).pubkey().to_string();
    let blocked: &[&[&str]] = &[&["d", &format!("{id}:blocked")], &["p", &muted]];
    let mut events = vec![mine.clone(), event_at(ALICE, 30_000, blocked, "", NOW - 1)];
    events.extend((0..400).map(|nth| meetup(BOB, &mine, &format!("m{nth}"), NOW + nth)));
    events.push(meetup(ALICE, &mine, "mine", NOW + 1_000));
    let world = World::holding(&events).await;
    let reading = world.reading();
    let mut asked = listing("from:0", 1);
    let mut pages = 0;
    let found = loop {
        let page = reading.meetups(&asked).await.unwrap();
        pages += 1;
        if let Some(view) = page.items.first() {
            break view.meetup.title.clone();
        }
        asked.after = page.next;
        assert!(asked.after.is_some(), "nothing was found");
    };
    assert_eq!(found, "mine");
    assert!(pages > 1, "one page would have cost as much as there is");
}

#[tokio::test]
async fn so_many_are_compared_with_a_person_and_no_more() {
    let mine = community(ALICE);
    let follows: &[&[&str]] = &[&["e", &mine.id().to_string()], &["t", "chess"]];
    let person = event_at(BOB, 10_037, follows, "", NOW);
    let first = u64::try_from(CANDIDATES_MAX).unwrap();
    let meetups = (0..=first).map(|nth| meetup(ALICE, &mine, &format!("m{nth}"), NOW + nth));
    let mut events: Vec<_> = [mine.clone(), person.clone()].into();
    events.extend(meetups);
    let world = World::holding(&events).await;
    let alike = |limit| Listing {
        like: Some(person.pubkey()),
        ..listing("from:0", limit)
    };
    let page = world.reading().meetups(&alike(2)).await.unwrap();
    assert!(page.cut && page.next.is_some());
    let most = Listing {
        topics: Topic::new("chess").into_iter().collect(),
        ..alike(CANDIDATES_MAX)
    };
    let none = world.reading().meetups(&most).await.unwrap();
    assert!(!none.cut && none.items.is_empty() && none.next.is_none());
}
