//! Relays near a place, by what monitors say (NIP-66). No monitor is believed alone where there are
//! several, what is too old is left out, and nothing that is found is used by itself.

mod consensus;

use std::collections::{BTreeMap, BTreeSet};

use kith_nips::lbc::Published;
use kith_nips::nip66::{Monitor, MonitoredRelay};
use kith_nips::place::{CoverError, Point, cells_covering_circle};
use kith_nips::{Address, Kind, PublicKey};
use nostr_sdk::{Alphabet, RelayUrl, Timestamp};

use crate::fetch::{Found, ReadError};
use crate::filters::{addresses_filters, kinds_filter, tag, tag_filters};
use crate::kith::Kith;
use crate::refusal::{Refusal, merge};
use crate::versions::newest;

use self::consensus::{AGE_MAX_SECONDS, sorted};

/// Notes of monitors that are read where none can be found by a cell, the newest ones, in pages.
const PAGES_MAX: usize = 10;

/// How many are in a page.
const NOTES_PER_PAGE: usize = 500;

/// Monitors whose word about themselves is asked for.
const MONITORS_MAX: usize = 500;

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
/// let is_free = relay.said.requirements.iter().all(|one| one.name != "payment" || !one.is_needed);
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
    /// What they say together. Of the network, what most of them say; of NIPs and of what it asks for,
    /// what more than half of those say who say anything about it, in order; of times, and of where it
    /// is, the middle one.
    pub said: MonitoredRelay,
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
            until = page.reaches;
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
