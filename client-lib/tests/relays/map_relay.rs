//! A relay that announces what a test tells it to, and answers searches by place and time honestly,
//! wrongly, or not at all. It remembers what it was asked.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::{SinkExt, StreamExt};
use kith_client::Event;
use kith_nips::discovery::{SEARCH_EXTENSIONS, Setting, Sort};
use kith_nips::nip01::Filter;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{broadcast, watch};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use crate::support::EVENING;

/// What `open` would count from; nobody asks for it.
const NOW: u64 = EVENING - 86_400;

/// What one connection asked for and did not close.
type Subscriptions = Vec<(String, Vec<Filter>)>;

/// How it answers a filter with a search.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Temper {
    /// As `nips/discovery.md` says.
    Honest,
    /// As if the search were not there.
    Deaf,
    /// With everything that does not match, the last first.
    Perverse,
    /// With CLOSED.
    Unwilling,
}

pub struct MapRelay {
    pub url: String,
    state: Arc<State>,
}

/// What it says of itself.
pub struct Announcement {
    pub document: String,
    /// The header beside it.
    pub words: String,
}

struct State {
    announcement: Announcement,
    temper: Temper,
    /// Events in one answer, whatever the limit.
    cap: usize,
    events: Mutex<Vec<Event>>,
    asked: Mutex<Vec<Value>>,
    sent: Mutex<Vec<Event>>,
    news: broadcast::Sender<News>,
    /// Subscriptions of connections that live.
    open: watch::Sender<usize>,
    /// WebSockets that there were so far.
    connections: AtomicUsize,
}

#[derive(Clone)]
enum News {
    Event(Event),
    HangUp,
}

/// All words of a search, and perhaps the longest answer.
pub fn announcing_all(max_limit: Option<usize>) -> Announcement {
    let limitation = max_limit.map(|max| json!({"max_limit": max}));
    let document = json!({"supported_nips": [1, 11, 50], "limitation": limitation});
    Announcement {
        document: document.to_string(),
        words: SEARCH_EXTENSIONS.join(", "),
    }
}

impl MapRelay {
    /// Announces everything and does it, as much as is asked for.
    pub async fn honest() -> MapRelay {
        MapRelay::start(announcing_all(Some(500)), Temper::Honest, 500).await
    }

    /// Announces nothing.
    pub async fn plain() -> MapRelay {
        let nothing = Announcement {
            document: "{}".to_owned(),
            words: String::new(),
        };
        MapRelay::start(nothing, Temper::Unwilling, 500).await
    }

    /// Announces this and reads no searches.
    pub async fn announcing(document: Value) -> MapRelay {
        let announcement = Announcement {
            document: document.to_string(),
            words: String::new(),
        };
        MapRelay::start(announcement, Temper::Unwilling, 500).await
    }

    pub async fn start(announcement: Announcement, temper: Temper, cap: usize) -> MapRelay {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}", listener.local_addr().unwrap());
        let state = Arc::new(State {
            announcement,
            temper,
            cap,
            events: Mutex::default(),
            asked: Mutex::default(),
            sent: Mutex::default(),
            news: broadcast::channel(1024).0,
            open: watch::Sender::new(0),
            connections: AtomicUsize::new(0),
        });
        let serving = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&serving)));
            }
        });
        MapRelay { url, state }
    }

    /// Holds these from now on; an older version of the same address goes.
    pub fn hold(&self, events: impl IntoIterator<Item = Event>) {
        for event in events {
            let mut held = self.state.events.lock().unwrap();
            held.retain(|old| event.address().is_none() || old.address() != event.address());
            held.push(event.clone());
            drop(held);
            // Without a connection nobody hears it.
            let _ = self.state.news.send(News::Event(event));
        }
    }

    /// Waits until so many subscriptions are open.
    pub async fn has_open(&self, subscriptions: usize) {
        let mut open = self.state.open.subscribe();
        open.wait_for(|open| *open == subscriptions).await.unwrap();
    }

    /// Ends all connections; new ones are welcome.
    pub fn hang_up(&self) {
        let _ = self.state.news.send(News::HangUp);
    }

    /// How many connections there were so far; who only asks for the document does not count.
    pub fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }

    /// The filters that it was asked, in order.
    pub fn asked(&self) -> Vec<Value> {
        self.state.asked.lock().unwrap().clone()
    }

    /// The notes that it was sent, in order.
    pub fn sent(&self) -> Vec<Event> {
        self.state.sent.lock().unwrap().clone()
    }

    /// The searches that it was asked.
    pub fn searches(&self) -> Vec<String> {
        let search = |filter: &Value| filter["search"].as_str().map(str::to_owned);
        self.asked().iter().filter_map(search).collect()
    }
}

async fn serve(stream: TcpStream, state: Arc<State>) {
    let mut head = [0; 4096];
    let read = stream.peek(&mut head).await.unwrap_or_default();
    let head = String::from_utf8_lossy(&head[..read]).to_lowercase();
    match head.contains("upgrade: websocket") {
        true => talk(stream, state).await,
        false => describe(stream, &head, &state.announcement).await,
    }
}

/// The document as it is: also when it is none.
async fn describe(mut stream: TcpStream, head: &str, announcement: &Announcement) {
    let Announcement { document, words } = announcement;
    let status = match head.contains("accept: application/nostr+json") {
        true => "200 OK",
        false => "406 Not Acceptable",
    };
    let length = document.len();
    let announced = match words.is_empty() {
        true => String::new(),
        false => format!("Search-Extensions: {words}\r\n"),
    };
    let answer =
        format!("HTTP/1.1 {status}\r\n{announced}Content-Length: {length}\r\n\r\n{document}");
    let _ = stream.write_all(answer.as_bytes()).await;
    // Until the client has read it.
    let _ = stream.read(&mut [0; 4096]).await;
}

async fn talk(stream: TcpStream, state: Arc<State>) {
    let mut news = state.news.subscribe();
    // An answer follows an answer at once, without waiting for the client's acknowledgement.
    stream.set_nodelay(true).unwrap();
    let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else {
        return;
    };
    state.connections.fetch_add(1, Ordering::SeqCst);
    let mut subscriptions = Subscriptions::new();
    converse(&mut socket, &mut news, &state, &mut subscriptions).await;
    // With the connection go its subscriptions.
    let gone = subscriptions.len();
    state.open.send_modify(|open| *open -= gone);
}

async fn converse(
    socket: &mut WebSocketStream<TcpStream>,
    news: &mut broadcast::Receiver<News>,
    state: &State,
    subscriptions: &mut Subscriptions,
) {
    loop {
        let lines = tokio::select! {
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => heard(&text, state, subscriptions),
                Some(Ok(_)) => Vec::new(),
                Some(Err(_)) | None => return,
            },
            news = news.recv() => match news {
                Ok(News::Event(event)) => live(&event, state, subscriptions),
                Ok(News::HangUp) | Err(_) => return,
            },
        };
        for line in lines {
            if socket.feed(Message::text(line)).await.is_err() {
                return;
            }
        }
        if socket.flush().await.is_err() {
            return;
        }
    }
}

fn live(event: &Event, state: &State, subscriptions: &[(String, Vec<Filter>)]) -> Vec<String> {
    let matching = subscriptions
        .iter()
        .filter(|(_, filters)| filters.iter().any(|filter| matches(filter, event, state)));
    matching
        .map(|(id, _)| format!(r#"["EVENT","{id}",{}]"#, event.json()))
        .collect()
}

fn heard(text: &str, state: &State, subscriptions: &mut Subscriptions) -> Vec<String> {
    let message: Vec<Value> = serde_json::from_str(text).unwrap();
    let id = message[1].as_str().unwrap_or_default().to_owned();
    match message[0].as_str() {
        Some("CLOSE") => {
            let before = subscriptions.len();
            subscriptions.retain(|(open, _)| *open != id);
            let closed = before - subscriptions.len();
            state.open.send_modify(|open| *open -= closed);
        }
        Some("EVENT") => return taken(text, state),
        Some("REQ") => return asked(id, &message[2..], state, subscriptions),
        _ => {}
    }
    Vec::new()
}

/// Takes and holds whatever it is sent.
fn taken(text: &str, state: &State) -> Vec<String> {
    let message: Vec<&RawValue> = serde_json::from_str(text).unwrap();
    let event = Event::parse(message[1].get()).unwrap();
    state.sent.lock().unwrap().push(event.clone());
    state.events.lock().unwrap().push(event.clone());
    vec![json!(["OK", event.id().to_string(), true, ""]).to_string()]
}

fn asked(
    id: String,
    filters: &[Value],
    state: &State,
    subscriptions: &mut Subscriptions,
) -> Vec<String> {
    state.asked.lock().unwrap().extend(filters.iter().cloned());
    let read = |filter: &Value| Filter::parse(&filter.to_string()).unwrap();
    let filters: Vec<Filter> = filters.iter().map(read).collect();
    let searches = filters.iter().any(|filter| filter.search.is_some());
    if searches && state.temper == Temper::Unwilling {
        return vec![format!(
            r#"["CLOSED","{id}","unsupported: no search here"]"#
        )];
    }
    let mut lines = Vec::new();
    for filter in &filters {
        let limit = filter.limit.unwrap_or(state.cap).min(state.cap);
        let answer = answer(filter, state);
        let sent = answer.iter().take(limit);
        lines.extend(sent.map(|event| format!(r#"["EVENT","{id}",{}]"#, event.json())));
    }
    lines.push(format!(r#"["EOSE","{id}"]"#));
    subscriptions.push((id, filters));
    state.open.send_modify(|open| *open += 1);
    lines
}

fn matches(filter: &Filter, event: &Event, state: &State) -> bool {
    match (filter.search.is_some(), state.temper) {
        (false, _) | (true, Temper::Honest) => filter.matches(event, NOW),
        (true, Temper::Deaf) => filter.matches_without_search(event),
        (true, Temper::Perverse) => {
            filter.matches_without_search(event) && !filter.matches(event, NOW)
        }
        (true, Temper::Unwilling) => false,
    }
}

fn answer(filter: &Filter, state: &State) -> Vec<Event> {
    let held = state.events.lock().unwrap();
    let mut found: Vec<Event> = held
        .iter()
        .filter(|event| matches(filter, event, state))
        .cloned()
        .collect();
    found.sort_by_key(|event| (std::cmp::Reverse(event.created_at()), event.id()));
    let Some(search) = &filter.search else {
        return found;
    };
    match (state.temper, search.order()) {
        (Temper::Perverse, _) => found.reverse(),
        (Temper::Honest, Sort::Start) => {
            found.sort_by_key(|event| (Setting::of(event).start, event.id()));
        }
        (Temper::Honest, Sort::Distance) => found.sort_by(|a, b| {
            let distance = |event| search.discovery().distance_km(&Setting::of(event));
            let order = distance(a).total_cmp(&distance(b));
            order.then(a.id().cmp(&b.id()))
        }),
        _ => {}
    }
    found
}
