//! Role sets, each kept once: a million people share a few dozen.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::RoleValues;

/// The number of an interned set; 0 is the empty one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct RoleSetId(u32);

/// All sets seen so far; only grows.
#[derive(Debug, Clone)]
pub(super) struct RoleSets {
    list: Arc<Vec<Arc<RoleValues>>>,
    index: Arc<HashMap<Arc<RoleValues>, u32, foldhash::fast::RandomState>>,
}

impl Default for RoleSets {
    fn default() -> Self {
        let empty = Arc::new(RoleValues::default());
        Self { list: Arc::new(vec![empty.clone()]), index: Arc::new([(empty, 0)].into_iter().collect()) }
    }
}

impl RoleSets {
    /// The number of a set, taking it in when it is new.
    pub(super) fn intern(&mut self, roles: &RoleValues) -> RoleSetId {
        if let Some(id) = self.index.get(roles) {
            return RoleSetId(*id);
        }
        let set = Arc::new(roles.clone());
        let id = u32::try_from(self.list.len()).unwrap_or(0);
        Arc::make_mut(&mut self.list).push(set.clone());
        Arc::make_mut(&mut self.index).insert(set, id);
        RoleSetId(id)
    }

    /// The set behind a number.
    pub(super) fn get(&self, id: RoleSetId) -> &RoleValues {
        &self.list[id.0 as usize % self.list.len()]
    }
}
