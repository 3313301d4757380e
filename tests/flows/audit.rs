//! The audit log of the real program, as an auditor uses it.

use serde_json::Value;

use crate::bench::{SCIM, name};
use crate::program::Program;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_changed_in_the_file_is_found_and_an_export_holds_no_token() {
    let program = Program::start(2, 0, &[]).await;
    program.ok(&["provision", "--yes"]).await;
    program.ok(&["--reason", "left", "suspend", &name(1)]).await;
    let (code, verified) = program.json(&["audit", "verify"]).await;
    assert_eq!((code, &verified["holds"]), (0, &true.into()), "{verified}");
    let head = format!("{}@{}", verified["head"]["hash"].as_str().unwrap(), verified["head"]["seq"]);

    let file = program.path("audit.jsonl");
    program.ok(&["audit", "export", file.to_str().unwrap()]).await;
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.contains(SCIM), "no token leaves");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let suspended = lines.iter().find(|line| line["event"] == "deactivate").unwrap();
    assert_eq!((&suspended["reason"], &suspended["status"]), (&"left".into(), &200.into()), "{suspended}");
    assert!(suspended["session"].as_str().is_some_and(|session| session.len() == 17), "{suspended}");

    let (_, ended) = program.json(&["audit", "deprovisioned"]).await;
    assert_eq!((&ended["open"], &ended["confirmed"]), (&0.into(), &1.into()), "{ended}");
    assert_eq!(
        (&ended["people"][0]["way"], &ended["people"][0]["by"]),
        (&"suspend".into(), &"tester".into())
    );

    let sql = rusqlite::Connection::open(program.home().join("scimdeck.db")).unwrap();
    sql.execute_batch(
        "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete;
         DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit);",
    )
    .unwrap();
    assert_eq!(program.json(&["audit", "verify"]).await.0, 0, "a cut end shows only against a kept head");
    let (code, cut) = program.json(&["audit", "verify", "--head", &head]).await;
    assert!(code == 1 && cut["fault"].as_str().unwrap().contains("cut off"), "{cut}");
    sql.execute_batch("UPDATE audit SET entry = replace(entry, 'tester', 'nobody') WHERE seq = 2;").unwrap();
    let (code, broken) = program.json(&["audit", "verify"]).await;
    assert_eq!((code, &broken["broken_at"]), (1, &2.into()), "{broken}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leaver_by_file_counts_from_the_import_before_and_after_the_apply() {
    let program = Program::start(2, 0, &[]).await;
    program.ok(&["provision", "--yes"]).await;
    let leaver = format!("user_name,status\n{},suspended\n", name(1));
    let file = program.file("leavers.csv", leaver);
    program.ok(&["--reason", "left", "import", "people", &file]).await;
    let (_, open) = program.json(&["audit", "deprovisioned"]).await;
    let imported = open["people"][0].clone();
    assert_eq!((&open["open"], &imported["way"]), (&1.into(), &"import".into()), "{open}");
    assert!(imported["decided_at"].is_string() && imported["operation"].is_null(), "{open}");
    assert_eq!((&imported["by"], &imported["reason"]), (&"tester".into(), &"left".into()));
    program.ok(&["apply", "--yes"]).await;
    let (_, closed) = program.json(&["audit", "deprovisioned", "--since", "1h"]).await;
    let confirmed = &closed["people"][0];
    assert_eq!((&closed["open"], &closed["confirmed"]), (&0.into(), &1.into()), "{closed}");
    assert_eq!((&confirmed["decided_at"], &confirmed["way"]), (&imported["decided_at"], &"import".into()));

    program.ok(&["reactivate", &name(1)]).await;
    program.ok(&["suspend", &name(1)]).await;
    let (_, again) = program.json(&["audit", "deprovisioned"]).await;
    let newest = &again["people"][0];
    assert!(newest["decided_at"].as_str() > confirmed["confirmed_at"].as_str(), "{again}");
    assert_eq!(newest["way"], "suspend", "access given in between ends the earlier count: {again}");
}
