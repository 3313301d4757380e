//! What a connection's settings forbid by the time an operation is to be sent, though they allowed it when it was
//! planned.

use super::super::wire::Reader;
use super::read::failure;
use super::{Machine, Policy};
use crate::domain::{AccountValues, FailureKind, OpId, OpKind, OpState, RequestClass};
use crate::engine::wire;

impl Machine {
    /// New settings or attributes. What is under way ends under the old ones; what is in the journal and has not left
    /// is taken back and made anew under these, with the next event.
    pub fn set_policy(&mut self, policy: Policy) {
        let other = policy.wire != self.policy.wire || policy.attributes != self.policy.attributes;
        self.policy = policy;
        if other {
            self.reader = Reader::new(&self.policy.attributes);
            // What is still being told to the journal is taken back when that is heard.
            self.settings += 1;
            self.take_back_of(RequestClass::Create);
            self.take_back_of(RequestClass::Change);
        }
    }

    /// Whether an operation may be written now; one that may not is parked.
    pub(super) fn may_write(&mut self, id: OpId, kind: OpKind) -> bool {
        let allowed = self.policy.wire.allowed;
        let off = match kind {
            OpKind::Create if !allowed.create => "Matching user not found, and Create Users is off",
            OpKind::Update if !allowed.update => "Update User Attributes is off",
            OpKind::Deactivate if !allowed.deactivate => "Deactivate Users is off: access remains there",
            // Access is not an attribute: who may be deactivated may be given it back.
            OpKind::Reactivate if !allowed.update && !allowed.deactivate => "Update User Attributes is off",
            _ => return true,
        };
        let Some(live) = self.ops.get(&id) else { return false };
        let text = format!("{off}: nothing was sent for {}.", live.op.user_name);
        let next = "Switch it on under To App, then retry.";
        self.park(id, OpState::Parked, failure(FailureKind::NotAllowed, text, next), None);
        false
    }

    /// Takes out of an operation what may not be written any more. Returns whether there was anything.
    pub(super) fn restrict(&mut self, id: OpId, theirs: &AccountValues) -> bool {
        let wire = self.policy.wire;
        let Some(live) = self.ops.get_mut(&id) else { return false };
        let before = live.op.intent.owned.clone();
        wire.restrict(live.op.kind, &mut live.op.intent, theirs);
        live.op.intent.owned != before
    }

    /// The connection finds accounts by something that this person has not.
    pub(super) fn nothing_to_look_for(&mut self, id: OpId) {
        let Some(live) = self.ops.get(&id) else { return };
        let field = wire::words(self.policy.wire.unique_identifier);
        let text =
            format!("{} has no {field}, by which accounts are found; nothing was sent.", live.op.user_name);
        let next = "Give one, then retry.";
        self.park(id, OpState::Parked, failure(FailureKind::NotAllowed, text, next), None);
    }
}
