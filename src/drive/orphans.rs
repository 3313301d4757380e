//! The accounts of nobody here: kept with the look at everybody that found them, and told again later.

use std::collections::{HashMap, HashSet};

use super::{Drive, problem};
use crate::directory::{Change, Sweep};
use crate::domain::Time;
use crate::engine::Problem;
use crate::engine::compare::{Orphan, OrphansSeen};
use crate::store::Batch;

impl Drive {
    /// Keeps what a look at everybody ended with; gives the accounts of nobody here with since when they are known.
    pub(super) async fn swept(&self, sweep: Sweep, seen: OrphansSeen) -> Result<Vec<Orphan>, Problem> {
        let shared = &self.shared;
        let failed = |error| problem::store(&error);
        if shared.read_only {
            let known = shared.store.orphans(shared.connection).await.map_err(failed)?;
            let since: HashMap<String, Time> = known.into_iter().map(|o| (o.account_id, o.since)).collect();
            let with =
                |o: Orphan| Orphan { since: since.get(&o.account_id).copied().unwrap_or(seen.at), ..o };
            return Ok(seen.orphans.into_iter().map(with).collect());
        }
        // Those of an incomplete look are there all the same; those that it did not meet stay known.
        let met: HashSet<String> = seen.orphans.iter().map(|o| o.account_id.clone()).collect();
        shared.store.put_orphans(shared.connection, seen).await.map_err(failed)?;
        let batch = Batch { changes: vec![Change::Swept(sweep)], ..shared.batch() };
        shared.commit(batch).await.map_err(failed)?;
        let mut orphans = shared.store.orphans(shared.connection).await.map_err(failed)?;
        orphans.retain(|o| met.contains(&o.account_id));
        Ok(orphans)
    }

    /// The accounts of nobody here, as the last look at everybody found them. Those that were linked since then are
    /// somebody's.
    pub async fn orphans(&self) -> Result<Vec<Orphan>, Problem> {
        let kept = self.shared.store.orphans(self.shared.connection).await;
        let mut orphans = kept.map_err(|error| problem::store(&error))?;
        if orphans.is_empty() {
            return Ok(orphans);
        }
        let ids: HashSet<&str> = orphans.iter().map(|o| o.account_id.as_str()).collect();
        let directory = self.directory();
        let linked = directory.people().filter_map(|person| person.remote_id());
        let linked: HashSet<&str> = linked.filter(|id| ids.contains(id)).collect();
        orphans.retain(|o| !linked.contains(o.account_id.as_str()));
        Ok(orphans)
    }
}
