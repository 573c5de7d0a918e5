//! What stands in a run, and how it is written into blocks: sorted entries, each as its difference
//! from the one before it.

use std::fmt;

use kith_nips::EventId;
use kith_nips::place::Cell;

use crate::store::sqlite::keys::{ADDRESS_KEY_BYTES, AddressKey, Position, ordered, ordered_bytes};

/// Bytes of a block at most: with its row it fills one page of 4 KiB.
pub const BLOCK_BYTES_MAX: usize = 4050;

/// Assumed size of an entry when room is made for a block.
const ENTRY_BYTES_TYPICAL: usize = 24;

/// What entries are looked up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[repr(u8)]
pub enum Table {
    /// The place of an event, by id.
    #[default]
    Id = 0,
    /// The place of the newest version of an address; negative when only its husk is there.
    Address = 1,
    /// All events by position.
    Time = 2,
    /// Events of a kind by position.
    Kind = 3,
    /// Events of an author and kind by position.
    Author = 4,
    /// Events with a tag and of a kind by position.
    Tag = 5,
    /// Meetups by their start, under what they name: see [`placed`](super::super::placed).
    Start = 6,
    /// Events without a start, by tile, kind and position.
    Place = 7,
    /// Meetups by tile and start.
    PlaceStart = 8,
    /// Meetups by word, region and start.
    WordStart = 9,
    /// Where events are, by their places in the log: see [`placed`](super::super::placed).
    Cell = 10,
    /// Events that a search for a word may find. The last: see [`Changes`](super::Changes).
    Word = 11,
}

impl Table {
    /// All of them, in their order.
    pub const ALL: [Table; 12] = [
        Table::Id,
        Table::Address,
        Table::Time,
        Table::Kind,
        Table::Author,
        Table::Tag,
        Table::Start,
        Table::Place,
        Table::PlaceStart,
        Table::WordStart,
        Table::Cell,
        Table::Word,
    ];

    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Table::Id => "by_id",
            Table::Address => "by_address",
            Table::Time => "by_time",
            Table::Kind => "by_kind",
            Table::Author => "by_author",
            Table::Tag => "by_tag",
            Table::Start => "by_start",
            Table::Place => "by_place",
            Table::PlaceStart => "by_place_and_start",
            Table::WordStart => "words_by_start",
            Table::Cell => "cells",
            Table::Word => "words",
        }
    }

    /// Whether entries under one key are in the order of time.
    pub fn is_by_age(self) -> bool {
        matches!(
            self,
            Table::Time | Table::Kind | Table::Author | Table::Tag | Table::Place
        )
    }

    fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.get(usize::from(byte)).copied()
    }
}

/// What an entry stands under: the rows of one key lie together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Group {
    /// The table.
    pub table: Table,
    /// An author's, tag's or word's key, or the beginning of an id or address; 0 where there is
    /// none.
    pub key: i64,
    /// The kind; 0 where the table has none.
    pub kind: u16,
}

impl Group {
    /// Every event.
    pub const ALL_EVENTS: Group = Group {
        table: Table::Time,
        key: 0,
        kind: 0,
    };

    /// The events of a kind.
    pub fn of_kind(kind: u16) -> Self {
        Group {
            table: Table::Kind,
            key: 0,
            kind,
        }
    }
}

/// One row of the index. Its sort order is that of the fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// What it stands under.
    pub group: Group,
    /// Where it stands there. Under ids and addresses, which have no order of their own, age and id
    /// prefix hold 16 further bytes of the id or address; under cells the sequence and the cell; under words
    /// they are 0.
    pub position: Position,
}

impl Entry {
    /// Before every other.
    pub const FIRST: Entry = Entry {
        group: Group {
            table: Table::Id,
            key: i64::MIN,
            kind: 0,
        },
        position: Position {
            age: i64::MIN,
            id_prefix: i64::MIN,
            sequence: i64::MIN,
        },
    };

    /// Before every entry of a group by age.
    pub fn beginning(group: Group) -> Self {
        Entry {
            group,
            position: Position::FIRST,
        }
    }

    /// Where the event with this id is. Of the id 192 bits count: nobody finds two events that
    /// share them.
    pub fn of_id(id: &EventId, sequence: i64) -> Self {
        Self::of_bytes(Table::Id, id.as_bytes(), sequence)
    }

    /// Where the newest version of an address is; negative for its husk.
    pub fn of_address(address: &AddressKey, place: i64) -> Self {
        Self::of_bytes(Table::Address, &address.0, place)
    }

    /// Where an event is, as the number of its cell.
    pub fn of_cell(sequence: i64, cell: i64) -> Self {
        Entry {
            group: Group {
                table: Table::Cell,
                key: 0,
                kind: 0,
            },
            position: Position {
                age: sequence,
                id_prefix: cell,
                sequence,
            },
        }
    }

    /// An event with a word, by the word's key.
    pub fn of_word(key: i64, sequence: i64) -> Self {
        Entry {
            group: Group {
                table: Table::Word,
                key,
                kind: 0,
            },
            position: Position {
                age: 0,
                id_prefix: 0,
                sequence,
            },
        }
    }

    fn of_bytes(table: Table, bytes: &[u8], sequence: i64) -> Self {
        let mut words = bytes
            .chunks_exact(8)
            .map(|word| ordered(word.first_chunk::<8>().copied().unwrap_or_default()));
        let mut next = || words.next().unwrap_or_default();
        Entry {
            group: Group {
                table,
                key: next(),
                kind: 0,
            },
            position: Position {
                age: next(),
                id_prefix: next(),
                sequence,
            },
        }
    }

    /// The 24 bytes that an entry of an id or address stands for.
    pub fn bytes(&self) -> [u8; ADDRESS_KEY_BYTES] {
        let mut bytes = [0; ADDRESS_KEY_BYTES];
        let words = [self.group.key, self.position.age, self.position.id_prefix];
        for (place, word) in bytes.chunks_exact_mut(8).zip(words) {
            place.copy_from_slice(&ordered_bytes(word));
        }
        bytes
    }

    /// Whether another entry is for the same id or address, wherever that points to.
    pub fn is_same_key(&self, other: &Entry) -> bool {
        self.group == other.group
            && self.position.age == other.position.age
            && self.position.id_prefix == other.position.id_prefix
    }
}

/// Its columns for people: `kind=1 age=… sequence=5`.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Group { table, key, kind } = self.group;
        let Position {
            age,
            id_prefix,
            sequence,
        } = self.position;
        match table {
            Table::Id | Table::Address => {
                let name = if table == Table::Id { "id" } else { "address" };
                write!(f, "{name}=")?;
                for byte in self.bytes() {
                    write!(f, "{byte:02x}")?;
                }
                return write!(f, " sequence={sequence}");
            }
            Table::Word => {
                let word = ordered_bytes(key);
                let word = String::from_utf8_lossy(&word);
                let word = word.trim_end_matches('\0');
                return write!(f, "word={word:?} sequence={sequence}");
            }
            Table::Cell => {
                let cell = Cell::from_number(id_prefix.cast_unsigned());
                let cell = cell.as_ref().map(Cell::as_str).unwrap_or_default();
                return write!(f, "sequence={sequence} cell={cell}");
            }
            Table::Time => {}
            Table::Kind => write!(f, "kind={kind} ")?,
            Table::Author => write!(f, "author={key} kind={kind} ")?,
            Table::Tag => write!(f, "tag={key} kind={kind} ")?,
            Table::Start | Table::WordStart => {
                return write!(f, "key={key} span={kind} start={age} sequence={sequence}");
            }
            Table::PlaceStart => {
                return write!(f, "tile={key} span={kind} start={age} sequence={sequence}");
            }
            Table::Place => write!(f, "tile={key} kind={kind} ")?,
        }
        write!(f, "age={age} id_prefix={id_prefix} sequence={sequence}")
    }
}

/// An entry that was added, or one that takes an earlier one away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Marked {
    /// Which.
    pub entry: Entry,
    /// Whether it is taken away.
    pub removed: bool,
}

/// A block that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a block of it is damaged")]
pub struct Damaged;

const REMOVED: u8 = 1;
const NEW_TABLE_OR_KIND: u8 = 2;
const NEW_KEY: u8 = 4;
/// The age follows in full; otherwise as a difference.
const FULL_AGE: u8 = 8;
const NEW_ID_PREFIX: u8 = 16;
const FLAGS: u8 = REMOVED | NEW_TABLE_OR_KIND | NEW_KEY | FULL_AGE | NEW_ID_PREFIX;

/// Ages that differ by less are written as the difference.
const AGE_DIFFERENCE_MAX: u64 = 1 << 48;

/// A block in the making.
#[derive(Debug)]
pub struct BlockWriter {
    bytes: Vec<u8>,
    last: Entry,
    one: Vec<u8>,
}

impl BlockWriter {
    /// An empty block.
    pub fn new() -> Self {
        BlockWriter {
            bytes: Vec::with_capacity(BLOCK_BYTES_MAX),
            last: Entry::FIRST,
            one: Vec::with_capacity(64),
        }
    }

    /// Adds an entry; false when the block has no room for it and must be taken first.
    pub fn push(&mut self, marked: Marked) -> bool {
        self.one.clear();
        encode(&mut self.one, &self.last, marked);
        if !self.bytes.is_empty() && self.bytes.len() + self.one.len() > BLOCK_BYTES_MAX {
            return false;
        }
        self.bytes.extend_from_slice(&self.one);
        self.last = marked.entry;
        true
    }

    /// The bytes so far.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Begins the next block.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.last = Entry::FIRST;
    }
}

fn encode(bytes: &mut Vec<u8>, last: &Entry, Marked { entry, removed }: Marked) {
    let (group, position) = (entry.group, entry.position);
    let age = zigzag(position.age.wrapping_sub(last.position.age));
    let mut flags = 0;
    if removed {
        flags |= REMOVED;
    }
    if (group.table, group.kind) != (last.group.table, last.group.kind) {
        flags |= NEW_TABLE_OR_KIND;
    }
    if group.key != last.group.key {
        flags |= NEW_KEY;
    }
    if age >= AGE_DIFFERENCE_MAX {
        flags |= FULL_AGE;
    }
    if position.id_prefix != last.position.id_prefix {
        flags |= NEW_ID_PREFIX;
    }
    bytes.push(flags);
    if flags & NEW_TABLE_OR_KIND != 0 {
        bytes.push(group.table as u8);
        bytes.extend_from_slice(&group.kind.to_le_bytes());
    }
    if flags & NEW_KEY != 0 {
        bytes.extend_from_slice(&group.key.to_le_bytes());
    }
    if flags & FULL_AGE != 0 {
        bytes.extend_from_slice(&position.age.to_le_bytes());
    } else {
        push_number(bytes, age);
    }
    if flags & NEW_ID_PREFIX != 0 {
        bytes.extend_from_slice(&position.id_prefix.to_le_bytes());
    }
    push_number(
        bytes,
        zigzag(position.sequence.wrapping_sub(last.position.sequence)),
    );
}

/// Reads a whole block.
///
/// # Errors
/// [`Damaged`] when it is not what was written.
pub fn read_block(mut bytes: &[u8]) -> Result<Vec<Marked>, Damaged> {
    let mut entries = Vec::with_capacity(bytes.len() / ENTRY_BYTES_TYPICAL);
    let mut last = Entry::FIRST;
    while !bytes.is_empty() {
        let marked = decode(&mut bytes, &last).ok_or(Damaged)?;
        last = marked.entry;
        entries.push(marked);
    }
    Ok(entries)
}

fn decode(rest: &mut &[u8], last: &Entry) -> Option<Marked> {
    let [flags] = take::<1>(rest)?;
    if flags & !FLAGS != 0 {
        return None;
    }
    let mut group = last.group;
    if flags & NEW_TABLE_OR_KIND != 0 {
        let [table, low, high] = take::<3>(rest)?;
        group.table = Table::from_byte(table)?;
        group.kind = u16::from_le_bytes([low, high]);
    }
    if flags & NEW_KEY != 0 {
        group.key = i64::from_le_bytes(take::<8>(rest)?);
    }
    let age = if flags & FULL_AGE != 0 {
        i64::from_le_bytes(take::<8>(rest)?)
    } else {
        last.position.age.wrapping_add(unzigzag(take_number(rest)?))
    };
    let id_prefix = if flags & NEW_ID_PREFIX != 0 {
        i64::from_le_bytes(take::<8>(rest)?)
    } else {
        last.position.id_prefix
    };
    let sequence = last
        .position
        .sequence
        .wrapping_add(unzigzag(take_number(rest)?));
    Some(Marked {
        entry: Entry {
            group,
            position: Position {
                age,
                id_prefix,
                sequence,
            },
        },
        removed: flags & REMOVED != 0,
    })
}

fn take<const BYTES: usize>(rest: &mut &[u8]) -> Option<[u8; BYTES]> {
    let (first, others) = rest.split_first_chunk::<BYTES>()?;
    *rest = others;
    Some(*first)
}

/// Small differences of either sign become small numbers.
fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

/// Seven bits in each byte, the lowest first (LEB128).
pub fn push_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push((number & 0x7f) as u8);
}

fn take_number(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for (place, byte) in rest.iter().enumerate().take(10) {
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            *rest = rest.get(place + 1..)?;
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(table: Table, key: i64, kind: u16, age: i64, sequence: i64) -> Entry {
        Entry {
            group: Group { table, key, kind },
            position: Position {
                age,
                id_prefix: key ^ age,
                sequence,
            },
        }
    }

    #[test]
    fn what_was_written_is_read_whatever_its_values() {
        let extremes = [i64::MIN, -1, 0, 1, 1 << 40, i64::MAX];
        let mut entries = Vec::new();
        for table in Table::ALL {
            for key in extremes {
                for age in extremes {
                    entries.push(Marked {
                        entry: entry(table, key, (key & 0xffff) as u16, age, age.wrapping_mul(3)),
                        removed: key == age,
                    });
                }
            }
        }
        entries.sort_unstable();
        let mut writer = BlockWriter::new();
        let mut read = Vec::new();
        for marked in &entries {
            if !writer.push(*marked) {
                assert!(writer.bytes().len() <= BLOCK_BYTES_MAX);
                read.extend(read_block(writer.bytes()).unwrap());
                writer.clear();
                assert!(writer.push(*marked));
            }
        }
        read.extend(read_block(writer.bytes()).unwrap());
        assert_eq!(read, entries);
    }

    #[test]
    fn a_damaged_block_is_told_and_never_a_panic() {
        let mut writer = BlockWriter::new();
        for number in 0..20 {
            let removed = number % 3 == 0;
            let entry = entry(Table::Tag, number, 7, number << 44, -number);
            assert!(writer.push(Marked { entry, removed }));
        }
        let bytes = writer.bytes().to_vec();
        let whole = read_block(&bytes).unwrap();
        for cut in 0..bytes.len() {
            if let Ok(read) = read_block(&bytes[..cut]) {
                assert!(whole.starts_with(&read), "cut at {cut}");
            }
        }
        for place in 0..bytes.len() {
            for bit in 0..8 {
                let mut bytes = bytes.clone();
                bytes[place] ^= 1 << bit;
                let _ = read_block(&bytes);
            }
        }
        assert_eq!(read_block(&[0xf0]), Err(Damaged));
    }

    #[test]
    fn ids_and_addresses_keep_their_bytes_and_their_order() {
        let mut low = [0x7f; 32];
        low[0] = 0x01;
        let mut high = low;
        high[0] = 0xf1;
        let entries = [low, high].map(|id| Entry::of_id(&EventId::from_bytes(id), 5));
        assert!(entries[0] < entries[1]);
        assert_eq!(entries[1].bytes()[..], high[..24]);
        let address = AddressKey([0xab; 24]);
        assert_eq!(Entry::of_address(&address, -9).bytes(), address.0);
        assert!(
            Entry::of_address(&address, -9).is_same_key(&Entry::of_address(&address, 4)),
            "whatever the place"
        );
    }
}
