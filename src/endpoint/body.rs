//! Reading a body piece by piece: a small compressed body may unfold to gigabytes, and some never end.

use reqwest::Response;

use super::fault;

/// How reading a body ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// All of it came.
    Whole,
    /// It was larger than the cap; what is kept is its beginning.
    CutOff,
    /// It broke off, and how.
    Broken(String),
}

/// Up to `cap` bytes of the decompressed body as text, invalid UTF-8 replaced, and whether any was.
pub(super) async fn read(response: &mut Response, cap: usize, host: &str) -> (String, bool, End) {
    let mut bytes = Vec::new();
    let end = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                let room = cap.saturating_sub(bytes.len());
                bytes.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
                if chunk.len() > room {
                    break End::CutOff;
                }
            }
            Ok(None) => break End::Whole,
            Err(error) => break End::Broken(fault::words(error, host)),
        }
    };
    match String::from_utf8(bytes) {
        Ok(text) => (text, false, end),
        Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), true, end),
    }
}

/// A size as people say it.
pub(super) fn size(bytes: usize) -> String {
    match bytes {
        n if n >= 1 << 20 && n % (1 << 20) == 0 => format!("{} MB", n >> 20),
        n if n >= 1 << 10 && n % (1 << 10) == 0 => format!("{} KB", n >> 10),
        n => format!("{n} bytes"),
    }
}
