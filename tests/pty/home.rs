//! A home that is connected to a sandbox in a process of its own.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

use crate::nowhere::{Folder, LOG, SCIM, TALKATIVE};
use crate::terminal::{Start, Terminal};
use crate::workspace::Workspace;

const PROGRAM: &str = env!("CARGO_BIN_EXE_scimdeck");
const URN: &str = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole";

/// The home and its sandbox.
pub(crate) struct Home {
    folder: Folder,
    sandbox: Child,
    said: Value,
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = self.sandbox.kill();
        let _ = self.sandbox.wait();
    }
}

impl Home {
    /// Not connected, beside a workspace with so many people in it.
    pub(crate) fn beside(people_there: usize) -> Self {
        let folder = Folder::new();
        let token = folder.secret("token", SCIM);
        folder.secret("token.activity", LOG);
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        let people_there = people_there.to_string();
        let mut sandbox = Command::new(PROGRAM)
            .envs([TALKATIVE])
            .env("SCIMDECK_HOME", folder.path().join("sandbox"))
            .args(["--json", "sandbox", "--listen", "127.0.0.1:0", "--people", &people_there, "--token-file"])
            .arg(token)
            .arg("--mail-dir")
            .arg(folder.path().join("mails"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = serde_json::Deserializer::from_reader(sandbox.stdout.take().unwrap());
        let said = output.into_iter::<Value>().next().unwrap().unwrap();
        folder.heard("what the sandbox says", said.to_string().as_bytes());
        Self { folder, sandbox, said }
    }

    /// What the sandbox said about itself when it started.
    pub(crate) fn told(&self, key: &str) -> &str {
        self.said[key].as_str().unwrap_or_else(|| panic!("{key}: {}", self.said))
    }

    /// The other side, read directly.
    pub(crate) fn workspace(&self) -> Workspace<'_> {
        Workspace { home: self }
    }

    /// Makes the connection and its test.
    pub(crate) fn connect(&self, token_file: &str) {
        let connect = [
            "connect",
            "--badge",
            "SANDBOX",
            "--base-url",
            self.told("base_url"),
            "--token-file",
            token_file,
        ];
        let feed = ["--activity-url", self.told("activity_url")];
        let feed_token = ["--activity-token-file", self.told("activity_token_file")];
        self.done(&[&connect[..], &feed, &feed_token].concat());
    }

    /// With these people (user name, given name, family name, assigned, role), assigned before SCIM was enabled.
    pub(crate) fn with(people: &str) -> Self {
        let home = Self::beside(0);
        home.connect(home.told("token_file"));
        home.done(&[
            "attribute",
            "add",
            "workato_role",
            "--member",
            "Admin",
            "--member",
            "Analyst",
            "--external-namespace",
            URN,
        ]);
        home.import(people);
        home
    }

    /// Brings people into the directory, as above.
    pub(crate) fn import(&self, people: &str) {
        let file = self.path().join("people.csv");
        std::fs::write(&file, format!("user_name,given_name,family_name,assigned,workato_role\n{people}"))
            .unwrap();
        self.done(&["import", "people", &file.display().to_string()]);
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A command on this home that goes on by itself.
    pub(crate) fn start(&self, args: &[&str]) -> Child {
        let mut command = self.program(args);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn program(&self, args: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.envs([TALKATIVE]).arg("--home").arg(self.path().join("home")).args(args).stdin(Stdio::null());
        command
    }

    /// Runs a command and gives all that it said.
    pub(crate) fn run(&self, args: &[&str]) -> Output {
        let output = self.program(args).output().unwrap();
        self.folder.said(&output);
        output
    }

    /// Waits for the end of one that went on by itself.
    pub(crate) fn ended(&self, child: Child) -> Output {
        let output = child.wait_with_output().unwrap();
        self.folder.said(&output);
        output
    }

    /// The file of this name is a token's place.
    pub(crate) fn keeps(&self, name: &str) {
        self.folder.keeps(name);
    }

    /// A token in a file of its owner's.
    pub(crate) fn token(&self, name: &str, token: &str) -> String {
        self.folder.secret(name, token).display().to_string()
    }

    /// Runs a command and gives its exit code and JSON.
    pub(crate) fn command(&self, args: &[&str]) -> (i32, Value) {
        let output = self.run(&[&["--json"], args].concat());
        let said = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|e| panic!("{args:?}: {e}: {}", String::from_utf8_lossy(&output.stderr)));
        (output.status.code().unwrap(), said)
    }

    /// Runs a command that must succeed.
    pub(crate) fn done(&self, args: &[&str]) -> Value {
        let (code, said) = self.command(args);
        assert_eq!(code, 0, "{args:?}: {said}");
        said
    }

    /// The program on this home in a terminal.
    pub(crate) fn console(&self, args: &[&str]) -> Terminal {
        Start::scimdeck(args).home(&self.path().join("home")).run()
    }
}
