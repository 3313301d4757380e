//! Servers that answer what no server should: bytes as they are told, on a free loopback port.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use scimdeck::domain::Secret;
use scimdeck::endpoint::{Endpoint, EndpointConfig};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::nowhere::Folder;
pub(crate) use crate::nowhere::SCIM as CANARY;

/// A request as it arrived.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// Path and query, still encoded.
    pub(crate) target: String,
    /// By lower-case name.
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
}

impl Seen {
    /// A query parameter, undecoded.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let (_, query) = self.target.split_once('?')?;
        query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }

    pub(crate) fn number(&self, name: &str) -> usize {
        self.query(name).expect(name).parse().expect(name)
    }
}

/// What to do with a request.
pub(crate) enum Reply {
    /// Write these bytes and close.
    Bytes(Vec<u8>),
    /// Write the first, then the second until nobody reads any more.
    Endless(Vec<u8>, Vec<u8>),
    /// Write these bytes and go silent without closing.
    Hang(Vec<u8>),
}

/// A whole answer with its length.
pub(crate) fn answer(status: u16, content_type: &str, body: &str) -> Reply {
    with(status, &format!("content-type: {content_type}\r\n"), body.as_bytes())
}

/// A SCIM answer.
pub(crate) fn scim(status: u16, body: &str) -> Reply {
    answer(status, "application/scim+json", body)
}

/// A whole answer with these header lines.
pub(crate) fn with(status: u16, headers: &str, body: &[u8]) -> Reply {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status} X\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n");
    Reply::Bytes([head.as_bytes(), body].concat())
}

pub(crate) struct Server {
    pub(crate) base: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: tokio::task::JoinHandle<()>,
    /// Nothing is written, but much is logged.
    _folder: Folder,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Answers the n-th request (from 0) as told.
    pub(crate) async fn start(reply: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}/scim/v2", listener.local_addr().expect("an address"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (all, reply) = (Arc::clone(&seen), Arc::new(reply));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (all, reply) = (Arc::clone(&all), Arc::clone(&reply));
                tokio::spawn(async move { serve(stream, &all, reply.as_ref()).await });
            }
        });
        Self { base, seen, task, _folder: Folder::new() }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("the list").clone()
    }

    pub(crate) fn config(&self) -> EndpointConfig {
        EndpointConfig::new(&self.base, Secret::new(CANARY))
    }

    pub(crate) fn endpoint(&self) -> Endpoint {
        Endpoint::new(self.config()).expect("an endpoint")
    }
}

async fn serve(
    mut stream: TcpStream,
    all: &Mutex<Vec<Seen>>,
    reply: &(dyn Fn(usize, &Seen) -> Reply + Sync),
) {
    let Some(request) = read(&mut stream).await else { return };
    let reply = {
        let mut all = all.lock().expect("the list");
        all.push(request.clone());
        reply(all.len() - 1, &request)
    };
    match reply {
        Reply::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Reply::Endless(head, piece) => {
            let mut open = stream.write_all(&head).await.is_ok();
            while open {
                open = stream.write_all(&piece).await.is_ok();
            }
        }
        Reply::Hang(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.read(&mut [0]).await;
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let headers: HashMap<_, _> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length: usize = headers.get("content-length").and_then(|l| l.parse().ok()).unwrap_or(0);
    while bytes.len() < end + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some(Seen {
        method: first.next()?.to_owned(),
        target: first.next()?.to_owned(),
        headers,
        body: String::from_utf8_lossy(&bytes[end..]).into_owned(),
    })
}
