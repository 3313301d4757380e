//! A page of an activity log is no more than its body, its entries keep within their bounds, and one entry alone reads
//! as it does in its page.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scimdeck::endpoint::activity::{ActivityEntry, ActivityPage, Row};

const MAX_TEXT: usize = 1_000;

fuzz_target!(|body: &str| {
    if let Some(entry) = ActivityEntry::read(body) {
        bounded(&entry);
        let page = ActivityPage::read(&format!("{{\"data\":[{body}]}}")).expect("an entry alone is a page");
        let [Row::Entry(again)] = &page.rows[..] else { panic!("{page:?}") };
        assert_eq!(**again, entry);
    }
    let Some(page) = ActivityPage::read(body) else { return };
    assert!(page.rows.len() <= body.len());
    for row in &page.rows {
        assert!(row.id().is_none_or(|id| !id.is_empty() && id.len() <= 200));
        if let Row::Entry(entry) = row {
            bounded(entry);
        }
    }
});

fn bounded(entry: &ActivityEntry) {
    assert!(!entry.id.is_empty() && entry.id.len() <= 200 && !entry.event_type.is_empty());
    let texts = [&entry.activity, &entry.resource_name, &entry.resource_email, &entry.resource_type];
    let more = [&entry.actor_email, &entry.request_id];
    for text in texts.into_iter().chain(more).flatten().chain([&entry.event_type]) {
        assert!(text.chars().count() <= MAX_TEXT);
    }
    assert!(entry.changes.len() <= 200);
    for change in &entry.changes {
        // Cut off, and told to be so by one more.
        for text in [&change.before, &change.after].into_iter().flatten() {
            assert!(text.chars().count() <= MAX_TEXT + 1);
        }
    }
}
