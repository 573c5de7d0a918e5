//! An answer in the making: the index up to where it reached when the answer began, joined with
//! what the tail held then, filter by filter, merged into one order.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use kith_nips::{Event, EventId, Filter};

use super::keys::Position;
use super::plan::{self, Plan};
use super::reader::{Lane, ReadPool, Reader};
use super::stream::{Step, Stream};
use super::tail::{Tail, TailState};
use crate::store::{Completeness, Cursor, CursorPage, Page, ScanOptions, Sequence, StoreError};

/// Everything that an answer reads from, beside its own place.
#[derive(Clone)]
pub struct Source {
    /// Runs the reading.
    pub readers: ReadPool,
    /// Tells what was ended meanwhile.
    pub tail: Arc<Tail>,
    /// Bytes of events in one page.
    pub page_bytes_max: usize,
}

/// An answer to several filters.
pub struct Answer {
    filters: Vec<FilterWalk>,
    options: ScanOptions,
    upto: Sequence,
}

impl Answer {
    /// Fixes what the answer covers and how it will be found.
    pub fn begin(
        filters: &[Filter],
        options: ScanOptions,
        tail: &Tail,
        reader: &Reader,
    ) -> Result<Self, StoreError> {
        // First the tail, then the index: what the indexer moves in between is in both, and
        // `indexed_upto` tells it apart. The other way round it could be missed.
        let mut walks = Vec::with_capacity(filters.len());
        let upto = {
            let state = tail.read();
            for filter in filters {
                walks.push(FilterWalk::capture(filter, &options, &state));
            }
            state.last
        };
        for walk in &mut walks {
            walk.choose_way(reader)?;
        }
        Ok(Answer {
            filters: walks,
            options,
            upto,
        })
    }

    /// See [`crate::store::Scan::upto`].
    pub fn upto(&self) -> Sequence {
        self.upto
    }

    /// Gives the next events to `take` until it wants no more or the time is up. Returns whether
    /// there may be more.
    pub fn read(
        &mut self,
        tail: &Tail,
        reader: &Reader,
        mut take: impl FnMut(Arc<Event>) -> bool,
    ) -> Result<bool, StoreError> {
        // Taken before the index is read: an event ended in between is in neither.
        let hidden = tail.read().layer.hidden().clone();
        let context = Context {
            hidden: &hidden,
            options: &self.options,
            reader,
        };
        loop {
            let next = match first(&mut self.filters, &context)? {
                Step::Item(event) => event,
                Step::End => return Ok(false),
                Step::OutOfTime => return Ok(true),
            };
            for walk in &mut self.filters {
                walk.advance_past(&next);
            }
            if !take(next) || reader.is_out_of_time() {
                return Ok(true);
            }
        }
    }
}

/// The next event over all filters.
fn first(
    filters: &mut [FilterWalk],
    context: &Context<'_>,
) -> Result<Step<Arc<Event>>, StoreError> {
    let mut first: Option<Arc<Event>> = None;
    for walk in filters {
        match walk.peek(context)? {
            Step::Item(event) => {
                if first
                    .as_ref()
                    .is_none_or(|first| order(&event) < order(first))
                {
                    first = Some(event);
                }
            }
            Step::End => {}
            Step::OutOfTime => return Ok(Step::OutOfTime),
        }
    }
    Ok(first.map_or(Step::End, Step::Item))
}

/// The order of an answer: newest first, ties by id (NIP-01).
fn order(event: &Event) -> (std::cmp::Reverse<u64>, EventId) {
    (std::cmp::Reverse(event.created_at()), event.id())
}

struct Context<'a> {
    hidden: &'a HashSet<Sequence>,
    options: &'a ScanOptions,
    reader: &'a Reader,
}

/// One filter's part of an answer.
struct FilterWalk {
    filter: Filter,
    remaining: usize,
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
    /// Places in no order, still to be loaded and put into order.
    Ids(Vec<EventId>),
    Loaded(VecDeque<(Sequence, Arc<Event>)>),
    Walk(Stream),
}

impl FilterWalk {
    fn capture(filter: &Filter, options: &ScanOptions, state: &TailState) -> Self {
        let remaining = if filter.matches_nothing() {
            0
        } else {
            options.limit_of(filter)
        };
        let mut recent: Vec<_> = Vec::new();
        if remaining > 0 {
            let hidden = state.layer.hidden();
            recent.extend(
                state
                    .layer
                    .events()
                    .filter(|(sequence, event)| {
                        filter.matches(event) && !hidden.contains(sequence) && options.shows(event)
                    })
                    .cloned(),
            );
            recent.sort_by_cached_key(|(_, event)| order(event));
            recent.truncate(remaining);
        }
        FilterWalk {
            filter: filter.clone(),
            remaining,
            recent: recent.into(),
            way: Way::Done,
            indexed_upto: state.indexed_upto,
            indexed: None,
        }
    }

    fn choose_way(&mut self, reader: &Reader) -> Result<(), StoreError> {
        if self.remaining > 0 {
            self.way = match plan::plan(&self.filter, reader)? {
                Plan::Nothing => Way::Done,
                Plan::Ids(ids) => Way::Ids(ids),
                Plan::Walk(stream) => Way::Walk(stream),
            };
        }
        Ok(())
    }

    fn peek(&mut self, context: &Context<'_>) -> Result<Step<Arc<Event>>, StoreError> {
        if self.remaining == 0 {
            return Ok(Step::End);
        }
        while self
            .recent
            .front()
            .is_some_and(|(sequence, _)| context.hidden.contains(sequence))
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
    fn advance_past(&mut self, event: &Event) {
        let recent_is_it = self
            .recent
            .front()
            .is_some_and(|(_, recent)| recent.id() == event.id());
        let indexed_is_it = self
            .indexed
            .as_ref()
            .is_some_and(|indexed| indexed.id() == event.id());
        if self.remaining > 0 && (recent_is_it || indexed_is_it) {
            self.remaining -= 1;
        }
        if recent_is_it {
            self.recent.pop_front();
        }
        if indexed_is_it {
            self.indexed = None;
        }
    }

    fn next_indexed(&mut self, context: &Context<'_>) -> Result<Step<Arc<Event>>, StoreError> {
        loop {
            let step = match &mut self.way {
                Way::Done => return Ok(Step::End),
                Way::Ids(ids) => {
                    let loaded = load_ids(ids, context.reader)?;
                    self.way = Way::Loaded(loaded);
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
            if sequence > self.indexed_upto || context.hidden.contains(&sequence) {
                continue;
            }
            let event = match event {
                Some(event) => Some(event),
                None => context.reader.index.load(sequence)?,
            };
            if let Some(event) = event
                && self.filter.matches(&event)
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

fn load_ids(
    ids: &[EventId],
    reader: &Reader,
) -> Result<VecDeque<(Sequence, Arc<Event>)>, StoreError> {
    let mut events = Vec::new();
    for id in ids {
        if let Some(sequence) = reader.index.sequence_of(id)?
            && let Some(event) = reader.index.load(sequence)?
        {
            events.push((sequence, event));
        }
    }
    events.sort_by_cached_key(|(_, event)| order(event));
    Ok(events.into())
}

/// An [`Answer`] with what it reads from: the [`Cursor`] of this backend.
pub struct AnswerCursor {
    /// What is answered.
    pub answer: Answer,
    /// What it is read from.
    pub source: Source,
    /// [`Lane::Fresh`] for the first page.
    pub lane: Lane,
}

impl Cursor for AnswerCursor {
    fn next_page(self: Box<Self>) -> BoxFuture<'static, CursorPage> {
        Box::pin(async move {
            let AnswerCursor {
                mut answer,
                source,
                lane,
            } = *self;
            let Source {
                readers,
                tail,
                page_bytes_max,
            } = source.clone();
            let (events, answer) = readers
                .run(lane, move |reader| {
                    let mut events = Vec::new();
                    let mut bytes = 0;
                    let more = answer.read(&tail, reader, |event| {
                        bytes += event.json().len();
                        events.push(event);
                        bytes < page_bytes_max
                    })?;
                    Ok((events, more.then_some(answer)))
                })
                .await?;
            let rest = answer.map(|answer| -> Box<dyn Cursor> {
                Box::new(AnswerCursor {
                    answer,
                    source,
                    lane: Lane::Continued,
                })
            });
            let page = Page {
                events,
                completeness: rest.is_none().then_some(Completeness::Unknown),
            };
            Ok((page, rest))
        })
    }
}
