//! NIP-77, comparing sets of events (negentropy): the shape of messages. A message is a version
//! byte and a list of ranges; each range is an upper bound, a mode, and what the mode says of the
//! sender's records in it. What is in a set, and what a message is answered with, is not known
//! here.

/// The first byte of a message that follows version 1 of the protocol, the only one there is.
pub const VERSION_1: u8 = 0x61;

/// Bytes of an event id, and the longest prefix of one in a bound.
const ID_BYTES: usize = 32;
const FINGERPRINT_BYTES: usize = 16;

const MODE_SKIP: u64 = 0;
const MODE_FINGERPRINT: u64 = 1;
const MODE_ID_LIST: u64 = 2;

/// The version that a well-formed message follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Version {
    /// Version 1; all ranges were checked.
    One,
    /// Another one. Nothing but the first byte was looked at, and the answer is [`VERSION_1`]
    /// alone.
    Other,
}

/// Why some bytes are no message.
///
/// ```
/// use kith_nips::nip77::{Malformed, check};
/// assert_eq!(check(&[0x61, 0x00]), Err(Malformed::Truncated));
/// assert_eq!(check(&[0x50]), Err(Malformed::NoVersion(0x50)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Malformed {
    /// Not even a version.
    #[error("an empty message")]
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

/// Checks the shape of a message without keeping anything of it: what passes can be read without
/// surprises.
///
/// ```
/// use kith_nips::nip77::{Version, check, decode_hex};
/// let nothing_here = decode_hex("6100000200").unwrap();
/// assert_eq!(check(&nothing_here), Ok(Version::One));
/// assert_eq!(check(&[0x62, 0xff]), Ok(Version::Other));
/// ```
///
/// # Errors
/// The first thing that is wrong.
pub fn check(message: &[u8]) -> Result<Version, Malformed> {
    let (version, ranges) = message.split_first().ok_or(Malformed::Empty)?;
    match *version {
        VERSION_1 => {}
        0x60..=0x6f => return Ok(Version::Other),
        other => return Err(Malformed::NoVersion(other)),
    }
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
    Ok(Version::One)
}

/// The bytes that a message spells in hex, in either case; nothing if it is not hex.
///
/// ```
/// use kith_nips::nip77::decode_hex;
/// assert_eq!(decode_hex("61Ff"), Some(vec![0x61, 0xff]));
/// assert_eq!(decode_hex("616"), None);
/// ```
pub fn decode_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs
        .iter()
        .map(|[high, low]| u8::try_from(digit(*high)? << 4 | digit(*low)?).ok())
        .collect()
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

    fn hex(text: &str) -> Vec<u8> {
        decode_hex(text).unwrap_or_else(|| panic!("{text}"))
    }

    fn right(text: &str) {
        assert_eq!(check(&hex(text)), Ok(Version::One), "{text}");
    }

    fn wrong(text: &str, fault: Malformed) {
        assert_eq!(check(&hex(text)), Err(fault), "{text}");
    }

    #[test]
    fn nip77_05_hex_in_either_case_and_nothing_else() {
        assert_eq!(decode_hex(""), Some(vec![]));
        assert_eq!(decode_hex("00fFAa"), Some(vec![0x00, 0xff, 0xaa]));
        for bad in ["0", "000", "0g", "g0", "é", "+1", " 1", "0x"] {
            assert_eq!(decode_hex(bad), None, "{bad}");
        }
    }

    #[test]
    fn nip77_06_the_first_byte_is_the_version() {
        wrong("", Malformed::Empty);
        for byte in 0..=u8::MAX {
            let expected = match byte {
                0x61 => Ok(Version::One),
                0x60..=0x6f => Ok(Version::Other),
                _ => Err(Malformed::NoVersion(byte)),
            };
            assert_eq!(check(&[byte]), expected, "{byte:02x}");
        }
        // What follows in another version may mean anything.
        assert_eq!(check(&hex("6200000200")), Ok(Version::Other));
        assert_eq!(check(&hex("62ffffff")), Ok(Version::Other));
    }

    #[test]
    fn nip77_07_numbers() {
        let number = |text: &str| {
            let bytes = hex(text);
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
            let message = hex(&text);
            for length in 2..message.len() {
                let fault = check(&message[..length]).unwrap_err();
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
            let _ = check(&bytes);
            let _ = check(&[&[VERSION_1], &*bytes].concat());
        }
    }
}
