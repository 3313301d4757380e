//! A filter that is read prints as one that reads the same, and a value that we quote comes back as it was: nobody
//! breaks out of the quotes (RFC 7644 section 3.4.2.2).
#![no_main]

use libfuzzer_sys::fuzz_target;
use scimdeck::scim::filter::{Filter, MAX_LENGTH, quote};

/// A float may read back as its neighbour.
fn floats(filter: &Filter) -> bool {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter().any(floats),
        Filter::Not(part) | Filter::Element(_, part) => floats(part),
        Filter::Present(_) => false,
        Filter::Compare(_, _, value) => value.is_f64(),
    }
}

fuzz_target!(|text: &str| {
    if let Ok(filter) = Filter::parse(text)
        && !floats(&filter)
    {
        let printed = filter.to_string();
        if printed.len() <= MAX_LENGTH {
            assert_eq!(Filter::parse(&printed).as_ref(), Ok(&filter), "{printed}");
        }
    }
    let asked = format!("userName eq {}", quote(text));
    if asked.len() <= MAX_LENGTH {
        let filter = Filter::parse(&asked).expect("what we ask is a filter");
        let (attr, value) = filter.simple_eq().expect("one comparison");
        assert!(attr.is_core("userName"));
        assert_eq!(value, text);
    }
});
