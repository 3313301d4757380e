//! The accounts of nobody here: kept with the look at everybody that found them, and told again later.

use std::collections::{HashMap, HashSet};

use super::shared::{hold, now};
use super::{Drive, problem};
use crate::audit::{AuditEntry, Source};
use crate::directory::{Change, Sweep};
use crate::domain::Time;
use crate::engine::compare::{Orphan, OrphansSeen, Twice, twice};
use crate::engine::{Preview, Problem};
use crate::store::Batch;

impl Drive {
    /// Keeps what a look at everybody ended with; gives the accounts of nobody here with since when they are known.
    pub(super) async fn swept(&self, sweep: Sweep, seen: OrphansSeen) -> Result<Vec<Orphan>, Problem> {
        let shared = &self.shared;
        let failed = |error| problem::store(&error);
        if shared.read_only {
            return self.only_seen(sweep, seen).await;
        }
        // Those of an incomplete look are there all the same; those that it did not meet stay known.
        let before = shared.store.orphans(shared.connection).await.map_err(failed)?;
        let audit = self.twice_new(&before, &seen);
        let met: HashSet<String> = seen.orphans.iter().map(|o| o.account_id.clone()).collect();
        shared.store.put_orphans(shared.connection, seen).await.map_err(failed)?;
        let batch = Batch { changes: vec![Change::Swept(sweep)], audit, ..shared.batch() };
        shared.commit(batch).await.map_err(failed)?;
        let mut orphans = shared.store.orphans(shared.connection).await.map_err(failed)?;
        orphans.retain(|o| met.contains(&o.account_id));
        Ok(orphans)
    }

    /// An entry for each person who is there twice by an account that was not known before.
    fn twice_new(&self, before: &[Orphan], seen: &OrphansSeen) -> Vec<AuditEntry> {
        let known: HashSet<&str> = before.iter().map(|o| o.account_id.as_str()).collect();
        let directory = self.directory();
        let new = |one: &Twice| {
            one.is_twice()
                && one.accounts.iter().any(|account| !account.linked && !known.contains(&*account.account_id))
        };
        let entry = |one: Twice| {
            Some(AuditEntry {
                time: seen.at,
                source: Source::Drift,
                event: "twice there".to_owned(),
                person: Some(one.person),
                subject: directory.get(one.person)?.user_name().to_owned(),
                detail: one.words(),
                ..AuditEntry::default()
            })
        };
        twice(&directory, &seen.orphans).into_iter().filter(new).filter_map(entry).collect()
    }

    /// Keeps accounts that fit one person more than once: which of them is theirs is not decided, so nobody has them.
    pub(super) async fn found_twice(&self, preview: &Preview) -> Result<(), Problem> {
        let orphans: Vec<Orphan> =
            preview.twice.iter().flat_map(|(_, accounts)| accounts.iter().cloned()).collect();
        if orphans.is_empty() {
            return Ok(());
        }
        let seen = OrphansSeen { orphans, at: now(), complete: false };
        let kept = self.shared.store.put_orphans(self.shared.connection, seen).await;
        kept.map_err(|error| problem::store(&error))
    }

    /// The same where nothing is to be kept: as long as this process lives.
    async fn only_seen(&self, sweep: Sweep, seen: OrphansSeen) -> Result<Vec<Orphan>, Problem> {
        let mut known = self.known_orphans().await?;
        let since: HashMap<String, Time> = known.iter().map(|o| (o.account_id.clone(), o.since)).collect();
        let with = |o: Orphan| Orphan { since: since.get(&o.account_id).copied().unwrap_or(seen.at), ..o };
        let met: Vec<Orphan> = seen.orphans.into_iter().map(with).collect();
        let ids: HashSet<&str> = met.iter().map(|o| o.account_id.as_str()).collect();
        known.retain(|o| !seen.complete && !ids.contains(o.account_id.as_str()));
        known.extend(met.iter().cloned());
        known.sort_unstable();
        *hold(&self.shared.orphans_seen) = Some(known);
        self.shared.see(&[Change::Swept(sweep)]);
        Ok(met)
    }

    async fn known_orphans(&self) -> Result<Vec<Orphan>, Problem> {
        let seen = hold(&self.shared.orphans_seen).clone();
        match seen {
            Some(seen) => Ok(seen),
            None => {
                let kept = self.shared.store.orphans(self.shared.connection).await;
                kept.map_err(|error| problem::store(&error))
            }
        }
    }

    /// The accounts of nobody here, as the last look at everybody found them. Those that were linked since then are
    /// somebody's.
    pub async fn orphans(&self) -> Result<Vec<Orphan>, Problem> {
        let mut orphans = self.known_orphans().await?;
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
