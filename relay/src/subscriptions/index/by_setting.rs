//! Filters by where and when they look, so that twenty thousand people who watch their own
//! surroundings are not asked about a meetup on the other side of the Earth.
//!
//! Filters are filed under hashes of (cell, week, value of a tag), an event is looked up under those that
//! it has. Two keys with the same hash cost a test of a filter, and nothing else.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use ahash::{HashMap, RandomState};
use kith_nips::discovery::Setting;
use kith_nips::nip01::TagName;
use kith_nips::place::Cell;
use kith_nips::{Event, Filter};

use super::footprint::{CELL_LENGTH_MAX, Footprint, Shape, weeks_touched};
use super::postings::{Entry, Postings, take_all};

/// Look-ups of one event among the filters of one shape. An event with more weeks and values of a tag
/// is looked up by its cell alone.
const LOOKUPS_PER_SHAPE_MAX: usize = 64;
/// The same for all shapes together. There are at most 742 shapes: lengths of cells, with and without
/// weeks, and the letters that a tag can have.
const LOOKUPS_PER_EVENT_MAX: usize = 1_024;

/// Filters with a [`Footprint`].
#[derive(Debug)]
pub(super) struct BySetting<K> {
    hashes: RandomState,
    pub(super) postings: HashMap<u64, Postings<K>>,
    /// How many filters each shape has.
    shapes: BTreeMap<Shape, usize>,
}

/// What a filter is filed under.
#[derive(Hash)]
struct Key<'a> {
    shape: Shape,
    cell: &'a str,
    slot: Slot<'a>,
}

#[derive(Clone, Copy, Hash)]
enum Slot<'a> {
    /// One week, or any; one value of the tag, or any.
    Of(Option<u64>, Option<&'a str>),
    /// All of them, for events that have too many.
    All,
}

impl<K> Default for BySetting<K> {
    fn default() -> Self {
        BySetting {
            hashes: RandomState::new(),
            postings: HashMap::default(),
            shapes: BTreeMap::new(),
        }
    }
}

impl<K> BySetting<K> {
    pub(super) fn is_empty(&self) -> bool {
        self.shapes.is_empty() && self.postings.is_empty()
    }
}

impl<K: Copy + Ord> BySetting<K> {
    /// Files a filter that has this footprint.
    pub(super) fn file(&mut self, footprint: &Footprint, filter: &Filter, entry: Entry<K>) {
        *self.shapes.entry(footprint.shape()).or_default() += 1;
        for key in self.keys(footprint, filter) {
            self.postings.entry(key).or_default().add(entry);
        }
    }

    /// Takes it off again.
    pub(super) fn unfile(&mut self, footprint: &Footprint, filter: &Filter, entry: Entry<K>) {
        let shape = footprint.shape();
        if let Some(filters) = self.shapes.get_mut(&shape) {
            *filters -= 1;
            if *filters == 0 {
                self.shapes.remove(&shape);
            }
        }
        let keys = self.keys(footprint, filter);
        take_all(&mut self.postings, &keys, entry);
    }

    /// The filters that could match an event with this setting, each list once.
    pub(super) fn candidates(&self, event: &Event, setting: &Setting) -> Vec<&Postings<K>> {
        let mut keys = self.lookups(event, setting);
        keys.sort_unstable();
        keys.dedup();
        keys.iter()
            .filter_map(|key| self.postings.get(key))
            .collect()
    }

    /// The keys of a filter: at most [`POSTINGS_PER_FILTER_MAX`](super::footprint::POSTINGS_PER_FILTER_MAX).
    fn keys(&self, footprint: &Footprint, filter: &Filter) -> Vec<u64> {
        let shape = footprint.shape();
        let listed = footprint.tag.and_then(|name| filter.tags.get(&name));
        let values: Vec<Option<&str>> = match listed {
            Some(values) => values.iter().map(|value| Some(value.as_str())).collect(),
            None => vec![None],
        };
        let mut slots = slots(footprint.weeks.clone(), &values);
        if shape.is_divided() {
            slots.push(Slot::All);
        }
        let cells: Vec<&str> = match footprint.cells.is_empty() {
            true => vec![""],
            false => footprint.cells.iter().map(Cell::as_str).collect(),
        };
        let with_cell = |cell| slots.iter().map(move |slot| (cell, *slot));
        let keys = cells.into_iter().flat_map(with_cell);
        keys.map(|(cell, slot)| self.hash(shape, cell, slot))
            .collect()
    }

    /// The keys of an event.
    fn lookups(&self, event: &Event, setting: &Setting) -> Vec<u64> {
        // The event's own cell may be shorter than those of a filter: what counts is its centre.
        let finest = setting
            .position()
            .map(|point| Cell::of(point, CELL_LENGTH_MAX));
        let tags = match self.shapes.keys().any(|shape| shape.tag.is_some()) {
            true => tags_of(event),
            false => Vec::new(),
        };
        let mut lookups = Vec::new();
        for shape in self.shapes.keys() {
            let cell = match (shape.length, &finest) {
                (0, _) => Some(""),
                (length, Some(finest)) => finest.as_str().get(..length),
                (_, None) => None,
            };
            let weeks = weeks_touched(setting).filter(|_| shape.by_week);
            let values = values_of(&tags, *shape);
            let (Some(cell), false) = (cell, shape.by_week && weeks.is_none()) else {
                continue;
            };
            let week_count = weeks
                .clone()
                .map_or(1, |weeks| (weeks.end() - weeks.start()).saturating_add(1));
            let count = usize::try_from(week_count)
                .unwrap_or(usize::MAX)
                .saturating_mul(values.len());
            let has_room =
                count <= LOOKUPS_PER_SHAPE_MAX && lookups.len() + count <= LOOKUPS_PER_EVENT_MAX;
            let slots = match has_room {
                true => slots(weeks, &values),
                false => vec![Slot::All],
            };
            lookups.extend(slots.iter().map(|slot| self.hash(*shape, cell, *slot)));
        }
        lookups
    }

    fn hash(&self, shape: Shape, cell: &str, slot: Slot<'_>) -> u64 {
        self.hashes.hash_one(Key { shape, cell, slot })
    }
}

fn slots<'a>(weeks: Option<RangeInclusive<u64>>, values: &[Option<&'a str>]) -> Vec<Slot<'a>> {
    let weeks: Vec<Option<u64>> = match weeks {
        Some(weeks) => weeks.map(Some).collect(),
        None => vec![None],
    };
    let of_week = |week| values.iter().map(move |value| Slot::Of(week, *value));
    weeks.into_iter().flat_map(of_week).collect()
}

/// Sorted, each once.
fn tags_of(event: &Event) -> Vec<(TagName, &str)> {
    let mut tags: Vec<(TagName, &str)> = event.indexed_tags().collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}

/// The values that an event has for the tag of a shape; one that stands for any, if it has no tag.
fn values_of<'a>(tags: &[(TagName, &'a str)], shape: Shape) -> Vec<Option<&'a str>> {
    let Some(name) = shape.tag else {
        return vec![None];
    };
    let first = tags.partition_point(|(other, _)| *other < name);
    let of_name = tags
        .iter()
        .skip(first)
        .take_while(|(other, _)| *other == name);
    of_name.map(|(_, value)| Some(*value)).collect()
}
