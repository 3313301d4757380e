//! The page Compare, key by key.

use crate::nowhere::Folder;
use crate::terminal::Start;

#[test]
fn the_shown_plan_is_saved_opened_again_and_sent() {
    let folder = Folder::new();
    let file = folder.path().join("plan.json");
    let file = file.to_str().unwrap();
    let console = Start::scimdeck(&["demo", "--people", "12"]).size(120, 40).run();
    console.wait("not provisioned").press("p").wait("Provision User").wait("> Cancel");
    console.press("v").wait("cause: Provision User").wait("GET /Users").press("s").wait("Save the plan");
    console.send(file.as_bytes()).press("enter").wait("to send exactly this: scimdeck apply");
    console.press("esc").wait("cancelled").press("5").wait("Last check").press("o").wait("Open a saved plan");
    console
        .send(file.as_bytes())
        .press("enter")
        .wait("Provision User, as saved")
        .press("y")
        .wait("Results: Provision User");
    console.press("q").wait_gone("Results: Provision User").press("q");
    assert_eq!(console.exit(), 0);
    assert!(std::fs::read_to_string(file).unwrap().contains("\"scimdeck_plan\": 1"));
}

#[test]
fn what_differs_is_compared_listed_and_taken_in_at_80x24() {
    let console = Start::scimdeck(&["demo"]).size(80, 24).run();
    console.wait("24 not provisioned").press("5").wait("Provisioning").press("v").wait("Never compared");
    // The first look finds accounts that fit people here, none of them linked yet.
    console.press("r").wait("complete").wait("accounts of nobody here");
    console.press("i").wait("Import New Users and Profile Updates").press("A").wait("9 to link");
    console.press("enter").wait("9 linked").press("y").wait("Import: 0 people created, 9 linked");
    console.wait("Compare").press("q").wait_gone("accounts of nobody").press("1").wait("15 not provisioned");
    // The key that works everywhere leads to the same page.
    console.press("ctrl-e").wait("Compared just now").press("esc").wait_gone("Compared just now").press("q");
    assert_eq!(console.exit(), 0);
}
