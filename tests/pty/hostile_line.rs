//! A line between the program and the sandbox that puts hostile texts into the app's answers: every `{PREFIX}q{NN}z` of the
//! sandbox becomes the prefix and the NN-th text, and takes its way back in what the program sends.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::hostile_strings::hostile;

const ROLE: &str = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole";

fn texts() -> &'static [String] {
    static TEXTS: OnceLock<Vec<String>> = OnceLock::new();
    TEXTS.get_or_init(hostile)
}

/// The line. It ends with the test's process.
pub(crate) struct Line {
    pub(crate) host: String,
    /// Every text is that of so many places further: what was read before has changed.
    shift: Arc<AtomicUsize>,
}

impl Line {
    pub(crate) fn to(upstream: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let (upstream, shift) = (upstream.to_owned(), Arc::<AtomicUsize>::default());
        let now = Arc::clone(&shift);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (upstream, shift) = (upstream.clone(), now.load(Ordering::SeqCst));
                thread::spawn(move || serve(stream, &upstream, shift));
            }
        });
        Self { host, shift }
    }

    pub(crate) fn change_all(&self) {
        self.shift.fetch_add(1, Ordering::SeqCst);
    }
}

fn serve(mut stream: TcpStream, upstream: &str, shift: usize) -> Option<()> {
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    let (head, body) = read(&mut stream)?;
    let first = head.lines().next()?.to_owned();
    let (status, answer) = match instead(&first, &body, shift) {
        Some(answer) => answer,
        None => {
            let mut body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
            each_text(&mut body, &|text| back(text));
            let body = if body.is_null() { String::new() } else { body.to_string() };
            let kept = |line: &&str| {
                let line = line.to_ascii_lowercase();
                !["accept-encoding", "content-length", "connection"].iter().any(|name| line.starts_with(name))
            };
            let lines: Vec<&str> = head.lines().filter(|line| !line.is_empty()).filter(kept).collect();
            let head = format!(
                "{}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                lines.join("\r\n"),
                body.len()
            );
            let mut server = TcpStream::connect(upstream).ok()?;
            server.write_all(head.as_bytes()).ok()?;
            server.write_all(body.as_bytes()).ok()?;
            let mut all = String::new();
            server.read_to_string(&mut all).ok()?;
            let (head, body) = all.split_once("\r\n\r\n")?;
            let mut body: Value = serde_json::from_str(body).unwrap_or(Value::Null);
            twist(&mut body, shift);
            (head.split(' ').nth(1)?.parse().ok()?, body)
        }
    };
    let answer = if answer.is_null() { String::new() } else { answer.to_string() };
    let kind = "content-type: application/scim+json\r\nconnection: close";
    let head = format!("HTTP/1.1 {status} X\r\n{kind}\r\ncontent-length: {}\r\n\r\n", answer.len());
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(answer.as_bytes()).ok()
}

/// Head and body of a request.
fn read(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 8_192]);
    loop {
        if let Some(at) = memchr::memmem::find(&bytes, b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..at + 2].to_vec()).ok()?;
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>().ok())?
            });
            if bytes.len() >= at + 4 + length.unwrap_or(0) {
                return Some((head, bytes.split_off(at + 4)));
            }
        }
        match stream.read(&mut chunk).ok()? {
            0 => return None,
            n => bytes.extend_from_slice(&chunk[..n]),
        }
    }
}

/// What the sandbox would never say: errors, roles and a log of hostile texts.
fn instead(first: &str, body: &[u8], shift: usize) -> Option<(u16, Value)> {
    let mut parts = first.split(' ');
    let (method, target) = (parts.next()?, parts.next()?);
    let path = target.split('?').next()?;
    let all = texts().iter().enumerate();
    if method == "POST" && memchr::memmem::find(body, b"refused-").is_some() {
        let body: Value = serde_json::from_slice(body).ok()?;
        let n: usize =
            body["userName"].as_str()?.strip_prefix("refused-")?.split('@').next()?.parse().ok()?;
        let detail = format!("e{}", texts()[(n + shift) % 60]);
        let schemas = ["urn:ietf:params:scim:api:messages:2.0:Error"];
        return Some((
            400,
            json!({"schemas": schemas, "status": "400", "scimType": texts()[n], "detail": detail}),
        ));
    }
    Some(match path {
        "/scim/v2/ServiceProviderConfig" | "/scim/v2/ResourceTypes" => {
            (404, json!({"detail": format!("d{}", texts()[0]), "status": "404"}))
        }
        "/scim/v2/Roles" => {
            let roles = all
                .map(|(n, text)| json!({"id": n.to_string(), "value": format!("v{text}"), "display": text}));
            let roles: Vec<Value> = roles.collect();
            let schemas = ["urn:ietf:params:scim:api:messages:2.0:ListResponse"];
            (
                200,
                json!({"schemas": schemas, "totalResults": 60, "startIndex": 1, "itemsPerPage": 60, "Resources": roles}),
            )
        }
        "/api/activity_logs" => {
            let time = |n: usize| format!("2026-01-02T03:04:{n:02}.000Z");
            let entry = |(n, text): (usize, &String)| {
                json!({
                    "id": format!("i{n}{text}"), "timestamp": time(n), "event_type": format!("f{text}"),
                    "user": {"email": format!("b{text}"), "name": text},
                    "details": {"activity": text, "request": {"request_id": text}, "changes": [
                        {"attribute": format!("c{text}"), "before": text, "after": [{"value": text}]}]},
                    "resource": {"id": n, "name": text, "type": text, "email": format!("s{text}")},
                })
            };
            let entries: Vec<Value> =
                if target.contains("after") { Vec::new() } else { all.rev().map(entry).collect() };
            (200, json!({"data": entries, "total": 60}))
        }
        _ => return None,
    })
}

/// Texts and, where the account's name holds a mark, its role.
fn twist(value: &mut Value, shift: usize) {
    if let Value::Object(map) = value {
        let n = map.get("userName").and_then(Value::as_str).and_then(mark).map(|(_, n, _)| n);
        if let Some(n) = n {
            map.insert(ROLE.to_owned(), json!({"workato_role": format!("r{}", texts()[(n + shift) % 60])}));
        }
        if map.get("schemas").is_some_and(|schemas| schemas.to_string().contains("core:2.0:Group")) {
            map.insert("displayName".to_owned(), format!("t{}", texts()[shift % 60]).into());
            map.insert("externalId".to_owned(), texts()[29 + shift].as_str().into());
        }
        map.values_mut().for_each(|value| twist(value, shift));
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| twist(item, shift)),
        Value::String(text) => {
            if let Some((before, n, after)) = mark(text) {
                *text = format!("{before}{}{after}", texts()[(n + shift) % 60]);
            }
        }
        _ => {}
    }
}

/// What stands before `qNNz`, the number, and what stands behind.
fn mark(text: &str) -> Option<(&str, usize, &str)> {
    let at = text.match_indices('q').map(|(at, _)| at).find(|at| text.get(at + 3..at + 4) == Some("z"))?;
    Some((&text[..at], text.get(at + 1..at + 3)?.parse().ok()?, &text[at + 4..]))
}

fn each_text(value: &mut Value, change: &dyn Fn(&str) -> Option<String>) {
    match value {
        Value::Object(map) => map_texts(map, change),
        Value::Array(items) => items.iter_mut().for_each(|item| each_text(item, change)),
        Value::String(text) => {
            if let Some(changed) = change(text) {
                *text = changed;
            }
        }
        _ => {}
    }
}

fn map_texts(map: &mut Map<String, Value>, change: &dyn Fn(&str) -> Option<String>) {
    map.values_mut().for_each(|value| each_text(value, change));
}

/// The mark that a text was made of.
fn back(text: &str) -> Option<String> {
    let special =
        texts().iter().enumerate().filter(|(_, hostile)| !hostile.is_ascii() || hostile.contains('\u{1b}'));
    let (n, hostile) = special.into_iter().find(|(_, hostile)| text.contains(hostile.as_str()))?;
    Some(text.replace(hostile.as_str(), &format!("q{n:02}z")))
}
