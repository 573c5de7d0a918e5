//! Numbers of the running relay: one line of JSON every few seconds, for as long as somebody reads. So one
//! signature is enough for as long as a page is looked at.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use http::{HeaderValue, StatusCode};
use kith_nips::PublicKey;
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::MEDIA_TYPE;
use crate::admit::Admission;
use crate::http::administrators::{Asked, failed};
use crate::http::{Sources, allow_every_origin, insert};
use crate::server::Ceiling;
use crate::store::StoreError;
use crate::subscriptions::Subscriptions;

/// Between two lines.
const PAUSE: Duration = Duration::from_secs(3);
/// Lines of one answer: ten minutes. Whoever still looks asks again.
const LINES_MAX: u32 = 200;
/// Administrators who look at once.
const WATCHING_MAX: usize = 16;

/// One line for each reading.
const LINES_TYPE: &str = "application/x-ndjson";

/// A proxy that collects what comes would show nothing.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// What is counted while the relay runs.
#[derive(Clone)]
pub(crate) struct Measured {
    /// WebSockets that are open.
    pub(crate) connections: Arc<Ceiling>,
    /// Subscriptions that are open.
    pub(crate) subscriptions: Arc<Subscriptions>,
    /// What became of events.
    pub(crate) admission: Arc<Admission>,
    /// When the relay began to serve.
    pub(crate) since: Instant,
}

/// Turns true when the relay stops: then nobody is waited for.
#[derive(Debug, Clone)]
pub(crate) struct Stopping(pub(crate) watch::Receiver<bool>);

/// Places for those who look.
#[derive(Debug, Clone)]
pub(in crate::http) struct Watching(Arc<Semaphore>);

impl Default for Watching {
    fn default() -> Self {
        Watching(Arc::new(Semaphore::new(WATCHING_MAX)))
    }
}

/// One line.
#[derive(Debug, Serialize)]
struct Numbers {
    /// WebSockets that are open.
    connections: usize,
    /// Subscriptions that are open.
    subscriptions: usize,
    /// Events that are stored.
    events: u64,
    /// Events that were taken since the start, those of others that came again too.
    taken: u64,
    /// Events that were refused since the start.
    refused: u64,
    /// Of these, what came too fast.
    rate_limited: u64,
    /// Members of the relay.
    members: usize,
    /// Since the start, in seconds.
    uptime_seconds: u64,
}

/// What one answer is made of.
struct Lines {
    sources: Sources,
    by: PublicKey,
    stop: watch::Receiver<bool>,
    left: u32,
    _place: OwnedSemaphorePermit,
}

/// Begins to answer.
pub(super) fn answer(sources: &Sources, asked: &Asked) -> Response {
    let stopping = asked.extensions.get::<Stopping>();
    let place = Arc::clone(&sources.watching.0).try_acquire_owned().ok();
    let (Some(Stopping(stop)), Some(place)) = (stopping, place) else {
        let reason = "too many look at the numbers already";
        return failed(MEDIA_TYPE, StatusCode::TOO_MANY_REQUESTS, reason);
    };
    let lines = Lines {
        sources: sources.clone(),
        by: asked.by,
        stop: stop.clone(),
        left: LINES_MAX,
        _place: place,
    };
    let lines = stream::unfold(lines, |lines| async move {
        let (line, lines) = lines.next().await?;
        Some((Ok::<_, Infallible>(line), lines))
    });
    let mut response = Response::new(Body::from_stream(lines));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(LINES_TYPE));
    insert(&mut response, CACHE_CONTROL, "no-store");
    insert(&mut response, BUFFERING, "no");
    allow_every_origin(&mut response);
    response
}

impl Lines {
    /// The next line, when it is time; none when it is over.
    async fn next(mut self) -> Option<(Bytes, Self)> {
        if self.left < LINES_MAX {
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                _ = self.stop.wait_for(|stopping| *stopping) => {}
            }
        }
        let config = self.sources.config.current();
        let may_look = config.policy.administrators.contains(&self.by);
        if *self.stop.borrow() || !may_look || self.left == 0 {
            return None;
        }
        self.left -= 1;
        let numbers = self.sources.numbers().await.ok()?;
        let mut line = serde_json::to_vec(&numbers).ok()?;
        line.push(b'\n');
        Some((line.into(), self))
    }
}

impl Sources {
    async fn numbers(&self) -> Result<Numbers, StoreError> {
        let measured = &self.measured;
        let tallied = measured.admission.tally().read();
        let standing = self.management.standing();
        Ok(Numbers {
            connections: measured.connections.total(),
            subscriptions: measured.subscriptions.len(),
            events: self.store.status().await?.events,
            taken: tallied.taken,
            refused: tallied.refused,
            rate_limited: tallied.rate_limited,
            members: standing.membership.members().len(),
            uptime_seconds: measured.since.elapsed().as_secs(),
        })
    }
}
