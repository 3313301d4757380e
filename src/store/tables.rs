//! The rows under the rules: what a backend must be able to read and write inside a transaction.

use super::Move;
use super::backend::Result;
use crate::audit::{AuditEntry, chain::Hash};
use crate::directory::{Change, Observation};
use crate::domain::{
    ConnectionId, GroupId, OpId, OpState, Operation, PersonId, ProfileAttribute, Push, Time,
};
use crate::engine::Trace;

/// Rows, without any rule: what may be written is decided in [`super::rules`], once for all backends.
pub(super) trait Tables {
    /// The connection's fence; none where there is no such connection.
    fn fence(&mut self, connection: ConnectionId) -> Result<Option<u64>>;
    /// Which connection has this name.
    fn connection_holder(&mut self, name: &str) -> Result<Option<ConnectionId>>;
    /// Whether this person is there.
    fn has_person(&mut self, id: PersonId) -> Result<bool>;
    /// Whether this group is there.
    fn has_group(&mut self, id: GroupId) -> Result<bool>;
    /// Who has this folded user name.
    fn name_holder(&mut self, key: &str) -> Result<Option<PersonId>>;
    /// Which group has this folded name.
    fn group_holder(&mut self, key: &str) -> Result<Option<GroupId>>;
    /// Takes a user name away from somebody who gets another one later in the same transaction.
    fn park_name(&mut self, id: PersonId) -> Result<()>;
    /// Writes the row of a change; deleting takes all that hangs on it along. Attributes and operations have
    /// their own functions.
    fn write(&mut self, connection: ConnectionId, seq: u64, change: &Change) -> Result<()>;
    /// The attributes in order.
    fn attributes(&mut self, connection: ConnectionId) -> Result<Vec<ProfileAttribute>>;
    /// Replaces the list of attributes.
    fn set_attributes(&mut self, connection: ConnectionId, attributes: &[ProfileAttribute]) -> Result<()>;
    /// What was last seen of a person, and by which change.
    fn observed(&mut self, connection: ConnectionId, id: PersonId) -> Result<Option<(Observation, u64)>>;
    /// By which change a person was last linked.
    fn linked(&mut self, connection: ConnectionId, id: PersonId) -> Result<Option<u64>>;

    /// What is known of a pushed group.
    fn pushed(&mut self, connection: ConnectionId, id: GroupId) -> Result<Option<Push>>;

    /// The number of the last change that came with a decision.
    fn decided(&mut self) -> Result<u64>;
    /// Something was decided, up to this change.
    fn set_decided(&mut self, change: u64) -> Result<()>;
    /// The number of the last change.
    fn last_change(&mut self) -> Result<u64>;
    /// Keeps a change for other processes; without a connection it is for all of them.
    fn log(&mut self, seq: u64, connection: Option<ConnectionId>, change: &Change) -> Result<()>;
    /// Forgets changes up to a number.
    fn trim_log(&mut self, up_to: u64) -> Result<()>;

    /// The state of an operation.
    fn state(&mut self, connection: ConnectionId, id: OpId) -> Result<Option<OpState>>;
    /// Live operations of a person: on one connection or on all.
    fn live(
        &mut self,
        connection: Option<ConnectionId>,
        person: PersonId,
    ) -> Result<Vec<(ConnectionId, Operation)>>;
    /// What waits behind a person's leading operation.
    fn behind(&mut self, connection: ConnectionId, person: PersonId) -> Result<Option<Operation>> {
        let live = self.live(Some(connection), person)?;
        Ok(live.into_iter().map(|(_, o)| o).find(|o| o.state == OpState::Behind))
    }
    /// A new operation.
    fn add_operation(&mut self, connection: ConnectionId, operation: &Operation) -> Result<()> {
        self.put_operation(connection, operation)
    }
    /// New values of an operation that is there.
    fn put_operation(&mut self, connection: ConnectionId, operation: &Operation) -> Result<()>;
    /// A move by the sender. Returns false, and writes nothing, when the operation is not in the state it moves from.
    fn move_operation(&mut self, connection: ConnectionId, step: &Move) -> Result<bool> {
        let there = self.state(connection, step.to.id)? == Some(step.from);
        if there {
            self.put_operation(connection, &step.to)?;
        }
        Ok(there)
    }

    /// How far the app's log was read.
    fn heard(&mut self, connection: ConnectionId) -> Result<Option<String>>;
    /// Remembers it.
    fn set_heard(&mut self, connection: ConnectionId, to: &str) -> Result<()>;

    /// The last number and hash of the audit chain.
    fn audit_head(&mut self, connection: ConnectionId) -> Result<(u64, Hash)>;
    /// Whether an entry of the app is there already.
    fn has_remote(&mut self, connection: ConnectionId, remote_id: &str) -> Result<bool>;
    /// Appends an entry with the text that was hashed.
    fn put_audit(
        &mut self,
        connection: ConnectionId,
        entry: &AuditEntry,
        text: &str,
        hash: Hash,
    ) -> Result<()>;
    /// Appends an attempt, and gives its place.
    fn put_trace(&mut self, connection: ConnectionId, trace: &Trace) -> Result<u64>;
    /// Forgets all attempts of an operation but the newest so many, and everybody's up to a place.
    fn trim_traces(&mut self, operation: Option<OpId>, of_one: u64, up_to: u64) -> Result<()>;

    /// Forgets what the console set.
    fn clear_console(&mut self, connection: ConnectionId) -> Result<()>;
    /// Remembers when an account was last taken out of a pushed group.
    fn put_taken_out(&mut self, connection: ConnectionId, account: &str, at: Time) -> Result<()>;
    /// Remembers that the console set a field.
    fn put_console(&mut self, connection: ConnectionId, person: PersonId, field: &str) -> Result<()>;
}

/// Whether a move can have changed what the operation is to achieve: a look-up or an answer adds the account that it
/// found. One that goes out without an account goes out as it was committed.
pub(super) fn carries_intent(step: &Move) -> bool {
    step.to.state != OpState::Inflight || step.to.intent.remote_id.is_some()
}

/// Whether the brake counts an operation as a change of somebody: the same as it counts in a plan.
pub(super) fn changes_role(operation: &Operation) -> bool {
    operation.intent.gives_or_moves(operation.kind)
}
