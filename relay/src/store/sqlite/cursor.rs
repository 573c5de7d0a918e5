//! An answer in the making: the index up to where it reached when the answer began, joined with
//! what the tail held then, filter by filter, merged into one order.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use kith_nips::{Event, EventId, Filter};

use super::context::{Communities, Context, SearchCounters};
use super::filter_walk::{FilterWalk, order};
use super::lanes::Lane;
use super::reader::{ReadPool, Reader};
use super::search::SearchWalk;
use super::stream::Step;
use super::tail::Tail;
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
    /// Counts what searches look at.
    pub counters: Arc<SearchCounters>,
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
        let (hidden, communities) = {
            let state = source.tail.read();
            let communities: Communities = match self.searches.is_empty() {
                true => Communities::new(),
                false => state.layer.communities().collect(),
            };
            (state.layer.hidden().clone(), communities)
        };
        let _snapshot = reader.index.snapshot()?;
        let hidden_at_first = self.hidden_at_first.clone();
        let options = self.options.clone();
        let context = Context {
            hidden: &hidden,
            hidden_at_first: &hidden_at_first,
            communities: &communities,
            options: &options,
            reader,
            counters: &source.counters,
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
const PAGES_OF_SHORT_ANSWER_MAX: usize = 12;

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
