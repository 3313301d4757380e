//! The workspace without socket and clock.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::scim::filter::quote;
use crate::scim::resource::urn;

fn settings(seed: u64) -> Settings {
    let mut settings = Settings::new("t".to_owned().into(), "a".to_owned().into());
    settings.seed = seed;
    settings
}

fn at(second: u32) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(i64::from(second))
}

#[derive(Debug, Clone)]
enum Step {
    Create(u8, &'static str),
    Put(u8, u8, bool),
    Active(u8, bool),
    Delete(u8),
    Accept(u8),
    Group(u8, Vec<u8>),
}

fn any_step() -> impl Strategy<Value = Step> {
    let who = 0..6u8;
    let role = prop::sample::select(vec!["Admin", "Operator", "Wizard"]);
    prop_oneof![
        (who.clone(), role).prop_map(|(n, role)| Step::Create(n, role)),
        (who.clone(), who.clone(), any::<bool>()).prop_map(|(n, to, roles)| Step::Put(n, to, roles)),
        (who.clone(), any::<bool>()).prop_map(|(n, flag)| Step::Active(n, flag)),
        who.clone().prop_map(Step::Delete),
        who.clone().prop_map(Step::Accept),
        (who.clone(), prop::collection::vec(who, 0..4)).prop_map(|(n, members)| Step::Group(n, members)),
    ]
}

fn name(n: u8) -> String {
    // The same person in another case now and then.
    if n.is_multiple_of(2) { format!("p{n}@x.test") } else { format!("P{n}@X.test") }
}

fn path_of(workspace: &Workspace, n: u8) -> String {
    let id = workspace.account(&name(n)).map_or("nobody", |account| account.id.as_str());
    format!("/scim/v2/Users/{id}")
}

fn run(workspace: &mut Workspace, step: &Step, now: Timestamp) -> Response {
    let request = match step {
        Step::Create(n, role) => Request::new(Method::Post, "/scim/v2/Users")
            .json(&json!({"userName": name(*n), "externalId": format!("e{}", n / 2), (urn::WORKATO_ROLE): {"workato_role": role}})),
        Step::Put(n, to, roles) => {
            let mut body = json!({"userName": name(*to), "active": true});
            if *roles {
                body[urn::WORKATO_ROLE] = json!({"workato_role": "Analyst"});
            }
            Request::new(Method::Put, &path_of(workspace, *n)).json(&body)
        }
        Step::Active(n, flag) => Request::new(Method::Patch, &path_of(workspace, *n))
            .json(&json!({"Operations": [{"op": "replace", "value": {"active": flag}}]})),
        Step::Delete(n) => Request::new(Method::Delete, &path_of(workspace, *n)),
        Step::Accept(n) => {
            let _ = workspace.accept(&name(*n), now);
            return Response::empty(200);
        }
        Step::Group(n, members) => {
            let ids = members.iter().filter_map(|m| workspace.account(&name(*m)));
            let members: Vec<_> = ids.map(|account| json!({"value": account.id})).collect();
            let body = json!({"displayName": format!("G{n}"), "members": members});
            let found = workspace.groups().find(|g| g.display_name() == format!("G{n}")).map(|g| g.id.clone());
            match found {
                Some(id) => Request::new(Method::Put, &format!("/scim/v2/Groups/{id}")).json(&body),
                None => Request::new(Method::Post, "/scim/v2/Groups").json(&body),
            }
        }
    };
    workspace.handle(&request.bearer("t"), now)
}

/// What must hold after whatever requests.
fn check(workspace: &mut Workspace) {
    let accounts: Vec<Account> = workspace.accounts().cloned().collect();
    let names: BTreeSet<String> = accounts.iter().map(|a| a.user_name().to_lowercase()).collect();
    assert_eq!(names.len(), accounts.len(), "user names are unique without case");
    for account in &accounts {
        for filter in [
            format!("userName eq {}", quote(&account.user_name().to_uppercase())),
            // The second form is no plain eq, so it is answered by looking at all.
            format!("(userName eq {}) and id pr", quote(account.user_name())),
        ] {
            let query = filter.replace(' ', "%20");
            let request = Request::new(Method::Get, &format!("/scim/v2/Users?filter={query}")).bearer("t");
            let page = workspace.handle(&request, at(0)).value();
            assert_eq!(page["Resources"][0]["id"], json!(account.id), "{filter}");
        }
        let groups: BTreeSet<String> = workspace
            .groups()
            .filter(|g| g.members.iter().any(|m| m.value == account.id))
            .map(|g| g.id.clone())
            .collect();
        assert_eq!(account.groups, groups, "both sides of a membership agree");
    }
    let log = workspace.activity();
    assert!(
        log.windows(2).all(|pair| pair[0].id + 1 == pair[1].id && pair[0].timestamp <= pair[1].timestamp)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn indexes_memberships_and_log_stay_true_whatever_is_asked(steps in prop::collection::vec(any_step(), 0..25)) {
        let mut workspace = Workspace::new(settings(1));
        for (second, step) in (0..).zip(&steps) {
            let before = (workspace.activity().len(), workspace.revision());
            let response = run(&mut workspace, step, at(second));
            prop_assert!(response.status < 500);
            if response.status >= 400 {
                prop_assert_eq!((workspace.activity().len(), workspace.revision()), before, "a refusal changes nothing");
            }
        }
        check(&mut workspace);
    }

    #[test]
    fn the_same_requests_give_the_same_bytes_also_after_a_restart(steps in prop::collection::vec(any_step(), 0..25), cut in 0..25usize) {
        let (mut one, mut two) = (Workspace::new(settings(9)), Workspace::new(settings(9)));
        for (index, step) in steps.iter().enumerate() {
            if index == cut {
                two = Workspace::restore(settings(9), &two.snapshot().expect("a snapshot")).expect("restored");
            }
            let now = at(u32::try_from(index).expect("few steps"));
            prop_assert_eq!(run(&mut one, step, now), run(&mut two, step, now));
        }
        prop_assert_eq!(one.snapshot().expect("a snapshot"), two.snapshot().expect("a snapshot"));
        check(&mut two);
    }

    #[test]
    fn any_request_is_answered(
        method in prop::sample::select(vec![Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete, Method::Other]),
        path in prop_oneof![Just("/scim/v2/Users".to_owned()), Just("/api/activity_logs".to_owned()), Just("/sandbox/accept".to_owned()), "/scim/v2/\\PC{0,20}", "\\PC{0,20}"],
        query in "(filter|count|attributes|page%5Bafter%5D|from)=\\PC{0,20}",
        body in prop::collection::vec(any::<u8>(), 0..50),
    ) {
        let mut workspace = Workspace::new(settings(1));
        workspace.add_people(3, at(0));
        let token = if path.starts_with("/api") { "a" } else { "t" };
        let mut request = Request::new(method, &format!("{path}?{query}")).bearer(token);
        request = request.header("content-type", "application/json");
        request.body = body;
        let response = workspace.handle(&request, at(1));
        prop_assert!((200..=501).contains(&response.status));
    }
}

#[test]
fn an_empty_token_lets_nobody_in() {
    let mut workspace = Workspace::new(Settings::new(String::new().into(), String::new().into()));
    let request = Request::new(Method::Get, "/scim/v2/Users").header("authorization", "Bearer ");
    assert_eq!(workspace.handle(&request, at(0)).status, 401);
}

#[test]
fn control_calls_are_for_this_machine_or_for_the_token() {
    let body = json!({"userName": "nobody"});
    let local = Request::new(Method::Post, "/sandbox/accept").json(&body);
    let remote = Request { local: false, ..local.clone() };
    let mut open = Workspace::new(settings(1));
    assert_eq!((open.handle(&local, at(0)).status, open.handle(&remote, at(0)).status), (404, 401));
    let mut guarded = settings(1);
    guarded.control_token = Some("c".to_owned().into());
    let mut guarded = Workspace::new(guarded);
    assert_eq!(guarded.handle(&local, at(0)).status, 401);
    assert_eq!(guarded.handle(&remote.bearer("c"), at(0)).status, 404);
}

#[test]
fn a_clock_that_goes_back_does_not_break_the_order_of_the_log() {
    let mut workspace = Workspace::new(settings(1));
    run(&mut workspace, &Step::Create(0, "Admin"), at(100));
    run(&mut workspace, &Step::Create(1, "Admin"), at(50));
    assert_eq!(workspace.activity()[1].timestamp, at(100));
}

#[test]
fn faults_decide_before_and_after_the_workspace() {
    let mut workspace = Workspace::new(settings(1));
    let mut plan =
        FaultPlan::new(["slow=5", "lose:2@POST", "502:3@POST"].map(|s| s.parse().expect("a fault")).to_vec());
    let mut post = |n: u8| {
        let body = json!({"userName": name(n)});
        let request = Request::new(Method::Post, "/scim/v2/Users").bearer("t").json(&body);
        let served = serve(&mut workspace, &mut plan, &request, at(0));
        assert_eq!(served.delay.as_millis(), 5);
        (served.outcome, workspace.accounts().count())
    };
    assert!(matches!(post(0), (Outcome::Answer(response), 1) if response.status == 201));
    assert_eq!(post(1), (Outcome::Lost, 2));
    assert!(matches!(post(2), (Outcome::Answer(response), 2) if response.status == 502));
    assert!(matches!(post(2), (Outcome::Answer(response), 3) if response.status == 201));
}
