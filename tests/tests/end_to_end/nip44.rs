//! NIP-44, encrypted payloads: the values that the specification itself names, and what a payload
//! may not be. The file of vectors is run by `tests/foreign/run.sh`, which can fetch it.
//!
//! Encryption is the crate `nostr`'s: keys that sign for library and program encrypt with it. It
//! does not do all that is asked, so these lines of the checklist have no test: NIP44-03 and
//! NIP44-10 (it ends at [`PLAINTEXT_BYTES_MAX`]), NIP44-06 (it does not tell a payload with `#`
//! from one that is not base64, and compares codes in a time that depends on them).

use nostr::nips::nip44::v2::{self, ConversationKey};
use nostr::nips::nip44::{self, Version};
use nostr::secp256k1::rand::{self, RngCore};

use crate::events::{hex, keys};

/// The example: keys 1 and 2, nonce 1, plaintext `a`. Version, nonce, 34 bytes, code.
const PUBLISHED: &str = "AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABee0G5VSK0/9YypIObAtDKfYEAjD35uVkHyB0F4DwrcNaCXlCWZKaArsGrY6M9wnuTMxWfp1RTN9Xga8no+kF5Vsb";

/// The longest text that the crate takes, in bytes. The specification goes on to 65,535, and
/// behind an extended length to 2^32 − 1.
const PLAINTEXT_BYTES_MAX: usize = 65_536 - 128;

/// Version, nonce, length of the text, authentication code.
const OVERHEAD_BYTES: usize = 1 + 32 + 2 + 32;

fn conversation(secret: u32, public: u32) -> ConversationKey {
    ConversationKey::derive(keys(secret).secret_key(), &keys(public).public_key()).unwrap()
}

/// What key 2 reads in a payload of key 1.
fn decrypted(payload: &str) -> Result<String, nip44::Error> {
    nip44::decrypt(keys(2).secret_key(), &keys(1).public_key(), payload)
}

/// A payload as bytes, to be damaged.
fn bytes_of(text: &str) -> Vec<u8> {
    v2::encrypt_to_bytes(&conversation(1, 2), text.as_bytes()).unwrap()
}

/// Random numbers that are not: the nonce is the number 1.
struct NonceOne;

impl RngCore for NonceOne {
    fn next_u32(&mut self) -> u32 {
        1
    }

    fn next_u64(&mut self) -> u64 {
        1
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        bytes.fill(0);
        *bytes.last_mut().unwrap() = 1;
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

#[test]
fn nip44_01_both_sides_have_the_same_key() {
    assert_eq!(
        hex(conversation(1, 2).as_bytes()),
        "c41c775356fd92eadc63ff5a0dc1da211b268cbea22316767095b2871ea1412d"
    );
    for other in 3..20 {
        assert_eq!(conversation(1, other), conversation(other, 1));
        assert_ne!(conversation(1, other), conversation(2, other));
    }
}

#[test]
fn nip44_02_the_published_payload_comes_out_of_its_nonce() {
    let (secret, public) = (keys(1).secret_key().clone(), keys(2).public_key());
    let payload = nip44::encrypt_with_rng(&mut NonceOne, &secret, &public, "a", Version::V2);
    assert_eq!(payload.unwrap(), PUBLISHED);
    assert_eq!(decrypted(PUBLISHED).unwrap(), "a");
}

#[test]
fn lengths_are_padded_to_buckets() {
    for (length, padded) in [
        (1, 32),
        (16, 32),
        (32, 32),
        (33, 64),
        (64, 64),
        (65, 96),
        (100, 128),
        (200, 224),
        (250, 256),
        (256, 256),
        (257, 320),
        (320, 320),
        (383, 384),
        (400, 448),
        (512, 512),
        (515, 640),
        (900, 1_024),
        (1_025, 1_280),
        (PLAINTEXT_BYTES_MAX, 65_536),
    ] {
        let text = "a".repeat(length);
        let payload = bytes_of(&text);
        assert_eq!(payload.len(), OVERHEAD_BYTES + padded, "{length}");
        let read = v2::decrypt_to_bytes(&conversation(2, 1), &payload).unwrap();
        assert_eq!(read, text.as_bytes(), "{length}");
    }
}

#[test]
fn nip44_04_05_nothing_and_too_much_are_not_encrypted() {
    let key = conversation(1, 2);
    for length in [0, PLAINTEXT_BYTES_MAX + 1, 65_536, 65_537, 1_000_000] {
        let refused = v2::encrypt_to_bytes(&key, &vec![b'a'; length]);
        assert!(refused.is_err(), "{length}");
    }
}

#[test]
fn what_is_not_a_payload_is_refused() {
    for text in [
        "",
        "#",
        "A",
        "Ag==",
        "not base64!",
        &format!("#{}", &PUBLISHED[1..]),
        &format!(" {PUBLISHED}"),
        &PUBLISHED[..128],
        &PUBLISHED[..131],
        &format!("{PUBLISHED}AAAA"),
        &PUBLISHED.replacen("Ag", "AQ", 1),
        &PUBLISHED.replacen("Ag", "Aw", 1),
        &PUBLISHED.replacen("Ag", "AA", 1),
    ] {
        assert!(decrypted(text).is_err(), "{text:?}");
    }
}

#[test]
fn no_byte_can_be_changed() {
    let payload = bytes_of("meet me at the pier");
    let key = conversation(2, 1);
    for index in 1..payload.len() {
        let mut changed = payload.clone();
        changed[index] ^= 1;
        let refused = v2::decrypt_to_bytes(&key, &changed);
        assert!(refused.is_err(), "byte {index}");
        assert!(v2::decrypt_to_bytes(&key, &payload[..index]).is_err());
    }
    assert!(v2::decrypt_to_bytes(&conversation(3, 1), &payload).is_err());
    assert!(v2::decrypt_to_bytes(&key, &payload).is_ok());
}

#[test]
fn nip44_08_what_is_too_long_is_refused_before_it_is_decoded() {
    // Of characters that are not base64, except for the version.
    let longest = format!("AgAA{}", "!".repeat(2 * PLAINTEXT_BYTES_MAX));
    assert_eq!(decrypted(&longest), Err(nip44::Error::MessageTooLong));
}

#[test]
fn nip44_11_no_nonce_comes_twice() {
    let mut nonces: Vec<Vec<u8>> = (0..200).map(|_| bytes_of("a")[1..33].to_vec()).collect();
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 200);
}
