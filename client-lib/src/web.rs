//! One HTTP request to the address of a relay or a site, over a connection of its own. Redirects are not
//! followed, answers are bounded. Knows nothing of what is asked.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use http::header::HOST;
use http::request::Builder;
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use nostr_sdk::Url;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{InvalidDnsNameError, ServerName};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};

/// Most bytes of the head of the answer.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Addresses of one host that are looked at.
const ADDRESSES_MAX: usize = 16;

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WebError {
    #[error("the address has no host")]
    NoHost,
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    ServerName(#[from] InvalidDnsNameError),
    #[error(transparent)]
    Tls(#[from] rustls::Error),
    #[error(transparent)]
    Request(#[from] http::Error),
    #[error(transparent)]
    Http(#[from] hyper::Error),
    #[error("the answer has more than {0} bytes")]
    TooLarge(usize),
    #[error("the answer cannot be read: {0}")]
    Body(Box<dyn std::error::Error + Send + Sync>),
}

/// Sends a request to this address, of whatever scheme, and reads an answer of at most so many bytes.
/// The request has its method and headers; its target and host are set here. Whoever asks says how
/// long it may take.
pub(crate) async fn exchange(
    url: &Url,
    request: Builder,
    body: Bytes,
    body_bytes_max: usize,
) -> Result<Answer, WebError> {
    let (host, port) = authority(url)?;
    let stream = TcpStream::connect((host, port)).await?;
    exchange_on(url, stream, request, body, body_bytes_max).await
}

/// The same at one of these addresses and nowhere else: the name of the host is not looked up again.
pub(crate) async fn exchange_at(
    url: &Url,
    addresses: &[SocketAddr],
    request: Builder,
    body: Bytes,
    body_bytes_max: usize,
) -> Result<Answer, WebError> {
    let stream = TcpStream::connect(addresses).await?;
    exchange_on(url, stream, request, body, body_bytes_max).await
}

/// Where this address leads now, for [`exchange_at`].
pub(crate) async fn addresses(url: &Url) -> Result<Vec<SocketAddr>, WebError> {
    let found = lookup_host(authority(url)?).await?;
    Ok(found.take(ADDRESSES_MAX).collect())
}

fn authority(url: &Url) -> Result<(&str, u16), WebError> {
    let host = url.host_str().ok_or(WebError::NoHost)?;
    // An IPv6 address is in brackets in a URL, and nowhere else.
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let port = url.port_or_known_default().ok_or(WebError::NoHost)?;
    Ok((host, port))
}

async fn exchange_on(
    url: &Url,
    stream: TcpStream,
    request: Builder,
    body: Bytes,
    body_bytes_max: usize,
) -> Result<Answer, WebError> {
    match url.scheme() {
        "wss" | "https" => {
            let name = ServerName::try_from(authority(url)?.0.to_owned())?;
            let connector = TlsConnector::from(Arc::new(tls()?));
            let stream = connector.connect(name, stream).await?;
            exchange_over(url, stream, request, body, body_bytes_max).await
        }
        _ => exchange_over(url, stream, request, body, body_bytes_max).await,
    }
}

async fn exchange_over<S>(
    url: &Url,
    stream: S,
    request: Builder,
    body: Bytes,
    body_bytes_max: usize,
) -> Result<Answer, WebError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let mut builder = http1::Builder::new();
    builder.max_buf_size(HEAD_BYTES_MAX);
    let (mut sender, connection) = builder.handshake(TokioIo::new(stream)).await?;
    // The connection ends with this question, whatever comes of it.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let host = match (url.host_str().unwrap_or_default(), url.port()) {
        (host, Some(port)) => format!("{host}:{port}"),
        (host, None) => host.to_owned(),
    };
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let request = request
        .uri(target)
        .header(HOST, host)
        .body(Full::new(body))?;
    let answer = sender.send_request(request).await?;
    let (head, body) = answer.into_parts();
    let body = Limited::new(body, body_bytes_max);
    let body = body
        .collect()
        .await
        .map_err(|error| match error.is::<LengthLimitError>() {
            true => WebError::TooLarge(body_bytes_max),
            false => WebError::Body(error),
        });
    let body = body?.to_bytes();
    Ok(Answer {
        status: head.status,
        headers: head.headers,
        body,
    })
}

/// As the client pool speaks TLS.
fn tls() -> Result<ClientConfig, rustls::Error> {
    let roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_has_what_it_needs_in_this_build() {
        assert!(tls().is_ok());
    }
}
