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
