//! `okta-classic`: a change is a PUT of the merged resource; never PATCH, never DELETE of a user.

use super::body;
use crate::domain::{AccountValues, Call, Method, Owned, ProfileAttribute};
use crate::engine::Found;

pub(super) fn change(
    found: &Found,
    goal: &AccountValues,
    owned: &Owned,
    attributes: &[ProfileAttribute],
) -> Call {
    let body = body::merged(&found.resource, goal, owned, attributes);
    Call::new(Method::Put, &["Users", &found.account.remote_id]).body(body)
}
