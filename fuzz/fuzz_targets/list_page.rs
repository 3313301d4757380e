//! A page that is read holds resources that are each JSON of their own, no more bytes than the body, and written
//! again it reads the same (RFC 7644 section 3.4.2).
#![no_main]

use libfuzzer_sys::fuzz_target;
use scimdeck::domain::ProfileAttribute;
use scimdeck::engine::wire::{self, Reader};
use scimdeck::scim::list::{self, ListPage, PageRef};
use scimdeck::scim::repeated::repeated;
use scimdeck::scim::resource::Resource;
use serde_json::Value;

/// The short way to an account and the long one agree wherever the long one can read the row; what only the short one
/// reads is a row with something in it that nobody asks for and that is too deep or too large for a value.
fn account_read(raw: &str) {
    let attributes = [ProfileAttribute::workato("workato_role"), ProfileAttribute::workato("tier")];
    let reader = Reader::new(&attributes);
    let read = reader.read(raw);
    if repeated(raw, reader.names()).is_some() {
        return assert!(read.is_none(), "{raw}");
    }
    let Ok(resource) = serde_json::from_str::<Resource>(raw) else { return };
    let account = wire::account(&resource, None, &attributes);
    assert_eq!(read.is_some(), account.is_some(), "{raw}");
    let (Some(read), Some(account)) = (read, account) else { return };
    assert_eq!(read.remote_id, account.remote_id, "{raw}");
    assert_eq!(read.version.as_deref(), account.version.as_deref(), "{raw}");
    assert_eq!(read.values(&attributes), account.values, "{raw}");
}

/// The rows of a page as they are read in passing, and read apart.
fn rows_agree(body: &str) {
    let attributes = [ProfileAttribute::workato("workato_role"), ProfileAttribute::workato("tier")];
    let reader = Reader::new(&attributes);
    let first = |text: &str| reader.read_first(text).map(|(_, length)| (text[..length].to_owned(), length));
    let passing = PageRef::read_rows(body, first, str::to_owned);
    let apart = PageRef::read(body);
    assert_eq!(passing.is_ok(), apart.is_ok(), "{body}");
    let (Ok(passing), Ok(apart)) = (passing, apart) else { return };
    assert_eq!(passing.resources, apart.resources.iter().map(|raw| raw.get().to_owned()).collect::<Vec<_>>());
    assert_eq!((passing.total, passing.next_cursor), (apart.total, apart.next_cursor), "{body}");
}

fuzz_target!(|body: &[u8]| {
    if let Ok(text) = std::str::from_utf8(body) {
        rows_agree(text);
    }
    let Ok(page) = ListPage::read(body) else { return };
    page.resources.iter().for_each(|raw| account_read(raw.get()));
    let held: usize = page.resources.iter().map(|raw| raw.get().len()).sum();
    assert!(held <= body.len());
    let items: Result<Vec<Value>, _> =
        page.resources.iter().map(|raw| serde_json::from_str(raw.get())).collect();
    // A number may be too large for a value, and nesting too deep: then this resource is refused on its own.
    let Ok(items) = items else { return };
    let total = usize::try_from(page.total.unwrap_or(0)).unwrap_or(usize::MAX);
    let written = list::write(total, 1, items.clone()).to_string();
    let again = ListPage::read(written.as_bytes()).expect("what we write is a page");
    // As text: a float may read back as its neighbour.
    let texts: Vec<String> = items.iter().map(Value::to_string).collect();
    let texts_again: Vec<&str> = again.resources.iter().map(|raw| raw.get()).collect();
    assert_eq!(texts_again, texts);
});
