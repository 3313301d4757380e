//! Which roles the endpoint reports, and how many seats each has.

use std::collections::HashSet;

use super::{Cause, Endpoint, Trouble, judge, paging};
use crate::domain::{Answer, Call, Exchange, Method, Outcome};
use crate::scim::list::ListPage;
use crate::scim::resource::Resource;
use crate::scim::roles;

pub use crate::scim::roles::ReportedRole;

/// Pages read at most.
const MAX_PAGES: u32 = 20;
/// Roles taken at most.
const MAX_ROLES: usize = 2_000;
const COUNT: u32 = 100;

impl Endpoint {
    /// The roles that can be given, in the endpoint's own order, each value once: draft-ietf-scim-roles-entitlements
    /// or Okta's variant, whichever it speaks. Only reads.
    ///
    /// Asks `/ServiceProviderConfig`, where that is silent `/ResourceTypes`, and where both are silent `/Roles`
    /// itself. The list is whole: one that breaks off or is longer than 2,000 is a trouble, so that a missing role
    /// may be taken as one that is not there. `Cause::NotOffered` where the endpoint reports no roles.
    pub async fn roles(&self) -> Result<Vec<ReportedRole>, Trouble> {
        let path = self.where_roles_are().await?;
        let mut pass = Pass::default();
        let mut cursor: Option<String> = None;
        for _ in 0..MAX_PAGES {
            let exchange = self.send_page(&call(&path, pass.rows + 1, cursor.as_deref())).await;
            if pass.rows == 0 && is_missing(&exchange) {
                return Err(not_offered());
            }
            let page = paging::read(&exchange)?;
            let next = page.next_cursor.clone();
            let total = page.total;
            let came = pass.take(page);
            if pass.roles.len() > MAX_ROLES {
                break;
            }
            match (&next, total) {
                (Some(_), _) if next != cursor => {}
                (None, Some(total)) if pass.rows < total && came > 0 => {}
                (None, None) if came > 0 && cursor.is_none() => {}
                (None, Some(total)) if pass.rows < total => return Err(short(pass.rows, total)),
                _ => return Ok(pass.roles),
            }
            cursor = next;
        }
        Err(Trouble::new(
            Cause::NotScim,
            format!("The endpoint reports more roles than can be read ({MAX_ROLES}). None was taken over."),
            "Keep the list of roles by hand, or ask the app's vendor why it is so long.",
        ))
    }

    async fn where_roles_are(&self) -> Result<Vec<String>, Trouble> {
        let usual = || vec!["Roles".to_owned()];
        let said = match self.document("ServiceProviderConfig").await? {
            Some(answer) => serde_json::from_str::<Resource>(&answer.body)
                .ok()
                .and_then(|config| roles::announced(&config)),
            None => None,
        };
        if said == Some(true) {
            return Ok(usual());
        }
        let types = match self.document("ResourceTypes").await? {
            Some(answer) => ListPage::read(answer.body.as_bytes()).unwrap_or_default().resources,
            None => Vec::new(),
        };
        let found = types
            .iter()
            .take(200)
            .find_map(|raw| roles::endpoint_of(&serde_json::from_str::<Resource>(raw.get()).ok()?));
        match (found, said) {
            (Some(path), _) => Ok(path),
            (None, Some(false)) => Err(not_offered()),
            (None, _) => Ok(usual()),
        }
    }

    /// A document about the endpoint; none where it does not have it, which many do not.
    async fn document(&self, name: &str) -> Result<Option<Answer>, Trouble> {
        let exchange = self.send(&Call::new(Method::Get, &[name])).await;
        match judge(&exchange.call, &exchange.outcome) {
            Ok(answer) => Ok(Some(answer.clone())),
            Err(trouble) => match trouble.cause {
                Cause::NotSent | Cause::NoAnswer | Cause::TokenRefused | Cause::SlowDown => Err(trouble),
                _ => Ok(None),
            },
        }
    }
}

#[derive(Default)]
struct Pass {
    roles: Vec<ReportedRole>,
    seen: HashSet<String>,
    rows: u64,
}

impl Pass {
    /// How many roles were new. Rows that are no role are passed over, but count as rows.
    fn take(&mut self, page: ListPage) -> usize {
        let before = self.roles.len();
        for raw in &page.resources {
            self.rows += 1;
            let role = serde_json::from_str::<Resource>(raw.get()).ok().and_then(|r| ReportedRole::read(&r));
            if let Some(role) = role
                && self.seen.insert(role.value.clone())
            {
                self.roles.push(role);
            }
        }
        self.roles.len() - before
    }
}

fn call(path: &[String], start: u64, cursor: Option<&str>) -> Call {
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    let call = Call::new(Method::Get, &parts);
    let call = match cursor {
        Some(cursor) => call.query("cursor", cursor),
        None => call.query("startIndex", start.to_string()),
    };
    call.query("count", COUNT.to_string())
}

fn is_missing(exchange: &Exchange) -> bool {
    matches!(&exchange.outcome, Outcome::Answered(answer) if matches!(answer.status, 404 | 405 | 410 | 501))
}

fn not_offered() -> Trouble {
    Trouble::new(
        Cause::NotOffered,
        "The endpoint does not report its roles. Nothing was changed.".to_owned(),
        "Keep the list of roles by hand: the values are in the app's own settings.",
    )
}

fn short(rows: u64, total: u64) -> Trouble {
    Trouble::new(
        Cause::NotScim,
        format!("The endpoint speaks of {total} roles and gave {rows}. None was taken over."),
        "Try again; if it stays so, keep the list of roles by hand and tell the app's vendor.",
    )
}
