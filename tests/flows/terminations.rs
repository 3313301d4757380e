//! Ends of access stay in the report for an auditor, whatever becomes of their operations.

use serde_json::{Value, json};

use crate::bench::name;
use crate::program::Program;

/// Two people, one of whom lost access and one whose end of access the app did not apply.
async fn one_of_two_ended() -> Program {
    let program = Program::start(2, 0, &["ignore-active:2@PUT"]).await;
    program.ok(&["provision", "--yes"]).await;
    program.ok(&["suspend", &name(1)]).await;
    assert_eq!(program.run(&["--reason", "left", "suspend", &name(2)]).await.status.code(), Some(5));
    program
}

/// Another hand ends somebody's access in the app, as the message of a failed end advises.
async fn ended_by_hand(program: &Program, n: usize) {
    by_hand(program, n, false).await;
}

async fn by_hand(program: &Program, n: usize, active: bool) {
    let id = program.account(n).expect("an account").id;
    let operations = json!([{ "op": "replace", "path": "active", "value": active }]);
    program.somebody_patches(&format!("Users/{id}"), operations).await;
    assert_eq!(program.account(n).expect("an account").access, active);
}

async fn ended(program: &Program) -> Value {
    program.json(&["audit", "deprovisioned"]).await.1
}

fn of(ended: &Value, n: usize) -> &Value {
    let mut people = ended["people"].as_array().expect("a list").iter();
    people
        .find(|end| end["user_name"] == name(n))
        .unwrap_or_else(|| panic!("{} is missing: {ended:#}", name(n)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_end_that_was_dropped_and_made_by_hand_is_confirmed_by_the_look_that_sees_it() {
    let program = one_of_two_ended().await;
    program.ok(&["drop", &name(2)]).await;
    let open = ended(&program).await;
    assert_eq!((&open["of"], &open["open"]), (&2.into(), &1.into()), "{open:#}");
    ended_by_hand(&program, 2).await;
    program.ok(&["check"]).await;
    let closed = ended(&program).await;
    assert_eq!(
        (&closed["entries"], &closed["of"], &closed["open"]),
        (&2.into(), &2.into(), &0.into()),
        "{closed:#}"
    );
    let end = of(&closed, 2);
    assert_eq!(
        (&end["way"], &end["by"], &end["reason"]),
        (&"suspend".into(), &"tester".into(), &"left".into())
    );
    assert_eq!(end["decided_at"], of(&open, 2)["decided_at"], "it counts from the decision");
    assert!(end["confirmed_at"].as_str() > end["decided_at"].as_str(), "{end:#}");
    assert!(end["operation"].is_null(), "no operation of ours did it: {end:#}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_end_that_waits_and_whose_account_is_found_gone_stays_in_the_report() {
    let program = one_of_two_ended().await;
    let removed =
        program.sandbox.workspace().lock().unwrap().remove_by_hand(&name(2), jiff::Timestamp::now());
    removed.expect("it was there");
    program.ok(&["check"]).await;
    let (code, applied) = program.json(&["apply", "--yes"]).await;
    // Seen gone within the settle time after the push, it is looked at again by the end of access itself.
    let outcome = applied["results"][0]["outcome"].as_str();
    assert!(code == 0 && matches!(outcome, Some("unchanged" | "done")), "{applied:#}");
    let closed = ended(&program).await;
    assert_eq!((&closed["of"], &closed["open"]), (&2.into(), &0.into()), "{closed:#}");
    assert!(of(&closed, 2)["confirmed_at"].is_string(), "{closed:#}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_end_that_waits_and_was_made_by_hand_is_confirmed_by_an_apply() {
    let program = one_of_two_ended().await;
    ended_by_hand(&program, 2).await;
    program.ok(&["apply", "--yes"]).await;
    let closed = ended(&program).await;
    assert_eq!((&closed["of"], &closed["open"]), (&2.into(), &0.into()), "{closed:#}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_end_that_the_app_had_made_before_the_decision_is_confirmed_with_it() {
    let program = Program::start(1, 0, &[]).await;
    program.ok(&["provision", "--yes"]).await;
    ended_by_hand(&program, 1).await;
    program.ok(&["--reason", "left", "suspend", &name(1)]).await;
    let closed = ended(&program).await;
    assert_eq!((&closed["of"], &closed["open"]), (&1.into(), &0.into()), "{closed:#}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn access_that_somebody_else_gave_back_ends_anew() {
    let program = Program::start(1, 0, &[]).await;
    program.ok(&["provision", "--yes"]).await;
    program.ok(&["suspend", &name(1)]).await;
    by_hand(&program, 1, true).await;
    program.ok(&["check"]).await;
    let open = ended(&program).await;
    assert_eq!((&open["of"], &open["open"]), (&2.into(), &1.into()), "the first end stays: {open:#}");
    program.ok(&["apply", "--yes"]).await;
    let closed = ended(&program).await;
    assert_eq!((&closed["of"], &closed["open"]), (&2.into(), &0.into()), "{closed:#}");
    let (newest, first) = (&closed["people"][0], &closed["people"][1]);
    assert!(newest["decided_at"].as_str() > first["confirmed_at"].as_str(), "{closed:#}");
    assert_eq!(newest["way"], "apply", "nobody decided it anew before: {closed:#}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_report_stands_on_the_chained_entries_and_not_on_the_operations_beside_them() {
    let program = Program::start(2, 0, &[]).await;
    program.ok(&["provision", "--yes"]).await;
    program.ok(&["suspend", &name(1)]).await;
    program.ok(&["suspend", &name(2)]).await;
    let before = ended(&program).await;
    let sql = rusqlite::Connection::open(program.home().join("scimdeck.db")).unwrap();
    let first = "(SELECT min(id) FROM operation WHERE kind = 'deactivate')";
    sql.execute_batch(&format!(
        "DELETE FROM operation WHERE id = {first};
         UPDATE operation SET created_at = created_at - 108000000 WHERE id = {first};"
    ))
    .unwrap();
    assert_eq!(ended(&program).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_column_that_says_otherwise_than_the_text_of_its_entry_is_found() {
    let program = Program::start(1, 0, &[]).await;
    program.ok(&["provision", "--yes"]).await;
    let sql = rusqlite::Connection::open(program.home().join("scimdeck.db")).unwrap();
    sql.execute_batch("DROP TRIGGER audit_no_update").unwrap();
    let seq: i64 =
        sql.query_row("SELECT max(seq) FROM audit WHERE person IS NOT NULL", [], |row| row.get(0)).unwrap();
    for (column, value) in
        [("person", "NULL"), ("time", "time - 108000000"), ("operation", "9"), ("remote_id", "'x'")]
    {
        let was: rusqlite::types::Value = sql
            .query_row(&format!("SELECT {column} FROM audit WHERE seq = {seq}"), [], |row| row.get(0))
            .unwrap();
        sql.execute(&format!("UPDATE audit SET {column} = {value} WHERE seq = {seq}"), []).unwrap();
        let (code, broken) = program.json(&["audit", "verify"]).await;
        assert_eq!(
            (code, &broken["holds"], &broken["broken_at"]),
            (1, &false.into(), &seq.into()),
            "{column}: {broken}"
        );
        let fault = broken["fault"].as_str().expect("words");
        assert!(fault.contains(&format!("entry {seq}")) && fault.contains(column), "{fault}");
        let report = program.run(&["audit", "deprovisioned"]).await;
        assert_eq!(report.status.code(), Some(1), "the report says so too: {report:?}");
        sql.execute(&format!("UPDATE audit SET {column} = ?1 WHERE seq = {seq}"), [was]).unwrap();
        assert_eq!(program.json(&["audit", "verify"]).await.0, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn entries_that_were_taken_out_are_not_counted_and_a_log_without_any_does_not_hold() {
    let program = Program::start(1, 0, &[]).await;
    program.ok(&["provision", "--yes"]).await;
    let sql = rusqlite::Connection::open(program.home().join("scimdeck.db")).unwrap();
    sql.execute_batch("DROP TRIGGER audit_no_delete").unwrap();
    let there = program.json(&["audit", "verify"]).await.1["entries"].as_u64().expect("a number");
    sql.execute("DELETE FROM audit WHERE seq = 2", []).unwrap();
    let (code, broken) = program.json(&["audit", "verify"]).await;
    assert_eq!((code, broken["entries"].as_u64()), (1, Some(there - 1)), "{broken}");
    sql.execute("DELETE FROM audit", []).unwrap();
    let (code, empty) = program.json(&["audit", "verify"]).await;
    assert_eq!((code, &empty["holds"], &empty["entries"]), (1, &false.into(), &0.into()), "{empty}");
    assert!(empty["fault"].as_str().expect("words").contains("all of it was taken out"), "{empty}");
}
