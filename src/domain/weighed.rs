//! What the brake counts of an operation.

use super::{AccountValues, Base, Intent, OpKind, field};

impl Intent {
    /// Whether an operation with this intent creates somebody's account, gives access or moves a role: these are what
    /// the brake counts beside removals, in a plan and in what went before it. Taking an account over as it is counts
    /// for nothing; what stands on no look is taken for a change.
    pub fn gives_or_moves(&self, kind: OpKind) -> bool {
        let counts = |name: &str| is_role(name) || (kind == OpKind::Link && name == field::ACTIVE);
        match (kind, &self.base) {
            (OpKind::Create | OpKind::Reactivate, _) => true,
            (OpKind::Deactivate, _) => false,
            (OpKind::Link | OpKind::Update, Base::Account(there)) => {
                there.differences(&self.goal(there)).iter().any(|d| counts(&d.attribute))
            }
            (OpKind::Link | OpKind::Update, _) => self.owned.iter().any(counts),
        }
    }
}

/// Whether a name is that of a role attribute: it is neither access nor one of the texts.
fn is_role(name: &str) -> bool {
    name != field::ACTIVE && AccountValues::default().texts().iter().all(|(text, _)| *text != name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Owned, RoleValues};

    fn account(active: bool, role: &str) -> AccountValues {
        let roles: RoleValues = [("workato_role", role)].into_iter().collect();
        AccountValues { active, user_name: "ana".into(), roles, ..Default::default() }
    }

    fn intent(owned: &[&str], base: Base) -> Intent {
        Intent {
            wanted: account(true, "Analyst"),
            owned: Owned::of(owned.iter().copied()),
            remote_id: None,
            base,
            before: None,
            linked_at: None,
            settled: None,
            ours: None,
        }
    }

    fn on(there: AccountValues) -> Base {
        Base::Account(Box::new(there))
    }

    #[test]
    fn a_link_counts_where_it_gives_access_or_moves_a_role_and_an_adoption_as_it_is_does_not() {
        let link = |base| intent(&["active", "userName", "workato_role"], base).gives_or_moves(OpKind::Link);
        assert!(link(on(account(false, "Analyst"))), "access is given");
        assert!(link(on(account(true, "Operator"))), "a role moves");
        let renamed = AccountValues { user_name: "ANA".into(), ..account(true, "Analyst") };
        assert!(!link(on(renamed)), "neither");
        assert!(link(Base::Unknown), "nobody looked");
    }

    #[test]
    fn an_update_counts_where_it_moves_a_role() {
        let update = |owned, base| intent(&[owned], base).gives_or_moves(OpKind::Update);
        assert!(update("workato_role", on(account(true, "Operator"))));
        assert!(!update("workato_role", on(account(true, "Analyst"))), "it is so already");
        assert!(!update("title", on(account(true, "Operator"))) && !update("title", Base::Unknown));
        assert!(update("workato_role", Base::Unknown));
    }

    #[test]
    fn an_account_that_is_made_or_comes_back_counts_always_and_a_removal_elsewhere() {
        let any = |kind| intent(&["active"], Base::Unknown).gives_or_moves(kind);
        assert!(any(OpKind::Create) && any(OpKind::Reactivate) && !any(OpKind::Deactivate));
    }
}
