//! The seed document told as tests: a module per section, in its words and order. This side goes through the command
//! line of the real program; the other side is the program's own sandbox in a process of its own, and what happened
//! there is read by plain HTTP.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that cannot go on fails its test"
)]

mod bad_input;
mod configure_scim;
mod convert_user_assignments;
mod deprovision_users;
mod disabling_scim;
#[path = "../canary/nowhere/mod.rs"]
mod nowhere;
mod provision_users;
mod role_attributes;
mod scene;
mod troubleshooting;
mod update_users;
