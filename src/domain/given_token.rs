//! A token as an operator gives it: itself, or the place where it is found.

use super::{Secret, TokenSource};

/// What an operator gives for a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GivenToken {
    /// The token itself; it is kept in a file of the home that only its owner can read.
    Pasted(Secret),
    /// Where it is from now on. A file that is encrypted comes with its passphrase, which is kept nowhere.
    At(TokenSource, Option<Secret>),
}

impl From<Secret> for GivenToken {
    fn from(secret: Secret) -> Self {
        Self::Pasted(secret)
    }
}
