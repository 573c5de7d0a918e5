//! Keys of made-up people, and what they sign with. The same number is the same person; a signature
//! of the same note is the same signature. Such keys are for measuring only: anybody can have them.

use kith_nips::lbc::{BuildError, Note};
use kith_nips::nip01::Draft;
use kith_nips::{Event, PublicKey, Signature};
use secp256k1::{Keypair, Message, SECP256K1};

/// A key pair.
#[derive(Debug, Clone)]
pub struct Person {
    keys: Keypair,
    pubkey: PublicKey,
}

impl Person {
    /// The person of this number in the world of this seed.
    ///
    /// # Errors
    /// Numbers that make no secret key; there are none.
    pub fn new(seed: u64, number: u64) -> anyhow::Result<Person> {
        let mut secret = [0; 32];
        let words = [1, seed, 0, number + 1];
        for (bytes, word) in secret.chunks_exact_mut(8).zip(words) {
            bytes.copy_from_slice(&u64::to_be_bytes(word));
        }
        let keys = Keypair::from_seckey_slice(SECP256K1, &secret)?;
        let pubkey = PublicKey::from_bytes(keys.x_only_public_key().0.serialize());
        Ok(Person { keys, pubkey })
    }

    /// The public key.
    pub fn pubkey(&self) -> PublicKey {
        self.pubkey
    }

    /// A signed note, dated `created_at`.
    ///
    /// # Errors
    /// A note that cannot be written.
    pub fn sign(&self, note: &impl Note, created_at: u64) -> anyhow::Result<Event> {
        self.sign_draft(&note.draft()?, created_at)
    }

    /// As [`Person::sign`], for what has no type of its own.
    ///
    /// # Errors
    /// A draft that cannot be written.
    pub fn sign_draft(&self, draft: &Draft, created_at: u64) -> anyhow::Result<Event> {
        let event = draft.sign_with(self.pubkey, created_at, |id| {
            let digest = Message::from_digest(*id.as_bytes());
            SECP256K1
                .sign_schnorr_no_aux_rand(&digest, &self.keys)
                .into()
        })?;
        Ok(event)
    }

    /// The note without a signature that anybody would take: cheap, and its id is right.
    ///
    /// # Errors
    /// A note that cannot be written.
    pub fn outline(&self, note: &impl Note, created_at: u64) -> anyhow::Result<Event> {
        let draft: Result<Draft, BuildError> = note.draft();
        let unsigned = |_| Signature::from_bytes([0; 64]);
        Ok(draft?.sign_with(self.pubkey, created_at, unsigned)?)
    }
}
