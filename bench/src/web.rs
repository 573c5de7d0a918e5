//! Pages of a relay over HTTP, one connection for all of them. Knows no page.

use anyhow::{Context, ensure};
use http::header::{CONTENT_TYPE, HOST};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::client::Target;

/// The longest page that is read.
const PAGE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A connection that is kept.
pub struct Web {
    sender: SendRequest<Empty<Bytes>>,
    host: String,
}

/// What came.
#[derive(Debug)]
pub struct Page {
    /// What it is, as its header says.
    pub content_type: String,
    /// All of it.
    pub body: Bytes,
}

impl Web {
    /// Connects to where the relay is.
    ///
    /// # Errors
    /// Nobody is there.
    pub async fn open(target: &Target) -> anyhow::Result<Web> {
        let stream = TcpStream::connect(target.address()).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // It ends with the sender; what goes wrong before, the sender is told.
        tokio::spawn(connection);
        Ok(Web {
            sender,
            host: target.host().to_owned(),
        })
    }

    /// Gets a page; `None` when there is none (404).
    ///
    /// # Errors
    /// The connection is lost; another status than 200; a page that is too long.
    pub async fn get(&mut self, path: &str) -> anyhow::Result<Option<Page>> {
        let request = Request::get(path)
            .header(HOST, &self.host)
            .body(Empty::new())?;
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, PAGE_BYTES_MAX).collect().await;
        let body = body
            .map_err(anyhow::Error::from_boxed)
            .context(path.to_owned())?;
        if head.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        ensure!(head.status == StatusCode::OK, "{path}: {}", head.status);
        let content_type = head
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        Ok(Some(Page {
            content_type: content_type.unwrap_or_default().to_owned(),
            body: body.to_bytes(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// Answers each request on one connection with the next of these.
    async fn serve(listener: TcpListener, answers: &[&str]) {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut read = Vec::new();
        for answer in answers {
            while !read.ends_with(b"\r\n\r\n") {
                assert!(stream.read_buf(&mut read).await.unwrap() > 0);
            }
            read.clear();
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    }

    #[test]
    fn pages_come_over_one_connection_and_some_are_not_there() {
        let work = async {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            let url = format!("ws://{}", listener.local_addr()?);
            let answers = [
                "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 3\r\n\r\none",
                "HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\nnone",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\ntw\r\n1\r\no\r\n0\r\n\r\n",
                "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n",
            ];
            let asking = async {
                let mut web = Web::open(&Target::find(&url).await?).await?;
                let one = web.get("/one").await?.context("a page")?;
                assert_eq!(
                    (&*one.body, &*one.content_type),
                    (&b"one"[..], "text/plain")
                );
                assert!(web.get("/none").await?.is_none());
                let two = web.get("/two").await?.context("a page")?;
                assert_eq!(&*two.body, b"two");
                let refused = web.get("/busy").await.unwrap_err();
                assert_eq!(refused.to_string(), "/busy: 503 Service Unavailable");
                Ok(())
            };
            tokio::join!(serve(listener, &answers), asking).1
        };
        crate::block_on(work).unwrap();
    }
}
