//! Waits, summed up as people compare them.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How long things took, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// Half took no longer.
    pub p50_ms: f64,
    /// 90 of 100 took no longer.
    pub p90_ms: f64,
    /// 99 of 100 took no longer.
    pub p99_ms: f64,
    /// Nothing took longer.
    pub max_ms: f64,
}

impl Latency {
    /// Sorts the waits and sums them up; none at all is 0.
    pub fn of(waits: &mut [Duration]) -> Self {
        waits.sort_unstable();
        let at = |share: f64| percentile(waits, share).as_secs_f64() * 1e3;
        Latency {
            p50_ms: at(0.5),
            p90_ms: at(0.9),
            p99_ms: at(0.99),
            max_ms: at(1.0),
        }
    }
}

/// The smallest of these that `share` of all do not exceed; 0 if there are none.
fn percentile(sorted: &[Duration], share: f64) -> Duration {
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted
        .get(rank.saturating_sub(1))
        .copied()
        .unwrap_or_default()
}

impl fmt::Display for Latency {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "p50 {:.2} ms, p90 {:.2} ms, p99 {:.2} ms, max {:.2} ms",
            self.p50_ms, self.p90_ms, self.p99_ms, self.max_ms
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_the_smallest_wait_that_enough_do_not_exceed() {
        let mut waits: Vec<Duration> = (1..=100).rev().map(Duration::from_millis).collect();
        let latency = Latency::of(&mut waits);
        let (p50_ms, p90_ms, p99_ms, max_ms) = (50.0, 90.0, 99.0, 100.0);
        assert_eq!(
            latency,
            Latency {
                p50_ms,
                p90_ms,
                p99_ms,
                max_ms
            }
        );
        let mut one = [Duration::from_millis(7)];
        assert_eq!(Latency::of(&mut one).p50_ms, 7.0);
        assert_eq!(Latency::of(&mut one).max_ms, 7.0);
        assert_eq!(Latency::of(&mut []).p99_ms, 0.0);
    }
}
