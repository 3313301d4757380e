//! People whose user name several accounts there have, as `check` and `show` tell it.

use serde_json::{Value, json};

use crate::cli::text::table;
use crate::directory::Directory;
use crate::engine::compare::{Orphan, Twice, TwiceAccount, twice};

/// Nothing here reaches an account that is not linked.
const BY_HAND: &str = "take its access away in the app";

fn second_words(account: &TwiceAccount) -> String {
    format!(
        "shall have no access, but a second account of that user name is active there ({})",
        account.account_id
    )
}

/// Lines among those who shall have no access and still have it.
pub(super) fn second_rows(directory: &Directory, one: &Twice) -> Vec<Vec<String>> {
    let Some(person) = directory.get(one.person) else { return Vec::new() };
    let row = |account: &TwiceAccount| {
        vec![person.user_name().to_owned(), second_words(account), BY_HAND.to_owned()]
    };
    one.remaining().map(row).collect()
}

/// The same with the keys of a leaver.
pub(super) fn second_json(directory: &Directory, one: &Twice) -> Vec<Value> {
    let Some(person) = directory.get(one.person) else { return Vec::new() };
    let row = |account: &TwiceAccount| {
        json!({
            "user_name": person.user_name(),
            "display_name": person.name(),
            "status": person.status(),
            "account": "active",
            "account_id": account.account_id,
            "roles": person.roles(),
            "why": second_words(account),
            "next": BY_HAND,
        })
    };
    one.remaining().map(row).collect()
}

/// How many accounts of people who shall have no access have it beside the one that is reached from here.
pub(in crate::cli) fn second_count(directory: &Directory, orphans: &[Orphan]) -> usize {
    twice(directory, orphans).iter().map(|one| one.remaining().count()).sum()
}

/// The line of `status`: no flag tells of an account that is nobody's here.
pub(in crate::cli) fn second_count_text(second: usize) -> String {
    match second {
        0 => String::new(),
        1 => {
            "! access remains in a second account of somebody who shall have none; scimdeck check names it\n"
                .to_owned()
        }
        n => format!(
            "! access remains in {n} second accounts of people who shall have none; scimdeck check names them\n"
        ),
    }
}

/// One account of several.
pub(super) fn account_json(account: &TwiceAccount) -> Value {
    json!({"account_id": account.account_id, "active": account.active, "linked": account.linked})
}

/// Somebody with all of their accounts.
pub(super) fn twice_json(directory: &Directory, one: &Twice) -> Option<Value> {
    let accounts: Vec<Value> = one.accounts.iter().map(account_json).collect();
    Some(json!({"user_name": directory.get(one.person)?.user_name(), "accounts": accounts}))
}

/// The list of `check`.
pub(super) fn twice_text(directory: &Directory, all: &[Twice], width: Option<usize>) -> String {
    let rows =
        all.iter().filter(|one| one.is_twice()).filter_map(|one| Some((directory.get(one.person)?, one)));
    let rows = rows.flat_map(|(person, one)| {
        let row = |account: &TwiceAccount| {
            let state = if account.active { "active" } else { "inactive" };
            let whose = if account.linked { "linked" } else { "" };
            vec![
                person.user_name().to_owned(),
                account.account_id.clone(),
                state.to_owned(),
                whose.to_owned(),
            ]
        };
        one.accounts.iter().map(row).collect::<Vec<_>>()
    });
    let rows: Vec<Vec<String>> = rows.collect();
    if rows.is_empty() {
        return String::new();
    }
    format!(
        "\ntwice there: take the extra ones away in the app\n{}",
        table(&["USER NAME", "ACCOUNT", "", ""], &rows, width)
    )
}
