//! `/ServiceProviderConfig`, `/ResourceTypes`, `/Schemas`. What Workato answers there is not documented: the
//! content is what this sandbox really does.

use serde_json::Value;

use super::http::{Request, Response};
use super::query::{DEFAULT_COUNT, MAX_COUNT, Query};
use super::roles;
use super::workspace::Workspace;
use super::{Paging, RolesForm, bulk, cursor};
use crate::scim::discovery::{self, Offer};
use crate::scim::error::ScimError;
use crate::scim::list;

impl Workspace {
    pub(super) fn discovery(&self, request: &Request, parts: &[&str]) -> Result<Response, ScimError> {
        // RFC 7644 section 4: a filter here is refused with 403.
        if Query::parse(&request.query).get("filter").is_some() {
            return Err(ScimError::new(403, "discovery documents cannot be filtered"));
        }
        let base = self.base_url();
        match parts {
            ["ServiceProviderConfig"] => {
                let location = format!("{base}/ServiceProviderConfig");
                Ok(Response::scim(200, &discovery::service_provider_config(&location, self.offer())))
            }
            ["ResourceTypes"] => Ok(all(self.resource_types(&base))),
            ["ResourceTypes", id] => one(self.resource_types(&base), id),
            ["Schemas"] => Ok(all(self.schemas(&base))),
            ["Schemas", id] => one(self.schemas(&base), id),
            _ => Err(ScimError::new(404, "there is nothing at this address")),
        }
    }

    fn offer(&self) -> Offer {
        let paging = self.settings.paging;
        Offer {
            max_results: MAX_COUNT,
            default_results: DEFAULT_COUNT,
            bulk: (bulk::MAX_OPERATIONS, bulk::MAX_PAYLOAD),
            cursor: (paging != Paging::Index).then_some(cursor::CURSOR_TIMEOUT),
            index: paging != Paging::Cursor,
            roles: matches!(self.settings.roles_form, RolesForm::Draft | RolesForm::Both),
        }
    }

    fn resource_types(&self, base: &str) -> Vec<Value> {
        let mut types = vec![
            discovery::resource_type(base, "User", "/Users", &self.user_schema),
            discovery::resource_type(base, "Group", "/Groups", &self.group_schema),
        ];
        if self.settings.roles_form != RolesForm::Unannounced {
            types.push(discovery::resource_type(base, "Role", "/Roles", &self.role_schema));
        }
        types
    }

    fn schemas(&self, base: &str) -> Vec<Value> {
        let user = std::iter::once(&self.user_schema.core).chain(&self.user_schema.extensions);
        let both = [roles::schema(RolesForm::Okta).core, roles::draft_schema()];
        user.chain([&self.group_schema.core])
            .chain(&both)
            .map(|schema| discovery::schema(base, schema))
            .collect()
    }
}

fn all(documents: Vec<Value>) -> Response {
    Response::scim(200, &list::write(documents.len(), 1, documents))
}

fn one(documents: Vec<Value>, id: &str) -> Result<Response, ScimError> {
    let is = |document: &&Value| document["id"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(id));
    match documents.iter().find(is) {
        Some(document) => Ok(Response::scim(200, document)),
        None => Err(ScimError::new(404, "there is no such document")),
    }
}
