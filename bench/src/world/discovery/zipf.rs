//! Things of which a few are common and most are rare (Zipf's law). Knows none of them.

use crate::world::Dice;

/// Added to every rank, so that the very first is not everywhere (Mandelbrot).
const FLATTENED_BY: u64 = 3;
const WEIGHT_OF_ALL: u64 = 1_000_000;

/// How often each of some things is thrown, by its rank: the sum of the weights up to it.
#[derive(Debug, Clone)]
pub struct Zipf(Vec<u64>);

impl Zipf {
    /// For so many things.
    pub fn new(things: usize) -> Zipf {
        let mut sum = 0;
        let weights = (0..things as u64).map(|rank| {
            sum += WEIGHT_OF_ALL / (rank + FLATTENED_BY);
            sum
        });
        Zipf(weights.collect())
    }

    /// The place of one of them; the smaller, the likelier.
    pub fn throw(&self, dice: &mut Dice) -> usize {
        let all = self.0.last().copied().unwrap_or_default();
        let one = dice.below(all);
        self.0.partition_point(|until| *until <= one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_are_thrown_most_and_the_last_at_times() {
        let (zipf, mut dice) = (Zipf::new(60), Dice::of(&[1]));
        let mut thrown = [0_u32; 60];
        for _ in 0..60_000 {
            thrown[zipf.throw(&mut dice)] += 1;
        }
        // The weights of 60 are 1/3 + … + 1/62, which is 3.22.
        assert!((5_900..6_500).contains(&thrown[0]), "{thrown:?}");
        assert!((220..380).contains(&thrown[59]), "{thrown:?}");
    }
}
