//! A line between client and endpoint that knows where requests and answers begin and end. It stands still at a chosen
//! boundary, so that the client can be killed exactly there.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::OwnedReadHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::home::PATIENCE;

/// A request that came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) body: Value,
}

#[derive(Default)]
struct State {
    upstream: Mutex<String>,
    asked: Mutex<Vec<Asked>>,
    /// Boundaries left until the line stands still; 0: it never does.
    left: AtomicUsize,
    stands: Notify,
    came: Notify,
}

pub(crate) struct Line {
    port: u16,
    state: Arc<State>,
}

/// A request or an answer: its first line and all its bytes.
struct Message {
    first: String,
    head: usize,
    bytes: Vec<u8>,
}

impl State {
    /// Passes a boundary, or stays there for ever.
    async fn pass(&self) {
        let before = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
        if before == Ok(1) {
            self.stands.notify_one();
            std::future::pending::<()>().await;
        }
    }
}

impl Line {
    pub(crate) async fn to(authority: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let state: Arc<State> = Arc::default();
        let shared = state.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, shared.clone()));
            }
        });
        let line = Self { port, state };
        line.lead_to(authority);
        line
    }

    /// Another endpoint from now on, and nothing was asked yet.
    pub(crate) fn lead_to(&self, authority: &str) {
        authority.clone_into(&mut self.state.upstream.lock().expect("no panic"));
        self.state.asked.lock().expect("no panic").clear();
    }

    pub(crate) fn base(&self) -> String {
        format!("http://127.0.0.1:{}/scim/v2", self.port)
    }

    /// Stands still at the nth boundary from now on: a request came, its answer came, half of the answer went on.
    pub(crate) fn stand_at(&self, n: usize) {
        self.state.left.store(n, Ordering::SeqCst);
    }

    /// Returns once it stands.
    pub(crate) async fn stands(&self) {
        self.state.stands.notified().await;
    }

    /// Nothing stands from now on. Whether it was still on its way to the boundary.
    pub(crate) fn go_on(&self) -> bool {
        self.state.left.swap(0, Ordering::SeqCst) > 0
    }

    /// Waits until what was asked is so.
    pub(crate) async fn until(&self, so: impl Fn(&[Asked]) -> bool) {
        while !so(&self.asked()) {
            tokio::time::timeout(PATIENCE, self.state.came.notified()).await.expect("another request comes");
        }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.state.asked.lock().expect("no panic").clone()
    }
}

async fn message(from: &mut BufReader<OwnedReadHalf>) -> Option<Message> {
    let (mut first, mut bytes, mut length) = (String::new(), Vec::new(), 0);
    loop {
        let mut line = Vec::new();
        if from.read_until(b'\n', &mut line).await.ok()? == 0 {
            return None;
        }
        bytes.extend_from_slice(&line);
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        if text.is_empty() {
            break;
        }
        if first.is_empty() {
            first.clone_from(&text);
        }
        if let Some((name, value)) = text.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok()?;
        }
    }
    let head = bytes.len();
    bytes.resize(head + length, 0);
    from.read_exact(&mut bytes[head..]).await.ok()?;
    Some(Message { first, head, bytes })
}

/// Either side may hang up at any time.
async fn carry(client: TcpStream, state: Arc<State>) -> Option<()> {
    let upstream = state.upstream.lock().expect("no panic").clone();
    let server = TcpStream::connect(upstream).await.ok()?;
    server.set_nodelay(true).ok()?;
    client.set_nodelay(true).ok()?;
    let (from_client, mut to_client) = client.into_split();
    let (from_server, mut to_server) = server.into_split();
    let (mut from_client, mut from_server) = (BufReader::new(from_client), BufReader::new(from_server));
    while let Some(request) = message(&mut from_client).await {
        let mut words = request.first.split(' ').map(str::to_owned);
        let asked = Asked {
            method: words.next().unwrap_or_default(),
            target: words.next().unwrap_or_default(),
            body: serde_json::from_slice(&request.bytes[request.head..]).unwrap_or_default(),
        };
        state.asked.lock().expect("no panic").push(asked);
        state.came.notify_one();
        state.pass().await;
        to_server.write_all(&request.bytes).await.ok()?;
        let answer = message(&mut from_server).await?;
        state.pass().await;
        let half = (answer.head + answer.bytes.len()) / 2;
        to_client.write_all(&answer.bytes[..half]).await.ok()?;
        state.pass().await;
        to_client.write_all(&answer.bytes[half..]).await.ok()?;
    }
    None
}
