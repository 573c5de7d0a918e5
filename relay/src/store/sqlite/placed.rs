//! Where and when events are, as entries of the sorted runs: how they are filed, and in which parts of
//! the runs a search for places and dates (`nips/discovery.md`) finds them. What has a start is filed by
//! it, under what it names and under its tiles; what has only a position, under its tiles.

use std::ops::RangeInclusive;

use kith_nips::discovery::{Discovery, Setting};
use kith_nips::nip01::TagName;
use kith_nips::place::{Cell, Point, TILE_LENGTH_MAX, Tile};
use kith_nips::{Event, Kind};

use super::keys::{Position, signed, tile_key};
use super::runs::{Entry, Group, Table};
use super::stream::Window;
use crate::store::Sequence;

/// Tiles of these lengths are filed: 1,250 km to 153 m wide at the equator.
pub const TILE_LENGTHS: RangeInclusive<u8> = 2..=TILE_LENGTH_MAX;

/// The longest durations, in seconds, of all but the last sort of span. Who looks for what is on at a
/// moment looks so far back for those that began before it: the closer these are, the fewer of them are
/// over by then. What has no end has no duration; most meetups take some hours, or days.
const SPAN_SECONDS_MAX: [u64; 6] = [0, 2 * 3_600, 4 * 3_600, 86_400, 4 * 86_400, 30 * 86_400];
const SPANS: u16 = SPAN_SECONDS_MAX.len() as u16 + 1;

/// In place of the span of what has no start.
const UNDATED: u16 = 7;

/// Kinds that are looked for one by one.
const KINDS_FOLLOWED_MAX: usize = 16;

/// Words are filed by regions, which are tiles of this length: 39 km wide at the equator.
const REGION_LENGTH: u8 = 4;
/// Bits of what stands for a region beside a span. Regions that share them are told apart by their
/// tiles.
const REGION_BITS: u32 = 13;

/// What everything with a start is filed under.
const EVERYTHING: i64 = 0;

/// Whether what has a start is filed under the first values of these tags. Cities are; geohashes have
/// their tiles.
pub fn is_filed_by_start(name: TagName, value: &str) -> bool {
    match name.as_char() {
        'a' | 'e' | 'p' | 't' => true,
        'g' => Cell::parse(value).is_err(),
        _ => false,
    }
}

/// Whether events of a kind may have a start.
pub fn is_calendar_event(kind: Kind) -> bool {
    matches!(kind, Kind::MEETUP | Kind::DATE_MEETUP)
}

/// Whether an event is filed by its place.
pub fn has_position(event: &Event) -> bool {
    event.tags().named("g").next().is_some()
}

/// Adds the entries of an event. `keys` are those of its author and of the tags that
/// [`is_filed_by_start`], `words` those of its words.
pub fn file(
    event: &Event,
    sequence: Sequence,
    keys: &[i64],
    words: &[i64],
    entries: &mut Vec<Entry>,
) {
    let setting = Setting::of(event);
    if let Some(cell) = &setting.cell {
        let cell = cell.number().cast_signed();
        entries.push(Entry::of_cell(signed(sequence), cell));
    }
    let point = setting.position();
    let tiles = point.into_iter().flat_map(|point| {
        let lengths = TILE_LENGTHS;
        lengths.map(move |length| tile_key(Tile::of(point, length)))
    });
    let Some(start) = setting.start else {
        let kind = event.kind().as_u16();
        let position = Position::of(event, sequence);
        let in_tiles = tiles.map(|key| in_tile(key, kind));
        let in_region = in_region(point, words, UNDATED);
        let groups = in_tiles.chain(in_region);
        entries.extend(groups.map(|group| Entry { group, position }));
        return;
    };
    let position = Position::by_start(start, event, sequence);
    let kind = span_of(&setting, start);
    let mut add = |table, key| {
        let group = Group { table, key, kind };
        entries.push(Entry { group, position });
    };
    add(Table::Start, EVERYTHING);
    for key in keys {
        add(Table::Start, *key);
    }
    for key in tiles {
        add(Table::PlaceStart, key);
    }
    let in_region = in_region(point, words, kind);
    entries.extend(in_region.map(|group| Entry { group, position }));
}

fn in_region(point: Option<Point>, words: &[i64], span: u16) -> impl Iterator<Item = Group> {
    let region = point.map(|point| Tile::of(point, REGION_LENGTH));
    let words = region
        .into_iter()
        .flat_map(move |region| words.iter().map(move |word| (*word, region)));
    words.map(move |(word, region)| word_in_region(word, region, span))
}

fn word_in_region(key: i64, region: Tile, span: u16) -> Group {
    // Rows and columns of neighbours differ in their last bits.
    let (row, column) = (region.row(), region.column());
    let region = (row.wrapping_mul(97).wrapping_add(column)) & ((1 << REGION_BITS) - 1);
    Group {
        table: Table::WordStart,
        key,
        kind: span << REGION_BITS | region as u16,
    }
}

/// The entry that an event with an entry in a tile of a region has there under a word, by its key, if it
/// has the word.
pub fn word_beside(in_tile: &Entry, key: i64, region: Tile) -> Entry {
    let span = match in_tile.group.table {
        Table::PlaceStart => in_tile.group.kind,
        _ => UNDATED,
    };
    Entry {
        group: word_in_region(key, region, span),
        position: in_tile.position,
    }
}

/// The entry that such an event has under a tag, by its key, if it has the tag. Of what has a start only for
/// tags that [`is_filed_by_start`] tells of.
pub fn tag_beside(in_tile: &Entry, key: i64) -> Entry {
    let table = match in_tile.group.table {
        Table::PlaceStart => Table::Start,
        _ => Table::Tag,
    };
    let kind = in_tile.group.kind;
    Entry {
        group: Group { table, key, kind },
        position: in_tile.position,
    }
}

/// The regions in which an area lies; `None` when there are more than `regions_max`.
pub fn regions(regions_max: usize, touches: &dyn Fn(Tile) -> bool) -> Option<Vec<Tile>> {
    let mut tiles = vec![Tile::EARTH];
    for _ in 0..REGION_LENGTH {
        let parts = tiles.iter().flat_map(|tile| tile.children());
        tiles = parts.filter(|tile| touches(*tile)).collect();
        if tiles.len() > regions_max {
            return None;
        }
    }
    Some(tiles)
}

/// The region that a tile lies in; `None` of one that is larger.
pub fn region_of(tile: Tile) -> Option<Tile> {
    tile.ancestor(REGION_LENGTH)
}

/// Before every entry of a word by its start, wherever it is.
pub fn beginning_of_word(key: i64) -> Entry {
    Entry::beginning(Group {
        table: Table::WordStart,
        key,
        kind: 0,
    })
}

fn in_tile(key: i64, kind: u16) -> Group {
    Group {
        table: Table::Place,
        key,
        kind,
    }
}

/// Which sort of span an event has, by its duration.
fn span_of(setting: &Setting, start: u64) -> u16 {
    let duration = setting.end.map_or(0, |end| end.saturating_sub(start));
    let longer = SPAN_SECONDS_MAX.iter().take_while(|max| duration > **max);
    longer.count() as u16
}

/// The events that a search may find by their start: in each sort of span from here to there.
#[derive(Debug, Clone)]
pub struct Dates(Vec<(u16, Window)>);

impl Dates {
    /// Those that `discovery` admits at `now`, with few others.
    pub fn of(discovery: &Discovery, now: u64) -> Self {
        let open_from = discovery.open.then_some(now);
        let from = discovery.from.max(open_from).unwrap_or(0);
        let window = |span: u16| {
            let longest = SPAN_SECONDS_MAX.get(usize::from(span));
            let back = longest.map_or(0, |longest| from.saturating_sub(*longest));
            let first = Position {
                age: signed(back),
                ..Position::FIRST
            };
            let age_max = discovery.to.map_or(i64::MAX, |to| signed(to) - 1);
            (span, Window { first, age_max })
        };
        Dates((0..SPANS).map(window).collect())
    }

    /// Leaves out what stands before a place in the order of starts.
    pub fn behind(mut self, place: Position) -> Self {
        for (_, window) in &mut self.0 {
            window.first = window.first.max(place);
        }
        self
    }

    /// Everything with a start.
    pub fn everything(&self) -> Vec<(Group, Window)> {
        self.under(Table::Start, EVERYTHING)
    }

    /// What has a start and names this, by its key.
    pub fn named(&self, key: i64) -> Vec<(Group, Window)> {
        self.under(Table::Start, key)
    }

    /// What has a start and is in this tile.
    pub fn in_tile(&self, tile: Tile) -> Vec<(Group, Window)> {
        self.under(Table::PlaceStart, tile_key(tile))
    }

    /// What has a start and this word, by its key, and is in this region.
    pub fn with_word(&self, key: i64, region: Tile) -> Vec<(Group, Window)> {
        let groups = self.0.iter();
        let groups = groups.map(|(span, window)| (word_in_region(key, region, *span), *window));
        groups.collect()
    }

    fn under(&self, table: Table, key: i64) -> Vec<(Group, Window)> {
        let groups = self.0.iter();
        let groups = groups.map(|(kind, window)| {
            let kind = *kind;
            (Group { table, key, kind }, *window)
        });
        groups.collect()
    }
}

/// What has a position and no start.
#[derive(Debug, Clone)]
pub struct Undated {
    /// Kinds that are looked for; `None` for all, of which the event tells.
    kinds: Option<Vec<Kind>>,
}

impl Undated {
    /// Events of these kinds.
    pub fn of(kinds: Option<&[Kind]>) -> Self {
        let kinds = kinds.filter(|kinds| kinds.len() <= KINDS_FOLLOWED_MAX);
        let kinds = kinds.map(<[Kind]>::to_vec);
        Undated { kinds }
    }

    /// Those of any kind with this word, by its key, in this region.
    pub fn with_word(&self, key: i64, region: Tile) -> (Entry, Entry) {
        let group = word_in_region(key, region, UNDATED);
        (Entry::beginning(group), behind(group))
    }

    /// Those in this tile: from one entry to another.
    pub fn in_tile(&self, tile: Tile) -> Vec<(Entry, Entry)> {
        let key = tile_key(tile);
        let first = |kind| Entry::beginning(in_tile(key, kind));
        match &self.kinds {
            Some(kinds) => kinds
                .iter()
                .map(|kind| (first(kind.as_u16()), behind(in_tile(key, kind.as_u16()))))
                .collect(),
            None => vec![(first(0), behind(in_tile(key, u16::MAX)))],
        }
    }
}

/// Behind every entry of a group.
pub fn behind(group: Group) -> Entry {
    let position = Position {
        age: i64::MAX,
        id_prefix: i64::MAX,
        sequence: i64::MAX,
    };
    Entry { group, position }
}
