//! The real program on a home, its time and memory measured.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use scimdeck::sandbox::{Preset, Roles, Sandbox, SandboxConfig};
use serde_json::Value;
use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

use crate::nowhere::{Folder, LOG, SCIM, TALKATIVE};
use crate::server::Server;

const ROLE: &str = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole";
/// No run takes longer: five requests that are given up after a second each, on a busy machine.
const DEADLINE: Duration = Duration::from_secs(60);

/// Three people, assigned: `p1` has an account there, `p2` has none, `p3` is provisioned and linked.
pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) server: Server,
    folder: Folder,
}

/// What one run of the program said and took.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
    /// The most memory it held, in MB.
    pub(crate) memory: u64,
}

impl Ran {
    pub(crate) fn out(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        let mut config = SandboxConfig::new(SCIM.to_owned().into(), LOG.to_owned().into());
        let name = "Ana Ruiz".to_owned();
        config.accounts =
            vec![Preset { name, email: "p1@example.com".to_owned(), roles: Roles::all("Analyst") }];
        let sandbox = Sandbox::start(config).await.expect("a sandbox");
        let upstream = sandbox.base_url().split('/').nth(2).expect("a host").parse().expect("an address");
        let server = Server::to(upstream).await;
        let world = Self { sandbox, server, folder: Folder::new() };
        let token = world.secret("token", SCIM);
        let log = world.secret("log", LOG);
        let base = world.server.base_url();
        let feed = format!("http://{}/api/activity_logs", world.server.address);
        let args = ["connect", "--base-url", &base, "--token-file", &token, "--timeout", "10"];
        world.ok(&[&args[..], &["--activity-url", &feed, "--activity-token-file", &log]].concat()).await;
        let args = ["attribute", "add", "workato_role", "--required", "--external-namespace", ROLE];
        world.ok(&[&args[..], &["--member", "Analyst", "--member", "Operator"]].concat()).await;
        let rows = (1..=3).map(|n| format!("p{n}@example.com,Ana,Ruiz {n},yes,Operator\n"));
        let csv =
            format!("user_name,given_name,family_name,assigned,workato_role\n{}", rows.collect::<String>());
        let file = world.file("people.csv", csv);
        world.ok(&["import", "people", &file]).await;
        world.ok(&["provision", "p3@example.com", "--yes"]).await;
        world
    }

    pub(crate) fn file(&self, file: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.path(file);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("text").to_owned()
    }

    pub(crate) fn secret(&self, file: &str, text: &str) -> String {
        self.folder.secret(file, text).to_str().expect("text").to_owned()
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    pub(crate) async fn run(&self, args: &[&str]) -> Ran {
        let ran = run(&self.path("home"), args).await;
        self.folder.heard("standard output", &ran.stdout);
        self.folder.heard("standard error", ran.stderr.as_bytes());
        ran
    }

    /// It must succeed.
    pub(crate) async fn ok(&self, args: &[&str]) -> Ran {
        let ran = self.run(args).await;
        assert_eq!(ran.code, Some(0), "{args:?}: {} {}", ran.out(), ran.stderr);
        ran
    }

    /// Its exit code and JSON.
    pub(crate) async fn json(&self, args: &[&str]) -> (i32, Value) {
        let ran = self.run(&[&["--json"], args].concat()).await;
        let value = serde_json::from_slice(&ran.stdout).unwrap_or_else(|_| panic!("{args:?}: {ran:?}"));
        (ran.code.expect("a code"), value)
    }
}

/// Runs the program to its end.
pub(crate) async fn run(home: &std::path::Path, args: &[&str]) -> Ran {
    let began = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_scimdeck"))
        .env_remove("SCIMDECK_HOME")
        .envs([TALKATIVE, ("USER", "tester")])
        .arg("--home")
        .arg(home)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("it starts");
    let status = format!("/proc/{}/status", child.id().expect("it runs"));
    let (mut out, mut err) = (child.stdout.take().expect("a pipe"), child.stderr.take().expect("a pipe"));
    let (mut stdout, mut stderr, mut memory) = (Vec::new(), Vec::new(), 0);
    let mut ends = Box::pin(async {
        tokio::join!(out.read_to_end(&mut stdout), err.read_to_end(&mut stderr), child.wait()).2
    });
    // The mark only rises, so that the last look counts.
    let mut look = tokio::time::interval(Duration::from_millis(4));
    let watched = async {
        loop {
            tokio::select! {
                ended = &mut ends => break ended.expect("it runs").code(),
                _ = look.tick() => memory = high_water(&status).unwrap_or(memory),
            }
        }
    };
    let code = tokio::time::timeout(DEADLINE, watched).await;
    let code = code.unwrap_or_else(|_| panic!("{args:?} does not end"));
    drop(ends);
    let stderr = String::from_utf8(stderr).expect("text");
    Ran { code, stdout, stderr, took: began.elapsed(), memory }
}

/// The most memory a process ever held, in MB.
fn high_water(status: &str) -> Option<u64> {
    let text = std::fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? >> 10)
}
