//! A workspace in a test, with its people and a clock that only moves when told.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::sandbox::{Mail, Method, Request, Response, Settings, Workspace};
use crate::scim::resource::urn;

pub(super) const ANA: &str = "ana@x.test";
pub(super) const PASSWORD: &str = "a long password";

/// A workspace and a clock that only moves when told.
pub(super) struct Stage {
    pub(super) workspace: Workspace,
    pub(super) now: Timestamp,
    pub(super) id: String,
}

pub(super) fn settings() -> Settings {
    let mut settings = Settings::new("t".to_owned().into(), "a".to_owned().into());
    settings.workspace_name = "Acme".to_owned();
    settings
}

impl Stage {
    pub(super) fn new(settings: Settings) -> Self {
        let mut stage =
            Self { workspace: Workspace::new(settings), now: Timestamp::UNIX_EPOCH, id: String::new() };
        stage.id = stage.invite(ANA, "Analyst");
        stage
    }

    /// Ana is in.
    pub(super) fn with_ana() -> Self {
        let mut stage = Self::new(settings());
        stage.workspace.accept(ANA, stage.now).expect("accepted");
        stage
    }

    pub(super) fn invite(&mut self, user_name: &str, role: &str) -> String {
        let body = json!({"userName": user_name, (urn::WORKATO_ROLE): {"workato_role": role}});
        let answer = self.ask(Request::new(Method::Post, "/scim/v2/Users").bearer("t").json(&body));
        assert_eq!(answer.status, 201, "{}", answer.value());
        answer.value()["id"].as_str().expect("an id").to_owned()
    }

    pub(super) fn ask(&mut self, request: Request) -> Response {
        self.workspace.handle(&request, self.now)
    }

    pub(super) fn later(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
    }

    pub(super) fn mail(&mut self) -> Mail {
        let mut mails = self.workspace.take_mails();
        assert_eq!(mails.len(), 1, "{mails:?}");
        mails.remove(0)
    }

    pub(super) fn get(&mut self, link: &str) -> Response {
        let path = link.strip_prefix("http://127.0.0.1").unwrap_or(link);
        self.ask(Request::new(Method::Get, path))
    }

    pub(super) fn post(&mut self, link: &str, form: &str) -> Response {
        let path = link.strip_prefix("http://127.0.0.1").unwrap_or(link);
        let mut request =
            Request::new(Method::Post, path).header("content-type", "application/x-www-form-urlencoded");
        request.body = form.as_bytes().to_vec();
        self.ask(request)
    }

    pub(super) fn patch(&mut self, value: &Value) -> Response {
        let path = format!("/scim/v2/Users/{}", self.id);
        let body = json!({"Operations": [{"op": "replace", "value": value}]});
        self.ask(Request::new(Method::Patch, &path).bearer("t").json(&body))
    }

    pub(super) fn resend(&mut self, email: &str) -> Response {
        let request = Request::new(Method::Post, "/api/member_invitations/resend").bearer("a");
        self.ask(request.json(&json!({"email": email})))
    }

    pub(super) fn control(&mut self, call: &str, body: &Value) -> Response {
        self.ask(Request::new(Method::Post, &format!("/sandbox/{call}")).json(body))
    }

    pub(super) fn sign_in(&mut self) -> String {
        let answer = self.control("sign_in", &json!({"userName": ANA}));
        assert_eq!(answer.status, 200, "{}", answer.value());
        answer.value()["session"].as_str().expect("a session").to_owned()
    }

    pub(super) fn with_session(&mut self, method: Method, target: &str, session: &str) -> Response {
        self.ask(Request::new(method, target).bearer(session))
    }

    pub(super) fn make(&mut self, session: &str, environment: &str) -> u16 {
        let request = Request::new(Method::Post, "/api/recipes").bearer(session);
        self.ask(request.json(&json!({"name": "R", "environment": environment}))).status
    }

    pub(super) fn last_sentence(&self) -> &str {
        self.workspace.activity().last().map_or("", |entry| &entry.sentence)
    }
}

pub(super) fn text(response: &Response) -> String {
    String::from_utf8_lossy(&response.body).into_owned()
}
