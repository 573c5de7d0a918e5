//! The layout of the table of cities as it is compiled in.
//!
//! Owns: how one city is written, and which names share a bucket. `build.rs` unpacks
//! `data/cities.bin` into this layout; [`super::world`] reads it in place, so that nothing has to be
//! unpacked when a program starts.
//!
//! A record is 24 bytes, numbers little-endian:
//!
//! | bytes | |
//! |---|---|
//! | 0–3 | where its names begin in the text of all names |
//! | 4–7, 8–11 | latitude and longitude in 1e-4 degrees, signed |
//! | 12–15 | population |
//! | 16–17 | how many bytes its names have |
//! | 18–19 | time zone: its line |
//! | 20–21 | country, two letters |
//! | 22 | region: 0 = none, else 1 + its line |
//! | 23 | how many own names follow the name |

/// One city.
pub(crate) const RECORD_BYTES: usize = 24;

/// Names are in one of so many groups.
pub(crate) const BUCKETS: usize = 1 << 16;

/// The bucket of a folded name (FNV-1a, draft-eastlake-fnv).
pub(crate) fn bucket(folded: &str) -> usize {
    let hash = folded.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    ((hash >> 16) ^ hash) as usize % BUCKETS
}
