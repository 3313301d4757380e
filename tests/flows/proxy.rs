//! A line between client and sandbox that counts requests, keeps answers back, and can be taken down.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

#[derive(Default)]
struct State {
    /// `GET /scim/v2/Users?...`, in the order of arrival.
    requests: Mutex<Vec<(Instant, String)>>,
    /// When the answer to each of them began, by its place.
    answers: Mutex<BTreeMap<usize, Instant>>,
    /// The request, counted from 1, whose answer is never passed on; 0 for none.
    hold: AtomicUsize,
    held: AtomicBool,
    /// Nothing is passed on: whatever is asked for is not known here.
    turns_away: AtomicBool,
}

impl State {
    /// The first bytes of the answer to this request came.
    fn answered(&self, request: usize) {
        self.answers.lock().expect("no panic").entry(request).or_insert_with(Instant::now);
    }
}

pub(crate) struct Proxy {
    address: SocketAddr,
    upstream: SocketAddr,
    state: Arc<State>,
    task: Mutex<Option<JoinHandle<()>>>,
    /// Keeps the port while nobody listens: another test would get it, and answer in its place.
    _port: TcpSocket,
}

impl Proxy {
    pub(crate) async fn to(upstream: SocketAddr) -> Self {
        let port = bound(([127, 0, 0, 1], 0).into());
        let address = port.local_addr().expect("an address");
        let proxy = Self { address, upstream, state: Arc::default(), task: Mutex::default(), _port: port };
        proxy.serve();
        proxy
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/scim/v2", self.address)
    }

    fn serve(&self) {
        let listener = bound(self.address).listen(1024).expect("it listens");
        let (upstream, state) = (self.upstream, self.state.clone());
        let task = tokio::spawn(async move {
            let mut lines = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                match state.turns_away.load(Ordering::SeqCst) {
                    true => lines.spawn(turn_away(client, state.clone())),
                    false => lines.spawn(pass(client, upstream, state.clone())),
                };
            }
        });
        *self.task.lock().expect("no panic") = Some(task);
    }

    /// Nobody listens any more, and every connection is cut.
    pub(crate) async fn down(&self) {
        let task = self.task.lock().expect("no panic").take();
        if let Some(task) = task {
            task.abort();
            let _ = task.await;
        }
    }

    /// Listens again at the same address.
    pub(crate) async fn up(&self) {
        self.serve();
    }

    /// From now on a page of its own is all that it answers, or no more.
    pub(crate) async fn turn_away(&self, turns_away: bool) {
        self.down().await;
        self.state.turns_away.store(turns_away, Ordering::SeqCst);
        self.up().await;
    }

    /// The answer to the `n`th request from the start is kept back; 0 keeps none back.
    pub(crate) fn hold(&self, n: usize) {
        self.state.hold.store(n, Ordering::SeqCst);
    }

    /// Whether the sandbox answered the request whose answer is kept back.
    pub(crate) fn held(&self) -> bool {
        self.state.held.load(Ordering::SeqCst)
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.state.requests.lock().expect("no panic").iter().map(|(_, line)| line.clone()).collect()
    }

    /// When requests came whose line begins so.
    pub(crate) fn times(&self, beginning: &str) -> Vec<Instant> {
        let requests = self.state.requests.lock().expect("no panic");
        requests.iter().filter(|(_, line)| line.starts_with(beginning)).map(|(at, _)| *at).collect()
    }

    /// How many requests have come whose line begins so.
    pub(crate) fn count(&self, beginning: &str) -> usize {
        self.requests().iter().filter(|r| r.starts_with(beginning)).count()
    }

    /// Requests whose line begins so, with when each came and when its answer began.
    pub(crate) fn sent(&self, beginning: &str) -> Vec<(String, Instant, Option<Instant>)> {
        let answers = self.state.answers.lock().expect("no panic").clone();
        let requests = self.state.requests.lock().expect("no panic").clone();
        let all = requests.into_iter().enumerate().filter(|(_, (_, line))| line.starts_with(beginning));
        all.map(|(n, (at, line))| (line, at, answers.get(&n).copied())).collect()
    }

    pub(crate) fn writes(&self) -> usize {
        self.count("POST") + self.count("PUT")
    }
}

/// Bound beside others of ours. One that does not listen keeps the port: whoever connects is refused while nobody else
/// listens, and the system gives it to nobody.
fn bound(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_reuseport(true).expect("its option");
    socket.bind(address).expect("a port");
    socket
}

/// Without pipelining a request begins with a read of its own, and no body of ours begins with a method.
fn request_line(chunk: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(chunk);
    let method = ["GET ", "POST ", "PUT ", "PATCH ", "DELETE "].iter().any(|m| text.starts_with(m));
    method.then(|| text.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1").to_owned())
}

async fn turn_away(mut client: TcpStream, state: Arc<State>) {
    const PAGE: &[u8] =
        b"HTTP/1.1 404 Not Found\r\ncontent-type: text/plain\r\ncontent-length: 21\r\n\r\ndefault backend - 404";
    let mut buffer = vec![0; 64 << 10];
    while let Ok(n @ 1..) = client.read(&mut buffer).await {
        if let Some(line) = request_line(&buffer[..n]) {
            state.requests.lock().expect("no panic").push((Instant::now(), line));
            if client.write_all(PAGE).await.is_err() {
                return;
            }
        }
    }
}

async fn pass(client: TcpStream, upstream: SocketAddr, state: Arc<State>) {
    let Ok(server) = TcpStream::connect(upstream).await else { return };
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let hold = Arc::new(AtomicBool::new(false));
    let last = AtomicUsize::new(usize::MAX);
    let asked = async {
        let mut buffer = vec![0; 64 << 10];
        while let Ok(n @ 1..) = from_client.read(&mut buffer).await {
            if let Some(line) = request_line(&buffer[..n]) {
                let mut requests = state.requests.lock().expect("no panic");
                last.store(requests.len(), Ordering::SeqCst);
                requests.push((Instant::now(), line));
                if requests.len() == state.hold.load(Ordering::SeqCst) {
                    hold.store(true, Ordering::SeqCst);
                }
            }
            if to_server.write_all(&buffer[..n]).await.is_err() {
                return;
            }
        }
    };
    let answered = async {
        let mut buffer = vec![0; 64 << 10];
        while let Ok(n @ 1..) = from_server.read(&mut buffer).await {
            state.answered(last.load(Ordering::SeqCst));
            if hold.load(Ordering::SeqCst) {
                state.held.store(true, Ordering::SeqCst);
                std::future::pending::<()>().await;
            }
            if to_client.write_all(&buffer[..n]).await.is_err() {
                return;
            }
        }
        // The client hears at once of a connection that ended there.
        let _ = to_client.shutdown().await;
    };
    // A request that has come is carried out, whatever becomes of the client.
    tokio::join!(asked, answered);
}
