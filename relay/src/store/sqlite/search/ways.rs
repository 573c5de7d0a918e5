//! Which way a search goes through the index, and what of the index it looks at.

use kith_nips::Filter;
use kith_nips::discovery::{Discovery, Sort};
use kith_nips::nip50::{Search, for_each_word, is_found_by_topic};
use kith_nips::place::{Tile, tiles_covering};

use super::gathering::{Condition, Part, has_rare, part_of};
use super::sieve::{RegionSieves, SIEVE_PLACES_MAX, Sieve};
use super::{Nearest, Ranked, Soonest, Way};
use crate::store::StoreError;
use crate::store::sqlite::context::Context;
use crate::store::sqlite::index::Index;
use crate::store::sqlite::keys::{
    Position, author_key, long_word_keys, ordered_prefix, placed_word_key, signed, tag_key,
    word_keys,
};
use crate::store::sqlite::placed::{
    Dates, TILE_LENGTHS, Undated, beginning_of_word, behind, is_calendar_event, is_filed_by_start,
    regions,
};
use crate::store::sqlite::runs::{Entry, Group, Table};
use crate::store::sqlite::stream::{Stream, Window};

/// Tiles that cover an area: each costs a look into every run for each length of meetups, and with fewer
/// of them more is outside the area.
const TILES_MAX: usize = 24;
/// Values of one list that a walk follows; of longer lists the events are asked.
const VALUES_FOLLOWED_MAX: usize = 64;
/// Ways that narrow each other down.
const WAYS_INTERSECTED_MAX: usize = 4;
/// What so few events have is looked at as a whole.
const PLACES_FEW: usize = 128;
/// Kinds by which a tag is looked up.
const KINDS_MAX: usize = 16;
/// Regions in which words are looked for together with a place.
const REGIONS_MAX: usize = 64;
/// Words that are looked up.
const WORDS_LOOKED_UP_MAX: usize = 6;
/// Words that begin with a searched one, and are looked for together with a place.
const WORDS_BEGUN_MAX: usize = 8;
/// Words that narrow each other down; of more the events are asked.
const WORDS_INTERSECTED_MAX: usize = 2;

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
    let kept = match context.options.spread {
        // One more tells whether there is more.
        None => wanted.saturating_add(1),
        // Which of them are passed over is known once they are in order.
        Some(_) => usize::MAX,
    };
    if let Some(ids) = &filter.ids {
        let index = &context.reader.index;
        let places = ids.iter().map(|id| index.sequence_of(id));
        let places = places.collect::<Result<Vec<_>, _>>()?;
        return Ok(Way::Ranked(Ranked::of(places.into_iter().flatten(), kept)));
    }
    let words = asked.words()?;
    if matches!(search.order(), Sort::Start | Sort::Distance) {
        let mut conditions = asked.tags();
        conditions.extend(asked.conditions(&words));
        // What few have is looked at as a whole.
        let few = kept.saturating_mul(2).min(PLACES_FEW);
        if has_rare(&conditions, few, context.reader)? {
            return Ok(Way::Ranked(Ranked::new(conditions, kept)));
        }
    }
    Ok(match search.order() {
        Sort::Start => {
            let sieve = match &words {
                Words::Here(_) => Sieve::Open,
                Words::Anywhere(conditions) => Sieve::new(conditions.clone(), SIEVE_PLACES_MAX),
            };
            Way::Soonest(Soonest::new(asked.by_start(&words, wanted), sieve))
        }
        Sort::Distance => match asked.by_distance(wanted)? {
            Some(nearest) => Way::Nearest(Box::new(nearest)),
            None => Way::Done,
        },
        Sort::Relevance | Sort::New => Way::Ranked(Ranked::new(asked.everything(&words), kept)),
    })
}

/// Keys of words, each with a region.
type KeysByRegion = Vec<(i64, Tile)>;

/// How the words of a search are looked for.
enum Words {
    /// In the regions of the place: under the keys of each word.
    Here(Vec<KeysByRegion>),
    /// Wherever they are; those that are not among these the event tells.
    Anywhere(Vec<Condition>),
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
    fn by_start(&self, words: &Words, wanted: usize) -> Stream {
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
        if let Words::Here(words) = words {
            // The place is in the regions, and told by the event. The longer a word, the rarer.
            let rarest = words.iter().rev().take(WORDS_INTERSECTED_MAX);
            let under = |(key, region): &(i64, Tile)| dates.with_word(*key, *region);
            ways.extend(rarest.map(|keys| keys.iter().flat_map(under).collect()));
        } else if let Some(tiles) = self.tiles() {
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
    fn by_distance(&self, wanted: usize) -> Result<Option<Nearest>, StoreError> {
        let Some(circle) = self.discovery.near else {
            return Ok(None);
        };
        let mut words = Vec::new();
        for word in self.looked_up() {
            words.extend(self.words_begun(word)?);
        }
        let dates = self.asks_for_dated().then(|| self.dates());
        let undated = self.asks_for_undated().then(|| self.undated());
        let sieves = RegionSieves::new(words, dates.clone(), undated.clone());
        let sieves = sieves.with_tags(self.tags_by_start(), self.words_of_topics());
        let discovery = *self.discovery;
        Ok(Some(Nearest::new(
            circle, discovery, dates, undated, sieves, wanted,
        )))
    }

    /// Words of which an event about one of the topics has one, by their keys; `None` when an event may
    /// have a topic and no such word.
    fn words_of_topics(&self) -> Option<Vec<i64>> {
        let kinds = self.filter.kinds.as_ref()?;
        let lists = self.filter.tags.iter();
        let (_, topics) = lists
            .filter(|(name, _)| name.as_char() == 't')
            .find(|(_, values)| values.len() <= VALUES_FOLLOWED_MAX)?;
        if !kinds.iter().all(|kind| is_found_by_topic(*kind)) {
            return None;
        }
        let keys = topics.iter().map(|topic| {
            let mut longest = String::new();
            for_each_word(topic, |word| {
                if word.len() > longest.len() {
                    word.clone_into(&mut longest);
                }
            });
            let key = || placed_word_key(&self.index().salt, &longest);
            (!longest.is_empty()).then(key)
        });
        keys.collect()
    }

    /// Everything that may fit.
    fn everything(&self, words: &Words) -> Vec<Condition> {
        let mut conditions = self.conditions(words);
        conditions.extend(self.tags());
        if self.discovery.needs_time() {
            let dates = self.dates();
            let named = self.keys_by_start().into_iter();
            let under = |key: i64| parts_of(dates.named(key));
            conditions.extend(named.map(|keys| keys.into_iter().flat_map(under).collect()));
        }
        // Where the words are, the place is.
        let has_place = matches!(words, Words::Here(_)) || !self.discovery.has_place();
        match self.tiles() {
            _ if has_place => {}
            Some(tiles) => conditions.push(self.in_tiles(&tiles)),
            None if conditions.is_empty() => conditions.push(self.anywhere()),
            None => {}
        }
        if conditions.is_empty() {
            conditions.push(parts_of(self.dates().everything()).collect());
        }
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

    /// The longest words, which are mostly the rarest, the shortest of them first. The others the
    /// event tells.
    fn looked_up(&self) -> Vec<&String> {
        let mut words: Vec<&String> = self.search.words().iter().collect();
        words.sort_by_key(|word| word.len());
        words.split_off(words.len().saturating_sub(WORDS_LOOKED_UP_MAX))
    }

    /// How each word is looked for.
    fn words(&self) -> Result<Words, StoreError> {
        let words = self.looked_up();
        if self.discovery.has_place() && !words.is_empty() {
            let regions = regions(REGIONS_MAX, &|tile| self.touches(tile));
            if let Some(regions) = regions {
                let found = self.words_in(&regions)?;
                return Ok(match found.is_empty() {
                    true => Words::Anywhere(Vec::new()),
                    false => Words::Here(found),
                });
            }
        }
        let part = |word: &&String| {
            let (first, last) = word_keys(word);
            (
                Entry::of_word(first, i64::MIN),
                Entry::of_word(last, i64::MAX),
            )
        };
        let conditions = words.iter().map(|word| vec![part(word)]);
        Ok(Words::Anywhere(conditions.collect()))
    }

    /// Each word's keys in these regions, the shortest word first. What begins many words is in most
    /// texts, and left to the event.
    fn words_in(&self, regions: &[Tile]) -> Result<Vec<KeysByRegion>, StoreError> {
        let words = self.looked_up();
        let mut found = Vec::with_capacity(words.len());
        for word in words {
            let Some(keys) = self.words_begun(word)? else {
                continue;
            };
            let in_regions = |key| regions.iter().map(move |region| (key, *region));
            found.push(keys.into_iter().flat_map(in_regions).collect());
        }
        Ok(found)
    }

    /// What an event must have to have these words.
    fn conditions(&self, words: &Words) -> Vec<Condition> {
        let words = match words {
            Words::Here(words) => words,
            Words::Anywhere(conditions) => return conditions.clone(),
        };
        let dates = self.asks_for_dated().then(|| self.dates());
        let undated = self.asks_for_undated().then(|| self.undated());
        let parts = |(key, region): &(i64, Tile)| {
            let (key, region) = (*key, *region);
            let dated = dates.iter();
            let dated = dated.flat_map(move |dates| parts_of(dates.with_word(key, region)));
            let undated = undated.iter();
            dated.chain(undated.map(move |undated| undated.with_word(key, region)))
        };
        let conditions = words.iter();
        conditions
            .map(|keys| keys.iter().flat_map(parts).collect())
            .collect()
    }

    /// The keys of the words that begin with this one; `None` when there are too many.
    fn words_begun(&self, word: &str) -> Result<Option<Vec<i64>>, StoreError> {
        if let Some(key) = long_word_keys(&self.index().salt, word).next() {
            return Ok(Some(vec![key]));
        }
        let (mut first, last) = word_keys(word);
        let mut keys = Vec::new();
        while first <= last
            && let Some(entry) = self.index().scan(beginning_of_word(first)).next()?
            && entry.group.table == Table::WordStart
            && entry.group.key <= last
        {
            if keys.len() == WORDS_BEGUN_MAX {
                return Ok(None);
            }
            keys.push(entry.group.key);
            match entry.group.key.checked_add(1) {
                Some(next) => first = next,
                None => break,
            }
        }
        Ok(Some(keys))
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
        let authors = self.filter.authors.iter();
        let authors = authors.filter(|authors| authors.len() <= VALUES_FOLLOWED_MAX);
        let of_authors = authors.map(|authors| authors.iter().map(author_key).collect());
        let of_tags = self.tags_by_start().into_iter();
        of_tags.chain(of_authors).collect()
    }

    /// The same for the tags alone.
    fn tags_by_start(&self) -> Vec<Vec<i64>> {
        let salt = &self.index().salt;
        let lists = self.filter.tags.iter().filter(|(name, values)| {
            values.len() <= VALUES_FOLLOWED_MAX
                && values.iter().all(|value| is_filed_by_start(**name, value))
        });
        let of_tags = lists.map(|(name, values)| {
            let keys = values.iter().map(|value| tag_key(salt, *name, value));
            keys.collect()
        });
        of_tags.collect()
    }

    /// Tiles that cover the area; `None` when it is too large for those that are filed, or when there
    /// is none.
    fn tiles(&self) -> Option<Vec<Tile>> {
        if !self.discovery.has_place() {
            return None;
        }
        let tiles = tiles_covering(TILES_MAX, |tile| self.touches(tile));
        let are_filed = tiles
            .iter()
            .all(|tile| TILE_LENGTHS.contains(&tile.length()));
        are_filed.then_some(tiles)
    }

    /// Whether a tile has a point of the area.
    fn touches(&self, tile: Tile) -> bool {
        let near = self.discovery.near.as_ref();
        near.is_none_or(|circle| tile.distance_km(circle.centre) <= circle.radius_km)
            && self.discovery.within.is_none_or(|area| tile.touches(&area))
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
