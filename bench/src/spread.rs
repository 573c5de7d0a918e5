//! Many connections on one thread. One thread serves thousands of them, and leaves the other
//! processors to the relay.

use tokio::task::{JoinHandle, LocalSet};

use crate::client::{Ear, unless_silent};

/// Runs `work` for each of `parts` at the same time; gives what each gave, in order.
///
/// # Errors
/// What the first of them says that failed; a relay that is silent for too long.
pub async fn spread<P, T, W>(
    parts: impl IntoIterator<Item = P>,
    ear: &Ear,
    mut work: impl FnMut(P, Ear) -> W,
) -> anyhow::Result<Vec<T>>
where
    T: 'static,
    W: Future<Output = anyhow::Result<T>> + 'static,
{
    let local = LocalSet::new();
    let running: Vec<JoinHandle<anyhow::Result<T>>> = parts
        .into_iter()
        .map(|part| local.spawn_local(work(part, ear.clone())))
        .collect();
    let all = async {
        let mut done = Vec::with_capacity(running.len());
        for one in running {
            done.push(one.await??);
        }
        Ok(done)
    };
    local.run_until(unless_silent(ear, all)).await
}
