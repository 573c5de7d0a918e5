//! Ordered walks through the index: groups of rows, their unions and intersections. A walk holds
//! keys, never a statement or a transaction, so it can rest between two pages for as long as its
//! reader likes.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use super::index::Index;
use super::keys::Position;
use super::reader::Reader;
use super::runs::{Entry, Group};
use crate::store::StoreError;

/// Rows that a group of an intersection reads at first: most lead nowhere.
const ROWS_PER_READ_FIRST: usize = 16;
/// Rows that a group reads at once at most.
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

/// The part of every group that the filter's `since` and `until` leave.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// Where to begin.
    pub first: Position,
    /// The greatest age that still counts.
    pub age_max: i64,
}

/// The next rows of a group in the window, at most `rows_max`.
///
/// # Errors
/// [`StoreError`] when the index cannot be read.
pub fn read_rows(
    group: Group,
    index: &Index,
    window: Window,
    rows_max: usize,
) -> Result<Vec<Position>, StoreError> {
    let position = window.first;
    let mut scan = index.scan_key(Entry { group, position });
    let mut rows = Vec::new();
    while rows.len() < rows_max
        && let Some(entry) = scan.next()?
        && entry.group == group
        && entry.position.age <= window.age_max
    {
        rows.push(entry.position);
    }
    Ok(rows)
}

/// An ordered walk.
#[derive(Debug)]
pub enum Stream {
    /// Through one group.
    Group(GroupStream),
    /// Through several, each place once.
    Union(UnionStream),
    /// Through the places that all of several walks share.
    Intersection(Vec<Stream>),
}

impl Stream {
    /// A walk through the union of `groups` that brings `wanted` places if all goes well.
    pub fn union(groups: Vec<Group>, window: Window, wanted: usize) -> Self {
        let parts = groups.into_iter().map(|group| (group, window));
        Self::union_of(parts.collect(), wanted)
    }

    /// The same for groups with windows of their own.
    pub fn union_of(parts: Vec<(Group, Window)>, wanted: usize) -> Self {
        // One more tells whether there is more; many groups are followed for a few rows each.
        let share = wanted.saturating_add(1).div_ceil(parts.len().max(1));
        let rows_first = share.clamp(2, ROWS_PER_READ_MAX);
        let mut streams: Vec<GroupStream> = parts
            .into_iter()
            .map(|(group, window)| GroupStream::new(group, window, rows_first))
            .collect();
        match (streams.pop(), streams.is_empty()) {
            (Some(only), true) => Stream::Group(only),
            (last, _) => {
                streams.extend(last);
                Stream::Union(UnionStream::new(streams))
            }
        }
    }

    /// A walk through the union of `groups`, of which others will pass over most.
    pub fn narrowed(groups: Vec<Group>, window: Window) -> Self {
        let wanted = ROWS_PER_READ_FIRST.saturating_mul(groups.len());
        Self::union(groups, window, wanted.min(1024))
    }

    /// The next place, which stays the next until [`Stream::seek`] goes beyond it.
    pub fn peek(&mut self, reader: &Reader) -> Result<Step<Position>, StoreError> {
        match self {
            Stream::Group(group) => Ok(match group.peek(reader)? {
                Some(position) => Step::Item(position),
                None => Step::End,
            }),
            Stream::Union(union) => union.peek(reader),
            Stream::Intersection(streams) => peek_shared(streams, reader),
        }
    }

    /// Takes the next place.
    pub fn next(&mut self, reader: &Reader) -> Result<Step<Position>, StoreError> {
        let step = self.peek(reader)?;
        if let Step::Item(position) = step {
            self.seek(position.next());
        }
        Ok(step)
    }

    /// Goes on at the first place that is not before `target`.
    pub fn seek(&mut self, target: Position) {
        match self {
            Stream::Group(group) => group.seek(target),
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

/// A walk through one group, read a few rows at a time.
#[derive(Debug)]
pub struct GroupStream {
    group: Group,
    unread: Window,
    rows: VecDeque<Position>,
    rows_per_read: usize,
    drained: bool,
}

impl GroupStream {
    fn new(group: Group, window: Window, rows_first: usize) -> Self {
        GroupStream {
            group,
            unread: window,
            rows: VecDeque::new(),
            rows_per_read: rows_first,
            drained: false,
        }
    }

    fn peek(&mut self, reader: &Reader) -> Result<Option<Position>, StoreError> {
        if self.rows.is_empty() && !self.drained {
            let rows = read_rows(self.group, &reader.index, self.unread, self.rows_per_read)?;
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

/// A walk through many groups at once.
#[derive(Debug)]
pub struct UnionStream {
    streams: Vec<GroupStream>,
    next: BinaryHeap<Reverse<(Position, usize)>>,
    /// Streams whose next place is not in the heap.
    unknown: Vec<usize>,
}

impl UnionStream {
    fn new(streams: Vec<GroupStream>) -> Self {
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
