//! What the supported actions and the To App switches let a plan do, in the words of the setup page.

use crate::domain::Connection;
use crate::engine::wire;

/// Which switch keeps accounts from being created; none when they may be.
pub(super) fn create_off(connection: &Connection) -> Option<&'static str> {
    match (connection.actions.push_new, connection.to_app.create) {
        (true, true) => None,
        (false, _) => Some("Push New Users"),
        (true, false) => Some("Create Users"),
    }
}

/// Which switch keeps attributes from being sent; none when they may be.
pub(super) fn update_off(connection: &Connection) -> Option<&'static str> {
    match (connection.actions.push_updates, connection.to_app.update) {
        (true, true) => None,
        (false, _) => Some("Push Profile Updates"),
        (true, false) => Some("Update User Attributes"),
    }
}

/// Somebody without an account who may not get one.
pub(super) fn no_match(connection: &Connection, off: &str, looked: bool) -> String {
    let field = wire::words(connection.unique_identifier);
    match looked {
        true => format!("Matching user not found: no account there has this {field}, and {off} is off"),
        false => format!("whether an account is there could not be told, and {off} is off: nothing is sent"),
    }
}

/// Somebody who has not what accounts are found by.
pub(super) fn nothing_to_look_for(connection: &Connection) -> String {
    let field = wire::words(connection.unique_identifier);
    format!("has no {field}, by which accounts are found on this connection; give one first")
}

/// A change that stays on our side.
pub(super) fn not_sent(off: &str) -> String {
    format!("{off} is off: saved here, not sent")
}
