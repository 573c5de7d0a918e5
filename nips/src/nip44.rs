//! NIP-44 version 2: text for one other person, encrypted. Keys and nonces come from the caller; so
//! does the duty to verify the event around a payload before it is decrypted (NIP44-07).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit as _, StreamCipher as _};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use secp256k1::{Parity, PublicKey as Point, SecretKey, XOnlyPublicKey, ecdh};
use sha2::Sha256;
use zeroize::{Zeroize as _, ZeroizeOnDrop};

use crate::nip01::PublicKey;

/// The version byte.
const VERSION: u8 = 2;
const NONCE_BYTES: usize = 32;
const MAC_BYTES: usize = 32;
/// Version, nonce and code around the encrypted text.
const FRAME_BYTES: usize = 1 + NONCE_BYTES + MAC_BYTES;
/// The shortest payload: a padded text of 32 bytes behind its length.
const PAYLOAD_BYTES_MIN: usize = FRAME_BYTES + 2 + 32;
const PAYLOAD_CHARACTERS_MIN: usize = 132;

/// Longest text, in bytes, that every program can decrypt: its length fits into 16 bits.
pub const PLAINTEXT_BYTES_MAX: usize = 65_535;
/// Longest text in the extended form of 2026, in bytes: its length fits into 32 bits.
pub const EXTENDED_PLAINTEXT_BYTES_MAX: usize = 0xffff_ffff;

/// Why something is not encrypted or decrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Nip44Error {
    /// The public key is no point of the curve.
    #[error("the public key is not a point of the curve")]
    Key,
    /// The text has no byte, or more than may be encrypted.
    #[error("a text of {0} bytes cannot be encrypted")]
    Length(usize),
    /// The payload is longer than the caller takes.
    #[error("the payload has more than {0} characters")]
    TooLong(usize),
    /// Another version than 2, or one that is not base64 (`#`).
    #[error("unsupported version of encryption")]
    Version,
    /// Not a payload.
    #[error("the payload is malformed")]
    Malformed,
    /// The authentication code is wrong: another key, or a changed payload.
    #[error("the payload is not authentic")]
    Mac,
    /// The length or the padding of the text is wrong.
    #[error("the padding is wrong")]
    Padding,
    /// The text is not UTF-8.
    #[error("the text is not UTF-8")]
    Text,
}

/// What two people share. The same for both of them, for all their messages.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct ConversationKey([u8; 32]);

/// How much may be encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Up to [`PLAINTEXT_BYTES_MAX`].
    Common,
    /// Up to [`EXTENDED_PLAINTEXT_BYTES_MAX`]: most programs cannot decrypt it.
    Extended,
}

impl fmt::Debug for ConversationKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ConversationKey(secret)")
    }
}

impl ConversationKey {
    /// The key of the owner of `secret` and the owner of `public`.
    ///
    /// ```
    /// use kith_nips::nip44::ConversationKey;
    /// let one = nostr::Keys::parse(&format!("{:064x}", 1)).unwrap();
    /// let two = nostr::Keys::parse(&format!("{:064x}", 2)).unwrap();
    /// let key = |mine: &nostr::Keys, other: &nostr::Keys| {
    ///     ConversationKey::new(mine.secret_key(), &other.public_key().into()).unwrap()
    /// };
    /// assert!(key(&one, &two) == key(&two, &one));
    /// ```
    ///
    /// # Errors
    /// [`Nip44Error::Key`]
    pub fn new(secret: &SecretKey, public: &PublicKey) -> Result<Self, Nip44Error> {
        let x_only = XOnlyPublicKey::from_slice(public.as_bytes()).map_err(|_| Nip44Error::Key)?;
        let point = Point::from_x_only_public_key(x_only, Parity::Even);
        let mut shared = ecdh::shared_secret_point(&point, secret);
        let (key, _) = Hkdf::<Sha256>::extract(Some(b"nip44-v2"), &shared[..32]);
        shared.zeroize();
        Ok(Self(key.into()))
    }

    /// A key that was made before.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes of the key. They are secret.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Encrypts `text` into a payload in base64. `nonce` is 32 bytes from the system's random
    /// source, never used before and derived from nothing.
    ///
    /// ```
    /// use kith_nips::nip44::{ConversationKey, Extent};
    /// let key = ConversationKey::from_bytes([7; 32]);
    /// let payload = key.encrypt("see you there", [1; 32], Extent::Common)?;
    /// assert_eq!(key.decrypt(&payload, 1_000)?, "see you there");
    /// # Ok::<(), kith_nips::nip44::Nip44Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Nip44Error::Length`]
    pub fn encrypt(
        &self,
        text: &str,
        nonce: [u8; NONCE_BYTES],
        extent: Extent,
    ) -> Result<String, Nip44Error> {
        let mut padded = pad(text.as_bytes(), extent)?;
        let keys = self.message_keys(&nonce)?;
        keys.cipher().apply_keystream(&mut padded);
        let mut payload = Vec::with_capacity(FRAME_BYTES + padded.len());
        payload.push(VERSION);
        payload.extend_from_slice(&nonce);
        payload.extend_from_slice(&padded);
        let mac = keys.mac(&nonce, &padded)?.finalize();
        payload.extend_from_slice(&mac.into_bytes());
        Ok(STANDARD.encode(payload))
    }

    /// Decrypts a payload of at most `payload_characters_max` characters. Its length is looked at
    /// before anything is decoded, its code before anything is decrypted.
    ///
    /// # Errors
    /// [`Nip44Error`]
    pub fn decrypt(
        &self,
        payload: &str,
        payload_characters_max: usize,
    ) -> Result<String, Nip44Error> {
        if payload.starts_with('#') {
            return Err(Nip44Error::Version);
        }
        if payload.len() > payload_characters_max {
            return Err(Nip44Error::TooLong(payload_characters_max));
        }
        if payload.len() < PAYLOAD_CHARACTERS_MIN {
            return Err(Nip44Error::Malformed);
        }
        let bytes = STANDARD
            .decode(payload)
            .map_err(|_| Nip44Error::Malformed)?;
        if bytes.len() < PAYLOAD_BYTES_MIN {
            return Err(Nip44Error::Malformed);
        }
        let (version, rest) = bytes.split_first().ok_or(Nip44Error::Malformed)?;
        if *version != VERSION {
            return Err(Nip44Error::Version);
        }
        let (nonce, rest) = rest
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or(Nip44Error::Malformed)?;
        let (encrypted, mac) = rest
            .split_last_chunk::<MAC_BYTES>()
            .ok_or(Nip44Error::Malformed)?;
        let keys = self.message_keys(nonce)?;
        // Compares in constant time.
        keys.mac(nonce, encrypted)?
            .verify_slice(mac)
            .map_err(|_| Nip44Error::Mac)?;
        let mut padded = encrypted.to_vec();
        keys.cipher().apply_keystream(&mut padded);
        let text = unpad(&padded)?;
        String::from_utf8(text.to_vec()).map_err(|_| Nip44Error::Text)
    }

    fn message_keys(&self, nonce: &[u8; NONCE_BYTES]) -> Result<MessageKeys, Nip44Error> {
        let mut keys = MessageKeys([0; 76]);
        // Neither the length of the key nor that of the result can be wrong.
        Hkdf::<Sha256>::from_prk(&self.0)
            .map_err(|_| Nip44Error::Key)?
            .expand(nonce, &mut keys.0)
            .map_err(|_| Nip44Error::Key)?;
        Ok(keys)
    }
}

/// The keys of one message: 32 bytes and a nonce of 12 for the cipher, 32 bytes for the code.
#[derive(ZeroizeOnDrop)]
struct MessageKeys([u8; 76]);

impl MessageKeys {
    fn cipher(&self) -> ChaCha20 {
        let mut key = [0; 32];
        let mut nonce = [0; 12];
        key.copy_from_slice(&self.0[..32]);
        nonce.copy_from_slice(&self.0[32..44]);
        ChaCha20::new(&key.into(), &nonce.into())
    }

    /// The code over the nonce and what is encrypted.
    fn mac(&self, nonce: &[u8; NONCE_BYTES], encrypted: &[u8]) -> Result<Hmac<Sha256>, Nip44Error> {
        let mac = Hmac::<Sha256>::new_from_slice(&self.0[44..]).map_err(|_| Nip44Error::Key)?;
        Ok(mac.chain_update(nonce).chain_update(encrypted))
    }
}

/// The length that a text is padded to: at least 32 bytes, then steps that grow with the text.
pub const fn padded_length(length: usize) -> usize {
    if length <= 32 {
        return 32;
    }
    let next_power = length.next_power_of_two();
    let step = if next_power <= 256 {
        32
    } else {
        next_power / 8
    };
    length.div_ceil(step) * step
}

/// The length in two bytes, or behind two zeros in four; the text; zeros.
fn pad(text: &[u8], extent: Extent) -> Result<Vec<u8>, Nip44Error> {
    let length = text.len();
    let most = match extent {
        Extent::Common => PLAINTEXT_BYTES_MAX,
        Extent::Extended => EXTENDED_PLAINTEXT_BYTES_MAX,
    };
    let wrong = Nip44Error::Length(length);
    if length == 0 || length > most {
        return Err(wrong);
    }
    let padded_to = padded_length(length);
    let mut padded = Vec::with_capacity(6 + padded_to);
    match u16::try_from(length) {
        Ok(short) => padded.extend_from_slice(&short.to_be_bytes()),
        Err(_) => {
            let long = u32::try_from(length).map_err(|_| wrong)?;
            padded.extend_from_slice(&[0, 0]);
            padded.extend_from_slice(&long.to_be_bytes());
        }
    }
    let begin = padded.len();
    padded.extend_from_slice(text);
    padded.resize(begin + padded_to, 0);
    Ok(padded)
}

fn unpad(padded: &[u8]) -> Result<&[u8], Nip44Error> {
    let (short, rest) = padded.split_first_chunk().ok_or(Nip44Error::Padding)?;
    let (length, rest) = match u16::from_be_bytes(*short) {
        0 => {
            let (long, rest) = rest.split_first_chunk().ok_or(Nip44Error::Padding)?;
            let length = usize::try_from(u32::from_be_bytes(*long));
            let length = length.map_err(|_| Nip44Error::Padding)?;
            if length <= PLAINTEXT_BYTES_MAX {
                return Err(Nip44Error::Padding);
            }
            (length, rest)
        }
        short => (usize::from(short), rest),
    };
    if rest.len() != padded_length(length) {
        return Err(Nip44Error::Padding);
    }
    let (text, zeros) = rest.split_at_checked(length).ok_or(Nip44Error::Padding)?;
    match zeros.iter().all(|byte| *byte == 0) {
        true => Ok(text),
        false => Err(Nip44Error::Padding),
    }
}

#[cfg(test)]
mod tests {
    use sha2::Digest as _;

    use super::*;
    use crate::nip01::hex;

    fn keys(number: u8) -> nostr::Keys {
        nostr::Keys::parse(&format!("{number:064x}")).unwrap()
    }

    fn conversation(mine: u8, other: u8) -> ConversationKey {
        ConversationKey::new(keys(mine).secret_key(), &keys(other).public_key().into()).unwrap()
    }

    fn nonce(number: u8) -> [u8; 32] {
        let mut nonce = [0; 32];
        nonce[31] = number;
        nonce
    }

    /// A payload whose padded text is `padded`, with the right code.
    fn sealed(padded: &[u8]) -> String {
        let key = conversation(1, 2);
        let keys = key.message_keys(&nonce(1)).unwrap();
        let mut encrypted = padded.to_vec();
        keys.cipher().apply_keystream(&mut encrypted);
        let mac = keys.mac(&nonce(1), &encrypted).unwrap().finalize();
        let mut payload = vec![VERSION];
        payload.extend_from_slice(&nonce(1));
        payload.extend_from_slice(&encrypted);
        payload.extend_from_slice(&mac.into_bytes());
        STANDARD.encode(payload)
    }

    fn opened(payload: &str) -> Result<String, Nip44Error> {
        conversation(2, 1).decrypt(payload, 1_000_000)
    }

    #[test]
    fn nip44_01_the_published_conversation_key() {
        let expected = "c41c775356fd92eadc63ff5a0dc1da211b268cbea22316767095b2871ea1412d";
        assert_eq!(hex::encode(conversation(1, 2).as_bytes()), expected);
        assert_eq!(hex::encode(conversation(2, 1).as_bytes()), expected);
        let no_point = PublicKey::from_bytes([0xff; 32]);
        let refused = ConversationKey::new(keys(1).secret_key(), &no_point);
        assert_eq!(refused.err(), Some(Nip44Error::Key));
    }

    #[test]
    fn nip44_02_the_published_payload() {
        let payload = conversation(1, 2).encrypt("a", nonce(1), Extent::Common);
        let expected = "AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABee0G5VSK0/9YypIObAtDKfYEAjD35uVkHyB0F4DwrcNaCXlCWZKaArsGrY6M9wnuTMxWfp1RTN9Xga8no+kF5Vsb";
        assert_eq!(payload.as_deref(), Ok(expected));
        assert_eq!(opened(expected).as_deref(), Ok("a"));
    }

    #[test]
    fn nip44_03_texts_are_padded_in_steps() {
        for (length, padded) in [
            (1, 32),
            (32, 32),
            (33, 64),
            (64, 64),
            (65, 96),
            (256, 256),
            (257, 320),
            (383, 384),
            (1_000, 1_024),
            (1_025, 1_280),
            (65_535, 65_536),
            (65_536, 65_536),
            (65_537, 81_920),
        ] {
            assert_eq!(padded_length(length), padded, "{length}");
        }
        assert_eq!(pad(&[b'x'; 3], Extent::Common).unwrap()[..2], [0, 3]);
        let long = pad(&vec![b'x'; 65_536], Extent::Extended).unwrap();
        assert_eq!(long[..6], [0, 0, 0, 1, 0, 0]);
        assert_eq!(long.len(), 6 + 65_536);
    }

    #[test]
    fn nip44_04_05_nothing_and_too_much_are_not_encrypted() {
        let key = conversation(1, 2);
        let longer = "a".repeat(PLAINTEXT_BYTES_MAX + 1);
        for extent in [Extent::Common, Extent::Extended] {
            assert_eq!(
                key.encrypt("", nonce(1), extent),
                Err(Nip44Error::Length(0))
            );
        }
        let refused = key.encrypt(&longer, nonce(1), Extent::Common);
        assert_eq!(refused, Err(Nip44Error::Length(65_536)));
        let payload = key.encrypt(&longer, nonce(1), Extent::Extended).unwrap();
        assert_eq!(opened(&payload), Ok(longer));
    }

    #[test]
    fn nip44_06_what_a_payload_may_not_be() {
        let good = conversation(1, 2)
            .encrypt("a", nonce(1), Extent::Common)
            .unwrap();
        let bytes = STANDARD.decode(&good).unwrap();
        assert_eq!(opened(&format!("#{good}")), Err(Nip44Error::Version));
        assert_eq!(opened(&good[..131]), Err(Nip44Error::Malformed));
        assert_eq!(opened(&"!".repeat(132)), Err(Nip44Error::Malformed));
        let short = STANDARD.encode(&bytes[..98]);
        assert_eq!(opened(&short), Err(Nip44Error::Malformed));
        for version in [0, 1, 3, 255] {
            let mut other = bytes.clone();
            other[0] = version;
            assert_eq!(opened(&STANDARD.encode(other)), Err(Nip44Error::Version));
        }
        for place in [1, 32, 33, 66, 67, 98] {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            assert_eq!(
                opened(&STANDARD.encode(changed)),
                Err(Nip44Error::Mac),
                "{place}"
            );
        }
        assert_eq!(
            conversation(1, 3).decrypt(&good, 1_000),
            Err(Nip44Error::Mac)
        );
        let padded = |length: &[u8], text: &[u8], to: usize| {
            let mut padded = [length, text].concat();
            padded.resize(length.len() + to, 0);
            opened(&sealed(&padded))
        };
        assert_eq!(padded(&[0, 1], b"a", 32).as_deref(), Ok("a"));
        assert_eq!(padded(&[0, 1], b"a", 64), Err(Nip44Error::Padding));
        assert_eq!(padded(&[0, 1], b"ab", 32), Err(Nip44Error::Padding));
        assert_eq!(padded(&[0, 33], b"a", 32), Err(Nip44Error::Padding));
        assert_eq!(padded(&[0, 0], b"", 32), Err(Nip44Error::Padding));
        assert_eq!(
            padded(&[0, 0, 0, 0, 0, 1], b"a", 32),
            Err(Nip44Error::Padding)
        );
        let just_short = [0, 0, 0, 0, 0xff, 0xff];
        assert_eq!(padded(&just_short, b"a", 65_536), Err(Nip44Error::Padding));
        assert_eq!(padded(&[0, 1], &[0xff], 32), Err(Nip44Error::Text));
    }

    #[test]
    fn nip44_08_a_payload_is_measured_before_it_is_decoded() {
        let good = conversation(1, 2)
            .encrypt("a", nonce(1), Extent::Common)
            .unwrap();
        let key = conversation(2, 1);
        assert!(key.decrypt(&good, good.len()).is_ok());
        let limit = good.len() - 1;
        assert_eq!(key.decrypt(&good, limit), Err(Nip44Error::TooLong(limit)));
        let nonsense = "!".repeat(1_000);
        assert_eq!(key.decrypt(&nonsense, 999), Err(Nip44Error::TooLong(999)));
    }

    #[test]
    fn nip44_10_the_long_vectors() {
        for (length, expected) in [
            (
                65_535,
                "6d8c2810d1e870fbaa1f0a0937126cca837a15f9260e27060c331d70a3c0bc84",
            ),
            (
                65_536,
                "b7b4edb36ba92e267d322d56d9aebc22e7fa96ff52e3c12adc07f07a43cbc616",
            ),
            (
                65_537,
                "eeb7c7c5373894ea2c1547cfd3ccb15d5a0b2d619da852e5c79df792dcc9e435",
            ),
        ] {
            let text = "a".repeat(length);
            let payload = conversation(1, 2).encrypt(&text, nonce(1), Extent::Extended);
            let payload = payload.unwrap();
            let hash: [u8; 32] = Sha256::digest(payload.as_bytes()).into();
            assert_eq!(hex::encode(&hash), expected, "{length}");
            assert_eq!(opened(&payload), Ok(text));
        }
    }
}
