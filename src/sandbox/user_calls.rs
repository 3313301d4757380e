//! Calls on `/Users`.
//!
//! POST invites: the user is answered with `active: true` though nobody has accepted yet (Workato's way). A PUT
//! without the role extension erases the roles, as real servers do; what remains is "No access". A PUT without
//! `active` clears the attribute and leaves access as it was.

use jiff::Timestamp;
use serde_json::Value;

use super::account::{Account, ROLE_ATTRIBUTES, Standing};
use super::activity::{Actor, Draft, Event, MANAGED_USER_GRANT, MEMBER_INVITATION, RequestInfo, Target};
use super::activity::{SCIM_AUTO_SYNC, diff};
use super::calls::{self, answer};
use super::faults::Quirks;
use super::http::{Request, Response};
use super::query::Query;
use super::render::{self, Projection};
use super::team::sentence;
use super::workspace::{Pending, Workspace};
use crate::scim::error::{ScimError, ScimType};
use crate::scim::filter::Filter;
use crate::scim::patch;
use crate::scim::resource::{self, Resource, urn};

/// By whom and how a change came.
pub(super) struct Cause {
    pub(super) activity: Option<&'static str>,
    pub(super) actor: Actor,
    pub(super) request: RequestInfo,
}

impl Request {
    /// What the activity log tells of a request.
    pub(super) fn info(&self) -> RequestInfo {
        let text = |name: &str| self.get(name).map(|value| value.chars().take(500).collect::<String>());
        RequestInfo {
            ip_address: self.peer.clone(),
            user_agent: text("user-agent").unwrap_or_default(),
            request_id: text("x-request-id"),
        }
    }
}

impl Workspace {
    pub(super) fn cause(&self, request: &Request) -> Cause {
        Cause { activity: Some(SCIM_AUTO_SYNC), actor: self.scim_actor(), request: request.info() }
    }

    /// The whole User resource of an account.
    pub(super) fn user_resource(&self, account: &Account) -> Resource {
        render::user(account, &self.groups, &self.base_url(), &Projection::All)
    }

    fn user_answer(&self, status: u16, id: &str, projection: &Projection) -> Result<Response, ScimError> {
        let account = self.people.by_id(id).ok_or_else(|| no_user(id))?;
        let base = self.base_url();
        let body = render::user(account, &self.groups, &base, projection);
        Ok(answer(status, body, account.etag()).with("location", format!("{base}/Users/{id}")))
    }

    /// Who matches: by index where the filter is a plain `eq` on an indexed attribute, else by looking at all.
    pub(super) fn find_users(&self, filter: Option<&Filter>) -> Vec<&Account> {
        let Some(filter) = filter else { return self.people.iter().collect() };
        if let Some((attr, text)) = filter.simple_eq() {
            if attr.is_core("userName") {
                return self.people.with_user_name(text).collect();
            }
            if attr.is_core("externalId") {
                return self.people.by_external_id(text).collect();
            }
            if attr.is_core("id") {
                return self.people.by_id(text).into_iter().collect();
            }
        }
        // Only these are not among the kept attributes; without them nobody's resource need be written out.
        let whole = ["schemas", "id", "meta", "groups"].iter().any(|name| filter.mentions(name));
        let matches = |account: &&Account| match whole {
            true => filter.matches(&self.user_resource(account), &self.user_schema),
            false => filter.matches(&account.attributes, &self.user_schema),
        };
        self.people.iter().filter(matches).collect()
    }

    pub(super) fn read_user(&self, request: &Request, id: &str) -> Result<Response, ScimError> {
        let projection = Projection::of(&Query::parse(&request.query))?;
        let account = self.people.by_id(id).ok_or_else(|| no_user(id))?;
        if calls::is_known(request, &account.etag()) {
            return Ok(Response::empty(304).with("etag", account.etag()));
        }
        self.user_answer(200, id, &projection)
    }

    pub(super) fn create_user(
        &mut self,
        request: &Request,
        now: Timestamp,
        quirks: Quirks,
    ) -> Result<Response, ScimError> {
        let projection = Projection::of(&Query::parse(&request.query))?;
        let mut attributes = self.user_attributes(calls::body(request)?)?;
        self.check_user(&attributes, None, quirks)?;
        self.keep_out(&mut attributes, None);
        let access = resource::active(&attributes).unwrap_or(true);
        attributes.insert("active".to_owned(), Value::Bool(access));
        let (number, id) = self.ids.next();
        let changes = diff(&Resource::new(), &attributes);
        let account = Account {
            id: id.clone(),
            number,
            attributes,
            version: 1,
            created: now,
            modified: now,
            standing: Standing::Invited,
            access,
            access_ended: None,
            invitation: None,
            joined: None,
            last_activity: None,
            groups: Default::default(),
        };
        self.people.insert(account);
        let cause = self.cause(request);
        self.log_user(&id, Event::MemberInvited, changes, cause, now);
        self.invite_where_due(&id, now);
        self.user_answer(201, &id, &projection)
    }

    pub(super) fn replace_user(
        &mut self,
        request: &Request,
        id: &str,
        now: Timestamp,
        quirks: Quirks,
    ) -> Result<Response, ScimError> {
        let projection = Projection::of(&Query::parse(&request.query))?;
        let account = self.people.by_id(id).ok_or_else(|| no_user(id))?;
        calls::check_version(request, &account.etag())?;
        let attributes = self.user_attributes(calls::body(request)?)?;
        let cause = self.cause(request);
        self.store_user(id, attributes, cause, now, quirks)?;
        self.user_answer(200, id, &projection)
    }

    pub(super) fn patch_user(
        &mut self,
        request: &Request,
        id: &str,
        now: Timestamp,
        quirks: Quirks,
    ) -> Result<Response, ScimError> {
        let projection = Projection::of(&Query::parse(&request.query))?;
        let account = self.people.by_id(id).ok_or_else(|| no_user(id))?;
        calls::check_version(request, &account.etag())?;
        let operations = patch::read(&calls::body(request)?)?;
        let mut document = account.attributes.clone();
        document.insert("id".to_owned(), id.into());
        let patched = patch::apply(document, &operations, &self.user_schema)?;
        let attributes = self.user_attributes(patched)?;
        let cause = self.cause(request);
        self.store_user(id, attributes, cause, now, quirks)?;
        self.user_answer(200, id, &projection)
    }

    pub(super) fn delete_user(
        &mut self,
        request: &Request,
        id: &str,
        now: Timestamp,
    ) -> Result<Response, ScimError> {
        let account = self.people.by_id(id).ok_or_else(|| no_user(id))?;
        calls::check_version(request, &account.etag())?;
        self.check_pending(account)?;
        let cause = self.cause(request);
        self.remove_user(id, cause, now);
        Ok(Response::empty(204))
    }

    pub(super) fn remove_user(&mut self, id: &str, cause: Cause, now: Timestamp) {
        self.log_user(id, Event::MemberRemoved, Vec::new(), cause, now);
        let Some(gone) = self.people.remove(id) else { return };
        for group_id in &gone.groups {
            if let Some(group) = self.groups.by_id_mut(group_id) {
                group.members.retain(|member| member.value != id);
                group.version += 1;
                group.modified = now;
            }
        }
    }

    /// The attributes a client may set, in the schema's spelling. A password is taken and forgotten.
    fn user_attributes(&self, body: Resource) -> Result<Resource, ScimError> {
        let mut attributes = self.user_schema.normalise(body)?;
        attributes.shift_remove("password");
        Ok(attributes)
    }

    /// Required attributes, role values, seats and uniqueness. `id` is the account itself when it is being changed.
    fn check_user(&self, attributes: &Resource, id: Option<&str>, quirks: Quirks) -> Result<(), ScimError> {
        if let Some(name) = self.user_schema.missing(attributes) {
            return Err(ScimError::typed(ScimType::InvalidValue, format!("{name} is required")));
        }
        let extension = attributes.get(urn::WORKATO_ROLE).and_then(Value::as_object);
        for (name, _) in ROLE_ATTRIBUTES {
            let Some(role) = extension.and_then(|map| resource::text(map, name)) else { continue };
            if !self.roles.iter().any(|known| known == role) {
                let known = self.roles.join(", ");
                let detail = format!("{name}: there is no role {role:?}; the roles are: {known}");
                return Err(ScimError::typed(ScimType::InvalidValue, detail));
            }
        }
        self.check_seats(attributes, id)?;
        let user_name = resource::text(attributes, "userName").unwrap_or("");
        match self.people.by_user_name(user_name) {
            Some(other) if Some(other.id.as_str()) != id && !quirks.same_names => Err(ScimError::typed(
                ScimType::Uniqueness,
                format!("userName {user_name:?} belongs to another user"),
            )),
            _ => Ok(()),
        }
    }

    /// Makes the attributes those of the account and logs the difference; without one nothing happens and the
    /// version stays.
    pub(super) fn store_user(
        &mut self,
        id: &str,
        mut attributes: Resource,
        cause: Cause,
        now: Timestamp,
        quirks: Quirks,
    ) -> Result<(), ScimError> {
        self.check_user(&attributes, Some(id), quirks)?;
        let account = self.people.by_id(id).ok_or_else(|| no_user(id))?;
        if quirks.ignore_active {
            match account.attributes.get("active") {
                Some(active) => attributes.insert("active".to_owned(), active.clone()),
                None => attributes.shift_remove("active"),
            };
        }
        self.keep_out(&mut attributes, Some(account));
        let changes = diff(&account.attributes, &attributes);
        let access = resource::active(&attributes).unwrap_or(account.access);
        if changes.is_empty() && access == account.access {
            return Ok(());
        }
        if cause.activity.is_some() {
            self.check_pending(account)?;
        }
        let event = match (account.access, access, account.standing) {
            (true, false, _) => Event::MemberDeactivated,
            (false, true, _) => Event::MemberReactivated,
            (_, _, Standing::Invited) => Event::InvitationUpdated,
            (_, _, Standing::Collaborator) => Event::MemberUpdated,
        };
        self.people.change(id, |account| {
            account.attributes = attributes;
            account.access_ended = if account.access && !access { Some(now) } else { account.access_ended };
            account.access = access;
            account.version += 1;
            account.modified = now;
        });
        self.log_user(id, event, changes, cause, now);
        self.invite_where_due(id, now);
        Ok(())
    }

    /// With [`Pending::Refuse`] nothing is done over SCIM to someone who has not accepted. What Okta says of another
    /// Workato app is followed; status and text are our invention.
    fn check_pending(&self, account: &Account) -> Result<(), ScimError> {
        if self.settings.pending == Pending::Change || account.standing != Standing::Invited {
            return Ok(());
        }
        let name = account.user_name();
        let detail =
            format!("{name:?} has not accepted the invitation; until then only the workspace can change it");
        Err(ScimError::typed(ScimType::Mutability, detail))
    }

    /// Logs what happened to an account, remembers it there, and counts the change.
    pub(super) fn log_user(
        &mut self,
        id: &str,
        event: Event,
        changes: Vec<super::activity::Change>,
        cause: Cause,
        now: Timestamp,
    ) {
        self.revision += 1;
        let Some(account) = self.people.by_id(id) else { return };
        let kind = match account.standing {
            Standing::Invited => MEMBER_INVITATION,
            Standing::Collaborator => MANAGED_USER_GRANT,
        };
        let resource = Target {
            id: account.number,
            name: account.name(),
            kind: kind.to_owned(),
            email: Some(account.user_name().to_owned()),
            email_confirmed_at: account.joined,
        };
        let Cause { activity, actor, request } = cause;
        let activity = activity.map(str::to_owned);
        let sentence = sentence(event, &actor, account, &changes);
        let request = Some(request);
        let draft = Draft { event, activity, user: actor, request, resource, changes, sentence };
        let (entry, at) = self.log.append(draft, now);
        let last = super::account::LastActivity { id: entry, event, at };
        self.people.touch(id, |account| account.last_activity = Some(last));
    }
}

pub(super) fn no_user(id: &str) -> ScimError {
    let shown: String = id.chars().take(100).collect();
    ScimError::new(404, format!("there is no user with the id {shown:?}"))
}
