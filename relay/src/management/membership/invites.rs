//! Invite codes (NIP-43): how one is made, and how it is kept. Kept is only a fingerprint, so that
//! nobody who reads the data folder or a copy of it can join with what is found there.

use std::fmt;

use kith_nips::PublicKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Bytes of a code that nobody can guess.
const CODE_BYTES: usize = 16;

/// An invite code, as it is given to people.
#[derive(Clone, PartialEq, Eq)]
pub struct InviteCode(String);

/// The system has no random bytes.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("no random bytes for an invite code: {0}")]
pub struct NoRandomness(getrandom::Error);

/// What is known of a code that waits to be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Invite {
    /// Who asked for it.
    pub(super) by: PublicKey,
    /// Unix seconds; from then on it is good for nothing.
    pub(super) expires_at: u64,
}

/// A code that waits to be used, as administrators see it: the code itself nobody knows but whom it was
/// given to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its SHA-256 hash, in hexadecimal.
    pub code_hash: String,
    /// Who asked for it.
    pub by: PublicKey,
    /// Unix seconds; from then on it is good for nothing.
    pub expires_at: u64,
}

/// The SHA-256 hash of a code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fingerprint([u8; 32]);

impl InviteCode {
    /// A code that nobody can guess and nobody else has: 32 hexadecimal digits.
    ///
    /// # Errors
    /// [`NoRandomness`]
    pub fn new() -> Result<Self, NoRandomness> {
        let mut bytes = [0; CODE_BYTES];
        getrandom::fill(&mut bytes).map_err(NoRandomness)?;
        Ok(InviteCode(hex(&bytes)))
    }

    /// As it stands in a `claim` tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Fingerprint {
    /// Of what somebody says is a code.
    pub(super) fn of(claim: &str) -> Self {
        Fingerprint(Sha256::digest(claim.as_bytes()).into())
    }

    /// Reads what `Display` writes.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if !rest.is_empty() {
            return None;
        }
        let byte = |pair: &[u8; 2]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
        let bytes: Vec<u8> = pairs.iter().map(byte).collect::<Option<_>>()?;
        bytes.try_into().ok().map(Fingerprint)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Whoever holds a code can join, so it is not for logs.
impl fmt::Debug for InviteCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("InviteCode(…)")
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn nip43_09_codes_are_long_and_differ() {
        let codes: HashSet<String> = (0..1_000)
            .map(|_| InviteCode::new().unwrap().as_str().to_owned())
            .collect();
        assert_eq!(codes.len(), 1_000);
        assert!(codes.iter().all(|code| code.len() == 2 * CODE_BYTES));
    }

    #[test]
    fn a_fingerprint_has_one_spelling_and_is_not_the_code() {
        let code = InviteCode::new().unwrap();
        let fingerprint = Fingerprint::of(code.as_str());
        assert_eq!(
            Fingerprint::read(&fingerprint.to_string()),
            Some(fingerprint)
        );
        assert_ne!(Fingerprint::of(&fingerprint.to_string()), fingerprint);
        assert!(!fingerprint.to_string().contains(code.as_str()));
        for wrong in ["", "0", "zz", &"0".repeat(63), &"0".repeat(66), "é"] {
            assert_eq!(Fingerprint::read(wrong), None, "{wrong:?}");
        }
    }
}
