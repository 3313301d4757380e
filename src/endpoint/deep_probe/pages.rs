//! Whether the pages of a list fit together.

use serde_json::Value;

use super::{First, Look, rows};
use crate::scim::resource::{self, Resource};

/// What a page's numbers must be: integers, not texts (RFC 7644, 3.4.2).
const NUMBERS: [&str; 3] = ["totalResults", "startIndex", "itemsPerPage"];

impl Look<'_> {
    pub(super) async fn pages(&mut self, first: &First) {
        self.numbers(&first.document);
        let total = resource::get(&first.document, "totalResults").and_then(Value::as_u64).unwrap_or(0);
        if total < 2 {
            let next = "Look again when a few accounts are there.";
            return self.warn("Pages", "too few accounts to see a second page", next);
        }
        self.count(first);
        self.second(first).await;
        self.cursor().await;
    }

    fn numbers(&mut self, document: &Resource) {
        let wrong: Vec<&str> = NUMBERS
            .into_iter()
            .filter(|name| resource::get(document, name).is_some_and(|value| !value.is_u64()))
            .collect();
        let no_total = resource::get(document, "totalResults").is_none();
        if no_total {
            let next = "A list counts as read to its end when a page comes back short.";
            return self.warn("Page numbers", "totalResults is missing", next);
        }
        if wrong.is_empty() {
            return self.pass("Page numbers", "integers, as they should be");
        }
        let found = format!("no integers: {}", wrong.join(", "));
        self.warn("Page numbers", found, "They are read all the same; other clients stumble over them.");
    }

    fn count(&mut self, first: &First) {
        match first.users.len() {
            0..=2 => self.pass("Page size", format!("count=2 gave {}", first.users.len())),
            n => {
                let next = "Pages are larger than asked for; the list is read all the same.";
                self.warn("Page size", format!("count=2 gave {n}: it is passed over"), next);
            }
        }
    }

    async fn second(&mut self, first: &First) {
        let check = "Second page";
        let next = "A list is then never complete: accounts that are not seen are not called gone.";
        let page = self.object(&["Users"], &[("startIndex", "2"), ("count", "1")]).await;
        let found = match page {
            Err(trouble) => return self.warn(check, trouble.text, next),
            Ok((_, document)) => rows(&document),
        };
        let id = |user: Option<&Resource>| user.and_then(|u| resource::text(u, "id")).map(str::to_owned);
        match (id(found.first()), id(first.users.first()), id(first.users.get(1))) {
            (None, ..) => self.warn(check, "startIndex=2 gave nobody although more are there", next),
            (got, one, _) if got == one => {
                self.fail(check, "startIndex=2 gave the first account again: it is passed over", next);
            }
            (got, _, two) if got == two => self.pass(check, "startIndex=2 begins with the second account"),
            (_, _, None) => self.pass(check, "startIndex=2 gave another account"),
            _ => self.warn(check, "the order of accounts differs from request to request", next),
        }
    }

    async fn cursor(&mut self) {
        let check = "Cursor pages";
        let page = self.object(&["Users"], &[("cursor", ""), ("count", "1")]).await;
        let offered = page.is_ok_and(|(_, document)| resource::text(&document, "nextCursor").is_some());
        if offered {
            return self.pass(check, "offered (RFC 9865); used where index pages are refused");
        }
        self.pass(check, "not offered; index pages are used");
    }
}
