//! Other people's servers, started by `.ci/peers`, behind the counting proxy.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Once;

use serde_json::{Value, json};

use crate::proxy::Proxy;

pub(crate) const TOKEN: &str = "peer-token-of-this-test";

fn tools() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/peers")
}

fn tool(name: &str) -> Command {
    let mut command = Command::new(tools().join(name));
    command.env("SCIMDECK_PEER_TOKEN", TOKEN).env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// Installs the pinned servers; does nothing where they are there. What is missing is said by the script.
fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let status =
            tool("install.sh").stdin(Stdio::null()).status().expect("bash runs .ci/peers/install.sh");
        assert!(status.success(), "the independent servers cannot be installed: see the message above");
    });
}

/// An account as the independent reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) user_name: String,
    pub(crate) id: String,
    pub(crate) active: bool,
    pub(crate) external_id: Option<String>,
    pub(crate) roles: BTreeMap<String, String>,
}

/// A running server; ends with the test.
pub(crate) struct Peer {
    process: Child,
    direct: String,
    pub(crate) proxy: Proxy,
}

impl Peer {
    pub(crate) fn start(words: &[&str]) -> Self {
        install();
        let mut process = tool("start.sh")
            .args(words)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("bash runs .ci/peers/start.sh");
        let mut direct = String::new();
        let out = process.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut direct).expect("its first line");
        let direct = direct.trim().to_owned();
        assert!(direct.starts_with("http://127.0.0.1:"), "{words:?} did not start: see its message above");
        let proxy = Proxy::start(direct.split('/').nth(2).expect("host and port"));
        Self { process, direct, proxy }
    }

    /// The base URL that the product is given: the proxy's.
    pub(crate) fn base(&self) -> String {
        let path = self.direct.splitn(4, '/').nth(3).unwrap_or_default();
        format!("http://{}/{path}", self.proxy.authority())
    }

    /// Makes accounts with the independent writer, every second user name in upper case. Returns their ids by
    /// user name in lower case.
    pub(crate) fn preload(&self, accounts: &[Value]) -> BTreeMap<String, String> {
        let mut process = tool("preload.py")
            .args(["--case", &self.direct])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python 3 runs .ci/peers/preload.py");
        let lines: String = accounts.iter().map(|account| format!("{account}\n")).collect();
        process.stdin.take().expect("its input").write_all(lines.as_bytes()).expect("written");
        let output = process.wait_with_output().expect("it ends");
        assert!(output.status.success(), "the accounts were not made");
        lines_of(&output.stdout)
            .iter()
            .map(|made| (text(made, "userName").to_lowercase(), text(made, "id")))
            .collect()
    }

    /// All accounts, read by a client that is not ours.
    pub(crate) fn accounts(&self) -> Vec<Account> {
        self.read_back(&[]).iter().map(account).collect()
    }

    /// Member ids of the group with this name, sorted; none where there is no such group. Two of that name fail.
    pub(crate) fn group(&self, name: &str) -> Option<Vec<String>> {
        let groups = self.read_back(&["groups"]);
        let mut named = groups.iter().filter(|group| group["displayName"] == name);
        let group = named.next()?;
        assert!(named.next().is_none(), "{name} is there once: {groups:?}");
        let members = group["members"].as_array().expect("members");
        Some(members.iter().map(|id| id.as_str().expect("an id").to_owned()).collect())
    }

    fn read_back(&self, words: &[&str]) -> Vec<Value> {
        let output = tool("readback.py")
            .arg(&self.direct)
            .args(words)
            .stdin(Stdio::null())
            .output()
            .expect("Python 3 runs .ci/peers/readback.py");
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "they were not read: {complaint}");
        lines_of(&output.stdout)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn lines_of(bytes: &[u8]) -> Vec<Value> {
    let text = String::from_utf8_lossy(bytes);
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_else(|| panic!("{key} in {value}")).to_owned()
}

fn account(line: &Value) -> Account {
    let roles = line["roles"].as_object().expect("roles").clone();
    Account {
        user_name: text(line, "userName"),
        id: text(line, "id"),
        active: line["active"] == json!(true),
        external_id: line["externalId"].as_str().map(str::to_owned),
        roles: roles.into_iter().map(|(k, v)| (k, v.as_str().unwrap_or_default().to_owned())).collect(),
    }
}
