//! A saved plan that nobody of ours wrote is refused with a sentence: the hash is over all of it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scimdeck::directory::Directory;
use scimdeck::domain::{Connection, ConnectionId, TokenSource};
use scimdeck::engine::plan_file::PlanFile;

fuzz_target!(|text: &str| {
    let connection = Connection::new(ConnectionId(1), "a", "https://a.example/scim/v2", TokenSource::Memory);
    if let Err(problem) = PlanFile::read(text, &Directory::new(connection)) {
        assert!(!problem.text.is_empty() && !problem.next.is_empty());
    }
});
