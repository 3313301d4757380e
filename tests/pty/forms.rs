//! Forms and pasted text.

use crate::terminal::{Start, Terminal};

fn add_attribute() -> Terminal {
    let console = Start::scimdeck(&["demo"]).size(80, 24).run();
    console.wait("p provision").press("3").wait("[3 Profile Editor]").press("a").wait("Add attribute");
    console
}

#[test]
fn the_profile_editor_checks_as_it_is_filled_in() {
    let console = add_attribute();
    console.press("tab").send(b"Workato Role QA").wait("workato_role_qa");
    console
        .press("tab")
        .wait("Letters, digits and underscore")
        .send(b"-")
        .wait("letters, digits and underscore only");
    console.press("backspace").wait_gone("letters, digits and underscore only");
    // The name of one that is there.
    console.press("backspace backspace backspace").wait("there is an attribute workato_role already");
    console.press("backspace").wait_gone("there is an attribute");
}

#[test]
fn leaving_a_changed_form_is_asked_and_an_unchanged_one_just_closes() {
    let console = add_attribute();
    console.press("esc").wait_gone("Add attribute").press("a").wait("Add attribute");
    console.press("tab").send(b"Unfinished").press("esc").wait("Throw away what you entered?");
    // Any other key goes back to the form, with what was typed.
    console.press("n").wait_gone("Throw away what you entered?").wait("Unfinished");
    console.press("esc").wait("Throw away what you entered?").press("y").wait_gone("Add attribute");
}

#[test]
fn a_paste_into_the_filter_stays_one_line_and_steers_nothing() {
    let console = Start::scimdeck(&["demo"]).run();
    console.wait("Assignments (24)").press("/");
    console.send(b"\x1b[200~sig\r\nri\x07\x1b]0;owned\x07q\x1b[201~").wait("/sigri]0;ownedq");
    console.wait("Nobody fits the filter");
    // Nothing of it was taken for keys: the filter is still being typed.
    console.press("esc").wait("Assignments (24)");
    let bytes = console.bytes();
    assert!(!bytes.windows(4).any(|four| four == b"\x1b]0;"));
}

#[test]
fn a_pasted_list_of_members_becomes_one_line_each() {
    let console = add_attribute();
    console.press("tab").send(b"Tier").press("tab tab tab tab").wait("One a line, strongest first");
    console.send(b"\x1b[200~Gold\nSilver\n\x1b[201~").wait("Gold").wait("Silver");
    console.press("tab").wait("space changes it").press("enter").wait_gone("Add attribute").wait("tier");
}
