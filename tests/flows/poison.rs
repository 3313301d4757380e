//! One operation that can never go through blocks nobody else.

use scimdeck::domain::OpState;

use crate::bench::name;
use crate::program::{Program, ROLE};

const PEOPLE: usize = 1_000;

/// The app does not know this role.
const UNKNOWN: &str = "Auditor";

/// Everybody is an Operator but one, whose role the app does not know.
async fn one_bad() -> (Program, String) {
    let program = Program::new(PEOPLE, 0, &[]).await;
    program.connect(0).await;
    let bad = name(77);
    let member = ["attribute", "set", "workato_role", "--member", UNKNOWN];
    program
        .ok(&[&member[..], &["--member", "Operator", "--member", "Admin", "--member", "Analyst"]].concat())
        .await;
    let csv = crate::program::people_csv(PEOPLE);
    let line = format!("{bad},Ana,Ruiz 77,yes,Operator");
    assert!(csv.contains(&line));
    let file = program.file("people.csv", csv.replace(&line, &line.replace("Operator", UNKNOWN)));
    program.ok(&["import", "people", &file]).await;
    let (code, report) = program.json(&["provision", "--yes", "--brake", &PEOPLE.to_string()]).await;
    assert_eq!(code, 5, "{report}");
    assert_eq!((&report["done"], &report["failed"]), (&(PEOPLE - 1).into(), &1.into()), "{report}");
    assert_eq!(program.accounts(), PEOPLE - 1);
    (program, bad)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g11_a_poisoned_operation_is_parked_with_its_story_and_the_others_are_done() {
    let (program, bad) = one_bad().await;
    let (_, tasks) = program.json(&["tasks"]).await;
    let task = &tasks["tasks"][0];
    assert_eq!(
        (&task["user_name"], &task["state"]),
        (&bad.as_str().into(), &OpState::Parked.word().into()),
        "{tasks}"
    );
    let trace =
        program.ok(&["trace", task["trace"].as_str().or(task["operation"].as_str()).expect("an id")]).await;
    for part in ["POST", ROLE, UNKNOWN, "400", "invalidValue", "there is no role"] {
        assert!(trace.contains(part), "{part}: {trace}");
    }
    assert_eq!(program.proxy.count("POST"), PEOPLE - 1 + 2, "tried once more after a look-up, and no more");

    // Tried again it fails again, and says so.
    let (code, report) = program.json(&["retry", &bad, "--brake", &PEOPLE.to_string()]).await;
    assert_eq!((code, &report["failed"]), (5, &1.into()), "{report}");

    // Its role corrected, it goes through.
    program.ok(&["role", &bad, "workato_role=Analyst", "--brake", &PEOPLE.to_string()]).await;
    let (code, report) = program.json(&["retry", &bad, "--brake", &PEOPLE.to_string()]).await;
    assert_eq!((code, &report["done"]), (0, &1.into()), "{report}");
    assert_eq!(program.accounts(), PEOPLE);
    program.all_true(PEOPLE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g11_a_poisoned_operation_can_be_dropped() {
    let (program, bad) = one_bad().await;
    program.ok(&["drop", &bad]).await;
    let status = program.status().await;
    assert!(status["queue"].as_object().expect("a queue").values().all(|n| *n == 0), "{status}");
    assert_eq!(
        (&status["flags"]["failed"], &status["flags"]["not_provisioned"]),
        (&0.into(), &1.into()),
        "{status}"
    );
}
