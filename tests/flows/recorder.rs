//! A line between client and sandbox that keeps every request whole, and can answer in the sandbox's place.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// Below the SCIM root, decoded.
    pub(crate) target: String,
    /// By lower-case name.
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Option<Value>,
}

/// Status and body in the sandbox's place; none lets the request through.
type Instead = Box<dyn FnMut(&Seen) -> Option<(u16, String)> + Send>;

#[derive(Default)]
struct State {
    seen: Mutex<Vec<Seen>>,
    instead: Mutex<Option<Instead>>,
}

pub(crate) struct Recorder {
    address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Recorder {
    /// To the host of this base URL.
    pub(crate) async fn to(base_url: &str) -> Self {
        let upstream: SocketAddr = base_url.split('/').nth(2).expect("a host").parse().expect("an address");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let state: Arc<State> = Arc::default();
        let all = state.clone();
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, upstream, all.clone()));
            }
        });
        Self { address, state, task }
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/scim/v2", self.address)
    }

    /// The requests since the last time this was asked.
    pub(crate) fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut self.state.seen.lock().expect("no panic"))
    }

    /// From now on this decides first.
    pub(crate) fn instead(&self, answer: impl FnMut(&Seen) -> Option<(u16, String)> + Send + 'static) {
        *self.state.instead.lock().expect("no panic") = Some(Box::new(answer));
    }
}

/// One request and its answer; then the connection is closed.
async fn pass(mut client: TcpStream, upstream: SocketAddr, state: Arc<State>) -> Option<()> {
    let (head, body) = read(&mut client).await?;
    let seen = parse(&head, &body)?;
    let instead = state.instead.lock().expect("no panic").as_mut().and_then(|answer| answer(&seen));
    state.seen.lock().expect("no panic").push(seen);
    if let Some((status, body)) = instead {
        let length = body.len();
        let kind = "content-type: application/scim+json\r\nconnection: close\r\n";
        let answer = format!("HTTP/1.1 {status} X\r\n{kind}content-length: {length}\r\n\r\n{body}");
        client.write_all(answer.as_bytes()).await.ok()?;
        return client.shutdown().await.ok();
    }
    let mut server = TcpStream::connect(upstream).await.ok()?;
    let head = head.trim_end_matches("\r\n");
    server.write_all(format!("{head}\r\nconnection: close\r\n\r\n").as_bytes()).await.ok()?;
    server.write_all(&body).await.ok()?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await.ok()?;
    client.write_all(&answer).await.ok()?;
    client.shutdown().await.ok()
}

async fn read(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
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
    let length = headers(&head).get("content-length").and_then(|l| l.parse().ok()).unwrap_or(0);
    while bytes.len() < end + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some((head, bytes.split_off(end)))
}

fn headers(head: &str) -> HashMap<String, String> {
    let pairs = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    pairs.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect()
}

fn parse(head: &str, body: &[u8]) -> Option<Seen> {
    let mut first = head.lines().next()?.split(' ');
    Some(Seen {
        method: first.next()?.to_owned(),
        target: decode(first.next()?.strip_prefix("/scim/v2")?),
        headers: headers(head),
        body: serde_json::from_slice(body).ok(),
    })
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match (first, code.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            (first, _) => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
