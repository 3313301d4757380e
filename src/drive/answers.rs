//! What the app answered to each operation that is under way, for the audit entry that its end writes.

use std::collections::HashMap;

use crate::audit::AuditEntry;
use crate::domain::{OpId, Outcome};
use crate::engine::Trace;
use crate::engine::machine::Move;

/// The last telling status of each operation: that of its write, or the refusal that came before one.
#[derive(Debug, Default)]
pub(super) struct Answers(HashMap<OpId, (bool, u16)>);

impl Answers {
    /// An exchange ended.
    pub(super) fn note(&mut self, trace: Option<&Trace>) {
        let Some((trace, op)) = trace.and_then(|trace| Some((trace, trace.operation?))) else { return };
        let Outcome::Answered(answer) = &trace.exchange.outcome else { return };
        let write = trace.exchange.call.method.writes();
        let written = self.0.get(&op).is_some_and(|(write, _)| *write);
        if write || (answer.status >= 400 && !written) {
            self.0.insert(op, (write, answer.status));
        }
    }

    /// Entries about operations get the answer; of one that came to rest it is not needed any more.
    pub(super) fn tell(&mut self, entries: &mut [AuditEntry], moves: &[Move]) {
        for entry in entries {
            let status = entry.operation.and_then(|op| self.0.get(&op));
            entry.status = entry.status.or(status.map(|(_, status)| *status));
        }
        for step in moves.iter().filter(|step| !step.to.state.moving()) {
            self.0.remove(&step.to.id);
        }
    }
}
