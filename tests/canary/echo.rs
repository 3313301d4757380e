//! An app that shows what it was asked in everything that it answers, the token with it.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// Listens until the test's process ends; gives its host and port.
pub(crate) fn start() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let host = listener.local_addr().expect("an address").to_string();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(stream));
        }
    });
    host
}

fn answer(mut stream: TcpStream) -> Option<()> {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 8_192]);
    let end = loop {
        if let Some(at) = memchr::memmem::find(&bytes, b"\r\n\r\n") {
            break at + 4;
        }
        match stream.read(&mut chunk).ok()? {
            0 => return None,
            n => bytes.extend_from_slice(&chunk[..n]),
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
    let of = |name: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(has, _)| has.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
    };
    let length = of("content-length").and_then(|n| n.parse::<usize>().ok()).unwrap_or(0);
    while bytes.len() < end + length {
        match stream.read(&mut chunk).ok()? {
            0 => return None,
            n => bytes.extend_from_slice(&chunk[..n]),
        }
    }
    let token = of("authorization")?.strip_prefix("Bearer ")?.to_owned();
    let mut first = head.split(' ');
    let (method, target) = (first.next()?, first.next()?);
    let (status, body) = say(method, target.split('?').next()?, &token);
    let answer = format!(
        "HTTP/1.1 {status} {token}\r\ncontent-type: application/scim+json; for=\"{token}\"\r\netag: W/\"{token}\"\r\n\
         location: http://a.example/?token={token}\r\nset-cookie: seen={token}\r\nwww-authenticate: Bearer {token}\r\n\
         retry-after: {token}\r\ndate: {token}\r\nx-request-id: {token}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).ok()
}

fn say(method: &str, path: &str, token: &str) -> (u16, String) {
    // As some libraries write JSON: everything but letters and digits by number.
    let written = |code: fn(u32) -> String| -> String {
        token
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || "-._~".contains(c) {
                    c.to_string()
                } else {
                    code(u32::from(c))
                }
            })
            .collect()
    };
    let (small, large) = (written(|n| format!("\\u{n:04x}")), written(|n| format!("\\u{n:04X}")));
    let slashes = token.replace('/', "\\/");
    let user = |id: &str, name: &str| {
        format!(
            r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"{id}","userName":"{name}","active":true,"displayName":"{token}","title":"{small}","nickName":"{large}","name":{{"givenName":"{slashes}","familyName":"x {large}"}},"externalId":"{small}","meta":{{"version":"{large}","location":"/Users/{token}"}}}}"#
        )
    };
    let page = |rows: &str, n: usize| {
        format!(
            r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":{n},"startIndex":1,"Resources":[{rows}]}}"#
        )
    };
    match (method, path) {
        ("GET", "/api/activity_logs") => {
            let entry = format!(
                r#"{{"id":"7","timestamp":"2026-01-02T03:04:05.678Z","event_type":"{large}","user":{{"email":"{token}"}},"details":{{"activity":"{small}"}},"resource":{{"name":"{slashes}","email":"{token}"}}}}"#
            );
            (200, format!(r#"{{"data":[{entry}],"total":1}}"#))
        }
        ("GET", "/scim/v2/Users") => {
            (200, page(&[user("1", "ana@example.com"), user("2", &small)].join(","), 2))
        }
        ("GET", "/scim/v2/Users/1") | ("PUT" | "PATCH", _) => (200, user("1", "ana@example.com")),
        ("GET", _) => (500, format!("<html>Authorization: Bearer {token} {small}</html>")),
        _ => (
            400,
            format!(
                r#"{{"status":"400","scimType":"{large}","detail":"Bearer {token}, {small}, {slashes}"}}"#
            ),
        ),
    }
}
