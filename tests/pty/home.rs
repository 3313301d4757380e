//! A home that is connected to a sandbox in a process of its own.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::terminal::{Start, Terminal};

const PROGRAM: &str = env!("CARGO_BIN_EXE_scimdeck");
const URN: &str = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole";

/// The home and its sandbox.
pub(crate) struct Home {
    folder: TempDir,
    sandbox: Child,
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = self.sandbox.kill();
        let _ = self.sandbox.wait();
    }
}

impl Home {
    /// With these people (user name, given name, family name, assigned, role), assigned before SCIM was enabled.
    pub(crate) fn with(people: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        let token = folder.path().join("token");
        let mut sandbox = Command::new(PROGRAM)
            .args(["--json", "sandbox", "--listen", "127.0.0.1:0", "--token-file"])
            .arg(&token)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = serde_json::Deserializer::from_reader(sandbox.stdout.take().unwrap());
        let said = output.into_iter::<Value>().next().unwrap().unwrap();
        let home = Self { folder, sandbox };
        let [url, token, activity, activity_token] =
            ["base_url", "token_file", "activity_url", "activity_token_file"]
                .map(|key| said[key].as_str().unwrap_or_else(|| panic!("{said}")).to_owned());
        let connect = ["connect", "--badge", "SANDBOX", "--base-url", &url, "--token-file", &token];
        let feed = ["--activity-url", &activity, "--activity-token-file", &activity_token];
        home.done(&[&connect[..], &feed].concat());
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
        let file = home.path().join("people.csv");
        std::fs::write(&file, format!("user_name,given_name,family_name,assigned,workato_role\n{people}"))
            .unwrap();
        home.done(&["import", "people", &file.display().to_string()]);
        home
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs a command and gives its exit code and JSON.
    pub(crate) fn command(&self, args: &[&str]) -> (i32, Value) {
        let output = Command::new(PROGRAM)
            .args(["--json", "--home"])
            .arg(self.path().join("home"))
            .args(args)
            .stdin(Stdio::null())
            .output()
            .unwrap();
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
