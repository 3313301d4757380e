//! Answers whose bodies are not what they should be.

use serde_json::{Map, Value};

use super::Kind;
use crate::sandbox::http::{Method, Request, Response};

/// Brackets of a body nested too deep: more than any parser takes by recursion.
const DEPTH: usize = 200_000;
/// Bytes of a body that unfolds to some 160 times as many.
const BOMB: usize = 1 << 20;
/// The user name of a wrong answer.
const SOMEBODY: &str = "somebody.else@elsewhere.test";

/// The answer as these faults leave it.
pub(in crate::sandbox) fn altered(kinds: &[Kind], request: &Request, mut response: Response) -> Response {
    for kind in kinds {
        response = match kind {
            Kind::NoId if wrote(request, &response) => {
                response.headers.retain(|(name, _)| !matches!(*name, "location" | "etag"));
                edited(response, |body| {
                    body.shift_remove("id");
                    body.shift_remove("meta");
                })
            }
            Kind::WrongName if wrote(request, &response) => edited(response, |body| {
                if body.contains_key("userName") {
                    body.insert("userName".to_owned(), SOMEBODY.into());
                }
            }),
            Kind::Untyped => edited(response, |body| {
                body.shift_remove("scimType");
            }),
            Kind::StringBooleans => {
                let mut value = response.value();
                booleans_as_texts(&mut value);
                with_body(response, value.to_string())
            }
            Kind::DropMembers if request.method == Method::Get => edited(response, |body| {
                body.shift_remove("members");
                let rows = body.get_mut("Resources").and_then(Value::as_array_mut);
                for row in rows.into_iter().flatten().filter_map(Value::as_object_mut) {
                    row.shift_remove("members");
                }
            }),
            Kind::DuplicateKeys => twice(response),
            Kind::BadUtf8 => bad_utf8(response),
            Kind::DeepJson => {
                let body = format!("{{\"id\":\"1\",\"x\":{}", "[".repeat(DEPTH));
                with_body(response, body)
            }
            Kind::GzipBomb => {
                let mut response = response.with("content-encoding", "gzip");
                response.body = gzip_bomb();
                response
            }
            _ => response,
        };
    }
    response
}

/// Whether it is the good answer to a write.
fn wrote(request: &Request, response: &Response) -> bool {
    matches!(request.method, Method::Post | Method::Put | Method::Patch)
        && (200..300).contains(&response.status)
        && !request.path.ends_with("/.search")
}

fn edited(response: Response, edit: impl FnOnce(&mut Map<String, Value>)) -> Response {
    let Value::Object(mut body) = response.value() else { return response };
    edit(&mut body);
    with_body(response, Value::Object(body).to_string())
}

fn with_body(mut response: Response, body: impl Into<Vec<u8>>) -> Response {
    if !response.body.is_empty() {
        response.body = body.into();
    }
    response
}

fn booleans_as_texts(value: &mut Value) {
    match value {
        Value::Bool(yes) => *value = if *yes { "True" } else { "False" }.into(),
        Value::Array(items) => items.iter_mut().for_each(booleans_as_texts),
        Value::Object(map) => map.values_mut().for_each(booleans_as_texts),
        _ => {}
    }
}

/// The same keys again at the end, with other values: readers differ in which one they believe.
fn twice(response: Response) -> Response {
    let text = String::from_utf8_lossy(&response.body).into_owned();
    let Some(open) = text.strip_suffix('}').filter(|text| text.len() > 1) else { return response };
    let active = text.contains("\"active\":false");
    let body = format!("{open},\"active\":{active},\"userName\":\"{SOMEBODY}\",\"totalResults\":0}}");
    with_body(response, body)
}

/// A byte that no UTF-8 has, in the first text of the body.
fn bad_utf8(mut response: Response) -> Response {
    let find = |body: &[u8], text: &[u8]| body.windows(text.len()).position(|at| at == text);
    let name = b"\"userName\":\"";
    let at = find(&response.body, name).map(|at| at + name.len());
    let at = at.or_else(|| find(&response.body, b":\"").map(|at| at + 2));
    if let Some(at) = at {
        response.body.insert(at, 0xFF);
    }
    response
}

/// Blanks without end, in gzip: one fixed block of "258 bytes from one byte back", 13 bits each (RFC 1951, 3.2.6).
fn gzip_bomb() -> Vec<u8> {
    let mut out = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3];
    let (mut bits, mut count) = (0_u32, 0_u32);
    let mut put = |out: &mut Vec<u8>, value: u32, width: u32| {
        bits |= value << count;
        count += width;
        while count >= 8 {
            out.push((bits & 0xFF) as u8);
            bits >>= 8;
            count -= 8;
        }
    };
    // Final block, fixed codes; the literal ' ', its code 0x50 with the high bit first.
    put(&mut out, 0b011, 3);
    put(&mut out, 0x50_u32.reverse_bits() >> 24, 8);
    while out.len() < BOMB {
        put(&mut out, 0b1100_0101_u32.reverse_bits() >> 24, 8);
        put(&mut out, 0, 5);
    }
    // End of block, and the sums that nobody gets to.
    put(&mut out, 0, 7 + 8);
    out.extend([0; 8]);
    out
}
