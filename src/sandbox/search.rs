//! Lists and searches (RFC 7644 sections 3.4.2 and 3.4.3): over users, groups, or both.

use serde_json::Value;

use super::account::Account;
use super::calls;
use super::faults::Quirks;
use super::groups::Group;
use super::http::{Method, Request, Response};
use super::query::Query;
use super::render::{self, Projection};
use super::workspace::{Workspace, not_allowed};
use crate::scim::error::ScimError;
use crate::scim::list;

/// Which resource types are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Users,
    Groups,
    All,
}

enum Found<'a> {
    User(&'a Account),
    Group(&'a Group),
}

impl Workspace {
    /// `POST .search`: a list whose parameters are in the body.
    pub(super) fn search(
        &self,
        scope: Scope,
        request: &Request,
        quirks: Quirks,
    ) -> Result<Response, ScimError> {
        if request.method != Method::Post {
            return Ok(not_allowed("POST"));
        }
        self.list(scope, &Query::of_search(&calls::body(request)?), quirks)
    }

    /// A page. Users come before groups, each in the order in which they were made.
    pub(super) fn list(&self, scope: Scope, query: &Query, quirks: Quirks) -> Result<Response, ScimError> {
        let projection = Projection::of(query)?;
        let (offset, count) = (query.offset()?, query.count()?);
        let filter = calls::filter(query)?.filter(|_| !quirks.ignore_filter);
        let users = match scope {
            Scope::Groups => Vec::new(),
            _ => self.find_users(filter.as_ref()),
        };
        let groups = match scope {
            Scope::Users => Vec::new(),
            _ => self.find_groups(filter.as_ref()),
        };
        let total = users.len() + groups.len();
        let found = users.into_iter().map(Found::User).chain(groups.into_iter().map(Found::Group));
        let base = self.base_url();
        let write = |found: Found<'_>| {
            Value::Object(match found {
                Found::User(account) => render::user(account, &self.groups, &base, &projection),
                Found::Group(group) => self.group_resource(group, &projection),
            })
        };
        let page = found.skip(offset).take(count).map(write).collect();
        Ok(Response::scim(200, &list::write(total, offset.saturating_add(1), page)))
    }
}
