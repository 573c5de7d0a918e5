//! What one transaction changes: entries that are added or taken away.

use super::entry::{Entry, Marked};

/// Entries in any order; what is both added and taken away among them counts as neither.
#[derive(Debug, Default)]
pub struct Changes {
    entries: Vec<Marked>,
    /// Entries of words are most of all, and sort faster as one number each (see [`pack`]).
    words: Vec<u128>,
}

impl Changes {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.words.is_empty()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len() + self.words.len()
    }

    /// How many keys a filter of them has to hold at most.
    pub fn keys_max(&self) -> u64 {
        self.entries.len() as u64
    }

    /// Adds an entry.
    pub fn add(&mut self, entry: Entry) {
        self.mark(entry, false);
    }

    /// Takes an entry away.
    pub fn take_away(&mut self, entry: Entry) {
        self.mark(entry, true);
    }

    /// Adds an entry or takes it away.
    pub fn mark(&mut self, entry: Entry, removed: bool) {
        self.entries.push(Marked { entry, removed });
    }

    /// The same for the entry of a word.
    pub fn mark_word(&mut self, key: i64, sequence: i64, removed: bool) {
        self.words.push(pack(key, sequence, removed));
    }

    /// What is left of them, in order.
    pub fn into_sorted(mut self) -> impl Iterator<Item = Marked> {
        self.entries.sort_unstable();
        self.words.sort_unstable();
        // Entries of words are behind all others.
        let words = self.words.into_iter().map(unpack);
        let mut rest = self.entries.into_iter().chain(words).peekable();
        std::iter::from_fn(move || {
            loop {
                let marked = rest.next()?;
                let mut met = false;
                while let Some(same) = rest.next_if(|next| next.entry == marked.entry) {
                    met |= same.removed != marked.removed;
                }
                if !met {
                    return Some(marked);
                }
            }
        })
    }
}

impl FromIterator<Marked> for Changes {
    fn from_iter<I: IntoIterator<Item = Marked>>(entries: I) -> Self {
        Changes {
            entries: entries.into_iter().collect(),
            words: Vec::new(),
        }
    }
}

/// The entry of a word as a number, in the order of the entries.
fn pack(key: i64, sequence: i64, removed: bool) -> u128 {
    let key = key.cast_unsigned() ^ (1 << 63);
    // Places in the log are positive.
    let place = sequence.cast_unsigned() << 1 | u64::from(removed);
    u128::from(key) << 64 | u128::from(place)
}

fn unpack(packed: u128) -> Marked {
    let (key, place) = ((packed >> 64) as u64, packed as u64);
    let key = (key ^ (1 << 63)).cast_signed();
    Marked {
        entry: Entry::of_word(key, (place >> 1).cast_signed()),
        removed: place & 1 == 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_in_order_and_those_that_meet_not_at_all() {
        let mut changes = Changes::default();
        let keys = [i64::MIN, -7, 0, 7, i64::MAX];
        for key in keys {
            for sequence in [1, 2, 1 << 40] {
                changes.mark_word(key, sequence, key == 7);
            }
        }
        changes.mark_word(0, 2, true);
        changes.take_away(Entry::FIRST);
        let sorted: Vec<Marked> = changes.into_sorted().collect();
        let expected = keys.into_iter().flat_map(|key| {
            [1, 2, 1 << 40].map(|sequence| Marked {
                entry: Entry::of_word(key, sequence),
                removed: key == 7,
            })
        });
        let first = Marked {
            entry: Entry::FIRST,
            removed: true,
        };
        let met = Entry::of_word(0, 2);
        let expected = [first].into_iter().chain(expected);
        assert_eq!(
            sorted,
            expected
                .filter(|marked| marked.entry != met)
                .collect::<Vec<_>>()
        );
    }
}
