//! The real program on a home of its own.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, waitid};
use serde_json::Value;
use tokio::process::{Child, Command};

pub(crate) use crate::nowhere::SCIM as TOKEN;
use crate::nowhere::{Folder, LOG, TALKATIVE};

pub(crate) const ROLE: &str = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole";
pub(crate) const ATTRIBUTE: &str = "workato_role";
/// No command here needs longer; one that does not end is a failure.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Home {
    folder: Folder,
}

/// Everything a process said, for messages of failed tests.
pub(crate) fn all(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{:?} stdout: {} stderr: {}", output.status, text(&output.stdout), text(&output.stderr))
}

impl Home {
    pub(crate) fn new() -> Self {
        let folder = Folder::new();
        folder.secret("token", TOKEN);
        folder.secret("token.activity", LOG);
        Self { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn token(&self) -> PathBuf {
        self.path("token")
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.path("home").join("scimdeck.db")
    }

    /// Everything of it goes, and no token was in it.
    pub(crate) fn remove(&self) {
        self.folder.search();
        std::fs::remove_dir_all(self.path("home")).expect("a folder");
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).expect("a file");
        path
    }

    /// Connected, enabled, with the role attribute.
    pub(crate) async fn connect(&self, base: &str) {
        let token = self.token();
        let token = token.to_str().expect("text");
        // Faults may hit the test of the connection: it is saved all the same.
        self.run(&["connect", "--base-url", base, "--token-file", token, "--timeout", "10"]).await;
        for _ in 0..20 {
            if self.run(&["enable"]).await.status.success() {
                break;
            }
            self.run(&["test"]).await;
        }
        let members = ["--member", "Admin", "--member", "Analyst", "--member", "Operator"];
        let add = ["attribute", "add", ATTRIBUTE, "--required", "--external-namespace", ROLE];
        self.ok(&[&add[..], &members].concat()).await;
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        self.through(Path::new(env!("CARGO_BIN_EXE_scimdeck")), args)
    }

    /// The program's arguments given to something that starts it.
    pub(crate) fn through(&self, program: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.arg("--home").arg(self.path("home")).args(args);
        command.env_remove("SCIMDECK_HOME").envs([TALKATIVE]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }

    /// Starts a command; its complaints are kept for [`Self::nobody_panicked`].
    pub(crate) fn start(&self, args: &[&str]) -> Child {
        let mut command = self.command(args);
        let complaints = std::fs::OpenOptions::new().create(true).append(true).open(self.path("complaints"));
        command.stdout(Stdio::null()).stderr(complaints.expect("a file"));
        command.spawn().expect("it starts")
    }

    #[track_caller]
    pub(crate) fn nobody_panicked(&self) {
        let complaints = std::fs::read(self.path("complaints")).expect("a file");
        let complaints = String::from_utf8_lossy(&complaints);
        assert!(!complaints.contains("panicked"), "{complaints}");
    }

    pub(crate) async fn run(&self, args: &[&str]) -> Output {
        self.ended(self.command(args), args).await
    }

    pub(crate) async fn ended(&self, mut command: Command, what: &[&str]) -> Output {
        let run = tokio::time::timeout(PATIENCE, command.output());
        let output = run.await.unwrap_or_else(|_| panic!("{what:?} does not end")).expect("it runs");
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
}

pub(crate) fn signal(child: &Child, signal: Signal) {
    let id = i32::try_from(child.id().expect("it runs")).expect("an id");
    let pid = Pid::from_raw(id).expect("an id");
    rustix::process::kill_process(pid, signal).expect("a signal");
}

/// Stops it, and returns when it stands.
pub(crate) fn frozen(child: &Child) {
    signal(child, Signal::STOP);
    let id = i32::try_from(child.id().expect("it runs")).expect("an id");
    let pid = Pid::from_raw(id).expect("an id");
    waitid(WaitId::Pid(pid), WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT).expect("it stops");
}

/// Waits at most so long; kills it then. Returns the exit code of one that ended by itself.
pub(crate) async fn killed_after(child: &mut Child, after: Duration) -> Option<i32> {
    match tokio::time::timeout(after, child.wait()).await {
        Ok(status) => status.expect("it ends").code(),
        Err(_) => {
            // SIGKILL; the process is gone when this returns.
            child.kill().await.expect("it ends");
            None
        }
    }
}
