//! The real program on a home, against the sandbox in this process.

use std::path::PathBuf;
use std::process::{Output, Stdio};

use scimdeck::sandbox::{Account, Sandbox};
use serde_json::Value;
use tokio::process::{Child, Command};

use crate::bench::{SCIM, existing, name, sandbox, sandbox_config};
use crate::nowhere::{Folder, TALKATIVE};
use crate::proxy::Proxy;

pub(crate) struct Program {
    pub(crate) sandbox: Sandbox,
    pub(crate) proxy: Proxy,
    pub(crate) folder: Folder,
}

pub(crate) const ROLE: &str = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole";

impl Program {
    /// Not connected.
    pub(crate) async fn new(people: usize, there: usize, faults: &[&str]) -> Self {
        let (sandbox, proxy) = sandbox(sandbox_config(&existing(people, there), faults)).await;
        let program = Self { sandbox, proxy, folder: Folder::new() };
        program.token(SCIM);
        program
    }

    /// Connected and enabled, with people assigned and not provisioned.
    pub(crate) async fn start(people: usize, there: usize, faults: &[&str]) -> Self {
        let program = Self::new(people, there, faults).await;
        program.connect(0).await;
        let file = program.file("people.csv", people_csv(people));
        program.ok(&["import", "people", &file]).await;
        program
    }

    /// An answer that does not come is given up soon.
    pub(crate) async fn impatient(self) -> Self {
        self.ok(&["connection", "set", "--timeout", "1"]).await;
        self
    }

    /// Connects and makes the attribute.
    pub(crate) async fn connect(&self, code: i32) {
        let (url, token) = (self.proxy.base_url(), self.path("token"));
        let token = token.to_str().expect("text");
        let args = ["connect", "--base-url", &url, "--token-file", token, "--timeout", "10"];
        let output = self.run(&args).await;
        assert_eq!(output.status.code(), Some(code), "{}", all(&output));
        let members = ["--member", "Admin", "--member", "Analyst", "--member", "Operator"];
        let mut args = vec!["attribute", "add", "workato_role", "--required", "--external-namespace", ROLE];
        args.extend(members);
        self.ok(&args).await;
    }

    pub(crate) fn token(&self, token: &str) {
        self.folder.secret("token", token);
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.path("home")
    }

    pub(crate) fn file(&self, file: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.path(file);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("text").to_owned()
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        self.started(Command::new(env!("CARGO_BIN_EXE_scimdeck")), args)
    }

    /// By another program, which becomes it.
    pub(crate) fn started_by(&self, starter: &[&str], args: &[&str]) -> Child {
        let mut command = Command::new(starter[0]);
        command.args(&starter[1..]).arg(env!("CARGO_BIN_EXE_scimdeck"));
        self.started(command, args).spawn().expect("it starts")
    }

    fn started(&self, mut command: Command, args: &[&str]) -> Command {
        command
            .env_remove("SCIMDECK_HOME")
            .envs([TALKATIVE, ("SUDO_USER", "tester")])
            .arg("--home")
            .arg(self.home())
            .args(args);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }

    pub(crate) fn spawn(&self, args: &[&str]) -> Child {
        self.command(args).spawn().expect("it starts")
    }

    pub(crate) async fn run(&self, args: &[&str]) -> Output {
        self.ended(self.spawn(args)).await
    }

    /// Waits for its end.
    pub(crate) async fn ended(&self, child: Child) -> Output {
        let end = tokio::time::timeout(std::time::Duration::from_secs(60), child.wait_with_output());
        let output = end.await.expect("it ends").expect("it runs");
        self.folder.said(&output);
        output
    }

    /// It must succeed.
    pub(crate) async fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args).await;
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", all(&output));
        String::from_utf8(output.stdout).expect("text")
    }

    /// Its exit code and JSON.
    pub(crate) async fn json(&self, args: &[&str]) -> (i32, Value) {
        let output = self.run(&[&["--json"], args].concat()).await;
        let value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", all(&output)));
        (output.status.code().expect("a code"), value)
    }

    /// A refusal: its code and its `error.code`; the error has a message and a next step.
    pub(crate) async fn refused(&self, args: &[&str]) -> (i32, String) {
        let (code, value) = self.json(args).await;
        let error = &value["error"];
        for key in ["message", "next"] {
            assert!(error[key].as_str().is_some_and(|text| text.len() > 10), "{key}: {value}");
        }
        (code, error["code"].as_str().expect("a code").to_owned())
    }

    pub(crate) async fn status(&self) -> Value {
        self.json(&["status"]).await.1
    }

    pub(crate) fn accounts(&self) -> usize {
        self.sandbox.workspace().lock().expect("no panic").accounts().count()
    }

    pub(crate) fn account(&self, n: usize) -> Option<Account> {
        self.sandbox.workspace().lock().expect("no panic").account(&name(n)).cloned()
    }

    /// Every account once, nobody flagged after a comparison, nothing in the queue.
    pub(crate) async fn all_true(&self, people: usize) {
        assert_eq!(self.accounts(), people, "every account once: {:?}", self.proxy.requests());
        self.ok(&["check"]).await;
        let status = self.status().await;
        assert_eq!(status["complete"], true);
        for (flag, n) in status["flags"].as_object().expect("flags") {
            assert_eq!(*n, 0, "{flag}: {status}");
        }
        assert!(status["queue"].as_object().expect("a queue").values().all(|n| *n == 0), "{status}");
    }
}

pub(crate) fn people_csv(people: usize) -> String {
    let rows = (1..=people).map(|n| format!("{},Ana,Ruiz {n},yes,Operator\n", name(n)));
    format!("user_name,given_name,family_name,assigned,workato_role\n{}", rows.collect::<String>())
}

/// Everything a process said, for messages of failed tests.
pub(crate) fn all(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{:?} stdout: {} stderr: {}", output.status, text(&output.stdout), text(&output.stderr))
}

pub(crate) fn signal(child: &Child, signal: rustix::process::Signal) {
    let id = i32::try_from(child.id().expect("it runs")).expect("an id");
    let pid = rustix::process::Pid::from_raw(id).expect("an id");
    rustix::process::kill_process(pid, signal).expect("a signal");
}
