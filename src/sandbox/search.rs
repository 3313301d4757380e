//! Lists and searches (RFC 7644 sections 3.4.2 and 3.4.3, RFC 9865): over users, groups, or both, and over the
//! roles. A search over everything leaves the roles out: they are settings of the workspace, as its schemas are.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::Value;

use super::account::Account;
use super::calls;
use super::cursor::{self, Mark, Paging, Place};
use super::faults::Quirks;
use super::groups::Group;
use super::http::{Method, Request, Response};
use super::query::Query;
use super::render::{self, Projection};
use super::workspace::{Workspace, not_allowed};
use crate::scim::error::{ScimError, ScimType};
use crate::scim::list;
use crate::scim::resource::{AttrRef, Resource};
use crate::scim::schema::ResourceSchema;
use crate::scim::sort::{Key, Sort};

/// Which resource types are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Users,
    Groups,
    Roles,
    All,
}

enum Found<'a> {
    User(&'a Account),
    Group(&'a Group),
    Role(Resource),
}

struct Row<'a> {
    key: Option<Key>,
    place: Place,
    found: Found<'a>,
}

/// How the client wants to be led through the list.
enum Wish<'a> {
    From(usize),
    /// After a cursor; an empty one is the beginning.
    After(&'a str),
}

impl Workspace {
    /// `POST .search`: a list whose parameters are in the body.
    pub(super) fn search(
        &self,
        scope: Scope,
        request: &Request,
        now: Timestamp,
        quirks: Quirks,
    ) -> Result<Response, ScimError> {
        if request.method != Method::Post {
            return Ok(not_allowed("POST"));
        }
        self.list(scope, &Query::of_search(&calls::body(request)?), now, quirks)
    }

    /// A page. Users come before groups, each in the order in which they were made, unless the client sorts.
    pub(super) fn list(
        &self,
        scope: Scope,
        query: &Query,
        now: Timestamp,
        quirks: Quirks,
    ) -> Result<Response, ScimError> {
        let projection = Projection::of(query)?;
        let sort = match query.get("sortBy") {
            Some(by) => Some(Sort::parse(by, query.get("sortOrder"), &self.schemas_of(scope))?),
            None => None,
        };
        let wish = self.wish(query)?;
        let count = match wish {
            Wish::From(_) => query.count()?,
            Wish::After(_) => query.page_size()?,
        };
        let filter = calls::filter(query)?;
        let asked = filter.as_ref().map(ToString::to_string).unwrap_or_default();
        let order = sort.as_ref().map(Sort::canonical).unwrap_or_default();
        let bound = format!("{scope:?}\n{order}\n{asked}");
        let filter = filter.filter(|_| !quirks.ignore_filter);
        let mut rows: Vec<Row<'_>> = Vec::new();
        if matches!(scope, Scope::Users | Scope::All) {
            let sort = sort.as_ref();
            rows.extend(
                self.find_users(filter.as_ref()).into_iter().map(|account| self.user_row(account, sort)),
            );
        }
        if matches!(scope, Scope::Groups | Scope::All) {
            let sort = sort.as_ref();
            rows.extend(
                self.find_groups(filter.as_ref()).into_iter().map(|group| self.group_row(group, sort)),
            );
        }
        if scope == Scope::Roles {
            rows.extend(self.role_rows(filter.as_ref(), sort.as_ref()));
        }
        let compare = |one: (Option<&Key>, Place), other: (Option<&Key>, Place)| {
            let by_key = sort.as_ref().map_or(Ordering::Equal, |sort| sort.compare(one.0, other.0));
            by_key.then(one.1.cmp(&other.1))
        };
        if sort.is_some() {
            rows.sort_by(|a, b| compare((a.key.as_ref(), a.place), (b.key.as_ref(), b.place)));
        }
        let total = rows.len();
        let body = match wish {
            Wish::From(offset) => {
                let page = rows.into_iter().skip(offset).take(count).map(|row| self.write(row, &projection));
                list::write(total, offset.saturating_add(1), page.collect())
            }
            Wish::After(token) => {
                let start = match token {
                    "" => 0,
                    token => {
                        let mark = cursor::read(&self.settings, &bound, token, now)?;
                        let is_before = |row: &Row<'_>| {
                            compare((row.key.as_ref(), row.place), (mark.key.as_ref(), mark.place)).is_le()
                        };
                        rows.partition_point(is_before)
                    }
                };
                let end = start.saturating_add(count);
                let last = end.checked_sub(1).and_then(|last| rows.get(last)).filter(|_| end < total);
                let mark = last.map(|row| Mark { key: row.key.clone(), place: row.place });
                let next = mark.and_then(|mark| cursor::write(&self.settings, &bound, mark, now));
                let page = rows.into_iter().skip(start).take(count).map(|row| self.write(row, &projection));
                list::write_cursor(total, next, page.collect())
            }
        };
        Ok(Response::scim(200, &body))
    }

    fn wish<'a>(&self, query: &'a Query) -> Result<Wish<'a>, ScimError> {
        let refuse = |detail: &str| Err(ScimError::typed(ScimType::InvalidValue, detail));
        match (self.settings.paging, query.get("cursor"), query.get("startIndex")) {
            (Paging::Index, Some(_), _) => Err(ScimError::new(501, "cursor pages are not offered here")),
            (_, Some(_), Some(_)) => refuse("cursor and startIndex exclude each other"),
            (_, Some(cursor), None) => Ok(Wish::After(cursor)),
            (Paging::Cursor, None, _) if query.offset()? > 0 => refuse(
                "this endpoint has cursor pages only: leave startIndex out and follow nextCursor from page to page",
            ),
            (Paging::Cursor, None, _) => Ok(Wish::After("")),
            _ => Ok(Wish::From(query.offset()?)),
        }
    }

    fn schemas_of(&self, scope: Scope) -> Vec<&ResourceSchema> {
        match scope {
            Scope::Users => vec![&self.user_schema],
            Scope::Groups => vec![&self.group_schema],
            Scope::Roles => vec![&self.role_schema],
            Scope::All => vec![&self.user_schema, &self.group_schema],
        }
    }

    fn user_row<'a>(&'a self, account: &'a Account, sort: Option<&Sort>) -> Row<'a> {
        let key = sort.and_then(|sort| match is_kept(&sort.by) {
            true => sort.key(&account.attributes, &self.user_schema),
            false => sort.key(&self.user_resource(account), &self.user_schema),
        });
        Row { key, place: Place(0, account.number), found: Found::User(account) }
    }

    fn group_row<'a>(&'a self, group: &'a Group, sort: Option<&Sort>) -> Row<'a> {
        let key = sort.and_then(|sort| match is_kept(&sort.by) {
            true => sort.key(&group.attributes, &self.group_schema),
            false => sort.key(&self.group_resource(group, &Projection::All), &self.group_schema),
        });
        Row { key, place: Place(1, group.number), found: Found::Group(group) }
    }

    fn role_rows(&self, filter: Option<&crate::scim::filter::Filter>, sort: Option<&Sort>) -> Vec<Row<'_>> {
        let all = (0..).zip(self.role_resources());
        all.filter(|(_, role)| filter.is_none_or(|filter| filter.matches(role, &self.role_schema)))
            .map(|(number, role)| Row {
                key: sort.and_then(|sort| sort.key(&role, &self.role_schema)),
                place: Place(2, number),
                found: Found::Role(role),
            })
            .collect()
    }

    fn write(&self, row: Row<'_>, projection: &Projection) -> Value {
        Value::Object(match row.found {
            Found::User(account) => render::user(account, &self.groups, &self.base_url(), projection),
            Found::Group(group) => self.group_resource(group, projection),
            Found::Role(role) => projection.apply(role),
        })
    }
}

/// Whether an attribute is among those a client sets; the others are only made when a resource is written out.
fn is_kept(attr: &AttrRef) -> bool {
    let made = ["schemas", "id", "meta", "groups", "members"];
    attr.extension().is_some() || !made.iter().any(|name| attr.name.eq_ignore_ascii_case(name))
}
