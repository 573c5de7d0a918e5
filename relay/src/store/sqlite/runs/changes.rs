//! What one transaction changes: entries that are added or taken away.

use super::entry::{Entry, Marked};

/// Entries in any order; what is both added and taken away among them counts as neither.
#[derive(Debug, Default)]
pub struct Changes {
    entries: Vec<Marked>,
    /// Words are most of all entries and sort faster by themselves.
    words: Vec<Word>,
}

/// An entry of a word: its key, the place, and whether it is taken away.
type Word = (i64, i64, bool);

impl Changes {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.words.is_empty()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len() + self.words.len()
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
        self.words.push((key, sequence, removed));
    }

    /// What is left of them, in order.
    pub fn into_sorted(mut self) -> impl Iterator<Item = Marked> {
        self.entries.sort_unstable();
        self.words.sort_unstable_by_key(packed);
        // Entries of words are behind all others.
        let words = self.words.into_iter().map(marked);
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

fn marked((key, sequence, removed): Word) -> Marked {
    let entry = Entry::of_word(key, sequence);
    Marked { entry, removed }
}

/// One number in the order of the words, which is compared at once.
fn packed((key, sequence, removed): &Word) -> u128 {
    let order = |number: i64| number.cast_unsigned() ^ (1 << 63);
    let low = order(*sequence) << 1 | u64::from(*removed);
    u128::from(order(*key)) << 64 | u128::from(low)
}
