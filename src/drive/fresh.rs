//! What is committed is planned on what is here by then.

use super::Drive;
use crate::engine::{Preview, Problem, ProblemKind, surprises};

/// So often a decision is planned that others keep overtaking. The last plan holds whatever is sent meanwhile.
pub(super) const TURNS: u32 = 5;

impl Drive {
    /// A preview made from an older directory, or overtaken at the commit, is made anew. Where the first one was
    /// `asked` about, it must hold nothing that was not shown.
    pub(super) async fn fresh(&self, preview: Preview, asked: bool, turn: u32) -> Result<Preview, Problem> {
        if turn == 1 && preview.version == self.shared.directory().version() {
            return Ok(preview);
        }
        let mut anew = self.planned(preview.command, preview.typed, turn == TURNS).await?;
        anew.exact = preview.exact;
        if asked && surprises(&preview.plan, &anew.plan) {
            return Err(stale());
        }
        Ok(anew)
    }
}

/// Others decided or changed what was planned on.
pub(super) fn stale() -> Problem {
    Problem::new(
        ProblemKind::Stale,
        "stale",
        "The plan is stale: somebody or the app changed meanwhile. Nothing was changed and nothing was sent.",
        "Look at the plan again, then confirm.",
    )
}
