//! Bodies of requests, read within their bounds.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::StatusCode;
use http_body_util::{BodyExt, LengthLimitError, Limited};

/// A body must have arrived within this time.
const BODY_TIME_MAX: Duration = Duration::from_secs(10);

/// Why a body cannot be used: the status of the answer, and the reason.
pub(super) type Unread = (StatusCode, String);

/// Reads a body of at most `bytes_max`.
pub(super) async fn read(body: Body, bytes_max: usize) -> Result<Bytes, Unread> {
    let limited = Limited::new(body, bytes_max).collect();
    match tokio::time::timeout(BODY_TIME_MAX, limited).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err((
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("the body is longer than {bytes_max} bytes"),
        )),
        Ok(Err(_)) => Err((
            StatusCode::BAD_REQUEST,
            "the body did not arrive".to_owned(),
        )),
        Err(_) => Err((
            StatusCode::REQUEST_TIMEOUT,
            format!(
                "the body did not arrive within {} seconds",
                BODY_TIME_MAX.as_secs()
            ),
        )),
    }
}
