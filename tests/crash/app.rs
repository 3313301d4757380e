//! The app: the sandbox as a process of its own that is never killed, and a plain reader of what is there.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

pub(crate) struct App {
    child: Child,
    pub(crate) base_url: String,
    token: String,
}

impl App {
    /// With this misbehaviour, keeping its token in `folder`.
    pub(crate) fn start(folder: &Path, people: usize, faults: &[String]) -> Self {
        let token_file = folder.join("app-token");
        let mut command = Command::new(env!("CARGO_BIN_EXE_scimdeck"));
        command.arg("sandbox").arg("--token-file").arg(&token_file);
        command.args(["--people", &people.to_string()]);
        for fault in faults {
            command.args(["--fault", fault]);
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("a pipe");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let token = std::fs::read_to_string(&token_file).expect("a token").trim().to_owned();
        Self { child, base_url: line.trim().to_owned(), token }
    }

    pub(crate) fn token_file(folder: &Path) -> String {
        folder.join("app-token").to_str().expect("text").to_owned()
    }

    /// All of a list, by plain requests; asked again where the app misbehaves.
    pub(crate) fn all(&self, what: &str) -> Vec<Value> {
        let mut rows: Vec<Value> = Vec::new();
        loop {
            let page = self.page(what, rows.len() + 1);
            let more = page["Resources"].as_array().cloned().unwrap_or_default();
            let total = page["totalResults"].as_u64().expect("a total") as usize;
            if more.is_empty() || rows.len() >= total {
                return rows;
            }
            rows.extend(more);
        }
    }

    fn page(&self, what: &str, from: usize) -> Value {
        for _ in 0..200 {
            if let Some(page) = self.get(&format!("/scim/v2/{what}?startIndex={from}&count=100")) {
                return page;
            }
        }
        panic!("{what} cannot be read");
    }

    fn get(&self, path: &str) -> Option<Value> {
        let host = self.base_url.trim_start_matches("http://").split('/').next().expect("a host");
        let mut line = TcpStream::connect(host).ok()?;
        let head = format!(
            "GET {path} HTTP/1.0\r\nHost: {host}\r\nAccept: application/scim+json\r\nAuthorization: Bearer {}\r\n\r\n",
            self.token
        );
        line.write_all(head.as_bytes()).ok()?;
        let mut answer = String::new();
        line.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        head.lines().next()?.contains(" 200 ").then(|| serde_json::from_str(body).ok()).flatten()
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
