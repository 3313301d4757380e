//! A small app that changes nobody before they accepted their invitation, with a log and a call that sends the
//! invitation again.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::bench::{LOG, SCIM};
use crate::program::ROLE;

#[derive(Default)]
struct App {
    /// The one user's resource, once it is made.
    user: Option<Value>,
    accepted: bool,
    /// Whether a refusal names the invitation.
    silent: bool,
    log: Vec<Value>,
    resends: u32,
    refused: u32,
}

/// The app, as long as it lives.
pub(crate) struct Inviting {
    origin: String,
    app: Arc<Mutex<App>>,
    task: JoinHandle<()>,
}

impl Drop for Inviting {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Inviting {
    pub(crate) async fn start() -> Self {
        let app = Arc::new(Mutex::new(App::default()));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new().fallback(answer).with_state(app.clone());
        let task = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves");
        });
        Self { origin, app, task }
    }

    pub(crate) fn base_url(&self) -> String {
        format!("{}/scim/v2", self.origin)
    }

    pub(crate) fn log_url(&self) -> String {
        format!("{}/api/activity_logs", self.origin)
    }

    pub(crate) fn resend_url(&self) -> String {
        format!("{}/api/member_invitations/resend", self.origin)
    }

    /// The person follows the link.
    pub(crate) fn accept(&self) {
        let mut app = self.app.lock().expect("no panic");
        app.accepted = true;
        app.tell("invitation_accepted");
    }

    /// Refusals do not say why any more.
    pub(crate) fn say_nothing(&self) {
        self.app.lock().expect("no panic").silent = true;
    }

    pub(crate) fn refused(&self) -> u32 {
        self.app.lock().expect("no panic").refused
    }

    pub(crate) fn role(&self) -> String {
        let app = self.app.lock().expect("no panic");
        let user = app.user.clone().unwrap_or_default();
        user[ROLE]["workato_role"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn active(&self) -> bool {
        let app = self.app.lock().expect("no panic");
        app.user.as_ref().is_some_and(|user| user["active"] == true)
    }
}

impl App {
    fn tell(&mut self, event: &str) {
        let email = self.user.as_ref().map(|user| user["userName"].clone()).unwrap_or_default();
        let id = self.log.len() + 1;
        self.log.push(json!({
            "id": id, "timestamp": format!("2026-01-01T00:00:{:02}.000Z", id.min(59)), "event_type": event,
            "resource": {"type": "MemberInvitation", "email": email},
        }));
    }

    fn refuse(&mut self) -> Response {
        self.refused += 1;
        let detail = if self.silent {
            "This user cannot be changed."
        } else {
            "The collaborator has not accepted the invitation."
        };
        scim(
            409,
            &json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "409", "detail": detail}),
        )
    }

    fn resend(&mut self, body: &Value) -> Response {
        let known = self.user.as_ref().is_some_and(|user| user["userName"] == body["email"]);
        match (known, self.accepted, self.resends) {
            (false, ..) => scim(404, &json!({"error": "no such invitation"})),
            (_, true, _) => scim(409, &json!({"error": "accepted already"})),
            (_, _, 0) => {
                self.resends = 1;
                scim(200, &json!({"email": body["email"], "sent_at": "2026-01-01T00:00:00.000Z"}))
            }
            _ => {
                let mut response = scim(429, &json!({"error": "one in 20 minutes"}));
                response.headers_mut().insert(header::RETRY_AFTER, 600.into());
                response
            }
        }
    }
}

fn scim(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    (status, [(header::CONTENT_TYPE, "application/scim+json")], body.to_string()).into_response()
}

async fn answer(
    State(app): State<Arc<Mutex<App>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut app = app.lock().expect("no panic");
    let token = if uri.path().starts_with("/api/") { LOG } else { SCIM };
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if given != Some(format!("Bearer {token}").as_str()) {
        return scim(401, &json!({"detail": "no"}));
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    match (method.as_str(), uri.path()) {
        ("GET", "/api/activity_logs") => {
            let entries: Vec<&Value> = app.log.iter().rev().collect();
            scim(200, &json!({"data": entries, "total": entries.len()}))
        }
        ("POST", "/api/member_invitations/resend") => app.resend(&body),
        ("GET", "/scim/v2/Users") => {
            let asked = uri.query().unwrap_or_default().to_lowercase();
            let named = |user: &&Value| {
                let name =
                    user["userName"].as_str().unwrap_or_default().split('@').next().unwrap_or_default();
                !asked.contains("filter") || asked.contains(name)
            };
            let found: Vec<&Value> = app.user.iter().filter(named).collect();
            scim(
                200,
                &json!({
                    "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
                    "totalResults": found.len(), "startIndex": 1, "itemsPerPage": found.len(), "Resources": found,
                }),
            )
        }
        ("POST", "/scim/v2/Users") => {
            let mut user = body;
            user["id"] = "1".into();
            app.user = Some(user.clone());
            app.tell("member_invited");
            scim(201, &user)
        }
        ("GET", "/scim/v2/Users/1") => scim(200, app.user.as_ref().expect("it was made")),
        ("PUT", "/scim/v2/Users/1") if !app.accepted => app.refuse(),
        ("PUT", "/scim/v2/Users/1") => {
            let mut user = body;
            user["id"] = "1".into();
            app.user = Some(user.clone());
            scim(200, &user)
        }
        _ => scim(404, &json!({"detail": "not here"})),
    }
}
