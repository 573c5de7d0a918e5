//! What the fuzz targets share: the corpus, and edits that make new input of it. The targets are
//! in `tests/`; each says what must hold for all input. Knows nothing of Nostr.
//!
//! With `cargo test` each target takes its corpus as it is and then a fixed number of random
//! inputs; `BOLERO_RANDOM_ITERATIONS` sets another number. A failure prints its seed, which
//! `BOLERO_RANDOM_SEED` repeats. `cargo bolero test` runs the same targets under a fuzzer that is
//! led by coverage.

use std::io;
use std::path::Path;

use bolero::TypeGenerator;

/// Bytes that an input may grow to.
const INPUT_BYTES_MAX: usize = 1 << 20;

/// One change of an input. Places are counted in 65,536ths of it.
#[derive(Debug, Clone, TypeGenerator)]
pub enum Edit {
    /// Another byte in place of one.
    Byte(u16, u8),
    /// A word that means something to the reader, in place of so many bytes.
    Word(u16, u8, u8),
    /// A part goes.
    Cut(u16, u8),
    /// A part is said once more, elsewhere.
    Repeat(u16, u8, u16),
    /// Everything from here on goes.
    End(u16),
}

impl Edit {
    /// Applies the change; `words` are those that mean something.
    pub fn apply(&self, input: &mut Vec<u8>, words: &[&str]) {
        let place = |at: u16| (usize::from(at) * (input.len() + 1)) >> 16;
        let part = |at: u16, bytes: u8| {
            let begin = place(at);
            begin..(begin + usize::from(bytes)).min(input.len())
        };
        match *self {
            Edit::Byte(at, byte) => {
                input.splice(part(at, 1), [byte]);
            }
            Edit::Word(at, number, bytes) => {
                let word = words
                    .get(usize::from(number) % words.len().max(1))
                    .copied()
                    .unwrap_or_default();
                input.splice(part(at, bytes), word.bytes());
            }
            Edit::Cut(at, bytes) => {
                input.drain(part(at, bytes));
            }
            Edit::Repeat(from, bytes, to) => {
                let copy = input.get(part(from, bytes)).unwrap_or_default().to_vec();
                let to = place(to);
                input.splice(to..to, copy);
            }
            Edit::End(at) => input.truncate(place(at)),
        }
        input.truncate(INPUT_BYTES_MAX);
    }
}

/// The inputs that are kept for a target: real shapes, edges, and whatever found a defect. Each
/// file is one input, without the line feed at its end; by name.
///
/// # Errors
/// A file cannot be read.
pub fn corpus(target: &str) -> io::Result<Vec<Vec<u8>>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target);
    let mut paths = std::fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    let read = |path| {
        let mut input = std::fs::read(path)?;
        if input.last() == Some(&b'\n') {
            input.pop();
        }
        Ok(input)
    };
    paths.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(input: &str, edit: Edit) -> String {
        let mut bytes = input.as_bytes().to_vec();
        edit.apply(&mut bytes, &["null", "[]"]);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn edits_do_what_they_are_named() {
        let half = 1 << 15;
        assert_eq!(edited("abcd", Edit::Byte(half, b'x')), "abxd");
        assert_eq!(edited("abcd", Edit::Byte(u16::MAX, b'x')), "abcdx");
        assert_eq!(edited("abcd", Edit::Word(half, 3, 1)), "ab[]d");
        assert_eq!(edited("abcd", Edit::Cut(half, 9)), "ab");
        assert_eq!(edited("abcd", Edit::Repeat(0, 2, u16::MAX)), "abcdab");
        assert_eq!(edited("abcd", Edit::End(half)), "ab");
        assert_eq!(edited("", Edit::Cut(half, 9)), "");
    }

    #[test]
    fn every_target_has_a_corpus() {
        for target in ["messages", "filters", "negentropy"] {
            assert!(corpus(target).unwrap().len() >= 5, "{target}");
        }
    }
}
