//! Rehearsing a fault on the sandbox, in a real terminal.

use crate::terminal::Start;

#[test]
fn a_fault_is_chosen_in_plain_words_marked_while_it_is_on_seen_and_over_by_itself() {
    let console = Start::scimdeck(&["demo"]).size(120, 40).run();
    console.wait("24 not provisioned").press("5").wait("F rehearses a fault").press("F");
    console.wait("Rehearse a fault of the sandbox").wait("the answer is lost");
    for letter in "fails after it was done".chars() {
        console.press(&if letter == ' ' { "space".to_owned() } else { letter.to_string() });
    }
    console.press("enter").wait("You should see: in doubt, then found by a look-up").press("enter");
    console.wait("FAULT ON: fails after it was done").press("esc").wait_gone("Rehearse a fault of");
    console.press("1 p").wait("15 to create").press("y");
    console.wait("24 done, 0 failed").wait_gone("FAULT ON");
    console.press("q").wait_gone("Results").press("q");
    assert_eq!(console.exit(), 0);
}

#[test]
fn a_fault_from_the_start_is_marked_and_switched_off_in_the_list() {
    let console = Start::scimdeck(&["demo", "--fault", "ignore=active@PUT", "--fault", "503=1:900-"]).run();
    console.wait("2 FAULTS ON").press("ctrl-r").wait("ON, hit 0").press("enter");
    console.wait("FAULT ON: the app is being mended").press("enter").wait_gone("FAULT ON");
}
