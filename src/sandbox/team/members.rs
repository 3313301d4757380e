//! `GET /api/members`: the collaborators list, in the shape Workato's own API has for a collaborator, with a
//! `state` of ours. Newest last; `page[size]` (default and most 100) and `page[after]` (the id of the last one seen).

use serde_json::{Value, json};

use super::sessions::environments;
use crate::sandbox::account::{Account, Standing};
use crate::sandbox::activity_api::refuse;
use crate::sandbox::http::{Method, Request, Response};
use crate::sandbox::query::Query;
use crate::sandbox::workspace::Workspace;

/// The most members in a page.
const MAX_PAGE: usize = 100;

impl Workspace {
    pub(super) fn members(&self, request: &Request) -> Response {
        if request.method != Method::Get {
            return refuse(405, "the members are only read").with("allow", "GET");
        }
        let query = Query::parse(&request.query);
        let number = |name: &str| query.get(name).map(str::parse::<u64>).transpose();
        let (Ok(after), Ok(size)) = (number("page[after]"), number("page[size]")) else {
            return refuse(400, "page[after] and page[size] must be numbers");
        };
        let size = size.and_then(|size| usize::try_from(size).ok()).unwrap_or(MAX_PAGE).min(MAX_PAGE);
        let page = self.people.after(after.unwrap_or(0)).take(size);
        let data: Vec<Value> = page.map(member).collect();
        Response::json(200, &json!({"data": data, "total": self.people.len()}))
    }
}

fn member(account: &Account) -> Value {
    let state = match (account.access, account.standing) {
        (false, _) => "no access",
        (true, Standing::Invited) => "pending",
        (true, Standing::Collaborator) => "active",
    };
    let roles = environments(account);
    let roles = roles.iter().map(|(name, role)| json!({"environment_type": name, "role_name": role}));
    let last = account.last_activity.as_ref().map(|last| {
        json!({"id": last.id, "event_type": last.event.as_str(), "created_at": format!("{:.3}", last.at)})
    });
    json!({
        "id": account.number,
        "grant_type": "team",
        "name": account.name(),
        "email": account.user_name(),
        "roles": roles.collect::<Vec<_>>(),
        "external_id": account.external_id(),
        "state": state,
        "last_activity_log": last,
        "time_zone": "UTC",
        "created_at": format!("{:.3}", account.created),
    })
}
