//! Nothing of a people or groups file is lost: each row is a record or a refused line, and no record holds a
//! control character or an empty name.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scimdeck::domain::ProfileAttribute;
use scimdeck::sources::{groups, people};

fn clean(text: &str) {
    assert!(!text.is_empty() && text == text.trim() && !text.chars().any(char::is_control), "{text:?}");
}

fuzz_target!(|bytes: &[u8]| {
    let lines =
        u64::try_from(bytes.iter().filter(|b| matches!(b, b'\n' | b'\r')).count()).unwrap_or(u64::MAX) + 1;
    if let Ok(parsed) = people(bytes, &[ProfileAttribute::workato("workato_role")]) {
        assert_eq!(people(bytes, &[ProfileAttribute::workato("workato_role")]).as_ref(), Ok(&parsed));
        for record in &parsed.records {
            clean(&record.user_name);
            assert!((2..=lines).contains(&record.line));
        }
        for rejected in &parsed.rejected {
            assert!(!rejected.reason.is_empty() && (2..=lines).contains(&rejected.line), "{rejected:?}");
        }
    }
    if let Ok(parsed) = groups(bytes) {
        for record in &parsed.records {
            clean(&record.user_name);
            clean(&record.group);
        }
    }
});
