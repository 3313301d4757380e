//! A folder with the secrets in one half and everything that the program writes in the other, and all that it says.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

use crate::nowhere::TALKATIVE;
use crate::nowhere::forms::Search;
use crate::terminal::{Start, Terminal};

/// With letters that other notations write in another way.
pub(crate) const TOKEN: &str = "canary+7f/9aTc0~FFEE.sings/in-the=mine_0451==";
/// Another, that the app does not know.
pub(crate) const WRONG: &str = "magpie+3b/11Xq~stole.the/silver=spoon_1984==";
/// What the app's log is read with.
pub(crate) const LOG: &str = "wagtail+5d/77Qw~reads.all/the-diary=twice_2208==";
pub(crate) const PASSPHRASE: &str = "correct horse+battery/staple=0815";

const PEOPLE: &str = "user_name,given_name,family_name,assigned,workato_role\n\
    ana@example.com,Ana,Souza,yes,Operator\nbo@example.com,Bo,Lin,yes,Analyst\n";
pub(crate) const ROLE: &str = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole";

pub(crate) struct Place {
    folder: TempDir,
    app: Child,
    base_url: String,
    vars: Vec<(String, String)>,
    /// Everything said on any output, and drawn.
    heard: Vec<(String, Vec<u8>)>,
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let (secret, open) = (folder.path().join("secret"), folder.path().join("open"));
        fs::create_dir_all(secret.join("credentials")).expect("folders");
        fs::create_dir(&open).expect("a folder");
        for (name, text, mode) in [
            ("token", TOKEN.to_owned(), 0o600),
            ("token.activity", LOG.to_owned(), 0o600),
            ("wrong", WRONG.to_owned(), 0o600),
            ("credentials/scim", TOKEN.to_owned(), 0o400),
            ("print-token", format!("#!/bin/sh\necho '{TOKEN}'\n"), 0o700),
        ] {
            fs::write(secret.join(name), text).expect("a file");
            fs::set_permissions(secret.join(name), fs::Permissions::from_mode(mode)).expect("its mode");
        }
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o700)).expect("its mode");
        fs::write(open.join("people.csv"), PEOPLE).expect("a file");
        let mut command = Command::new(env!("CARGO_BIN_EXE_scimdeck"));
        command.current_dir(&open).envs([TALKATIVE]).env("SCIMDECK_HOME", open.join("sandbox"));
        command.args([
            "sandbox",
            "--token-file",
            "../secret/token",
            "--state",
            "state.json",
            "--mail-dir",
            "mails",
        ]);
        let log = |name: &str| Stdio::from(fs::File::create(open.join(name)).expect("a file"));
        let mut app = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log("app.err"))
            .spawn()
            .expect("starts");
        let mut line = String::new();
        BufReader::new(app.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        let base_url = line.trim().to_owned();
        Self {
            folder,
            app,
            base_url,
            vars: Vec::new(),
            heard: vec![("the sandbox".to_owned(), line.into_bytes())],
        }
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    fn open(&self) -> PathBuf {
        self.root().join("open")
    }

    pub(crate) fn var(&mut self, name: &str, value: &str) {
        self.vars.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn connect(&mut self, source: &[&str]) {
        let said = self.connect_to(&self.base_url.clone(), source);
        assert!(said.ends_with("exit 0"), "{said}");
        let mut args = vec!["attribute", "add", "workato_role", "--required", "--external-namespace", ROLE];
        args.extend(["--member", "Admin", "--member", "Analyst", "--member", "Operator"]);
        self.ok(&args);
    }

    /// With its log, whose token is another; gives what was said.
    pub(crate) fn connect_to(&mut self, base_url: &str, source: &[&str]) -> String {
        let feed = base_url.replace("/scim/v2", "/api/activity_logs");
        let log = ["--activity-url", &feed, "--activity-token-file", "../secret/token.activity"];
        self.ran(&[&["connect", "--base-url", base_url][..], source, &log].concat())
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scimdeck"));
        command.current_dir(self.open()).envs([TALKATIVE]).env("RUST_LOG", "trace");
        command.env("RUST_BACKTRACE", "full").envs(self.vars.iter().map(|(n, v)| (n, v)));
        command.args(["--home", "home"]).args(args).stdin(Stdio::null());
        command
    }

    /// The same with core files of any size, as an operator would have it who wants them.
    pub(crate) fn command_with_cores(&self, args: &[&str]) -> Command {
        let plain = self.command(args);
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -c unlimited; exec \"$0\" \"$@\""]).arg(plain.get_program());
        command.args(plain.get_args()).current_dir(self.open()).stdin(Stdio::null());
        command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command
    }

    /// It must succeed; gives what it printed.
    pub(crate) fn ok(&mut self, args: &[&str]) -> String {
        let said = self.ran(args);
        assert!(said.ends_with("exit 0"), "{args:?}: {said}");
        said
    }

    /// Gives what it printed, and its exit code.
    pub(crate) fn ran(&mut self, args: &[&str]) -> String {
        let output = self.command(args).output().expect("it runs");
        self.said(&output)
    }

    /// The same with something on its standard input.
    pub(crate) fn typed(&mut self, args: &[&str], text: &str) {
        let command = self.command(args);
        self.feed(command, text);
    }

    pub(crate) fn feed(&mut self, mut command: Command, text: &str) {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("written");
        let said = self.said(&child.wait_with_output().expect("it ends"));
        assert!(said.ends_with("exit 0"), "{said}");
    }

    pub(crate) fn said(&mut self, output: &Output) -> String {
        let both = [output.stdout.as_slice(), &output.stderr].concat();
        let text = String::from_utf8_lossy(&both).into_owned();
        self.heard.push((format!("output {}", self.heard.len()), both));
        format!("{text}exit {}", output.status.code().unwrap_or(-1))
    }

    /// The console on the same home; every byte that it draws is heard.
    pub(crate) fn console(&mut self, act: impl FnOnce(&Terminal)) {
        self.terminal(&[], |terminal| {
            terminal.wait("Assignments");
            act(terminal);
        });
    }

    /// The program at a terminal, until ctrl-c.
    pub(crate) fn terminal(&mut self, args: &[&str], act: impl FnOnce(&Terminal)) {
        let home = self.open().join("home");
        let mut start = Start::scimdeck(args).home(&home);
        for (name, value) in &self.vars {
            start = start.var(name, value);
        }
        let terminal = start.run();
        act(&terminal);
        terminal.press("ctrl-c");
        terminal.exit();
        self.heard.push(("the screen".to_owned(), terminal.bytes()));
    }

    /// The app misbehaves from now on.
    pub(crate) fn fault(&self, spec: &str) {
        self.app_says("POST", "/sandbox/faults", &format!("{{\"add\":[\"{spec}\"]}}"));
    }

    /// Until a write is under way.
    pub(crate) fn until_running(&mut self) {
        let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while self.ok(&["--json", "status"]).contains("\"running\": 0") {
            assert!(std::time::Instant::now() < end, "nothing is sent");
        }
    }

    fn app_says(&self, method: &str, path: &str, body: &str) -> String {
        use std::io::Read as _;
        let host = self.base_url.trim_start_matches("http://").split('/').next().expect("a host");
        let mut line = std::net::TcpStream::connect(host).expect("the app");
        let head = format!(
            "{method} {path} HTTP/1.0\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        line.write_all(head.as_bytes()).and_then(|()| line.write_all(body.as_bytes())).expect("asked");
        let mut answer = String::new();
        line.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.0 200"), "{answer}");
        answer
    }

    pub(crate) fn log(&self) -> String {
        let path = self.open().join("home/scimdeck.log");
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Looks for these in everything that was said, drawn or written outside the folder of secrets.
    pub(crate) fn search(&self, secrets: &[&str]) {
        let all = self.everything();
        assert!(all.iter().any(|(name, _)| name.ends_with("home/scimdeck.db")), "the store is searched");
        assert!(self.log().contains("TRACE"), "the log is searched, and talkative");
        for secret in secrets.iter().chain(&[LOG]) {
            let search = Search::of(secret);
            let held = all.iter().filter_map(|(name, text)| Some((name, search.found(text)?)));
            let held: Vec<_> = held.collect();
            assert!(held.is_empty(), "found: {held:?}");
        }
    }

    /// Everything that was said or drawn, and every file outside the folder of secrets, by name.
    pub(crate) fn everything(&self) -> Vec<(String, Vec<u8>)> {
        let mut all: Vec<(String, Vec<u8>)> = self.heard.clone();
        let mut folders = vec![self.open()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    all.push((path.display().to_string(), fs::read(&path).expect("a file")));
                }
            }
        }
        all
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = self.app.kill();
        let _ = self.app.wait();
    }
}
