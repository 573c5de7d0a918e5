//! What a client must sign to show that it holds a key (NIP-42).

/// A challenge that nobody can guess and no other connection has: 32 hex characters. Without
/// random bytes from the system it is empty, and nobody can authenticate with an empty one.
pub(super) fn new_challenge() -> String {
    let mut bytes = [0; 16];
    match getrandom::fill(&mut bytes) {
        Ok(()) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        Err(failure) => {
            tracing::error!(%failure, "no random bytes: nobody can authenticate");
            String::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::new_challenge;

    #[test]
    fn nip42_01_challenges_are_long_and_differ() {
        let challenges: HashSet<String> = (0..1_000).map(|_| new_challenge()).collect();
        assert_eq!(challenges.len(), 1_000);
        assert!(challenges.iter().all(|challenge| challenge.len() == 32));
    }
}
