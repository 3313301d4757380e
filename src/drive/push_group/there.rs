//! Finding and reading a group there.

use super::job::Job;
use crate::domain::{Exchange, Failure, FailureKind, Outcome, Push};
use crate::drive::shared::Line;
use crate::endpoint::paging::{Completeness, PageQuery};
use crate::endpoint::{Cause, Trouble};
use crate::engine::push_group::{self as wire, FoundGroup, WantedGroup};
use crate::scim::list::ListPage;
use crate::scim::resource::Resource;

impl Job<'_> {
    /// The group there: by its id, else by our externalId or its name. A name that several have is a conflict.
    pub(super) async fn find(
        &mut self,
        line: &Line,
        push: &Push,
        wanted: &WantedGroup,
    ) -> Result<Option<FoundGroup>, Failure> {
        if let Some(remote_id) = &push.remote_id
            && let Some(found) = self.read(line, remote_id).await?
        {
            return Ok(Some(found));
        }
        let exchange = self.send(line, "look up", wire::look_up(&wanted.name)).await;
        let mut rows = match exchange {
            Ok(exchange) => rows_of(&exchange),
            // No filters, or no pages by index: the whole list tells, or says that there are no groups at all.
            Err(trouble) if matches!(trouble.cause, Cause::Refused | Cause::NotOffered) => None,
            Err(trouble) => return Err(not_offered(trouble)),
        };
        let ours = |group: &FoundGroup| {
            group.external_id == wanted.external_id || group.name.eq_ignore_ascii_case(&wanted.name)
        };
        // Nothing found by a filter proves nothing where filters are ignored or not known: all names are read.
        if !rows.as_ref().is_some_and(|rows| !rows.is_empty() && rows.iter().all(ours)) {
            let query = PageQuery { excluded: Some("members".to_owned()), ..PageQuery::all("Groups") };
            let listing = line.endpoint.list(query).await;
            if let Some(error) = listing.error {
                return Err(not_offered(error.trouble));
            }
            if let Completeness::Incomplete(gap) = &listing.completeness {
                return Err(Failure {
                    kind: FailureKind::NotScim,
                    text: format!("Whether {} is there cannot be told: {gap}.", wanted.name),
                    next: "Try again when nobody else changes the app's groups.".to_owned(),
                });
            }
            rows = Some(listing.items.into_iter().filter_map(|item| wire::found(item.resource)).collect());
        }
        let mut rows: Vec<FoundGroup> = rows.unwrap_or_default().into_iter().filter(|g| ours(g)).collect();
        if let Some(at) = rows.iter().position(|g| g.external_id == wanted.external_id) {
            rows = vec![rows.swap_remove(at)];
        }
        match rows.len() {
            0 => Ok(None),
            1 => self.read(line, &rows[0].remote_id).await,
            n => Err(Failure {
                kind: FailureKind::Conflict,
                text: format!("{n} groups there are named {}; nothing was sent.", wanted.name),
                next: "Rename or delete the extra ones in the app, then push again.".to_owned(),
            }),
        }
    }

    pub(super) async fn read(&mut self, line: &Line, remote_id: &str) -> Result<Option<FoundGroup>, Failure> {
        match self.send(line, "read", wire::read(remote_id)).await {
            Ok(exchange) => body_of(&exchange).and_then(wire::found).map(Some).ok_or_else(|| Failure {
                kind: FailureKind::NotScim,
                text: "The group could not be read: the answer is no group.".to_owned(),
                next: "Look at the trace.".to_owned(),
            }),
            Err(trouble) if trouble.cause == Cause::ResourceGone => Ok(None),
            Err(trouble) => Err(trouble.into()),
        }
    }
}

pub(super) fn body_of(exchange: &Exchange) -> Option<Resource> {
    match &exchange.outcome {
        Outcome::Answered(answer) => serde_json::from_str(&answer.body).ok(),
        _ => None,
    }
}

fn rows_of(exchange: &Exchange) -> Option<Vec<FoundGroup>> {
    let Outcome::Answered(answer) = &exchange.outcome else { return None };
    let page = ListPage::read(answer.body.as_bytes()).ok()?;
    let resources = page.resources.iter().filter_map(|raw| serde_json::from_str(raw.get()).ok());
    Some(resources.filter_map(wire::found).collect())
}

/// An endpoint without `/Groups` says 404, 501 or refuses the address.
fn not_offered(trouble: Trouble) -> Failure {
    match trouble.cause {
        Cause::NotOffered | Cause::NotFoundHere | Cause::ResourceGone => Failure {
            kind: FailureKind::NotAllowed,
            text: "This endpoint offers no groups; nothing was sent.".to_owned(),
            next: "Give the roles by assignment instead, and end the push.".to_owned(),
        },
        _ => trouble.into(),
    }
}
