//! An operation: one thing to be made true at the endpoint, kept in the journal until it is settled.

use serde::{Deserialize, Serialize};

use super::{AccountValues, Failure, OpId, Ours, PersonId, Shared, Time};

/// What kind of change the operator sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpKind {
    /// Make an account.
    Create,
    /// Take an account that exists as this person's, and push our values.
    Link,
    /// Change attributes.
    Update,
    /// End access.
    Deactivate,
    /// Give access back to the same account.
    Reactivate,
}

impl OpKind {
    /// The word on the screen and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Link => "link",
            Self::Update => "update",
            Self::Deactivate => "deactivate",
            Self::Reactivate => "reactivate",
        }
    }
}

/// Where an operation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpState {
    /// To be sent.
    Queued,
    /// Waits for an earlier operation of the same person that was already sent.
    Behind,
    /// Its write is recorded and may be on its way.
    Inflight,
    /// Its write may or may not have been applied; it is looked up before anything else.
    InDoubt,
    /// Asked to wait, or the endpoint is down; tried again by itself.
    Waiting,
    /// Refused; needs an operator.
    Parked,
    /// Two candidates, or an account that carries somebody else's externalId; needs a decision.
    Conflict,
    /// The account moved since the plan was made; never sent.
    Stale,
    /// Applied, and confirmed by an answer or a read-back.
    Done,
    /// Replaced by a later one, or dropped; never sent.
    Cancelled,
}

impl OpState {
    /// Whether it is still somebody's business.
    pub fn live(self) -> bool {
        !matches!(self, Self::Done | Self::Cancelled)
    }

    /// Whether a request of it may have reached the endpoint without its fate being known.
    pub fn sent(self) -> bool {
        matches!(self, Self::Inflight | Self::InDoubt)
    }

    /// Whether it goes on by itself.
    pub fn moving(self) -> bool {
        matches!(self, Self::Queued | Self::Behind | Self::Inflight | Self::InDoubt | Self::Waiting)
    }

    /// The word in the store and on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Behind => "behind",
            Self::Inflight => "inflight",
            Self::InDoubt => "in_doubt",
            Self::Waiting => "waiting",
            Self::Parked => "parked",
            Self::Conflict => "conflict",
            Self::Stale => "stale",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What an operation is to achieve. The exact request is made from it and from what is found there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// The whole account as wanted when this was committed.
    pub wanted: AccountValues,
    /// Which attributes of it this operation writes; the others keep what the app has.
    pub owned: Owned,
    /// The linked account, when there is a link.
    pub remote_id: Option<String>,
    /// What the plan found there.
    pub base: Base,
    /// What was last pushed before this; none for an account that is new to us.
    pub before: Option<AccountValues>,
    /// Since when the account is linked; none for one that is not yet.
    pub linked_at: Option<Time>,
    /// What the account was after the last push before this: what moved since then is somebody else's.
    #[serde(default)]
    pub settled: Option<AccountValues>,
    /// What our side was before the decision; none where that was not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ours: Option<Box<Ours>>,
}

/// What a plan found and stands on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// It could not look: nothing can be stale, and a look comes before anything is written.
    #[default]
    Unknown,
    /// A trustworthy look found no account.
    Absent,
    /// The account as it was.
    Account(Box<AccountValues>),
}

/// Names of the attributes that an operation writes: [`super::field`] names and role variables, sorted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Owned(std::collections::BTreeSet<String>);

impl Owned {
    /// Exactly these.
    pub fn of<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        Self(names.into_iter().map(Into::into).collect())
    }

    /// Whether this attribute is written.
    pub fn has(&self, attribute: &str) -> bool {
        self.0.contains(attribute)
    }

    /// Adds those of another operation that this one replaces.
    pub fn join(&mut self, other: &Self) {
        self.0.extend(other.0.iter().cloned());
    }

    /// All names, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl Intent {
    /// What the account shall be, given what it is: owned attributes from ours, all others from theirs.
    pub fn goal(&self, found: &AccountValues) -> AccountValues {
        let mut goal = found.clone();
        for name in self.owned.iter() {
            goal.copy(name, &self.wanted);
        }
        goal
    }

    /// Stands in for an operation that was never done: what that one would have written is written, and what our side
    /// was before the earlier decision is what it was before this one.
    pub fn take_over(&mut self, replaced: &Self) {
        self.owned.join(&replaced.owned);
        if replaced.ours.is_some() {
            self.ours.clone_from(&replaced.ours);
        }
    }

    /// Stands behind an operation that was done: what that one wrote is written, and was there since. What that one left
    /// out of the account that it linked was not pushed, and is not by this one.
    pub fn follow(&mut self, ahead: &Self) {
        if self.before.is_none() && ahead.before.is_some() {
            self.before = Some(ahead.pushed());
        }
        self.owned.join(&ahead.owned);
        for name in ahead.owned.iter() {
            if let Some(settled) = &mut self.settled {
                settled.copy(name, &ahead.wanted);
            }
        }
    }

    /// What our record of pushed values becomes when this is applied.
    pub fn pushed(&self) -> AccountValues {
        self.before.as_ref().map_or_else(|| self.wanted.clone(), |before| self.goal(before))
    }

    /// The same for a link that leaves out some of `everything` that it could write: these become what the account has.
    pub fn pushed_beside(&self, everything: &Owned, theirs: &AccountValues) -> AccountValues {
        let mut pushed = self.pushed();
        for name in everything.iter().filter(|name| !self.owned.has(name)) {
            pushed.copy(name, theirs);
        }
        pushed
    }

    /// What our record of the account after a push becomes: what this wrote as it is now, all else as it was after
    /// the push before, so that what somebody else moved stays to be seen.
    pub fn settles(&self, found: &AccountValues) -> AccountValues {
        let Some(settled) = &self.settled else { return found.clone() };
        let mut settled = settled.clone();
        for name in self.owned.iter() {
            settled.copy(name, found);
        }
        settled
    }

    /// Writes only these attributes of those it was to write; our record of pushed values stays for the others.
    pub fn keep(&mut self, kept: impl Fn(&str) -> bool) {
        self.owned.0.retain(|name| kept(name));
    }

    /// Leaves attributes out of what it writes; our record of pushed values becomes for them what the account has.
    pub fn leave(&mut self, theirs: &AccountValues, left: impl Fn(&str) -> bool) {
        let names: Vec<String> = self.owned.iter().filter(|name| left(name)).map(str::to_owned).collect();
        if names.is_empty() {
            return;
        }
        let mut before = self.before.take().unwrap_or_else(|| self.wanted.clone());
        for name in names {
            self.owned.0.remove(&name);
            before.copy(&name, theirs);
        }
        self.before = Some(before);
    }

    /// Whether two states of the account are the same in every attribute that this operation writes.
    pub fn same(&self, a: &AccountValues, b: &AccountValues) -> bool {
        a.differences(b).iter().all(|d| !self.owned.has(&d.attribute))
    }
}

/// An operation of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// Its id, also sent as `X-Request-Id`.
    pub id: OpId,
    /// Whose account.
    pub person: PersonId,
    /// The user name when it was committed, for lists.
    pub user_name: String,
    /// What kind of change.
    pub kind: OpKind,
    /// Which decision caused it, in words.
    pub cause: String,
    /// What is to be achieved.
    pub intent: Shared<Intent>,
    /// Where it stands.
    pub state: OpState,
    /// When it may be tried again.
    pub not_before: Option<Time>,
    /// Writes tried so far; an endpoint that is down or asks to wait does not count.
    pub attempts: u32,
    /// Why it stands still.
    pub failure: Option<Failure>,
    /// Committed when.
    pub created_at: Time,
    /// Last moved when.
    pub updated_at: Time,
    /// Who decided it.
    pub actor: String,
    /// Why, where a reason was given.
    pub reason: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::field;

    fn intent<const N: usize>(wanted: AccountValues, owned: [&str; N]) -> Intent {
        Intent {
            wanted,
            owned: Owned::of(owned),
            remote_id: None,
            base: Base::Unknown,
            before: None,
            linked_at: None,
            settled: None,
            ours: None,
        }
    }

    #[test]
    fn a_role_edit_leaves_active_and_the_other_roles_as_the_app_has_them() {
        let mut wanted = AccountValues { active: true, user_name: "a".into(), ..Default::default() };
        wanted.roles.set("workato_role", "Admin");
        let intent = intent(wanted, ["workato_role"]);
        let mut found = AccountValues { active: false, user_name: "A".into(), ..Default::default() };
        found.roles.set("workato_role_prod", "Operator");
        let goal = intent.goal(&found);
        assert!(!goal.active);
        assert_eq!(goal.user_name, "A");
        assert_eq!(goal.roles.get("workato_role"), Some("Admin"));
        assert_eq!(goal.roles.get("workato_role_prod"), Some("Operator"));
        assert!(!intent.same(&found, &goal));
    }

    #[test]
    fn what_was_pushed_grows_by_the_owned_attributes_only() {
        let before = AccountValues { title: "old".into(), ..Default::default() };
        let wanted = AccountValues { title: "new".into(), department: "new".into(), ..Default::default() };
        let intent = Intent { before: Some(before), ..intent(wanted, [field::DEPARTMENT]) };
        assert_eq!((intent.pushed().title.as_str(), intent.pushed().department.as_str()), ("old", "new"));
    }

    #[test]
    fn an_attribute_that_is_not_owned_never_counts() {
        let intent = intent(AccountValues::default(), [field::ACTIVE]);
        let other = AccountValues { title: "x".into(), ..Default::default() };
        assert!(intent.same(&AccountValues::default(), &other));
    }

    #[test]
    fn what_an_account_kept_when_it_was_linked_was_not_pushed_by_what_stands_behind_the_link_either() {
        let titled = |title: &str| AccountValues { title: title.into(), ..Default::default() };
        let mut link = intent(titled("ours"), [field::ACTIVE, field::TITLE]);
        link.leave(&titled("theirs"), |name| name == field::TITLE);
        let mut behind = intent(titled("ours"), [field::ACTIVE]);
        behind.follow(&link);
        assert_eq!(behind.pushed().title, "theirs");
    }

    #[test]
    fn what_stands_behind_a_push_knows_the_account_as_that_one_left_it() {
        let ahead = intent(AccountValues::default(), [field::ACTIVE]);
        let on = AccountValues { active: true, ..Default::default() };
        let mut behind = Intent { settled: Some(on.clone()), ..intent(on, [field::TITLE]) };
        behind.follow(&ahead);
        assert_eq!(behind.settled.as_ref().map(|settled| settled.active), Some(false));
        assert!(behind.owned.has(field::ACTIVE));
    }
}
