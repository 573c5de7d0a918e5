//! Strict lower-case hex to bytes and back. Knows nothing of what the bytes mean.
//!
//! Nostr allows one spelling only (NIP-01), so upper case is an error here, not a variant.

const DIGITS: &[u8; 16] = b"0123456789abcdef";
const NOT_A_DIGIT: u8 = 0xff;

/// Value of every byte as a lower-case hex digit, [`NOT_A_DIGIT`] for the others.
const VALUES: [u8; 256] = {
    let mut table = [NOT_A_DIGIT; 256];
    let mut value = 0;
    while value < 16 {
        table[DIGITS[value] as usize] = value as u8;
        value += 1;
    }
    table
};

/// Exactly `2 * N` lower-case hex characters, or nothing.
pub(crate) fn decode<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let (pairs, rest) = text.as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return None;
    }
    let mut bytes = [0; N];
    // Valid digits never set the high bits: one test at the end replaces one per character.
    let mut seen = 0;
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        let high = VALUES[usize::from(*high)];
        let low = VALUES[usize::from(*low)];
        seen |= high | low;
        *byte = (high << 4) | (low & 0x0f);
    }
    (seen & 0xf0 == 0).then_some(bytes)
}

/// Appends the lower-case hex of `bytes`.
pub(crate) fn push(text: &mut String, bytes: &[u8]) {
    const BYTES_AT_ONCE: usize = 32;
    for chunk in bytes.chunks(BYTES_AT_ONCE) {
        let mut digits = [b'0'; 2 * BYTES_AT_ONCE];
        let (pairs, _) = digits.as_chunks_mut::<2>();
        for ([high, low], byte) in pairs.iter_mut().zip(chunk) {
            *high = DIGITS[usize::from(byte >> 4)];
            *low = DIGITS[usize::from(byte & 0x0f)];
        }
        // One copy for many digits: a push for each character would test the room each time.
        let written = digits.get(..2 * chunk.len()).unwrap_or_default();
        text.push_str(str::from_utf8(written).unwrap_or_default());
    }
}

/// The lower-case hex of `bytes`.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    push(&mut text, bytes);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_what_it_encodes() {
        let bytes: [u8; 4] = [0x00, 0x9f, 0xa0, 0xff];
        assert_eq!(encode(&bytes), "009fa0ff");
        assert_eq!(decode::<4>(b"009fa0ff"), Some(bytes));
    }

    #[test]
    fn refuses_every_other_spelling() {
        for text in ["", "0", "000", "0000", "0G", "0A", " 0", "0x", "\u{e9}"] {
            assert_eq!(decode::<1>(text.as_bytes()), None, "{text:?}");
        }
    }
}
