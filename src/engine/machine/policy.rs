//! How the machine behaves.

use crate::domain::{ProfileAttribute, SETTLE_MS};
use crate::engine::wire::Wire;

/// How the machine behaves on a connection.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// How many requests may be under way at once.
    pub concurrency: u32,
    /// How many writes may be in the journal before their turn to be sent, so that one sync covers many. After a
    /// crash that many more are looked up.
    pub ahead: u32,
    /// How long a write of unknown fate is left alone before it is looked up, in milliseconds.
    pub settle_ms: i64,
    /// Writes of one operation before an operator is asked.
    pub max_attempts: u32,
    /// For how long a plan's "nobody there" is good enough to create without another look, in milliseconds.
    pub fresh_ms: i64,
    /// Whether the first change and the first create are read back: what is not known yet is not believed.
    pub prove_first: bool,
    /// Of a hundred other changes and creates, how many are read back; none is as usual.
    pub verify_percent: Option<u32>,
    /// The connection's profile attributes.
    pub attributes: Vec<ProfileAttribute>,
    /// How the connection writes, and what it may do.
    pub wire: Wire,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            concurrency: 4,
            ahead: 16,
            settle_ms: SETTLE_MS,
            max_attempts: 5,
            fresh_ms: 60_000,
            prove_first: false,
            verify_percent: None,
            attributes: Vec::new(),
            wire: Wire::default(),
        }
    }
}
