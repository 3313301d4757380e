//! What is committed is planned on what is here by then.

use std::collections::HashSet;

use super::Drive;
use crate::directory::{Directory, PersonView};
use crate::domain::OpId;
use crate::engine::{Basis, Leading, Preview, Problem, ProblemKind, plan_file, surprises};

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
        if anew.exact {
            let directory = self.directory();
            let mut moved = plan_file::moved(&directory, &preview.plan, &anew.plan)?;
            moved.extend(others_began(&directory, &preview.basis, &anew.basis));
            if !moved.is_empty() {
                return Err(plan_file::stale(moved, "Look at the plan again, then send it.".to_owned()));
            }
        }
        if asked && surprises(&preview.plan, &anew.plan) {
            return Err(stale());
        }
        Ok(anew)
    }
}

/// For whom of a saved plan something is in the queue by now that was not there when it was looked at: whoever put it
/// there may have sent the same plan.
fn others_began(directory: &Directory, looked: &Basis, now: &Basis) -> Vec<String> {
    let fresh = |leading: &&Leading| !looked.leading.iter().any(|known| known.operation == leading.operation);
    let begun: HashSet<OpId> = now.leading.iter().filter(fresh).map(|leading| leading.operation).collect();
    if begun.is_empty() {
        return Vec::new();
    }
    let has = |person: &PersonView<'_>| person.operation().is_some_and(|(id, ..)| begun.contains(&id));
    let name = |person: PersonView<'_>| {
        format!("{}: an operation is in the queue that was not there", person.user_name())
    };
    directory.people().filter(has).map(name).collect()
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
