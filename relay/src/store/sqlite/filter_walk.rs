//! One filter's part of an answer: the way through the index that was planned for it, joined with
//! what the tail held, up to the filter's limit. Knows no other filter.

use std::collections::VecDeque;
use std::sync::Arc;

use kith_nips::{Event, EventId, Filter};

use super::context::Context;
use super::keys::Position;
use super::plan::{Plan, Planning};
use super::reader::Reader;
use super::stream::{Step, Stream};
use super::tail::TailState;
use crate::store::{ScanOptions, Sequence, StoreError};

/// Events beyond the relay's own cap that one filter may bring, when all have the time of the last
/// one (NIP-67).
const GROUP_EVENTS_MAX: usize = 5_000;

/// The order of an answer: newest first, ties by id (NIP-01).
pub fn order(event: &Event) -> (std::cmp::Reverse<u64>, EventId) {
    (std::cmp::Reverse(event.created_at()), event.id())
}

/// One filter's part of an answer.
pub struct FilterWalk {
    filter: Filter,
    remaining: usize,
    /// Whether the limit is the relay's own and not the client's: then events of the same time
    /// are not parted.
    capped: bool,
    /// The time whose events are still brought beyond the cap, and how many may be.
    group: Option<(u64, usize)>,
    /// How many events follow a group of the filter's own `until`: whoever pages by time has that
    /// group, and a page must bring something older.
    after_first_group: usize,
    /// What the tail held, in order.
    recent: VecDeque<(Sequence, Arc<Event>)>,
    way: Way,
    /// The index as it was; what lies above was captured with the tail.
    indexed_upto: Sequence,
    /// The next event from the index, already matched.
    indexed: Option<Arc<Event>>,
}

enum Way {
    Done,
    /// Not looked at yet.
    Unknown,
    Planning(Planning),
    /// Ids still to be loaded, and what was found of the others, in no order.
    Ids(Vec<EventId>, Vec<(Sequence, Arc<Event>)>),
    Loaded(VecDeque<(Sequence, Arc<Event>)>),
    Walk(Stream),
}

impl FilterWalk {
    /// Fixes what the answer covers.
    pub fn capture(filter: &Filter, options: &ScanOptions, state: &TailState) -> Self {
        let remaining = match filter.matches_nothing() {
            true => 0,
            false => options.limit_of(filter),
        };
        let is_read = remaining > 0 || (options.completeness && !filter.matches_nothing());
        let mut recent: Vec<_> = Vec::new();
        if is_read {
            let hidden = state.layer.hidden();
            recent.extend(
                state
                    .layer
                    .candidates(filter)
                    .filter(|(sequence, event)| {
                        filter.matches_without_search(event)
                            && !hidden.contains(sequence)
                            && options.shows(event)
                    })
                    .cloned(),
            );
            recent.sort_by_cached_key(|(_, event)| order(event));
            let most = remaining.saturating_add(GROUP_EVENTS_MAX);
            recent.truncate(most.saturating_mul(2).saturating_add(1));
        }
        FilterWalk {
            filter: filter.clone(),
            remaining,
            capped: filter.limit.is_none_or(|limit| limit > options.limit_max),
            group: None,
            after_first_group: remaining,
            recent: recent.into(),
            way: match is_read {
                true => Way::Unknown,
                false => Way::Done,
            },
            indexed_upto: state.indexed_upto,
            indexed: None,
        }
    }

    /// The next event that this filter brings.
    pub fn peek(&mut self, context: &Context<'_>) -> Result<Step<Arc<Event>>, StoreError> {
        if self.remaining > 0 {
            return self.candidate(context);
        }
        let Some((time, 1..)) = self.group else {
            return Ok(Step::End);
        };
        Ok(match self.candidate(context)? {
            Step::Item(event) if event.created_at() != time => {
                self.group = None;
                if self.filter.until == Some(time) {
                    self.remaining = std::mem::take(&mut self.after_first_group);
                }
                match self.remaining {
                    0 => Step::End,
                    _ => Step::Item(event),
                }
            }
            step => step,
        })
    }

    /// After the last event: whether there would be another one without the limit.
    pub fn looks_further(&mut self, context: &Context<'_>) -> Result<Step<()>, StoreError> {
        Ok(match self.candidate(context)? {
            Step::Item(_) => Step::Item(()),
            Step::End => Step::End,
            Step::OutOfTime => Step::OutOfTime,
        })
    }

    /// The next event that the filter matches, whatever its limit.
    fn candidate(&mut self, context: &Context<'_>) -> Result<Step<Arc<Event>>, StoreError> {
        while self
            .recent
            .front()
            .is_some_and(|(sequence, _)| context.is_hidden(*sequence))
        {
            self.recent.pop_front();
        }
        if self.indexed.is_none() {
            match self.next_indexed(context)? {
                Step::Item(event) => self.indexed = Some(event),
                Step::End => self.way = Way::Done,
                Step::OutOfTime => return Ok(Step::OutOfTime),
            }
        }
        let recent = self.recent.front().map(|(_, event)| event);
        Ok(match (recent, &self.indexed) {
            (Some(recent), Some(indexed)) if order(recent) < order(indexed) => {
                Step::Item(recent.clone())
            }
            (_, Some(indexed)) => Step::Item(indexed.clone()),
            (Some(recent), None) => Step::Item(recent.clone()),
            (None, None) => Step::End,
        })
    }

    /// Uses up `event` if it is this filter's next one.
    pub fn advance_past(&mut self, event: &Event) {
        if self.remaining == 0 && self.group.is_none() {
            // Its part ended before: whatever else it matches was cut (NIP67-05).
            return;
        }
        let recent_is_it = self
            .recent
            .front()
            .is_some_and(|(_, recent)| recent.id() == event.id());
        let indexed_is_it = self
            .indexed
            .as_ref()
            .is_some_and(|indexed| indexed.id() == event.id());
        if recent_is_it || indexed_is_it {
            self.use_up(event.created_at());
        }
        if recent_is_it {
            self.recent.pop_front();
        }
        if indexed_is_it {
            self.indexed = None;
        }
    }

    fn use_up(&mut self, created_at: u64) {
        if self.remaining > 0 {
            self.remaining -= 1;
            if self.remaining == 0 && self.capped {
                self.group = Some((created_at, GROUP_EVENTS_MAX));
            }
        } else if let Some((_, left)) = &mut self.group {
            *left = left.saturating_sub(1);
        }
    }

    fn next_indexed(&mut self, context: &Context<'_>) -> Result<Step<Arc<Event>>, StoreError> {
        loop {
            let step = match &mut self.way {
                Way::Done => return Ok(Step::End),
                Way::Unknown => {
                    self.way = Way::Planning(Planning::begin(
                        &self.filter,
                        self.remaining,
                        context.reader,
                    ));
                    continue;
                }
                Way::Planning(planning) => {
                    self.way = match planning.proceed(&self.filter, context.reader)? {
                        Step::Item(Plan::Ids(ids)) => Way::Ids(ids, Vec::new()),
                        Step::Item(Plan::Walk(stream)) => Way::Walk(stream),
                        Step::Item(Plan::Nothing) | Step::End => Way::Done,
                        Step::OutOfTime => return Ok(Step::OutOfTime),
                    };
                    continue;
                }
                Way::Ids(ids, found) => {
                    if !load_ids(ids, found, context.reader)? {
                        return Ok(Step::OutOfTime);
                    }
                    found.sort_by_cached_key(|(_, event)| order(event));
                    self.way = Way::Loaded(std::mem::take(found).into());
                    continue;
                }
                Way::Loaded(events) => match events.pop_front() {
                    Some((sequence, event)) => Step::Item((sequence, Some(event))),
                    None => Step::End,
                },
                Way::Walk(stream) => next_place(stream, context.reader)?,
            };
            let (sequence, event) = match step {
                Step::Item(found) => found,
                Step::End => return Ok(Step::End),
                Step::OutOfTime => return Ok(Step::OutOfTime),
            };
            if sequence > self.indexed_upto || context.is_hidden(sequence) {
                continue;
            }
            let event = match event {
                Some(event) => Some(event),
                None => context.reader.index.load(sequence)?,
            };
            if let Some(event) = event
                && self.filter.matches_without_search(&event)
                && context.options.shows(&event)
            {
                return Ok(Step::Item(event));
            }
            if context.reader.is_out_of_time() {
                return Ok(Step::OutOfTime);
            }
        }
    }
}

type Place = (Sequence, Option<Arc<Event>>);

fn next_place(stream: &mut Stream, reader: &Reader) -> Result<Step<Place>, StoreError> {
    Ok(match stream.peek(reader)? {
        Step::Item(position) => {
            stream.seek(Position::next(position));
            Step::Item((position.sequence.cast_unsigned(), None))
        }
        Step::End => Step::End,
        Step::OutOfTime => Step::OutOfTime,
    })
}

/// Moves ids over to what was found of them; false when the time is up before the last.
fn load_ids(
    ids: &mut Vec<EventId>,
    found: &mut Vec<(Sequence, Arc<Event>)>,
    reader: &Reader,
) -> Result<bool, StoreError> {
    while let Some(id) = ids.pop() {
        if let Some(sequence) = reader.index.sequence_of(&id)?
            && let Some(event) = reader.index.load(sequence)?
        {
            found.push((sequence, event));
        }
        if !ids.is_empty() && reader.is_out_of_time() {
            return Ok(false);
        }
    }
    Ok(true)
}
