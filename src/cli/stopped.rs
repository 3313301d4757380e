//! What a command says that a signal ended, where no report of its run does.

use super::args::Command;
use super::face::Face;
use super::heads;
use crate::engine::{Problem, ProblemKind};

/// `begun` says whether something was decided that the queue may hold.
pub(super) fn say(command: &Command, begun: bool, face: &mut Face<'_>) {
    if let Command::Audit(_) = command {
        // Its output ends between two entries: there is nothing to report.
        return face.say("\nscimdeck: stopped\n");
    }
    let (text, next) = match (begun, heads::said_after(command)) {
        (true, _) => (
            "Stopped; what was not sent yet stays in the queue.",
            "Look with: scimdeck status; go on with: scimdeck apply",
        ),
        (false, true) => (
            "Stopped before anything was decided: nothing was changed and nothing was sent.",
            "Give the command again.",
        ),
        (false, false) => ("Stopped before it was done.", "Give the command again."),
    };
    if !face.json {
        // What was typed or drawn stands on a line of its own.
        face.say("\n");
    }
    face.problem(&Problem::new(ProblemKind::Internal, "stopped", text, next));
}
