//! NEG-OPEN, NEG-MSG, NEG-CLOSE: comparing sets of events (NIP-77).

use kith_nips::{Prefix, RelayMessage, SubscriptionId};

use super::state::Session;
use crate::refusal::Refusal;

impl Session {
    /// Begins a comparison.
    pub(super) fn neg_open(&mut self, id: &SubscriptionId) {
        let refusal = Refusal::new(Prefix::Unsupported, "this relay does not compare sets");
        self.refuse_comparison(id, &refusal);
    }

    /// Goes on with a comparison.
    pub(super) fn neg_msg(&mut self, id: &SubscriptionId) {
        let refusal = Refusal::new(Prefix::Closed, "nothing is compared under this id");
        self.refuse_comparison(id, &refusal);
    }

    fn refuse_comparison(&mut self, id: &SubscriptionId, refusal: &Refusal) {
        self.outbox.say(&RelayMessage::NegErr {
            subscription: id.as_str(),
            message: &refusal.to_string(),
            records_max: None,
        });
    }
}
