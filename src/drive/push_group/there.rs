//! Finding and reading a group there.

use std::collections::HashSet;

use super::Port;
use super::job::Job;
use crate::domain::{Exchange, Failure, FailureKind, Outcome, Push};
use crate::endpoint::paging::{Completeness, PageQuery};
use crate::endpoint::{Cause, Trouble};
use crate::engine::by_id::{self, Unreadable};
use crate::engine::finder::Sheet;
use crate::engine::push_group::{self as wire, FoundGroup, WantedGroup};
use crate::scim::list::ListPage;

/// How many groups of ours that a list leaves out are asked for by their ids: some of them may be gone.
const WITNESSES: usize = 3;

impl<P: Port> Job<'_, P> {
    /// The group there: by its id, else by our externalId or its name. A name that several have is a conflict.
    pub(super) async fn find(
        &mut self,
        line: &P::Line,
        push: &Push,
        wanted: &WantedGroup,
    ) -> Result<Option<FoundGroup>, Failure> {
        if let Some(remote_id) = &push.remote_id
            && let Some(found) = self.made(line, remote_id).await?
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
            let listing = self.port.list(line, query).await;
            if let Some(error) = listing.error {
                return Err(not_offered(error.trouble));
            }
            if let Completeness::Incomplete(gap) = &listing.completeness {
                return Err(Failure {
                    kind: FailureKind::Incomplete,
                    text: format!(
                        "Whether {} is there cannot be told: the list of groups does not fit together ({gap}). \
                         Nothing was sent.",
                        wanted.name
                    ),
                    next: "Try again when nobody else changes the app's groups: scimdeck apply. If it stays so, see \
                           whether this token may see all of them."
                        .to_owned(),
                });
            }
            let all: Vec<FoundGroup> =
                listing.items.into_iter().filter_map(|item| wire::found(item.resource, None)).collect();
            if !all.iter().any(ours) {
                self.leaves_out(line, &all, wanted).await?;
            }
            rows = Some(all);
        }
        let mut rows: Vec<FoundGroup> = rows.unwrap_or_default().into_iter().filter(|g| ours(g)).collect();
        if let Some(at) = rows.iter().position(|g| g.external_id == wanted.external_id) {
            rows = vec![rows.swap_remove(at)];
        }
        match rows.len() {
            0 => Ok(None),
            1 => self.listed(line, &rows[0].remote_id, &wanted.name).await.map(Some),
            n => Err(Failure {
                kind: FailureKind::Conflict,
                text: format!("{n} groups there are named {}; nothing was sent.", wanted.name),
                next: "Rename or delete the extra ones in the app, then push again.".to_owned(),
            }),
        }
    }

    /// A group that the list has. One that does not answer by its id is no proof of absence: a copy of their list or
    /// of the group may lag, and made again it would be there twice.
    pub(super) async fn listed(
        &mut self,
        line: &P::Line,
        remote_id: &str,
        name: &str,
    ) -> Result<FoundGroup, Failure> {
        self.read(line, remote_id).await?.ok_or_else(|| Failure {
            kind: FailureKind::Incomplete,
            text: format!("{name} is listed there and does not answer by its id (404); nothing was sent."),
            next: "Try again once the app agrees with itself: scimdeck apply".to_owned(),
        })
    }

    /// A list without a group of ours that answers by its id proves nobody's absence: what it hides would be made
    /// twice. Where every group of ours is on it, that costs nothing.
    async fn leaves_out(
        &mut self,
        line: &P::Line,
        all: &[FoundGroup],
        wanted: &WantedGroup,
    ) -> Result<(), Failure> {
        let listed: HashSet<&str> = all.iter().map(|group| group.remote_id.as_str()).collect();
        let (directory, _) = self.port.numbered();
        let groups = directory.groups();
        // What this one was before is no witness: that it does not answer is why it is looked for.
        let others = groups.iter().filter(|row| row.group.id != self.group);
        let ours = others.filter_map(|row| row.push.as_ref()?.remote_id.as_deref());
        let left_out: Vec<&str> = ours.filter(|id| !listed.contains(id)).take(WITNESSES).collect();
        for remote_id in left_out {
            let Some(found) = self.read(line, remote_id).await? else { continue };
            return Err(Failure {
                kind: FailureKind::Refused,
                text: format!(
                    "Whether {} is there cannot be told: the list of groups leaves out {}, which answers by its id. \
                     Nothing was sent.",
                    wanted.name, found.name
                ),
                next: "See whether this token may see all groups of the app, then push again.".to_owned(),
            });
        }
        Ok(())
    }

    /// The group that a push ends with: by its id, else the one that a request which was never answered made. Only ours
    /// may be deleted, and the name alone does not say so.
    pub(super) async fn doomed(
        &mut self,
        line: &P::Line,
        push: &Push,
        wanted: &WantedGroup,
    ) -> Result<Option<FoundGroup>, Failure> {
        if let Some(remote_id) = &push.remote_id {
            return self.made(line, remote_id).await;
        }
        let found = match push.in_doubt() {
            true => self.find(line, push, wanted).await?,
            false => None,
        };
        match found {
            Some(found) if found.external_id != wanted.external_id => Err(not_known()),
            found => Ok(found),
        }
    }

    /// The group that was made there. Another workspace has it no more than an app where somebody took it away.
    pub(super) async fn made(
        &mut self,
        line: &P::Line,
        remote_id: &str,
    ) -> Result<Option<FoundGroup>, Failure> {
        let found = self.read(line, remote_id).await?;
        if found.is_none() {
            self.port.gone(line).await?;
        }
        Ok(found)
    }

    pub(super) async fn read(
        &mut self,
        line: &P::Line,
        remote_id: &str,
    ) -> Result<Option<FoundGroup>, Failure> {
        match self.send(line, "read", wire::read(remote_id)).await {
            Ok(exchange) => match &exchange.outcome {
                Outcome::Answered(answer) => by_id::group(answer, remote_id),
                _ => Err(Unreadable::NoResource),
            }
            .map(Some)
            .map_err(|why| why.failure(format!("The group could not be read: {}.", why.words("group")))),
            Err(trouble) if trouble.cause == Cause::ResourceGone => Ok(None),
            Err(trouble) => Err(trouble.into()),
        }
    }
}

/// The group in the answer to a write.
pub(super) fn group_in(exchange: &Exchange) -> Option<FoundGroup> {
    let Outcome::Answered(answer) = &exchange.outcome else { return None };
    wire::found(by_id::whole(answer, &wire::names()).ok()?, answer.etag.as_deref())
}

fn rows_of(exchange: &Exchange) -> Option<Vec<FoundGroup>> {
    let Outcome::Answered(answer) = &exchange.outcome else { return None };
    let page = ListPage::read(answer.body.as_bytes()).ok()?;
    let sheet = Sheet::of(&page, answer.lossy);
    // A row that cannot be read may be the one: the whole list tells.
    (sheet.unreadable == 0)
        .then(|| sheet.rows.into_iter().filter_map(|resource| wire::found(resource, None)).collect())
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

fn not_known() -> Failure {
    Failure {
        kind: FailureKind::Conflict,
        text: "A group of that name is there, and nothing says that it was made here; it was left there."
            .to_owned(),
        next: "Look at it in the app and delete it there if it is yours, then end the push and leave it."
            .to_owned(),
    }
}
