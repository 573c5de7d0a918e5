//! NEG-OPEN, NEG-MSG, NEG-CLOSE: comparing sets of events (NIP-77). The set is read page by page
//! through the same gate as the answer to a REQ; what is answered about it is `reconcile`'s.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{AbortRegistration, Abortable};
use kith_nips::nip77::Message;
use kith_nips::{Filter, Prefix, RelayMessage, SubscriptionId};
use tracing::error;

use super::comparisons::{CompareError, Compared, ComparisonKey, Taken};
use super::req::cannot_answer;
use super::state::{Done, Session};
use crate::gate::Question;
use crate::reconcile::{ReconcileError, RecordBounds, Records, TooMany};
use crate::refusal::Refusal;
use crate::store::{ScanOptions, Store};

/// Longest answer, in bytes before they are spelled in hex: many clients take no message of more
/// than 128 KiB.
const ANSWER_BYTES_MAX: usize = 60_000;

/// What an answer is wrapped in, in bytes: the verb, the id with every character escaped, quotes.
const WRAPPING_BYTES_MAX: usize = 512;

impl Session {
    /// Begins a comparison, in place of the one that has this id.
    pub(super) fn neg_open(&mut self, id: &SubscriptionId, filter: Filter, message: Message) {
        self.comparisons.close(id.as_str());
        let filters: Arc<[Filter]> = Arc::new([filter]);
        if let Err(refusal) = self.may_compare(&filters) {
            return self.refuse_comparison(id, &refusal, None);
        }
        let (key, registration) = self.comparisons.open(id);
        let store = Arc::clone(&self.context.store);
        let reconciler = Arc::clone(&self.context.reconciler);
        // A set is whole: only the filter's own limit counts.
        let options = self.reader.scan_options(usize::MAX, usize::MAX);
        let records = reconciler.begin(RecordBounds {
            set_max: self.limits.negentropy_records_max,
            total_max: self.limits.negentropy_records_total_max,
        });
        let answer_bytes_max = self.answer_bytes_max();
        self.work_on(key, registration, async move {
            let records = collect(store.as_ref(), filters, options, records).await?;
            Ok(reconciler.open(records, message, answer_bytes_max).await?)
        });
    }

    /// Goes on with a comparison.
    pub(super) fn neg_msg(&mut self, id: &SubscriptionId, message: Message) {
        let (prefix, reason) = match self.comparisons.take(id) {
            Taken::Set(key, set, registration) => {
                let reconciler = Arc::clone(&self.context.reconciler);
                let answer_bytes_max = self.answer_bytes_max();
                return self.work_on(key, registration, async move {
                    Ok(reconciler.answer(set, message, answer_bytes_max).await?)
                });
            }
            Taken::Busy => (
                Prefix::Invalid,
                "the message before this one has not been answered yet",
            ),
            Taken::Unknown => (Prefix::Closed, "nothing is compared under this id"),
        };
        self.comparisons.close(id.as_str());
        self.refuse_comparison(id, &Refusal::new(prefix, reason), None);
    }

    /// Ends a comparison, if it is open; no answer.
    pub(super) fn neg_close(&mut self, id: &SubscriptionId) {
        self.comparisons.close(id.as_str());
    }

    /// Ends the comparisons with which the client does not go on.
    pub(super) fn close_idle_comparisons(&mut self) {
        let idle = Duration::from_millis(self.limits.negentropy_idle_ms);
        let refusal = Refusal::new(Prefix::Closed, "the client did not go on in time");
        for id in self.comparisons.close_idle(idle) {
            self.refuse_comparison(&id, &refusal, None);
        }
    }

    /// Sends an answer, or the reason why there is none.
    pub(super) fn compared(
        &mut self,
        key: ComparisonKey,
        compared: Result<Compared, CompareError>,
    ) {
        let Some(id) = self.comparisons.id(key) else {
            return;
        };
        let failure = match compared {
            Ok((set, answer)) => {
                self.comparisons.answered(&id, set);
                return self.outbox.say(&RelayMessage::NegMsg {
                    subscription: &id,
                    message: &answer,
                });
            }
            Err(failure) => failure,
        };
        self.comparisons.close(id.as_str());
        let (refusal, records_max) = explain(&failure);
        if refusal.prefix == Prefix::Error {
            error!(%failure, "a comparison could not be answered");
        }
        self.refuse_comparison(&id, &refusal, records_max);
    }

    /// Refuses a comparison. Exactly one NEG-ERR is the whole answer.
    fn refuse_comparison(
        &mut self,
        id: &SubscriptionId,
        refusal: &Refusal,
        records_max: Option<u64>,
    ) {
        if refusal.prefix == Prefix::AuthRequired {
            self.challenge_once();
        }
        self.outbox.say(&RelayMessage::NegErr {
            subscription: id.as_str(),
            message: &refusal.to_string(),
            records_max,
        });
    }

    fn may_compare(&self, filters: &[Filter]) -> Result<(), Refusal> {
        if !self.limits.negentropy {
            return Err(Refusal::new(
                Prefix::Unsupported,
                "this relay does not compare sets",
            ));
        }
        self.may_ask(filters, Question::Events)?;
        let max = self.limits.negentropy_sessions_max;
        if self.comparisons.len() >= max {
            return Err(Refusal::new(
                Prefix::RateLimited,
                format!("more than {max} comparisons are open"),
            ));
        }
        Ok(())
    }

    /// Works on an answer while other messages are read.
    fn work_on(
        &mut self,
        key: ComparisonKey,
        registration: AbortRegistration,
        work: impl Future<Output = Result<Compared, CompareError>> + Send + 'static,
    ) {
        self.in_flight.queries += 1;
        self.work.push(Box::pin(async move {
            let compared = Abortable::new(work, registration).await;
            Done::Compared(key, compared.unwrap_or(Err(CompareError::Closed)))
        }));
    }

    /// An answer must fit into a message, spelled in hex.
    fn answer_bytes_max(&self) -> usize {
        let room = self
            .limits
            .message_bytes_max
            .saturating_sub(WRAPPING_BYTES_MAX);
        ANSWER_BYTES_MAX.min(room / 2)
    }
}

/// Reads the set page by page, so that other answers have their turn in between.
async fn collect(
    store: &dyn Store,
    filters: Arc<[Filter]>,
    options: ScanOptions,
    mut records: Records,
) -> Result<Records, CompareError> {
    let mut scan = Some(store.scan(filters, options).await?);
    while let Some(current) = scan {
        let (page, rest) = store.next_page(current).await?;
        records
            .add(&page.events)
            .map_err(|too_many| CompareError::TooMany(too_many, records.bounds()))?;
        scan = rest;
    }
    Ok(records)
}

/// What the client is told, and how many records there may be if there were too many.
fn explain(failure: &CompareError) -> (Refusal, Option<u64>) {
    match failure {
        CompareError::TooMany(TooMany::InSet, bounds) => {
            let max = bounds.set_max;
            let reason = format!("more than {max} records match, ask for fewer");
            let refusal = Refusal::new(Prefix::Blocked, reason);
            (refusal, u64::try_from(max).ok())
        }
        CompareError::TooMany(TooMany::InTotal, _) => {
            let reason = "the relay is comparing as much as it can, try again later";
            (Refusal::new(Prefix::RateLimited, reason), None)
        }
        CompareError::Reconcile(ReconcileError::Protocol(fault)) => {
            (Refusal::new(Prefix::Invalid, fault.to_string()), None)
        }
        CompareError::Reconcile(ReconcileError::Unfinished)
        | CompareError::Store(_)
        | CompareError::Closed => (cannot_answer(), None),
    }
}
