//! What went wrong on the wire, in words. Never with the URL: filters hold people's names.

use std::error::Error as _;
use std::io;

use super::excerpt::excerpt;

/// One sentence without full stop, for example "a.example refused the connection".
pub(super) fn words(error: reqwest::Error, host: &str) -> String {
    let error = error.without_url();
    if error.is_dns() {
        return format!("the host name in {host} was not found");
    }
    if error.is_timeout() {
        return if error.is_connect() {
            format!("{host} did not accept a connection in time")
        } else {
            format!("{host} did not answer in time")
        };
    }
    let (io, last) = chain(&error);
    let detail = excerpt(last.split(" (os error").next().unwrap_or(&last), 160);
    match io {
        Some(io::ErrorKind::ConnectionRefused) => {
            format!("{host} refused the connection: nothing listens on that port")
        }
        Some(io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable) => {
            format!("there is no route to {host}")
        }
        _ if error.is_connect() && last.contains("certificate") => {
            format!("the certificate of {host} is not trusted ({detail})")
        }
        _ if error.is_connect() => format!("no connection to {host} ({detail})"),
        _ if error.is_decode() => format!("the answer of {host} could not be unpacked ({detail})"),
        _ if error.is_body() => format!("the answer of {host} broke off ({detail})"),
        _ => format!("the connection to {host} broke before a whole answer came ({detail})"),
    }
}

/// The kind of the innermost input/output error, and the innermost text.
fn chain(error: &reqwest::Error) -> (Option<io::ErrorKind>, String) {
    let mut kind = None;
    let mut last = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(inner) = inner.downcast_ref::<io::Error>() {
            kind = Some(inner.kind());
        }
        last = inner.to_string();
        source = inner.source();
    }
    (kind, last)
}
