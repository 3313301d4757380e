//! What a new operation takes over from the one that it replaces, or waits behind: that was decided too and is
//! written by the new one, so the plan has it, however little else the new one is about.

use super::{Drive, problem};
use crate::directory::Directory;
use crate::domain::OpId;
use crate::engine::Problem;
use crate::store::Which;
use crate::verbs::Decision;

impl Drive {
    /// Adds it for those of whom otherwise exactly a few attributes are written.
    pub(super) async fn take_over_owned(
        &self,
        directory: &Directory,
        decision: &mut Decision,
    ) -> Result<(), Problem> {
        let live = |id| directory.get(id)?.operation().map(|(operation, ..)| operation);
        let replaced: Vec<OpId> = decision.exactly.keys().filter_map(|id| live(*id)).collect();
        if replaced.is_empty() {
            return Ok(());
        }
        let rows = self.shared.store.operations(self.shared.connection, Which::Ids(replaced)).await;
        for row in rows.map_err(|e| problem::store(&e))? {
            if let Some(names) = decision.exactly.get_mut(&row.person) {
                names.extend(row.intent.owned.iter().map(str::to_owned));
            }
        }
        Ok(())
    }
}
