//! One port for everything: accepts sockets within their ceilings, reads the head of a request in
//! bounded time and space, turns an upgrade into a session and hands everything else to `http`.
//!
//! One task serves one socket from its first byte to its last. Knows no verb of the protocol and
//! no page.

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tokio::time;
use tracing::{debug, error, warn};

use crate::config::Live;
use crate::http::{ClientAddress, Stopping, is_file_of_names, is_management, readable_everywhere};
use crate::session::{self, Ending, SessionContext};

mod ceiling;
mod client_address;
mod upgrade;

use ceiling::Place;
pub(crate) use ceiling::{Ceiling, Full};
use upgrade::Refused;

/// Sockets that may speak HTTP at once, beyond as many as may become WebSockets.
const HTTP_SOCKETS_SPARE: usize = 1_024;
/// The same for one address.
const HTTP_SOCKETS_PER_ADDRESS_SPARE: usize = 64;
/// Sockets of a blocked address at once: enough for an administrator to unblock it.
const BLOCKED_SOCKETS_PER_ADDRESS: usize = 4;
/// The system gave no socket (too many are open, say); try again after this.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Sessions end by themselves within the grace period; a little later they are ended.
const GRACE_MARGIN: Duration = Duration::from_secs(1);

/// Everything that answers on the port.
pub(crate) struct Server {
    config: Live,
    http: TowerToHyperService<Router>,
    context: SessionContext,
    /// Sockets that speak HTTP.
    sockets: Arc<Ceiling>,
    /// Sockets that became WebSockets.
    websockets: Arc<Ceiling>,
    builder: http1::Builder,
}

/// An upgrade that was answered with 101 and waits for the HTTP connection to let go.
struct Upgrading {
    socket: OnUpgrade,
    place: Place,
    client: IpAddr,
}

impl Server {
    /// Answers with `http` and `context`; `websockets` counts what became a WebSocket.
    pub(crate) fn new(
        config: Live,
        http: Router,
        context: SessionContext,
        websockets: Arc<Ceiling>,
    ) -> Self {
        let settings = &config.current().server;
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(Duration::from_secs(settings.request_head_timeout_seconds))
            .max_buf_size(settings.request_head_bytes_max);
        Server {
            http: TowerToHyperService::new(http),
            context,
            sockets: Arc::default(),
            websockets,
            builder,
            config,
        }
    }

    /// Serves until `shutdown`, then lets open connections take leave, within the grace period.
    pub(crate) async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        let server = Arc::new(self);
        let (stopping, stop) = watch::channel(false);
        let mut connections = JoinSet::new();
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            tokio::select! {
                biased;
                () = &mut shutdown => break,
                Some(ended) = connections.join_next() => report(ended),
                (stream, peer) = accept(&listener) => {
                    if let Some(place) = server.socket_place(peer) {
                        let server = Arc::clone(&server);
                        connections.spawn(server.connection(stream, peer, place, stop.clone()));
                    }
                }
            }
        }
        drop(listener);
        stopping.send_replace(true);
        let grace = server.config.current().server.shutdown_grace_seconds;
        let all_gone = async {
            while let Some(ended) = connections.join_next().await {
                report(ended);
            }
        };
        if time::timeout(Duration::from_secs(grace) + GRACE_MARGIN, all_gone)
            .await
            .is_err()
        {
            warn!(
                open = server.websockets.total(),
                "the grace period is over, closing what is still open"
            );
            connections.shutdown().await;
        }
    }

    fn socket_place(&self, peer: IpAddr) -> Option<Place> {
        let config = self.config.current();
        let trusted = config.server.trusted_proxies.iter();
        let is_proxy = trusted
            .into_iter()
            .any(|proxy| proxy.to_canonical() == peer);
        let address_max = match is_proxy {
            true => usize::MAX,
            false if self.context.gate.blocks(peer) => BLOCKED_SOCKETS_PER_ADDRESS,
            false => config
                .limits
                .connections_per_address_max
                .saturating_add(HTTP_SOCKETS_PER_ADDRESS_SPARE),
        };
        let total_max = config
            .limits
            .connections_max
            .saturating_add(HTTP_SOCKETS_SPARE);
        self.sockets.take(peer, total_max, address_max).ok()
    }

    /// One socket, from its first request to the end of its session.
    ///
    /// What serves HTTP is in one box and the session in the next, so that neither is in the memory
    /// of the other.
    fn connection(
        self: Arc<Self>,
        stream: TcpStream,
        peer: IpAddr,
        place: Place,
        stop: watch::Receiver<bool>,
    ) -> impl Future<Output = ()> {
        let upgraded = Box::pin(self.upgraded(stream, peer, place, stop));
        async move {
            if let Some((session, _place)) = upgraded.await {
                let ending = session.await;
                debug!(?ending, "a session ended");
            }
        }
    }

    /// Speaks HTTP, and gives the session if the socket became a WebSocket.
    async fn upgraded(
        self: Arc<Self>,
        stream: TcpStream,
        peer: IpAddr,
        place: Place,
        stop: watch::Receiver<bool>,
    ) -> Option<(Pin<Box<impl Future<Output = Ending>>>, Place)> {
        let upgrading = self.http_connection(stream, peer, stop.clone()).await;
        drop(place);
        let Upgrading {
            socket,
            place,
            client,
        } = upgrading?;
        let parts = match socket
            .await
            .map(|socket| socket.downcast::<TokioIo<TcpStream>>())
        {
            Ok(Ok(parts)) => parts,
            Ok(Err(_)) => {
                error!("an upgraded connection is no TCP stream");
                return None;
            }
            Err(error) => {
                debug!(%error, "an upgrade was not completed");
                return None;
            }
        };
        let session = session::run(
            parts.io.into_inner(),
            parts.read_buf.into(),
            self.context.clone(),
            client,
            stop,
        );
        Some((Box::pin(session), place))
    }

    /// Speaks HTTP until the client leaves, the relay stops, or the socket is a WebSocket.
    async fn http_connection(
        &self,
        stream: TcpStream,
        peer: IpAddr,
        stop: watch::Receiver<bool>,
    ) -> Option<Upgrading> {
        let upgrading = Mutex::new(None);
        {
            let service = service_fn(|request| self.answer(request, peer, &upgrading, &stop));
            let io = TokioIo::new(stream);
            let mut http =
                std::pin::pin!(self.builder.serve_connection(io, service).with_upgrades());
            let mut stop = stop.clone();
            let stopped = async { drop(stop.wait_for(|stopped| *stopped).await) };
            let result = tokio::select! {
                result = http.as_mut() => result,
                () = stopped => {
                    http.as_mut().graceful_shutdown();
                    http.await
                }
            };
            if let Err(error) = result {
                debug!(%error, "an HTTP connection ended early");
            }
        }
        upgrading
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Whatever is answered where the names are asked for, a page of another site may read it (NIP-05).
    async fn answer(
        &self,
        request: Request<Incoming>,
        peer: IpAddr,
        upgrading: &Mutex<Option<Upgrading>>,
        stop: &watch::Receiver<bool>,
    ) -> Result<Response<Body>, Infallible> {
        let is_names = is_file_of_names(request.uri().path());
        let mut response = self.answer_to(request, peer, upgrading, stop).await?;
        if is_names {
            readable_everywhere(&mut response);
        }
        Ok(response)
    }

    async fn answer_to(
        &self,
        mut request: Request<Incoming>,
        peer: IpAddr,
        upgrading: &Mutex<Option<Upgrading>>,
        stop: &watch::Receiver<bool>,
    ) -> Result<Response<Body>, Infallible> {
        let trusted = &self.config.current().server.trusted_proxies;
        let client = client_address::client_address(peer, request.headers(), trusted);
        // An administrator must be able to take back a block of the own address.
        let may_manage = is_management(request.method(), request.headers());
        if self.context.gate.blocks(client) && !may_manage {
            return Ok(Refused::Blocked.response());
        }
        if !upgrade::is_upgrade(&request) {
            let extensions = request.extensions_mut();
            extensions.insert(ClientAddress(client));
            extensions.insert(Stopping(stop.clone()));
            return self.http.call(request.map(Body::new)).await;
        }
        if *stop.borrow() {
            return Ok(Refused::Stopping.response());
        }
        Ok(match self.upgrade(&mut request, client) {
            Ok((response, begun)) => {
                *upgrading.lock().unwrap_or_else(PoisonError::into_inner) = Some(begun);
                response
            }
            Err(refused) => refused.response(),
        })
    }

    fn upgrade(
        &self,
        request: &mut Request<Incoming>,
        client: IpAddr,
    ) -> Result<(Response<Body>, Upgrading), Refused> {
        let config = self.config.current();
        if request.uri().path() != config.server.path {
            return Err(Refused::NoSuchPath);
        }
        let accept_key = upgrade::accept_key(request)?;
        let limits = &config.limits;
        let place = self
            .websockets
            .take(
                client,
                limits.connections_max,
                limits.connections_per_address_max,
            )
            .map_err(|full| match full {
                Full::Relay => Refused::RelayFull,
                Full::Address => Refused::AddressFull,
            })?;
        let socket = hyper::upgrade::on(request);
        let upgrading = Upgrading {
            socket,
            place,
            client,
        };
        Ok((upgrade::switching(&accept_key), upgrading))
    }
}

async fn accept(listener: &TcpListener) -> (TcpStream, IpAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Answers are written whole; waiting to fill packets would only delay them.
                let _ = stream.set_nodelay(true);
                return (stream, peer.ip().to_canonical());
            }
            Err(error) => {
                warn!(%error, "a connection could not be accepted");
                time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn report(ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        error!("the task of a connection panicked");
    }
}

#[cfg(test)]
mod tests;
