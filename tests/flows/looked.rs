//! What a look at everybody sees, and what the lists of trouble hold: changes there, pushed groups, accounts that are
//! there twice.

use scimdeck::sandbox::{Preset, Roles};
use serde_json::{Value, json};

use crate::bench::{Flow, SCIM, Setup, name, open_as};
use crate::program::{Program, ROLE, all};

const TEAM: &str = "Platform team";

fn client() -> reqwest::Client {
    static PROVIDER: std::sync::Once = std::sync::Once::new();
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    reqwest::Client::builder().no_proxy().build().expect("a client")
}

impl Program {
    /// A change by another client.
    async fn somebody(&self, method: reqwest::Method, path: &str, body: Option<Value>) -> Value {
        let request = client().request(method, format!("{}/{path}", self.sandbox.base_url()));
        let request = request.bearer_auth(SCIM).header("content-type", "application/scim+json");
        let request = match body {
            Some(body) => request.body(body.to_string()),
            None => request,
        };
        let answer = request.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{}", answer.status());
        let text = answer.text().await.expect("a body");
        serde_json::from_str(&text).unwrap_or_default()
    }

    pub(crate) async fn somebody_patches(&self, path: &str, operations: Value) {
        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": operations});
        self.somebody(reqwest::Method::PATCH, path, Some(body)).await;
    }

    fn id_there(&self, n: usize) -> String {
        self.account(n).expect("an account").id
    }

    /// Another account of somebody's user name, in an app that lets that be.
    async fn second_account(&self, n: usize) {
        let faults = self.sandbox.faults();
        faults.lock().expect("no panic").add(vec!["same-names".parse().expect("a fault")]);
        let body = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name(n),
            "name": {"givenName": "Ana", "familyName": "Ruiz"}, "active": true,
            "emails": [{"value": name(n), "primary": true}], ROLE: {"workato_role": "Operator"}});
        self.somebody(reqwest::Method::POST, "Users", Some(body)).await;
        faults.lock().expect("no panic").clear();
    }

    /// Three people with accounts; the first two are in a group that is pushed. Gives its id there.
    async fn with_a_pushed_group(faults: &[&str]) -> (Self, String) {
        let program = Self::start(3, 0, &[]).await;
        program.ok(&["provision", "--yes"]).await;
        let rows = format!("group,user_name\n{TEAM},{}\n{TEAM},{}\n", name(1), name(2));
        let file = program.file("groups.csv", rows);
        program.ok(&["import", "groups", &file]).await;
        let new = faults.iter().map(|f| f.parse().expect("a fault")).collect();
        program.sandbox.faults().lock().expect("no panic").add(new);
        let output = program.run(&["group", "push", TEAM, "--yes"]).await;
        assert_eq!(output.status.code(), Some(if faults.is_empty() { 0 } else { 5 }), "{}", all(&output));
        let workspace = program.sandbox.workspace();
        let id = workspace.lock().expect("no panic").groups().next().map(|group| group.id.clone());
        (program, id.unwrap_or_default())
    }

    /// The members of the first group there.
    fn members_there(&self) -> Option<Vec<String>> {
        let workspace = self.sandbox.workspace();
        let workspace = workspace.lock().expect("no panic");
        let group = workspace.groups().next()?;
        let mut members: Vec<String> = group.members.iter().map(|m| m.value.clone()).collect();
        members.sort();
        Some(members)
    }

    async fn text(&self, args: &[&str]) -> String {
        String::from_utf8(self.run(args).await.stdout).expect("text")
    }

    async fn events(&self) -> Vec<String> {
        let text = self.text(&["--json", "audit"]).await;
        let event = |line: &str| {
            let entry: Value = serde_json::from_str(line).expect("an entry");
            format!("{} {}", entry["event"].as_str().unwrap_or(""), entry["person"].as_str().unwrap_or(""))
        };
        text.lines().map(event).collect()
    }
}

fn sorted(mut ids: Vec<String>) -> Vec<String> {
    ids.sort();
    ids
}

fn names<'a>(list: &'a Value, key: &str) -> Vec<&'a str> {
    list.as_array().expect("a list").iter().filter_map(|one| one[key].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_only_check_tells_what_it_saw_and_keeps_nothing_of_it() {
    let program = Program::start(3, 0, &[]).await;
    program.ok(&["provision", "--yes"]).await;
    program.ok(&["suspend", &name(2)]).await;
    let account = format!("Users/{}", program.id_there(2));
    program.somebody_patches(&account, json!([{"op": "replace", "path": "active", "value": true}])).await;
    let workspace = program.sandbox.workspace();
    let set = workspace.lock().expect("no panic").set_role_by_hand(
        &name(1),
        "workato_role",
        "Analyst",
        jiff::Timestamp::now(),
    );
    set.expect("a role");
    let (code, seen) = program.json(&["--read-only", "check"]).await;
    assert_eq!((code, &seen["changed"]), (0, &json!(2)), "{seen}");
    let flags = (&seen["flags"]["access_remains"], &seen["flags"]["drift"]);
    assert_eq!(flags, (&json!(1), &json!(1)), "{seen}");
    assert_eq!(names(&seen["drift"], "user_name"), [name(1), name(2)]);
    assert_eq!(names(&seen["leavers"], "user_name"), [name(2)]);
    let text = program.text(&["--read-only", "check"]).await;
    assert!(text.contains(&name(1)) && text.contains(&name(2)), "{text}");
    let status = program.status().await;
    assert_eq!(
        (&status["flags"]["drift"], &status["checked_at"]),
        (&json!(0), &Value::Null),
        "nothing was kept: {status}"
    );
    let (_, kept) = program.json(&["check"]).await;
    assert_eq!((&kept["flags"], &kept["drift"]), (&seen["flags"], &seen["drift"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_read_only_console_saw_is_on_its_screen_and_nowhere_else() {
    let flow = Flow::provisioned(Setup::default()).await;
    let robot =
        Preset { name: "Robot".into(), email: "robot@example.com".into(), roles: Roles::all("Admin") };
    let workspace = flow.sandbox.workspace();
    workspace.lock().expect("no panic").add_presets(&[robot], jiff::Timestamp::now());
    let looker = open_as(&flow.home, true, true).await;
    let report = looker.check(None).await.expect("a look");
    assert_eq!(report.strangers, 1);
    assert!(looker.directory().sweep().is_some_and(|sweep| sweep.complete));
    assert_eq!(looker.orphans().await.expect("them").len(), 1);
    assert!(flow.drive.directory().sweep().is_none());
    assert_eq!(flow.drive.orphans().await.expect("none").len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pushed_group_whose_members_were_changed_there_is_listed_and_waits_for_an_operator() {
    let (program, group) = Program::with_a_pushed_group(&[]).await;
    let (one, two, three) = (program.id_there(1), program.id_there(2), program.id_there(3));
    let path = format!("Groups/{group}");
    let moves = json!([
        {"op": "remove", "path": format!("members[value eq \"{two}\"]")},
        {"op": "add", "path": "members", "value": [{"value": three}]},
    ]);
    program.somebody_patches(&path, moves).await;
    let writes = program.proxy.writes();
    let (code, seen) = program.json(&["check"]).await;
    assert_eq!(code, 0, "{seen}");
    let found = &seen["groups"][0];
    assert_eq!((&found["group"], &found["state"]), (&json!(TEAM), &json!("changed")), "{seen}");
    assert_eq!(names(&found["missing"], "user_name"), [name(2)]);
    assert_eq!(names(&found["extra"], "user_name"), [name(3)]);
    let text = program.text(&["check"]).await;
    for words in [
        "scimdeck apply",
        &format!("scimdeck member remove '{TEAM}' {}", name(2)),
        &format!("scimdeck member add '{TEAM}' {}", name(3)),
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let told = program.events().await;
    let told = told.iter().filter(|event| event.starts_with("group changed in the app"));
    assert_eq!(told.count(), 1, "told once");
    assert_eq!(program.status().await["groups"]["due"], 1);
    // It is not taken back by whatever is done next.
    program.ok(&["role", &name(1), "workato_role=Admin"]).await;
    assert_eq!(program.members_there(), Some(sorted(vec![one.clone(), three])));
    assert_eq!(program.proxy.writes(), writes + 1);
    let (code, plan) = program.json(&["plan"]).await;
    assert_eq!((code, &plan["operations"][0]["changes"]), (2, &json!({"added": 1, "removed": 1})), "{plan}");
    program.ok(&["apply", "--yes"]).await;
    assert_eq!(program.members_there(), Some(sorted(vec![one, two])));
    let (_, again) = program.json(&["check"]).await;
    assert_eq!(again["groups"], json!([]));
    assert_eq!(program.status().await["groups"], json!({"failed": 0, "due": 0, "ending": 0}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn theirs_is_taken_over_by_the_commands_that_a_check_names() {
    let (program, group) = Program::with_a_pushed_group(&[]).await;
    let two = program.id_there(2);
    let moves = json!([{"op": "remove", "path": format!("members[value eq \"{two}\"]")}]);
    program.somebody_patches(&format!("Groups/{group}"), moves).await;
    program.ok(&["check"]).await;
    let writes = program.proxy.writes();
    program.ok(&["member", "remove", TEAM, &name(2), "--yes"]).await;
    assert_eq!(program.proxy.writes(), writes, "it is so there already");
    let (_, again) = program.json(&["check"]).await;
    assert_eq!(again["groups"], json!([]));
    assert_eq!(program.status().await["groups"]["due"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pushed_group_that_is_gone_there_is_listed_and_made_again_only_by_a_plan() {
    let (program, group) = Program::with_a_pushed_group(&[]).await;
    program.somebody(reqwest::Method::DELETE, &format!("Groups/{group}"), None).await;
    let (_, looked) = program.json(&["--read-only", "check"]).await;
    assert_eq!(looked["groups"][0]["state"], "gone", "{looked}");
    assert_eq!(program.status().await["groups"]["due"], 0, "a look only");
    let (code, seen) = program.json(&["check"]).await;
    assert_eq!((code, &seen["groups"][0]["state"]), (0, &json!("gone")), "{seen}");
    program.ok(&["role", &name(1), "workato_role=Admin"]).await;
    assert_eq!(program.members_there(), None, "not by itself");
    program.ok(&["apply", "--yes"]).await;
    assert!(program.members_there().is_some_and(|members| members.len() == 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_that_could_not_be_read_leaves_the_look_incomplete_and_what_is_known_as_it_was() {
    let (program, group) = Program::with_a_pushed_group(&[]).await;
    program.somebody(reqwest::Method::DELETE, &format!("Groups/{group}"), None).await;
    let faults = program.sandbox.faults();
    faults.lock().expect("no panic").add(vec!["500@GET/Groups/".parse().expect("a fault")]);
    let (code, seen) = program.json(&["check"]).await;
    assert_eq!((code, &seen["complete"], &seen["groups"]), (3, &json!(false), &json!([])), "{seen}");
    assert_eq!(program.status().await["groups"]["due"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_that_failed_is_among_the_tasks_and_counted_by_status() {
    let (program, _) = Program::with_a_pushed_group(&["400@POST/Groups"]).await;
    let (_, tasks) = program.json(&["tasks"]).await;
    assert_eq!(names(&tasks["groups"], "group"), [TEAM], "{tasks}");
    let error = tasks["groups"][0]["error"]["message"].as_str().expect("why").to_owned();
    assert_eq!(tasks["groups"][0]["state"], "failed");
    let text = program.text(&["tasks"]).await;
    assert!(text.contains(TEAM) && text.contains(&error), "{text}");
    assert!(!text.contains("nothing is queued"), "{text}");
    assert_eq!(program.status().await["groups"], json!({"failed": 1, "due": 0, "ending": 0}));
    assert!(program.text(&["status"]).await.contains("1 group failed"));
    let text = program.text(&["plan"]).await;
    assert!(text.contains(TEAM) && !text.contains("Nothing is unsent"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_that_are_there_twice_are_kept_as_a_reason_and_listed_with_both_ids() {
    let program = Program::start(3, 0, &[]).await;
    program.second_account(2).await;
    program.second_account(2).await;
    let output = program.run(&["provision", "--yes"]).await;
    assert_eq!(output.status.code(), Some(5), "{}", all(&output));
    let told = program.events().await;
    assert!(told.iter().any(|event| event == &format!("twice there {}", name(2))), "{told:?}");
    let (_, story) = program.json(&["show", &name(2)]).await;
    assert_eq!(story["twice"].as_array().map(Vec::len), Some(2), "{story}");
    assert!(program.text(&["show", &name(2)]).await.contains("2 accounts there"));
    let (_, seen) = program.json(&["check"]).await;
    assert_eq!(names(&seen["twice"], "user_name"), [name(2)], "{seen}");
    assert_eq!(seen["twice"][0]["accounts"].as_array().map(Vec::len), Some(2));
    assert!(program.text(&["check"]).await.contains("twice there"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_active_account_of_a_leaver_is_access_that_remains() {
    let program = Program::start(3, 0, &[]).await;
    program.ok(&["provision", "--yes"]).await;
    let linked = program.id_there(3);
    program.second_account(3).await;
    program.ok(&["check"]).await;
    assert_eq!(program.status().await["second_accounts"], 0, "they shall have access");
    program.ok(&["suspend", &name(3)]).await;
    assert_eq!(program.status().await["second_accounts"], 1, "no flag of theirs tells it");
    assert!(program.ok(&["status"]).await.contains("! access remains in a second account"));
    let (_, seen) = program.json(&["check"]).await;
    assert_eq!(names(&seen["leavers"], "user_name"), [name(3)], "{seen}");
    let told = program.events().await;
    let told = told.iter().filter(|event| **event == format!("twice there {}", name(3)));
    assert_eq!(told.count(), 1, "told once");
    let ids = names(&seen["twice"][0]["accounts"], "account_id");
    assert!(ids.len() == 2 && ids.contains(&&*linked), "{seen}");
    let why = seen["leavers"][0]["why"].as_str().expect("why");
    assert!(why.contains("second account"), "{why}");
}
