//! What the rest of the drive tells the sender.

use tokio::sync::{mpsc, oneshot};

use super::shared::News;
use crate::domain::{Failure, OpId, Operation, PersonId, RequestClass};
use crate::engine::Trace;
use crate::engine::machine::Event;

/// An order to the sender.
#[derive(Debug)]
pub(super) enum Order {
    /// Operations are new or changed.
    Committed(Vec<Operation>),
    /// Another process wrote: operations may be new, changed or replaced.
    LookAgain,
    /// Become the sender if nobody else is; answers whether this process is.
    Lead(oneshot::Sender<bool>),
    /// Become the sender in place of this holder, who may be alive.
    TakeOver {
        /// Its exact id.
        from: String,
        /// Why.
        reason: Option<String>,
        /// From whom it was taken, or why it was not.
        answer: oneshot::Sender<super::take_over::TakenOver>,
    },
    /// Which operations wait for an operator or go on by themselves.
    Live(oneshot::Sender<Vec<OpId>>),
    /// Those that wait for an operator go on.
    Resume,
    /// Answers when nothing is under way and everything heard is written; for who stopped waiting for more.
    Quiet(oneshot::Sender<()>),
    /// Nothing new is sent; answers when nothing is under way.
    Stop(oneshot::Sender<()>),
    /// The connection's settings or attributes are others.
    Settings,
    /// An operator sends something: an endpoint that was down is tried now, and the run hears what stands all the same.
    Try(mpsc::UnboundedSender<News>),
    /// The token or the endpoint is another one.
    TokenChanged,
    /// These people accepted their invitation.
    Accepted(Vec<PersonId>),
    /// Something could not leave any more, since another process may be the sender now.
    Overtaken,
    /// A request of another part of the program was answered so: for how long, in milliseconds, what shall not go.
    AskedToWait(RequestClass, i64, Failure),
    /// A request ended.
    Heard(Box<(Event, Option<Trace>)>),
}
