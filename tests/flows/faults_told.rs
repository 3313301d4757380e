//! Faults of an endpoint from the operator's side: what the program says while they last, and that nothing is lost by
//! them.

use serde_json::Value;

use crate::bench::name;
use crate::program::Program;

const GROUP: &str = "Night shift";

impl Program {
    fn fault(&self, fault: &str) {
        let fault = fault.parse().expect("a fault");
        self.sandbox.faults().lock().expect("no panic").add(vec![fault]);
    }

    fn mended(&self) {
        self.sandbox.faults().lock().expect("no panic").clear();
    }

    /// All that is open as the status has it.
    async fn open(&self) -> u64 {
        let status = self.status().await;
        status["queue"].as_object().expect("a queue").values().filter_map(Value::as_u64).sum()
    }

    fn posts(&self) -> usize {
        self.proxy.count("POST")
    }

    /// Sends what is left until nothing is.
    async fn drained(&self) {
        for _ in 0..10 {
            if self.json(&["apply", "--yes"]).await.0 == 0 {
                return;
            }
        }
        panic!("it does not come to an end: {}", self.status().await);
    }

    /// All attempts of somebody's operation, as the trace tells them.
    async fn story(&self, report: &Value, n: usize) -> String {
        let results = report["results"].as_array().expect("results");
        let result = results.iter().find(|result| result["user_name"] == name(n).as_str()).expect("a result");
        self.ok(&["trace", result["trace"].as_str().expect("a trace")]).await
    }
}

/// Of each result that ended so: what is said.
fn said(report: &Value, outcome: &str) -> Vec<String> {
    let results = report["results"].as_array().expect("results").iter();
    results.filter(|result| result["outcome"] == outcome).map(|result| result["error"].to_string()).collect()
}

fn count(report: &Value, outcomes: &[&str]) -> u64 {
    outcomes.iter().filter_map(|outcome| report[outcome].as_u64()).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_endpoint_is_down_the_operator_is_told_and_everything_stays_queued() {
    let program = Program::start(6, 0, &["same-names"]).await.impatient().await;
    program.fault("down=60000:2@POST");
    let (code, report) = program.json(&["provision", "--yes"]).await;
    let (made, left) = (program.accounts() as u64, count(&report, &["in_doubt", "held"]));
    assert_eq!((code, count(&report, &["done"]), left), (5, made, 6 - made), "{report}");
    assert!(left > 0, "{report}");
    let stopped = report["stopped"].to_string();
    assert!(stopped.contains("unreachable") && stopped.contains("next"), "{report}");
    for said in said(&report, "in_doubt") {
        assert!(said.contains("may or may not have been applied"), "{said}");
        assert!(said.contains("looked up before anything is sent again"), "{said}");
    }
    assert_eq!(program.open().await, left);
    // Tried again it stands as it stood: what is in doubt is looked for before anything is written.
    let before = program.proxy.requests().len();
    let (code, again) = program.json(&["apply", "--yes"]).await;
    assert_eq!((code, count(&again, &["in_doubt", "held"])), (5, left), "{again}");
    let asked = program.proxy.requests().split_off(before);
    let first = |what: &str| asked.iter().position(|line| line.contains(what));
    assert!(first("filter=").is_some_and(|look| first("POST").is_none_or(|post| look < post)), "{asked:?}");
    assert_eq!(program.accounts() as u64, made);
    assert_eq!(program.open().await, left);
    program.mended();
    program.drained().await;
    program.all_true(6).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_proxy_that_waits_in_vain_did_not_pass_on_is_looked_for_and_sent_once_more() {
    let program = Program::start(3, 0, &["same-names"]).await;
    program.fault("504:1@POST");
    let (code, report) = program.json(&["provision", "--yes"]).await;
    assert_eq!((code, count(&report, &["done"])), (0, 3), "{report}");
    assert_eq!(program.posts(), 4);
    let mut hit = 0;
    for n in 1..=3 {
        let story = program.story(&report, n).await;
        let Some(failed) = story.find("POST /Users  -> 504") else { continue };
        let found = |what: &str| story.rfind(what).unwrap_or_else(|| panic!("{what}: {story}"));
        let (look, made) = (found("GET /Users"), found("POST /Users  -> 201"));
        assert!(failed < look && story[failed..made].contains("GET /Users"), "{story}");
        hit += 1;
    }
    assert_eq!(hit, 1, "the story of one of them tells it");
    program.all_true(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_filters_are_refused_the_whole_list_is_read_and_nobody_is_made_twice() {
    let program = Program::start(6, 2, &["no-filter", "same-names"]).await;
    let (code, report) = program.json(&["provision", "--yes"]).await;
    assert_eq!((code, count(&report, &["done"]), count(&report, &["failed"])), (0, 6, 0), "{report}");
    assert_eq!(program.posts(), 4, "two were there");
    let (code, report) = program.json(&["role", &name(1), "workato_role=Analyst"]).await;
    assert_eq!((code, count(&report, &["done"])), (0, 1), "{report}");
    program.all_true(6).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_drips_is_waited_for_within_the_time_out() {
    let program = Program::start(3, 0, &["drip=300@POST", "same-names"]).await;
    let (code, report) = program.json(&["provision", "--yes"]).await;
    assert_eq!((code, count(&report, &["done"]), program.posts()), (0, 3, 3), "{report}");
    program.all_true(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_drips_for_longer_is_given_up_told_and_looked_up() {
    let program = Program::start(3, 0, &["drip=4000@POST", "same-names"]).await.impatient().await;
    let (code, report) = program.json(&["provision", "--yes"]).await;
    assert_eq!((code, count(&report, &["done", "in_doubt", "held"])), (5, 3), "{report}");
    let in_doubt = said(&report, "in_doubt");
    assert!(!in_doubt.is_empty(), "{report}");
    for said in in_doubt {
        assert!(said.contains("HTTP 201 came") && said.contains("did not answer in time"), "{said}");
    }
    program.drained().await;
    assert_eq!(program.posts(), 3, "nobody is made twice");
    program.all_true(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_that_is_shown_without_members_is_not_called_confirmed_before_they_are_shown() {
    let program = Program::start(3, 0, &["same-names"]).await;
    program.ok(&["provision", "--yes"]).await;
    program.ok(&["group", "add", GROUP]).await;
    program.ok(&["member", "add", GROUP, &name(1), &name(2)]).await;
    program.fault("drop-members");
    let (code, report) = program.json(&["group", "push", GROUP, "--yes"]).await;
    assert_eq!((code, count(&report, &["failed"])), (5, 1), "{report}");
    let error = &report["groups"][0]["error"];
    assert_eq!(error["code"], "not_applied", "{report}");
    assert!(error["message"].to_string().contains("2 of 2 members are missing there"), "{report}");
    let push = program.json(&["groups"]).await.1[0]["push"].clone();
    assert_eq!((&push["state"], &push["members"]), (&"failed".into(), &Value::Null), "{push}");
    program.mended();
    program.ok(&["apply", "--yes"]).await;
    let push = program.json(&["groups"]).await.1[0]["push"].clone();
    assert_eq!((&push["state"], &push["members"]), (&"pushed".into(), &2.into()), "{push}");
    assert_eq!(program.proxy.count("POST /scim/v2/Groups"), 1, "and it was made once");
    program.all_true(3).await;
}
