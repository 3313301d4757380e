//! Text for people.

use crate::fake::Fake;
use crate::ran::run;

#[test]
fn every_look_as_text() {
    let fake = Fake::new();
    let lines = [
        "status",
        "people",
        "people --flag failed",
        "show bo@example.com",
        "show di@example.com",
        "groups",
        "attributes",
        "check",
        "test",
        "plan",
        "provision bo@example.com",
        "audit",
        "trace op000000000002d",
    ];
    let all: Vec<String> =
        lines.iter().map(|line| format!("$ scimdeck {line}\n{}", run(&fake, line).out)).collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn the_profile_as_text() {
    let fake = Fake::new();
    let lines = [
        "attributes --lint",
        "attributes --lint --from-endpoint",
        "attribute values workato_role",
        "attribute values workato_role --from-endpoint",
        "preview bo@example.com",
        "preview ana@example.com",
    ];
    let all: Vec<String> =
        lines.iter().map(|line| format!("$ scimdeck {line}\n{}", run(&fake, line).out)).collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn remote_text_never_reaches_the_terminal_raw() {
    let fake = Fake::new();
    for line in ["people", "show ed@example.com", "check", "status"] {
        let ran = run(&fake, line);
        assert!(!ran.out.contains('\u{1b}'), "{line}");
    }
    assert!(run(&fake, "people").out.contains("\u{241b}[31m"));
}
