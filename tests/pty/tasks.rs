//! The Tasks pane and undo, in a real terminal.

use crate::terminal::Start;

#[test]
fn what_the_last_run_did_is_undone_from_the_tasks_pane_after_it_was_shown() {
    let console = Start::scimdeck(&["demo"]).run();
    console
        .wait("p provisions them all")
        .press("p")
        .wait("15 to create")
        .press("y")
        .wait("24 done, 0 failed");
    console.press("esc").wait_gone("Results");
    console
        .press("e")
        .wait("Edit roles")
        .wait("< Analyst >  2 of 4")
        .press("right")
        .wait("< Operator >  3 of 4");
    console.press("enter").wait("Edit roles: 1 done");
    console.press("6").wait("[6 Tasks]").wait("Nothing is queued, waiting or failed").wait("Tasks (0)");
    console.press("z").wait("goes back to: workato_role Analyst").wait("> Cancel");
    console.press("y").wait("Undo: 1 done");
    console.press("4").wait("[4 Audit Log]").wait(" undo ");
}
