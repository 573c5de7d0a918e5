//! How fast one connection may write: a bucket that fills steadily and is emptied event by event.

use std::time::Instant;

/// Seconds of the steady rate that a connection may use up at once.
pub(crate) const BURST_SECONDS: f64 = 2.0;

/// Allowance of one connection, in events.
#[derive(Debug)]
pub(crate) struct Allowance {
    events: f64,
    counted_at: Instant,
}

impl Allowance {
    /// A full bucket for this rate.
    pub(crate) fn full(events_per_second_max: u32, now: Instant) -> Self {
        Allowance {
            events: f64::from(events_per_second_max) * BURST_SECONDS,
            counted_at: now,
        }
    }

    /// Takes one event from the bucket, if there is one. A rate of 0 means any number.
    pub(crate) fn take(&mut self, events_per_second_max: u32, now: Instant) -> bool {
        if events_per_second_max == 0 {
            return true;
        }
        let rate = f64::from(events_per_second_max);
        let elapsed = now.saturating_duration_since(self.counted_at);
        self.events = (self.events + elapsed.as_secs_f64() * rate).min(rate * BURST_SECONDS);
        self.counted_at = now;
        if self.events < 1.0 {
            return false;
        }
        self.events -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn nip01_59_surplus_waits_for_the_bucket_to_fill() {
        let start = Instant::now();
        let mut allowance = Allowance::full(2, start);
        let burst = (0..10).filter(|_| allowance.take(2, start)).count();
        assert_eq!(burst, 4);
        let later = start + Duration::from_millis(500);
        assert!(allowance.take(2, later));
        assert!(!allowance.take(2, later));
        let much_later = start + Duration::from_secs(1_000);
        assert_eq!((0..10).filter(|_| allowance.take(2, much_later)).count(), 4);
    }

    #[test]
    fn nip01_59_zero_means_any_rate() {
        let start = Instant::now();
        let mut allowance = Allowance::full(0, start);
        assert!((0..1_000).all(|_| allowance.take(0, start)));
    }
}
