//! Where and when a filter that searches looks (`nips/discovery.md`): cells that together hold its
//! area, the weeks of its window, the values of one of its tags. An event that matches has one of each.
//!
//! Pure: which values there are, not who is filed under them.

use std::ops::RangeInclusive;

use kith_nips::Filter;
use kith_nips::discovery::{Circle, Discovery, Setting};
use kith_nips::nip01::TagName;
use kith_nips::place::{Cell, cells_in_box, cells_in_circle};

/// Most values that one filter is filed under. Each takes up to 80 bytes of memory, or 16 to 32 when
/// others are filed under the same: 5 kB for a filter at most. A circle of 10 km takes about 40.
pub(super) const POSTINGS_PER_FILTER_MAX: usize = 64;

/// Lengths of cells: of 6 characters they are 1.2 by 0.6 km at the equator, of 1 there are 32.
const CELL_LENGTHS: RangeInclusive<usize> = 1..=CELL_LENGTH_MAX;
pub(super) const CELL_LENGTH_MAX: usize = 6;

/// Areas that take up more of the Earth are not filed by cell.
const SHARE_OF_EARTH_MAX: f64 = 0.25;

/// Cells into which the next longer geohash divides one.
const CELLS_WITHIN: i32 = 32;

const WEEK_SECONDS: u64 = 604_800;

/// Longer windows are not filed by week. A month touches at most six.
const WEEKS_PER_FILTER_MAX: u64 = 6;

/// New meetups are guessed to be in one of so many weeks, and about one of so many topics: it only
/// matters when not everything that a filter names can be used.
const WEEKS_GUESSED: f64 = 8.0;
const VALUES_GUESSED: f64 = 16.0;

/// What of a filter its keys are made from. Events are looked up once for each shape in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Shape {
    /// Characters of its cells; 0 for a filter without a cell.
    pub(super) length: usize,
    pub(super) by_week: bool,
    pub(super) tag: Option<TagName>,
}

impl Shape {
    /// Whether there is more than the cell.
    pub(super) fn is_divided(self) -> bool {
        self.by_week || self.tag.is_some()
    }
}

/// Where and when one filter looks, as far as it is filed by that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Footprint {
    /// All of one length; none for the whole Earth.
    pub(super) cells: Vec<Cell>,
    /// Whole weeks since 1970; `None` for any time.
    pub(super) weeks: Option<RangeInclusive<u64>>,
    /// One that the filter lists values of.
    pub(super) tag: Option<TagName>,
}

impl Footprint {
    /// The footprint of `filter` that the fewest events are likely to fall into, within the bounds;
    /// `None` for a filter that looks neither at a place nor at a time, or at too much of both.
    pub(super) fn of(filter: &Filter) -> Option<Footprint> {
        let discovery = filter.search.as_ref()?.discovery();
        let covers: Vec<Vec<Cell>> = CELL_LENGTHS
            .rev()
            .filter_map(|length| cover(discovery, length))
            .filter(|cells| share_of_earth(cells) <= SHARE_OF_EARTH_MAX)
            .chain([Vec::new()])
            .collect();
        let weeks = window(discovery);
        if weeks.is_none() && covers.len() == 1 {
            return None;
        }
        let shortest = filter.tags.iter().min_by_key(|(_, values)| values.len());
        let tag = shortest.map(|(name, values)| (*name, values.len()));
        let mut choices = Vec::new();
        for weeks in [None, weeks] {
            for tag in [None, tag] {
                choices.extend(Choice::within_bounds(&covers, weeks.clone(), tag));
            }
        }
        let best = choices.into_iter().min_by(|a, b| {
            a.share
                .total_cmp(&b.share)
                .then(a.postings.cmp(&b.postings))
        })?;
        let footprint = best.footprint;
        let says_something = !footprint.cells.is_empty() || footprint.weeks.is_some();
        says_something.then_some(footprint)
    }

    pub(super) fn shape(&self) -> Shape {
        Shape {
            length: self.cells.first().map_or(0, Cell::length),
            by_week: self.weeks.is_some(),
            tag: self.tag,
        }
    }
}

/// One way to file a filter.
struct Choice {
    footprint: Footprint,
    postings: usize,
    /// Of all events, how many are likely to fall into it.
    share: f64,
}

impl Choice {
    /// With the longest cells that the bounds allow; the last of `covers` is the whole Earth.
    fn within_bounds(
        covers: &[Vec<Cell>],
        weeks: Option<RangeInclusive<u64>>,
        tag: Option<(TagName, usize)>,
    ) -> Option<Choice> {
        let week_count = weeks.clone().map_or(1, Iterator::count);
        let value_count = tag.map_or(1, |(_, count)| count);
        let mut slots = week_count.saturating_mul(value_count);
        if weeks.is_some() || tag.is_some() {
            // One for the events that are not looked up in all slots.
            slots = slots.saturating_add(1);
        }
        let postings = |cells: &Vec<Cell>| cells.len().max(1).saturating_mul(slots);
        let cells = covers
            .iter()
            .find(|cells| postings(cells) <= POSTINGS_PER_FILTER_MAX)?;
        let mut share = match cells.is_empty() {
            true => 1.0,
            false => share_of_earth(cells),
        };
        if weeks.is_some() {
            share *= (week_count as f64 / WEEKS_GUESSED).min(1.0);
        }
        if tag.is_some() {
            share *= (value_count as f64 / VALUES_GUESSED).min(1.0);
        }
        Some(Choice {
            postings: postings(cells),
            share,
            footprint: Footprint {
                cells: cells.clone(),
                weeks,
                tag: tag.map(|(name, _)| name),
            },
        })
    }
}

/// Cells of `length` characters that hold the area; of circle and box, those of the smaller.
fn cover(discovery: &Discovery, length: usize) -> Option<Vec<Cell>> {
    let circle = discovery.near.and_then(|circle| {
        let Circle { centre, radius_km } = circle;
        cells_in_circle(centre, radius_km, length, POSTINGS_PER_FILTER_MAX)
    });
    let area = discovery.within.as_ref();
    let area = area.and_then(|area| cells_in_box(area, length, POSTINGS_PER_FILTER_MAX));
    circle.into_iter().chain(area).min_by_key(Vec::len)
}

fn share_of_earth(cells: &[Cell]) -> f64 {
    cells
        .iter()
        .map(|cell| f64::from(CELLS_WITHIN).powi(-(cell.length() as i32)))
        .sum::<f64>()
}

/// The weeks of a window that is not too long.
fn window(discovery: &Discovery) -> Option<RangeInclusive<u64>> {
    let (from, to) = (discovery.from?, discovery.to?);
    let weeks = weeks_of(from, Some(to));
    (weeks.end() - weeks.start() < WEEKS_PER_FILTER_MAX).then_some(weeks)
}

/// The weeks that an event touches, if it has a time.
pub(super) fn weeks_touched(setting: &Setting) -> Option<RangeInclusive<u64>> {
    setting.start.map(|start| weeks_of(start, setting.end))
}

/// The weeks of `[start, end)`; without an end, of the instant `start`. Two spans that overlap share
/// a second, and so a week.
fn weeks_of(start: u64, end: Option<u64>) -> RangeInclusive<u64> {
    let last = end.map_or(start, |end| end.saturating_sub(1).max(start));
    start / WEEK_SECONDS..=last / WEEK_SECONDS
}
