//! Rumor, seal and gift wrap (NIP-59): made with the functions of the crate `nostr`, opened with
//! every check that makes the author certain. Knows no relay.

use std::sync::Arc;

use kith_nips::EventId;
use nostr_sdk::nips::nip59::make_seal;
use nostr_sdk::signer::SignerBackend;
use nostr_sdk::{EventBuilder, JsonUtil, Kind, NostrSigner, PublicKey, UnsignedEvent};

use super::rumor::{self, Said};

/// Longest content of a wrap or seal that is decrypted, in characters of base64: a text of 65,535
/// bytes that was encrypted twice is shorter.
const PAYLOAD_CHARACTERS_MAX: usize = 262_144;

/// Why a wrap is dropped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error("it is too long")]
    TooLong,
    #[error("it cannot be decrypted: {0}")]
    Decryption(String),
    #[error("what is in it is not a note: {0}")]
    Malformed(String),
    #[error("its seal is not genuine: {0}")]
    Seal(String),
    #[error("its seal is of kind {0}")]
    SealKind(u16),
    #[error("its rumor is signed")]
    SignedRumor,
    #[error("its rumor has another id than it says")]
    RumorId,
    #[error("its seal and its rumor have different authors")]
    Sender,
}

/// Seals a rumor of the user's and wraps it for one person (NIP59-02, NIP59-03).
pub(crate) async fn wrap(
    signer: &Arc<dyn NostrSigner>,
    receiver: &PublicKey,
    rumor: &UnsignedEvent,
) -> Result<nostr_sdk::Event, String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let sealing = make_seal(signer, receiver, rumor.clone()).await;
    let sealing = sealing.map_err(|error| text(&error))?;
    let mut unsigned = sealing.build(rumor.pubkey);
    let id = unsigned.id();
    let seal = signer.sign_event(unsigned).await;
    let seal = seal.map_err(|error| text(&error))?;
    // A remote signer is another program: what it returns must be what was asked for.
    if seal.id != id || seal.pubkey != rumor.pubkey {
        return Err("the signer sealed something else".to_owned());
    }
    if signer.backend() != SignerBackend::Keys {
        seal.verify().map_err(|error| text(&error))?;
    }
    EventBuilder::gift_wrap_from_seal(receiver, &seal, []).map_err(|error| text(&error))
}

/// Opens a wrap whose own signature was verified (NIP44-07, NIP17-02). `None` is something genuine
/// that we do not show.
pub(super) async fn open(
    signer: &Arc<dyn NostrSigner>,
    wrap: &kith_nips::Event,
) -> Result<Option<Said>, OpenError> {
    let key = PublicKey::try_from(wrap.pubkey());
    let key = key.map_err(|error| OpenError::Malformed(error.to_string()))?;
    let seal = decrypt(signer, &key, wrap.content()).await?;
    let seal = nostr_sdk::Event::from_json(seal);
    let seal = seal.map_err(|error| OpenError::Malformed(error.to_string()))?;
    if seal.kind != Kind::Seal {
        return Err(OpenError::SealKind(seal.kind.as_u16()));
    }
    seal.verify()
        .map_err(|error| OpenError::Seal(error.to_string()))?;
    let json = decrypt(signer, &seal.pubkey, &seal.content).await?;
    // The type of the crate leaves members out that it does not know, signatures among them.
    let members: serde_json::Value =
        serde_json::from_str(&json).map_err(|error| OpenError::Malformed(error.to_string()))?;
    if members.get("sig").is_some() {
        return Err(OpenError::SignedRumor);
    }
    let rumor = UnsignedEvent::from_json(json);
    let mut rumor = rumor.map_err(|error| OpenError::Malformed(error.to_string()))?;
    if rumor.pubkey != seal.pubkey {
        return Err(OpenError::Sender);
    }
    rumor.verify_id().map_err(|_| OpenError::RumorId)?;
    let id = EventId::from(rumor.id());
    Ok(rumor::read(&rumor, id, wrap.id()))
}

async fn decrypt(
    signer: &Arc<dyn NostrSigner>,
    author: &PublicKey,
    payload: &str,
) -> Result<String, OpenError> {
    if payload.len() > PAYLOAD_CHARACTERS_MAX {
        return Err(OpenError::TooLong);
    }
    let decrypted = signer.nip44_decrypt(author, payload).await;
    decrypted.map_err(|error| OpenError::Decryption(error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use nostr_sdk::Keys;
    use nostr_sdk::signer::IntoNostrSigner;

    use super::*;

    const WRAPS: usize = 64;
    const NONCE_BYTES: usize = 32;

    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /// The nonce of a payload: the bytes behind the version, from base64.
    fn nonce(payload: &str) -> [u8; NONCE_BYTES] {
        let values = payload.chars().take(NONCE_BYTES * 4 / 3 + 2);
        let bits = values.flat_map(|letter| {
            let value = ALPHABET.find(letter).unwrap();
            (0..6).rev().map(move |bit| value >> bit & 1)
        });
        let bits: Vec<usize> = bits.collect();
        let bytes = bits.chunks_exact(8).map(|bits| {
            let byte = bits.iter().fold(0, |byte, bit| byte << 1 | bit);
            u8::try_from(byte).unwrap()
        });
        let bytes: Vec<u8> = bytes.collect();
        assert_eq!(bytes[0], 2, "the version");
        bytes[1..=NONCE_BYTES].try_into().unwrap()
    }

    #[tokio::test]
    async fn nip44_11_every_payload_has_a_new_random_nonce_whatever_it_says() {
        let (ada, ben) = (Keys::generate(), Keys::generate());
        let signer = ada.clone().into_nostr_signer();
        // The same words to the same person, by the same key.
        let rumor = EventBuilder::private_msg_rumor(ben.public_key(), "See you there");
        let rumor = rumor.build(ada.public_key());
        let mut nonces = Vec::new();
        for _ in 0..WRAPS {
            let wrap = wrap(&signer, &ben.public_key(), &rumor).await.unwrap();
            let seal = ben.nip44_decrypt(&wrap.pubkey, &wrap.content).await;
            let seal = nostr_sdk::Event::from_json(seal.unwrap()).unwrap();
            nonces.extend([nonce(&wrap.content), nonce(&seal.content)]);
        }
        let different: HashSet<_> = nonces.iter().collect();
        assert_eq!(different.len(), 2 * WRAPS);
        // Each bit is now 0 and now 1: none is fixed, counted or derived from what is the same.
        for bit in 0..NONCE_BYTES * 8 {
            let is_set = |nonce: &&[u8; NONCE_BYTES]| nonce[bit / 8] >> (bit % 8) & 1 == 1;
            let set = nonces.iter().filter(is_set).count();
            assert!(
                set > WRAPS / 4 && set < 2 * WRAPS - WRAPS / 4,
                "bit {bit}: {set}"
            );
        }
    }
}
