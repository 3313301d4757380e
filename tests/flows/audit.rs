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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_decision_names_what_it_is_about_and_the_values_before_and_after() {
    let program = Program::start(3, 0, &[]).await;
    program.ok(&["provision", "--yes"]).await;
    program.ok(&["role", &name(1), "workato_role=Analyst"]).await;
    program.ok(&["group", "add", "Team"]).await;
    program.ok(&["member", "add", "Team", &name(2)]).await;
    program.ok(&["assign", "--group", "Team", "--role", "workato_role=Analyst", "--yes"]).await;
    program.ok(&["priority", "Team", "1", "--yes"]).await;
    program.ok(&["member", "remove", "Team", &name(2), "--yes"]).await;
    program.ok(&["attribute", "add", "cost_center"]).await;
    program.ok(&["protect", &name(3)]).await;
    program.ok(&["--reason", "left", "suspend", &name(3), "--confirm-name", &name(3)]).await;
    program.token(SCIM);
    let token = program.path("token");
    program.ok(&["token", "--token-file", token.to_str().unwrap()]).await;

    let log = program.ok(&["audit", "--json"]).await;
    let entries: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let export = program.path("all.jsonl");
    program.ok(&["audit", "export", export.to_str().unwrap()]).await;
    let export = std::fs::read_to_string(&export).unwrap();
    let whole: Vec<Value> = export.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let decided = |entry: &&Value| entry["operation"].is_null() && entry["source"] == "console";
    for entry in whole.iter().filter(decided) {
        assert!(entry["person"].as_str().is_some_and(|subject| !subject.is_empty()), "{entry}");
    }
    let found = |subject: &str, has: &dyn Fn(&Value) -> bool| {
        let mut about = whole.iter().filter(decided).filter(|entry| entry["person"] == subject);
        assert!(about.any(has), "nothing of that kind about {subject}: {whole:#?}");
    };
    let moved = |entry: &Value, attribute: &str, before: Value, after: Value| {
        let changes = entry["changes"].as_array().cloned().unwrap_or_default();
        changes.iter().any(|c| c["attribute"] == attribute && c["before"] == before && c["after"] == after)
    };
    found(&name(1), &|e| moved(e, "workato_role", "Operator".into(), "Analyst".into()));
    found("Team", &|e| moved(e, "workato_role", Value::Null, "Analyst".into()));
    found(&name(2), &|e| e["detail"].as_str().is_some_and(|detail| detail.contains("(Team)")));
    found("cost_center", &|_| true);
    found(&name(3), &|e| e["event"] == "protection released");
    found(&name(3), &|e| moved(e, "active", "true".into(), "false".into()) && e["reason"] == "left");
    let made = whole.iter().find(|e| e["event"] == "create" && e["person"] == name(1)).expect("a create");
    let before = made["changes"].as_array().expect("changes").iter().map(|change| &change["before"]);
    assert!(before.clone().count() > 2 && before.clone().all(Value::is_null), "nothing was before: {made}");
    assert!(whole.iter().any(|e| e["event"] == "token replaced"), "{whole:#?}");
    assert_eq!(entries.iter().filter(|e| e["event"] == "token replaced").count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_dropped_is_told_and_so_is_the_number_that_released_the_brake() {
    let program = Program::start(12, 0, &["ignore-active:1@PUT"]).await;
    program.ok(&["provision", "--yes"]).await;
    assert_eq!(program.run(&["suspend", &name(1)]).await.status.code(), Some(5));
    program.ok(&["--reason", "a mistake", "drop", &name(1)]).await;
    let people: Vec<String> = (2..=12).map(name).collect();
    let mut args = vec!["--reason", "closed", "suspend", "--brake", "11"];
    args.extend(people.iter().map(String::as_str));
    args.extend(["--confirm-name", people[0].as_str()]);
    let _ = program.run(&args).await;
    let log = program.ok(&["audit", "--json"]).await;
    let entries: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let dropped = entries.iter().find(|e| e["detail"].as_str().is_some_and(|d| d.contains("is not sent")));
    let dropped = dropped.unwrap_or_else(|| panic!("{entries:#?}"));
    assert_eq!(dropped["person"], name(1));
    let released = entries.iter().find(|e| e["event"] == "brake released");
    let released = released.unwrap_or_else(|| panic!("{entries:#?}"));
    assert!(released["detail"].as_str().is_some_and(|d| d.contains("would lose access")), "{released}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deactivation_that_failed_and_was_dropped_is_no_confirmed_removal_and_the_drop_is_told() {
    let program = Program::start(2, 0, &["ignore-active:1@PUT"]).await;
    program.ok(&["provision", "--yes"]).await;
    assert_eq!(program.run(&["--reason", "left", "suspend", &name(1)]).await.status.code(), Some(5));
    program.ok(&["--reason", "=asked the app's owner", "drop", &name(1)]).await;
    let (_, ended) = program.json(&["audit", "deprovisioned"]).await;
    assert_eq!(
        (&ended["open"], &ended["confirmed"], &ended["of"]),
        (&1.into(), &0.into(), &1.into()),
        "{ended}"
    );
    let person = &ended["people"][0];
    assert_eq!((&person["user_name"], &person["open"]), (&name(1).into(), &true.into()));
    assert!(person["confirmed_at"].is_null() && person["decided_at"].is_string(), "{ended}");
    let dropped = &person["dropped"];
    assert_eq!((&dropped["by"], &dropped["reason"]), (&"tester".into(), &"=asked the app's owner".into()));
    assert!(dropped["at"].as_str() > person["decided_at"].as_str(), "{ended}");
    let csv = program.ok(&["audit", "deprovisioned", "--csv"]).await;
    let row = csv.lines().nth(1).unwrap_or_default();
    assert!(row.contains(" by tester: =asked the app's owner"), "{csv}");

    program.ok(&["apply", "--yes"]).await;
    let (_, closed) = program.json(&["audit", "deprovisioned"]).await;
    let confirmed = &closed["people"][0];
    assert_eq!((&closed["open"], &closed["confirmed"]), (&0.into(), &1.into()), "{closed}");
    assert_eq!(confirmed["decided_at"], person["decided_at"], "it counts from the decision: {closed}");
    assert!(confirmed["confirmed_at"].as_str() > dropped["at"].as_str(), "{closed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_begins_with_who_connected_and_ends_with_who_took_the_connection_out() {
    let program = Program::new(0, 0, &[]).await;
    let (url, token) = (program.proxy.base_url(), program.path("token"));
    let token = token.to_str().unwrap();
    let connect = ["connect", "--base-url", &url, "--token-file", token];
    program.ok(&[&["--reason", "ticket 7"], &connect[..]].concat()).await;
    program.ok(&["connection", "rename", "prod"]).await;
    let entries: Vec<Value> = program
        .ok(&["audit", "--json"])
        .await
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let first = &entries[0];
    assert_eq!((&first["event"], &first["person"]), (&"connection added".into(), &"workato".into()));
    assert_eq!((&first["actor"], &first["reason"]), (&"tester".into(), &"ticket 7".into()), "{first}");
    assert!(first["seq"] == 1 && first["session"].is_string(), "{first}");
    let moved = |entry: &Value, name: &str| {
        let changes = entry["changes"].as_array().cloned().unwrap_or_default();
        changes.into_iter().find(|one| one["attribute"] == name).unwrap_or_else(|| panic!("{name}: {entry}"))
    };
    assert_eq!(moved(first, "base_url")["after"], url.as_str());
    assert_eq!(moved(first, "token source")["after"], format!("file {token}"));
    let enabled = entries.iter().find(|entry| entry["event"] == "SCIM enabled").unwrap();
    assert_eq!(moved(enabled, "enabled")["after"], "true", "{enabled}");
    let renamed = entries.last().unwrap();
    let name = moved(renamed, "name");
    assert_eq!((&name["before"], &name["after"]), (&"workato".into(), &"prod".into()), "{renamed}");
    assert_eq!(renamed["person"], "prod");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_is_told_with_its_file_and_the_sum_of_its_bytes() {
    let program = Program::start(1, 0, &[]).await;
    let text = format!("user_name,title\n{},Boss\n", name(1));
    let file = program.file("titles.csv", &text);
    program.ok(&["import", "people", &file]).await;
    let log = program.ok(&["audit", "--json"]).await;
    let told: Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    assert_eq!((&told["event"], &told["person"]), (&"people import".into(), &file.as_str().into()), "{told}");
    let sum = tokio::process::Command::new("sha256sum").arg(&file).output().await.unwrap();
    let sum = String::from_utf8(sum.stdout).unwrap();
    let sum = sum.split_whitespace().next().unwrap();
    let detail = told["detail"].as_str().unwrap();
    assert!(detail.ends_with(&format!("; {} bytes, SHA-256 {sum}", text.len())), "{told}");
}
