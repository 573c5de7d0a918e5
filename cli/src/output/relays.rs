//! Relays near a place.

use serde::Serialize;

use super::views::{Moment, PlaceView};

/// Relays near a place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RelaysFound {
    /// The place that was understood.
    pub place: PlaceView,
    /// Kilometres.
    pub radius_km: f64,
    /// Nearest first.
    pub relays: Vec<FoundRelay>,
    /// Relays there that no monitor saw lately; they are left out.
    pub stale: usize,
    /// What to run next.
    #[serde(skip)]
    pub next: Vec<String>,
}

/// A relay as monitors see it (NIP-66).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FoundRelay {
    /// Its address.
    pub url: String,
    /// Kilometres from the place.
    pub distance_km: f64,
    /// How many monitors saw it lately.
    pub monitors: usize,
    /// When one of them saw it last, on the clock of this machine (RFC 9557).
    pub seen_at: Moment,
    /// Unix seconds.
    pub seen_unix: u64,
    /// `clearnet`, `tor`, or another word of a monitor.
    pub network: Option<String>,
    /// NIPs that it supports.
    pub nips: Vec<u16>,
    /// What it asks for, and with `!` what it does not: `auth`, `!payment`.
    pub requirements: Vec<String>,
    /// Milliseconds to connect.
    pub open_ms: Option<u32>,
    /// Milliseconds to an answer.
    pub read_ms: Option<u32>,
    /// Milliseconds to an OK.
    pub write_ms: Option<u32>,
    /// Whether it is among your relays.
    pub yours: bool,
}
