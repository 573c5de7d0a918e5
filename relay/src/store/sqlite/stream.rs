//! Ordered walks through the index: ranges of rows, their unions and intersections. A walk holds
//! keys, never a statement or a transaction, so it can rest between two pages for as long as its
//! reader likes.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use rusqlite::{Connection, params};

use super::keys::Position;
use super::reader::Reader;
use super::schema::failed;
use crate::store::StoreError;

/// Rows that a range of an intersection reads at first: most lead nowhere.
const ROWS_PER_READ_FIRST: usize = 16;
/// Rows that a range reads at once at most.
const ROWS_PER_READ_MAX: usize = 512;

/// What a walk finds next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<T> {
    /// This.
    Item(T),
    /// Nothing more, ever.
    End,
    /// The slice of time is used up; ask again later.
    OutOfTime,
}

/// A run of rows that share a key and are ordered by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    /// All events.
    Time,
    /// Events of a kind.
    Kind(u16),
    /// Events of an author (by key) and kind.
    Author(i64, u16),
    /// Events with a tag (by key) and kind.
    Tag(i64, u16),
}

/// The part of every range that the filter's `since` and `until` leave.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// Where to begin.
    pub first: Position,
    /// The greatest age that still counts.
    pub age_max: i64,
}

const BY_TIME: &str = "SELECT age, id_prefix, sequence FROM by_time
     WHERE (age, id_prefix, sequence) >= (?1, ?2, ?3) AND age <= ?4
     ORDER BY age, id_prefix, sequence LIMIT ?5";
const BY_KIND: &str = "SELECT age, id_prefix, sequence FROM by_kind
     WHERE (age, id_prefix, sequence) >= (?1, ?2, ?3) AND age <= ?4 AND kind = ?6
     ORDER BY age, id_prefix, sequence LIMIT ?5";
const BY_AUTHOR: &str = "SELECT age, id_prefix, sequence FROM by_author
     WHERE (age, id_prefix, sequence) >= (?1, ?2, ?3) AND age <= ?4 AND author = ?6 AND kind = ?7
     ORDER BY age, id_prefix, sequence LIMIT ?5";
const BY_TAG: &str = "SELECT age, id_prefix, sequence FROM by_tag
     WHERE (age, id_prefix, sequence) >= (?1, ?2, ?3) AND age <= ?4 AND tag = ?6 AND kind = ?7
     ORDER BY age, id_prefix, sequence LIMIT ?5";

impl Range {
    /// The next rows of the window, at most `rows_max`.
    pub fn read(
        self,
        index: &Connection,
        window: Window,
        rows_max: usize,
    ) -> Result<Vec<Position>, StoreError> {
        let (first, age_max) = (window.first, window.age_max);
        let (age, id, sequence) = (first.age, first.id_prefix, first.sequence);
        let position = |row: &rusqlite::Row<'_>| {
            Ok(Position {
                age: row.get(0)?,
                id_prefix: row.get(1)?,
                sequence: row.get(2)?,
            })
        };
        let read = || -> rusqlite::Result<Vec<Position>> {
            let mut statement = index.prepare_cached(match self {
                Range::Time => BY_TIME,
                Range::Kind(_) => BY_KIND,
                Range::Author(..) => BY_AUTHOR,
                Range::Tag(..) => BY_TAG,
            })?;
            let rows = match self {
                Range::Time => {
                    statement.query_map(params![age, id, sequence, age_max, rows_max], position)
                }
                Range::Kind(kind) => statement.query_map(
                    params![age, id, sequence, age_max, rows_max, kind],
                    position,
                ),
                Range::Author(key, kind) | Range::Tag(key, kind) => statement.query_map(
                    params![age, id, sequence, age_max, rows_max, key, kind],
                    position,
                ),
            };
            rows?.collect()
        };
        read().map_err(failed("walking the index"))
    }
}

/// An ordered walk.
#[derive(Debug)]
pub enum Stream {
    /// Through one range.
    Range(RangeStream),
    /// Through several, each place once.
    Union(UnionStream),
    /// Through the places that all of several walks share.
    Intersection(Vec<Stream>),
}

impl Stream {
    /// A walk through the union of `ranges` that brings `wanted` places if all goes well.
    pub fn union(ranges: Vec<Range>, window: Window, wanted: usize) -> Self {
        // One more tells whether there is more; many ranges are followed for a few rows each.
        let share = wanted.saturating_add(1).div_ceil(ranges.len().max(1));
        let rows_first = share.clamp(2, ROWS_PER_READ_MAX);
        let mut streams: Vec<RangeStream> = ranges
            .into_iter()
            .map(|range| RangeStream::new(range, window, rows_first))
            .collect();
        match (streams.pop(), streams.is_empty()) {
            (Some(only), true) => Stream::Range(only),
            (last, _) => {
                streams.extend(last);
                Stream::Union(UnionStream::new(streams))
            }
        }
    }

    /// A walk through the union of `ranges`, of which others will pass over most.
    pub fn narrowed(ranges: Vec<Range>, window: Window) -> Self {
        let wanted = ROWS_PER_READ_FIRST.saturating_mul(ranges.len());
        Self::union(ranges, window, wanted.min(1024))
    }

    /// The next place, which stays the next until [`Stream::seek`] goes beyond it.
    pub fn peek(&mut self, reader: &Reader) -> Result<Step<Position>, StoreError> {
        match self {
            Stream::Range(range) => Ok(match range.peek(reader)? {
                Some(position) => Step::Item(position),
                None => Step::End,
            }),
            Stream::Union(union) => union.peek(reader),
            Stream::Intersection(streams) => peek_shared(streams, reader),
        }
    }

    /// Goes on at the first place that is not before `target`.
    pub fn seek(&mut self, target: Position) {
        match self {
            Stream::Range(range) => range.seek(target),
            Stream::Union(union) => union.seek(target),
            Stream::Intersection(streams) => {
                for stream in streams {
                    stream.seek(target);
                }
            }
        }
    }
}

/// Moves all walks forward until they stand on one place.
fn peek_shared(streams: &mut [Stream], reader: &Reader) -> Result<Step<Position>, StoreError> {
    let mut target = Position::FIRST;
    loop {
        let mut agreed = true;
        for stream in &mut *streams {
            stream.seek(target);
            match stream.peek(reader)? {
                Step::Item(position) if position == target => {}
                Step::Item(position) => {
                    target = position;
                    agreed = false;
                }
                other => return Ok(other),
            }
        }
        if agreed {
            return Ok(Step::Item(target));
        }
        if reader.is_out_of_time() {
            return Ok(Step::OutOfTime);
        }
    }
}

/// A walk through one range, read a few rows at a time.
#[derive(Debug)]
pub struct RangeStream {
    range: Range,
    unread: Window,
    rows: VecDeque<Position>,
    rows_per_read: usize,
    drained: bool,
}

impl RangeStream {
    fn new(range: Range, window: Window, rows_first: usize) -> Self {
        RangeStream {
            range,
            unread: window,
            rows: VecDeque::new(),
            rows_per_read: rows_first,
            drained: false,
        }
    }

    fn peek(&mut self, reader: &Reader) -> Result<Option<Position>, StoreError> {
        if self.rows.is_empty() && !self.drained {
            let rows = self
                .range
                .read(&reader.index.tables, self.unread, self.rows_per_read)?;
            match rows.last() {
                Some(last) if rows.len() == self.rows_per_read => self.unread.first = last.next(),
                _ => self.drained = true,
            }
            self.rows_per_read = (self.rows_per_read * 2).min(ROWS_PER_READ_MAX);
            self.rows = rows.into();
        }
        Ok(self.rows.front().copied())
    }

    fn seek(&mut self, target: Position) {
        while self.rows.front().is_some_and(|row| *row < target) {
            self.rows.pop_front();
        }
        if self.rows.is_empty() {
            self.unread.first = self.unread.first.max(target);
        }
    }
}

/// A walk through many ranges at once.
#[derive(Debug)]
pub struct UnionStream {
    streams: Vec<RangeStream>,
    next: BinaryHeap<Reverse<(Position, usize)>>,
    /// Streams whose next place is not in the heap.
    unknown: Vec<usize>,
}

impl UnionStream {
    fn new(streams: Vec<RangeStream>) -> Self {
        UnionStream {
            next: BinaryHeap::with_capacity(streams.len()),
            unknown: (0..streams.len()).collect(),
            streams,
        }
    }

    fn peek(&mut self, reader: &Reader) -> Result<Step<Position>, StoreError> {
        while let Some(which) = self.unknown.last().copied() {
            if let Some(stream) = self.streams.get_mut(which)
                && let Some(position) = stream.peek(reader)?
            {
                self.next.push(Reverse((position, which)));
            }
            self.unknown.pop();
            if !self.unknown.is_empty() && reader.is_out_of_time() {
                return Ok(Step::OutOfTime);
            }
        }
        Ok(match self.next.peek() {
            Some(Reverse((position, _))) => Step::Item(*position),
            None => Step::End,
        })
    }

    fn seek(&mut self, target: Position) {
        for which in &self.unknown {
            if let Some(stream) = self.streams.get_mut(*which) {
                stream.seek(target);
            }
        }
        while let Some(Reverse((position, which))) = self.next.peek().copied()
            && position < target
        {
            self.next.pop();
            if let Some(stream) = self.streams.get_mut(which) {
                stream.seek(target);
                self.unknown.push(which);
            }
        }
    }
}
