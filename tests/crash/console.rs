//! The program on a home of its own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

use crate::app::App;

pub(crate) const ROLE: &str = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole";

pub(crate) struct Console {
    pub(crate) home: PathBuf,
}

pub(crate) fn name(n: u64) -> String {
    format!("p{n:02}@example.com")
}

impl Console {
    /// Connected to the app, with people assigned and not provisioned, and no brake.
    pub(crate) fn begin(folder: &Path, app: &App, people: u64) -> Self {
        let console = Self { home: folder.join("home") };
        let token = App::token_file(folder);
        let connect = ["connect", "--base-url", &app.base_url, "--token-file", &token, "--timeout", "5"];
        // The app may misbehave already: it is saved all the same.
        assert!([0, 3, 5].contains(&console.run(&connect).status.code().expect("a code")));
        let mut args = vec!["attribute", "add", "workato_role", "--required", "--external-namespace", ROLE];
        args.extend(["--member", "Admin", "--member", "Analyst", "--member", "Operator"]);
        console.ok(&args);
        let brake = ["--brake-removals", "100000", "--brake-percent", "100", "--brake-changes", "100000"];
        console.ok(&[&["connection", "set"][..], &brake].concat());
        let rows = (1..=people).map(|n| format!("{},Ana,Ruiz {n},yes,Operator\n", name(n)));
        let text =
            format!("user_name,given_name,family_name,assigned,workato_role\n{}", rows.collect::<String>());
        let file = folder.join("people.csv");
        std::fs::write(&file, text).expect("a file");
        console.ok(&["import", "people", file.to_str().expect("text")]);
        console
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scimdeck"));
        command.env_remove("SCIMDECK_HOME").arg("--home").arg(&self.home).args(args);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn spawn(&self, args: &[&str]) -> Child {
        self.command(args).spawn().expect("it starts")
    }

    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("it runs")
    }

    pub(crate) fn ok(&self, args: &[&str]) -> Output {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", all(&output));
        output
    }

    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let output = self.run(&[&["--json"], args].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{args:?}: {}", all(&output)))
    }

    /// Until nothing is queued and nobody is flagged; gives what was left.
    pub(crate) fn drain(&self) -> Value {
        let mut status = Value::Null;
        for _ in 0..20 {
            self.run(&["apply", "--yes"]);
            self.run(&["provision", "--yes"]);
            self.run(&["check"]);
            status = self.json(&["status"]);
            let none = |of: &str| status[of].as_object().expect(of).values().all(|n| *n == 0);
            if none("flags") && none("queue") && status["complete"] == true {
                break;
            }
        }
        status
    }
}

/// Everything a process said.
pub(crate) fn all(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{:?} stdout: {} stderr: {}", output.status, text(&output.stdout), text(&output.stderr))
}
