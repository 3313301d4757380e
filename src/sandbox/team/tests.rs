//! Rights, sessions, assets, limits and what is kept.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::stage::{ANA, PASSWORD, Stage, settings};
use crate::sandbox::{Event, Method, Preset, Request, Roles, Workspace};
use crate::scim::resource::urn;

#[test]
fn an_invitation_is_sent_again_after_twenty_minutes_with_another_link() {
    let mut stage = Stage::new(settings());
    let old = stage.mail().link;
    stage.later(60);
    let early = stage.resend(ANA);
    assert_eq!((early.status, early.get("retry-after")), (429, Some("1140")));
    assert!(early.value()["message"].is_string() && stage.workspace.take_mails().is_empty());
    stage.later(1140);
    let sent = stage.resend("ANA@x.test");
    assert_eq!(
        (sent.status, sent.value()),
        (200, json!({"email": ANA, "sent_at": "1970-01-01T00:20:00.000Z"}))
    );
    let new = stage.mail().link;
    assert_eq!((stage.get(&old).status, stage.get(&new).status), (410, 200));
    assert_eq!(stage.resend(ANA).status, 429, "counted from the last one");
    assert_eq!(stage.resend("nobody@x.test").status, 404);
    stage.workspace.accept(ANA, stage.now).expect("accepted");
    assert_eq!(stage.resend(ANA).status, 409);
    let path = "/api/member_invitations/resend";
    let stranger = Request::new(Method::Post, path).bearer("t").json(&json!({"email": ANA}));
    assert_eq!(stage.ask(stranger).status, 401);
    assert_eq!(stage.ask(Request::new(Method::Get, path).bearer("a")).status, 405);
}

#[test]
fn calls_are_counted_over_a_sliding_minute() {
    let mut limited = settings();
    limited.api_limit = Some(3);
    let mut stage = Stage::new(limited);
    let ask = |stage: &mut Stage| stage.ask(Request::new(Method::Get, "/api/activity_logs").bearer("a"));
    for _ in 0..3 {
        assert_eq!(ask(&mut stage).status, 200);
        stage.later(10);
    }
    let over = ask(&mut stage);
    assert_eq!((over.status, over.get("retry-after")), (429, Some("30")));
    assert_eq!(stage.resend(ANA).status, 429, "all calls count together");
    let scim = Request::new(Method::Get, "/scim/v2/Users").bearer("t");
    assert_eq!(stage.ask(scim).status, 200, "SCIM is not limited");
    stage.later(30);
    assert_eq!((ask(&mut stage).status, ask(&mut stage).status), (200, 429));
}

#[test]
fn rights_are_those_of_the_role_at_the_moment_of_the_request() {
    let mut stage = Stage::with_ana();
    let session = stage.sign_in();
    assert_eq!((stage.make(&session, "dev"), stage.make(&session, "prod")), (201, 403));
    let mut expect = |role: &str, made: u16, rights: Value| {
        stage.patch(&json!({(urn::WORKATO_ROLE): {"workato_role": role, "workato_role_prod": "Operator"}}));
        let me = stage.with_session(Method::Get, "/api/session", &session).value();
        assert_eq!(me["environments"]["dev"], json!({"role": role, "rights": rights}));
        assert_eq!(me["environments"]["prod"]["rights"], json!(["read", "run"]));
        assert_eq!(stage.make(&session, "dev"), made, "{role}");
    };
    expect("Operator", 403, json!(["read", "run"]));
    expect("Admin", 201, json!(["read", "run", "edit", "create", "manage_members"]));
    expect("No access", 403, json!([]));
    assert_eq!(stage.with_session(Method::Get, "/api/recipes?environment=dev", &session).status, 403);
    assert_eq!(stage.with_session(Method::Get, "/api/recipes?environment=prod", &session).status, 200);
    assert_eq!(stage.with_session(Method::Get, "/api/recipes?environment=moon", &session).status, 400);
}

#[test]
fn a_session_ends_with_access_and_does_not_come_back_with_it() {
    let mut stage = Stage::with_ana();
    let session = stage.sign_in();
    stage.later(1);
    stage.patch(&json!({"active": false}));
    let ended = stage.with_session(Method::Get, "/api/session", &session);
    assert_eq!(ended.status, 403);
    assert!(ended.value()["message"].as_str().expect("a message").contains("access ended"));
    assert_eq!(stage.make(&session, "dev"), 403);
    assert_eq!(stage.control("sign_in", &json!({"userName": ANA})).status, 403);
    stage.later(1);
    stage.patch(&json!({"active": true}));
    assert_eq!(stage.with_session(Method::Get, "/api/session", &session).status, 403);
    let session = stage.sign_in();
    assert_eq!(stage.make(&session, "dev"), 201, "the earlier role is back");
    stage.workspace.remove_by_hand(ANA, stage.now).expect("removed");
    assert_eq!(stage.with_session(Method::Get, "/api/session", &session).status, 401);
}

#[test]
fn sessions_end_by_time_by_signing_out_and_by_number() {
    let mut stage = Stage::with_ana();
    let is_in = |stage: &mut Stage, session: &str| {
        stage.with_session(Method::Get, "/api/session", session).status == 200
    };
    let first = stage.sign_in();
    assert!(is_in(&mut stage, &first));
    assert_eq!(stage.with_session(Method::Delete, "/api/session", &first).status, 204);
    assert!(!is_in(&mut stage, &first));
    let oldest = stage.sign_in();
    let others: Vec<String> = (0..20).map(|_| stage.sign_in()).collect();
    assert!(!is_in(&mut stage, &oldest) && others.iter().all(|session| is_in(&mut stage, session)));
    stage.later(12 * 3600);
    assert!(!is_in(&mut stage, &others[0]));
}

#[test]
fn an_invited_person_has_no_session() {
    let mut stage = Stage::new(settings());
    assert_eq!(stage.control("sign_in", &json!({"userName": ANA})).status, 403);
    assert_eq!(stage.control("sign_in", &json!({"userName": "nobody@x.test"})).status, 404);
}

#[test]
fn what_a_person_made_stays_with_the_team() {
    let mut workspace = Workspace::new(settings());
    let preset = |name: &str, role| Preset {
        name: name.into(),
        email: format!("{name}@x.test"),
        roles: Roles::all(role),
    };
    workspace.add_presets(&[preset("rae", "Admin"), preset("ola", "Operator")], Timestamp::UNIX_EPOCH);
    let before = workspace.assets().to_vec();
    assert!(before.len() >= 2 && before.iter().all(|asset| asset.author.name == "rae"), "{before:?}");
    workspace.remove_by_hand("rae@x.test", Timestamp::UNIX_EPOCH).expect("removed");
    assert_eq!(workspace.assets(), before);
    let read = |path: &str| Request::new(Method::Get, path).bearer("a");
    let recipes = workspace.handle(&read("/api/recipes"), Timestamp::UNIX_EPOCH).value();
    let connections = workspace.handle(&read("/api/connections"), Timestamp::UNIX_EPOCH).value();
    assert_eq!(recipes["data"][0]["author"]["email"], "rae@x.test");
    let total = |list: &Value| list["total"].as_u64().unwrap_or(0);
    assert_eq!(total(&recipes) + total(&connections), before.len() as u64);
}

#[test]
fn the_members_list_tells_state_roles_and_last_activity() {
    let mut stage = Stage::new(settings());
    stage.invite("bo@x.test", "Operator");
    stage.invite("cy@x.test", "Operator");
    stage.workspace.accept("bo@x.test", stage.now).expect("accepted");
    stage.id = stage.workspace.account("cy@x.test").expect("cy").id.clone();
    stage.patch(&json!({"active": false}));
    let list = |stage: &mut Stage, query: &str| {
        stage.ask(Request::new(Method::Get, &format!("/api/members{query}")).bearer("a")).value()
    };
    let all = list(&mut stage, "");
    let data = all["data"].as_array().expect("data");
    let states: Vec<&str> = data.iter().filter_map(|member| member["state"].as_str()).collect();
    assert_eq!((states, &all["total"]), (vec!["pending", "active", "no access"], &json!(3)));
    assert_eq!(all["data"][1]["last_activity_log"]["event_type"], "invitation_accepted");
    assert_eq!(all["data"][0]["roles"][0], json!({"environment_type": "dev", "role_name": "Analyst"}));
    let second = list(&mut stage, &format!("?page[size]=1&page[after]={}", all["data"][0]["id"]));
    assert_eq!(second["data"], json!([all["data"][1]]));
    assert_eq!(stage.ask(Request::new(Method::Get, "/api/members").bearer("t")).status, 401);
}

#[test]
fn the_activity_log_says_it_in_workatos_sentences() {
    let mut stage = Stage::new(settings());
    let mut said = vec![stage.last_sentence().to_owned()];
    let mut say = |stage: &Stage| said.push(stage.last_sentence().to_owned());
    stage.patch(&json!({(urn::WORKATO_ROLE): {"workato_role": "Operator", "workato_role_test": "Admin"}}));
    say(&stage);
    stage.workspace.accept(ANA, stage.now).expect("accepted");
    say(&stage);
    stage.sign_in();
    say(&stage);
    stage.workspace.set_role_by_hand(ANA, "workato_role", "Admin", stage.now).expect("by hand");
    say(&stage);
    stage.workspace.remove_by_hand(ANA, stage.now).expect("removed");
    say(&stage);
    assert_eq!(
        said,
        [
            "User SCIM provisioning invited ana@x.test to join team as an Analyst.",
            "User SCIM provisioning modified role to Operator, Admin (test) invitation for ana@x.test to team.",
            "User ana@x.test joined team as an Operator.",
            "User ana@x.test logged in.",
            "User Workspace owner updated role to Admin for ana@x.test in team.",
            "User Workspace owner removed user ana@x.test from team.",
        ]
    );
    let events: Vec<Event> = stage.workspace.activity().iter().map(|entry| entry.event).collect();
    assert!(events.contains(&Event::SignedIn) && events.contains(&Event::InvitationUpdated));
}

#[test]
fn the_token_is_refreshed_and_revoked_at_once() {
    let mut stage = Stage::new(settings());
    let asks = |stage: &mut Stage, token: &str| {
        stage.ask(Request::new(Method::Get, "/scim/v2/Users").bearer(token)).status
    };
    let token =
        stage.control("refresh_token", &json!({})).value()["token"].as_str().expect("a token").to_owned();
    assert_eq!((asks(&mut stage, "t"), asks(&mut stage, &token)), (401, 200));
    stage.control("revoke_token", &json!({}));
    assert_eq!((asks(&mut stage, &token), asks(&mut stage, "")), (401, 401));
}

#[test]
fn a_snapshot_keeps_links_passwords_sessions_and_assets_without_their_secrets() {
    let mut stage = Stage::new(settings());
    let link = stage.mail().link;
    stage.invite("bo@x.test", "Admin");
    let bo = stage.mail().link;
    stage.post(&bo, "password=a+long+password");
    let body = json!({"email": "bo@x.test", "password": PASSWORD});
    let sign_in = || Request::new(Method::Post, "/api/session").json(&body);
    let session = stage.ask(sign_in()).value()["session"].as_str().expect("a session").to_owned();
    assert_eq!(stage.make(&session, "dev"), 201);
    let snapshot = stage.workspace.snapshot().expect("a snapshot");
    let kept = String::from_utf8(snapshot.clone()).expect("text");
    for secret in [&link, &bo, &session] {
        assert!(!kept.contains(secret.rsplit('-').next().expect("a secret")), "{secret}");
    }
    assert!(!kept.contains(PASSWORD));
    stage.workspace = Workspace::restore(settings(), &snapshot).expect("restored");
    assert_eq!((stage.get(&link).status, stage.get(&bo).status), (200, 410));
    assert_eq!(stage.with_session(Method::Get, "/api/recipes", &session).value()["data"][0]["name"], "R");
    let again = stage.ask(sign_in()).value()["session"].as_str().expect("a session").to_owned();
    assert_ne!(again, session, "secrets go on");
}
