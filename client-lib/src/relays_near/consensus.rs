//! What several monitors say about relays, brought together: how old it may be, what most of them say,
//! and which addresses are nobody's business. Asks nobody.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use kith_nips::PublicKey;
use kith_nips::lbc::Published;
use kith_nips::nip66::MonitoredRelay;
use kith_nips::place::{Cell, Point, distance_km};
use nostr_sdk::{RelayUrl, Url};

use super::NearbyRelay;
use crate::public_ip::is_public;

/// What a monitor said counts for twice as long as it takes to come by again, and this many seconds.
const SLACK_SECONDS: u64 = 3_600;

/// How often a monitor comes by that does not say it, in seconds.
const FREQUENCY_DEFAULT_SECONDS: u64 = 12 * 3_600;

/// Nothing older than this counts, however seldom a monitor comes by, in seconds.
pub(super) const AGE_MAX_SECONDS: u64 = 7 * 86_400;

/// Clocks may be wrong by this many seconds; what is dated later counts for nothing.
const FUTURE_SECONDS_MAX: u64 = 900;

/// The relays of these notes within the circle, nearest first, and how many there are of which nothing
/// is fresh.
pub(super) fn sorted(
    seen: Vec<Published<MonitoredRelay>>,
    frequencies: &BTreeMap<PublicKey, u64>,
    centre: Point,
    radius_km: f64,
    now: u64,
) -> (Vec<NearbyRelay>, usize) {
    let is_fresh = |note: &Published<MonitoredRelay>| {
        let frequency = frequencies.get(&note.author).copied();
        let frequency = frequency.unwrap_or(FREQUENCY_DEFAULT_SECONDS);
        let age_max = frequency
            .saturating_mul(2)
            .saturating_add(SLACK_SECONDS)
            .min(AGE_MAX_SECONDS);
        now.saturating_sub(note.created_at) <= age_max
            && note.created_at <= now.saturating_add(FUTURE_SECONDS_MAX)
    };
    let mut fresh: BTreeMap<RelayUrl, Vec<Published<MonitoredRelay>>> = BTreeMap::new();
    let mut stale: BTreeMap<RelayUrl, Vec<Published<MonitoredRelay>>> = BTreeMap::new();
    for note in seen {
        let Some(url) = public_address(&note.url) else {
            continue;
        };
        let notes = match is_fresh(&note) {
            true => &mut fresh,
            false => &mut stale,
        };
        notes.entry(url).or_default().push(note);
    }
    let is_stale = |(url, notes): &(&RelayUrl, &Vec<_>)| {
        let is_near = middle_place(centre, notes).is_some_and(|(km, _)| km <= radius_km);
        is_near && !fresh.contains_key(*url)
    };
    let stale = stale.iter().filter(is_stale).count();
    let relays = fresh.into_iter();
    let mut relays: Vec<NearbyRelay> = relays
        .filter_map(|(url, notes)| relay(url, centre, &notes))
        .filter(|relay| relay.distance_km <= radius_km)
        .collect();
    relays.sort_by(|one, other| {
        let near = one.distance_km.total_cmp(&other.distance_km);
        near.then(other.monitors.cmp(&one.monitors))
            .then_with(|| one.url.cmp(&other.url))
    });
    (relays, stale)
}

/// What these monitors say of one relay, unless none says where it is.
fn relay(url: RelayUrl, centre: Point, notes: &[Published<MonitoredRelay>]) -> Option<NearbyRelay> {
    let (distance_km, cell) = middle_place(centre, notes)?;
    let monitors: BTreeSet<PublicKey> = notes.iter().map(|note| note.author).collect();
    let networks = notes.iter().filter_map(|note| note.network.clone());
    let nips = notes.iter().map(|note| note.nips.clone());
    let requirements = notes.iter().map(|note| note.requirements.clone());
    let times = |time: fn(&MonitoredRelay) -> Option<u32>| {
        middle(notes.iter().filter_map(|note| time(note)))
    };
    let said = MonitoredRelay {
        network: most_frequent(networks),
        nips: by_most(nips),
        requirements: by_most(requirements),
        open_ms: times(|note| note.open_ms),
        read_ms: times(|note| note.read_ms),
        write_ms: times(|note| note.write_ms),
        geohash: Some(cell),
        ..MonitoredRelay::new(url.as_str())
    };
    Some(NearbyRelay {
        url,
        distance_km,
        monitors: monitors.len(),
        seen_at: notes.iter().map(|note| note.created_at).max().unwrap_or(0),
        said,
    })
}

/// How far away it is in kilometres, and where: the middle one of what is said.
fn middle_place(centre: Point, notes: &[Published<MonitoredRelay>]) -> Option<(f64, Cell)> {
    let cells = notes.iter().filter_map(|note| note.geohash);
    let places = cells.map(|cell| {
        let metres = (distance_km(centre, cell.centre()) * 1_000.0).round() as u32;
        (metres, cell)
    });
    let (metres, cell) = middle(places)?;
    Some((f64::from(metres) / 1_000.0, cell))
}

/// What more than half of the lists have that have anything.
fn by_most<T: Ord>(lists: impl Iterator<Item = Vec<T>>) -> Vec<T> {
    let mut count: usize = 0;
    let mut said: BTreeMap<T, usize> = BTreeMap::new();
    for list in lists.filter(|list| !list.is_empty()) {
        count += 1;
        for item in BTreeSet::from_iter(list) {
            *said.entry(item).or_default() += 1;
        }
    }
    let by_most = said.into_iter().filter(|(_, times)| times * 2 > count);
    by_most.map(|(item, _)| item).collect()
}

fn most_frequent(words: impl Iterator<Item = String>) -> Option<String> {
    let mut said: BTreeMap<String, usize> = BTreeMap::new();
    for word in words {
        *said.entry(word).or_default() += 1;
    }
    let most = said.into_iter().max_by_key(|(_, times)| *times);
    most.map(|(word, _)| word)
}

/// The middle one; of two, the lower.
fn middle<T: Ord>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut values: Vec<T> = values.collect();
    values.sort_unstable();
    let place = values.len().checked_sub(1)? / 2;
    values.into_iter().nth(place)
}

/// An address that others can reach: a monitor must not lead into somebody's own network.
fn public_address(text: &str) -> Option<RelayUrl> {
    let relay = RelayUrl::parse(text.trim()).ok()?;
    let url: &Url = (&relay).into();
    if !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    let host = url.host_str()?.trim_end_matches('.');
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let is_public = match bare.parse::<IpAddr>() {
        Ok(ip) => is_public(ip),
        Err(_) => {
            let names = ["localhost", ".localhost", ".local", ".internal"];
            host.contains('.') && names.iter().all(|name| !host.ends_with(name))
        }
    };
    is_public.then_some(relay)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_nips::{EventId, Kind};

    const NOW: u64 = 1_800_000_000;

    fn brighton() -> Point {
        Point::new(50.8225, -0.1372).unwrap()
    }

    fn note(monitor: u8, url: &str, age: u64, nips: &[u16]) -> Published<MonitoredRelay> {
        let mut relay = MonitoredRelay::new(url);
        relay.nips = nips.to_vec();
        relay.geohash = Some(Cell::of(brighton(), 6));
        relay.open_ms = Some(u32::from(monitor) * 100);
        relay.network = Some(if monitor == 3 { "tor" } else { "clearnet" }.to_owned());
        Published {
            id: EventId::from_bytes([monitor; 32]),
            author: PublicKey::from_bytes([monitor; 32]),
            created_at: NOW - age,
            kind: Kind::RELAY_DISCOVERY,
            note: relay,
        }
    }

    #[test]
    fn nip66_02_no_monitor_is_believed_alone() {
        let url = "wss://relay.example.com/";
        let seen = vec![
            note(1, url, 60, &[1, 11]),
            note(2, "wss://RELAY.example.com", 30, &[1, 45]),
            note(3, url, 90, &[1, 11, 99]),
        ];
        let (relays, stale) = sorted(seen, &BTreeMap::new(), brighton(), 10.0, NOW);
        assert_eq!((relays.len(), stale), (1, 0));
        let relay = &relays[0];
        assert_eq!((relay.monitors, relay.seen_at), (3, NOW - 30));
        assert_eq!(relay.said.nips, [1, 11]);
        assert_eq!(relay.said.network.as_deref(), Some("clearnet"));
        assert_eq!((relay.said.open_ms, relay.said.read_ms), (Some(200), None));
        assert!(relay.distance_km < 1.0);
    }

    #[test]
    fn what_a_monitor_should_have_renewed_does_not_count() {
        let frequent = BTreeMap::from([(PublicKey::from_bytes([1; 32]), 600)]);
        let of = |notes: Vec<Published<MonitoredRelay>>| {
            let (relays, stale) = sorted(notes, &frequent, brighton(), 10.0, NOW);
            (relays.len(), stale)
        };
        let url = "wss://relay.example.com";
        assert_eq!(of(vec![note(1, url, 4_000, &[])]), (1, 0));
        assert_eq!(of(vec![note(1, url, 5_000, &[])]), (0, 1));
        assert_eq!(
            of(vec![note(2, url, 5_000, &[])]),
            (1, 0),
            "does not say how often"
        );
        assert_eq!(
            of(vec![note(1, url, 5_000, &[]), note(2, url, 5_000, &[])]),
            (1, 0)
        );
        let mut future = note(1, url, 0, &[]);
        future.created_at = NOW + 5_000;
        assert_eq!(of(vec![future]), (0, 1));
    }

    #[test]
    fn addresses_that_lead_home_are_left_out() {
        for url in [
            "wss://relay.example.com/path",
            "ws://203.0.113.7:7777",
            "ws://abcdef.onion",
        ] {
            assert!(public_address(url).is_some(), "{url}");
        }
        for url in [
            "ws://127.0.0.1",
            "ws://192.168.1.1:80",
            "ws://[::1]:7447",
            "ws://[fd00::1]",
            "ws://[::ffff:127.0.0.1]",
            "ws://localhost:7447",
            "ws://printer.local",
            "ws://printer",
            "wss://me:secret@relay.example.com",
            "https://relay.example.com",
            "relay",
            "",
        ] {
            assert!(public_address(url).is_none(), "{url}");
        }
    }
}
