use super::*;
use crate::domain::{Method, Time};

fn judged(method: Method, path: &[&str], answer: Answer) -> Result<u16, Trouble> {
    judge(&Call::new(method, path), &Outcome::Answered(answer)).map(|a| a.status)
}

fn answer(status: u16, content_type: &str, body: &str) -> Answer {
    Answer { status, content_type: content_type.into(), body: body.into(), ..Answer::default() }
}

fn read(status: u16, content_type: &str, body: &str) -> Trouble {
    judged(Method::Get, &["Users"], answer(status, content_type, body)).expect_err("a trouble")
}

#[test]
fn a_success_is_handed_on_even_without_a_body() {
    assert_eq!(judged(Method::Put, &["Users", "1"], answer(204, "", "")), Ok(204));
    assert_eq!(judged(Method::Get, &["Users"], answer(200, "application/json", "\u{feff} {}")), Ok(200));
    assert_eq!(judged(Method::Get, &["Users"], answer(200, "", "[1]")), Ok(200));
}

#[test]
fn each_status_has_its_cause_and_kind() {
    let cases = [
        (401, Cause::TokenRefused, FailureKind::TokenRefused),
        (403, Cause::Forbidden, FailureKind::Refused),
        (404, Cause::ResourceGone, FailureKind::AccountGone),
        (409, Cause::Conflict, FailureKind::Conflict),
        (412, Cause::Stale, FailureKind::Stale),
        (429, Cause::SlowDown, FailureKind::SlowDown),
        (503, Cause::SlowDown, FailureKind::SlowDown),
        (501, Cause::NotOffered, FailureKind::Refused),
        (405, Cause::NotOffered, FailureKind::Refused),
        (400, Cause::Refused, FailureKind::Refused),
        (418, Cause::Refused, FailureKind::Refused),
        (302, Cause::Redirect, FailureKind::NotScim),
        (500, Cause::ServerError, FailureKind::Refused),
        (100, Cause::ServerError, FailureKind::Refused),
    ];
    for (status, cause, kind) in cases {
        let body = r#"{"detail":"d"}"#;
        let trouble = judged(Method::Put, &["Users", "1"], answer(status, "application/json", body))
            .expect_err("a trouble");
        assert_eq!((trouble.cause, trouble.kind), (cause, kind), "{status}");
        assert!(!trouble.next.is_empty() && trouble.text.contains(&status.to_string()), "{trouble}");
    }
}

#[test]
fn a_403_on_the_whole_list_is_the_tokens_and_on_one_account_that_accounts() {
    let list = read(403, "application/json", r#"{"detail":"d"}"#);
    assert_eq!((list.cause, list.kind), (Cause::Forbidden, FailureKind::TokenRefused));
    let create = judged(Method::Post, &["Users"], answer(403, "", "{}")).expect_err("a trouble");
    assert_eq!((create.cause, create.kind), (Cause::Forbidden, FailureKind::Refused));
    assert!(create.text.contains("for this account"), "{create}");
}

#[test]
fn a_refused_token_says_where_the_new_one_is_and_where_it_goes() {
    let trouble = read(401, "application/json", "{}");
    assert!(
        trouble.next.contains("Refresh SCIM token") && trouble.next.contains("queue is kept"),
        "{trouble}"
    );
}

#[test]
fn a_404_on_the_collection_asks_about_the_base_url() {
    let trouble = read(404, "text/html", "<html>nginx");
    assert_eq!(trouble.cause, Cause::NotFoundHere);
    assert!(trouble.next.contains("base URL"), "{trouble}");
}

#[test]
fn a_404_of_one_account_is_believed_without_a_body_or_with_json_and_a_page_is_an_intermediarys() {
    let judged = |method, path: &[&str], kind: &str, body: &str| {
        judged(method, path, answer(404, kind, body)).expect_err("a trouble")
    };
    for (kind, body) in [("", ""), ("application/json", "{}"), ("application/scim+json", "null")] {
        assert_eq!(judged(Method::Get, &["Users", "1"], kind, body).cause, Cause::ResourceGone, "{body}");
    }
    for (kind, body) in [("text/plain", "default backend - 404"), ("text/html", "<html>nginx")] {
        for (method, path) in
            [(Method::Get, &["Users", "1"][..]), (Method::Put, &["Users", "1"]), (Method::Post, &["Users"])]
        {
            let trouble = judged(method, path, kind, body);
            assert_eq!((trouble.cause, trouble.kind), (Cause::NotScim, FailureKind::NotScim), "{body}");
            assert!(trouble.text.contains("intermediary"), "{trouble}");
            assert_eq!(trouble.text.contains("may or may not"), method.writes(), "{trouble}");
        }
    }
}

#[test]
fn html_and_plain_text_are_an_intermediarys_answer() {
    for trouble in [
        read(200, "text/html", "<!DOCTYPE html>\n<title>Sign in</title>"),
        read(200, "application/json", "<html>"),
        read(502, "text/plain", "error code: 502"),
    ] {
        assert_eq!((trouble.cause, trouble.kind), (Cause::NotScim, FailureKind::NotScim), "{trouble}");
        assert!(trouble.text.starts_with("An intermediary answered, not the app"), "{trouble}");
    }
    assert!(read(200, "text/html", "<b>\u{1b}[2J").text.contains("\"<b>\u{FFFD}[2J\""));
}

#[test]
fn a_redirect_names_the_host_and_nothing_of_the_path() {
    let to = |location: &str| {
        let answer = Answer { status: 307, location: Some(location.into()), ..Answer::default() };
        judged(Method::Post, &["Users"], answer).expect_err("a redirect").text
    };
    let text = to("https://login.example.org:8443/sso?session=abc");
    assert!(text.contains("to https://login.example.org:8443.") && !text.contains("session"), "{text}");
    assert!(to("//other.example/x").contains("//other.example."));
    assert!(to("https://user:pw@evil.example/").contains("https://evil.example."));
    assert!(to("/scim/v2/Users").contains("another path of the same host"));
    assert!(to("https://a\u{202e}b/").contains("a\u{FFFD}b"));
}

#[test]
fn a_lost_answer_says_whether_anything_can_have_changed() {
    let lost = |method, outcome| judge(&Call::new(method, &["Users"]), &outcome).expect_err("a trouble");
    let read = lost(Method::Get, Outcome::MaybeSent("a timeout".into()));
    assert!(read.text.contains("nothing was changed"), "{read}");
    let write = lost(Method::Post, Outcome::MaybeSent("a timeout".into()));
    assert!(write.text.contains("may or may not have been applied"), "{write}");
    let unsent = lost(Method::Post, Outcome::NotSent("refused".into()));
    assert!(unsent.text.contains("Nothing was changed"), "{unsent}");
    assert_eq!(unsent.kind, FailureKind::Unreachable);
    for status in [408, 425, 500, 502, 504] {
        for body in ["oops", r#"{"detail":"d"}"#, ""] {
            let failed = judged(Method::Post, &["Users"], answer(status, "", body)).expect_err("a trouble");
            assert!(failed.text.contains("may or may not have been applied"), "{failed}");
        }
    }
}

#[test]
fn what_the_endpoint_said_is_repeated_shortly_and_safely() {
    let body = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","scimType":"invalidValue",
        "detail":"no role \u001b]0;x\u0007 'Boss'"}"#;
    let text = judged(Method::Put, &["Users", "1"], answer(400, "application/scim+json", body))
        .expect_err("a trouble")
        .text;
    assert!(text.contains("invalidValue: no role \u{FFFD}]0;x\u{FFFD} 'Boss'"), "{text}");
    assert!(!text.chars().any(char::is_control));
    let long = format!(r#"{{"detail":"{}"}}"#, "x".repeat(60_000));
    let text = judged(Method::Put, &["Users", "1"], answer(400, "", &long)).expect_err("a trouble").text;
    assert!(text.len() < 400, "{}", text.len());
}

#[test]
fn a_search_that_is_not_offered_is_named() {
    let call = Call::new(Method::Get, &["Users"]).query("filter", "userName eq \"a\"");
    let trouble = judge(&call, &Outcome::Answered(answer(501, "", ""))).expect_err("a trouble");
    assert!(trouble.text.contains("does not offer a search by filter"), "{trouble}");
}

#[test]
fn a_wish_to_wait_is_told() {
    let mut busy = answer(429, "", "");
    busy.retry_after = Some(RetryAfter::Seconds(120));
    assert!(judged(Method::Get, &["Users"], busy.clone()).expect_err("busy").text.contains("wait 120 s"));
    busy.retry_after = Some(RetryAfter::At(Time::from_ms(1_700_000_000_000)));
    assert!(
        judged(Method::Get, &["Users"], busy.clone()).expect_err("busy").text.contains("2023-11-14T22:13:20")
    );
    busy.date = Some(Time::from_ms(1_700_000_001_000));
    assert!(
        judged(Method::Get, &["Users"], busy.clone())
            .expect_err("busy")
            .text
            .contains("over by its own clock")
    );
    busy.retry_after = crate::endpoint::retry_after("99999999999999999999");
    assert!(
        judged(Method::Get, &["Users"], busy).expect_err("busy").text.contains("wait a day or longer (HTTP")
    );
}

#[test]
fn a_refusal_that_names_the_open_invitation_is_no_conflict_and_no_bad_token() {
    let body = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"Ana has not accepted the invitation."}"#;
    for status in [400, 403, 409, 422] {
        let put = judged(Method::Put, &["Users", "1"], answer(status, "application/scim+json", body));
        assert_eq!(put.expect_err("a trouble").kind, FailureKind::Pending, "{status}");
    }
    let post = judged(Method::Post, &["Users"], answer(409, "application/scim+json", body));
    assert_eq!(
        post.expect_err("a trouble").kind,
        FailureKind::Conflict,
        "nobody is pending before they are made"
    );
    let page = judged(Method::Put, &["Users", "1"], answer(401, "application/scim+json", body));
    assert_eq!(page.expect_err("a trouble").kind, FailureKind::TokenRefused);
}

#[test]
fn a_conflict_of_a_group_is_about_its_name() {
    let conflict = |path: &[&str]| {
        judged(Method::Post, path, answer(409, "application/scim+json", "")).expect_err("a trouble").next
    };
    assert!(conflict(&["Groups"]).contains("a group of the same name"));
    assert!(conflict(&["Users"]).contains("user name or e-mail"));
}
