//! Which way a search goes through the index, and what of the index it looks at.

use kith_nips::discovery::{Discovery, Sort};
use kith_nips::nip50::Search;
use kith_nips::place::{Tile, tiles_covering};
use kith_nips::{Filter, Kind};

use super::gathering::{Condition, Part, part_of};
use super::sieve::Sieve;
use super::{Nearest, Ranked, Soonest, Way};
use crate::store::StoreError;
use crate::store::sqlite::context::Context;
use crate::store::sqlite::index::Index;
use crate::store::sqlite::keys::{
    Position, author_key, ordered_prefix, signed, tag_key, word_keys,
};
use crate::store::sqlite::placed::{Dates, TILE_LENGTHS, Undated, behind, is_filed_by_start};
use crate::store::sqlite::runs::{Entry, Group, Table};
use crate::store::sqlite::stream::{Stream, Window};

/// Tiles that cover an area.
const TILES_MAX: usize = 64;
/// Values of one list that a walk follows; of longer lists the events are asked.
const VALUES_FOLLOWED_MAX: usize = 64;
/// Ways that narrow each other down.
const WAYS_INTERSECTED_MAX: usize = 3;
/// Kinds by which a tag is looked up.
const KINDS_MAX: usize = 16;

/// Chooses the way for `filter` with `search`, of which `wanted` events are asked for.
///
/// # Errors
/// [`StoreError`] when the index cannot be read.
pub fn choose(
    filter: &Filter,
    search: &Search,
    wanted: usize,
    context: &Context<'_>,
) -> Result<Way, StoreError> {
    let asked = Asked {
        filter,
        search,
        discovery: search.discovery(),
        context,
    };
    // One more tells whether there is more.
    let kept = wanted.saturating_add(1);
    if let Some(ids) = &filter.ids {
        let index = &context.reader.index;
        let places = ids.iter().map(|id| index.sequence_of(id));
        let places = places.collect::<Result<Vec<_>, _>>()?;
        return Ok(Way::Ranked(Ranked::of(places.into_iter().flatten(), kept)));
    }
    Ok(match search.order() {
        Sort::Start => Way::Soonest(Soonest::new(
            asked.by_start(wanted),
            Sieve::new(asked.words()),
        )),
        Sort::Distance => match asked.by_distance(wanted) {
            Some(nearest) => Way::Nearest(Box::new(nearest)),
            None => Way::Done,
        },
        Sort::Relevance | Sort::New => Way::Ranked(Ranked::new(asked.everything(), kept)),
    })
}

/// A filter that searches, with what it is looked up by.
struct Asked<'a> {
    filter: &'a Filter,
    search: &'a Search,
    discovery: &'a Discovery,
    context: &'a Context<'a>,
}

impl Asked<'_> {
    fn index(&self) -> &Index {
        &self.context.reader.index
    }

    /// A walk in the order of starts.
    fn by_start(&self, wanted: usize) -> Stream {
        let dates = self.dates();
        let dates = match self.context.options.after {
            // What stands at the very place is told apart by the event.
            Some(after) => dates.behind(Position {
                age: signed(after.0),
                id_prefix: ordered_prefix(after.2.as_bytes()),
                sequence: i64::MIN,
            }),
            None => dates,
        };
        let mut ways: Vec<Vec<(Group, Window)>> = Vec::new();
        if let Some(tiles) = self.tiles() {
            let parts = tiles.into_iter().flat_map(|tile| dates.in_tile(tile));
            ways.push(parts.collect());
        }
        let mut keys = self.keys_by_start();
        keys.sort_by_key(Vec::len);
        let named = keys.into_iter();
        ways.extend(named.map(|keys| keys.into_iter().flat_map(|key| dates.named(key)).collect()));
        ways.truncate(WAYS_INTERSECTED_MAX);
        if ways.is_empty() {
            ways.push(dates.everything());
        }
        // Of what others narrow down more is read at once.
        let wanted = wanted.saturating_mul(ways.len() * ways.len());
        let mut streams: Vec<Stream> = ways
            .into_iter()
            .map(|parts| Stream::union_of(parts, wanted))
            .collect();
        match (streams.pop(), streams.is_empty()) {
            (Some(only), true) => only,
            (last, _) => {
                streams.extend(last);
                Stream::Intersection(streams)
            }
        }
    }

    /// A walk outwards; `None` without a middle.
    fn by_distance(&self, wanted: usize) -> Option<Nearest> {
        let circle = self.discovery.near?;
        let mut conditions = self.words();
        conditions.extend(self.tags());
        Some(Nearest::new(
            circle,
            *self.discovery,
            self.asks_for_dated().then(|| self.dates()),
            self.asks_for_undated().then(|| self.undated()),
            Sieve::new(conditions),
            wanted,
        ))
    }

    /// Everything that may fit.
    fn everything(&self) -> Vec<Condition> {
        let mut conditions = self.words();
        match self.tiles() {
            Some(tiles) => conditions.push(self.in_tiles(&tiles)),
            None if self.discovery.has_place() && conditions.is_empty() => {
                conditions.push(self.anywhere());
            }
            None if self.discovery.needs_time() => {
                conditions.push(parts_of(self.dates().everything()).collect());
            }
            None => {}
        }
        conditions.extend(self.tags());
        conditions
    }

    fn dates(&self) -> Dates {
        Dates::of(self.discovery, self.context.options.now)
    }

    fn undated(&self) -> Undated {
        Undated::of(self.filter.kinds.as_deref())
    }

    fn asks_for_dated(&self) -> bool {
        let kinds = self.filter.kinds.as_ref();
        kinds.is_none_or(|kinds| kinds.iter().any(|kind| is_calendar_event(*kind)))
    }

    fn asks_for_undated(&self) -> bool {
        !self.discovery.needs_time()
    }

    /// Each word as a condition.
    fn words(&self) -> Vec<Condition> {
        let words = self.search.words().iter().map(|word| word_keys(word));
        let part = |(first, last)| {
            (
                Entry::of_word(first, i64::MIN),
                Entry::of_word(last, i64::MAX),
            )
        };
        words.map(|keys| vec![part(keys)]).collect()
    }

    /// Each list of tags as a condition, where it is looked up by few keys.
    fn tags(&self) -> Vec<Condition> {
        let Some(kinds) = self
            .filter
            .kinds
            .as_ref()
            .filter(|kinds| kinds.len() <= KINDS_MAX)
        else {
            return Vec::new();
        };
        let lists = self.filter.tags.iter();
        let lists = lists.filter(|(_, values)| values.len() <= VALUES_FOLLOWED_MAX);
        let condition = |(name, values): (&_, &Vec<String>)| {
            let keys = values
                .iter()
                .map(|value| tag_key(&self.index().salt, *name, value));
            let groups = keys.flat_map(|key| {
                kinds.iter().map(move |kind| Group {
                    table: Table::Tag,
                    key,
                    kind: kind.as_u16(),
                })
            });
            groups
                .map(|group| (Entry::beginning(group), behind(group)))
                .collect()
        };
        lists.map(condition).collect()
    }

    /// The keys of each list under which what has a start is filed.
    fn keys_by_start(&self) -> Vec<Vec<i64>> {
        let salt = &self.index().salt;
        let lists = self.filter.tags.iter().filter(|(name, values)| {
            values.len() <= VALUES_FOLLOWED_MAX
                && values.iter().all(|value| is_filed_by_start(**name, value))
        });
        let of_tags = lists.map(|(name, values)| {
            let keys = values.iter().map(|value| tag_key(salt, *name, value));
            keys.collect()
        });
        let authors = self.filter.authors.iter();
        let authors = authors.filter(|authors| authors.len() <= VALUES_FOLLOWED_MAX);
        let of_authors = authors.map(|authors| authors.iter().map(author_key).collect());
        of_tags.chain(of_authors).collect()
    }

    /// Tiles that cover the area; `None` when it is too large for those that are filed, or when there
    /// is none.
    fn tiles(&self) -> Option<Vec<Tile>> {
        if !self.discovery.has_place() {
            return None;
        }
        let tiles = tiles_covering(TILES_MAX, |tile| {
            let near = self.discovery.near.as_ref();
            near.is_none_or(|circle| tile.distance_km(circle.centre) <= circle.radius_km)
                && self.discovery.within.is_none_or(|area| tile.touches(&area))
        });
        let are_filed = tiles
            .iter()
            .all(|tile| TILE_LENGTHS.contains(&tile.length()));
        are_filed.then_some(tiles)
    }

    fn in_tiles(&self, tiles: &[Tile]) -> Condition {
        let mut parts = Vec::new();
        if self.asks_for_dated() {
            let dates = self.dates();
            parts.extend(tiles.iter().flat_map(|tile| parts_of(dates.in_tile(*tile))));
        }
        if self.asks_for_undated() {
            let undated = self.undated();
            parts.extend(tiles.iter().flat_map(|tile| undated.in_tile(*tile)));
        }
        parts
    }

    /// Everything with a position, however large the area is.
    fn anywhere(&self) -> Condition {
        let mut parts = Vec::new();
        if self.asks_for_dated() {
            parts.extend(parts_of(self.dates().everything()));
        }
        if self.asks_for_undated() {
            let tiles = Tile::EARTH.children().flat_map(Tile::children);
            let undated = self.undated();
            parts.extend(tiles.flat_map(|tile| undated.in_tile(tile)));
        }
        parts
    }
}

fn parts_of(groups: Vec<(Group, Window)>) -> impl Iterator<Item = Part> {
    groups.into_iter().map(part_of)
}

fn is_calendar_event(kind: Kind) -> bool {
    matches!(kind, Kind::MEETUP | Kind::DATE_MEETUP)
}
