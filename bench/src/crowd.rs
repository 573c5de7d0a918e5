//! Many connections that hold one subscription each and listen. Knows not what for.

use std::cell::Cell;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;

use anyhow::{Context, anyhow};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;

use crate::answer::Answer;
use crate::client::{Connection, Ear, Target, refusal};
use crate::frame;

/// Connections that are being opened at the same time.
const OPENING_MAX: usize = 64;
/// Connections of a crowd from one address of this machine: relays bound how many they take.
const CONNECTIONS_PER_ADDRESS: usize = 100;
/// The first address that a connection comes from; the machine has all of 127.0.0.0/8.
const FIRST_SOURCE: u32 = 0x7f00_0002;
/// Files that are open beside the connections.
const OTHER_FILES: u64 = 64;

/// What listeners do with a live event.
pub type OnEvent = Rc<dyn Fn(&[u8])>;

/// The listeners. Dropping it ends their connections.
pub struct Crowd {
    listeners: JoinSet<anyhow::Result<Infallible>>,
}

/// What listeners tell the crowd while it gathers.
struct Gate {
    permits: Semaphore,
    listening: Cell<usize>,
    changed: Notify,
}

impl Crowd {
    /// Opens a connection for each of `filters`, subscribes, and waits until all have their EOSE.
    /// To be run in a `LocalSet`.
    ///
    /// # Errors
    /// Too many open files; a relay that takes not all of them.
    pub async fn gather(
        target: &Target,
        filters: Vec<String>,
        ear: &Ear,
        on_event: &OnEvent,
    ) -> anyhow::Result<Crowd> {
        allow_open_files(filters.len() as u64 + OTHER_FILES)?;
        let wanted = filters.len();
        let gate = Rc::new(Gate {
            permits: Semaphore::new(OPENING_MAX),
            listening: Cell::new(0),
            changed: Notify::new(),
        });
        let mut listeners = JoinSet::new();
        for (number, filter) in filters.into_iter().enumerate() {
            let (target, ear, gate) = (target.clone(), ear.clone(), Rc::clone(&gate));
            let on_event = Rc::clone(on_event);
            listeners.spawn_local(async move {
                let connection = subscribe(&target, number, &filter, &ear, &gate).await?;
                listen(connection, ear, on_event).await
            });
        }
        let mut crowd = Crowd { listeners };
        while gate.listening.get() < wanted {
            tokio::select! {
                () = gate.changed.notified() => {}
                lost = crowd.lost() => {
                    let listening = gate.listening.get();
                    return Err(lost.context(format!("with {listening} of {wanted} connections")));
                }
            }
        }
        Ok(crowd)
    }

    /// Waits until a listener is lost, and says why.
    pub async fn lost(&mut self) -> anyhow::Error {
        match self.listeners.join_next().await {
            Some(Ok(Err(lost))) => lost,
            Some(Err(failed)) => failed.into(),
            // Nobody listens, so nobody can be lost.
            None | Some(Ok(Ok(_))) => std::future::pending().await,
        }
    }
}

async fn subscribe(
    target: &Target,
    number: usize,
    filter: &str,
    ear: &Ear,
    gate: &Gate,
) -> anyhow::Result<Connection> {
    let _permit = gate.permits.acquire().await?;
    let source = source(target, number);
    let mut connection = Connection::open(target, source).await.context("opening")?;
    let question = format!(r#"["REQ","s",{filter}]"#);
    connection.send(&frame::text(&question)).await?;
    let mut end = None;
    while end.is_none() {
        let read = connection.receive(ear, |message| match Answer::read(message) {
            Answer::Eose { .. } => end = Some(Ok(())),
            Answer::Closed { .. } => end = Some(Err(refusal(message))),
            _ => {}
        });
        read.await?;
    }
    end.unwrap_or(Ok(()))?;
    gate.listening.set(gate.listening.get() + 1);
    gate.changed.notify_one();
    Ok(connection)
}

async fn listen(
    mut connection: Connection,
    ear: Ear,
    on_event: OnEvent,
) -> anyhow::Result<Infallible> {
    loop {
        let mut closed = None;
        let heard = |message: &[u8]| match Answer::read(message) {
            Answer::Event { .. } => on_event(message),
            Answer::Closed { .. } => closed = Some(refusal(message)),
            _ => {}
        };
        connection.receive(&ear, heard).await?;
        if let Some(closed) = closed {
            return Err(closed);
        }
    }
}

/// Where a connection comes from, if the relay is on this machine.
fn source(target: &Target, number: usize) -> Option<IpAddr> {
    let is_here = target.address().is_ipv4() && target.address().ip().is_loopback();
    let address = u32::try_from(number / CONNECTIONS_PER_ADDRESS).ok()? + FIRST_SOURCE;
    is_here.then(|| IpAddr::V4(Ipv4Addr::from(address)))
}

/// Raises the limit of open files of this process if it must be.
fn allow_open_files(wanted: u64) -> anyhow::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= wanted) {
        return Ok(());
    }
    let maximum = limit.maximum;
    let raised = Rlimit {
        current: Some(wanted),
        maximum,
    };
    setrlimit(Resource::Nofile, raised).map_err(|error| {
        anyhow!("{wanted} open files are needed, and the limit is {maximum:?} ({error}): ulimit -n")
    })
}
