//! Authorizations that were used, remembered as long as they would be accepted again (NIP-98).

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use kith_nips::Signature;
use kith_nips::nip98::{AUTHORIZATION_AGE_MAX_S, HttpAuth};

/// Authorizations that are remembered at once.
const REMEMBERED_MAX: usize = 10_000;

/// The memory.
#[derive(Debug, Default)]
pub(in crate::http) struct Replays {
    /// The last second in which each would be accepted, and its signature.
    used: Mutex<BTreeSet<(u64, Signature)>>,
}

/// Why an authorization counts for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// It was used before.
    UsedBefore,
    /// As many as can be remembered were used in the last minutes.
    TooMany,
}

impl Replays {
    /// Remembers an authorization that is right at `now` (Unix seconds).
    pub(super) fn first_use(&self, auth: &HttpAuth, now: u64) -> Result<(), Refused> {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        while used.first().is_some_and(|(last, _)| *last < now) {
            used.pop_first();
        }
        let last = auth.created_at.saturating_add(AUTHORIZATION_AGE_MAX_S);
        if used.contains(&(last, auth.signature)) {
            return Err(Refused::UsedBefore);
        }
        if used.len() >= REMEMBERED_MAX {
            return Err(Refused::TooMany);
        }
        used.insert((last, auth.signature));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_nips::PublicKey;

    const NOW: u64 = 1_700_000_000;

    fn auth(number: usize, created_at: u64) -> HttpAuth {
        let mut signature = [0; 64];
        signature[..8].copy_from_slice(&(number as u64).to_be_bytes());
        HttpAuth {
            signature: Signature::from_bytes(signature),
            pubkey: PublicKey::from_bytes([1; 32]),
            created_at,
        }
    }

    #[test]
    fn nip86_06_each_is_used_once_while_it_would_be_right() {
        let replays = Replays::default();
        for created_at in [NOW - 60, NOW, NOW + 60] {
            let auth = auth(0, created_at);
            assert_eq!(replays.first_use(&auth, NOW), Ok(()));
            assert_eq!(replays.first_use(&auth, NOW), Err(Refused::UsedBefore));
            let last = created_at + 60;
            assert_eq!(replays.first_use(&auth, last), Err(Refused::UsedBefore));
        }
    }

    #[test]
    fn nip86_06_the_memory_is_bounded_and_forgets() {
        let replays = Replays::default();
        for number in 0..REMEMBERED_MAX {
            assert_eq!(replays.first_use(&auth(number, NOW), NOW), Ok(()));
        }
        let one_more = auth(REMEMBERED_MAX, NOW);
        assert_eq!(replays.first_use(&one_more, NOW), Err(Refused::TooMany));
        let later = auth(REMEMBERED_MAX, NOW + 61);
        assert_eq!(replays.first_use(&later, NOW + 61), Ok(()));
        assert_eq!(replays.used.lock().unwrap().len(), 1);
    }
}
