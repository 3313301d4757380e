//! The sending is taken over on the command line: by its exact holder's id, and told.

use rustix::process::Signal;
use serde_json::Value;

use crate::bench::until;
use crate::program::{Program, signal};

fn audit(lines: &str) -> Vec<Value> {
    lines.lines().map(|line| serde_json::from_str(line).expect("an entry")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g17_another_id_takes_nothing_over_and_the_right_one_is_told_in_the_audit_log() {
    let program = Program::start(2, 0, &["hang@POST"]).await;
    assert_eq!(program.refused(&["take-over", "--holder", "h0123abcd"]).await, (4, "not_held".into()));

    let mut sender = program.spawn(&["provision", "--yes"]);
    until("it sends", || program.proxy.count("POST") > 0).await;
    signal(&sender, Signal::STOP);
    let lock = program.home().join("sender-1.lock");
    let held = std::fs::read(&lock).expect("the lock");
    let holder: Value = serde_json::from_slice(&held).expect("its holder");
    let id = holder["id"].as_str().expect("an id");
    let before = program.ok(&["--read-only", "--json", "audit", "--limit", "1000"]).await;

    let (code, refused) = program.json(&["take-over", "--holder", "h0123abcd"]).await;
    assert_eq!((code, &refused["error"]["code"]), (4, &"wrong_holder".into()), "{refused}");
    let text = refused["error"]["message"].as_str().expect("a sentence");
    assert!(text.contains(id) && text.contains("Nothing was changed."), "{text}");
    assert_eq!(std::fs::read(&lock).expect("the lock"), held, "it holds as before");
    assert_eq!(program.ok(&["--read-only", "--json", "audit", "--limit", "1000"]).await, before);

    let refused = program.run(&["--read-only", "take-over", "--holder", id]).await;
    assert_eq!(refused.status.code(), Some(8));
    program.ok(&["--reason", "it stands still", "take-over", "--holder", id]).await;
    let entries = audit(&program.ok(&["--read-only", "--json", "audit", "--limit", "1000"]).await);
    let told: Vec<&Value> = entries.iter().filter(|entry| entry["event"] == "sending taken over").collect();
    let [told] = told.as_slice() else { panic!("{entries:#?}") };
    assert_eq!((&told["actor"], &told["reason"]), (&"tester".into(), &"it stands still".into()), "{told}");
    assert_eq!((&told["person"], &told["source"]), (&"workato".into(), &"console".into()), "{told}");
    let (detail, moved) = (told["detail"].as_str().expect("a sentence"), &told["changes"][0]);
    assert!(detail.contains(id) && detail.contains("tester"), "{told}");
    assert!(moved["attribute"] == "sender" && moved["before"] == id && moved["after"] != id, "{told}");
    assert!(told["session"].is_string(), "{told}");
    signal(&sender, Signal::CONT);
    sender.kill().await.expect("it ends");
}
