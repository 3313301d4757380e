//! What people do in the workspace itself, without its pages. As methods, and as calls that are ours entirely:
//!
//! | `POST /sandbox/...` | |
//! |---|---|
//! | `accept` `{"userName"}` | the invited person accepts |
//! | `role` `{"userName", "attribute", "role"}` | an admin changes a role by hand |
//! | `remove` `{"userName"}` | an admin removes someone |
//! | `elsewhere` `{"userName", "password"?}` | this e-mail has an account from another workspace |
//! | `sign_in` `{"userName"}` | a session without a password |
//! | `refresh_token` | a new SCIM token; the one before is refused from now on |
//! | `revoke_token` | every SCIM token is refused until the next refresh or start |
//! | `faults` | what goes wrong on purpose: see [`super::faults`] |
//!
//! The calls are for clients on this machine, or for holders of the control token where one is set. The body must
//! be `application/json`, so that a page in a browser cannot send it without being asked first.

use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::account::{ROLE_ATTRIBUTES, Standing};
use super::activity::{Actor, RequestInfo};
use super::activity_api::refuse;
use super::calls;
use super::faults::Quirks;
use super::http::{Method, Request, Response};
use super::user_calls::Cause;
use super::workspace::Workspace;
use crate::scim::resource::{self, Resource, urn};

/// Why something in the workspace could not be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ControlError {
    /// Nobody has this user name.
    #[error("nobody in the workspace has the user name {0:?}; nothing was changed")]
    NoSuchUser(String),
    /// The invitation was accepted before.
    #[error("{0:?} has no open invitation; nothing was changed")]
    NotInvited(String),
    /// No such role or role attribute.
    #[error("{0}; nothing was changed")]
    Refused(String),
}

impl Workspace {
    /// The invited person accepts and becomes a collaborator.
    pub fn accept(&mut self, user_name: &str, now: Timestamp) -> Result<(), ControlError> {
        let account = self.people.by_user_name(user_name);
        let account = account.ok_or_else(|| ControlError::NoSuchUser(user_name.to_owned()))?;
        if account.standing != Standing::Invited || !account.access {
            return Err(ControlError::NotInvited(user_name.to_owned()));
        }
        let id = account.id.clone();
        self.join(&id, by_hand(), now);
        Ok(())
    }

    /// An admin changes a role in the workspace, past SCIM. `attribute` is `workato_role`, `workato_role_test` or
    /// `workato_role_prod`.
    pub fn set_role_by_hand(
        &mut self,
        user_name: &str,
        attribute: &str,
        role: &str,
        now: Timestamp,
    ) -> Result<(), ControlError> {
        let account = self.people.by_user_name(user_name);
        let account = account.ok_or_else(|| ControlError::NoSuchUser(user_name.to_owned()))?;
        if !ROLE_ATTRIBUTES.iter().any(|(name, _)| *name == attribute) {
            return Err(ControlError::Refused(format!("there is no role attribute {attribute:?}")));
        }
        let (id, mut attributes) = (account.id.clone(), account.attributes.clone());
        let extension = attributes.entry(urn::WORKATO_ROLE).or_insert_with(|| Value::Object(Resource::new()));
        if let Some(map) = extension.as_object_mut() {
            resource::set(map, attribute, role.into());
        }
        let cause = self.owner_by_hand();
        self.store_user(&id, attributes, cause, now, Quirks::default())
            .map_err(|error| ControlError::Refused(error.detail))
    }

    /// An admin removes someone in the workspace, past SCIM: the SCIM id is gone.
    pub fn remove_by_hand(&mut self, user_name: &str, now: Timestamp) -> Result<(), ControlError> {
        let account = self.people.by_user_name(user_name);
        let account = account.ok_or_else(|| ControlError::NoSuchUser(user_name.to_owned()))?;
        let id = account.id.clone();
        let cause = self.owner_by_hand();
        self.remove_user(&id, cause, now);
        Ok(())
    }

    /// The owner as the one who does something.
    pub(super) fn owner(&self) -> Actor {
        let email = self.settings.workspace_email.clone();
        Actor { id: 1, name: "Workspace owner".to_owned(), email }
    }

    fn owner_by_hand(&self) -> Cause {
        Cause { activity: None, actor: self.owner(), request: by_hand() }
    }
}

fn by_hand() -> RequestInfo {
    RequestInfo { ip_address: "127.0.0.1".to_owned(), user_agent: "workspace".to_owned(), request_id: None }
}

pub(super) fn handle(workspace: &mut Workspace, request: &Request, rest: &str, now: Timestamp) -> Response {
    if request.method != Method::Post {
        return refuse(405, "control calls are POST").with("allow", "POST");
    }
    let body = match calls::body(request) {
        Ok(body) => body,
        Err(error) => return refuse(error.status, &error.detail),
    };
    let text = |name: &str| resource::text(&body, name).unwrap_or("");
    let user_name = text("userName");
    match rest {
        "/elsewhere" if !user_name.is_empty() => {
            workspace.register_elsewhere(user_name, resource::text(&body, "password"));
            return Response::json(200, &json!({"done": true}));
        }
        "/sign_in" => {
            return match workspace.account(user_name).map(|account| account.id.clone()) {
                Some(id) => workspace.session_answer(&id, request, now),
                None => refuse(404, &ControlError::NoSuchUser(user_name.to_owned()).to_string()),
            };
        }
        "/refresh_token" => {
            let token = workspace.team.secrets.next();
            workspace.refresh_scim_token(SecretString::from(token.clone()));
            return Response::json(200, &json!({"done": true, "token": token}));
        }
        "/revoke_token" => {
            workspace.refresh_scim_token(SecretString::from(String::new()));
            return Response::json(200, &json!({"done": true}));
        }
        _ => {}
    }
    let result = match rest {
        "/accept" => workspace.accept(user_name, now),
        "/role" => workspace.set_role_by_hand(user_name, text("attribute"), text("role"), now),
        "/remove" => workspace.remove_by_hand(user_name, now),
        _ => {
            let calls = "accept, role, remove, elsewhere, sign_in, refresh_token, revoke_token and faults";
            return refuse(404, &format!("the control calls are {calls}"));
        }
    };
    match result {
        Ok(()) => Response::json(200, &json!({"done": true})),
        Err(error @ ControlError::NoSuchUser(_)) => refuse(404, &error.to_string()),
        Err(error) => refuse(409, &error.to_string()),
    }
}
