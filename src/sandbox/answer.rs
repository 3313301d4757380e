//! Answers as they go over the wire, whole and otherwise.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use tokio::sync::watch;

use super::http::Response;
use super::shell::until;

/// Pieces of a slow body.
const PIECES: u32 = 20;

/// As it is.
pub(super) fn plain(response: Response) -> axum::response::Response {
    let body = Body::from(response.body);
    with_head(response.status, response.headers, body)
}

fn with_head(status: u16, headers: Vec<(&'static str, String)>, body: Body) -> axum::response::Response {
    let mut answer = axum::response::Response::new(body);
    *answer.status_mut() =
        axum::http::StatusCode::from_u16(status).unwrap_or(axum::http::StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in headers {
        if let Ok(value) = axum::http::HeaderValue::from_str(&value) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
}

/// A body that drips blanks until the sandbox stops: valid so far, and never whole.
pub(super) fn hanging(response: Response, stop: watch::Receiver<bool>) -> axum::response::Response {
    let drips = futures_util::stream::unfold(stop, |stop| async move {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(100)) => {
                Some((Ok::<_, Infallible>(Bytes::from_static(b" ")), stop))
            }
            () = until(stop.clone()) => None,
        }
    });
    with_head(response.status, response.headers, Body::from_stream(drips))
}

/// Half of the body, though the whole was announced; then the connection ends.
pub(super) fn cut_off(mut response: Response) -> axum::response::Response {
    let whole = response.body.len();
    response.body.truncate(whole / 2);
    response = response.with("content-length", whole.to_string());
    let half = Bytes::from(response.body);
    let pieces = futures_util::stream::unfold(Some(half), |half| async move {
        // What came before the end must have left before the end.
        if half.is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let piece = half.map_or_else(|| Err(io::Error::from(io::ErrorKind::ConnectionAborted)), Ok);
        Some((piece, None))
    });
    with_head(response.status, response.headers, Body::from_stream(pieces))
}

/// The whole body, in pieces over the time.
pub(super) fn dripping(
    response: Response,
    time: Duration,
    stop: watch::Receiver<bool>,
) -> axum::response::Response {
    let size = response.body.len().div_ceil(PIECES as usize).max(1);
    let pause = time / PIECES;
    let body = Bytes::from(response.body);
    let drips = futures_util::stream::unfold((body, stop), move |(mut rest, stop)| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {
                let piece = rest.split_to(size.min(rest.len()));
                Some((Ok::<_, Infallible>(piece), (rest, stop)))
            }
            () = until(stop.clone()) => None,
        }
    });
    with_head(response.status, response.headers, Body::from_stream(drips))
}
