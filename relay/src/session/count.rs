//! COUNT: a number, and a sketch of the authors where NIP-45 defines one.

use std::sync::Arc;

use kith_nips::nip45::HyperLogLog;
use kith_nips::{Filter, Prefix, RelayMessage, SubscriptionId};
use tracing::error;

use super::req::cannot_answer;
use super::state::{Counted, Done, Session};
use crate::gate::Question;
use crate::refusal::Refusal;
use crate::store::{ScanOptions, Store, StoreError};

impl Session {
    /// Begins to count. Subscriptions are not touched, also one of the same name.
    pub(super) fn count(&mut self, query: SubscriptionId, mut filters: Vec<Filter>) {
        let allowed = match self.limits.count {
            true => self.may_ask(&filters, Question::Number),
            false => Err(Refusal::new(
                Prefix::Unsupported,
                "this relay does not count",
            )),
        };
        if let Err(refusal) = allowed {
            return self.refuse(&query, &refusal);
        }
        for filter in &mut filters {
            filter.limit = None;
        }
        let options = self.reader.scan_options(usize::MAX, usize::MAX);
        let store = Arc::clone(&self.context.store);
        let sketch_events_max = self.limits.count_sketch_events_max;
        self.in_flight.queries += 1;
        self.work.push(Box::pin(async move {
            let counted = count(store.as_ref(), filters.into(), options, sketch_events_max).await;
            Done::Counted(query, counted)
        }));
    }

    /// Sends the number.
    pub(super) fn counted(&mut self, query: &SubscriptionId, counted: Result<Counted, StoreError>) {
        match counted {
            Ok(Counted { count, hll }) => self.outbox.say(&RelayMessage::Count {
                query,
                count,
                hll: hll.as_deref(),
            }),
            Err(failure) => {
                error!(%failure, "a count could not be answered");
                self.refuse(query, &cannot_answer());
            }
        }
    }
}

async fn count(
    store: &dyn Store,
    filters: Arc<[Filter]>,
    options: ScanOptions,
    sketch_events_max: u64,
) -> Result<Counted, StoreError> {
    let filters = store.respelled(filters).await?;
    let count = store.count(Arc::clone(&filters), options.clone()).await?;
    let sketch = match &*filters {
        [filter] if count <= sketch_events_max => HyperLogLog::for_filter(filter),
        _ => None,
    };
    let hll = match sketch {
        Some(sketch) => Some(authors(store, filters, options, sketch).await?.to_hex()),
        None => None,
    };
    Ok(Counted { count, hll })
}

/// Reads the events page by page and keeps nothing but the registers of `sketch`.
async fn authors(
    store: &dyn Store,
    filters: Arc<[Filter]>,
    options: ScanOptions,
    mut sketch: HyperLogLog,
) -> Result<HyperLogLog, StoreError> {
    let mut scan = Some(store.scan(filters, options).await?);
    while let Some(current) = scan {
        let (page, rest) = store.next_page(current).await?;
        for event in &page.events {
            sketch.add(&event.pubkey());
        }
        scan = rest;
    }
    Ok(sketch)
}
