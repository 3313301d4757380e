//! `/Me` (RFC 7644 section 3.11). The SCIM token stands for no user, so there is one only where the settings name
//! whom it stands for.

use jiff::Timestamp;

use super::faults::Quirks;
use super::http::{Method, Request, Response};
use super::workspace::{Workspace, not_allowed};
use crate::scim::error::ScimError;

impl Workspace {
    pub(super) fn me(
        &mut self,
        request: &Request,
        now: Timestamp,
        quirks: Quirks,
    ) -> Result<Response, ScimError> {
        let Some(name) = self.settings.me.as_deref() else {
            return Err(ScimError::new(501, "the SCIM token stands for no user: there is no /Me"));
        };
        let Some(id) = self.people.by_user_name(name).map(|account| account.id.clone()) else {
            return Err(ScimError::new(
                404,
                format!("the SCIM token stands for {name:?}, who has no account"),
            ));
        };
        let response = match request.method {
            Method::Get => self.read_user(request, &id),
            Method::Put => self.replace_user(request, &id, now, quirks),
            Method::Patch => self.patch_user(request, &id, now, quirks),
            Method::Delete => Err(ScimError::new(403, "nobody can remove their own account")),
            _ => Ok(not_allowed("GET, PUT, PATCH")),
        };
        Ok(response?.with("content-location", format!("{}/Users/{id}", self.base_url())))
    }
}
