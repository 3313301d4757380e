//! Mails, links and pages.

use serde_json::json;

use super::stage::{ANA, PASSWORD, Stage, settings, text};
use crate::sandbox::{Method, Pending, Request, Standing};
use crate::scim::resource::urn;

#[test]
fn a_new_user_is_written_to_and_accepts_once_with_a_password() {
    let mut stage = Stage::new(settings());
    let mail = stage.mail();
    assert_eq!((mail.to.as_str(), mail.subject.as_str()), (ANA, "You are invited to join Acme"));
    assert!(mail.text.contains(&mail.link) && mail.text.contains("Analyst"), "{}", mail.text);
    let page = stage.get(&mail.link);
    assert_eq!(page.status, 200);
    assert!(
        text(&page).contains("<strong>Acme</strong>") && text(&page).contains("<strong>Analyst</strong>")
    );
    assert_eq!(stage.post(&mail.link, "password=short").status, 422);
    assert_eq!(stage.workspace.account(ANA).map(|a| a.standing), Some(Standing::Invited));
    assert_eq!(stage.post(&mail.link, "password=a+long+password").status, 200);
    assert_eq!(stage.workspace.account(ANA).map(|a| a.standing), Some(Standing::Collaborator));
    for again in [stage.get(&mail.link), stage.post(&mail.link, "password=a+long+password")] {
        assert_eq!(again.status, 410);
        assert!(text(&again).contains("already accepted"));
    }
    let body = json!({"email": "ANA@x.test", "password": PASSWORD});
    let signed_in = stage.ask(Request::new(Method::Post, "/api/session").json(&body));
    assert_eq!(signed_in.status, 200);
    assert_eq!(signed_in.value()["environments"]["dev"]["role"], "Analyst");
}

#[test]
fn a_link_is_worth_nothing_when_unknown_altered_or_its_person_is_gone() {
    let mut stage = Stage::new(settings());
    let link = stage.mail().link;
    for wrong in [
        "http://127.0.0.1/invitations/",
        "/invitations/1-0",
        &format!("{link}0"),
        &link.replace("/1-", "/2-"),
    ] {
        assert_eq!(stage.get(wrong).status, 404, "{wrong}");
    }
    stage.patch(&json!({"active": false}));
    assert_eq!(stage.get(&link).status, 410, "access was taken");
    stage.patch(&json!({"active": true}));
    assert_eq!(stage.get(&link).status, 200, "access was given back");
    assert!(stage.workspace.take_mails().is_empty(), "the invitation is still the same");
    stage.workspace.remove_by_hand(ANA, stage.now).expect("removed");
    assert!(text(&stage.get(&link)).contains("no longer valid"));
    assert_eq!(stage.post(&link, "password=a+long+password").status, 410);
    stage.invite(ANA, "Admin");
    assert_eq!(stage.get(&link).status, 410, "the new invitation has its own link");
}

#[test]
fn who_is_created_without_access_is_written_to_when_access_is_given() {
    let mut stage = Stage::new(settings());
    stage.workspace.take_mails();
    let body = json!({"userName": "bo@x.test", "active": false});
    let made = stage.ask(Request::new(Method::Post, "/scim/v2/Users").bearer("t").json(&body));
    stage.id = made.value()["id"].as_str().expect("an id").to_owned();
    assert!(stage.workspace.take_mails().is_empty());
    stage.patch(&json!({"active": true}));
    assert_eq!(stage.mail().to, "bo@x.test");
}

#[test]
fn a_new_address_gets_a_new_link_and_the_one_before_lets_nobody_in() {
    let mut stage = Stage::new(settings());
    let old = stage.mail().link;
    stage.patch(&json!({"userName": "ana.ruiz@x.test"}));
    let mail = stage.mail();
    assert_eq!(mail.to, "ana.ruiz@x.test");
    assert_eq!((stage.get(&old).status, stage.get(&mail.link).status), (410, 200));
    stage.patch(&json!({(urn::WORKATO_ROLE): {"workato_role": "Admin"}}));
    assert!(stage.workspace.take_mails().is_empty(), "a role changes the invitation, not the link");
    assert!(text(&stage.get(&mail.link)).contains("<strong>Admin</strong>"));
}

#[test]
fn pages_hold_no_markup_of_clients_and_let_the_browser_do_nothing_else() {
    let mut hostile = settings();
    hostile.workspace_name = "<script>alert(1)</script>".to_owned();
    hostile.custom_roles = vec!["\"><img src=x onerror=alert(2)>".to_owned()];
    let mut stage = Stage::new(hostile);
    stage.workspace.take_mails();
    stage.invite("\"><script>x</script>@x.test", "\"><img src=x onerror=alert(2)>");
    let mail = stage.mail();
    let login = "/login?invitation=%22%3E%3Cscript%3E";
    let pages = [stage.get(&mail.link), stage.get(login), stage.get("/forgot?invitation=%22%3E%3Cscript%3E")];
    for page in pages {
        let html = text(&page);
        assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
        let policy = page.get("content-security-policy").expect("a policy");
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("form-action 'self'"),
            "{policy}"
        );
        let header = |name| page.get(name).expect(name).to_owned();
        assert_eq!(
            ["x-content-type-options", "cache-control", "referrer-policy"].map(header),
            ["nosniff", "no-store", "no-referrer"]
        );
    }
    assert!(!mail.html.contains("<script"), "{}", mail.html);
    assert!(!mail.subject.contains('\n'));
}

#[test]
fn an_address_known_elsewhere_goes_over_login_and_a_forgotten_password() {
    let mut stage = Stage::new(settings());
    let invited = stage.mail().link;
    stage.control("elsewhere", &json!({"userName": "Ana@X.test"}));
    let sent_on = stage.get(&invited);
    assert_eq!(sent_on.status, 303);
    let login = sent_on.get("location").expect("a location").to_owned();
    assert!(login.starts_with("/login?invitation="), "{login}");
    let token = login.split_once('=').expect("a token").1.to_owned();
    assert!(text(&stage.get(&login)).contains(&format!("href=\"/forgot?invitation={token}\"")));
    let wrong = stage.post("/login", &format!("email=ana%40x.test&password=whatever1&invitation={token}"));
    assert_eq!(wrong.status, 403);
    let unknown = stage.post("/forgot", "email=nobody%40x.test");
    assert!(stage.workspace.take_mails().is_empty());
    let known = stage.post("/forgot", &format!("email=ana%40x.test&invitation={token}"));
    assert_eq!(text(&unknown), text(&known), "nobody learns which addresses there are");
    let reset = stage.mail();
    assert_eq!(reset.to, "Ana@X.test");
    assert_eq!(stage.get(&reset.link).status, 200);
    let done = stage.post(&reset.link, "password=a+long+password");
    assert!(text(&done).contains(&format!("href=\"/login?invitation={token}\"")), "{}", text(&done));
    assert_eq!(stage.post(&reset.link, "password=another+password").status, 410, "it works once");
    let form = format!("email=ana%40x.test&password=a+long+password&invitation={token}");
    let signed_in = stage.post("/login", &form);
    assert_eq!((signed_in.status, signed_in.get("location")), (303, Some("/workspace")));
    assert_eq!(stage.workspace.account(ANA).map(|a| a.standing), Some(Standing::Collaborator));
    let cookie = signed_in.get("set-cookie").expect("a cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"));
    let cookie = cookie.split(';').next().expect("a pair").to_owned();
    let inside = stage.ask(Request::new(Method::Get, "/workspace").header("cookie", &cookie));
    assert!(
        text(&inside).contains("dev: <strong>Analyst</strong>, may read, run, edit, create"),
        "{}",
        text(&inside)
    );
}

#[test]
fn an_invitation_is_not_accepted_by_another_account() {
    let mut stage = Stage::new(settings());
    let token = stage.mail().link.rsplit('/').next().expect("a token").to_owned();
    stage.control("elsewhere", &json!({"userName": "eve@x.test", "password": PASSWORD}));
    let form = format!("email=eve%40x.test&password=a+long+password&invitation={token}");
    let answer = stage.post("/login", &form);
    assert_eq!(answer.status, 403);
    assert!(text(&answer).contains("another e-mail"), "{}", text(&answer));
    assert_eq!(stage.workspace.account(ANA).map(|a| a.standing), Some(Standing::Invited));
    assert_eq!(
        stage.post("/login", "email=eve%40x.test&password=a+long+password").status,
        403,
        "and is not in"
    );
}

#[test]
fn guessing_a_password_stops_after_ten_for_a_quarter_of_an_hour() {
    let mut stage = Stage::with_ana();
    stage.control("elsewhere", &json!({"userName": ANA, "password": PASSWORD}));
    let try_one = |stage: &mut Stage, password: &str| {
        let body = json!({"email": ANA, "password": password});
        stage.ask(Request::new(Method::Post, "/api/session").json(&body))
    };
    for _ in 0..10 {
        assert_eq!(try_one(&mut stage, "wrong").status, 401);
        stage.later(1);
    }
    let refused = try_one(&mut stage, PASSWORD);
    assert_eq!((refused.status, refused.get("retry-after")), (429, Some("890")));
    stage.later(890);
    assert_eq!(try_one(&mut stage, PASSWORD).status, 200);
}

#[test]
fn a_link_to_a_new_password_ends_after_an_hour() {
    let mut stage = Stage::with_ana();
    stage.workspace.take_mails();
    stage.control("elsewhere", &json!({"userName": ANA}));
    stage.post("/forgot", "email=ana%40x.test");
    let link = stage.mail().link;
    stage.later(3599);
    assert_eq!(stage.get(&link).status, 200);
    stage.later(1);
    assert_eq!(stage.post(&link, "password=a+long+password").status, 410);
}

#[test]
fn pending_people_can_be_closed_to_scim_and_stay_open_to_the_workspace() {
    let mut strict = settings();
    strict.pending = Pending::Refuse;
    let mut stage = Stage::new(strict);
    let refused = [
        stage.patch(&json!({(urn::WORKATO_ROLE): {"workato_role": "Admin"}})),
        stage.patch(&json!({"active": false})),
        stage.ask(Request::new(Method::Delete, &format!("/scim/v2/Users/{}", stage.id)).bearer("t")),
    ];
    for answer in refused {
        let error = answer.value();
        assert_eq!((answer.status, &error["scimType"]), (400, &json!("mutability")));
        assert!(
            error["detail"].as_str().expect("a detail").contains("has not accepted the invitation"),
            "{error}"
        );
    }
    assert_eq!(stage.patch(&json!({"active": true})).status, 200, "nothing would change");
    assert_eq!(stage.workspace.activity().len(), 1);
    stage.workspace.set_role_by_hand(ANA, "workato_role", "Operator", stage.now).expect("by hand");
    stage.workspace.accept(ANA, stage.now).expect("accepted");
    assert_eq!(stage.patch(&json!({"active": false})).status, 200);
}
