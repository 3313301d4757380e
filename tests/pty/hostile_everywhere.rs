//! The sixty texts in everything else that an endpoint, a log or a setting can bring: user names, addresses, roles,
//! attributes, connections, groups there, the feed, reported roles, errors, orphans, drift, plans and requests.

use std::time::Duration;

use serde_json::json;

use crate::home::Home;
use crate::hostile_line::Line;
use crate::hostile_strings::{harm, hostile};
use crate::terminal::Terminal;

const QUIET: Duration = Duration::from_millis(40);
const URN: &str = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole";

/// A pushed group's name, of what a name may hold: it turns the direction, hides, and is no character at all.
const TEAM: &str = "t\u{202e}\u{200b}\u{fdd0}\u{e0041}e";
/// How it may be shown.
const TEAM_SHOWN: &str = "t<U+202E><U+200B><U+FDD0><U+E0041>e";

/// What the console showed, screen by screen.
struct Walk {
    console: Terminal,
    shown: String,
}

impl Walk {
    fn press(&mut self, keys: &str) -> &mut Self {
        for key in keys.split(' ') {
            self.console.press_and_settle(key, QUIET);
            self.shown.push_str(&self.console.text());
        }
        self
    }

    /// Down the list, and what is behind every few of its rows.
    fn list(&mut self, rows: usize, open: &str) -> &mut Self {
        for _ in 0..rows {
            self.press("down").press(open).press("esc");
        }
        self
    }

    fn wait(&mut self, text: &str) -> &mut Self {
        self.console.wait(text);
        self
    }
}

/// A home whose connection and profile have hostile names, beside an app that says nothing else.
fn home() -> (Home, Line) {
    let home = Home::beside(0);
    let host = |url: &str| url.split('/').nth(2).unwrap().to_owned();
    let line = Line::to(&host(home.told("base_url")));
    let there = |url: &str| url.replace(&host(url), &line.host);
    let (base, feed) = (there(home.told("base_url")), there(home.told("activity_url")));
    let (token, log) = (home.told("token_file"), home.told("activity_token_file"));
    // What may be a name may be hostile, too: nothing is refused but control characters.
    let named: Vec<(usize, String)> = hostile()
        .into_iter()
        .enumerate()
        .filter(|(_, text)| text.chars().count() < 16 && !text.contains(char::is_control))
        .collect();
    assert!(named.len() > 20);
    for (n, text) in named.iter().rev() {
        let (name, badge) = (format!("n{n}{text}"), format!("b{text}"));
        let args =
            ["connect", "--name", &name, "--badge", &badge, "--base-url", &base, "--token-file", token];
        let feed = ["--activity-url", &feed, "--activity-token-file", log];
        // The first in the list is gone to; the others are only there to be listed.
        let last = *n == named[0].0;
        let (code, said) = home.command(&if last { [&args[..], &feed[..]].concat() } else { args.to_vec() });
        assert!([0, 3].contains(&code), "{text:?}: {said}");
        if last {
            home.done(&["connection", "use", &name]);
        }
    }
    for text in ["\u{1b}[31;7777m", "\u{9b}2J"] {
        let (code, said) = home.command(&["connection", "set", "--badge", text]);
        assert_eq!(code, 4, "{text:?}: {said}");
    }
    let members: Vec<String> = named.iter().map(|(_, text)| format!("w{text}")).collect();
    let attribute =
        ["attribute", "add", "workato_role", "--display-name", "a\u{202e}elor", "--external-namespace", URN];
    let members: Vec<&str> = members.iter().flat_map(|member| ["--member", member.as_str()]).collect();
    home.done(&[&attribute[..], &["--member", "Operator"], &members].concat());
    let mut people = "user_name,given_name,family_name,external_id,assigned,workato_role\n".to_owned();
    for n in 0..60 {
        let user = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "externalId": format!("x{n}"),
            "userName": format!("uq{n:02}z@example.com"), "displayName": format!("dq{n:02}z"), "active": true,
            "name": {"givenName": format!("gq{n:02}z"), "familyName": "Ruiz"},
            "emails": [{"value": format!("mq{n:02}z@example.com"), "primary": true}],
        });
        assert_eq!(home.workspace().post(&user), 201, "{n}");
        // Every other one is ours, the rest nobody's.
        if n % 2 == 0 {
            people.push_str(&format!("p{n}@example.com,Ana,Ruiz,x{n},yes,Operator\n"));
        } else if n % 4 == 1 {
            people.push_str(&format!("refused-{n}@example.com,Ana,Ruiz,,yes,Operator\n"));
        }
    }
    let file = home.path().join("people.csv");
    std::fs::write(&file, people).unwrap();
    home.done(&["import", "people", file.to_str().unwrap()]);
    home.command(&["import", "endpoint", "--accept", "exact", "--yes"]);
    home.command(&["provision", "--yes", "--brake", "100"]);
    home.done(&["group", "add", TEAM]);
    home.done(&["member", "add", TEAM, "p0@example.com", "p2@example.com"]);
    home.command(&["group", "push", TEAM, "--yes"]);
    // From now on every text of theirs is another: drift.
    line.change_all();
    home.command(&["check"]);
    (home, line)
}

#[test]
fn no_text_of_the_endpoint_the_log_or_a_setting_reaches_the_terminal_as_anything_but_text() {
    let (home, _line) = home();
    let console = home.console(&[]);
    console.resize(160, 50).wait("[1 Assignments]");
    let mut walk = Walk { console, shown: String::new() };
    walk.list(12, "enter").press("g enter w").wait("valid").press("G esc esc");
    // Roles that can be chosen, one after the other.
    walk.press("e");
    for _ in 0..24 {
        walk.press("right");
    }
    walk.press("esc y esc");
    // The plan of everybody, then of one whose values were changed there.
    walk.press("p")
        .wait("> Cancel")
        .press("v ctrl-d ctrl-d ctrl-d G esc esc")
        .press("O")
        .press("v G esc esc");
    // A group's name in its list, over its members, in what is asked of it, and in the plan.
    walk.press("2").wait(TEAM_SHOWN).press("enter").wait(&format!("/group:{TEAM_SHOWN}")).press("esc 2");
    for (key, asked) in [("P", "goes to the app"), ("U", "stays in the app"), ("X", "is deleted in the app")]
    {
        walk.press(key).wait(&format!("{TEAM_SHOWN} {asked}")).press("v G esc esc");
    }
    walk.press("3 down up v");
    walk.press("ctrl-d ctrl-d G esc esc e tab tab tab tab down down esc y esc");
    walk.press("4 G").list(6, "enter").press("g");
    for _ in 0..6 {
        walk.press("ctrl-d");
    }
    walk.press("o esc 5 G c").wait("go over");
    for _ in 0..24 {
        walk.press("down");
    }
    walk.press("esc v").wait("Compare");
    for _ in 0..8 {
        walk.press("ctrl-d");
    }
    walk.press("tab enter esc esc esc 6").wait("[6 Tasks]").list(12, "enter").press("enter G esc d esc");
    walk.press("1 i").wait("Import New Users and Profile Updates");
    for _ in 0..6 {
        walk.press("ctrl-d");
    }
    walk.press("esc q");
    walk.console.exit();
    let bytes = walk.console.bytes();
    assert_eq!(harm(&bytes), None);
    // Each of them was there to be seen.
    let places = [
        ("connection", "n29<U+202E>"),
        ("badge", "b<U+202E>"),
        ("user name", "u^["),
        ("address", "m^["),
        ("their role", "r^["),
        ("our role", "w<U+"),
        ("attribute", "a<U+202E>"),
        ("event of the log", "f^["),
        ("subject of the log", "s^["),
        ("actor of the log", "b^["),
        ("change of the log", "c^["),
        ("reported role", "v=cmd"),
        ("error", "e^["),
        // Its name there is nowhere to be seen, what it answered is.
        ("group there", "members are missing there"),
    ];
    let missing: Vec<_> = places.iter().filter(|(_, text)| !walk.shown.contains(text)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
