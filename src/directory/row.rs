//! One person's row: compact, because there may be a million of them.

use super::interned::RoleSetId;
use super::packed::Packed;
use crate::domain::{
    AccountState, AccountValues, Flag, FlagSet, GroupId, OpId, OpKind, OpState, Origin, PersonId, SETTLE_MS,
    Status, Time,
};

/// Through what a person has the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AssignmentKind {
    /// Not at all.
    #[default]
    None,
    /// By their own assignment.
    Individual,
    /// Through this group.
    Group(GroupId),
}

impl AssignmentKind {
    /// The JSON word.
    pub fn key(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Individual => "individual",
            Self::Group(_) => "group",
        }
    }
}

/// Places in [`Row::text`].
pub(super) mod at {
    /// The folded user name; empty where the user name is folded already.
    pub(crate) const KEY: usize = 0;
    pub(crate) const USER_NAME: usize = 1;
    pub(crate) const GIVEN_NAME: usize = 2;
    pub(crate) const FAMILY_NAME: usize = 3;
    pub(crate) const DISPLAY_NAME: usize = 4;
    pub(crate) const EMAIL: usize = 5;
    pub(crate) const TITLE: usize = 6;
    pub(crate) const DEPARTMENT: usize = 7;
    pub(crate) const EXTERNAL_ID: usize = 8;
    pub(crate) const REMOTE_ID: usize = 9;
    /// Not empty where the display name is given and family name with a space between: then all three are kept as
    /// one, the space at the end of the given name, and no display name.
    pub(crate) const JOINED: usize = 10;
    pub(crate) const COUNT: usize = 11;
}

/// An Individual assignment, compact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Own {
    pub(super) roles: RoleSetId,
    pub(super) since: Time,
    pub(super) origin: Origin,
}

/// The latest operation, compact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OpHere {
    pub(super) id: OpId,
    pub(super) kind: OpKind,
    pub(super) state: OpState,
    /// It waits because it did not go through, not because the app asked for time or for an acceptance.
    pub(super) failing: bool,
}

/// [`AssignmentKind`] in less room: a group is named by its place in the row's own list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Through {
    #[default]
    Nothing,
    Own,
    Group(u32),
}

/// An account's values where they are not the same all along; each is kept only where it differs from the one
/// before: nothing means "sent is what is wanted", "settled is what was sent", "theirs is what was settled".
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Moved {
    pub(super) sent: Option<Box<AccountValues>>,
    pub(super) settled: Option<Box<AccountValues>>,
    pub(super) theirs: Option<Box<AccountValues>>,
}

/// What few rows have at one time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Rare {
    pub(super) moved: Moved,
    pub(super) op: Option<OpHere>,
}

/// A person's row. In a directory that is true nothing `moved`, so a million linked people cost a million rows and
/// no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) id: PersonId,
    pub(super) text: Packed<{ at::COUNT }>,
    pub(super) status: Status,
    pub(super) own: Option<Own>,
    pub(super) groups: Box<[GroupId]>,
    pub(super) through: Through,
    pub(super) roles: RoleSetId,
    pub(super) rare: Option<Box<Rare>>,
    pub(super) account: AccountState,
    /// [`Flag::Noted`] is set by hand; the others are derived.
    pub(super) flags: FlagSet,
    pub(super) linked_at: Time,
    pub(super) confirmed_at: Time,
    pub(super) observed_at: Time,
}

impl Row {
    /// Nobody's.
    pub(super) fn hollow() -> Self {
        Self {
            id: PersonId(0),
            text: Packed::default(),
            status: Status::default(),
            own: None,
            groups: Box::default(),
            through: Through::Nothing,
            roles: RoleSetId::default(),
            rare: None,
            account: AccountState::Unknown,
            flags: FlagSet::default(),
            linked_at: Time::default(),
            confirmed_at: Time::default(),
            observed_at: Time::default(),
        }
    }

    /// The order of the directory: the user name without case.
    pub(super) fn key(&self) -> &str {
        let key = self.text.get(at::KEY);
        if key.is_empty() { self.text.get(at::USER_NAME) } else { key }
    }

    /// Through what the person has the app.
    pub(super) fn kind(&self) -> AssignmentKind {
        match self.through {
            Through::Nothing => AssignmentKind::None,
            Through::Own => AssignmentKind::Individual,
            Through::Group(place) => {
                self.groups.get(place as usize).map_or(AssignmentKind::None, |id| AssignmentKind::Group(*id))
            }
        }
    }

    /// The given name.
    pub(super) fn given_name(&self) -> &str {
        let given = self.text.get(at::GIVEN_NAME);
        if self.joined() { given.strip_suffix(' ').unwrap_or(given) } else { given }
    }

    /// The display name as given.
    pub(super) fn display_name(&self) -> &str {
        if self.joined() {
            self.text.span(at::GIVEN_NAME, at::DISPLAY_NAME)
        } else {
            self.text.get(at::DISPLAY_NAME)
        }
    }

    fn joined(&self) -> bool {
        !self.text.get(at::JOINED).is_empty()
    }

    /// The latest live operation.
    pub(super) fn op(&self) -> Option<OpHere> {
        self.rare.as_deref()?.op
    }

    /// Values that moved.
    pub(super) fn moved(&self) -> Option<&Moved> {
        self.rare.as_deref().map(|rare| &rare.moved)
    }

    /// Sets what few rows have.
    pub(super) fn set_rare(&mut self, moved: Moved, op: Option<OpHere>) {
        let rare = Rare { moved, op };
        self.rare = (rare != Rare::default()).then(|| Box::new(rare));
    }

    /// Reads fields that lie apart, so that the whole row comes from memory; not its text.
    pub(super) fn touch(&self) -> u64 {
        self.id.0 ^ (self.observed_at.ms() as u64) ^ (self.flags == FlagSet::default()) as u64
    }

    /// Whether there is a link.
    pub(super) fn linked(&self) -> bool {
        !self.text.get(at::REMOTE_ID).is_empty()
    }

    /// Whether the person shall have access: assigned and active here.
    pub(super) fn shall_have_access(&self) -> bool {
        self.status == Status::Active && self.through != Through::Nothing
    }

    /// Whether the person has access there as far as we know; a link of unknown state is taken as access, and so is an
    /// account that was not there so soon after a push of ours that a copy which lags behind may have answered.
    pub(super) fn has_access_there(&self) -> bool {
        match self.account {
            AccountState::Active | AccountState::Invited => true,
            AccountState::Unknown => self.linked(),
            AccountState::Gone => self.linked() && self.pushed_just_before(self.observed_at),
            AccountState::None | AccountState::Inactive => false,
        }
    }

    /// Whether the app confirmed a push less than the settle time before this moment.
    pub(super) fn pushed_just_before(&self, at: Time) -> bool {
        let known = self.confirmed_at != Time::default();
        known && (0..SETTLE_MS).contains(&at.since(self.confirmed_at))
    }

    /// Derives the flags from everything else; `unsent` and `drift` say whether ours or theirs moved in anything that
    /// counts on this connection.
    pub(super) fn derive_flags(&self, unsent: bool, drift: bool) -> FlagSet {
        let mut flags = FlagSet::default();
        let (shall, linked) = (self.shall_have_access(), self.linked());
        if linked && !shall && self.has_access_there() {
            flags.insert(Flag::AccessRemains);
        }
        if linked && shall && self.account == AccountState::Gone {
            flags.insert(Flag::AccountGone);
        }
        if shall && !linked {
            flags.insert(Flag::NotProvisioned);
        }
        match self.op().map(|op| op.state) {
            Some(OpState::Parked | OpState::Conflict | OpState::Stale) => flags.insert(Flag::Failed),
            Some(OpState::InDoubt) => flags.insert(Flag::InDoubt),
            Some(OpState::Waiting) if self.op().is_some_and(|op| op.failing) => flags.insert(Flag::Failed),
            _ => {}
        }
        if linked && drift && self.account != AccountState::Gone {
            flags.insert(Flag::Drift);
        }
        if linked && shall && unsent {
            flags.insert(Flag::Unsent);
        }
        if self.account == AccountState::Invited {
            flags.insert(Flag::Pending);
        }
        if self.flags.contains(Flag::Noted) {
            flags.insert(Flag::Noted);
        }
        flags
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A row of which only the id and the user name matter.
    pub(crate) fn row(id: u64, user_name: &str) -> Row {
        let mut texts = [""; at::COUNT];
        texts[at::USER_NAME] = user_name;
        Row { id: PersonId(id), text: Packed::new(texts), status: Status::Active, ..Row::hollow() }
    }
}
