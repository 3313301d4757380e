//! The real binary against servers that other people wrote.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a helper that cannot go on fails its test, and a story tells how far it is"
)]

mod console;
mod killed;
mod peer;
mod people;
mod proxy;
mod story;

use story::Story;

#[test]
fn scim2_server_with_every_feature() {
    Story::begin(&["scim2-full"]).whole();
}

/// Its ETags are honoured: a stale `If-Match` is a 412.
#[test]
fn scim2_server_changed_by_patch_with_paths() {
    Story::connected(&["scim2-full"], &["--profile", "rfc"]).whole();
}

#[test]
fn scim2_server_whose_access_is_patched_without_a_path() {
    Story::connected(&["scim2-full"], &["--profile", "okta-oin"]).whole();
}

#[test]
fn scim2_server_where_people_are_found_by_their_address() {
    Story::connected(&["scim2-full"], &["--unique-identifier", "email"]).whole();
}

#[test]
fn scimmy_changed_by_patch_with_paths() {
    Story::connected(&["scimmy"], &["--profile", "rfc"]).whole();
}

/// It answers every PATCH with 501: nothing is changed, nothing is tried twice, and the setting is named.
#[test]
fn scim2_server_without_patch_under_a_profile_that_needs_it() {
    let story = Story::connected(&["scim2-none"], &["--profile", "rfc"]);
    let report = story.console.allowed(&["provision"]);
    assert_eq!(report.code, 5, "{}", report.json["stopped"]);
    assert_eq!(report.json["failed"], people::THERE_BEFORE, "who is there can only be linked by PATCH");
    assert_eq!(report.json["done"], people::PEOPLE - people::THERE_BEFORE);
    assert_eq!(story.peer.proxy.take().count("PATCH"), people::THERE_BEFORE);
    let results = report.json["results"].as_array().expect("results");
    let failed = results.iter().find(|result| result["outcome"] == "failed").expect("one");
    assert!(failed["error"].to_string().contains("okta-classic"), "{failed}");
}

#[test]
fn scim2_server_without_filter_sort_and_patch() {
    Story::begin(&["scim2-none"]).whole();
}

#[test]
fn scim2_server_with_cursor_pages() {
    Story::begin(&["scim2-cursor"]).whole();
}

#[test]
fn scim2_server_with_nothing_but_cursor_pages() {
    Story::begin(&["scim2-cursor-only"]).whole();
}

#[test]
fn scimmy() {
    Story::begin(&["scimmy"]).whole();
}

#[test]
fn scimmy_that_answers_every_filter_with_everybody() {
    Story::begin(&["scimmy", "--ignore-filter"]).whole();
}

#[test]
fn scimmy_that_knows_its_roles() {
    Story::begin(&["scimmy", "--strict-enum"]).whole();
}

/// The enum here holds a value that the server does not know: one person fails, with the server's reason, and
/// nobody else is held up.
#[test]
fn a_role_that_the_server_refuses_fails_for_that_person_only() {
    let story = Story::begin(&["scimmy", "--strict-enum"]);
    let other = ["attribute", "set", "workato_role", "--member", "Admin", "--member", "Analyst"];
    let more = ["--member", "Operator", "--member", "No access", "--member", "Wizard", "--yes"];
    story.console.run(&[&other[..], &more[..]].concat()).well();
    let wizard = story.people[1].user_name.as_str();
    // Without an account there is nothing to push yet.
    story.console.run(&["role", wizard, "workato_role=Wizard", "--yes"]).well();
    let report = story.console.allowed(&["provision"]);
    assert_eq!(report.code, 5, "{}", report.json);
    let count = |what: &str| report.json[what].as_u64().unwrap_or_default() as usize;
    assert_eq!((count("done"), count("failed")), (story.people.len() - 1, 1), "{}", report.json["stopped"]);
    let results = report.json["results"].as_array().expect("results");
    let failed = results.iter().find(|result| result["outcome"] == "failed").expect("one");
    assert_eq!(failed["user_name"], wizard, "{failed}");
    let error = failed["error"].to_string();
    assert!(error.contains("HTTP 400") && error.contains("workato_role"), "the server's reason: {failed}");
    // At their worst they are not provisioned; that it was tried is the second flag.
    let status = story.console.status();
    assert_eq!((&status["flags"]["not_provisioned"], &status["queue"]["parked"]), (&1.into(), &1.into()));
    let failed = story.console.run(&["people", "--flag", "failed"]).well();
    assert!(failed.to_string().contains(wizard), "{failed}");
    story.console.run(&["role", wizard, "workato_role=Analyst", "--yes"]).well();
    story.console.allowed(&["apply"]).well();
    let accounts = story.peer.accounts();
    let now = accounts.iter().find(|account| account.user_name == wizard).expect("an account");
    assert_eq!(now.roles["workato_role"], "Analyst");
    story.nobody_is_flagged();
}
