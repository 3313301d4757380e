//! SCIM errors (RFC 7644 section 3.12): what the server writes, and what a client makes of whatever came.

use serde_json::{Value, json};

use super::resource::{self, urn};

/// The `scimType` keywords of RFC 7644 table 9 and RFC 9865 that a service provider answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScimType {
    /// The filter could not be read, or compares what cannot be compared.
    InvalidFilter,
    /// The query would give more results than the server is willing to compute.
    TooMany,
    /// The value is already used by another resource.
    Uniqueness,
    /// The attribute cannot be changed that way.
    Mutability,
    /// The body is not what the request needs.
    InvalidSyntax,
    /// The PATCH path could not be read or names no known attribute.
    InvalidPath,
    /// The PATCH path matches nothing.
    NoTarget,
    /// A required value is missing, or a value is not acceptable.
    InvalidValue,
    /// The cursor cannot be read or belongs to another query (RFC 9865).
    InvalidCursor,
    /// The cursor was given out too long ago (RFC 9865).
    ExpiredCursor,
    /// The page size is less than 1 or more than the biggest page (RFC 9865).
    InvalidCount,
}

impl ScimType {
    /// The keyword as it goes over the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::TooMany => "tooMany",
            Self::Uniqueness => "uniqueness",
            Self::Mutability => "mutability",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidPath => "invalidPath",
            Self::NoTarget => "noTarget",
            Self::InvalidValue => "invalidValue",
            Self::InvalidCursor => "invalidCursor",
            Self::ExpiredCursor => "expiredCursor",
            Self::InvalidCount => "invalidCount",
        }
    }
}

/// An error as a service provider answers it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{status}: {detail}")]
pub struct ScimError {
    /// The HTTP status.
    pub status: u16,
    /// The keyword, for 400 and 409 answers.
    pub scim_type: Option<ScimType>,
    /// What happened, for people.
    pub detail: String,
}

impl ScimError {
    /// An error without keyword.
    pub fn new(status: u16, detail: impl Into<String>) -> Self {
        Self { status, scim_type: None, detail: detail.into() }
    }

    /// A 400 (409 for uniqueness) with its keyword.
    pub fn typed(scim_type: ScimType, detail: impl Into<String>) -> Self {
        let status = if scim_type == ScimType::Uniqueness { 409 } else { 400 };
        Self { status, scim_type: Some(scim_type), detail: detail.into() }
    }

    /// The body; `status` is a string (RFC 7644 section 3.12).
    pub fn to_json(&self) -> Value {
        let mut body = json!({"schemas": [urn::ERROR], "status": self.status.to_string()});
        if let (Some(scim_type), Some(map)) = (self.scim_type, body.as_object_mut()) {
            map.insert("scimType".to_owned(), scim_type.as_str().into());
        }
        if let Some(map) = body.as_object_mut() {
            map.insert("detail".to_owned(), self.detail.as_str().into());
        }
        body
    }
}

/// What a client could read of an error body.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ErrorBody {
    /// The status the body claims, from a number or a string; the HTTP status line is the one to trust.
    pub status: Option<u16>,
    /// The keyword as sent; some servers send their own (`INVALID_FILTER`), so it stays text.
    pub scim_type: Option<String>,
    /// The explanation, from `detail`, else `message`, else `error`.
    pub detail: Option<String>,
}

impl ErrorBody {
    /// Reads an error body. `None` when it is not a JSON object or holds nothing readable: a proxy's HTML page,
    /// plain text, an empty body.
    pub fn read(body: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(body).ok()?;
        let map = value.as_object()?;
        let text = |name: &str| resource::text(map, name).filter(|t| !t.is_empty()).map(str::to_owned);
        let status = match resource::get(map, "status") {
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(Value::Number(number)) => number.as_u64().and_then(|n| u16::try_from(n).ok()),
            _ => None,
        };
        let found = Self {
            status: status.filter(|s| (100..600).contains(s)),
            scim_type: text("scimType"),
            detail: text("detail").or_else(|| text("message")).or_else(|| text("error")),
        };
        (found != Self::default()).then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_error_is_written_with_its_status_as_a_string() {
        let error = ScimError::typed(ScimType::Uniqueness, "userName is taken");
        assert_eq!(
            error.to_json(),
            json!({"schemas": [urn::ERROR], "status": "409", "scimType": "uniqueness", "detail": "userName is taken"})
        );
    }

    #[test]
    fn the_status_is_read_from_a_number_a_string_or_not_at_all() {
        let status = |body: &str| ErrorBody::read(body.as_bytes()).and_then(|e| e.status);
        assert_eq!(status(r#"{"status":404}"#), Some(404));
        assert_eq!(status(r#"{"Status":"404","detail":"x"}"#), Some(404));
        assert_eq!(status(r#"{"detail":"gone"}"#), None);
        assert_eq!(ErrorBody::read(br#"{"message":"no"}"#).and_then(|e| e.detail).as_deref(), Some("no"));
    }

    #[test]
    fn html_text_and_empty_bodies_are_no_scim_error() {
        for body in ["", "error code: 502", "<html></html>", "[]", "{}", "null", "{\"status\":"] {
            assert_eq!(ErrorBody::read(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn deeply_nested_json_is_refused() {
        assert_eq!(ErrorBody::read("[".repeat(200_000).as_bytes()), None);
        assert_eq!(ErrorBody::read("{\"a\":".repeat(200_000).as_bytes()), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = ErrorBody::read(&bytes);
        }
    }
}
