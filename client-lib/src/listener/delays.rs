//! How long a relay that does not listen is left alone. Knows durations; asks nobody.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// A relay that does not listen is asked again after this long; each time twice as long.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// And at least this often, but for what chance adds.
const AGAIN_AFTER_MAX: Duration = Duration::from_secs(60);

/// Chance makes a delay longer by up to one part in so many: a relay that was away is not asked by all
/// of its listeners at once.
const RANDOM_PARTS: u32 = 2;

/// The delays of one relay, one after the other.
#[derive(Debug)]
pub(super) struct Delays {
    again_after: Duration,
}

impl Default for Delays {
    /// As after a relay has listened.
    fn default() -> Self {
        Delays {
            again_after: AGAIN_AFTER,
        }
    }
}

impl Delays {
    /// How long to wait this time.
    pub(super) fn next(&mut self) -> Duration {
        self.after(chance())
    }

    /// The same for a given chance, from 0 to [`u16::MAX`].
    fn after(&mut self, chance: u16) -> Duration {
        let least = self.again_after;
        self.again_after = (least * 2).min(AGAIN_AFTER_MAX);
        let most_added = least / RANDOM_PARTS;
        least + most_added * u32::from(chance) / u32::from(u16::MAX)
    }
}

/// From the keys of the hash tables, which are random; nothing secret depends on it.
fn chance() -> u16 {
    let [low, high, ..] = RandomState::new().hash_one(()).to_le_bytes();
    u16::from_le_bytes([low, high])
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUNDS: usize = 100;

    #[test]
    fn nip01_105_delays_grow_up_to_a_bound_and_begin_anew() {
        let seconds = |chance: u16| {
            let mut delays = Delays::default();
            let delays = std::iter::repeat_with(|| delays.after(chance).as_millis());
            delays.take(8).collect::<Vec<_>>()
        };
        assert_eq!(
            seconds(0),
            [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]
        );
        assert_eq!(
            seconds(u16::MAX),
            [1_500, 3_000, 6_000, 12_000, 24_000, 48_000, 90_000, 90_000]
        );
    }

    #[test]
    fn nip01_105_delays_are_random() {
        let firsts = std::iter::repeat_with(|| Delays::default().next());
        let firsts: Vec<Duration> = firsts.take(ROUNDS).collect();
        assert!(firsts.iter().any(|delay| *delay != firsts[0]), "{firsts:?}");
        let most = AGAIN_AFTER + AGAIN_AFTER / RANDOM_PARTS;
        for delay in firsts {
            assert!((AGAIN_AFTER..=most).contains(&delay), "{delay:?}");
        }
    }
}
