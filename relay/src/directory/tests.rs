//! The directory over a real store: what the routes of the API cannot bring about, or only slowly.

use std::sync::Arc;

use kith_nips::lbc::{Answer, Group, Topic};
use kith_nips::nip50::Search;
use kith_nips::{Address, Event};
use tempfile::TempDir;

use super::*;
use crate::feed;
use crate::session::fake_store::{ALICE, BOB, CAROL, event_at};
use crate::store::sqlite::{SqliteOptions, SqliteStore};

/// The moment of these tests.
const NOW: u64 = 1_800_000_000;

struct World {
    store: Arc<SqliteStore>,
    _folder: TempDir,
}

impl World {
    async fn holding(events: &[Arc<Event>]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (publisher, _feed) = feed::channel();
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
