//! Import from the app, key by key.

use crate::terminal::Start;

#[test]
fn accounts_of_the_app_are_reviewed_and_taken_in_at_80x24() {
    let console = Start::scimdeck(&["demo"]).size(80, 24).run();
    console.wait("24 not provisioned").press("i").wait("Import New Users and Profile Updates");
    console.wait("9 exact").wait("A all exact").wait("enter take in");
    // Nothing is chosen yet, so leaving asks nothing; with choices it asks.
    console.press("A").wait("9 to link").press("esc").wait("Throw away what you chose?");
    console.press("x").wait_gone("Throw away").press("enter").wait("Import from the app").wait("> Cancel");
    console.wait("9 linked").wait("Nothing is sent to the app");
    console.press("y").wait("Import: 0 people created, 9 linked").wait("15 not provisioned");
    console.press("4").wait("linked with the account");
    console.press("q");
    assert_eq!(console.exit(), 0);
}
