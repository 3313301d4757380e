//! One request and what became of it. Holds no token: the endpoint room adds that at the last moment.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{OpId, Time};

/// An HTTP method that SCIM uses (RFC 7644, 3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Read.
    Get,
    /// Create.
    Post,
    /// Replace.
    Put,
    /// Change.
    Patch,
    /// Remove.
    Delete,
}

impl Method {
    /// As written on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether it can change anything there.
    pub fn writes(self) -> bool {
        self != Self::Get
    }
}

/// A request below a connection's base URL.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// How.
    pub method: Method,
    /// Path segments below the base URL, not yet percent-encoded: `["Users", id]`.
    pub path: Vec<String>,
    /// Query parameters, not yet encoded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub query: Vec<(String, String)>,
    /// The JSON body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// `If-Match`, where the endpoint versions its resources (RFC 7644, 3.14).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_match: Option<String>,
    /// The operation it belongs to; sent as `X-Request-Id`, so that logs on both sides can be laid side by side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<OpId>,
}

impl Call {
    /// A request without query and body.
    pub fn new(method: Method, path: &[&str]) -> Self {
        Self {
            method,
            path: path.iter().map(|s| (*s).to_owned()).collect(),
            query: Vec::new(),
            body: None,
            if_match: None,
            operation: None,
        }
    }

    /// With one more query parameter.
    #[must_use]
    pub fn query(mut self, name: &str, value: impl Into<String>) -> Self {
        self.query.push((name.to_owned(), value.into()));
        self
    }

    /// With a body.
    #[must_use]
    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// Path and query as a person reads them; not encoded.
    pub fn line(&self) -> String {
        let mut line = format!("{} /{}", self.method.word(), self.path.join("/"));
        for (i, (name, value)) in self.query.iter().enumerate() {
            line.push(if i == 0 { '?' } else { '&' });
            line.push_str(name);
            line.push('=');
            line.push_str(value);
        }
        line
    }
}

/// `Retry-After` as it was given (RFC 9110, 10.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// Seconds from the answer on.
    Seconds(u64),
    /// A moment by the endpoint's clock.
    At(Time),
}

/// An answer with its status, whatever the status is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Content type, lower case, without parameters.
    #[serde(default)]
    pub content_type: String,
    /// ETag, where given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// Retry-After, where given and readable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<RetryAfter>,
    /// The `Date` header: the endpoint's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Time>,
    /// `Location`, as given: shown when an answer redirects, never fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The body, decompressed and capped, invalid UTF-8 replaced.
    #[serde(default)]
    pub body: String,
    /// Whether anything in the body was replaced: it may be shown, and is neither evidence nor the base of a write.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lossy: bool,
}

impl Answer {
    /// 2xx.
    pub fn ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// 404 of the app itself, which has no such account.
    pub fn is_missing(&self) -> bool {
        self.status == 404 && !self.is_page()
    }

    /// Whether the body is a page of text or HTML, as proxies and login pages send with any status: something is in it,
    /// and it is no JSON. A bare number is a text too.
    pub fn is_page(&self) -> bool {
        let text = self.body.trim_matches(['\u{FEFF}', ' ', '\t', '\r', '\n']);
        let json = || {
            text.starts_with(['{', '['])
                || serde_json::from_str::<Value>(text).is_ok_and(|value| !value.is_number())
        };
        !text.is_empty() && (self.content_type.contains("html") || !json())
    }
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// An answer came, whole.
    Answered(Answer),
    /// No byte of the request left: refused connection, unknown host, bad URL, no token. It is as if never tried.
    NotSent(String),
    /// The request left and no whole answer came: it may or may not have been applied.
    MaybeSent(String),
}

/// One attempt, as kept in the trace: request and answer, the token never in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// What was asked.
    pub call: Call,
    /// What came back.
    pub outcome: Outcome,
    /// When it was sent.
    pub at: Time,
    /// How long it took, in milliseconds.
    pub took_ms: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_html_are_pages_and_nothing_or_json_is_none() {
        let is_page = |content_type: &str, body: &str| {
            Answer { content_type: content_type.into(), body: body.into(), ..Answer::default() }.is_page()
        };
        for body in
            ["default backend - 404", "404", "404 page not found\n", "<html>", "<?xml version='1.0'?>"]
        {
            assert!(is_page("text/plain", body), "{body}");
        }
        for body in
            ["", " \r\n", "{}", "\u{feff} {\"status\": \"404\"}", "[]", "null", "\"not found\"", "{\"cut"]
        {
            assert!(!is_page("application/json", body) && !is_page("text/plain", body), "{body}");
        }
        assert!(is_page("text/html", "{}") && !is_page("text/html", ""));
    }
}
