//! An operator who has never seen the program, with only the screen as guide.

use std::time::{Duration, Instant};

use vt100::{Color, Screen};

use crate::terminal::{Start, Terminal, cells, find};

const RED: Color = Color::Idx(1);

fn red_bangs(screen: &Screen) -> usize {
    let (rows, columns) = screen.size();
    let places = (0..rows.get()).flat_map(|row| (0..columns.get()).map(move |column| (row, column)));
    places
        .filter_map(|(row, column)| screen.cell(row, column))
        .filter(|cell| cell.contents() == "!" && cell.fgcolor() == RED)
        .count()
}

/// The keys that the last row of the screen offers for words.
fn offered(console: &Terminal, key: &str, words: &str) {
    let row = console.screen().size().0.get() - 1;
    console.until(&format!("{key} {words} among the keys"), |screen| {
        crate::terminal::row(screen, row).contains(&format!("{key} {words}")).then_some(())
    });
}

fn from_flagged_to_the_audit_log(columns: u16, rows: u16) {
    let console = Start::scimdeck(&["demo"]).size(columns, rows).run();
    console.wait("24 not provisioned").wait("p provisions them all");
    let flagged = cells(&console.screen(), "! 24 not provisioned")[0].clone();
    assert!(flagged.fgcolor() == RED && flagged.bold());
    assert!(red_bangs(&console.screen()) > 10);
    offered(&console, "p", "provision");

    console.press("p").wait("15 to create").wait("9 existing, to link").wait("> Cancel");
    offered(&console, "y", "OK");
    // Return presses the marked button, and that one does nothing.
    console.press("enter").wait("nothing was changed").wait_gone("15 to create");
    assert!(red_bangs(&console.screen()) > 10);

    console.press("p").wait("15 to create").press("y").wait("Results: Provision User");
    console.wait("24 done, 0 failed");
    offered(&console, "esc", "back");
    console.press("esc").wait_gone("Results").wait("Assignments (24)").wait_gone("not provisioned");
    console.until("no red mark", |screen| (red_bangs(screen) == 0).then_some(()));

    offered(&console, "e", "edit roles");
    console.press("e").wait("Edit roles").wait("< Analyst >  2 of 4");
    console.press("right").wait("< Operator >  3 of 4");
    offered(&console, "enter", "save");
    let saved = Instant::now();
    console.press("enter").wait("Edit roles: 1 done").press("4").wait("Audit Log (");
    console.until("the change in the Audit Log", |screen| {
        let text = screen.contents();
        let mut rows = text.lines();
        rows.find(|row| {
            row.contains("scim_auto_sync") && row.contains("update") && row.contains("Analyst -> O")
        })
        .map(str::to_owned)
    });
    // It is the look after the write that finds it, not the next one of those made every 15 seconds.
    assert!(saved.elapsed() < Duration::from_secs(10), "{:?}", saved.elapsed());
    assert!(find(&console.screen(), "[4 Audit Log]").is_some());
    console.press("q");
    assert_eq!(console.exit(), 0);
    console.assert_given_back();
}

#[test]
fn flagged_people_are_provisioned_and_a_role_change_is_seen_in_the_audit_log_at_80x24() {
    from_flagged_to_the_audit_log(80, 24);
}

#[test]
fn flagged_people_are_provisioned_and_a_role_change_is_seen_in_the_audit_log_at_120x40() {
    from_flagged_to_the_audit_log(120, 40);
}

#[test]
fn a_filter_narrows_as_it_is_typed_and_escape_clears_it() {
    let console = Start::scimdeck(&["demo"]).run();
    console.wait("Assignments (24)").press("/ s i g r i").wait("Sigríður").wait("Assignments (1)");
    console.press("esc").wait("Assignments (24)");
    console.press("/").send(b"flag:not !role:operator").press("enter").wait("flag:not !role:operator");
    console.wait_gone("Operator      Operator");
}

#[test]
fn help_lists_the_keys_that_work_and_why_others_do_not() {
    let console = Start::scimdeck(&["demo"]).run();
    console.wait("p provision").press("?").wait("Help");
    console.wait("Provision User: the selected people");
    console.wait("Take people off the list  (not now: nobody here carries");
    console
        .press("G")
        .wait("Leave; what is queued stays queued")
        .wait("Clear the filter, then the selection");
    console.press("esc").wait("Assignments (24)").press("4").wait("[4 Audit Log]").press("?");
    console.wait("Keep the newest entry in sight").wait_gone("Provision User: the selected");
}

#[test]
fn the_list_of_commands_finds_by_words_and_says_why_one_cannot_be_run() {
    let console = Start::scimdeck(&["demo"]).run();
    console.wait("p provision").press(":").wait("Commands").wait("not now: nobody here carries a note");
    console.send(b"audit").wait("> 4").wait("Go to the Audit Log").press("enter").wait("[4 Audit Log]");
}

#[test]
fn production_answers_are_one_key_away_from_any_pane() {
    let console = Start::scimdeck(&["demo"]).run();
    console.wait("p provision").press("5").wait("[5 Provisioning]");
    console.press("t").wait("Connector configured successfully");
}
