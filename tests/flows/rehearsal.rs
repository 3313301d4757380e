//! Rehearsing against the real program's sandbox: `--fault`, and the control call while it runs.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::bench::{LOG, SCIM, name};
use crate::nowhere::{Folder, TALKATIVE};
use crate::program::{ROLE, people_csv};

struct Rehearsed {
    sandbox: Child,
    base: String,
    folder: Folder,
}

impl Drop for Rehearsed {
    fn drop(&mut self) {
        let _ = self.sandbox.kill();
        let _ = self.sandbox.wait();
    }
}

impl Rehearsed {
    fn start(faults: &[&str]) -> Self {
        let folder = Folder::new();
        let token = folder.secret("token", SCIM);
        folder.secret("token.activity", LOG);
        let mut command = Command::new(env!("CARGO_BIN_EXE_scimdeck"));
        command.envs([TALKATIVE]).env("SCIMDECK_HOME", folder.path().join("sandbox"));
        command.args(["sandbox", "--token-file"]).arg(&token);
        command.args(faults.iter().map(|fault| format!("--fault={fault}")));
        let mut sandbox = command.stdout(Stdio::piped()).spawn().expect("a sandbox");
        let mut base = String::new();
        BufReader::new(sandbox.stdout.take().expect("its output")).read_line(&mut base).expect("a line");
        let rehearsed = Self { sandbox, base: base.trim().to_owned(), folder };
        let token = token.to_str().expect("text").to_owned();
        let base = rehearsed.base.clone();
        let connect = ["connect", "--base-url", &base, "--token-file", &token, "--timeout", "10"];
        assert_eq!(rehearsed.run(&connect).0, 0);
        let attribute = ["attribute", "add", "workato_role", "--external-namespace", ROLE];
        assert_eq!(rehearsed.run(&attribute).0, 0);
        let csv = rehearsed.folder.path().join("people.csv");
        std::fs::write(&csv, people_csv(3)).expect("a file");
        assert_eq!(rehearsed.run(&["import", "people", csv.to_str().expect("text")]).0, 0);
        rehearsed
    }

    fn run(&self, args: &[&str]) -> (i32, Value) {
        let home = self.folder.path().join("home");
        let output = Command::new(env!("CARGO_BIN_EXE_scimdeck"))
            .envs([TALKATIVE])
            .arg("--json")
            .arg("--home")
            .arg(home)
            .args(args)
            .stdin(Stdio::null())
            .output()
            .expect("it runs");
        self.folder.said(&output);
        let value = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        (output.status.code().expect("a code"), value)
    }

    async fn faults(&self, change: &Value) -> Value {
        let url = self.base.replace("/scim/v2", "/sandbox/faults");
        // A second installation in the same process is refused, and is the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let request = client.post(url).header("content-type", "application/json").body(change.to_string());
        let bytes = request.send().await.expect("an answer").bytes().await.expect("a body");
        serde_json::from_slice(&bytes).expect("JSON")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g03_with_the_real_sandbox_lost_and_late_answers_make_nobody_twice() {
    let rehearsed = Rehearsed::start(&["late=1000:1@POST", "500:2@POST", "lose:3@POST", "same-names"]);
    let (_, report) = rehearsed.run(&["provision", "--yes"]);
    for _ in 0..5 {
        if rehearsed.run(&["status"]).1["queue"]["in_doubt"] == 0 {
            break;
        }
        rehearsed.run(&["apply", "--yes"]);
    }
    assert_eq!(rehearsed.run(&["check"]).0, 0);
    let status = rehearsed.run(&["status"]).1;
    assert_eq!(
        (&status["flags"]["not_provisioned"], &status["flags"]["in_doubt"]),
        (&json!(0), &json!(0)),
        "{report}"
    );
    let shown = rehearsed.faults(&json!({})).await;
    let hits: Vec<u64> =
        shown["faults"].as_array().expect("faults").iter().filter_map(|f| f["hits"].as_u64()).collect();
    assert_eq!(hits[..3], [1, 1, 1], "each was met: {shown}");
    assert_eq!(shown["faults"][0]["seen"], 3, "three POSTs for three people: {shown}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_operator_is_told_of_each_pain() {
    let rehearsed = Rehearsed::start(&[]);
    assert_eq!(rehearsed.run(&["provision", "--yes"]).0, 0);
    let ana = name(1);
    // The fault, the exit code, and what the words must hold.
    let pains: [(&str, i32, &[&str]); 9] = [
        ("401@PUT", 3, &["token", "refused", "queue is kept"]),
        ("403@PUT", 5, &["does not allow this for this account"]),
        ("404@PUT", 5, &["404 to the change", "does not take this request"]),
        ("400@PUT", 5, &["refused the request", "invalidValue"]),
        ("412@PUT", 5, &["changed by somebody else"]),
        ("ignore=roles@PUT", 5, &["accepted the change", "workato_role"]),
        ("redirect=307@PUT", 5, &["redirects", "elsewhere.test", "not followed"]),
        ("html@GET", 3, &["intermediary answered, not the app", "Sign in"]),
        ("reset", 3, &["No whole answer"]),
    ];
    for (n, (fault, code, words)) in pains.into_iter().enumerate() {
        rehearsed.faults(&json!({"clear": true, "add": [fault]})).await;
        let role = ["workato_role=Analyst", "workato_role=Operator"][n % 2];
        let (got, report) = rehearsed.run(&["role", &ana, role]);
        assert_eq!(got, code, "{fault}: {report}");
        let text = report.to_string();
        for words in words {
            assert!(text.contains(words), "{fault} says {words:?}: {text}");
        }
        rehearsed.faults(&json!({"clear": true})).await;
        for command in [&["test"][..], &["check"], &["retry", &ana], &["apply", "--yes"]] {
            rehearsed.run(command);
        }
        let status = rehearsed.run(&["status"]).1;
        let left: u64 =
            status["queue"].as_object().expect("a queue").values().filter_map(Value::as_u64).sum();
        assert_eq!(left, 0, "{fault}: {status}");
    }
}
