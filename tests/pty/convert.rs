//! Converting assignments, and the flags that another hand's change raises, in a real terminal.

use crate::home::Home;

const THREE: &str = "ana@example.com,Ana,Duarte,yes,Admin\nbo@example.com,波,小,yes,Analyst\n\
                     cy@example.com,Cy,Twombly,yes,Admin\n";

#[test]
fn assignments_are_selected_converted_and_said_to_be() {
    let home = Home::with(THREE);
    home.done(&["provision", "--yes"]);
    home.done(&["group", "add", "Engineering"]);
    home.done(&["member", "add", "Engineering", "ana@example.com", "bo@example.com"]);
    home.done(&["assign", "--group", "Engineering", "--role", "workato_role=Analyst", "--yes"]);
    let console = home.console(&[]);
    console.wait("ana@example.com").press("C").wait("Select assignments to convert");
    console.wait("v lowered Admin -> Analyst").wait("= as they are");
    console.wait("1 person is in no group that the app is assigned to");
    console
        .press("*")
        .wait("2 selected")
        .press("enter")
        .wait("1 lowered")
        .wait("as before, through Engineering");
    console.press("y").wait("2 assignments converted: roles follow the group now.");
    console.wait("Nobody with an Individual assignment").press("esc").wait("Group Engine");
    let ana = home.done(&["show", "ana@example.com"]);
    assert_eq!((&ana["type"], &ana["roles"]["workato_role"]), (&"group".into(), &"Analyst".into()), "{ana}");
    // And back, for one of them, from the list of commands.
    console.press("/").send(b"ana@").press("enter").press(":").send(b"Individual ones").wait("to Individual");
    console
        .press("enter")
        .wait("no longer decides them")
        .press("y")
        .wait("1 assignment converted to Individual");
    assert_eq!(home.done(&["show", "ana@example.com"])["type"], "individual");
}

#[test]
fn a_person_and_a_group_are_made_and_put_together_in_the_console() {
    let home = Home::with(THREE);
    let console = home.console(&[]);
    console.wait("ana@example.com").press("n").wait("New person").send(b"dee@example.com").press("tab");
    console.send(b"Dee").press("enter").wait_gone("New person");
    console.press("2").wait("[2 Groups]").press("n").wait("New group").send(b"Sales").press("enter");
    console.wait_gone("New group").wait("Sales").press("m").wait("Add members");
    console.send(b"dee@example.com nobody").press("enter").wait("nobody has the user name nobody");
    console.press("backspace backspace backspace backspace backspace backspace backspace").press("enter");
    console.wait_gone("Add members").wait("Members: Dee");
    assert_eq!(home.done(&["show", "dee@example.com"])["groups"][0], "Sales");
}
