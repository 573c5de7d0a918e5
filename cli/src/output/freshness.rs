//! What is said beside an answer when it is not of this moment, or did not reach a relay.

use jiff::Timestamp;
use kith_client::{Freshness, Outgoings};
use serde::Serialize;

/// What is said beside an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beside {
    /// Set when it came from the cache.
    pub freshness: Option<FreshnessView>,
    /// What did not reach a relay.
    pub warnings: Vec<String>,
}

/// How old an answer is that came from the cache. Absent when relays answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FreshnessView {
    /// `cache`.
    pub source: &'static str,
    /// When relays last told the oldest part of it; Unix seconds; `null` when nothing was known.
    pub as_of_unix: Option<u64>,
}

impl Beside {
    /// For what was read and published during a run.
    pub fn new(freshness: Freshness, outgoings: &Outgoings) -> Self {
        let freshness = match freshness {
            Freshness::Relays => None,
            Freshness::Cache { as_of } => Some(FreshnessView {
                source: "cache",
                as_of_unix: as_of,
            }),
        };
        let mut warnings: Vec<String> = freshness.iter().map(FreshnessView::in_words).collect();
        warnings.extend(waiting(outgoings));
        Self {
            freshness,
            warnings,
        }
    }
}

impl FreshnessView {
    fn in_words(&self) -> String {
        let at = self.as_of_unix.and_then(|at| i64::try_from(at).ok());
        match at.and_then(|at| Timestamp::from_second(at).ok()) {
            Some(at) => format!(
                "no relay answered: this is what was read before, parts of it last on {}",
                at.strftime("%a %-d %b %Y, %H:%M UTC")
            ),
            None => "no relay answered, and nothing about this was read before".to_owned(),
        }
    }
}

/// The relays that something waits for, in one line.
fn waiting(outgoings: &Outgoings) -> Option<String> {
    if outgoings.waits_for.is_empty() {
        return None;
    }
    let relays = outgoings.waits_for.iter().map(ToString::to_string);
    let relays = relays.collect::<Vec<_>>().join("; ");
    let start = match outgoings.queued {
        0 => "not everywhere yet",
        _ => "signed and queued, on no relay yet",
    };
    Some(format!(
        "{start}; `kith outbox` shows what waits for {relays}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_of_this_moment_needs_no_word() {
        let beside = Beside::new(Freshness::Relays, &Outgoings::default());
        assert_eq!(beside, Beside::default());
        let old = Freshness::Cache {
            as_of: Some(1_796_322_600),
        };
        let beside = Beside::new(old, &Outgoings::default());
        assert_eq!(
            beside.warnings,
            [
                "no relay answered: this is what was read before, parts of it last on \
              Thu 3 Dec 2026, 18:30 UTC"
            ]
        );
        let nothing = Beside::new(Freshness::Cache { as_of: None }, &Outgoings::default());
        assert!(nothing.warnings[0].contains("nothing about this"));
    }
}
