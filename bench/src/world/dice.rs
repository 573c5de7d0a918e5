//! Numbers that look thrown and are the same everywhere. Knows nothing of what they decide.

/// SplitMix64.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The dice for one purpose: other words, other throws.
    pub fn of(words: &[u64]) -> Dice {
        let mut dice = Dice(0);
        for word in words {
            dice.0 ^= word;
            dice.0 = dice.next();
        }
        dice
    }

    /// A number below `bound`; 0 when there is none.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    /// One of these; `None` when there are none.
    pub fn one_of<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        things.get(self.below(things.len() as u64) as usize)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_throw_the_same_numbers() {
        let throws = |words: &[u64]| -> Vec<u64> {
            let mut dice = Dice::of(words);
            (0..5).map(|_| dice.below(1_000)).collect()
        };
        assert_eq!(throws(&[1, 2]), throws(&[1, 2]));
        assert_ne!(throws(&[1, 2]), throws(&[2, 1]));
        assert_ne!(throws(&[1, 0]), throws(&[1]));
    }
}
