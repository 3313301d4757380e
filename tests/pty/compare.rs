//! The page Compare, key by key.

use crate::terminal::Start;

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
