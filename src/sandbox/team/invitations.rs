//! Invitations: who is written to when, and what a link is worth.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::mail;
use crate::sandbox::account::{Account, Standing};
use crate::sandbox::activity::{Actor, Event, RequestInfo};
use crate::sandbox::user_calls::Cause;
use crate::sandbox::workspace::Workspace;

/// How many links that lead nowhere are remembered, to say what became of them.
const OLD_LINKS: usize = 10_000;

/// The invitation someone was sent last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Number of its link; every other link is no longer valid.
    pub link: u64,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// The address it went to.
    pub to: String,
}

/// What an invitation's link stands for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Link {
    /// SCIM id of the account.
    account: String,
}

/// What following a link leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way {
    /// Nobody was sent this link.
    Unknown,
    /// The person is in already.
    Accepted,
    /// The person was removed, or has no access, or was sent a newer link.
    Ended,
    /// The account with this SCIM id can be accepted.
    Open(String),
}

impl Workspace {
    /// Writes to someone who is invited; links sent before end.
    pub(in crate::sandbox) fn invite(&mut self, id: &str, now: Timestamp) {
        let Some(account) = self.people.by_id(id) else { return };
        let link = Link { account: id.to_owned() };
        let (number, token) = self.team.links.issue(&mut self.team.secrets, link);
        let mail = mail::invitation(&self.settings, account, &token, now);
        let invitation = Invitation { link: number, sent_at: now, to: mail.to.clone() };
        self.team.outbox.push(mail);
        self.people.touch(id, |account| account.invitation = Some(invitation));
        self.revision += 1;
        if self.team.links.len() > self.people.len() + OLD_LINKS {
            let people = &self.people;
            self.team.links.retain(|number, link| {
                people.by_id(&link.account).is_some_and(|account| is_latest(account, number))
            });
        }
    }

    /// Writes to someone invited who has not been written to where they are now: access was given only later, or
    /// the address changed. A link that went to another address must not let its reader in.
    pub(in crate::sandbox) fn invite_where_due(&mut self, id: &str, now: Timestamp) {
        let Some(account) = self.people.by_id(id) else { return };
        let due = match &account.invitation {
            None => true,
            Some(sent) => sent.to != mail::address(account),
        };
        if due && account.standing == Standing::Invited && account.access {
            self.invite(id, now);
        }
    }

    pub(super) fn way(&self, token: &str) -> Way {
        let Some((number, link)) = self.team.links.find(token) else { return Way::Unknown };
        match self.people.by_id(&link.account) {
            Some(account) if !is_latest(account, number) => Way::Ended,
            Some(account) if account.standing == Standing::Collaborator => Way::Accepted,
            Some(account) if account.access => Way::Open(account.id.clone()),
            _ => Way::Ended,
        }
    }

    /// The invited person is in.
    pub(in crate::sandbox) fn join(&mut self, id: &str, request: RequestInfo, now: Timestamp) {
        let Some(account) = self.people.by_id(id) else { return };
        let cause = Cause { activity: None, actor: account.actor(), request };
        self.people.touch(id, |account| {
            account.standing = Standing::Collaborator;
            account.joined = Some(now);
        });
        self.log_user(id, Event::InvitationAccepted, Vec::new(), cause, now);
    }
}

fn is_latest(account: &Account, number: u64) -> bool {
    account.invitation.as_ref().is_some_and(|sent| sent.link == number)
}

impl Account {
    /// The person as the one who does something.
    pub(in crate::sandbox) fn actor(&self) -> Actor {
        Actor { id: self.number, name: self.name(), email: self.user_name().to_owned() }
    }
}
