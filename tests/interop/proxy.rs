//! A transparent proxy in front of an endpoint that notes every request: method and path.

use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// How long a test waits for the client to get somewhere.
const PATIENCE: Duration = Duration::from_secs(120);

#[derive(Default)]
struct Log {
    seen: Mutex<Vec<(String, String)>>,
    grew: Condvar,
}

impl Log {
    fn note(&self, method: &str, target: &str) {
        self.seen.lock().expect("the log").push((method.to_owned(), target.to_owned()));
        self.grew.notify_all();
    }
}

/// What the client asked for between two looks.
#[derive(Debug, Clone)]
pub(crate) struct Requests(Vec<(String, String)>);

impl Requests {
    pub(crate) fn count(&self, method: &str) -> usize {
        self.0.iter().filter(|(m, _)| m == method).count()
    }

    /// Everything that is not a read.
    pub(crate) fn writes(&self) -> Vec<String> {
        let writes = self.0.iter().filter(|(method, _)| method != "GET");
        writes.map(|(method, target)| format!("{method} {target}")).collect()
    }

    pub(crate) fn total(&self) -> usize {
        self.0.len()
    }
}

/// Listens on a free loopback port as long as the test runs.
pub(crate) struct Proxy {
    port: u16,
    log: Arc<Log>,
}

impl Proxy {
    /// In front of `upstream`, a host and a port.
    pub(crate) fn start(upstream: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let log = Arc::new(Log::default());
        let (upstream, noted) = (upstream.to_owned(), log.clone());
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (upstream, noted) = (upstream.clone(), noted.clone());
                std::thread::spawn(move || {
                    // Either side may hang up at any time.
                    let _ = carry(&client, &upstream, &noted);
                    let _ = client.shutdown(Shutdown::Both);
                });
            }
        });
        Self { port, log }
    }

    pub(crate) fn authority(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// What came since the last look.
    pub(crate) fn take(&self) -> Requests {
        Requests(std::mem::take(&mut self.log.seen.lock().expect("the log")))
    }

    /// Waits until this many requests of the method came since the last look.
    pub(crate) fn wait_for(&self, method: &str, count: usize) {
        let enough =
            |seen: &mut Vec<(String, String)>| seen.iter().filter(|(m, _)| m == method).count() < count;
        let seen = self.log.seen.lock().expect("the log");
        let (seen, late) = self.log.grew.wait_timeout_while(seen, PATIENCE, enough).expect("the log");
        assert!(!late.timed_out(), "only {} requests came in {PATIENCE:?}", seen.len());
    }
}

/// One connection: requests are read to know where each ends, answers are passed on as they come.
fn carry(client: &TcpStream, upstream: &str, log: &Log) -> std::io::Result<()> {
    let mut requests = BufReader::new(client.try_clone()?);
    if requests.fill_buf()?.is_empty() {
        return Ok(());
    }
    let mut server = TcpStream::connect(upstream)?;
    server.set_nodelay(true)?;
    client.set_nodelay(true)?;
    let (mut answers, mut out) = (server.try_clone()?, client.try_clone()?);
    let back = std::thread::spawn(move || {
        let _ = std::io::copy(&mut answers, &mut out);
        let _ = out.shutdown(Shutdown::Both);
    });
    while let Some((first, whole)) = request(&mut requests)? {
        let mut words = first.split(' ');
        log.note(words.next().unwrap_or_default(), words.next().unwrap_or_default());
        if server.write_all(&whole).is_err() {
            break;
        }
    }
    let _ = server.shutdown(Shutdown::Write);
    let _ = back.join();
    Ok(())
}

/// The request line and all bytes of the next request; none at the end.
fn request(from: &mut impl BufRead) -> std::io::Result<Option<(String, Vec<u8>)>> {
    let mut whole = Vec::new();
    let mut length = 0;
    let mut first = String::new();
    loop {
        let mut line = Vec::new();
        if from.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        whole.extend_from_slice(&line);
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        if first.is_empty() {
            first.clone_from(&line);
        }
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().expect("a content length");
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body)?;
    whole.extend_from_slice(&body);
    Ok(Some((first, whole)))
}
