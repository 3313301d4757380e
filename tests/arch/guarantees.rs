//! What is promised, and that each promise has a test of its own in the normal run.

use crate::source::short;
use crate::{nothing, rust};

/// Each promise; its tests are the functions whose names begin with `g` and its number in two digits.
const PROMISES: [&str; 22] = [
    "no account twice and none lost across a crash at any call",
    "the same when the program is killed at any moment",
    "a lost answer is looked up, never blindly sent again",
    "a 409 that says too little ends linked, in conflict or parked, and in no loop",
    "an update may be made twice and changes nothing the second time",
    "no update of anybody else is lost",
    "a write that was answered and not applied is found out",
    "order for each person, side by side for many",
    "the pace that the endpoint allows, and nothing before Retry-After",
    "an endpoint that is down burns no attempt, and comes back to few requests",
    "an operation that cannot succeed holds up nobody else",
    "nobody beyond the brake loses access, by whatever way",
    "what is not ours is never written",
    "paging cannot make anybody look gone",
    "one sender for each operation, and one that was overtaken saves nothing",
    "what runs is what was reviewed",
    "a take-over names its holder",
    "a store that cannot be written stops sending",
    "a clock that is set sends nothing twice and waits no longer",
    "nothing is sent after the third answer that refuses the token, and everything stays queued",
    "a disabled connection drops nothing and asks again",
    "what is counted as done is there",
];

#[test]
fn every_promise_has_a_test() {
    let mut tested = [false; PROMISES.len()];
    for path in rust() {
        let text = std::fs::read_to_string(&path).expect("a file of UTF-8");
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for pair in lines.windows(2) {
            let name = pair[1].trim_start_matches("async ").strip_prefix("fn ").unwrap_or_default();
            // One function may carry several numbers: g02_g22_...
            let numbers = name.split('_').map_while(|part| part.strip_prefix('g')?.parse::<usize>().ok());
            for number in numbers {
                let known = (1..=PROMISES.len()).contains(&number);
                assert!(known, "{}: {name} tests a promise that is not made", short(&path));
                tested[number - 1] |= pair[0].starts_with("#[test") || pair[0].starts_with("#[tokio::test");
            }
        }
    }
    let untested = PROMISES.iter().zip(1..).zip(tested).filter(|(_, tested)| !tested);
    let untested: Vec<String> = untested.map(|((promise, n), _)| format!("G{n}: {promise}")).collect();
    nothing("these promises have no test", &untested);
}
