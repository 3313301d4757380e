//! Sixty texts that want harm, in people, groups and accounts, through every pane and in every text of the command
//! line; the bytes that reach the terminal are read by a parser of their own.

use std::time::Duration;

use serde_json::json;

use crate::home::Home;
use crate::hostile_strings::{harm, hostile};

const QUIET: Duration = Duration::from_millis(60);
const PANES: &str =
    "1 enter down tab tab esc 2 down enter esc 3 down G esc 4 down enter esc 5 G esc 6 enter esc 1";

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// Every text as names of an account that is taken over, and what a file may hold in people and groups besides.
fn home() -> Home {
    let home = Home::beside(0);
    home.connect(home.told("token_file"));
    let path = |name: &str| home.path().join(name);
    let mut people = "user_name,given_name,family_name,title,department,assigned\n".to_owned();
    let mut groups = "group,user_name\n".to_owned();
    for (n, text) in hostile().iter().enumerate() {
        let user = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": format!("h{n}@example.com"), "displayName": text, "title": text, "active": true,
            "name": {"givenName": text, "familyName": text, "formatted": text}, "externalId": format!("{n}{text}"),
            "emails": [{"value": format!("h{n}@example.com"), "primary": true}],
        });
        assert_eq!(home.workspace().post(&user), 201, "{text:?}");
        let text = quoted(text);
        // Every other account is linked, the rest is left for the review of an import.
        if n % 2 == 0 {
            people.push_str(&format!("h{n}@example.com,Ana,Ruiz,,,yes\n"));
        }
        people.push_str(&format!("f{n}@example.com,{text},{text},{text},{text},yes\n"));
        groups.push_str(&format!("{text},f{n}@example.com\n"));
    }
    std::fs::write(path("people.csv"), people).unwrap();
    std::fs::write(path("groups.csv"), groups).unwrap();
    for (what, file) in [("people", "people.csv"), ("groups", "groups.csv")] {
        let (code, said) = home.command(&["import", what, path(file).to_str().unwrap(), "--skip-bad"]);
        assert!([0, 5].contains(&code), "{what}: {code} {said}");
    }
    let (code, said) = home.command(&["import", "endpoint", "--accept", "exact", "--yes"]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = home.command(&["check"]);
    assert_eq!(code, 0, "{said}");
    home
}

#[test]
fn no_text_of_a_person_or_group_reaches_the_terminal_as_anything_but_text() {
    let home = home();
    let mut shown = String::new();
    for size in [(80, 24), (120, 40)] {
        let console = home.console(&[]);
        console.resize(size.0, size.1).wait("workato");
        for key in PANES.split(' ') {
            console.press_and_settle(key, QUIET);
        }
        // The list to its end, and the page of everybody on the way.
        for _ in 0..20 {
            console
                .press("down down down down down")
                .press_and_settle("enter", QUIET)
                .press_and_settle("esc", QUIET);
        }
        console
            .wait_gone("─ Person")
            .press("i")
            .wait("Import New Users and Profile Updates")
            .wait("A all exact");
        for _ in 0..30 {
            console.press_and_settle("down down", QUIET);
        }
        console.press("esc").wait_gone("Import New Users").press("q");
        assert_eq!(console.exit(), 0);
        let bytes = console.bytes();
        assert!(bytes.len() > 20_000, "{}", bytes.len());
        assert_eq!(harm(&bytes), None, "{size:?}");
        shown.push_str(&String::from_utf8_lossy(&bytes));
    }
    // They were there to be seen, as what they are.
    let made = ["<U+202E>", "^[[2;7777J", "<U+009B>", "a^MXXXX", "<U+200B>", "<U+2066>"];
    let missing: Vec<_> = made.iter().filter(|made| !shown.contains(**made)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn no_text_of_theirs_or_ours_leaves_the_command_line_as_anything_but_text() {
    let home = home();
    let user = "h0@example.com";
    let commands: [&[&str]; 10] = [
        &["people"],
        &["groups"],
        &["show", user],
        &["plan"],
        &["check"],
        &["import", "endpoint"],
        &["provision", "h1@example.com", "h29@example.com", "h46@example.com", "--yes"],
        &["audit", "--limit", "1000"],
        &["show", "\u{1b}[31m\u{202e}"],
        &["--connection", "\u{9b}2J", "status"],
    ];
    for args in commands {
        let output = home.run(args);
        assert!(output.status.code().is_some_and(|code| code < 10), "{args:?}");
        for bytes in [&output.stdout, &output.stderr] {
            assert_eq!(harm(bytes), None, "{args:?}");
            assert!(!bytes.contains(&0x1b), "{args:?}");
        }
    }
    // For programs every text is what it was.
    let shown = home.done(&["people"]).to_string();
    for text in ["ad\u{200b}min", "\u{e0041}\u{e0042}tag", "\u{10ffff}last"] {
        assert!(shown.contains(text), "{text:?}");
    }
}

#[test]
fn the_parser_sees_what_does_harm() {
    for (n, text) in hostile().iter().enumerate().take(52) {
        // Line ends are no harm by themselves.
        let harmless = text == "a\nb";
        assert_eq!(harm(text.as_bytes()).is_none(), harmless, "{n} {text:?}");
        let drawn = format!("\u{1b}[?1049h\u{1b}[3;1H\u{1b}[38;5;2m{text}\u{1b}[0m");
        assert_eq!(harm(drawn.as_bytes()).is_none(), harmless, "{n} {text:?} among what is drawn");
    }
    for text in
        ["\u{1b}]0;title\u{7}", "\u{1b}]52;c;eA==\u{7}", "\u{1b}[6n", "\u{1b}[c", "\u{1b}(0", "\u{1b}[?1006h"]
    {
        assert!(harm(text.as_bytes()).is_some(), "{text:?}");
    }
    assert_eq!(harm("\u{1b}[2J\u{1b}[1;1H\u{1b}[1mAna Ruiz\u{1b}[0m\u{1b}[?25l".as_bytes()), None);
}
