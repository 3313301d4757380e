//! Whether a search by user name finds that one account, and nobody where there is nobody.

use super::{First, Look, rows, shown};
use crate::scim::resource::{self, Resource};

/// A user name that nobody has.
const NOBODY: &str = "nobody-has-this-name@scimdeck.invalid";

impl Look<'_> {
    pub(super) async fn filters(&mut self, first: &First) {
        let name = first.users.iter().find_map(|user| resource::text(user, "userName")).map(str::to_owned);
        match &name {
            None => self.warn(
                "Filter, existing name",
                "no account is there to look for",
                "Look again when the first account is there.",
            ),
            Some(name) => {
                self.existing(name).await;
                self.other_case(name).await;
            }
        }
        self.nobody().await;
    }

    async fn search(&mut self, name: &str) -> Result<Vec<Resource>, String> {
        let quoted = serde_json::Value::from(name).to_string();
        let filter = format!("userName eq {quoted}");
        let found =
            self.object(&["Users"], &[("filter", &filter), ("startIndex", "1"), ("count", "100")]).await;
        found.map(|(_, document)| rows(&document)).map_err(|trouble| trouble.text)
    }

    async fn existing(&mut self, name: &str) {
        let check = "Filter, existing name";
        let whole_list = "Accounts are then found by reading the whole list, which takes longer.";
        match self.search(name).await {
            Err(text) => self.warn(check, text, whole_list),
            Ok(found) => match found.as_slice() {
                [] => self.warn(check, "the account on the first page is not found by its own name", whole_list),
                [one] if same(one, name) => self.pass(check, "exactly that account is found"),
                [one] => self.fail(
                    check,
                    format!("another account is found: {}", shown(one, "userName")),
                    "Do not provision before the app's vendor repaired it: people would get somebody else's account.",
                ),
                many if many.iter().all(|one| same(one, name)) => self.warn(
                    check,
                    format!("{} accounts have this one name", many.len()),
                    "Take the extra ones away in the app.",
                ),
                many => self.warn(check, format!("the filter is passed over: {} accounts came", many.len()), whole_list),
            },
        }
    }

    async fn other_case(&mut self, name: &str) {
        let check = "Filter, other case";
        let other: String = name
            .chars()
            .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
            .collect();
        if other == name {
            return;
        }
        match self.search(&other).await {
            Err(text) => self.warn(check, text, "Try again."),
            Ok(found) if found.iter().any(|one| same(one, name)) => {
                self.pass(check, "user names are found in any case (RFC 7643: they are case-insensitive)");
            }
            Ok(_) => self.warn(
                check,
                "user names are only found as they are written there (RFC 7643 calls them case-insensitive)",
                "Before an account is made the whole list is looked at too, so nobody gets a second one.",
            ),
        }
    }

    async fn nobody(&mut self) {
        let check = "Filter, nobody's name";
        match self.search(NOBODY).await {
            Err(text) => self.warn(
                check,
                format!("a search that finds nobody is an error: {text}"),
                "The whole list is read instead, which takes longer.",
            ),
            Ok(found) if found.is_empty() => self.pass(check, "an empty list, as it should be"),
            Ok(found) => self.warn(
                check,
                format!("the filter is passed over: {} accounts came", found.len()),
                "The whole list is read instead; report it to the app's vendor.",
            ),
        }
    }
}

fn same(user: &Resource, name: &str) -> bool {
    resource::text(user, "userName").is_some_and(|other| other.to_lowercase() == name.to_lowercase())
}
