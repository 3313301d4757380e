//! The two sides of a story: an operator with a home, and a workspace.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::nowhere::{Folder, LOG, SCIM, TALKATIVE};

pub(crate) const ROLE: &str = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole";
pub(crate) const ENVIRONMENTS: [&str; 3] = ["workato_role", "workato_role_test", "workato_role_prod"];
const DEADLINE: Duration = Duration::from_secs(60);

/// An operator's home on this side, a sandbox workspace on the other.
pub(crate) struct Scene {
    folder: Folder,
    workspace: Child,
    _lines: Lines<BufReader<ChildStdout>>,
    pub(crate) base_url: String,
    activity_url: String,
    resend_url: String,
    pub(crate) mail: PathBuf,
    client: Client,
}

fn program(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scimdeck"));
    command.env_remove("SCIMDECK_HOME").envs([TALKATIVE, ("SUDO_USER", "operator")]).arg("--home").arg(home);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

impl Scene {
    /// "You already configured SCIM in Workato": a workspace with so many people in it, and its base URL and token.
    pub(crate) async fn workspace(people: usize, options: &[&str]) -> Self {
        let folder = Folder::new();
        folder.secret("token.activity", LOG);
        let (token, mail) = (folder.secret("token", SCIM), folder.path().join("mail"));
        let mut command = program(&folder.path().join("nowhere"));
        command.args(["--json", "sandbox", "--people", &people.to_string(), "--token-file"]).arg(&token);
        command.arg("--mail-dir").arg(&mail).args(options);
        let mut workspace = command.spawn().expect("it starts");
        let mut lines = BufReader::new(workspace.stdout.take().expect("a pipe")).lines();
        let object = async {
            let mut text = String::new();
            while let Some(line) = lines.next_line().await.expect("text") {
                text.push_str(&line);
                if line == "}" {
                    break;
                }
            }
            text
        };
        let first = tokio::time::timeout(DEADLINE, object).await.expect("in time");
        folder.heard("what the workspace says", first.as_bytes());
        let said: Value = serde_json::from_str(&first).expect("JSON");
        let text = |key: &str| said[key].as_str().unwrap_or_else(|| panic!("{key}: {said}")).to_owned();
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            base_url: text("base_url"),
            activity_url: text("activity_url"),
            resend_url: text("resend_url"),
            mail,
            client: Client::builder().no_proxy().retry(reqwest::retry::never()).build().expect("a client"),
            folder,
            workspace,
            _lines: lines,
        }
    }

    /// The same, with the connection made and tested on this side.
    pub(crate) async fn connected(people: usize, options: &[&str]) -> Self {
        let scene = Self::workspace(people, options).await;
        let token = scene.path("token");
        let activity = scene.path("token.activity");
        let args = ["connect", "--base-url", &scene.base_url, "--token-file", &token];
        let feed = ["--activity-url", &scene.activity_url, "--activity-token-file", &activity];
        let resend = ["--resend-url", &scene.resend_url, "--badge", "SANDBOX"];
        scene.ok(&[&args[..], &feed, &resend].concat()).await;
        scene
    }

    /// The same, with the three role attributes of the seed.
    pub(crate) async fn configured(people: usize, options: &[&str]) -> Self {
        let scene = Self::connected(people, options).await;
        for attribute in ENVIRONMENTS {
            let mut args = vec!["attribute", "add", attribute, "--external-namespace", ROLE];
            if attribute == ENVIRONMENTS[0] {
                args.push("--required");
            }
            for value in ["Admin", "Analyst", "Operator", "No access"] {
                args.extend(["--member", value]);
            }
            scene.ok(&args).await;
        }
        scene
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().expect("text").to_owned()
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).expect("a file");
        self.path(name)
    }

    /// A token in a file of its owner's.
    pub(crate) fn token(&self, name: &str, text: &str) -> String {
        self.folder.secret(name, text).to_str().expect("text").to_owned()
    }

    /// Runs the program on this side.
    pub(crate) async fn run(&self, args: &[&str]) -> Output {
        let run = program(&self.folder.path().join("home")).args(args).output();
        let output = tokio::time::timeout(DEADLINE, run).await.expect("it ends").expect("it runs");
        self.folder.said(&output);
        output
    }

    /// It must succeed; gives what it printed.
    pub(crate) async fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args).await;
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", said(&output));
        String::from_utf8(output.stdout).expect("text")
    }

    /// Its exit code and its JSON.
    pub(crate) async fn json(&self, args: &[&str]) -> (i32, Value) {
        let output = self.run(&[&["--json"], args].concat()).await;
        let value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{args:?}: {}", said(&output)));
        (output.status.code().expect("a code"), value)
    }

    /// It must be refused: exit code and `error.code`, with a sentence and a next step.
    pub(crate) async fn refused(&self, args: &[&str]) -> (i32, String) {
        let (code, value) = self.json(args).await;
        let error = &value["error"];
        for key in ["message", "next"] {
            assert!(error[key].as_str().is_some_and(|text| text.len() > 10), "{key}: {value}");
        }
        (code, error["code"].as_str().expect("a code").to_owned())
    }

    /// A person as this side sees them.
    pub(crate) async fn person(&self, user_name: &str) -> Value {
        let (_, people) = self.json(&["people"]).await;
        let all = people.as_array().expect("a list");
        all.iter()
            .find(|p| p["user_name"] == user_name)
            .cloned()
            .unwrap_or_else(|| panic!("{user_name} in {people}"))
    }

    /// How many carry a flag.
    pub(crate) async fn flagged(&self, flag: &str) -> u64 {
        self.json(&["status"]).await.1["flags"][flag].as_u64().expect("a count")
    }

    /// What the app has of somebody becomes ours. What was seen in the moment after our own push is compared again first.
    pub(crate) async fn adopted(&self, user_name: &str) {
        let end = Instant::now() + DEADLINE;
        while self.run(&["drift", "adopt", user_name, "--yes"]).await.status.code() == Some(5) {
            assert!(Instant::now() < end, "a look at {user_name} counts");
            self.ok(&["check"]).await;
        }
    }

    /// A new person here, assigned with a role.
    pub(crate) async fn assigned(&self, user_name: &str, role: &str) {
        self.ok(&["person", "add", user_name, "--given-name", "Ana", "--family-name", "Ruiz"]).await;
        self.ok(&["assign", user_name, "--role", &format!("workato_role={role}")]).await;
    }

    fn origin(&self) -> &str {
        self.base_url.strip_suffix("/scim/v2").expect("a SCIM address")
    }

    fn secret(&self, file: &str) -> String {
        std::fs::read_to_string(self.path(file)).expect("a token").trim().to_owned()
    }

    /// A request to the other side as it stands: status and JSON.
    pub(crate) async fn there(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> (u16, Value) {
        let mut request = self.client.request(method, format!("{}{path}", self.origin()));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        let bytes = answer.bytes().await.expect("a body");
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// The account in the workspace, by SCIM.
    pub(crate) async fn account(&self, user_name: &str) -> Option<Value> {
        let path = format!("/scim/v2/Users?filter=userName%20eq%20%22{user_name}%22");
        let (status, list) = self.there(Method::GET, &path, Some(&self.secret("token")), None).await;
        assert_eq!(status, 200, "{list}");
        assert!(list["totalResults"].as_u64().expect("a count") <= 1, "at most one account: {list}");
        list["Resources"].as_array()?.first().cloned()
    }

    /// The collaborators list of the workspace.
    pub(crate) async fn members(&self) -> Vec<Value> {
        let token = self.secret("token.activity");
        let (status, list) = self.there(Method::GET, "/api/members", Some(&token), None).await;
        assert_eq!(status, 200, "{list}");
        list["data"].as_array().or(list.as_array()).expect("a list").clone()
    }

    /// A row of the collaborators list.
    pub(crate) async fn member(&self, email: &str) -> Value {
        let all = self.members().await;
        all.iter().find(|m| m["email"] == email).cloned().unwrap_or_else(|| panic!("{email} in {all:?}"))
    }

    /// The workspace's own activity log.
    pub(crate) async fn activity(&self) -> Vec<Value> {
        let token = self.secret("token.activity");
        let (status, list) =
            self.there(Method::GET, "/api/activity_logs?page[size]=100", Some(&token), None).await;
        assert_eq!(status, 200, "{list}");
        list["data"].as_array().expect("a list").clone()
    }

    /// Something done by hand in the workspace.
    pub(crate) async fn by_hand(&self, what: &str, body: Value) -> Value {
        let (status, answer) = self.there(Method::POST, &format!("/sandbox/{what}"), None, Some(body)).await;
        assert_eq!(status, 200, "{what}: {answer}");
        answer
    }

    /// The newest mail to an address, whole.
    pub(crate) fn mail_to(&self, email: &str) -> Option<String> {
        let entries = std::fs::read_dir(&self.mail).ok()?;
        let mut files: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
        files.sort_by_key(|f| std::fs::metadata(f).and_then(|m| m.modified()).ok());
        let texts = files.into_iter().rev().filter_map(|f| std::fs::read_to_string(f).ok());
        texts.into_iter().find(|text| {
            text.lines().any(|line| line.to_lowercase().starts_with("to:") && line.contains(email))
        })
    }

    /// The link in the newest mail to an address; waits for the mail.
    pub(crate) async fn link_to(&self, email: &str) -> String {
        let end = Instant::now() + DEADLINE;
        let mut look = tokio::time::interval(Duration::from_millis(10));
        loop {
            let link = self.mail_to(email).and_then(|mail| link_in(&mail, self.origin()));
            if let Some(link) = link {
                return link;
            }
            assert!(Instant::now() < end, "a mail to {email} comes");
            look.tick().await;
        }
    }

    /// A page of the workspace as a browser gets it.
    pub(crate) async fn page(&self, url: &str) -> (u16, String) {
        let answer = self.client.get(url).send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("a page"))
    }

    /// Sends the form of a page.
    pub(crate) async fn submit(&self, url: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.client.post(url).header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(body.join("&")).send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("a page"))
    }

    /// Somebody who is in signs in; their session.
    pub(crate) async fn sign_in(&self, email: &str) -> String {
        let answer = self.by_hand("sign_in", json!({"userName": email})).await;
        answer["session"].as_str().unwrap_or_else(|| panic!("a session in {answer}")).to_owned()
    }

    /// What a session may do now.
    pub(crate) async fn session(&self, session: &str) -> (u16, Value) {
        self.there(Method::GET, "/api/session", Some(session), None).await
    }

    /// Looks at this side's audit feed until an entry fits.
    pub(crate) async fn heard(&self, fits: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + DEADLINE;
        loop {
            let lines = self.ok(&["--json", "audit", "--limit", "200"]).await;
            let entries = lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
            if let Some(entry) = entries.into_iter().find(&fits) {
                return entry;
            }
            assert!(Instant::now() < end, "the entry comes: {lines}");
        }
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _ = self.workspace.start_kill();
    }
}

/// The first address of the workspace in a mail, over soft line ends of quoted-printable.
fn link_in(mail: &str, origin: &str) -> Option<String> {
    let whole = mail.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=");
    let from = whole.find(&format!("{origin}/"))?;
    Some(whole[from..].chars().take_while(|c| !c.is_whitespace() && !"\"<>".contains(*c)).collect())
}

/// Everything a process said.
pub(crate) fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{:?} stdout: {} stderr: {}", output.status, text(&output.stdout), text(&output.stderr))
}

/// The role an account has there.
pub(crate) fn role(account: &Value, attribute: &str) -> String {
    account[ROLE][attribute].as_str().unwrap_or_default().to_owned()
}
