//! `POST /api/member_invitations/resend` `{"email"}`: the invitation is written again and the link before ends.
//! Workato documents no such call; this one is our invention, with the limit Workato names for invitations: one in
//! 20 minutes. The credential is the activity log's.
//!
//! 200 `{"email", "sent_at"}` · 404 nobody · 409 accepted, or no access · 429 too early, with Retry-After.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::mail::address;
use crate::sandbox::account::Standing;
use crate::sandbox::activity::Event;
use crate::sandbox::activity_api::refuse;
use crate::sandbox::calls;
use crate::sandbox::http::{Method, Request, Response};
use crate::sandbox::user_calls::Cause;
use crate::sandbox::workspace::Workspace;
use crate::scim::resource;

/// Where the call is.
pub(in crate::sandbox) const RESEND_PATH: &str = "/api/member_invitations/resend";
/// Not again within this time of the last invitation.
const BETWEEN: SignedDuration = SignedDuration::from_mins(20);

impl Workspace {
    pub(super) fn resend(&mut self, request: &Request, now: Timestamp) -> Response {
        if request.method != Method::Post {
            return refuse(405, "an invitation is sent again with POST").with("allow", "POST");
        }
        let body = match calls::body(request) {
            Ok(body) => body,
            Err(error) => return refuse(error.status, &error.detail),
        };
        let Some(email) = resource::text(&body, "email") else { return refuse(400, "email is required") };
        let Some(account) = self.account_of_address(email).and_then(|id| self.people.by_id(&id)) else {
            return refuse(404, "nobody is invited with this e-mail");
        };
        if account.standing == Standing::Collaborator {
            return refuse(409, "the invitation was already accepted");
        }
        if !account.access {
            return refuse(409, "this person is not to have access: there is no invitation to send");
        }
        let since = account.invitation.as_ref().map(|sent| now.duration_since(sent.sent_at));
        if let Some(wait) = since.map(|since| BETWEEN - since).filter(|wait| wait.is_positive()) {
            let seconds = wait.as_secs() + i64::from(wait.subsec_nanos() > 0);
            return refuse(429, "an invitation was sent less than 20 minutes ago")
                .with("retry-after", seconds.to_string());
        }
        let (id, to) = (account.id.clone(), address(account));
        self.invite(&id, now);
        let cause = Cause { activity: None, actor: self.owner(), request: request.info() };
        self.log_user(&id, Event::InvitationResent, Vec::new(), cause, now);
        Response::json(200, &json!({"email": to, "sent_at": format!("{now:.3}")}))
    }
}
