//! NIP-77, comparing sets of events (negentropy): the shape of messages. What is in a set, and
//! what a message is answered with, is the relay's.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nip77_05_hex_in_either_case_and_nothing_else() {
        assert_eq!(decode_hex(""), Some(vec![]));
        assert_eq!(decode_hex("00fFAa"), Some(vec![0x00, 0xff, 0xaa]));
        for bad in ["0", "000", "0g", "g0", "é", "+1", " 1", "0x"] {
            assert_eq!(decode_hex(bad), None, "{bad}");
        }
    }
}
