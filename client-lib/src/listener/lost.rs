//! Which relays do not listen, and since when: what they may have that nobody heard. Knows indices and
//! times; asks nobody.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::link::Link;
use crate::refusal::Refusal;

/// After a lost connection this much more is asked for, in seconds: it may have been lost for a while
/// before that was noticed, and clocks of people are wrong.
const OVERLAP_SECONDS: u64 = 2 * 3_600;

/// Since when relays do not listen, in Unix seconds.
#[derive(Debug)]
pub(crate) struct LostRelays {
    /// Relays of the set; those beside it have the indices after them.
    relays: usize,
    since: BTreeMap<usize, u64>,
}

impl LostRelays {
    /// Of so many relays these were silent from the beginning: nobody knows what they have.
    pub(crate) fn new(relays: usize, silent: impl IntoIterator<Item = usize>) -> LostRelays {
        LostRelays {
            relays,
            since: silent.into_iter().map(|index| (index, 0)).collect(),
        }
    }

    /// These were asked at this time, and do not listen yet.
    pub(crate) fn asked(&mut self, indices: Range<usize>, now: u64) {
        self.since.extend(indices.map(|index| (index, now)));
    }

    /// It does not listen, or no longer.
    pub(crate) fn add(&mut self, index: usize, now: u64) {
        self.since.entry(index).or_insert(now);
    }

    /// It listens: since when it is to be asked for what was not heard.
    pub(crate) fn remove(&mut self, index: usize) -> Option<u64> {
        let since = self.since.remove(&index)?;
        Some(since.saturating_sub(OVERLAP_SECONDS))
    }

    /// So many relays of the set listen.
    pub(crate) fn listening(&self) -> usize {
        let lost = self.since.range(..self.relays).count();
        self.relays.saturating_sub(lost)
    }

    /// Notes which of these relays of the set did not say what they have since this second: it is asked
    /// for when they listen again. Whether one of them listens, so that it has to be asked again soon.
    pub(crate) fn note_silent(
        &mut self,
        links: &[Arc<Link>],
        silent: &[Refusal],
        since: Option<u64>,
    ) -> bool {
        let mut is_behind = false;
        for (index, link) in links.iter().enumerate() {
            // It left something out of a second, and would again.
            let is_silent =
                |refusal: &Refusal| refusal.relay == *link.url() && !refusal.reason.is_partial();
            if !silent.iter().any(is_silent) {
                continue;
            }
            match self.since.get_mut(&index) {
                Some(lost) => *lost = (*lost).min(since.unwrap_or(*lost)),
                None => is_behind = true,
            }
        }
        is_behind
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_heard_is_asked_for_since_it_was_lost_and_a_little_more() {
        let mut lost = LostRelays::new(3, [1]);
        lost.asked(3..5, 10_000);
        assert_eq!(lost.listening(), 2, "those beside the set do not count");
        lost.add(0, 20_000);
        lost.add(0, 30_000);
        assert_eq!(lost.listening(), 1);
        assert_eq!(lost.remove(0), Some(20_000 - OVERLAP_SECONDS));
        assert_eq!(lost.remove(0), None);
        assert_eq!(lost.remove(1), Some(0));
        assert_eq!(lost.remove(4), Some(10_000 - OVERLAP_SECONDS));
        assert_eq!(lost.listening(), 3);
    }
}
