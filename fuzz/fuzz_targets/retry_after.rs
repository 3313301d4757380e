//! A wish to wait is digits or an HTTP-date (RFC 9110 section 10.2.3), is capped, and anything else is no wish.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scimdeck::domain::RetryAfter;
use scimdeck::endpoint::retry_after;

fuzz_target!(|text: &str| {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match retry_after(text) {
        Some(RetryAfter::Seconds(seconds)) => assert!(digits && seconds <= 86_400, "{text:?}: {seconds}"),
        Some(RetryAfter::At(_)) => assert!(!digits && text.is_ascii(), "{text:?}"),
        None => assert!(!digits, "{text:?}"),
    }
});
