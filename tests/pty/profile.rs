//! The Profile Editor beside its form: what is never sent and its repair, a value replaced, what is sent of a person.

use crate::terminal::{Start, Terminal};

fn editor() -> Terminal {
    let console = Start::scimdeck(&["demo"]).size(120, 60).run();
    console.wait("p provision").press("3").wait("[3 Profile Editor]");
    console
}

#[test]
fn the_exact_request_for_a_chosen_person_is_shown_and_nothing_is_sent() {
    let console = editor();
    console.press("p").wait("Type a part of the name").send(b"flag:not_prov").press("enter");
    console
        .wait("+ valid   workato_role")
        .wait("WorkatoRole:workato_role")
        .wait("PUT /Users/")
        .wait("\"userName\"");
    console.press("esc").wait("App user profile").press("1").wait("not provisioned");
}

#[test]
fn an_attribute_without_its_namespace_is_marked_and_repaired_with_a_key() {
    let console = editor();
    console.press("a").wait("Add attribute").press("tab").send(b"Tier").press("tab tab tab");
    console.wait("The extension's URN");
    console.send(&[0x7f; 52]).press("tab tab").wait("space changes it").press("space enter");
    console
        .wait_gone("Add attribute")
        .wait("none: never sent")
        .press("G")
        .wait("tier has no external namespace");
    console.press("r").wait("tier is sent as").press("y").wait("Sent as").wait_gone("none: never sent");
}

#[test]
fn a_value_is_replaced_for_all_who_have_it_after_its_plan_was_shown() {
    let console = editor();
    console.press("m").wait("Replace a value").press("tab tab").send(b"Owner admin").press("enter");
    console.wait("Owner admin takes the place of Admin in the list").press("y");
    console.wait_gone("takes the place").press("esc 3").wait("Owner admin, ");
}
