//! The real binary on a home of its own.

use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::peer::{Peer, TOKEN};
use crate::people::Someone;

/// How long a command may take.
const PATIENCE: Duration = Duration::from_secs(120);
const ROLE_SCHEMA: &str = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole";
pub(crate) const MEMBERS: [&str; 4] = ["Admin", "Analyst", "Operator", "No access"];
pub(crate) const ROLES: [&str; 3] = ["workato_role", "workato_role_test", "workato_role_prod"];

/// An exit code and the JSON that came with it.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) json: Value,
    complaint: String,
}

impl Ran {
    /// It must have ended well.
    #[track_caller]
    pub(crate) fn well(self) -> Value {
        assert_eq!(self.code, 0, "{}\n{}", self.complaint, self.json);
        self.json
    }
}

fn text_of(from: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    from.expect("a pipe").read_to_end(&mut bytes).expect("its output");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// One operator's home.
pub(crate) struct Console {
    home: TempDir,
}

impl Console {
    /// Connected to the peer with these further words of `connect`, the three role attributes there, the people
    /// imported.
    pub(crate) fn connected(peer: &Peer, people: &[Someone], settings: &[&str]) -> Self {
        let console = Self { home: tempfile::tempdir().expect("a folder") };
        let token = console.file("token", TOKEN);
        let token = token.to_str().expect("a path").to_owned();
        let connect = ["connect", "--base-url", &peer.base(), "--token-file", &token];
        console.run(&[&connect, settings].concat()).well();
        for role in ROLES {
            let members = MEMBERS.iter().flat_map(|member| ["--member", *member]);
            let words = ["attribute", "add", role, "--external-namespace", ROLE_SCHEMA, "--type", "string"];
            console.run(&words.into_iter().chain(members).collect::<Vec<_>>()).well();
        }
        let file = console.file("people.csv", &crate::people::csv(people));
        let imported = console.run(&["import", "people", file.to_str().expect("a path")]).well();
        assert_eq!(imported["new"], people.len(), "{imported}");
        console
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        use std::os::unix::fs::OpenOptionsExt as _;
        let path = self.home.path().join(name);
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&path).expect(name);
        std::io::Write::write_all(&mut file, text.as_bytes()).expect(name);
        path
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scimdeck"));
        command.args(words).arg("--json").env("SCIMDECK_HOME", self.home.path().join("home"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Ran {
        let mut process = self.command(words).spawn().expect("the binary runs");
        let (out, complaint) = (process.stdout.take(), process.stderr.take());
        let (tell, hear) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let complaint = std::thread::spawn(move || text_of(complaint));
            let _ = tell.send((text_of(out), complaint.join().unwrap_or_default()));
        });
        let Ok((out, complaint)) = hear.recv_timeout(PATIENCE) else {
            process.kill().expect("it runs still");
            process.wait().expect("it ends");
            panic!("{words:?} did not end within {PATIENCE:?}");
        };
        let status = process.wait().expect("it ends");
        let json = serde_json::from_str(&out)
            .unwrap_or_else(|_| panic!("{words:?} printed no JSON: {out}\n{complaint}"));
        Ran { code: status.code().unwrap_or(-1), json, complaint }
    }

    /// A command that reaches many people, allowed as an operator does: `--yes`, and the brake's number when it
    /// asks for one.
    pub(crate) fn allowed(&self, words: &[&str]) -> Ran {
        let ran = self.run(&[words, &["--yes"]].concat());
        let next = ran.json["error"]["next"].as_str().unwrap_or_default();
        let number = next
            .split("--brake ")
            .nth(1)
            .map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
        match number {
            Some(number) if ran.code == 7 => self.run(&[words, &["--yes", "--brake", &number]].concat()),
            _ => ran,
        }
    }

    /// Starts a command and does not wait for it.
    pub(crate) fn start(&self, words: &[&str]) -> Child {
        let mut command = self.command(words);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("the binary runs")
    }

    pub(crate) fn status(&self) -> Value {
        self.run(&["status"]).well()
    }
}
