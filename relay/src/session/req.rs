//! REQ: stored events page by page as the client reads them, EOSE, then new ones (NIP-01).
//!
//! The live subscription is opened before the store fixes what its answer covers, so nothing can
//! fall between the two; what is in both is told apart by its place in the log.

use std::collections::VecDeque;
use std::sync::Arc;

use kith_nips::nip01::EoseHint;
use kith_nips::{Filter, Prefix, RelayMessage, SubscriptionId};
use tracing::error;

use super::state::{Done, Session};
use crate::gate::Question;
use crate::refusal::Refusal;
use crate::store::{Completeness, Page, Scan, StoreError};
use crate::subscriptions::SubscriptionKey;

/// Pages that are read at once for one connection; further answers take turns.
const PAGES_IN_FLIGHT_MAX: usize = 4;

impl Session {
    /// Opens a subscription and begins its answer.
    pub(super) fn req(&mut self, id: &SubscriptionId, filters: Vec<Filter>) {
        if let Err(refusal) = self.may_open(id, &filters) {
            self.close(id.as_str());
            self.refuse(id, &refusal);
            return;
        }
        self.close(id.as_str());
        let filters: Arc<[Filter]> = filters.into();
        let key = self.subscriptions.open(id, Arc::clone(&filters));
        self.answer_request(key, filters);
    }

    /// Asks the store for the answer to a query that was counted as in flight.
    pub(super) fn begin(&mut self, key: SubscriptionKey, filters: Arc<[Filter]>) {
        let store = Arc::clone(&self.context.store);
        let mut options = self
            .reader
            .scan_options(self.limits.limit_default, self.limits.limit_max);
        options.completeness = self.limits.eose_hint;
        self.work.push(Box::pin(async move {
            let scan = match store.respelled(filters).await {
                Ok(filters) => store.scan(filters, options).await,
                Err(failure) => Err(failure),
            };
            Done::Begun(key, scan)
        }));
    }

    fn may_open(&self, id: &SubscriptionId, filters: &[Filter]) -> Result<(), Refusal> {
        self.may_ask(filters, Question::Events)?;
        self.may_ask_for_invites(filters)?;
        let max = self.limits.subscriptions_max;
        // Replacing an open one opens none.
        if self.subscriptions.key(id.as_str()).is_none() && self.subscriptions.len() >= max {
            return Err(Refusal::new(
                Prefix::RateLimited,
                format!("more than {max} subscriptions are open"),
            ));
        }
        Ok(())
    }

    /// What REQ and COUNT have in common.
    pub(super) fn may_ask(&self, filters: &[Filter], question: Question) -> Result<(), Refusal> {
        if self.reader.keys().is_empty() && self.context.admission.policy().auth_required {
            return Err(Refusal::new(
                Prefix::AuthRequired,
                "this relay answers only after authentication",
            ));
        }
        if !self.limits.search && filters.iter().any(|filter| filter.search.is_some()) {
            return Err(Refusal::new(
                Prefix::Unsupported,
                "this relay does not search texts",
            ));
        }
        self.reader.may_ask(filters, question)
    }

    /// The store has begun an answer: its pages may be asked for.
    pub(super) fn begun(&mut self, key: SubscriptionKey, scan: Result<Scan, StoreError>) {
        match scan {
            Ok(scan) => {
                // Closed or replaced meanwhile: nobody waits for the pages.
                if self.subscriptions.id(key).is_some() {
                    self.subscriptions.covers(key, scan.upto());
                    self.scans.push_back((key, scan));
                }
            }
            Err(failure) => self.store_failed(key, &failure),
        }
    }

    /// Asks for the next pages in turn, while there is room for them.
    pub(super) fn ask_pages(&mut self) {
        while self.outbox.has_room() && self.in_flight.pages < PAGES_IN_FLIGHT_MAX {
            let Some((key, scan)) = self.scans.pop_front() else {
                // Most connections ask once and then listen for hours.
                self.scans = VecDeque::new();
                return;
            };
            let page = self.context.store.next_page(scan);
            self.in_flight.pages += 1;
            self.work
                .push(Box::pin(async move { Done::Page(key, page.await) }));
        }
    }

    /// Sends a page, and EOSE after the last.
    pub(super) fn page(
        &mut self,
        key: SubscriptionKey,
        page: Result<(Page, Option<Scan>), StoreError>,
    ) {
        let (page, rest) = match page {
            Ok(page) => page,
            Err(failure) => return self.store_failed(key, &failure),
        };
        let Some(id) = self.subscriptions.id(key) else {
            return;
        };
        for event in &page.events {
            self.outbox.say(&RelayMessage::Event {
                subscription: id,
                event,
            });
        }
        if let Some(scan) = rest {
            self.scans.push_back((key, scan));
            return;
        }
        if let Some((id, held)) = self.subscriptions.completed(key) {
            self.outbox.say(&RelayMessage::Eose {
                subscription: &id,
                hint: self.hint(page.completeness),
            });
            self.released.extend(held);
        }
    }

    /// What EOSE says of stored events that were not sent (NIP-67).
    fn hint(&self, completeness: Option<Completeness>) -> Option<EoseHint> {
        match completeness {
            _ if !self.limits.eose_hint => None,
            Some(Completeness::Complete) => Some(EoseHint::Finish),
            Some(Completeness::Cut) => Some(EoseHint::More),
            Some(Completeness::Unknown) | None => None,
        }
    }

    fn store_failed(&mut self, key: SubscriptionKey, failure: &StoreError) {
        error!(%failure, "a subscription could not be answered");
        if let Some(id) = self.subscriptions.close_key(key) {
            self.refuse(&id, &cannot_answer());
        }
    }
}

/// What a client is told when the store fails; the operator reads more in the log.
pub(super) fn cannot_answer() -> Refusal {
    Refusal::new(Prefix::Error, "the store could not answer, try again")
}
