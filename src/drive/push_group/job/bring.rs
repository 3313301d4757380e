//! The requests that make a group there what it shall be.

use super::{End, Job, gone};
use crate::domain::{Failure, FailureKind, WireProfile};
use crate::drive::push_group::Port;
use crate::endpoint::{Cause, Trouble};
use crate::engine::push_group::{self as wire, FoundGroup, Removal, WantedGroup};

impl<P: Port> Job<'_, P> {
    /// Writes what differs and may go, and reads it back. A removal that was accepted and not applied is tried in its
    /// other form; a change that somebody else's overtook is merged with theirs and made once more.
    pub(super) async fn bring(
        &mut self,
        line: &P::Line,
        found: FoundGroup,
        wanted: &WantedGroup,
        profile: WireProfile,
    ) -> Result<(), End> {
        let mut found = found;
        let (mut refused, mut overtaken, mut removal) = (None, false, Removal::ByPath);
        loop {
            let stopped = self.change_there(line, &found, wanted, (profile, removal)).await?;
            let on = found.version;
            found = self.read(line, &found.remote_id).await?.ok_or_else(gone)?;
            let target = self.allowed.of(&found.members, wanted);
            if found.members == target.members && found.name == target.name {
                self.made = Some(target);
                return Ok(());
            }
            let before = overtaken;
            overtaken = stopped.as_ref().is_some_and(|trouble| trouble.cause == Cause::Stale);
            match (overtaken, removal) {
                (true, _) if before => {
                    return Err(End::Failed(overtaken_again(
                        "and merged again in between, and this change was not made",
                    )));
                }
                (true, _) => {
                    // Where it is the same as before nobody changed the group: this app refuses its own versions.
                    found.version = found.version.filter(|version| on.as_ref() != Some(version));
                }
                (false, Removal::ByPath) => {
                    refused = stopped;
                    removal = Removal::ByValue;
                }
                (false, Removal::ByValue) => {
                    return Err(refused.map_or_else(|| End::Failed(not_applied(&found, &target)), End::from));
                }
            }
        }
    }

    /// Sends what makes it so. What may go through otherwise is told.
    async fn change_there(
        &mut self,
        line: &P::Line,
        found: &FoundGroup,
        wanted: &WantedGroup,
        (profile, removal): (WireProfile, Removal),
    ) -> Result<Option<Trouble>, End> {
        // Okta never patches: where that is not offered a long list goes whole all the same.
        let whole = profile == WireProfile::OktaClassic;
        let target = self.allowed.of(&found.members, wanted);
        for call in wire::changes((profile, removal, self.port.piece()), found, &target) {
            let mut answer = self.write(line, call, false).await?;
            let last = answer.as_ref().is_err_and(|trouble| trouble.cause == Cause::NotOffered && whole);
            if last {
                let found = self.read(line, &found.remote_id).await?.ok_or_else(gone)?;
                let target = self.allowed.of(&found.members, wanted);
                answer = self.write(line, wire::replace(&found, &target), false).await?;
            }
            match answer {
                Ok(_) if last => break,
                Ok(_) => {}
                Err(trouble) if trouble.cause == Cause::Stale => return Ok(Some(trouble)),
                Err(trouble) if trouble.cause == Cause::Refused && removal == Removal::ByPath && !last => {
                    return Ok(Some(trouble));
                }
                Err(trouble) => return Err(trouble.into()),
            }
        }
        Ok(None)
    }
}

/// Twice in a row, and what it was read for in between.
pub(in crate::drive::push_group) fn overtaken_again(what: &str) -> Failure {
    Failure {
        kind: FailureKind::Stale,
        text: format!(
            "The group was changed by somebody else meanwhile, twice in a row (HTTP 412): it was read {what}."
        ),
        next: "Try again when nobody else changes the group: scimdeck apply".to_owned(),
    }
}

fn not_applied(found: &FoundGroup, target: &WantedGroup) -> Failure {
    let (added, removed) = wire::moves(found, target);
    Failure {
        kind: FailureKind::NotApplied,
        text: format!(
            "Accepted, not applied: {} of {} members are missing there and {} are too many.",
            added.len(),
            target.members.len(),
            removed.len()
        ),
        next: "Look at the trace; push the group again, or try another wire profile.".to_owned(),
    }
}
