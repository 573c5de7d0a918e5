//! Boundaries of time that are one second wide, without sleeping. Relay and test read the same
//! clock.

use crate::events::now;
use crate::harness::within_deadline;

/// Gives the time to `attempt` and what it returns to the caller, once both fell into the same
/// second: then the relay has read the same time.
pub(crate) async fn in_one_second<T>(mut attempt: impl AsyncFnMut(u64) -> T) -> T {
    let attempts = async {
        loop {
            let began = now();
            let result = attempt(began).await;
            if now() == began {
                return result;
            }
        }
    };
    within_deadline("an answer within one second of the clock", attempts).await
}

/// Asks again and again until the clock says `end`: what began before it must hold until then,
/// and must not from then on.
pub(crate) async fn holds_until(end: u64, mut question: impl AsyncFnMut() -> bool) {
    let questions = async {
        loop {
            let began = now();
            let holds = question().await;
            if now() < end {
                assert!(holds, "ended before its time");
            }
            if began >= end {
                assert!(!holds, "goes on after its time");
                return;
            }
        }
    };
    within_deadline("the end of something", questions).await;
}
