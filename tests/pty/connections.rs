//! Two connections and a refreshed token, in a real terminal.

use crate::home::Home;

const ANA: &str = "ana@example.com,Ana,Lee,yes,Admin\n";

#[test]
fn the_list_of_connections_goes_over_to_another_and_it_stays_chosen() {
    let home = Home::with(ANA);
    let shown = home.done(&["connection", "show"]);
    let (url, token) = (shown["base_url"].as_str().unwrap(), home.path().join("token"));
    let token = token.to_str().unwrap();
    home.done(&["connect", "--name", "second", "--badge", "PROD", "--base-url", url, "--token-file", token]);
    let terminal = home.console(&[]);
    terminal.wait("workato [SANDBOX]").press("5").wait("SCIM connection").press("c").wait("go over");
    terminal.press("down enter").wait("second [PROD]");
    // The keys of the console work on the other connection as before.
    terminal.press("5").wait("SCIM connection").press("q");
    assert_eq!(terminal.exit(), 0);
    terminal.assert_given_back();
    assert_eq!(home.done(&["status"])["connection"]["name"], "second");
}

#[test]
fn a_new_connection_is_made_in_the_console_with_a_pasted_token_that_is_never_shown() {
    let home = Home::with(ANA);
    let shown = home.done(&["connection", "show"]);
    let url = shown["base_url"].as_str().unwrap();
    let token = std::fs::read_to_string(home.path().join("token")).unwrap();
    let token = token.trim();
    let paste = |text: &str| format!("\x1b[200~{text}\x1b[201~").into_bytes();
    let terminal = home.console(&[]);
    terminal.wait("workato [SANDBOX]").press("5").wait("SCIM connection").press("c").wait("go over");
    terminal.press("n").wait("New connection");
    home.keeps("home/tokens/connection-2");
    for text in ["second", url, "TEST", "", &format!("Bearer {token}\n")] {
        terminal.send(&paste(text)).press("tab");
    }
    terminal.wait("characters").press("enter").wait("Connector configured successfully");
    terminal.wait("[TEST]").wait("go over").press("esc").wait_gone("go over").press("q");
    assert_eq!(terminal.exit(), 0);
    assert!(!String::from_utf8_lossy(&terminal.bytes()).contains(token), "the token was on the screen");
    let list = home.done(&["connection", "list"]);
    assert_eq!(
        (&list["connections"][1]["name"], &list["connections"][1]["enabled"]),
        (&"second".into(), &true.into())
    );
}
