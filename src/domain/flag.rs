//! Why a person needs an operator. Derived from the row, never stored.

use serde::{Deserialize, Serialize};

/// A reason, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Flag {
    /// Suspended, deactivated or removed here, still active there.
    AccessRemains,
    /// The linked id answers 404.
    AccountGone,
    /// Assigned and active here, no link on this connection: the red `!`.
    NotProvisioned,
    /// The last operation was refused, or needs a decision.
    Failed,
    /// A request was sent and its fate is not known.
    InDoubt,
    /// Theirs moved since our last push.
    Drift,
    /// Ours moved since our last push.
    Unsent,
    /// Invited, not accepted.
    Pending,
    /// Put on the list by an operator.
    Noted,
}

impl Flag {
    /// All of them, worst first.
    pub const ALL: [Self; 9] = [
        Self::AccessRemains,
        Self::AccountGone,
        Self::NotProvisioned,
        Self::Failed,
        Self::InDoubt,
        Self::Drift,
        Self::Unsent,
        Self::Pending,
        Self::Noted,
    ];

    /// The JSON key and the word of the filter.
    pub fn key(self) -> &'static str {
        match self {
            Self::AccessRemains => "access_remains",
            Self::AccountGone => "account_gone",
            Self::NotProvisioned => "not_provisioned",
            Self::Failed => "failed",
            Self::InDoubt => "in_doubt",
            Self::Drift => "drift",
            Self::Unsent => "unsent",
            Self::Pending => "pending",
            Self::Noted => "noted",
        }
    }

    /// The words on the screen.
    pub fn words(self) -> &'static str {
        match self {
            Self::AccessRemains => "access remains",
            Self::AccountGone => "account gone",
            Self::NotProvisioned => "not provisioned",
            Self::InDoubt => "in doubt",
            other => other.key(),
        }
    }

    /// Reads a flag by its key or its words.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase().replace([' ', '-'], "_");
        Self::ALL.into_iter().find(|flag| flag.key() == text)
    }
}

/// A set of flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct FlagSet(u16);

impl FlagSet {
    /// Adds a flag.
    pub fn insert(&mut self, flag: Flag) {
        self.0 |= 1 << flag as u8;
    }

    /// Takes a flag out.
    pub fn remove(&mut self, flag: Flag) {
        self.0 &= !(1 << flag as u8);
    }

    /// Whether the flag is in it.
    pub fn contains(self, flag: Flag) -> bool {
        self.0 & (1 << flag as u8) != 0
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The worst of them.
    pub fn worst(self) -> Option<Flag> {
        self.iter().next()
    }

    /// All of them, worst first.
    pub fn iter(self) -> impl Iterator<Item = Flag> {
        Flag::ALL.into_iter().filter(move |flag| self.contains(*flag))
    }
}

impl FromIterator<Flag> for FlagSet {
    fn from_iter<I: IntoIterator<Item = Flag>>(flags: I) -> Self {
        let mut set = Self::default();
        flags.into_iter().for_each(|flag| set.insert(flag));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_flag_comes_first() {
        let set: FlagSet = [Flag::Noted, Flag::Drift, Flag::NotProvisioned].into_iter().collect();
        assert_eq!(set.worst(), Some(Flag::NotProvisioned));
        assert_eq!(set.iter().last(), Some(Flag::Noted));
    }

    #[test]
    fn a_flag_is_read_by_key_or_words() {
        for flag in Flag::ALL {
            assert_eq!(Flag::parse(flag.key()), Some(flag));
            assert_eq!(Flag::parse(flag.words()), Some(flag));
        }
    }
}
