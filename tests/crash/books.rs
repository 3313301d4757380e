//! What should be there against what is there, and what the files say: no code of the engine, its store or its client.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use crate::app::App;
use crate::console::{Console, ROLE};

fn open(home: &Path) -> Connection {
    let file = home.join("scimdeck.db");
    Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the store")
}

/// People whose account is made or linked, as the journal says.
pub(crate) fn done(home: &Path) -> Vec<String> {
    let sql = open(home);
    let text =
        "SELECT DISTINCT lower(user_name) FROM operation WHERE state = 'done' AND kind IN ('create', 'link')";
    let mut rows = sql.prepare(text).expect("a query");
    let names = rows.query_map([], |row| row.get(0)).expect("rows");
    names.map(|name| name.expect("a name")).collect()
}

/// The file is whole.
pub(crate) fn sound(home: &Path) {
    let sql = open(home);
    let word: String = sql.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("an answer");
    assert_eq!(word, "ok");
    let broken: i64 = sql
        .query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0))
        .expect("a count");
    assert_eq!(broken, 0);
}

pub(crate) fn user_name(account: &Value) -> String {
    account["userName"].as_str().expect("a name").to_lowercase()
}

/// Names of the accounts that are there, sorted.
pub(crate) fn names(app: &App) -> Vec<String> {
    let mut names: Vec<String> = app.all("Users").iter().map(user_name).collect();
    names.sort();
    names
}

/// Everybody of the directory has exactly the account that they shall have; the strangers are as they were.
pub(crate) fn agree(console: &Console, app: &App, strangers: &[Value]) {
    let people = console.json(&["people"]);
    let mut accounts = app.all("Users");
    for stranger in strangers {
        let at = accounts.iter().position(|account| account == stranger);
        accounts.remove(at.unwrap_or_else(|| panic!("a stranger was touched: {stranger}")));
    }
    for person in people.as_array().expect("people") {
        let name = person["user_name"].as_str().expect("a name");
        let mine: Vec<Value> = accounts.extract_if(.., |account| user_name(account) == name).collect();
        assert!(mine.len() <= 1, "{name} is there {} times", mine.len());
        if person["status"] == "active" && person["type"] != "none" {
            let account = mine.first().unwrap_or_else(|| panic!("{name} is not there"));
            assert_eq!(account["active"], true, "{name}: {account}");
            assert_eq!(account[ROLE]["workato_role"], person["roles"]["workato_role"], "{name}: {account}");
        } else if let Some(account) = mine.first() {
            assert_eq!(account["active"], false, "{name}: {account}");
        }
    }
    assert!(accounts.is_empty(), "of nobody: {accounts:?}");
}
