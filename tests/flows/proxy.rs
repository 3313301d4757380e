//! A line between client and sandbox that counts requests, keeps answers back, and can be taken down.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

#[derive(Default)]
struct State {
    /// `GET /scim/v2/Users?...`, in the order of arrival.
    requests: Mutex<Vec<(Instant, String)>>,
    /// The request, counted from 1, whose answer is never passed on; 0 for none.
    hold: AtomicUsize,
    held: AtomicBool,
}

pub(crate) struct Proxy {
    address: SocketAddr,
    upstream: SocketAddr,
    state: Arc<State>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Proxy {
    pub(crate) async fn to(upstream: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let proxy = Self { address, upstream, state: Arc::default(), task: Mutex::default() };
        proxy.serve(listener);
        proxy
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/scim/v2", self.address)
    }

    fn serve(&self, listener: TcpListener) {
        let (upstream, state) = (self.upstream, self.state.clone());
        let task = tokio::spawn(async move {
            let mut lines = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                lines.spawn(pass(client, upstream, state.clone()));
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
        self.serve(TcpListener::bind(self.address).await.expect("the same port"));
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

    pub(crate) fn writes(&self) -> usize {
        self.count("POST") + self.count("PUT")
    }
}

/// Without pipelining a request begins with a read of its own, and no body of ours begins with a method.
fn request_line(chunk: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(chunk);
    let method = ["GET ", "POST ", "PUT ", "PATCH ", "DELETE "].iter().any(|m| text.starts_with(m));
    method.then(|| text.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1").to_owned())
}

async fn pass(client: TcpStream, upstream: SocketAddr, state: Arc<State>) {
    let Ok(server) = TcpStream::connect(upstream).await else { return };
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let hold = Arc::new(AtomicBool::new(false));
    let asked = async {
        let mut buffer = vec![0; 64 << 10];
        while let Ok(n @ 1..) = from_client.read(&mut buffer).await {
            if let Some(line) = request_line(&buffer[..n]) {
                let mut requests = state.requests.lock().expect("no panic");
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
            if hold.load(Ordering::SeqCst) {
                state.held.store(true, Ordering::SeqCst);
                std::future::pending::<()>().await;
            }
            if to_client.write_all(&buffer[..n]).await.is_err() {
                return;
            }
        }
    };
    // A request that has come is carried out, whatever becomes of the client.
    tokio::join!(asked, answered);
}
