//! A client that compares its events with a relay's (NIP-77), by somebody else's implementation.

use std::collections::BTreeSet;
use std::sync::Arc;

use negentropy::{Id, Negentropy, NegentropyStorageVector};

use super::fact::Fact;
use crate::events::hex;

/// A comparison under way.
pub(crate) struct Comparison {
    client: Negentropy<'static, NegentropyStorageVector>,
    have: Vec<Id>,
    need: Vec<Id>,
}

impl Comparison {
    /// Begins to compare these events; gives the first message, in hex.
    pub(crate) fn begin(own: Vec<&Arc<Fact>>) -> Result<(Self, String), String> {
        let begin = || {
            let mut set = NegentropyStorageVector::new();
            for fact in own {
                set.insert(
                    fact.created_at,
                    Id::new(bytes(&fact.id).try_into().unwrap()),
                )?;
            }
            set.seal()?;
            let mut client = Negentropy::owned(set, 0)?;
            let first = hex(&client.initiate()?);
            let comparison = Comparison {
                client,
                have: Vec::new(),
                need: Vec::new(),
            };
            Ok((comparison, first))
        };
        begin().map_err(|failure: negentropy::Error| failure.to_string())
    }

    /// Takes an answer; gives the next message, if one is needed.
    pub(crate) fn next(&mut self, answer: &str) -> Result<Option<String>, String> {
        let next = self
            .client
            .reconcile_with_ids(&bytes(answer), &mut self.have, &mut self.need)
            .map_err(|failure| failure.to_string())?;
        Ok(next.map(|message| hex(&message)))
    }

    /// What only the client has, and what only the relay has.
    pub(crate) fn differences(self) -> (BTreeSet<String>, BTreeSet<String>) {
        let ids = |ids: Vec<Id>| ids.iter().map(|id| hex(id.as_bytes())).collect();
        (ids(self.have), ids(self.need))
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}
