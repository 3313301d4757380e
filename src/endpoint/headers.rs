//! What is read from the head of an answer. Nothing in it is trusted: what cannot be read is absent.

use std::time::{SystemTime, UNIX_EPOCH};

use reqwest::header::{self, HeaderMap, HeaderName};

use crate::domain::{Answer, RetryAfter, Time};

/// Nobody is believed who asks for more than a day.
pub(super) const MAX_WAIT_S: u64 = 86_400;
/// Longest header value that is kept.
const MAX_VALUE: usize = 2_048;

/// The answer's head; the body is still empty.
pub(super) fn read(status: u16, headers: &HeaderMap) -> Answer {
    let content_type = text(headers, &header::CONTENT_TYPE).unwrap_or_default();
    Answer {
        status,
        content_type: content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase(),
        etag: text(headers, &header::ETAG).map(str::to_owned),
        retry_after: text(headers, &header::RETRY_AFTER).and_then(retry_after),
        date: text(headers, &header::DATE).and_then(date),
        location: text(headers, &header::LOCATION).map(str::to_owned),
        body: String::new(),
        lossy: false,
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let value = headers.get(name)?.to_str().ok()?.trim();
    (!value.is_empty() && value.len() <= MAX_VALUE).then_some(value)
}

/// Seconds or an HTTP-date (RFC 9110, 10.2.3); anything else is no wish at all.
pub fn retry_after(text: &str) -> Option<RetryAfter> {
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return Some(RetryAfter::Seconds(text.parse().unwrap_or(u64::MAX).min(MAX_WAIT_S)));
    }
    date(text).map(RetryAfter::At)
}

fn date(text: &str) -> Option<Time> {
    httpdate::parse_http_date(text).ok().map(time)
}

/// The system's clock as a time of ours.
pub(super) fn time(at: SystemTime) -> Time {
    let ms = match at.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |ms| -ms),
    };
    Time::from_ms(ms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    fn head(pairs: &[(HeaderName, &str)]) -> Answer {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(name, HeaderValue::from_bytes(value.as_bytes()).expect("a value"));
        }
        read(200, &headers)
    }

    #[test]
    fn a_wish_to_wait_is_read_in_both_forms_and_nonsense_is_none() {
        let wait = |value: &str| head(&[(header::RETRY_AFTER, value)]).retry_after;
        assert_eq!(wait("120"), Some(RetryAfter::Seconds(120)));
        assert_eq!(wait("0"), Some(RetryAfter::Seconds(0)));
        assert_eq!(wait("99999999999999999999999"), Some(RetryAfter::Seconds(MAX_WAIT_S)));
        assert_eq!(
            wait("Tue, 14 Nov 2023 22:13:20 GMT"),
            Some(RetryAfter::At(Time::from_ms(1_700_000_000_000)))
        );
        for nonsense in ["-5", "1.5", "soon", "", "120 s", "Tue, 99 Nov 2023 22:13:20 GMT"] {
            assert_eq!(wait(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn an_empty_wish_to_wait_is_not_the_longest_one() {
        assert_eq!(retry_after(""), None);
    }

    #[test]
    fn the_content_type_is_lower_case_without_parameters() {
        let answer = head(&[(header::CONTENT_TYPE, "Application/SCIM+json; Charset=UTF-8")]);
        assert_eq!(answer.content_type, "application/scim+json");
        assert_eq!(head(&[]).content_type, "");
    }

    #[test]
    fn an_etag_stays_as_it_was_given() {
        let answer = head(&[(header::ETAG, "W/\"1\""), (header::DATE, "Tue, 14 Nov 2023 22:13:20 GMT")]);
        assert_eq!(answer.etag.as_deref(), Some("W/\"1\""));
        assert_eq!(answer.date, Some(Time::from_ms(1_700_000_000_000)));
        assert_eq!(head(&[(header::ETAG, "\u{e9}")]).etag, None);
    }
}
