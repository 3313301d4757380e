//! What a token command prints: the token itself, or JSON with the token and when it expires.
//!
//! Two forms of JSON are read: the one of the AWS tools' `credential_process`
//! (`{"Version": 1, "Token": "...", "Expiration": "..."}`), and Kubernetes' `ExecCredential`.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::Deserialize;

use super::{Token, TokenError, check};
use crate::domain::{Time, Zeroizing};
use crate::endpoint::excerpt::excerpt;

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "Version")]
    version: Option<u64>,
    #[serde(rename = "Token")]
    token: Option<String>,
    #[serde(rename = "Expiration")]
    expiration: Option<String>,
    kind: Option<String>,
    status: Option<Status>,
}

#[derive(Deserialize)]
struct Status {
    token: Option<String>,
    #[serde(rename = "expirationTimestamp")]
    expiration: Option<String>,
}

/// The token in a program's output.
pub(super) fn token(output: &[u8], argv: &[String], place: &str) -> Result<Token, TokenError> {
    if output.trim_ascii_start().first() != Some(&b'{') {
        return Ok(Token { secret: check(output, place)?, until: None });
    }
    let program = excerpt(argv.first().map_or("", String::as_str), 120);
    let wrong = |reason| TokenError::CommandAnswer { program: program.clone(), reason };
    // Its error would quote the text.
    let answer: Answer = serde_json::from_slice(output).map_err(|_| wrong("it cannot be read"))?;
    let (token, expiration) = match answer {
        Answer { status: Some(status), kind: Some(kind), .. } if kind == "ExecCredential" => {
            (status.token, status.expiration)
        }
        Answer { version: Some(1), token, expiration, .. } => (token, expiration),
        Answer { token, .. } => {
            drop(token.map(Zeroizing::new));
            return Err(wrong("its Version is not 1"));
        }
    };
    let token = Zeroizing::new(token.ok_or_else(|| wrong("it has no Token"))?);
    let until: Option<Time> = match expiration {
        Some(text) => Some(text.parse().map_err(|_| wrong("its Expiration is no time of RFC 3339"))?),
        None => None,
    };
    if let Some(until) = until.filter(|until| *until <= now()) {
        return Err(TokenError::Expired { program, until });
    }
    Ok(Token { secret: check(token.as_bytes(), place)?, until })
}

fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(output: &str) -> Result<Token, TokenError> {
        token(output.as_bytes(), &["/usr/bin/vault".to_owned()], "command /usr/bin/vault")
    }

    #[test]
    fn a_token_comes_bare_or_with_its_end() {
        assert_eq!(read("s3cret-token\n").expect("bare").until, None);
        let until = "2999-01-02T03:04:05Z";
        for json in [
            format!(r#"{{"Version": 1, "Token": "s3cret-token", "Expiration": "{until}"}}"#),
            format!(
                r#"{{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
                     "status": {{"token": "s3cret-token", "expirationTimestamp": "{until}"}}}}"#
            ),
        ] {
            let token = read(&json).expect("JSON");
            assert_eq!(token.secret.expose(), "s3cret-token");
            assert_eq!(token.until, until.parse().ok());
        }
        assert_eq!(read(r#"{"Version":1,"Token":"s3cret-token"}"#).expect("for ever").until, None);
    }

    #[test]
    fn json_that_gives_no_token_is_refused_without_quoting_it() {
        let past = r#"{"Version":1,"Token":"s3cret-token","Expiration":"2001-01-01T00:00:00Z"}"#;
        assert!(matches!(read(past), Err(TokenError::Expired { .. })));
        for json in [
            r#"{"Version":2,"Token":"s3cret-token"}"#,
            r#"{"Version":1}"#,
            r#"{"Version":1,"Token":"s3cret-token","Expiration":"soon"}"#,
            r#"{"Token":"s3cret-token"}"#,
            r#"{"s3cret-token"}"#,
            r#"{"Version":"s3cret-token"}"#,
            r#"{"Version":1,"Token":"s3cret-token two"}"#,
        ] {
            let error = read(json).expect_err(json);
            assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
        }
        let deep = format!("{{\"Token\":{}", "[".repeat(200_000));
        assert!(matches!(read(&deep), Err(TokenError::CommandAnswer { .. })));
    }
}
