//! NIP-77, comparing sets of events (negentropy): the shape of messages. A message is a version
//! byte and a list of ranges; each range is an upper bound, a mode, and what the mode says of the
//! sender's records in it. What is in a set, and what a message is answered with, is not known
//! here.

use std::fmt;

/// The first byte of a message that follows version 1 of the protocol, the only one there is.
const VERSION_1: u8 = 0x61;

/// Bytes of an event id, and the longest prefix of one in a bound.
const ID_BYTES: usize = 32;
const FINGERPRINT_BYTES: usize = 16;

const MODE_SKIP: u64 = 0;
const MODE_FINGERPRINT: u64 = 1;
const MODE_ID_LIST: u64 = 2;

/// A message whose shape was checked: it can be read without surprises. Of a message that follows
/// another version of the protocol nothing but the first byte was looked at.
///
/// ```
/// use kith_nips::nip77::{Malformed, Message};
/// let nothing_here = Message::from_hex("6100000200")?;
/// assert_eq!(nothing_here.as_bytes(), [0x61, 0, 0, 2, 0]);
/// assert_eq!(Message::from_hex("610000"), Err(Malformed::Truncated));
/// # Ok::<(), Malformed>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Message(Vec<u8>);

/// Why a text or some bytes are no message.
///
/// ```
/// use kith_nips::nip77::{Malformed, Message};
/// assert_eq!(Message::from_hex("5"), Err(Malformed::NotHex));
/// assert_eq!(Message::from_bytes(vec![0x50]), Err(Malformed::NoVersion(0x50)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Malformed {
    /// Not an even number of hex digits.
    #[error("the message is not hex of an even length")]
    NotHex,
    /// Not even a version.
    #[error("the message is empty")]
    Empty,
    /// The first byte is not a version of this protocol (0x60 to 0x6f).
    #[error("the first byte is 0x{0:02x}, not a version")]
    NoVersion(u8),
    /// It ends in the middle of a range.
    #[error("the message ends too early")]
    Truncated,
    /// A number of more than 64 bits.
    #[error("a number does not fit into 64 bits")]
    TooLarge,
    /// A number with more digits than it needs.
    #[error("a number begins with a zero digit")]
    LeadingZero,
    /// A bound with more than a whole id.
    #[error("a bound has a prefix of {0} bytes, longer than an id")]
    PrefixTooLong(u64),
    /// A range that ends before it begins.
    #[error("the bounds go backwards")]
    Backwards,
    /// None of the three modes.
    #[error("{0} is not a mode")]
    NoMode(u64),
    /// More ids are announced than follow.
    #[error("a list of {0} ids is longer than the message")]
    ListTooLong(u64),
}

impl Message {
    /// Reads hex of either case.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn from_hex(text: &str) -> Result<Self, Malformed> {
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
            return Err(Malformed::NotHex);
        };
        let bytes: Option<Vec<u8>> = pairs
            .iter()
            .map(|[high, low]| u8::try_from(digit(*high)? << 4 | digit(*low)?).ok())
            .collect();
        Self::from_bytes(bytes.ok_or(Malformed::NotHex)?)
    }

    /// Checks the shape.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, Malformed> {
        let (version, ranges) = bytes.split_first().ok_or(Malformed::Empty)?;
        match *version {
            VERSION_1 => check_ranges(ranges)?,
            0x60..=0x6f => {}
            other => return Err(Malformed::NoVersion(other)),
        }
        Ok(Self(bytes))
    }

    /// The message as it goes to the other side, but for the hex.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Message({} bytes)", self.0.len())
    }
}

fn check_ranges(ranges: &[u8]) -> Result<(), Malformed> {
    let mut reader = Reader { rest: ranges };
    let mut lower = Bound::default();
    while !reader.rest.is_empty() {
        let upper = reader.bound(lower.timestamp)?;
        if upper < lower {
            return Err(Malformed::Backwards);
        }
        lower = upper;
        match reader.number()? {
            MODE_SKIP => {}
            MODE_FINGERPRINT => {
                reader.bytes(FINGERPRINT_BYTES)?;
            }
            MODE_ID_LIST => reader.id_list()?,
            other => return Err(Malformed::NoMode(other)),
        }
    }
    Ok(())
}

/// The end of a range, exclusive: records before it in time, or at its time with an id before the
/// prefix, which is filled up with zeros.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Bound {
    timestamp: u64,
    id: [u8; ID_BYTES],
}

/// What is left of a message.
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A number in digits of seven bits, the most significant first, all but the last with the
    /// high bit set.
    fn number(&mut self) -> Result<u64, Malformed> {
        const DIGIT_BITS: u32 = 7;
        const MORE_FOLLOW: u8 = 0x80;
        if self.rest.first() == Some(&MORE_FOLLOW) {
            return Err(Malformed::LeadingZero);
        }
        let mut number = 0_u64;
        loop {
            let (digit, rest) = self.rest.split_first().ok_or(Malformed::Truncated)?;
            self.rest = rest;
            if number.leading_zeros() < DIGIT_BITS {
                return Err(Malformed::TooLarge);
            }
            number = number << DIGIT_BITS | u64::from(digit & !MORE_FOLLOW);
            if digit & MORE_FOLLOW == 0 {
                return Ok(number);
            }
        }
    }

    fn bytes(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let (bytes, rest) = self
            .rest
            .split_at_checked(count)
            .ok_or(Malformed::Truncated)?;
        self.rest = rest;
        Ok(bytes)
    }

    /// A bound whose time counts from `before`.
    fn bound(&mut self, before: u64) -> Result<Bound, Malformed> {
        let timestamp = match self.number()? {
            0 => u64::MAX,
            above => before.checked_add(above - 1).ok_or(Malformed::TooLarge)?,
        };
        let length = self.number()?;
        let mut id = [0; ID_BYTES];
        let prefix = usize::try_from(length)
            .ok()
            .and_then(|length| id.get_mut(..length))
            .ok_or(Malformed::PrefixTooLong(length))?;
        prefix.copy_from_slice(self.bytes(prefix.len())?);
        Ok(Bound { timestamp, id })
    }

    fn id_list(&mut self) -> Result<(), Malformed> {
        let count = self.number()?;
        let bytes = usize::try_from(count)
            .ok()
            .and_then(|count| count.checked_mul(ID_BYTES))
            .filter(|bytes| *bytes <= self.rest.len())
            .ok_or(Malformed::ListTooLong(count))?;
        self.bytes(bytes)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: &str = "1111111111111111111111111111111111111111111111111111111111111111";
    const FINGERPRINT: &str = "cd20b9f83aa18e89dd323257ca0a6e09";

    fn right(text: &str) {
        if let Err(fault) = Message::from_hex(text) {
            panic!("{text}: {fault}");
        }
    }

    fn wrong(text: &str, fault: Malformed) {
        assert_eq!(Message::from_hex(text), Err(fault), "{text}");
    }

    fn bytes(hex: &str) -> Vec<u8> {
        let message = Message::from_hex(&format!("60{hex}")).unwrap();
        message.as_bytes()[1..].to_vec()
    }

    #[test]
    fn nip77_05_hex_in_either_case_and_nothing_else() {
        let read = Message::from_hex("6f00fFAa").unwrap();
        assert_eq!(read.as_bytes(), [0x6f, 0x00, 0xff, 0xaa]);
        for bad in ["6", "611", "6g", "g1", "é", "+1", " 61", "0x61", "61 "] {
            wrong(bad, Malformed::NotHex);
        }
    }

    #[test]
    fn nip77_06_the_first_byte_is_the_version() {
        wrong("", Malformed::Empty);
        for byte in 0..=u8::MAX {
            let read = Message::from_bytes(vec![byte]);
            match byte {
                0x60..=0x6f => assert_eq!(read.unwrap().as_bytes(), [byte]),
                _ => assert_eq!(read, Err(Malformed::NoVersion(byte))),
            }
        }
        // What follows in another version may mean anything.
        right("6200000200");
        right("62ffffff");
    }

    #[test]
    fn nip77_07_numbers() {
        let number = |text: &str| {
            let bytes = bytes(text);
            let mut reader = Reader { rest: &bytes };
            let number = reader.number()?;
            assert!(reader.rest.is_empty(), "{text}");
            Ok(number)
        };
        for (text, expected) in [
            ("00", 0),
            ("7f", 127),
            ("8100", 128),
            ("8769", 1_001),
            ("86aacfe201", 1_700_000_001),
            ("81ffffffffffffffff7f", u64::MAX),
        ] {
            assert_eq!(number(text), Ok(expected), "{text}");
        }
        for (text, fault) in [
            ("", Malformed::Truncated),
            ("81", Malformed::Truncated),
            ("86aacfe2", Malformed::Truncated),
            ("8000", Malformed::LeadingZero),
            ("8001", Malformed::LeadingZero),
            ("82808080808080808000", Malformed::TooLarge),
            ("ffffffffffffffffff7f", Malformed::TooLarge),
            ("8180808080808080808000", Malformed::TooLarge),
        ] {
            assert_eq!(number(text), Err(fault), "{text}");
        }
    }

    #[test]
    fn nip77_07_published_messages() {
        right("6100000200");
        right(&format!("6100000201{ID}"));
        right(&format!("61000001{FINGERPRINT}"));
        right(
            "6186aacfe20100018fd3214da593ffd1bcde5420d6bd5a64\
             00000100f1b56bab68bd0f599ba802e93db351",
        );
    }

    #[test]
    fn nip77_07_bounds() {
        // Without ranges, and with ranges that say nothing.
        right("61");
        right("61000000");
        right("61020000020000000000");
        // From second 0 on, counted from the bound before, with a prefix of any length.
        right("61010000010000010100000202010100000000");
        right(&format!("610120{ID}000120{ID}00"));
        // Nothing is between equal bounds, nor after the end of time.
        right(&format!("610120{ID}00000000000000"));
        right("61000000000000010000");
    }

    #[test]
    fn nip77_10_truncated_messages() {
        for text in [
            format!("61000001{FINGERPRINT}"),
            format!("6100000201{ID}"),
            format!("6186aacfe20120{ID}01{FINGERPRINT}"),
        ] {
            let message = bytes(&text);
            for length in 2..message.len() {
                let fault = Message::from_bytes(message[..length].to_vec()).unwrap_err();
                let cut = matches!(fault, Malformed::Truncated | Malformed::ListTooLong(1));
                assert!(cut, "{length} of {text}: {fault}");
            }
        }
    }

    #[test]
    fn nip77_10_lists_longer_than_the_message() {
        wrong("6100000201", Malformed::ListTooLong(1));
        wrong(&format!("6100000202{ID}"), Malformed::ListTooLong(2));
        wrong(
            "6100000281ffffffffffffffff7f",
            Malformed::ListTooLong(u64::MAX),
        );
        // 32 times this is 0 in 64 bits.
        wrong(
            "61000002888080808080808000",
            Malformed::ListTooLong(1 << 59),
        );
    }

    #[test]
    fn nip77_10_prefixes_longer_than_an_id() {
        wrong(&format!("610121{ID}1100"), Malformed::PrefixTooLong(33));
        wrong(
            "610181ffffffffffffffff7f",
            Malformed::PrefixTooLong(u64::MAX),
        );
    }

    #[test]
    fn nip77_10_bounds_that_go_backwards() {
        // The same second with a lower prefix, or with none.
        wrong("610501020001010100", Malformed::Backwards);
        wrong("6105010200010000", Malformed::Backwards);
        wrong(&format!("610520{ID}0001011000"), Malformed::Backwards);
        // Time itself can only overflow.
        wrong("6181ffffffffffffffff7f0000030000", Malformed::TooLarge);
        wrong("61000000020000", Malformed::TooLarge);
    }

    #[test]
    fn nip77_10_other_modes() {
        wrong("61000003", Malformed::NoMode(3));
        wrong("61000081ffffffffffffffff7f", Malformed::NoMode(u64::MAX));
    }

    proptest! {
        #[test]
        fn nip77_10_any_bytes_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Message::from_bytes([&[VERSION_1], &*bytes].concat());
            let _ = Message::from_bytes(bytes);
        }
    }
}
