//! NIP-19: which checksum a name in bech32 has. What is in a name is read by the crate `nostr`, which
//! also takes the later checksum, bech32m; NIP-19 does not.

/// Longest text that is looked at, in characters (NIP-19).
pub const NAME_CHARACTERS_MAX: usize = 5000;

const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const CHECKSUM_CHARACTERS: usize = 6;
const GENERATOR: [u32; 5] = [
    0x3b6a_57b2,
    0x2650_8e6d,
    0x1ea1_19fa,
    0x3d42_33dd,
    0x2a14_62b3,
];
/// What is left of a right text: 1 (BIP-173), where bech32m leaves another number (BIP-350).
const REMAINDER: u32 = 1;

/// Whether a text is bech32 with the right checksum, and not bech32m (NIP-19, BIP-173).
///
/// ```
/// use kith_nips::nip19::is_bech32;
/// assert!(is_bech32("npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg"));
/// // The same key in bech32m.
/// assert!(!is_bech32("npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qhszdw2"));
/// ```
pub fn is_bech32(text: &str) -> bool {
    let is_mixed = text.contains(|letter: char| letter.is_ascii_lowercase())
        && text.contains(|letter: char| letter.is_ascii_uppercase());
    if text.len() > NAME_CHARACTERS_MAX || is_mixed {
        return false;
    }
    let Some((name, data)) = text.rsplit_once('1') else {
        return false;
    };
    let is_readable = name.bytes().all(|byte| byte.is_ascii_graphic());
    if name.is_empty() || !is_readable || data.len() < CHECKSUM_CHARACTERS {
        return false;
    }
    let name = name.bytes().map(|byte| byte.to_ascii_lowercase());
    let high = name.clone().map(|byte| u32::from(byte >> 5));
    let low = name.map(|byte| u32::from(byte & 31));
    let mut remainder = high.chain([0]).chain(low).fold(1, step);
    for byte in data.bytes() {
        let byte = byte.to_ascii_lowercase();
        let value = (0_u32..).zip(ALPHABET).find(|(_, known)| **known == byte);
        let Some((value, _)) = value else {
            return false;
        };
        remainder = step(remainder, value);
    }
    remainder == REMAINDER
}

fn step(remainder: u32, value: u32) -> u32 {
    let top = remainder >> 25;
    let next = (remainder & 0x01ff_ffff) << 5 ^ value;
    let bits = GENERATOR.iter().zip(0..5);
    bits.fold(next, |next, (generator, bit)| match top >> bit & 1 {
        1 => next ^ generator,
        _ => next,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published in NIP-19: a key, a secret key and a person with relays; and an id.
    const RIGHT: [&str; 4] = [
        "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg",
        "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5",
        "nprofile1qqsrhuxx8l9ex335q7he0f09aej04zpazpl0ne2cgukyawd24mayt8gpp4mhxue69uhhytnc9e3k7mgpz4mhxue69uhkg6nzv9ejuumpv34kytnrdaksjlyr9p",
        "note1fntxtkcy9pjwucqwa9mddn7v03wwwsu9j330jj350nvhpky2tuaspk6nqc",
    ];

    #[test]
    fn nip19_01_names_have_the_checksum_of_bech32() {
        for name in RIGHT {
            assert!(is_bech32(name), "{name}");
            assert!(is_bech32(&name.to_uppercase()), "{name}");
            let (begin, end) = name.split_at(name.len() - 8);
            for wrong in [
                format!("{begin}q{}", &end[1..]),
                format!("{begin}{}", end.to_uppercase()),
                format!("{name}q"),
                format!("{begin}b{}", &end[1..]),
                begin.to_owned(),
            ] {
                assert!(!is_bech32(&wrong), "{wrong}");
            }
        }
    }

    #[test]
    fn nip19_01_names_in_bech32m_are_none() {
        for name in [
            "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qhszdw2",
            "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laq9009uk",
            "note1fntxtkcy9pjwucqwa9mddn7v03wwwsu9j330jj350nvhpky2tuas522l96",
        ] {
            assert!(!is_bech32(name), "{name}");
        }
        for text in [
            "",
            "1",
            "npub",
            "npub1",
            "npub1qqqqqq",
            "1qqqqqqq",
            "ä1qqqqqqq",
        ] {
            assert!(!is_bech32(text), "{text}");
        }
        assert!(!is_bech32(&"q".repeat(NAME_CHARACTERS_MAX + 1)));
    }
}
