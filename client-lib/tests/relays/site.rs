//! A site on this machine, for the files of identifiers (NIP-05).

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use kith_client::Identifier;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A site that answers every request with the same bytes, and remembers the heads of the requests.
pub struct Site {
    pub address: SocketAddr,
    state: Arc<Mutex<State>>,
}

struct State {
    answer: Vec<u8>,
    /// Whether the connection stays open behind the answer.
    holds: bool,
    asked: Vec<String>,
}

impl Site {
    pub async fn start(answer: Vec<u8>) -> Site {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State {
            answer,
            holds: false,
            asked: Vec::new(),
        }));
        let serving = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&serving)));
            }
        });
        Site { address, state }
    }

    pub fn identifier(&self, name: &str) -> Identifier {
        self.text(name).parse().unwrap()
    }

    pub fn text(&self, name: &str) -> String {
        format!("{name}@{}", self.address)
    }

    pub fn answers(&self, answer: Vec<u8>) {
        self.state.lock().unwrap().answer = answer;
    }

    /// From now on connections stay open behind the answer.
    pub fn holds(&self) {
        self.state.lock().unwrap().holds = true;
    }

    pub fn asked(&self) -> Vec<String> {
        self.state.lock().unwrap().asked.clone()
    }
}

async fn serve(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else {
            return;
        };
        head.push(byte);
    }
    let (answer, holds) = {
        let mut state = state.lock().unwrap();
        state.asked.push(String::from_utf8(head).unwrap());
        (state.answer.clone(), state.holds)
    };
    // Who asked may have gone when they read enough.
    let _ = stream.write_all(&answer).await;
    while holds && stream.read_u8().await.is_ok() {}
}

pub fn status(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n{body}").into_bytes()
}

pub fn file(body: &str) -> Vec<u8> {
    status("200 OK", "", body)
}
