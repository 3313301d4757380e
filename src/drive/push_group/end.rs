//! A group's push ends: it is left there, or deleted.

use super::Port;
use super::job::{End, Job, overtaken_again, settle};
use crate::domain::{Failure, FailureKind, Push, Unlinked};
use crate::endpoint::Cause;
use crate::engine::GroupKind;
use crate::engine::push_group::{self as wire, FoundGroup, WantedGroup};

const NOT_THERE: &str = "no longer pushed: it is not there";

impl<P: Port> Job<'_, P> {
    /// It is pushed no longer. One of which nobody knows whether it was made is looked for first.
    pub(super) async fn end(
        &mut self,
        line: &P::Line,
        push: Push,
        what: Unlinked,
        wanted: &WantedGroup,
    ) -> Result<(), End> {
        if push.ends(what).is_none() {
            self.ended = Some("no longer pushed; nothing was asked");
            return Ok(());
        }
        if what == Unlinked::Left {
            return Ok(self.leave(line, &push, wanted).await?);
        }
        self.kind = Some(GroupKind::Delete);
        let Some(found) = self.surely(line, &push, wanted).await? else {
            self.ended = Some(NOT_THERE);
            return Ok(());
        };
        self.remember(&found.remote_id).await?;
        self.delete(line, found).await
    }

    /// One 404 or one list may come from a copy that lags, and what a lost request makes may come late. A group that is
    /// forgotten is never deleted: it is looked for twice.
    async fn surely(
        &mut self,
        line: &P::Line,
        push: &Push,
        wanted: &WantedGroup,
    ) -> Result<Option<FoundGroup>, Failure> {
        if let Some(found) = self.doomed(line, push, wanted).await? {
            return Ok(Some(found));
        }
        let now = self.port.now();
        settle(self.port, push.sent_at.filter(|_| push.in_doubt()).unwrap_or(now)).await;
        self.doomed(line, push, wanted).await
    }

    /// One that is left there is left whatever it is.
    async fn leave(&mut self, line: &P::Line, push: &Push, wanted: &WantedGroup) -> Result<(), Failure> {
        use FailureKind::{Conflict, NotAllowed, Refused};
        self.ended = Some(match self.find_made(line, push, wanted).await {
            // Nobody will ever tell.
            Err(why) if matches!(why.kind, Conflict | NotAllowed | Refused) => {
                "no longer pushed: whether it is there could not be told"
            }
            Err(why) => return Err(why),
            Ok(None) => NOT_THERE,
            Ok(Some(_)) => "no longer pushed: it is there and was left there",
        });
        Ok(())
    }

    /// Deletes it as it was read. One that was changed meanwhile is read again and decided on once more.
    async fn delete(&mut self, line: &P::Line, found: FoundGroup) -> Result<(), End> {
        self.approved(&found)?;
        self.count(&found.members, &WantedGroup::new(self.group, &found.name, Vec::new()));
        let mut answer = self.write(line, wire::delete(&found), false).await?;
        if answer.as_ref().is_err_and(|trouble| trouble.cause == Cause::Stale) {
            let Some(mut again) = self.read(line, &found.remote_id).await? else { return Ok(()) };
            self.approved(&again)?;
            // Where it is the same as before nobody changed the group: this app refuses its own versions.
            again.version = again.version.filter(|version| found.version.as_ref() != Some(version));
            answer = self.write(line, wire::delete(&again), false).await?;
        }
        match answer {
            Ok(_) => {}
            Err(trouble) if trouble.cause == Cause::ResourceGone => {}
            Err(trouble) if trouble.cause == Cause::Stale => {
                return Err(End::Failed(overtaken_again("again in between, and it was left there")));
            }
            Err(trouble) => return Err(trouble.into()),
        }
        if self.read(line, &found.remote_id).await?.is_some() {
            return Err(End::Failed(Failure {
                kind: FailureKind::NotApplied,
                text: "Accepted, not applied: the group is still there.".to_owned(),
                next: "Delete it in the app, or end the push and leave it.".to_owned(),
            }));
        }
        Ok(())
    }

    /// Whether nobody is in it whom its end was not shown with.
    fn approved(&self, found: &FoundGroup) -> Result<(), Failure> {
        match found.members.difference(&self.allowed.leaving).count() {
            0 => Ok(()),
            new => Err(Failure {
                kind: FailureKind::Stale,
                text: format!(
                    "{new} members of the group there were not shown when its end was approved; it was left there."
                ),
                next: "Look at the plan and approve it anew: scimdeck apply".to_owned(),
            }),
        }
    }
}
