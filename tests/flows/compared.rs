//! A look at everybody tells what was changed there, who left and still has access, and whose accounts are nobody's.

use serde_json::{Value, json};

use crate::bench::name;
use crate::program::Program;

/// What another hand does in the app.
fn by_hand(program: &Program, n: usize, role: &str) {
    let workspace = program.sandbox.workspace();
    let mut workspace = workspace.lock().expect("no panic");
    workspace.set_role_by_hand(&name(n), "workato_role", role, jiff::Timestamp::now()).expect("a role");
}

fn nobodys(program: &Program, email: &str) {
    use scimdeck::sandbox::{Preset, Roles};
    let preset = Preset { name: "Svc Robot".to_owned(), email: email.to_owned(), roles: Roles::all("Admin") };
    program.sandbox.workspace().lock().expect("no panic").add_presets(&[preset], jiff::Timestamp::now());
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().filter_map(|one| one["user_name"].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drift_leavers_and_orphans_are_listed_and_each_is_mended_by_what_is_said() {
    let program = Program::start(3, 0, &[]).await;
    program.ok(&["provision", "--yes"]).await;
    by_hand(&program, 1, "Analyst");
    nobodys(&program, "robot@example.com");
    // Access that has to stay while deactivations are off.
    program.ok(&["connection", "set", "--to-app-deactivate", "off", "--yes"]).await;
    program.run(&["suspend", &name(2)]).await;
    program.ok(&["connection", "set", "--to-app-deactivate", "on", "--yes"]).await;

    let (code, seen) = program.json(&["check"]).await;
    assert_eq!((code, &seen["believed"], &seen["strangers"]), (0, &json!(true), &json!(1)), "{seen}");
    assert_eq!((names(&seen["drift"]), names(&seen["leavers"])), (vec![&*name(1)], vec![&*name(2)]));
    let values =
        json!([{"attribute": "workato_role", "pushed": "Operator", "there": "Analyst", "ours": "Operator"}]);
    assert_eq!(seen["drift"][0]["attributes"], values);
    assert_eq!(
        (names(&seen["orphans"]), &seen["orphans"][0]["active"]),
        (vec!["robot@example.com"], &json!(true))
    );
    let (since, status) = (seen["orphans"][0]["since"].clone(), program.status().await);
    assert_eq!((&status["orphans"], &status["complete"]), (&json!(1), &json!(true)));

    // A later look still knows since when, a look at one person lists only theirs.
    let (_, again) = program.json(&["check"]).await;
    assert_eq!(again["orphans"][0]["since"], since);
    let (_, one) = program.json(&["check", &name(2)]).await;
    assert_eq!(
        (names(&one["leavers"]), names(&one["drift"]), names(&one["orphans"])),
        (vec![&*name(2)], vec![], vec![])
    );

    let next = seen["leavers"][0]["next"].as_str().expect("words");
    program.ok(&[next, &name(2)]).await;
    program.ok(&["drift", "push", &name(1)]).await;
    program.ok(&["import", "endpoint", "--accept", "new", "--yes"]).await;
    assert_eq!(program.status().await["orphans"], 0, "whoever was taken in is somebody's");
    let (_, mended) = program.json(&["check"]).await;
    for list in ["drift", "leavers", "orphans"] {
        assert_eq!(mended[list], json!([]), "{list}");
    }
    assert_eq!(program.proxy.count("POST"), 3, "nothing was made for the robot");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_whose_pages_do_not_fit_together_is_not_believed_and_takes_nobody_off_the_list() {
    let program = Program::start(1, 0, &[]).await;
    for n in 1..=130 {
        nobodys(&program, &format!("robot{n}@example.com"));
    }
    program.ok(&["check"]).await;
    program.sandbox.faults().lock().expect("no panic").add(vec!["page-empty".parse().expect("a fault")]);
    let (code, seen) = program.json(&["check"]).await;
    assert_eq!((code, &seen["believed"]), (3, &json!(false)), "{}", seen["error"]);
    assert!(names(&seen["orphans"]).len() < 130);
    let status = program.status().await;
    assert_eq!((&status["orphans"], &status["complete"]), (&json!(130), &json!(false)));
    let text = String::from_utf8(program.run(&["check"]).await.stdout).expect("text");
    assert!(text.ends_with("believed only from a complete look\n"), "{text}");
}
