//! Answers in the order of starts: a walk through what is filed by start, under tiles and under what
//! is named, that ends when there are enough.

use super::judge::{Found, Judge};
use super::sieve::Sieve;
use crate::store::StoreError;
use crate::store::sqlite::keys::{Position, signed};
use crate::store::sqlite::stream::{Step, Stream};

/// A search that walks from the soonest on.
pub struct Soonest {
    /// Through places, in the order of the answer.
    stream: Stream,
    sieve: Sieve,
}

impl Soonest {
    /// A walk along `stream` that passes over what `sieve` holds back.
    pub fn new(stream: Stream, sieve: Sieve) -> Self {
        Soonest { stream, sieve }
    }

    /// Passes over what starts earlier.
    pub fn go_on_at(&mut self, start: u64) {
        self.stream.seek(Position {
            age: signed(start),
            ..Position::FIRST
        });
    }

    /// The next by start.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub fn next(&mut self, judge: &Judge<'_>) -> Result<Step<Found>, StoreError> {
        let reader = judge.context.reader;
        if !self.sieve.prepare(judge.indexed_upto, reader)? {
            return Ok(Step::OutOfTime);
        }
        if self.sieve.is_empty() {
            return Ok(Step::End);
        }
        loop {
            let position = match self.stream.next(reader)? {
                Step::Item(position) => position,
                Step::End => return Ok(Step::End),
                Step::OutOfTime => return Ok(Step::OutOfTime),
            };
            let sequence = position.sequence.unsigned_abs();
            if self.sieve.passes(sequence)
                && let Some(found) = judge.look_at(sequence)?
            {
                return Ok(Step::Item(found));
            }
            if reader.is_out_of_time() {
                return Ok(Step::OutOfTime);
            }
        }
    }
}
