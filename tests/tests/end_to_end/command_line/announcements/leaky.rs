//! The way to a relay, which ends or stalls when so much has gone through: the relay has taken more
//! by then than the client knows.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What happens behind the first bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Nothing: everything goes through.
    Open,
    /// After so many bytes to the relay every connection ends, and none is made any more.
    Ends(usize),
    /// After so many bytes nothing goes through in either direction.
    Stalls(usize),
}

pub(crate) struct LeakyWay {
    port: u16,
    relay: SocketAddr,
    serving: JoinHandle<()>,
    state: Arc<watch::Sender<State>>,
}

#[derive(Clone, Copy)]
struct State {
    fate: Fate,
    /// Bytes to the relay.
    passed: usize,
}

impl State {
    fn is_over(self) -> bool {
        match self.fate {
            Fate::Open => false,
            Fate::Ends(bytes) | Fate::Stalls(bytes) => self.passed >= bytes,
        }
    }
}

impl LeakyWay {
    pub(crate) async fn to(relay: SocketAddr, fate: Fate) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        Self::serve(listener, port, relay, fate)
    }

    pub(crate) fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.port)
    }

    /// Waits until nothing goes through any more.
    pub(crate) async fn over(&self) {
        let mut state = self.state.subscribe();
        let over = state.wait_for(|state| state.is_over());
        crate::harness::within_deadline("the way to be over", over)
            .await
            .unwrap();
    }

    /// The same address leads to the relay again.
    pub(crate) async fn mended(self) -> Self {
        self.serving.abort();
        let _ = self.serving.await;
        // The listener is gone with its task, but perhaps a moment later.
        let listener = loop {
            match TcpListener::bind(("127.0.0.1", self.port)).await {
                Ok(listener) => break listener,
                Err(_) => tokio::task::yield_now().await,
            }
        };
        Self::serve(listener, self.port, self.relay, Fate::Open)
    }

    fn serve(listener: TcpListener, port: u16, relay: SocketAddr, fate: Fate) -> Self {
        let state = Arc::new(watch::Sender::new(State { fate, passed: 0 }));
        let serving = tokio::spawn(accept(listener, relay, Arc::clone(&state)));
        LeakyWay {
            port,
            relay,
            serving,
            state,
        }
    }
}

async fn accept(listener: TcpListener, relay: SocketAddr, state: Arc<watch::Sender<State>>) {
    let mut connections = tokio::task::JoinSet::new();
    let mut watched = state.subscribe();
    let has_ended = |state: &State| state.is_over() && matches!(state.fate, Fate::Ends(_));
    loop {
        let near = tokio::select! {
            accepted = listener.accept() => accepted.unwrap().0,
            // The listener and all connections go.
            () = async { drop(watched.wait_for(has_ended).await) } => return,
        };
        let far = TcpStream::connect(relay).await.unwrap();
        connections.spawn(carry(near, far, Arc::clone(&state)));
    }
}

async fn carry(near: TcpStream, far: TcpStream, state: Arc<watch::Sender<State>>) {
    let (from_near, to_near) = near.into_split();
    let (from_far, to_far) = far.into_split();
    tokio::join!(
        pump(from_near, to_far, &state, true),
        pump(from_far, to_near, &state, false)
    );
}

async fn pump(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    state: &watch::Sender<State>,
    is_counted: bool,
) {
    let mut buffer = [0; 1024];
    loop {
        let read = from.read(&mut buffer).await.unwrap_or(0);
        if read == 0 {
            let _ = to.shutdown().await;
            return;
        }
        if state.borrow().is_over() {
            // What stalls ends with its connection.
            std::future::pending::<()>().await;
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
        if is_counted {
            state.send_modify(|state| state.passed += read);
        }
    }
}
