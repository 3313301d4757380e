//! A line to the sandbox that is honest until it is told to attack.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// Path and query, still encoded.
    pub(crate) target: String,
    raw: Vec<u8>,
}

impl Seen {
    /// A list, with or without filter.
    pub(crate) fn list(&self) -> bool {
        self.method == "GET" && self.target.starts_with("/scim/v2/Users?")
    }
}

/// What to do with a request.
pub(crate) enum Reply {
    /// As the sandbox answers.
    Honest,
    /// The sandbox's answer, its body changed.
    Twisted(Box<dyn Fn(String) -> String + Send>),
    /// These bytes, then the end.
    Bytes(Vec<u8>),
    /// The first once, the second for ever.
    Endless(Vec<u8>, Vec<u8>),
    /// The first once, then the second byte by byte, slowly and for ever.
    Drip(Vec<u8>, u8),
}

/// A whole answer with these header lines.
pub(crate) fn with(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status} X\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

/// A whole SCIM answer.
pub(crate) fn scim(status: u16, body: impl AsRef<[u8]>) -> Reply {
    Reply::Bytes(with(status, "content-type: application/scim+json\r\n", body.as_ref()))
}

pub(crate) type Attack = Arc<dyn Fn(usize, &Seen) -> Reply + Send + Sync>;

#[derive(Default)]
struct State {
    attack: Mutex<Option<Attack>>,
    seen: Mutex<Vec<Seen>>,
    /// Requests since the attack began.
    count: AtomicUsize,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub(crate) async fn to(upstream: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::<State>::default();
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                tokio::spawn(async move { serve(stream, upstream, &state).await });
            }
        });
        Self { address, state, task }
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/scim/v2", self.address)
    }

    /// The n-th request from now on (from 0) is answered as told.
    pub(crate) fn attack(&self, attack: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static) {
        self.state.count.store(0, Ordering::SeqCst);
        *self.state.attack.lock().expect("no panic") = Some(Arc::new(attack));
    }

    pub(crate) fn honest(&self) {
        *self.state.attack.lock().expect("no panic") = None;
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.state.seen.lock().expect("no panic").clone()
    }
}

async fn serve(mut stream: TcpStream, upstream: SocketAddr, state: &State) {
    let Some(request) = read(&mut stream).await else { return };
    let attack = state.attack.lock().expect("no panic").clone();
    state.seen.lock().expect("no panic").push(request.clone());
    let reply = match attack {
        Some(attack) => attack(state.count.fetch_add(1, Ordering::SeqCst), &request),
        None => Reply::Honest,
    };
    match reply {
        Reply::Honest => {
            let answer = forward(&request, upstream).await;
            let _ = stream.write_all(&answer).await;
        }
        Reply::Twisted(twist) => {
            let answer = String::from_utf8(forward(&request, upstream).await).expect("text");
            let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
            let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).expect("a status");
            let body = twist(body.to_owned());
            let all = with(status, "content-type: application/scim+json\r\n", body.as_bytes());
            let _ = stream.write_all(&all).await;
        }
        Reply::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).await;
        }
        Reply::Endless(head, piece) => {
            let mut open = stream.write_all(&head).await.is_ok();
            let mut beat = tokio::time::interval(Duration::from_millis(2));
            while open {
                beat.tick().await;
                open = stream.write_all(&piece).await.is_ok();
            }
        }
        Reply::Drip(head, byte) => {
            let mut open = stream.write_all(&head).await.is_ok();
            let mut beat = tokio::time::interval(Duration::from_millis(50));
            while open {
                beat.tick().await;
                open = stream.write_all(&[byte]).await.is_ok();
            }
        }
    }
    let _ = stream.shutdown().await;
}

/// The sandbox's whole answer.
async fn forward(request: &Seen, upstream: SocketAddr) -> Vec<u8> {
    let mut line = TcpStream::connect(upstream).await.expect("the sandbox");
    line.write_all(&request.raw).await.expect("it listens");
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).await.expect("an answer");
    answer
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
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>().expect("a length"))
    });
    while bytes.len() < end + length.unwrap_or(0) {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let first: Vec<&str> = head.lines().next()?.split(' ').collect();
    // The sandbox shall close, so that its answer has an end; and it shall not compress what is to be twisted.
    let head: String = head
        .lines()
        .filter(|line| !line.to_ascii_lowercase().starts_with("accept-encoding") && !line.is_empty())
        .map(|line| format!("{line}\r\n"))
        .collect();
    let raw = [head.as_bytes(), b"connection: close\r\n\r\n", &bytes[end..]].concat();
    Some(Seen { method: first[0].to_owned(), target: first[1].to_owned(), raw })
}

/// A port of another origin: whatever is sent there is counted.
pub(crate) struct Elsewhere {
    pub(crate) address: SocketAddr,
    visits: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Elsewhere {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let visits = Arc::<AtomicUsize>::default();
        let count = Arc::clone(&visits);
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let _ = stream.write_all(&with(200, "", b"{}")).await;
            }
        });
        Self { address, visits, task }
    }

    pub(crate) fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }
}
