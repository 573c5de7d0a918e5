//! An answer in the making: the index up to where it reached when the answer began, joined with
//! what the tail held then, filter by filter, merged into one order.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use kith_nips::{Event, EventId, Filter};

use super::context::Context;
use super::keys::Position;
use super::plan::{Plan, Planning};
use super::reader::{Lane, ReadPool, Reader};
use super::search::SearchWalk;
use super::stream::{Step, Stream};
use super::tail::{Tail, TailState};
use crate::store::{Completeness, Cursor, CursorPage, Page, ScanOptions, Sequence, StoreError};

/// Events beyond the relay's own cap that one filter may bring, when all have the time of the last
/// one (NIP-67).
const GROUP_EVENTS_MAX: usize = 5_000;

/// Everything that an answer reads from, beside its own place.
#[derive(Clone)]
pub struct Source {
    /// Runs the reading.
    pub readers: ReadPool,
    /// Tells what was ended meanwhile.
    pub tail: Arc<Tail>,
    /// Bytes of events in one page.
    pub page_bytes_max: usize,
    /// Whether a search passes over descriptions without their owner's community (LBC-10).
    pub enforce_owner: bool,
}

/// An answer to several filters: first those that search, one after the other, then all others
/// merged by time.
pub struct Answer {
    searches: VecDeque<SearchWalk>,
    filters: Vec<FilterWalk>,
    /// What the searches brought; other filters do not bring it again. `None` when there are no
    /// others.
    sent: Option<HashSet<EventId>>,
    options: ScanOptions,
    upto: Sequence,
    /// What had been ended when the answer began. The tail forgets it once the index does, but
    /// rows may have been read before that.
    hidden_at_first: Arc<HashSet<Sequence>>,
    looks_further: bool,
    completeness: Completeness,
}

impl Answer {
    /// Fixes what the answer covers. How it will be found is the business of the first slices.
    pub fn begin(filters: &[Filter], options: ScanOptions, tail: &Tail) -> Self {
        // First the tail, then the index: what the indexer moves in between is in both, and
        // `indexed_upto` tells it apart. The other way round it could be missed.
        let mut searches = VecDeque::new();
        let mut walks = Vec::with_capacity(filters.len());
        let (upto, hidden_at_first) = {
            let state = tail.read();
            for filter in filters {
                match &filter.search {
                    Some(search) => {
                        let walk = SearchWalk::capture(filter, search, &options, &state);
                        searches.push_back(walk);
                    }
                    None => walks.push(FilterWalk::capture(filter, &options, &state)),
                }
            }
            (state.last, state.layer.hidden().clone())
        };
        Answer {
            sent: (!searches.is_empty() && filters.len() > 1).then(HashSet::new),
            searches,
            filters: walks,
            options,
            upto,
            hidden_at_first,
            looks_further: false,
            completeness: Completeness::Complete,
        }
    }

    /// See [`crate::store::Scan::upto`].
    pub fn upto(&self) -> Sequence {
        self.upto
    }

    /// Whether a limit cut the answer; known once it is read to its end.
    pub fn completeness(&self) -> Completeness {
        self.completeness
    }

    /// Gives the next events to `take` until it wants no more or the time is up. Returns whether
    /// there may be more.
    pub fn read(
        &mut self,
        source: &Source,
        reader: &Reader,
        mut take: impl FnMut(Arc<Event>) -> bool,
    ) -> Result<bool, StoreError> {
        // Taken before the index is read: an event ended in between is in neither.
        let hidden = source.tail.read().layer.hidden().clone();
        let _snapshot = reader.index.snapshot()?;
        let hidden_at_first = self.hidden_at_first.clone();
        let options = self.options.clone();
        let context = Context {
            hidden: &hidden,
            hidden_at_first: &hidden_at_first,
            tail: &source.tail,
            options: &options,
            reader,
            enforce_owner: source.enforce_owner,
        };
        loop {
            match self.next(&context)? {
                Step::Item(event) => {
                    let is_new = self
                        .sent
                        .as_mut()
                        .is_none_or(|sent| sent.insert(event.id()));
                    if (is_new && !take(event)) || reader.is_out_of_time() {
                        return Ok(true);
                    }
                }
                Step::End => return Ok(false),
                Step::OutOfTime => return Ok(true),
            }
        }
    }

    fn next(&mut self, context: &Context<'_>) -> Result<Step<Arc<Event>>, StoreError> {
        while let Some(search) = self.searches.front_mut() {
            match search.next(context)? {
                Step::End => {
                    if search.is_cut() {
                        self.completeness = Completeness::Cut;
                    }
                    self.searches.pop_front();
                }
                step => return Ok(step),
            }
        }
        match first(&mut self.filters, context)? {
            Step::Item(event) => {
                for walk in &mut self.filters {
                    walk.advance_past(&event);
                }
                Ok(Step::Item(event))
            }
            Step::End => self.look_further(context),
            Step::OutOfTime => Ok(Step::OutOfTime),
        }
    }

    /// After the last event: whether any filter would have brought more (NIP-67). Takes no longer
    /// than a slice of its own.
    fn look_further(&mut self, context: &Context<'_>) -> Result<Step<Arc<Event>>, StoreError> {
        if !context.options.completeness {
            self.completeness = Completeness::Unknown;
        }
        if self.completeness != Completeness::Complete {
            return Ok(Step::End);
        }
        if !std::mem::replace(&mut self.looks_further, true) && context.reader.is_out_of_time() {
            return Ok(Step::OutOfTime);
        }
        for walk in &mut self.filters {
            match walk.looks_further(context)? {
                Step::Item(()) => {
                    self.completeness = Completeness::Cut;
                    return Ok(Step::End);
                }
                Step::End => {}
                Step::OutOfTime => self.completeness = Completeness::Unknown,
            }
        }
        Ok(Step::End)
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

/// One filter's part of an answer.
struct FilterWalk {
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
    fn capture(filter: &Filter, options: &ScanOptions, state: &TailState) -> Self {
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
                        filter.matches(event) && !hidden.contains(sequence) && options.shows(event)
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
    fn peek(&mut self, context: &Context<'_>) -> Result<Step<Arc<Event>>, StoreError> {
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
    fn looks_further(&mut self, context: &Context<'_>) -> Result<Step<()>, StoreError> {
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
    fn advance_past(&mut self, event: &Event) {
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

/// An [`Answer`] with what it reads from: the [`Cursor`] of this backend.
pub struct AnswerCursor {
    /// What is answered.
    pub answer: Answer,
    /// What it is read from.
    pub source: Source,
    /// Where the first page is read.
    pub lane: Lane,
    /// Pages that were read, or begun and left for lack of time.
    pub pages: usize,
}

/// An answer is long when it takes more pages than this: it has to wait behind others from there on.
const PAGES_OF_SHORT_ANSWER_MAX: usize = 4;

impl AnswerCursor {
    fn lane(&self) -> Lane {
        match self.pages {
            0 => self.lane,
            1..PAGES_OF_SHORT_ANSWER_MAX => Lane::Fresh,
            _ => Lane::Continued,
        }
    }
}

impl Cursor for AnswerCursor {
    fn next_page(self: Box<Self>) -> BoxFuture<'static, CursorPage> {
        Box::pin(async move {
            let turn = self.lane();
            let AnswerCursor {
                mut answer,
                source,
                lane,
                pages,
            } = *self;
            let from = source.clone();
            let (page, answer) = source
                .readers
                .run(turn, move |reader| {
                    let mut events = Vec::new();
                    let mut bytes = 0;
                    let more = answer.read(&from, reader, |event| {
                        bytes += event.json().len();
                        events.push(event);
                        bytes < from.page_bytes_max
                    })?;
                    let page = Page {
                        events,
                        completeness: (!more).then(|| answer.completeness()),
                    };
                    Ok((page, more.then_some(answer)))
                })
                .await?;
            let rest = answer.map(|answer| -> Box<dyn Cursor> {
                Box::new(AnswerCursor {
                    answer,
                    source,
                    lane,
                    pages: pages + 1,
                })
            });
            Ok((page, rest))
        })
    }
}
