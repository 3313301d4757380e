//! Answers of the workspace as a worse server would give them.

use scimdeck::domain::{Answer, Call, Method};
use serde_json::{Value, json};

use crate::nature::{External, Filter, Nature};
use crate::rng::Rng;

pub(crate) fn error(status: u16) -> Answer {
    let body =
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": status.to_string()});
    scim(status, &body)
}

pub(crate) fn scim(status: u16, body: &Value) -> Answer {
    let content_type = "application/scim+json".to_owned();
    Answer { status, content_type, body: body.to_string(), ..Answer::default() }
}

fn parameter<'a>(call: &'a Call, name: &str) -> Option<&'a str> {
    call.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

fn is_list(call: &Call) -> bool {
    call.method == Method::Get && call.path.len() == 1
}

/// A page on which nobody is.
fn nobody(answer: Answer) -> Answer {
    edited(answer, |page| {
        page["Resources"] = json!([]);
        page["totalResults"] = 0.into();
    })
}

/// A filter that is refused, that finds nobody, or that counts the case of letters.
pub(crate) fn filtered(call: &Call, nature: Nature, answer: Answer) -> Answer {
    let Some(asked) = parameter(call, "filter").filter(|_| is_list(call)) else { return answer };
    if asked.starts_with("externalId") {
        match nature.external {
            External::Works => {}
            External::Refused => return error(400),
            External::Blind => return nobody(answer),
        }
    }
    match nature.filter {
        Filter::Refused => error(400),
        Filter::Exact => {
            let value = asked.split('"').nth(1).unwrap_or_default().to_owned();
            edited(answer, |page| {
                let total = page["totalResults"].as_u64().unwrap_or(0);
                let Some(rows) = page["Resources"].as_array_mut() else { return };
                let before = rows.len() as u64;
                rows.retain(|row| {
                    let texts = [&row["userName"], &row["externalId"], &row["emails"][0]["value"]];
                    texts.iter().any(|text| text.as_str() == Some(&value))
                });
                // A total that does not fit stays one.
                page["totalResults"] = (total + rows.len() as u64).saturating_sub(before).into();
            })
        }
        Filter::Blind => nobody(answer),
        Filter::Works | Filter::Ignored => answer,
    }
}

/// A page with a row twice, without its rows, or, after the first one, with another total.
pub(crate) fn paged(call: &Call, answer: Answer, rng: &mut Rng) -> Answer {
    if !is_list(call) || answer.status != 200 {
        return answer;
    }
    let later = parameter(call, "startIndex").is_some_and(|start| start != "1");
    let kind = rng.below(if later { 4 } else { 2 });
    edited(answer, |page| {
        let total = page["totalResults"].as_u64().unwrap_or(0);
        let Some(rows) = page["Resources"].as_array_mut() else { return };
        match (kind, rows.first().cloned()) {
            (0, Some(first)) => {
                rows.pop();
                rows.push(first);
            }
            (1, Some(_)) => rows.clear(),
            (2, _) => page["totalResults"] = total.saturating_sub(1).into(),
            (3, _) => page["totalResults"] = (total + 1).into(),
            _ => {}
        }
    })
}

/// A good answer that is none of the account that was asked for or written to, or no SCIM at all; what was asked for
/// was done.
pub(crate) fn odd(call: &Call, answer: Answer, rng: &mut Rng) -> Answer {
    if !answer.ok() {
        return answer;
    }
    let first = if call.method.writes() { 0 } else { 2 };
    match first + rng.below(4 - first) {
        0 => edited(answer, |user| drop(user.as_object_mut().map(|user| user.remove("id")))),
        1 => edited(answer, |user| user["userName"] = "somebody-else".into()),
        2 => Answer { body: "{}".to_owned(), ..answer },
        _ => Answer { content_type: "text/html".to_owned(), body: "<html>".to_owned(), ..answer },
    }
}

pub(crate) fn edited(mut answer: Answer, edit: impl FnOnce(&mut Value)) -> Answer {
    if let Ok(mut body) = serde_json::from_str::<Value>(&answer.body) {
        edit(&mut body);
        answer.body = body.to_string();
    }
    answer
}

/// A resource as a server gives it that knows no versions.
pub(crate) fn without_version(mut answer: Answer) -> Answer {
    answer.etag = None;
    edited(answer, |group| {
        if let Some(meta) = group["meta"].as_object_mut() {
            meta.remove("version");
        }
    })
}
