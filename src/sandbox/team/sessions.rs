//! Sessions: someone who is in signs in, and every request looks up what the roles are worth at that moment.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::sandbox::account::{Account, ROLE_ATTRIBUTES, Roles, Standing};
use crate::sandbox::activity::{Event, RequestInfo};
use crate::sandbox::user_calls::Cause;
use crate::sandbox::workspace::Workspace;

/// How long a session lasts.
const LASTS: SignedDuration = SignedDuration::from_hours(12);
/// The most sessions; the oldest end first.
const MOST: usize = 10_000;
/// The most sessions of one person.
const MOST_EACH: usize = 20;

/// Someone who signed in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Session {
    /// SCIM id of the account.
    pub(super) account: String,
    at: Timestamp,
}

/// Why a session does not let anybody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// No such session, or too old.
    Unknown,
    /// The person was removed.
    Removed,
    /// The person has, or had meanwhile, no access.
    NoAccess,
}

/// What a role may do. Workato's custom roles have rights of their own, which SCIM does not carry: here they are
/// those of an Operator.
pub(super) fn rights(role: &str) -> &'static [&'static str] {
    match role {
        "Admin" => &["read", "run", "edit", "create", "manage_members"],
        "Analyst" => &["read", "run", "edit", "create"],
        crate::sandbox::account::NO_ACCESS => &[],
        _ => &["read", "run"],
    }
}

/// The environments with the role in each.
pub(super) fn environments(account: &Account) -> [(&'static str, String); 3] {
    let Roles { dev, test, prod } = Roles::of(&account.attributes);
    let [(_, a), (_, b), (_, c)] = ROLE_ATTRIBUTES;
    [(a, dev), (b, test), (c, prod)]
}

/// Whether an account may do something in an environment.
pub(super) fn may(account: &Account, right: &str, environment: &str) -> bool {
    environments(account).iter().any(|(name, role)| *name == environment && rights(role).contains(&right))
}

impl Workspace {
    /// Opens a session for someone who is in and has access; its token.
    pub(in crate::sandbox) fn open_session(
        &mut self,
        id: &str,
        request: RequestInfo,
        now: Timestamp,
    ) -> Result<String, &'static str> {
        let account = self.people.by_id(id).ok_or("there is no such person")?;
        if account.standing == Standing::Invited {
            return Err("the invitation is not accepted yet");
        }
        if !account.access {
            return Err("access ended");
        }
        let cause = Cause { activity: None, actor: account.actor(), request };
        let sessions = &mut self.team.sessions;
        sessions.retain(|_, session| now.duration_since(session.at) < LASTS);
        let own: Vec<u64> = sessions.iter().filter(|(_, s)| s.account == id).map(|(n, _)| n).collect();
        let too_many = own.len().saturating_sub(MOST_EACH - 1);
        for number in own.iter().take(too_many) {
            sessions.remove(*number);
        }
        sessions.keep_below(MOST);
        let session = Session { account: id.to_owned(), at: now };
        let (_, token) = sessions.issue(&mut self.team.secrets, session);
        self.log_user(id, Event::SignedIn, Vec::new(), cause, now);
        Ok(token)
    }

    /// Who a session is, with what is true of them now.
    pub(super) fn session(&self, token: &str, now: Timestamp) -> Result<&Account, Ended> {
        let (_, session) = self.team.sessions.find(token).ok_or(Ended::Unknown)?;
        if now.duration_since(session.at) >= LASTS {
            return Err(Ended::Unknown);
        }
        let account = self.people.by_id(&session.account).ok_or(Ended::Removed)?;
        let taken_since = account.access_ended.is_some_and(|ended| ended >= session.at);
        if !account.access || taken_since || account.standing != Standing::Collaborator {
            return Err(Ended::NoAccess);
        }
        Ok(account)
    }

    pub(super) fn close_session(&mut self, token: &str) {
        if let Some((number, _)) = self.team.sessions.find(token) {
            self.team.sessions.remove(number);
            self.revision += 1;
        }
    }
}

/// `{email, environments: {dev: {role, rights}, ...}}`.
pub(super) fn describe(account: &Account) -> Value {
    let environments = environments(account)
        .into_iter()
        .map(|(name, role)| (name.to_owned(), json!({"role": role, "rights": rights(&role)})))
        .collect::<Map<_, _>>();
    json!({"email": account.user_name(), "name": account.name(), "environments": environments})
}
