//! A client as light as can be: one connection, bytes in and out, plain NIP-01. Knows no relay and
//! measures nothing.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, ready};
use std::time::Duration;

use anyhow::{Context, anyhow, bail, ensure};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpSocket, TcpStream, lookup_host};

use crate::answer::Answer;
use crate::frame::{self, Reader};

/// How long a relay may be silent before the run fails.
const SILENCE_SECONDS_MAX: u64 = 60;
/// The longest head of an answer to the upgrade.
const HEAD_BYTES_MAX: usize = 16 * 1024;
/// What is read at once: shared by all connections of a thread, so that a connection costs nothing.
const SCRATCH_BYTES: usize = 256 * 1024;

/// Where a relay is.
#[derive(Debug, Clone)]
pub struct Target {
    address: SocketAddr,
    host: String,
    path: String,
}

impl Target {
    /// Reads ws://host:port/path and looks the host up.
    ///
    /// # Errors
    /// Another scheme; an unknown host.
    pub async fn find(relay: &str) -> anyhow::Result<Target> {
        let url: http::Uri = relay.parse().with_context(|| relay.to_owned())?;
        ensure!(
            url.scheme_str() == Some("ws"),
            "{relay} is not a ws:// address"
        );
        let host = url.authority().context("an address without a host")?;
        let with_port = match host.port() {
            Some(_) => host.to_string(),
            None => format!("{host}:80"),
        };
        let mut found = lookup_host(&with_port)
            .await
            .with_context(|| relay.to_owned())?;
        Ok(Target {
            address: found.next().with_context(|| relay.to_owned())?,
            host: host.to_string(),
            path: url.path().to_owned(),
        })
    }
}

impl Target {
    /// The address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The host as it was written, with the port.
    pub fn host(&self) -> &str {
        &self.host
    }
}

/// What all connections of a thread share: the buffer that they read into, so that a connection
/// costs nothing, and how often anything was heard.
#[derive(Debug, Clone)]
pub struct Ear(Rc<State>);

#[derive(Debug)]
struct State {
    scratch: RefCell<Vec<u8>>,
    heard: Cell<u64>,
}

impl Ear {
    /// For a new run.
    pub fn new() -> Ear {
        Ear(Rc::new(State {
            scratch: RefCell::new(vec![0; SCRATCH_BYTES]),
            heard: Cell::new(0),
        }))
    }
}

/// One connection.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    reader: Reader,
    /// What came with the answer to the upgrade.
    early: Vec<u8>,
    /// Questions so far: each has a name of its own, because answers to an old one may come late.
    asked: u64,
}

impl Connection {
    /// Connects, from the address `source` of this machine if there is one.
    ///
    /// # Errors
    /// Nobody is there, or it is no relay.
    pub async fn open(target: &Target, source: Option<IpAddr>) -> anyhow::Result<Connection> {
        let socket = match target.address {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        if let Some(source) = source {
            socket.bind(SocketAddr::new(source, 0))?;
        }
        let mut stream = socket.connect(target.address).await?;
        stream.set_nodelay(true)?;
        let early = upgrade(&mut stream, target).await?;
        Ok(Connection {
            stream,
            reader: Reader::default(),
            early,
            asked: 0,
        })
    }

    /// Sends all of these frames.
    ///
    /// # Errors
    /// The connection is lost.
    pub async fn send(&mut self, frames: &[u8]) -> io::Result<()> {
        self.stream.write_all(frames).await
    }

    /// Sends as much as goes without waiting; 0 when nothing does.
    ///
    /// # Errors
    /// The connection is lost.
    pub fn send_some(&mut self, frames: &[u8]) -> io::Result<usize> {
        match self.stream.try_write(frames) {
            Err(full) if full.kind() == io::ErrorKind::WouldBlock => Ok(0),
            sent => sent,
        }
    }

    /// Waits until something was read, and calls `on_message` with each message that is complete
    /// then; or, if `also_room`, until there is room to write.
    ///
    /// # Errors
    /// The connection is lost or ended, or the relay breaks the protocol.
    pub async fn hear(
        &mut self,
        ear: &Ear,
        also_room: bool,
        mut on_message: impl FnMut(&[u8]),
    ) -> anyhow::Result<()> {
        if !self.early.is_empty() {
            let early = std::mem::take(&mut self.early);
            return self.reader.take(&early, &mut on_message);
        }
        poll_fn(|context| {
            let mut scratch = ear.0.scratch.borrow_mut();
            let mut read = ReadBuf::new(&mut scratch);
            match Pin::new(&mut self.stream).poll_read(context, &mut read)? {
                Poll::Ready(()) if read.filled().is_empty() => {
                    Poll::Ready(Err(anyhow!("the relay closed the connection")))
                }
                Poll::Ready(()) => {
                    ear.0.heard.set(ear.0.heard.get() + 1);
                    Poll::Ready(self.reader.take(read.filled(), &mut on_message))
                }
                Poll::Pending if also_room => {
                    ready!(self.stream.poll_write_ready(context))?;
                    Poll::Ready(Ok(()))
                }
                Poll::Pending => Poll::Pending,
            }
        })
        .await
    }

    /// As [`Connection::hear`], and answers pings. Not while a frame is sent in part.
    ///
    /// # Errors
    /// As [`Connection::hear`].
    pub async fn receive(
        &mut self,
        ear: &Ear,
        on_message: impl FnMut(&[u8]),
    ) -> anyhow::Result<()> {
        self.hear(ear, false, on_message).await?;
        self.answer_pings().await
    }

    /// Sends what pings ask for. Not while a frame is sent in part.
    ///
    /// # Errors
    /// The connection is lost.
    pub async fn answer_pings(&mut self) -> anyhow::Result<()> {
        if let Some(pongs) = self.reader.take_pongs() {
            self.send(&pongs).await?;
        }
        Ok(())
    }

    /// Asks one question and waits for its stored events, which go to `on_event`. Gives their
    /// number. The subscription is closed again.
    ///
    /// # Errors
    /// As [`Connection::stored`].
    pub async fn ask(
        &mut self,
        ear: &Ear,
        filters: &str,
        mut on_event: impl FnMut(&[u8]),
    ) -> anyhow::Result<u64> {
        let mut events = 0;
        let counted = |message: &[u8]| {
            events += 1;
            on_event(message);
        };
        self.stored(ear, filters, counted).await?;
        self.close().await?;
        Ok(events)
    }

    /// As [`Connection::ask`], and leaves the subscription open: returns at once when the answer is
    /// there.
    ///
    /// # Errors
    /// The connection is lost; the relay refuses, or is silent for too long.
    pub async fn stored(
        &mut self,
        ear: &Ear,
        filters: &str,
        mut on_event: impl FnMut(&[u8]),
    ) -> anyhow::Result<()> {
        self.asked += 1;
        let name = format!("q{}", self.asked);
        let question = format!(r#"["REQ","{name}",{filters}]"#);
        self.send(&frame::text(&question)).await?;
        let mut end = None;
        while end.is_none() {
            let silence = Duration::from_secs(SILENCE_SECONDS_MAX);
            let reading = self.receive(ear, |message| match Answer::read(message) {
                answer if answer.subscription() != Some(name.as_bytes()) => {}
                Answer::Event { .. } if end.is_none() => on_event(message),
                Answer::Event { .. } => {}
                Answer::Eose { .. } => end = Some(Ok(())),
                _ => end = Some(Err(refusal(message))),
            });
            let read = tokio::time::timeout(silence, reading).await;
            read.context("the relay is silent")??;
        }
        end.unwrap_or(Ok(())).context(question)
    }

    /// Closes the subscription of the last question.
    ///
    /// # Errors
    /// The connection is lost.
    pub async fn close(&mut self) -> anyhow::Result<()> {
        let close = format!(r#"["CLOSE","q{}"]"#, self.asked);
        Ok(self.send(&frame::text(&close)).await?)
    }
}

/// Runs `work`, which listens with `ear`; fails when nothing more is heard.
///
/// # Errors
/// What `work` says; silence.
pub async fn unless_silent<T>(
    ear: &Ear,
    work: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    let silence = async {
        let mut last = u64::MAX;
        while ear.0.heard.get() != last {
            last = ear.0.heard.get();
            tokio::time::sleep(Duration::from_secs(SILENCE_SECONDS_MAX)).await;
        }
    };
    tokio::select! {
        result = work => result,
        () = silence => bail!("the relay was silent for {SILENCE_SECONDS_MAX} s"),
    }
}

/// What a relay said, as an error.
pub fn refusal(message: &[u8]) -> anyhow::Error {
    anyhow!("the relay said {}", String::from_utf8_lossy(message))
}

/// Asks for a WebSocket (RFC 6455 §4.1) without extensions; gives what came behind the answer.
async fn upgrade(stream: &mut TcpStream, target: &Target) -> anyhow::Result<Vec<u8>> {
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: a2l0aC1iZW5jaC1jbGllbg==\r\n\
         User-Agent: kith-bench\r\n\r\n",
        target.path, target.host
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::with_capacity(1_024);
    loop {
        let read = stream.read_buf(&mut answer).await?;
        if let Some(end) = memchr::memmem::find(&answer, b"\r\n\r\n") {
            let status = answer
                .split(|byte| *byte == b'\r')
                .next()
                .unwrap_or_default();
            let upgraded = status.windows(5).any(|window| window == b" 101 ");
            ensure!(
                upgraded,
                "the relay answered {}",
                String::from_utf8_lossy(status)
            );
            return Ok(answer.split_off(end + 4));
        }
        ensure!(read > 0, "the relay closed the connection");
        ensure!(
            answer.len() <= HEAD_BYTES_MAX,
            "the answer to the upgrade is too long"
        );
    }
}
