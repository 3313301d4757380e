//! Why something is done: said with the run, or with the whole command line.

use super::Drive;
use super::shared::hold;
use crate::engine::{Approval, Preview, Problem};

impl Drive {
    /// The reason that this drive was opened with.
    pub fn reason(&self) -> Option<String> {
        self.shared.reason.clone()
    }

    /// The reason of a run, without the spaces around it; the drive's own where none was given with the run.
    pub(super) fn reason_of(&self, approval: &Approval) -> Option<String> {
        let given = approval.reason.as_deref().or(self.shared.reason.as_deref());
        given.map(str::trim).filter(|reason| !reason.is_empty()).map(str::to_owned)
    }

    /// What a command line does while it sends; a console is one all the time.
    pub(super) fn doing(&self, preview: &Preview) {
        let mut doing = hold(&self.shared.doing);
        if *doing != "console" {
            preview.decision.cause.clone_into(&mut doing);
        }
    }

    /// Where the connection asks for it nobody loses access without a reason.
    pub(super) fn reasoned(&self, preview: &Preview, reason: Option<&str>) -> Result<(), Problem> {
        let needed = self.shared.directory().connection().reason_required;
        if needed && preview.removes() && reason.is_none() {
            return Err(Problem::reason_required());
        }
        Ok(())
    }
}
