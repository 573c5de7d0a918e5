use std::collections::{BTreeMap, HashMap, HashSet};

use kith_nips::discovery::Setting;
use kith_nips::place::{Gazetteer, distance_km};

use super::*;
use crate::world::END;

const SMALL: Size = Size {
    events: 3_020,
    seed: 7,
};

fn events(world: &DiscoveryWorld) -> Vec<Event> {
    let lines = world.lines().unwrap();
    lines
        .iter()
        .map(|line| Event::parse(line).unwrap())
        .collect()
}

fn kinds(events: &[Event]) -> BTreeMap<u16, u64> {
    let mut kinds = BTreeMap::new();
    for event in events {
        *kinds.entry(event.kind().as_u16()).or_default() += 1;
    }
    kinds
}

#[test]
fn the_same_seed_is_the_same_world_and_every_signature_is_valid() {
    let world = DiscoveryWorld::new(SMALL).unwrap();
    let events = events(&world);
    assert_eq!(events.len(), 3_020);
    assert_eq!(
        world.lines().unwrap(),
        DiscoveryWorld::new(SMALL).unwrap().lines().unwrap()
    );
    assert!(events.is_sorted_by_key(Event::created_at));
    let mut addresses = HashSet::new();
    for event in &events {
        event.verify().unwrap();
        assert!(event.created_at() < END);
        assert!(
            event
                .address()
                .is_none_or(|address| addresses.insert(address))
        );
    }
    let ids: HashSet<EventId> = events.iter().map(Event::id).collect();
    assert_eq!(ids.len(), events.len());
}

#[test]
fn it_has_what_its_size_says() {
    let world = DiscoveryWorld::new(SMALL).unwrap();
    assert_eq!(world.communities(), 60);
    let mut kinds = kinds(&events(&world));
    let all_day = kinds.remove(&31_922).unwrap();
    *kinds.entry(31_923).or_default() += all_day;
    let expected = BTreeMap::from([
        (0, 60 * PEOPLE),
        (40, 60),
        (42, 3_020 - 60 * NOTES_WITHOUT_MESSAGES - 190),
        (1_037, 60),
        (10_037, 60 * PEOPLE),
        (30_000, 60),
        (30_037, 60),
        (31_923, 60 * MEETUPS + 190),
        (31_925, 60 * ANSWERS),
    ]);
    assert_eq!(kinds, expected);
}

#[test]
fn meetups_are_made_again_as_they_were_written_and_half_are_yet_to_come() {
    let world = DiscoveryWorld::new(SMALL).unwrap();
    let written = events(&world);
    let is_meetup = |event: &&Event| [31_922, 31_923].contains(&event.kind().as_u16());
    let written: HashSet<EventId> = written.iter().filter(is_meetup).map(Event::id).collect();
    let mut made = Vec::new();
    for community in 0..world.communities() {
        made.extend(world.meetups(community).unwrap());
    }
    assert_eq!(written, made.iter().map(Event::id).collect());
    let settings: Vec<Setting> = made.iter().map(Setting::of).collect();
    let yet_to_come = settings.iter().filter(|at| at.start.unwrap() > END).count();
    assert_eq!(yet_to_come, settings.len() / 2);
    let share = |is: &dyn Fn(&Setting) -> bool| {
        settings.iter().filter(|at| is(at)).count() * 100 / settings.len()
    };
    assert!((8..24).contains(&share(&|at| at.end.is_none())));
    assert!((1..8).contains(&share(&|at| at.is_off)));
    let days = |at: &Setting| at.end.is_some_and(|end| end > at.start.unwrap() + 86_400);
    assert!((1..12).contains(&share(&days)));
}

#[test]
fn berlin_has_the_most_and_they_are_within_some_kilometres() {
    let world = DiscoveryWorld::new(Size {
        events: 60_000,
        ..SMALL
    })
    .unwrap();
    let mut communities: HashMap<&str, u32> = HashMap::new();
    for number in 0..world.communities() {
        let city = Head::new(&world, number).unwrap().city;
        *communities.entry(city.name()).or_default() += 1;
    }
    let most = communities.iter().max_by_key(|(_, count)| **count);
    assert_eq!(
        most.map(|(name, _)| *name),
        Some("Berlin"),
        "{communities:?}"
    );
    let feed = world.meetups(0).unwrap();
    assert_eq!(feed.len() as u64, MEETUPS_OF_FEED);
    let middle = Gazetteer::resolve(BERLIN)[0].point();
    let mut distances: Vec<f64> = feed
        .iter()
        .map(|event| distance_km(Setting::of(event).position().unwrap(), middle))
        .collect();
    distances.sort_by(f64::total_cmp);
    assert!((3.0..9.0).contains(&distances[100]) && distances[199] < 30.0);
    let topics = |event: &Event| event.tags().named("t").count();
    assert!(feed.iter().all(|event| (1..=4).contains(&topics(event))));
}

#[test]
fn fresh_notes_are_dated_now_and_their_meetups_later() {
    let now = 1_800_000_000;
    let size = Size {
        events: 1_000,
        seed: 1 << 60,
    };
    let fresh = DiscoveryWorld::fresh(size, now).unwrap();
    let events = events(&fresh);
    assert_eq!(events.len(), 1_000);
    for event in &events {
        event.verify().unwrap();
        assert!((now - PERIODS..now).contains(&event.created_at()));
        let start = Setting::of(event).start;
        assert!(start.is_none_or(|start| start > now));
    }
    assert!(kinds(&events).contains_key(&31_923));
}

#[test]
fn a_large_world_ends_in_time() {
    let size = Size {
        events: 1_000_000_000,
        seed: 1,
    };
    let world = DiscoveryWorld::new(size).unwrap();
    let (begun, seconds) = world.window(world.communities() - 1, PERIODS - 1);
    assert!(begun + seconds <= END);
    assert!(!world.part(world.parts() - 1).unwrap().0.is_empty());
    assert!(
        DiscoveryWorld::new(Size {
            events: 999,
            seed: 1
        })
        .is_err()
    );
}
