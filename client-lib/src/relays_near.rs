//! Relays near a place, by what monitors say (NIP-66). No monitor is believed alone where there are
//! several, what is too old is left out, and nothing that is found is used by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use kith_nips::lbc::Published;
use kith_nips::nip66::{Monitor, MonitoredRelay, Requirement};
use kith_nips::place::{CoverError, Point, cells_covering_circle, distance_km};
use kith_nips::{Address, Kind, PublicKey};
use nostr_sdk::{Alphabet, RelayUrl, Timestamp, Url};

use crate::fetch::{Found, ReadError};
use crate::filters::{addresses_filters, kinds_filter, tag, tag_filters};
use crate::kith::Kith;
use crate::refusal::{Refusal, merge};
use crate::versions::newest;

/// Notes of monitors that are read where none can be found by a cell, the newest ones, in pages.
const PAGES_MAX: usize = 10;

/// How many are in a page.
const NOTES_PER_PAGE: usize = 500;

/// Monitors whose word about themselves is asked for.
const MONITORS_MAX: usize = 500;

/// What a monitor said counts for twice as long as it takes to come by again, and this many seconds.
const SLACK_SECONDS: u64 = 3_600;

/// How often a monitor comes by that does not say it, in seconds.
const FREQUENCY_DEFAULT_SECONDS: u64 = 12 * 3_600;

/// Nothing older than this counts, however seldom a monitor comes by, in seconds.
const AGE_MAX_SECONDS: u64 = 7 * 86_400;

/// Clocks may be wrong by this many seconds; what is dated later counts for nothing.
const FUTURE_SECONDS_MAX: u64 = 900;

/// Relays near a place.
///
/// ```no_run
/// use kith_client::{Kith, place::Point};
/// # async fn example(kith: Kith) -> Result<(), Box<dyn std::error::Error>> {
/// for relay in kith.relays_near(Point::new(50.8225, -0.1372)?, 500.0).await?.relays {
///     println!("{} {:.0} km, seen by {}", relay.url, relay.distance_km, relay.monitors);
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RelaysNear {
    /// Nearest first.
    pub relays: Vec<NearbyRelay>,
    /// Relays within the circle of which everything that is said is too old.
    pub stale: usize,
    /// Relays that did not answer: what only they know is missing.
    pub silent: Vec<Refusal>,
}

/// A relay as monitors see it.
///
/// ```no_run
/// # fn example(relay: &kith_client::NearbyRelay) {
/// let is_free = relay.requirements.iter().all(|one| one.name != "payment" || !one.is_needed);
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NearbyRelay {
    /// Its address.
    pub url: RelayUrl,
    /// Great-circle kilometres: the middle one of what monitors say.
    pub distance_km: f64,
    /// How many monitors saw it lately.
    pub monitors: usize,
    /// When one of them saw it last, in Unix seconds.
    pub seen_at: u64,
    /// `clearnet`, `tor`, …: what most of them say.
    pub network: Option<String>,
    /// What more than half of those say who say something about it, in order.
    pub nips: Vec<u16>,
    /// The same, by name.
    pub requirements: Vec<Requirement>,
    /// Milliseconds to connect, the middle one of what was measured.
    pub open_ms: Option<u32>,
    /// Milliseconds to an answer, likewise.
    pub read_ms: Option<u32>,
    /// Milliseconds to an OK, likewise.
    pub write_ms: Option<u32>,
}

/// Why no relays were looked for.
///
/// ```no_run
/// # async fn example(kith: kith_client::Kith, here: kith_client::place::Point) {
/// use kith_client::RelaysNearError;
/// let outcome = kith.relays_near(here, f64::NAN).await;
/// assert!(matches!(outcome, Err(RelaysNearError::Radius(_))));
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RelaysNearError {
    /// The radius is no distance, or too large.
    #[error(transparent)]
    Radius(#[from] CoverError),
    /// No relay answered.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl Kith {
    /// Relays within `radius_km` of a point that monitors saw lately, asked of the relays of the set.
    ///
    /// ```no_run
    /// use kith_client::{Kith, place::Point};
    /// # async fn example(kith: Kith) -> Result<(), Box<dyn std::error::Error>> {
    /// let found = kith.relays_near(Point::new(50.8225, -0.1372)?, 500.0).await?;
    /// println!("{} relays, {} not seen lately", found.relays.len(), found.stale);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`RelaysNearError`]
    pub async fn relays_near(
        &self,
        centre: Point,
        radius_km: f64,
    ) -> Result<RelaysNear, RelaysNearError> {
        let cells = cells_covering_circle(centre, radius_km)?;
        let cells = cells.iter().map(|cell| cell.as_str().to_owned()).collect();
        let mut silent = Vec::new();
        let oldest = self.now().saturating_sub(AGE_MAX_SECONDS);
        let since = Timestamp::from_secs(oldest);
        let filters = tag_filters(&[Kind::RELAY_DISCOVERY], tag(Alphabet::G), cells);
        let filters = filters.into_iter().map(|filter| filter.since(since));
        let fetched = self.fetch(filters.collect()).await.answered()?;
        merge(&mut silent, &fetched.silent);
        let mut found = fetched.found;
        if found.is_empty() {
            // Not every monitor writes the larger cells beside the smallest.
            found = self.newest_monitored(since, &mut silent).await?;
        }
        // A newer version may say that the relay is elsewhere, and one that was taken back says nothing.
        let found = self.current(found, &mut silent).await;
        let seen: Vec<Published<MonitoredRelay>> = found
            .iter()
            .filter_map(|found| MonitoredRelay::read(&found.event).ok())
            .collect();
        let frequencies = self.frequencies(&seen, &mut silent).await;
        let (relays, stale) = sorted(seen, &frequencies, centre, radius_km, self.now());
        Ok(RelaysNear {
            relays,
            stale,
            silent,
        })
    }

    async fn newest_monitored(
        &self,
        since: Timestamp,
        silent: &mut Vec<Refusal>,
    ) -> Result<Vec<Found>, ReadError> {
        let filter = kinds_filter(&[Kind::RELAY_DISCOVERY]).since(since);
        let mut found = BTreeMap::new();
        let mut until = None;
        for _ in 0..PAGES_MAX {
            let mut filter = filter.clone().limit(NOTES_PER_PAGE);
            filter.until = until.map(Timestamp::from_secs);
            let page = self.fetch_page(&filter).await.answered()?;
            merge(silent, &page.silent);
            for note in page.found {
                found.insert(note.event.id(), note);
            }
            until = match page.reaches {
                Some(reaches) if until == Some(reaches) => reaches.checked_sub(1),
                reaches => reaches,
            };
            if until.is_none() {
                break;
            }
        }
        Ok(found.into_values().collect())
    }

    /// How often these monitors come by, as far as they say it.
    async fn frequencies(
        &self,
        seen: &[Published<MonitoredRelay>],
        silent: &mut Vec<Refusal>,
    ) -> BTreeMap<PublicKey, u64> {
        let monitors: BTreeSet<PublicKey> = seen.iter().map(|note| note.author).collect();
        let addresses: Vec<Address> = monitors
            .into_iter()
            .take(MONITORS_MAX)
            .map(|monitor| Address {
                kind: Kind::RELAY_MONITOR,
                pubkey: monitor,
                identifier: String::new(),
            })
            .collect();
        let fetched = self.fetch(addresses_filters(&addresses)).await;
        merge(silent, &fetched.silent);
        let monitors = newest(fetched.found).into_values();
        let monitors = monitors.filter_map(|found| Monitor::read(&found.event).ok());
        monitors
            .filter_map(|monitor| Some((monitor.author, monitor.frequency_seconds?)))
            .collect()
    }
}

/// The relays of these notes within the circle, nearest first, and how many there are of which nothing
/// is fresh.
fn sorted(
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
    let distance = |notes: &[Published<MonitoredRelay>]| {
        let points = notes.iter().filter_map(|note| note.point());
        let metres = points.map(|point| (distance_km(centre, point) * 1_000.0).round() as u32);
        let km = f64::from(middle(metres.collect())?) / 1_000.0;
        (km <= radius_km).then_some(km)
    };
    let is_stale = |(url, notes): &(&RelayUrl, &Vec<_>)| {
        !fresh.contains_key(*url) && distance(notes).is_some()
    };
    let stale = stale.iter().filter(is_stale).count();
    let relays = fresh.into_iter();
    let mut relays: Vec<NearbyRelay> = relays
        .filter_map(|(url, notes)| Some(relay(url, distance(&notes)?, &notes)))
        .collect();
    relays.sort_by(|one, other| {
        let near = one.distance_km.total_cmp(&other.distance_km);
        near.then(other.monitors.cmp(&one.monitors))
            .then_with(|| one.url.cmp(&other.url))
    });
    (relays, stale)
}

fn relay(url: RelayUrl, distance_km: f64, notes: &[Published<MonitoredRelay>]) -> NearbyRelay {
    let monitors: BTreeSet<PublicKey> = notes.iter().map(|note| note.author).collect();
    let networks = notes.iter().filter_map(|note| note.network.clone());
    let nips = notes.iter().map(|note| note.nips.clone());
    let requirements = notes.iter().map(|note| note.requirements.clone());
    let times = |time: fn(&MonitoredRelay) -> Option<u32>| {
        middle(notes.iter().filter_map(|note| time(note)).collect())
    };
    NearbyRelay {
        url,
        distance_km,
        monitors: monitors.len(),
        seen_at: notes.iter().map(|note| note.created_at).max().unwrap_or(0),
        network: most_frequent(networks),
        nips: by_most(nips),
        requirements: by_most(requirements),
        open_ms: times(|note| note.open_ms),
        read_ms: times(|note| note.read_ms),
        write_ms: times(|note| note.write_ms),
    }
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
fn middle(mut numbers: Vec<u32>) -> Option<u32> {
    numbers.sort_unstable();
    let place = numbers.len().checked_sub(1)? / 2;
    numbers.get(place).copied()
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
        Ok(IpAddr::V4(ip)) => {
            !(ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified())
        }
        Ok(IpAddr::V6(ip)) => {
            !(ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_unique_local()
                || ip.is_unicast_link_local()
                || ip.to_ipv4_mapped().is_some())
        }
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
    use kith_nips::EventId;
    use kith_nips::place::Cell;

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
        assert_eq!(relay.nips, [1, 11]);
        assert_eq!(relay.network.as_deref(), Some("clearnet"));
        assert_eq!((relay.open_ms, relay.read_ms), (Some(200), None));
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
