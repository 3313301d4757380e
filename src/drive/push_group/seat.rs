//! Whether this process may send for the connection, asked right before anything leaves.

use crate::domain::{Failure, FailureKind};
use crate::drive::lock::Leave;
use crate::drive::order::Order;
use crate::drive::shared::{Shared, hold};
use crate::drive::words::{disabled, overtaken};
use crate::engine::Sending;

/// The sender's place: what a write needs in the moment it leaves, and the fence that its saves carry.
#[derive(Debug, Clone, Default)]
pub(in crate::drive) struct Seat {
    pub(in crate::drive) leave: Leave,
    pub(in crate::drive) fence: Option<u64>,
}

impl Shared {
    /// The sender's place, where this process has it and nothing stands still; else why not.
    pub(super) fn may_send(&self) -> Result<Seat, Failure> {
        if !self.look(|directory| directory.connection().enabled) {
            return Err(disabled());
        }
        let seat = hold(&self.seat).clone()?;
        if !seat.leave.holds() {
            self.order(Order::Overtaken);
            return Err(overtaken());
        }
        match &*self.sending.borrow() {
            Sending::Here => Ok(seat),
            Sending::Off => Err(disabled()),
            Sending::Stopped(failure) => Err(failure.clone()),
            Sending::Elsewhere(_) => Err(overtaken()),
            Sending::Waiting(until, why) => Err(waiting(why.kind, &format!("until {until}"))),
            Sending::Offered(_) => Err(waiting(FailureKind::NotAllowed, "for an operator")),
        }
    }
}

fn waiting(kind: FailureKind, what: &str) -> Failure {
    Failure {
        kind,
        text: format!("Sending waits {what}; nothing more of the groups was sent, and they stay due."),
        next: "Go on with: scimdeck apply".to_owned(),
    }
}
