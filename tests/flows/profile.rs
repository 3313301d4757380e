//! The Profile Editor, as far as the app: attributes never sent and their repair, values replaced, values reported.

use scimdeck::domain::{Connection, ConnectionId, Flag, PersonId, ProfileAttribute, TokenSource};
use scimdeck::drive::{Drive, add_connection, open_store};
use scimdeck::engine::{Outcome, ProblemKind};
use scimdeck::verbs::{Command, ImportOptions, PersonRecord};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use crate::bench::*;
use crate::nowhere::Folder;
use crate::program::{Program, ROLE, people_csv};

/// The story of the guide: the attribute was made before SCIM, without its external namespace.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_of_an_attribute_made_before_scim_are_never_sent_until_it_is_repaired() {
    let program = Program::new(2, 2, &[]).await;
    let (url, token) = (program.proxy.base_url(), program.path("token"));
    let token = token.to_str().expect("text");
    program.ok(&["connect", "--base-url", &url, "--token-file", token, "--timeout", "10"]).await;
    let members = ["--member", "Admin", "--member", "Analyst", "--member", "Operator"];
    program.ok(&[&["attribute", "add", "workato_role", "--required"][..], &members].concat()).await;
    let file = program.file("people.csv", people_csv(2));
    program.ok(&["import", "people", &file]).await;
    program.ok(&["provision", "--yes"]).await;
    assert_eq!(program.accounts(), 2);
    let (before, expected) = (program.account(1).expect("an account"), "Analyst");
    assert_eq!(
        before.collaborator().roles.dev,
        expected,
        "the app keeps what it had: nothing of ours was sent"
    );

    let (code, found) = program.json(&["attributes", "--lint"]).await;
    assert_eq!((code, &found["findings"][0]["code"]), (5, &Value::from("no_namespace")), "{found}");
    assert_eq!(found["findings"][0]["people"], 2);
    let (_, shown) = program.json(&["preview", &name(1)]).await;
    let row = shown["attributes"].as_array().expect("rows").iter().find(|r| r["attribute"] == "workato_role");
    assert_eq!(row.expect("the role")["verdict"], "invalid", "{shown}");

    let (code, error) = program.json(&["attribute", "repair"]).await;
    assert_eq!((code, &error["error"]["code"]), (7, &Value::from("unconfirmed")), "{error}");
    assert_eq!(program.status().await["flags"]["unsent"], 0, "unconfirmed changes nothing");
    let (code, report) = program.json(&["attribute", "repair", "--yes"]).await;
    assert_eq!((code, &report["done"]), (0, &Value::from(2)), "{report}");
    for n in [1, 2] {
        assert_eq!(program.account(n).expect("an account").collaborator().roles.dev, "Operator");
    }
    assert_eq!(program.json(&["attributes", "--lint"]).await.0, 0);
    let (_, shown) = program.json(&["preview", &name(1)]).await;
    let role = shown["attributes"].as_array().expect("rows").last().expect("the role").clone();
    assert_eq!(role["path"], format!("{ROLE}:workato_role"));
    assert_eq!((&role["verdict"], &shown["requests"]), (&Value::from("valid"), &Value::Array(Vec::new())));
    program.all_true(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_preview_shows_the_exact_request_and_sends_none() {
    let program = Program::start(1, 0, &[]).await;
    let (code, shown) = program.json(&["preview", &name(1)]).await;
    assert_eq!((code, &shown["operation"]), (0, &Value::from("create")), "{shown}");
    let post = shown["requests"].as_array().expect("requests").last().expect("a write").clone();
    assert_eq!((&post["method"], &post["body"][ROLE]["workato_role"]), (&"POST".into(), &"Operator".into()));
    assert_eq!((program.proxy.writes(), program.accounts()), (0, 0));
    let text = program.ok(&["preview", &name(1)]).await;
    assert!(text.contains("+ valid") && text.contains("POST /Users"), "{text}");
}

fn record(n: usize) -> PersonRecord {
    PersonRecord {
        line: n as u64 + 1,
        user_name: name(n),
        assigned: Some(true),
        roles: [("workato_role".to_owned(), "Operator".to_owned())].into(),
        ..PersonRecord::default()
    }
}

/// A drive on a sandbox, with three people assigned; the brake lets two people change a day.
async fn braked() -> (scimdeck::sandbox::Sandbox, Folder, Drive) {
    let (sandbox, _proxy) = sandbox(sandbox_config(&[], &[])).await;
    let home = Folder::new();
    let mut connection =
        Connection::new(ConnectionId(0), "workato", &sandbox.base_url(), TokenSource::Memory);
    connection.brake.changes = 2;
    let store = open_store(home.path()).expect("a store");
    add_connection(&store, connection).await.expect("a connection");
    drop(store);
    let drive = open(&home, false).await;
    run(&drive, Command::AttributeAdd(ProfileAttribute::workato("workato_role"))).await.expect("done");
    let people = (1..=3).map(record).collect();
    run(&drive, Command::ImportPeople(people, ImportOptions::default())).await.expect("done");
    run(&drive, Command::Enable).await.expect("done");
    (sandbox, home, drive)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replaced_value_reaches_every_account_under_the_brake() {
    let (sandbox, _home, drive) = braked().await;
    let preview = drive.preview(PROVISION, Vec::new()).await.expect("a preview");
    approve(&drive, preview, Some(3)).await.expect("a report");
    let replace = Command::MemberReplace {
        variable: "workato_role".to_owned(),
        from: "Operator".to_owned(),
        to: "Analyst".to_owned(),
    };
    let preview = drive.preview(replace.clone(), Vec::new()).await.expect("a preview");
    assert_eq!(preview.plan.brake.held, Some(3), "{:?}", preview.plan.brake);
    let problem = approve(&drive, preview.clone(), None).await.expect_err("held");
    assert_eq!(problem.kind, ProblemKind::Held);
    let roles = || {
        let workspace = sandbox.workspace();
        let workspace = workspace.lock().expect("no panic");
        let role = |n| serde_json::to_string(workspace.account(&name(n)).expect("an account")).expect("text");
        [1, 2, 3].map(role)
    };
    assert!(roles().iter().all(|role| role.contains("Operator")), "{:?}", roles());
    let report = approve(&drive, preview, Some(3)).await.expect("a report");
    assert_eq!(report.count(Outcome::Done), 3, "{report:?}");
    assert!(roles().iter().all(|role| role.contains("Analyst")), "{:?}", roles());
    let directory = drive.directory();
    assert_eq!(directory.attributes()[0].rank("Operator"), None);
    let flagged: Vec<PersonId> =
        directory.people().filter(|p| p.flags().contains(Flag::Unsent)).map(|p| p.id()).collect();
    assert_eq!(flagged, []);
}

/// An endpoint that knows nobody and reports its roles.
async fn reporting() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((line, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut line = BufReader::new(line);
                let mut first = String::new();
                let _ = line.read_line(&mut first).await;
                let mut header = String::new();
                while line.read_line(&mut header).await.is_ok_and(|n| n > 2) {
                    header.clear();
                }
                let body = if first.contains("/ServiceProviderConfig") {
                    r#"{"RolesAndEntitlements":{"roles":{"supported":true}}}"#
                } else if first.contains("/Roles") {
                    r#"{"totalResults":3,"Resources":[
                        {"value":"Admin","totalAssignmentsUsed":4,"totalAssignmentsPermitted":5},
                        {"value":"Analyst"},{"value":"Builder","display":"Recipe builder"}]}"#
                } else {
                    r#"{"totalResults":0,"Resources":[]}"#
                };
                let head = "HTTP/1.1 200 OK\r\ncontent-type: application/scim+json\r\nconnection: close\r\n";
                let answer = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
                let _ = line.write_all(answer.as_bytes()).await;
            });
        }
    });
    format!("http://{address}/scim/v2")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_that_the_endpoint_reports_are_listed_and_taken_over_but_for_those_in_use() {
    let program = Program::new(1, 0, &[]).await;
    let (url, token) = (reporting().await, program.path("token"));
    let token = token.to_str().expect("text");
    program.ok(&["connect", "--base-url", &url, "--token-file", token, "--timeout", "10"]).await;
    let values = ["Admin", "Analyst", "Operator", "Guest"].map(|v| ["--member", v]).concat();
    let add = ["attribute", "add", "workato_role", "--required", "--external-namespace", ROLE];
    program.ok(&[&add[..], &values].concat()).await;
    let file = program.file("people.csv", people_csv(1));
    program.ok(&["import", "people", &file]).await;

    let (code, listed) = program.json(&["attribute", "values", "workato_role", "--from-endpoint"]).await;
    let rows: Vec<(&str, &str)> = listed["values"]
        .as_array()
        .expect("values")
        .iter()
        .map(|row| (row["value"].as_str().expect("a value"), row["state"].as_str().expect("a state")))
        .collect();
    let wanted = [
        ("Admin", "both"),
        ("Analyst", "both"),
        ("Operator", "here_only_in_use"),
        ("Guest", "here_only"),
        ("Builder", "there_only"),
    ];
    assert_eq!((code, rows), (0, wanted.to_vec()), "{listed}");
    assert_eq!(
        (&listed["values"][0]["seats_used"], &listed["values"][0]["seats_permitted"]),
        (&4.into(), &5.into())
    );
    assert_eq!(program.json(&["attributes", "--lint", "--from-endpoint"]).await.0, 5);

    program.ok(&["attribute", "values", "workato_role", "--apply"]).await;
    let (_, attributes) = program.json(&["attributes"]).await;
    let members: Vec<&str> = attributes[0]["members"]
        .as_array()
        .expect("members")
        .iter()
        .map(|m| m["value"].as_str().expect("a value"))
        .collect();
    assert_eq!(members, ["Admin", "Analyst", "Operator", "Builder"]);
    assert_eq!(attributes[0]["members"][3]["display"], "Recipe builder");
}
