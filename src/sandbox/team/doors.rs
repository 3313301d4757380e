//! The pages: the invitation, signing in, a forgotten password, the workspace itself. Ours entirely.
//!
//! Someone new accepts on the invitation's page with a password of their own. Someone whose e-mail has an account
//! from another workspace is led to the login page, and from there over a forgotten password back to it.

use jiff::Timestamp;

use super::invitations::Way;
use super::login::{Checked, refusal};
use super::mail::{address, roles_in_words};
use super::pages::{self, escape, field, go, page, say, wrong};
use super::sessions;
use crate::sandbox::account::Roles;
use crate::sandbox::http::{Method, Request, Response};
use crate::sandbox::people::fold;
use crate::sandbox::query::Query;
use crate::sandbox::workspace::Workspace;

/// Name of the cookie with the session.
const COOKIE: &str = "scimdeck_sandbox_session";
/// What a new password's field says to the browser.
const NEW_PASSWORD: &str = "autocomplete=\"new-password\" minlength=\"8\" maxlength=\"200\"";

/// The form of a POST; `None` for what no form of a page sends.
fn form(request: &Request) -> Option<Query> {
    let media = request.get("content-type")?.split(';').next()?.trim().to_ascii_lowercase();
    let is_form = media == "application/x-www-form-urlencoded";
    is_form.then(|| Query::parse(&String::from_utf8_lossy(&request.body)))
}

fn no_form() -> Response {
    say(415, "This is no form", "The page's own form was expected. Nothing was changed.")
}

fn only_get_and_post() -> Response {
    say(405, "Not possible", "This page is read, or its form is sent.").with("allow", "GET, POST")
}

/// `?invitation=...` with what was a token's text, or nothing.
fn query_of(invitation: &str) -> String {
    let plain = !invitation.is_empty()
        && invitation.len() < 100
        && invitation.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if plain { format!("?invitation={invitation}") } else { String::new() }
}

impl Workspace {
    /// `/invitations/{token}`.
    pub(super) fn invitation_page(&mut self, request: &Request, token: &str, now: Timestamp) -> Response {
        let workspace = self.settings.workspace_name.clone();
        let id = match self.way(token) {
            Way::Unknown => {
                return say(
                    404,
                    "Unknown invitation",
                    "There is no invitation with this link. Is it complete?",
                );
            }
            Way::Accepted => {
                let sentence =
                    format!("This invitation to {workspace} was already accepted. Sign in to go on.");
                return say(410, "Invitation already accepted", &sentence);
            }
            Way::Ended => {
                let sentence = "It was withdrawn, or a newer one was sent. Ask for another one.";
                return say(410, "This invitation is no longer valid", sentence);
            }
            Way::Open(id) => id,
        };
        let Some(account) = self.people.by_id(&id) else { return no_form() };
        let email = address(account);
        let roles = roles_in_words(&Roles::of(&account.attributes));
        if self.has_login(&email) {
            return go(&format!("/login?invitation={token}"));
        }
        let ask = |status, problem| {
            let body = format!(
                "<p>{} is invited to join the workspace <strong>{}</strong>.</p><p>Role: <strong>{}</strong></p>{}\
                 <form method=\"post\" action=\"/invitations/{}\">{}<button id=\"accept\">Accept</button></form>",
                escape(&email),
                escape(&workspace),
                escape(&roles),
                wrong(problem),
                escape(token),
                field("Choose a password", "password", "password", NEW_PASSWORD),
            );
            page(status, &format!("Join {workspace}"), &body)
        };
        match request.method {
            Method::Get => ask(200, None),
            Method::Post => {
                let Some(form) = form(request) else { return no_form() };
                let password = form.get("password").unwrap_or("");
                if let Some(problem) = refusal(password) {
                    return ask(422, Some(problem));
                }
                self.set_password(&email, password);
                self.join(&id, request.info(), now);
                self.joined_page(&email)
            }
            _ => only_get_and_post(),
        }
    }

    fn joined_page(&self, email: &str) -> Response {
        let body = format!(
            "<p>The invitation is accepted: {} is a collaborator of <strong>{}</strong>.</p>\
             <p><a href=\"/login\">Sign in</a></p>",
            escape(email),
            escape(&self.settings.workspace_name)
        );
        page(200, "You are in", &body)
    }

    /// `/login`.
    pub(super) fn login_page(&mut self, request: &Request, now: Timestamp) -> Response {
        let ask = |status, invitation: &str, problem: Option<&str>| {
            let query = query_of(invitation);
            let waiting = match query.is_empty() {
                true => "",
                false => "<p>This e-mail has an account already. Sign in to join the workspace.</p>",
            };
            let body = format!(
                "{waiting}{}<form method=\"post\" action=\"/login\">{}{}\
                 <input type=\"hidden\" name=\"invitation\" value=\"{}\"><button id=\"sign-in\">Sign in</button>\
                 </form><p><a id=\"forgot\" href=\"/forgot{query}\">Forgot password?</a></p>",
                wrong(problem),
                field("E-mail", "email", "email", "autocomplete=\"username\""),
                field("Password", "password", "password", "autocomplete=\"current-password\""),
                escape(invitation),
            );
            page(status, "Sign in", &body)
        };
        let form = match request.method {
            Method::Get => {
                let query = Query::parse(&request.query);
                return ask(200, query.get("invitation").unwrap_or(""), None);
            }
            Method::Post => form(request),
            _ => return only_get_and_post(),
        };
        let Some(form) = form else { return no_form() };
        let text = |name: &str| form.get(name).unwrap_or("");
        let (email, invitation) = (text("email"), text("invitation"));
        match self.check_password(email, text("password"), now) {
            Checked::Right => {}
            Checked::Wrong => return ask(403, invitation, Some("E-mail or password is not right.")),
            Checked::TooOften(seconds) => {
                let problem = Some("Too many wrong passwords. Try again later, or reset the password.");
                return ask(429, invitation, problem).with("retry-after", seconds.to_string());
            }
        }
        if let Way::Open(id) = self.way(invitation) {
            let invited = self.people.by_id(&id).map(address);
            if invited.is_none_or(|invited| fold(&invited) != fold(email)) {
                let sentence = "This invitation is for another e-mail address. Nothing was changed.";
                return say(403, "Not your invitation", sentence);
            }
            self.join(&id, request.info(), now);
        }
        let Some(id) = self.account_of_address(email) else {
            return say(403, "No access", "This account is not in the workspace.");
        };
        match self.open_session(&id, request.info(), now) {
            Ok(token) => {
                let cookie = format!("{COOKIE}={token}; Path=/workspace; HttpOnly; SameSite=Strict");
                go("/workspace").with("set-cookie", cookie)
            }
            Err(why) => say(403, "No access", &format!("You cannot enter the workspace: {why}.")),
        }
    }

    /// The account behind an address: by user name, which it is almost always.
    pub(super) fn account_of_address(&self, email: &str) -> Option<String> {
        let by_name = self.people.by_user_name(email);
        let wanted = fold(email);
        let found = by_name.or_else(|| self.people.iter().find(|account| fold(&address(account)) == wanted));
        found.map(|account| account.id.clone())
    }

    /// `/workspace`: what the person may do now.
    pub(super) fn workspace_page(&self, request: &Request, now: Timestamp) -> Response {
        let cookies = request.get("cookie").unwrap_or("").split(';');
        let token = cookies.filter_map(|pair| pair.trim().split_once('=')).find(|(name, _)| *name == COOKIE);
        let Some((_, token)) = token else { return go("/login") };
        let Ok(account) = self.session(token, now) else {
            return say(
                403,
                "Access ended",
                "Your session ended, or you have no access to this workspace now.",
            );
        };
        let rows = sessions::environments(account).map(|(name, role)| {
            format!("<li>{name}: <strong>{}</strong>, may {}</li>", escape(&role), may(&role))
        });
        let body = format!("<p>Signed in as {}.</p><ul>{}</ul>", escape(account.user_name()), rows.concat());
        page(200, &self.settings.workspace_name, &body)
    }

    /// `/forgot`.
    pub(super) fn forgot_page(&mut self, request: &Request, now: Timestamp) -> Response {
        match request.method {
            Method::Get => {
                let query = Query::parse(&request.query);
                let body = format!(
                    "<form method=\"post\" action=\"/forgot\">{}<input type=\"hidden\" name=\"invitation\" \
                     value=\"{}\"><button id=\"send\">Send a link</button></form>",
                    field("E-mail", "email", "email", "autocomplete=\"username\""),
                    escape(query.get("invitation").unwrap_or("")),
                );
                page(200, "Reset your password", &body)
            }
            Method::Post => {
                let Some(form) = form(request) else { return no_form() };
                let query = query_of(form.get("invitation").unwrap_or(""));
                self.send_reset(form.get("email").unwrap_or(""), &query, now);
                // The same for an address that nobody has.
                say(200, "Look into your mail", "If this e-mail has an account, a link was sent to it.")
            }
            _ => only_get_and_post(),
        }
    }

    /// `/reset/{token}`.
    pub(super) fn reset_page(&mut self, request: &Request, token: &str, now: Timestamp) -> Response {
        if !self.reset_is_open(token, now) {
            return say(
                410,
                "This link is no longer valid",
                "It was used, is too old, or never was. Ask for another.",
            );
        }
        let query = query_of(Query::parse(&request.query).get("invitation").unwrap_or(""));
        let ask = |status, problem| {
            let body = format!(
                "{}<form method=\"post\" action=\"/reset/{}{query}\">{}<button id=\"set\">Set password</button></form>",
                wrong(problem),
                escape(token),
                field("New password", "password", "password", NEW_PASSWORD),
            );
            page(status, "Choose a new password", &body)
        };
        match request.method {
            Method::Get => ask(200, None),
            Method::Post => {
                let Some(form) = form(request) else { return no_form() };
                let password = form.get("password").unwrap_or("");
                if let Some(problem) = refusal(password) {
                    return ask(422, Some(problem));
                }
                self.use_reset(token, password, now);
                let body = format!(
                    "<p>The password is set.</p><p><a id=\"go-on\" href=\"/login{query}\">Sign in</a></p>"
                );
                page(200, "Password set", &body)
            }
            _ => only_get_and_post(),
        }
    }

    /// Whether a path is a page, and its answer.
    pub(super) fn page_at(&mut self, request: &Request, path: &str, now: Timestamp) -> Option<Response> {
        if let Some(token) = path.strip_prefix("/invitations/") {
            return Some(self.invitation_page(request, token, now));
        }
        if let Some(token) = path.strip_prefix("/reset/") {
            return Some(self.reset_page(request, token, now));
        }
        match path {
            "/login" => Some(self.login_page(request, now)),
            "/forgot" => Some(self.forgot_page(request, now)),
            "/workspace" => Some(self.workspace_page(request, now)),
            pages::STYLE_PATH => Some(pages::style()),
            _ => None,
        }
    }
}

fn may(role: &str) -> String {
    match sessions::rights(role) {
        [] => "do nothing".to_owned(),
        rights => rights.join(", ").replace('_', " "),
    }
}
