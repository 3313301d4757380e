//! What people of the workspace meet: the invitation mail and its page, signing in, their rights, the assets of
//! the team. Of Workato are the order of things and the words; pages, addresses and JSON here are our invention.
//!
//! Pure as the rest of the workspace: mails are data to be sent by the shell, secrets come from entropy in the
//! settings.

mod api;
mod assets;
mod doors;
mod invitations;
mod login;
mod mail;
mod members;
mod pages;
mod resend;
mod secrets;
mod sentence;
mod sessions;

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use assets::{Asset, AssetKind};
pub use invitations::Invitation;
pub use mail::Mail;
pub(super) use mail::line;
pub(super) use resend::RESEND_PATH;
pub(super) use secrets::Secrets;
pub(super) use sentence::sentence;

use super::workspace::Settings;
use assets::Assets;
use invitations::Link;
use login::{Login, Reset};
use secrets::Keyring;
use sessions::Session;

/// What the workspace knows of its people beside their SCIM records.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Team {
    pub(super) secrets: Secrets,
    links: Keyring<Link>,
    resets: Keyring<Reset>,
    sessions: Keyring<Session>,
    /// Who can sign in with a password, by folded e-mail. It belongs to the e-mail, not to this workspace.
    logins: BTreeMap<String, Login>,
    pub(super) assets: Assets,
    /// Written and not yet taken by the shell.
    #[serde(skip)]
    outbox: Vec<Mail>,
    /// When the last calls below `/api/` came, for the limit of calls a minute.
    #[serde(skip)]
    calls: VecDeque<Timestamp>,
}

impl Team {
    pub(super) fn new(settings: &Settings) -> Self {
        Self { secrets: Secrets::new(settings.entropy.as_ref(), settings.seed), ..Self::default() }
    }

    /// One that was kept goes on, with the key of these settings.
    pub(super) fn restored(mut self, settings: &Settings) -> Self {
        self.secrets = Secrets::new(settings.entropy.as_ref(), settings.seed).after(&self.secrets);
        self
    }
}

impl super::Workspace {
    /// The mails written since the last call, oldest first.
    pub fn take_mails(&mut self) -> Vec<Mail> {
        std::mem::take(&mut self.team.outbox)
    }
}

#[cfg(test)]
mod door_tests;
#[cfg(test)]
mod stage;
#[cfg(test)]
mod tests;
