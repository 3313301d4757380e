//! The workspace: who may ask, and which call a request is.

use std::collections::BTreeMap;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::account::{Account, Collaborator, NO_ACCESS, Standing};
use super::activity::{Actor, Entry, Log};
use super::bulk::{self, Inner};
use super::cursor::Paging;
use super::faults::Quirks;
use super::groups::{Group, Groups};
use super::http::{Method, Request, Response};
use super::ids::Ids;
use super::people::People;
use super::presets::{self, Preset};
use super::query::{self, Query};
use super::roles::{self, RolesForm};
use super::search::Scope;
use super::team::Team;
use super::{activity_api, control};
use crate::scim::error::ScimError;
use crate::scim::resource::Resource;
use crate::scim::schema::{self, ResourceSchema};

/// Where the SCIM API is.
pub(super) const SCIM_ROOT: &str = "/scim/v2";
/// Where the activity log is.
pub(super) const ACTIVITY_PATH: &str = "/api/activity_logs";
/// Where the control calls are.
pub(super) const CONTROL_ROOT: &str = "/sandbox";
/// The biggest body taken, in bytes.
pub(super) const MAX_BODY: usize = 4 * 1024 * 1024;

/// What SCIM may do to someone who has not accepted the invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pending {
    /// Changes change the invitation.
    #[default]
    Change,
    /// Changes and deactivation are refused.
    Refuse,
}

/// What a workspace is made with.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Scheme, host and port, without a path: `http://127.0.0.1:8080`.
    pub origin: String,
    /// Token of the SCIM API.
    pub scim_token: SecretString,
    /// Token of the activity log, a credential of its own.
    pub activity_token: SecretString,
    /// Token of the control calls; without one they are for clients on this machine.
    pub control_token: Option<SecretString>,
    /// Name of the workspace.
    pub workspace_name: String,
    /// E-mail of the workspace's owner.
    pub workspace_email: String,
    /// Roles besides Admin, Analyst, Operator and No access.
    pub custom_roles: Vec<String>,
    /// Seed of the ids and of the people made up.
    pub seed: u64,
    /// What SCIM may do to someone who has not accepted.
    pub pending: Pending,
    /// The most calls below `/api/` in a minute; any number without one.
    pub api_limit: Option<u32>,
    /// What links, sessions and refreshed tokens are made from. Without it they come from the seed, which anybody
    /// can guess: the shell always sets it.
    pub entropy: Option<SecretString>,
    /// Ways of paging that lists offer.
    pub paging: Paging,
    /// The user name of whom the SCIM token stands for at `/Me`; mostly nobody.
    pub me: Option<String>,
    /// In whose form the roles are announced.
    pub roles_form: RolesForm,
    /// How many may have a role, by role value; a role that is not here is not limited.
    pub seats: BTreeMap<String, u64>,
}

impl Settings {
    /// Settings for the origin `http://127.0.0.1`, to be changed where needed.
    pub fn new(scim_token: SecretString, activity_token: SecretString) -> Self {
        Self {
            origin: "http://127.0.0.1".to_owned(),
            scim_token,
            activity_token,
            control_token: None,
            workspace_name: "Sandbox".to_owned(),
            workspace_email: "owner@sandbox.test".to_owned(),
            custom_roles: Vec::new(),
            seed: 0,
            pending: Pending::default(),
            api_limit: None,
            entropy: None,
            paging: Paging::default(),
            me: None,
            roles_form: RolesForm::default(),
            seats: BTreeMap::new(),
        }
    }

    /// Every role value that is accepted, exactly as written.
    pub fn roles(&self) -> Vec<String> {
        let base = ["Admin", "Analyst", "Operator", NO_ACCESS].map(str::to_owned);
        base.into_iter().chain(self.custom_roles.iter().cloned()).collect()
    }
}

/// A workspace: the state, and the answer to every request. No clock, no randomness, no socket.
#[derive(Debug, Clone)]
pub struct Workspace {
    pub(super) settings: Settings,
    pub(super) roles: Vec<String>,
    pub(super) user_schema: ResourceSchema,
    pub(super) group_schema: ResourceSchema,
    pub(super) role_schema: ResourceSchema,
    pub(super) ids: Ids,
    pub(super) people: People,
    pub(super) groups: Groups,
    pub(super) log: Log,
    pub(super) team: Team,
    /// Counts the SCIM tokens, so that a keeper of the token knows when to write it.
    pub(super) tokens: u64,
    /// Grows with every change, so that a keeper of snapshots knows when to write one.
    pub(super) revision: u64,
    /// Attributes that the request under way cannot set.
    pub(super) deaf: Vec<String>,
}

impl Workspace {
    /// An empty workspace.
    pub fn new(settings: Settings) -> Self {
        let roles = settings.roles();
        Self {
            user_schema: schema::user_with(vec![schema::workato_role(&roles)]),
            group_schema: schema::group_alone(),
            role_schema: roles::schema(settings.roles_form),
            ids: Ids::new(settings.seed),
            people: People::default(),
            groups: Groups::default(),
            log: Log::default(),
            team: Team::new(&settings),
            tokens: 0,
            revision: 0,
            deaf: Vec::new(),
            roles,
            settings,
        }
    }

    /// Adds collaborators that were there before SCIM (from SAML or made by hand): in, without externalId, and
    /// not in the log. A preset whose e-mail is taken is passed over.
    pub fn add_presets(&mut self, accounts: &[Preset], now: Timestamp) {
        for preset in accounts {
            if self.people.by_user_name(&preset.email).is_none() {
                let account = preset.to_account(self.ids.next(), now);
                self.team.assets.add_made_before(&account, now);
                self.people.insert(account);
                self.revision += 1;
            }
        }
    }

    /// Adds `count` made-up people from the seed, as [`Workspace::add_presets`] does.
    pub fn add_people(&mut self, count: usize, now: Timestamp) {
        let people = presets::people(count, self.settings.seed);
        self.add_presets(&people, now);
    }

    /// Answers a request.
    pub fn handle(&mut self, request: &Request, now: Timestamp) -> Response {
        self.handle_with(request, now, Quirks::default())
    }

    /// Answers a request as a server with defects would.
    pub fn handle_with(&mut self, request: &Request, now: Timestamp, quirks: Quirks) -> Response {
        self.handle_through(request, now, quirks, &mut |workspace, one| {
            workspace.handle_with(one, now, quirks)
        })
    }

    /// Answers a request; the operations of a bulk request are carried out by `inner`.
    pub(super) fn handle_through(
        &mut self,
        request: &Request,
        now: Timestamp,
        quirks: Quirks,
        inner: Inner<'_>,
    ) -> Response {
        let path = request.path.trim_end_matches('/');
        if request.body.len() > MAX_BODY {
            return ScimError::new(413, format!("the body has more than {MAX_BODY} bytes")).into();
        }
        if let Some(rest) = below(path, SCIM_ROOT) {
            if !bearer_is(request, &self.settings.scim_token) {
                let error = ScimError::new(401, "the bearer token is missing or not valid");
                return Response::from(error).with("www-authenticate", "Bearer realm=\"scim\"");
            }
            return self.scim(request, rest, now, quirks, inner).unwrap_or_else(Response::from);
        }
        if let Some(response) = self.of_the_team(request, path, now) {
            return response;
        }
        if path == ACTIVITY_PATH {
            if !bearer_is(request, &self.settings.activity_token) {
                return activity_api::refuse(401, "Unauthorized").with("www-authenticate", "Bearer");
            }
            return activity_api::list(&self.log, &self.settings, request);
        }
        if let Some(rest) = below(path, CONTROL_ROOT) {
            return match self.control_allowed(request) {
                true => control::handle(self, request, rest, now),
                false => activity_api::refuse(401, "control calls are not for this client"),
            };
        }
        ScimError::new(404, "there is nothing at this address").into()
    }

    /// Whether this client may make control calls.
    pub(super) fn control_allowed(&self, request: &Request) -> bool {
        match &self.settings.control_token {
            Some(token) => bearer_is(request, token),
            None => request.local && from_a_program(request),
        }
    }

    fn scim(
        &mut self,
        request: &Request,
        rest: &str,
        now: Timestamp,
        quirks: Quirks,
        inner: Inner<'_>,
    ) -> Result<Response, ScimError> {
        let decoded: Vec<String> =
            rest.split('/').filter(|part| !part.is_empty()).map(query::decode).collect();
        let parts: Vec<&str> = decoded.iter().map(String::as_str).collect();
        match parts.as_slice() {
            ["Users"] => match request.method {
                Method::Get => self.list(Scope::Users, &Query::parse(&request.query), now, quirks),
                Method::Post => self.create_user(request, now, quirks),
                _ => Ok(not_allowed("GET, POST")),
            },
            ["Groups"] => match request.method {
                Method::Get => self.list(Scope::Groups, &Query::parse(&request.query), now, quirks),
                Method::Post => self.create_group(request, now, quirks),
                _ => Ok(not_allowed("GET, POST")),
            },
            [".search"] => self.search(Scope::All, request, now, quirks),
            ["Users", ".search"] => self.search(Scope::Users, request, now, quirks),
            ["Groups", ".search"] => self.search(Scope::Groups, request, now, quirks),
            ["Roles", ".search"] => self.search(Scope::Roles, request, now, quirks),
            ["Roles"] | ["Roles", _] if request.method != Method::Get => Ok(not_allowed("GET")),
            ["Roles"] => self.list(Scope::Roles, &Query::parse(&request.query), now, quirks),
            ["Roles", id] => self.read_role(&Query::parse(&request.query), id),
            ["Bulk"] => bulk::run(self, request, inner),
            ["Me"] => self.me(request, now, quirks),
            ["Users", id] => match request.method {
                Method::Get => self.read_user(request, id),
                Method::Put => self.replace_user(request, id, now, quirks),
                Method::Patch => self.patch_user(request, id, now, quirks),
                Method::Delete => self.delete_user(request, id, now),
                _ => Ok(not_allowed("GET, PUT, PATCH, DELETE")),
            },
            ["Groups", id] => match request.method {
                Method::Get => self.read_group(request, id),
                Method::Put => self.replace_group(request, id, now, quirks),
                Method::Patch => self.patch_group(request, id, now, quirks),
                Method::Delete => self.delete_group(request, id, now),
                _ => Ok(not_allowed("GET, PUT, PATCH, DELETE")),
            },
            ["ServiceProviderConfig"] | ["ResourceTypes" | "Schemas"] | ["ResourceTypes" | "Schemas", _] => {
                match request.method {
                    Method::Get => self.discovery(request, &parts),
                    _ => Ok(not_allowed("GET")),
                }
            }
            _ => Err(ScimError::new(404, "there is nothing at this address")),
        }
    }

    /// Base URL of the SCIM API.
    pub fn base_url(&self) -> String {
        format!("{}{SCIM_ROOT}", self.settings.origin)
    }

    /// Another SCIM token; the one before is refused from now on, as after Workato's "Refresh token".
    pub fn refresh_scim_token(&mut self, token: SecretString) {
        self.settings.scim_token = token;
        self.tokens += 1;
    }

    /// The SCIM token that is good now; empty when it was revoked.
    pub fn scim_token(&self) -> &SecretString {
        &self.settings.scim_token
    }

    /// Every account, invited or in.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.people.iter()
    }

    /// The account with this user name, in any case.
    pub fn account(&self, user_name: &str) -> Option<&Account> {
        self.people.by_user_name(user_name)
    }

    /// Every User resource as it would be answered.
    pub fn users(&self) -> Vec<Resource> {
        self.people.iter().map(|account| self.user_resource(account)).collect()
    }

    /// Everyone who is in, with or without access.
    pub fn collaborators(&self) -> Vec<Collaborator> {
        let joined = self.people.iter().filter(|account| account.standing == Standing::Collaborator);
        joined.map(Account::collaborator).collect()
    }

    /// Everyone invited and not yet in.
    pub fn invitations(&self) -> Vec<Collaborator> {
        let invited = self.people.iter().filter(|account| account.standing == Standing::Invited);
        invited.map(Account::collaborator).collect()
    }

    /// Every group.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.by_number.values()
    }

    /// The activity log, oldest first.
    pub fn activity(&self) -> &[Entry] {
        &self.log.entries
    }

    /// Grows with every change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Who SCIM changes are done by. Workato does not document it; ours is the owner's number with its own name.
    pub(super) fn scim_actor(&self) -> Actor {
        Actor { id: 1, name: "SCIM provisioning".to_owned(), email: self.settings.workspace_email.clone() }
    }
}

/// Whether no browser page can be behind it: a page that a rebound name makes same-origin still sends its own
/// `Host`, and a page of elsewhere an `Origin`.
fn from_a_program(request: &Request) -> bool {
    let host = request.get("host").unwrap_or("localhost");
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let here = name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback());
    request.get("origin").is_none() && here
}

/// What is left of a path below a root.
fn below<'a>(path: &'a str, root: &str) -> Option<&'a str> {
    path.strip_prefix(root).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

pub(super) fn not_allowed(allow: &'static str) -> Response {
    Response::from(ScimError::new(405, format!("this address takes {allow}"))).with("allow", allow)
}

/// What follows `Bearer` in a request.
pub(super) fn bearer(request: &Request) -> Option<&str> {
    let (scheme, given) = request.get("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(given.trim())
}

/// Compares digests, so that neither the content nor the length of the token shows in the time taken.
pub(super) fn bearer_is(request: &Request, token: &SecretString) -> bool {
    let Some(given) = bearer(request) else { return false };
    let given = Sha256::digest(given.as_bytes());
    let wanted = Sha256::digest(token.expose_secret().as_bytes());
    // An empty token would let everybody in.
    let set = !token.expose_secret().is_empty();
    set & bool::from(given.as_slice().ct_eq(wanted.as_slice()))
}
