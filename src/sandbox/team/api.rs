//! What is below `/api/` beside the activity log. With the activity log's token: `GET /api/members`,
//! `POST /api/member_invitations/resend`, and reading all recipes and connections. With a session's token:
//!
//! | call | |
//! |---|---|
//! | `POST /api/session` `{"email", "password"}` | 200 `{"session", "email", ...}`; 401 wrong; 403 not in, or no access |
//! | `GET /api/session` | `{"email", "environments": {"dev": {"role", "rights"}, ...}}` as it is now |
//! | `DELETE /api/session` | signs out |
//! | `POST /api/recipes` `{"name", "environment"}` | 201; 403 without the right to create there |
//! | `GET /api/recipes?environment=`, `/api/connections` | what the person may read |
//!
//! A session of someone removed is refused with 401, of someone without access with 403: "access ended".

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::assets::AssetKind;
use super::login::Checked;
use super::resend::RESEND_PATH;
use super::sessions::{self, Ended, may};
use crate::sandbox::activity_api::refuse;
use crate::sandbox::calls;
use crate::sandbox::http::{Method, Request, Response};
use crate::sandbox::query::Query;
use crate::sandbox::workspace::{Workspace, bearer, bearer_is};
use crate::scim::resource;

/// The time over which calls are counted.
const MINUTE: SignedDuration = SignedDuration::from_secs(60);
/// The environments there are.
const ENVIRONMENTS: [&str; 3] = ["dev", "test", "prod"];

impl Workspace {
    /// The answer of a page or of a call below `/api/`; nothing for other addresses and for the activity log.
    pub(in crate::sandbox) fn of_the_team(
        &mut self,
        request: &Request,
        path: &str,
        now: Timestamp,
    ) -> Option<Response> {
        if path.starts_with("/api/")
            && let Some(seconds) = self.over_the_limit(now)
        {
            let response = refuse(429, "too many calls in a minute");
            return Some(response.with("retry-after", seconds.to_string()));
        }
        let admin = bearer_is(request, &self.settings.activity_token);
        let unauthorized = || refuse(401, "Unauthorized").with("www-authenticate", "Bearer");
        match path {
            "/api/members" => Some(if admin { self.members(request) } else { unauthorized() }),
            RESEND_PATH => Some(if admin { self.resend(request, now) } else { unauthorized() }),
            "/api/session" => Some(self.session_call(request, now)),
            "/api/recipes" => Some(self.assets_call(AssetKind::Recipe, request, admin, now)),
            "/api/connections" => Some(self.assets_call(AssetKind::Connection, request, admin, now)),
            _ => self.page_at(request, path, now),
        }
    }

    /// Counts a call; where it is one too many, the seconds to wait.
    fn over_the_limit(&mut self, now: Timestamp) -> Option<i64> {
        let most = usize::try_from(self.settings.api_limit?).unwrap_or(usize::MAX);
        let calls = &mut self.team.calls;
        while calls.front().is_some_and(|at| now.duration_since(*at) >= MINUTE) {
            calls.pop_front();
        }
        if calls.len() < most {
            calls.push_back(now);
            return None;
        }
        let wait = calls.front().map_or(MINUTE, |at| MINUTE - now.duration_since(*at));
        Some(wait.as_secs() + i64::from(wait.subsec_nanos() > 0))
    }

    fn session_call(&mut self, request: &Request, now: Timestamp) -> Response {
        match request.method {
            Method::Post => self.sign_in_call(request, now),
            Method::Get => match self.session(bearer(request).unwrap_or(""), now) {
                Ok(account) => Response::json(200, &sessions::describe(account)),
                Err(ended) => refused(ended),
            },
            Method::Delete => {
                self.close_session(bearer(request).unwrap_or(""));
                Response::empty(204)
            }
            _ => refuse(405, "a session takes GET, POST and DELETE").with("allow", "GET, POST, DELETE"),
        }
    }

    fn sign_in_call(&mut self, request: &Request, now: Timestamp) -> Response {
        let body = match calls::body(request) {
            Ok(body) => body,
            Err(error) => return refuse(error.status, &error.detail),
        };
        let text = |name: &str| resource::text(&body, name).unwrap_or("");
        match self.check_password(text("email"), text("password"), now) {
            Checked::Right => {}
            Checked::Wrong => return refuse(401, "e-mail or password is not right"),
            Checked::TooOften(seconds) => {
                return refuse(429, "too many wrong passwords").with("retry-after", seconds.to_string());
            }
        }
        match self.account_of_address(text("email")) {
            Some(id) => self.session_answer(&id, request, now),
            None => refuse(403, "this account is not in the workspace"),
        }
    }

    /// Opens a session and answers its token.
    pub(in crate::sandbox) fn session_answer(
        &mut self,
        id: &str,
        request: &Request,
        now: Timestamp,
    ) -> Response {
        let token = match self.open_session(id, request.info(), now) {
            Ok(token) => token,
            Err(why) => return refuse(403, why),
        };
        let mut body = self.people.by_id(id).map(sessions::describe).unwrap_or_default();
        if let Some(map) = body.as_object_mut() {
            map.insert("session".to_owned(), token.into());
        }
        Response::json(200, &body)
    }

    fn assets_call(&mut self, kind: AssetKind, request: &Request, admin: bool, now: Timestamp) -> Response {
        let person = match self.session(bearer(request).unwrap_or(""), now) {
            Ok(account) => Some(account),
            Err(_) if admin => None,
            Err(ended) => return refused(ended),
        };
        match (request.method, person) {
            (Method::Get, _) => {
                let query = Query::parse(&request.query);
                let asked = query.get("environment");
                if let Some(wrong) = asked.filter(|name| !ENVIRONMENTS.contains(name)) {
                    let shown: String = wrong.chars().take(50).collect();
                    return refuse(400, &format!("there is no environment {shown:?}"));
                }
                let reads = |name: &str| person.is_none_or(|account| may(account, "read", name));
                if !ENVIRONMENTS.iter().any(|name| asked.is_none_or(|asked| asked == *name) && reads(name)) {
                    return refuse(403, "your role does not let you read this");
                }
                let there = self.team.assets.list.iter().filter(|asset| asset.kind == kind);
                let there = there.filter(|asset| asked.is_none_or(|name| name == asset.environment));
                let data: Vec<Value> =
                    there.filter(|asset| reads(&asset.environment)).map(|asset| asset.write()).collect();
                Response::json(200, &json!({"data": data, "total": data.len()}))
            }
            (Method::Post, Some(account)) => {
                let body = match calls::body(request) {
                    Ok(body) => body,
                    Err(error) => return refuse(error.status, &error.detail),
                };
                let text = |name: &str| resource::text(&body, name).unwrap_or("");
                let environment = text("environment");
                if !ENVIRONMENTS.contains(&environment) {
                    return refuse(400, "environment must be dev, test or prod");
                }
                if !may(account, "create", environment) {
                    return refuse(403, "your role does not let you create this here");
                }
                let author = account.actor();
                match self.team.assets.add(kind, text("name"), environment, author, now) {
                    Ok(asset) => {
                        let answer = Response::json(201, &asset.write());
                        self.revision += 1;
                        answer
                    }
                    Err(why) => refuse(400, why),
                }
            }
            (Method::Post, None) => refuse(403, "assets are made by people: sign in"),
            _ => refuse(405, "assets take GET and POST").with("allow", "GET, POST"),
        }
    }

    /// Every recipe and connection of the team, oldest first.
    pub fn assets(&self) -> &[super::Asset] {
        &self.team.assets.list
    }
}

fn refused(ended: Ended) -> Response {
    match ended {
        Ended::Unknown => refuse(401, "sign in: there is no such session").with("www-authenticate", "Bearer"),
        Ended::Removed => refuse(401, "access ended: you were removed from the workspace"),
        Ended::NoAccess => refuse(403, "access ended: your access to the workspace was taken"),
    }
}
