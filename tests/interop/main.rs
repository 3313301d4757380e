//! The real binary against servers that other people wrote.

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
    let asked = story.console.run(&["role", wizard, "workato_role=Wizard", "--yes"]);
    assert_eq!(asked.code, 5, "{}", asked.json);
    let error = asked.json["results"][0]["error"].to_string();
    assert!(error.contains("400") || error.contains("Wizard"), "{}", asked.json);
    let rest = story.console.allowed(&["provision"]);
    assert_eq!(rest.json["done"], story.people.len() - 1, "{}", rest.json);
    let status = story.console.status();
    assert_eq!(status["flags"]["failed"], 1, "{status}");
    let accounts = story.peer.accounts();
    assert_eq!(accounts.len(), story.people.len() - 1);
    assert!(accounts.iter().all(|account| account.user_name != wizard));
}
