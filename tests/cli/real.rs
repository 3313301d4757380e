//! The real program on a real home against a real sandbox over loopback.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use scimdeck::sandbox::{Sandbox, SandboxConfig};
use serde_json::Value;

use crate::nowhere::{Folder, LOG, SCIM, TALKATIVE, WRONG};

struct Home {
    folder: Folder,
}

impl Home {
    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Runs a command and gives its exit code and JSON.
    fn run(&self, line: &str) -> (i32, Value) {
        let output = Command::new(env!("CARGO_BIN_EXE_scimdeck"))
            .envs([TALKATIVE])
            .args(["--json", "--home", &self.path("home")])
            .args(line.split(' '))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        self.folder.said(&output);
        let said = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| {
            panic!("{line}: {e}: {}", String::from_utf8_lossy(&output.stderr));
        });
        (output.status.code().unwrap(), said)
    }

    fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    fn token(&self, name: &str, token: &str) -> String {
        self.folder.secret(name, token).display().to_string()
    }
}

fn secret(text: &str) -> secrecy::SecretString {
    secrecy::SecretString::from(text.to_owned())
}

#[test]
fn from_nothing_to_provisioned_and_back() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let home = Home { folder: Folder::new() };
    assert_eq!(home.run("status").1["error"]["code"], "no_connection");

    let config = SandboxConfig::new(secret(SCIM), secret(LOG));
    let sandbox = runtime.block_on(Sandbox::start(config)).unwrap();
    let url = sandbox.base_url();

    let wrong = home.token("wrong", WRONG);
    let (code, said) = home.run(&format!("connect --base-url {url} --token-file {wrong}"));
    assert_eq!((code, &said["ok"], &said["error"]["code"]), (3, &false.into(), &"token_refused".into()));
    assert_eq!(home.run("status").1["connection"]["enabled"], false);
    assert_eq!(home.run("provision --yes").0, 8);

    let right = home.token("right", &format!("{SCIM}\n"));
    assert_eq!(home.run(&format!("token --token-file {right}")).0, 0);
    assert_eq!(home.run("enable").0, 0);
    let namespace = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole";
    let add = format!(
        "attribute add workato_role --member Admin --member Analyst --external-namespace {namespace}"
    );
    assert_eq!(home.run(&add).0, 0);

    let rows = "user_name,given_name,assigned,workato_role\n\
                ana@example.com,Ana,yes,Admin\nbo@example.com,小波,yes,Analyst\n";
    let file = home.write("people.csv", rows);
    let (code, said) = home.run(&format!("import people {file}"));
    assert_eq!((code, &said["new"]), (0, &2.into()));
    assert_eq!(home.run("status").1["flags"]["not_provisioned"], 2);

    assert_eq!(home.run("provision").0, 7);
    let (code, said) = home.run("provision --yes");
    assert_eq!((code, &said["done"], &said["failed"]), (0, &2.into(), &0.into()));
    let status = home.run("status").1;
    assert_eq!((&status["flags"]["not_provisioned"], &status["queue"]["queued"]), (&0.into(), &0.into()));
    let operation = said["results"][0]["trace"].as_str().unwrap().to_owned();
    let (code, said) = home.run(&format!("trace {operation}"));
    assert_eq!(code, 0);
    assert!(said["attempts"].as_array().is_some_and(|a| !a.is_empty()));
    assert!(!said.to_string().contains(SCIM));

    assert_eq!(home.run("role bo@example.com workato_role=Admin").0, 0);
    let bo = home.run("show bo@example.com").1;
    assert_eq!((&bo["roles"]["workato_role"], &bo["account"]), (&"Admin".into(), &"active".into()));
    let (code, said) = home.run(&format!("import people {file}"));
    assert_eq!((code, &said["conflict"]), (0, &1.into()));
    assert_eq!(home.run("plan").0, 0);

    assert_eq!(home.run("suspend bo@example.com").0, 0);
    assert_eq!(home.run("show bo@example.com").1["account"], "inactive");
    runtime.block_on(sandbox.shutdown()).unwrap();
    assert_eq!(home.run("reactivate bo@example.com").0, 3);
    assert_eq!(home.run("status").1["flags"]["unsent"], 1);
}

#[test]
fn a_connection_writes_and_looks_up_as_connect_was_told() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let home = Home { folder: Folder::new() };
    let sandbox = runtime.block_on(Sandbox::start(SandboxConfig::new(secret(SCIM), secret(LOG)))).unwrap();
    let token = home.token("token", SCIM);
    let connect = format!("connect --base-url {} --token-file {token}", sandbox.base_url());
    let set = format!("{connect} --profile rfc --unique-identifier email --exclude-user-name");
    assert_eq!(home.run(&set).0, 0);
    let file = home.write("people.csv", "user_name,email,assigned\nana,ana@example.com,yes\nbo,,yes\n");
    assert_eq!(home.run(&format!("import people {file}")).0, 0);
    let (code, said) = home.run("provision --yes");
    assert_eq!((code, &said["done"], &said["failed"]), (5, &1.into(), &1.into()), "{said}");
    assert!(said["results"][1]["error"].to_string().contains("has no e-mail address"), "{said}");
    let (_, plan) = home.run("person set ana --title Boss --plan");
    let request = &plan["operations"][0]["request"];
    assert_eq!((&request["method"], &request["if_match"]), (&"PATCH".into(), &"W/\"1\"".into()), "{plan}");
    assert_eq!(request["body"]["Operations"][0]["path"], "title");
    assert_eq!(home.run("person set ana --title Boss").0, 0);
    let (code, said) = home.run("person set ana --user-name anna");
    assert_eq!((code, &said["results"][0]["outcome"]), (0, &"unchanged".into()), "{said}");
    assert_eq!(home.run("show anna").1["flags"], serde_json::json!([]));
}

#[test]
fn following_the_feed_ends_at_a_signal() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let home = Home { folder: Folder::new() };
    let sandbox = runtime.block_on(Sandbox::start(SandboxConfig::new(secret(SCIM), secret(LOG)))).unwrap();
    let token = home.token("token", SCIM);
    let connect = format!("connect --base-url {} --token-file {token}", sandbox.base_url());
    assert_eq!(home.run(&connect).0, 0);
    assert_eq!(home.run("group add Ops").0, 0);
    let mut child = Command::new(env!("CARGO_BIN_EXE_scimdeck"))
        .envs([TALKATIVE])
        .args(["--home", &home.path("home"), "audit", "--follow"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("group added")));
    assert_eq!(home.run("group add Data").0, 0);
    assert!(lines.any(|line| line.unwrap().contains("group added")));
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
}
