//! The other side: the sandbox in a process of its own that nobody kills, and a reader of it that knows nothing of the
//! engine: plain pages, walked as JSON.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use scimdeck::sandbox::{Sandbox, SandboxConfig};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::home::{ATTRIBUTE, PATIENCE, ROLE, TOKEN};
use crate::nowhere::{LOG, TALKATIVE};

/// Requests that a fault hits are asked again; so many in a row are never hit by chance.
const TRIES: usize = 200;

/// A user as the pages show them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) external_id: String,
    pub(crate) active: bool,
    pub(crate) role: String,
}

/// What runs as long as the test.
enum Keeper {
    Process { _child: Child },
    Here { _sandbox: Sandbox },
}

/// The sandbox; ends with the test.
pub(crate) struct There {
    _keeper: Keeper,
    client: reqwest::Client,
    pub(crate) base: String,
    /// Accounts of nobody here, exactly as they were at the start.
    strangers: Vec<Value>,
    /// The faults that make reads late.
    lagging: Vec<String>,
}

fn client() -> reqwest::Client {
    // A second installation in the same process is refused, and is the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0);
    builder.retry(reqwest::retry::never()).timeout(Duration::from_secs(30)).build().expect("a client")
}

impl There {
    pub(crate) async fn start(token: &Path, faults: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scimdeck"));
        command.envs([TALKATIVE]).env("SCIMDECK_HOME", token.with_file_name("sandbox"));
        command.args(["sandbox", "--listen", "127.0.0.1:0", "--people", "3", "--token-file"]).arg(token);
        faults.iter().for_each(|fault| {
            command.args(["--fault", fault]);
        });
        command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut process = command.spawn().expect("the sandbox starts");
        let out = process.stdout.take().expect("its output");
        let first =
            BufReader::new(out).lines().next_line().await.expect("its output").expect("its first line");
        let mut there = Self {
            _keeper: Keeper::Process { _child: process },
            client: client(),
            base: first.trim().to_owned(),
            strangers: Vec::new(),
            lagging: Vec::new(),
        };
        there.strangers = there.all("/Users").await;
        assert_eq!(there.strangers.len(), 3);
        there
    }

    /// In this process, where there are many of them.
    pub(crate) async fn inside(faults: &[&str]) -> Self {
        let mut config = SandboxConfig::new(TOKEN.to_owned().into(), LOG.to_owned().into());
        config.faults = faults.iter().map(|fault| fault.parse().expect("a fault")).collect();
        let sandbox = Sandbox::start(config).await.expect("a sandbox");
        let base = sandbox.base_url();
        let _keeper = Keeper::Here { _sandbox: sandbox };
        Self { _keeper, client: client(), base: base.to_owned(), strangers: Vec::new(), lagging: Vec::new() }
    }

    /// Host and port.
    pub(crate) fn authority(&self) -> &str {
        self.base.split('/').nth(2).expect("a host")
    }

    async fn get(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.base);
        for _ in 0..TRIES {
            let Ok(answer) = self.client.get(&url).bearer_auth(TOKEN).send().await else { continue };
            if !answer.status().is_success() {
                continue;
            }
            let Ok(bytes) = answer.bytes().await else { continue };
            if let Ok(value) = serde_json::from_slice(&bytes) {
                return value;
            }
        }
        panic!("{url} cannot be read");
    }

    /// So many of a hundred reads come from a copy that lags behind, drawn by a seed; with none of them all are true,
    /// until the next call. What nobody here may be fooled by is read while they are.
    pub(crate) async fn lags(&mut self, share: Option<(&str, usize)>) {
        let add: Vec<String> = share.iter().map(|(what, seed)| format!("{what}/{seed}@GET")).collect();
        let change = serde_json::json!({"remove": self.lagging, "add": add});
        let url = self.base.replace("/scim/v2", "/sandbox/faults");
        let call = self.client.post(url).header("content-type", "application/json").body(change.to_string());
        let answer = call.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap_or_default());
        self.lagging = add;
    }

    /// Every resource of a list, page by page.
    async fn all(&self, path: &str) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            let page = self.get(&format!("{path}?count=100&startIndex={}", all.len() + 1)).await;
            let rows = page["Resources"].as_array().cloned().unwrap_or_default();
            let total = page["totalResults"].as_u64().expect("a total") as usize;
            let last = rows.is_empty();
            all.extend(rows);
            if last || all.len() >= total {
                assert_eq!(all.len(), total, "{path}");
                return all;
            }
        }
    }

    /// Everybody but strangers by user name in lower case; a name that is there twice fails, and so does an external id,
    /// and a stranger who is not as they were.
    pub(crate) async fn users(&self) -> BTreeMap<String, User> {
        let mut rows = self.all("/Users").await;
        for stranger in &self.strangers {
            let at = rows.iter().position(|row| row == stranger);
            rows.remove(at.unwrap_or_else(|| panic!("a stranger was touched: {stranger}")));
        }
        let mut ids: Vec<&str> = rows.iter().filter_map(|row| row["externalId"].as_str()).collect();
        ids.sort_unstable();
        assert!(ids.windows(2).all(|two| two[0] != two[1]), "an externalId is there twice: {ids:?}");
        let mut users = BTreeMap::new();
        for row in &rows {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let user = User {
                id: text(&row["id"]),
                external_id: text(&row["externalId"]),
                active: row["active"] == true,
                role: text(&row[ROLE][ATTRIBUTE]),
            };
            let name = text(&row["userName"]).to_lowercase();
            assert!(users.insert(name.clone(), user).is_none(), "{name} is there twice");
        }
        users
    }

    /// Reads again and again until it is so.
    pub(crate) async fn until(&self, so: impl Fn(&BTreeMap<String, User>) -> bool) {
        let read = async { while !so(&self.users().await) {} };
        tokio::time::timeout(PATIENCE, read).await.expect("it comes");
    }

    /// Ids of the members, by the group's name; a name that is there twice fails.
    pub(crate) async fn groups(&self) -> BTreeMap<String, Vec<String>> {
        let mut groups = BTreeMap::new();
        for row in self.all("/Groups").await {
            let name = row["displayName"].as_str().expect("a name").to_owned();
            let none = Vec::new();
            let members = row["members"].as_array().unwrap_or(&none).iter();
            let mut members: Vec<String> =
                members.filter_map(|member| member["value"].as_str().map(str::to_owned)).collect();
            members.sort();
            assert!(groups.insert(name.clone(), members).is_none(), "{name} is there twice");
        }
        groups
    }
}
