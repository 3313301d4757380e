//! The whole state as JSON, and back.

use serde::{Deserialize, Serialize};

use super::account::Account;
use super::activity::{Entry, Log};
use super::groups::Group;
use super::ids::Ids;
use super::team::Team;
use super::workspace::{Settings, Workspace};

/// The format's number; another one is refused rather than guessed at.
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Written<'a> {
    format: u32,
    ids: &'a Ids,
    accounts: Vec<&'a Account>,
    groups: Vec<&'a Group>,
    activity: &'a [Entry],
    team: &'a Team,
}

#[derive(Deserialize)]
struct Read {
    format: u32,
    ids: Ids,
    accounts: Vec<Account>,
    groups: Vec<Group>,
    activity: Vec<Entry>,
    #[serde(default)]
    team: Team,
}

/// Why a snapshot cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// No JSON, or not a snapshot.
    #[error("this is no sandbox state: {0}")]
    NotReadable(#[from] serde_json::Error),
    /// Another format.
    #[error("this sandbox state has the format {0}, this program reads {FORMAT}")]
    OtherFormat(u32),
}

impl Workspace {
    /// The state: people, groups, activity, links, sessions and passwords as digests, assets, and where the ids go
    /// on. Tokens and settings are not in it.
    pub fn snapshot(&self) -> Result<Vec<u8>, SnapshotError> {
        let written = Written {
            format: FORMAT,
            ids: &self.ids,
            accounts: self.people.iter().collect(),
            groups: self.groups.by_number.values().collect(),
            activity: &self.log.entries,
            team: &self.team,
        };
        Ok(serde_json::to_vec(&written)?)
    }

    /// A workspace that goes on where a snapshot was taken.
    pub fn restore(settings: Settings, snapshot: &[u8]) -> Result<Self, SnapshotError> {
        let read: Read = serde_json::from_slice(snapshot)?;
        if read.format != FORMAT {
            return Err(SnapshotError::OtherFormat(read.format));
        }
        let mut workspace = Self::new(settings);
        workspace.ids = read.ids;
        workspace.team = read.team.restored(&workspace.settings);
        workspace.log = Log { entries: read.activity };
        for account in read.accounts {
            workspace.people.insert(account);
        }
        for group in read.groups {
            for member in &group.members {
                workspace.people.touch(&member.value, |account| {
                    account.groups.insert(group.id.clone());
                });
            }
            workspace.groups.by_number.insert(group.number, group);
        }
        Ok(workspace)
    }
}
