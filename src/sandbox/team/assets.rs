//! Recipes and connections. They belong to the team: each names who made it, and stays when that person goes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::sessions::{environments, may};
use crate::sandbox::account::Account;
use crate::sandbox::activity::Actor;

/// The most assets people can make.
const MOST: usize = 10_000;
/// The most presets that have made something before SCIM, to keep a workspace of many people small.
const AUTHORS: usize = 1_000;
/// The longest name.
const MAX_NAME: usize = 200;

const RECIPES: [&str; 6] = [
    "Sync new hires",
    "Invoices to ledger",
    "Leads to CRM",
    "Ticket alerts",
    "Close of month report",
    "Device requests",
];
const CONNECTIONS: [&str; 4] = ["Salesforce", "NetSuite", "Slack", "Postgres"];

/// What an asset is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssetKind {
    /// A recipe.
    Recipe,
    /// A connection to another application.
    Connection,
}

/// A recipe or a connection of the team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    /// Number in the workspace.
    pub id: u64,
    /// What it is.
    pub kind: AssetKind,
    /// Its name.
    pub name: String,
    /// `dev`, `test` or `prod`.
    pub environment: String,
    /// Who made it, as named then.
    pub author: Actor,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Asset {
    pub(super) fn write(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "environment": self.environment,
            "author": self.author,
            "created_at": format!("{:.3}", self.created_at),
        })
    }
}

/// Every asset, oldest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in crate::sandbox) struct Assets {
    pub(super) list: Vec<Asset>,
    authors: usize,
}

impl Assets {
    /// Adds one; nothing when there are too many, or the name is no name.
    pub(super) fn add(
        &mut self,
        kind: AssetKind,
        name: &str,
        environment: &str,
        author: Actor,
        now: Timestamp,
    ) -> Result<&Asset, &'static str> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > MAX_NAME {
            return Err("a name of 1 to 200 characters is required");
        }
        if self.list.len() >= MOST {
            return Err("the sandbox holds no more assets");
        }
        let id = self.list.last().map_or(1, |last| last.id + 1);
        let (name, environment) = (name.to_owned(), environment.to_owned());
        self.list.push(Asset { id, kind, name, environment, author, created_at: now });
        self.list.last().ok_or("it was not kept")
    }

    /// What someone from before SCIM has made: up to two recipes and a connection, chosen by their SCIM id.
    pub(in crate::sandbox) fn add_made_before(&mut self, account: &Account, now: Timestamp) {
        let builds = environments(account).into_iter().find(|(name, _)| may(account, "create", name));
        let Some((environment, _)) = builds.filter(|_| self.authors < AUTHORS) else { return };
        self.authors += 1;
        let digest = Sha256::digest(account.id.as_bytes());
        let byte = |at: usize| usize::from(digest.get(at).copied().unwrap_or(0));
        let pick =
            |list: &[&'static str], at: usize| list.get(byte(at) % list.len()).copied().unwrap_or("Recipe");
        let mut made =
            vec![(AssetKind::Recipe, pick(&RECIPES, 0)), (AssetKind::Connection, pick(&CONNECTIONS, 1))];
        if byte(2).is_multiple_of(2) {
            made.insert(1, (AssetKind::Recipe, pick(&RECIPES, 3)));
        }
        for (kind, name) in made {
            let name = format!("{name} ({})", account.name().chars().take(MAX_NAME / 2).collect::<String>());
            let _ = self.add(kind, &name, environment, account.actor(), now);
        }
    }
}
