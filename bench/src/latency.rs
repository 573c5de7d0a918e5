//! Waits, summed up as people compare them.

use std::fmt;
use std::time::Duration;

/// How long things took, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Latency {
    /// Half took no longer.
    pub median: f64,
    /// 90 of 100 took no longer.
    pub p90: f64,
    /// 99 of 100 took no longer.
    pub p99: f64,
    /// Nothing took longer.
    pub max: f64,
}

impl Latency {
    /// Sorts the waits and sums them up; none at all is 0.
    pub fn of(waits: &mut [Duration]) -> Self {
        waits.sort_unstable();
        let at = |share: f64| -> f64 {
            let index = ((waits.len() as f64 * share) as usize).min(waits.len().saturating_sub(1));
            waits
                .get(index)
                .map_or(0.0, |wait| wait.as_secs_f64() * 1e3)
        };
        Latency {
            median: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            max: at(1.0),
        }
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "median {:.2} ms, p90 {:.2} ms, p99 {:.2} ms, max {:.2} ms",
            self.median, self.p90, self.p99, self.max
        )
    }
}
