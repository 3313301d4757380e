//! Where output goes and where answers come from.

use std::future::Future;
use std::io::{self, Write};
use std::pin::Pin;

use serde_json::Value;

use super::text::visible;
use crate::engine::{Problem, ProblemKind};

/// A line typed by the operator; none at the end of input.
pub type Line = Pin<Box<dyn Future<Output = Option<String>>>>;

/// Somebody who can be asked.
pub trait Ask {
    /// The next line.
    fn line(&mut self) -> Line;
}

/// The two outputs, the operator if one is there, and how to write.
pub struct Face<'a> {
    /// Data.
    pub out: &'a mut dyn Write,
    /// Errors, plans to be confirmed, questions, progress.
    pub err: &'a mut dyn Write,
    /// The operator at a terminal; without one nothing is asked.
    pub operator: Option<&'a mut dyn Ask>,
    /// Columns of the terminal; none where output is no terminal, and nothing is cut then.
    pub width: Option<usize>,
    /// Whether JSON is wanted.
    pub json: bool,
}

impl std::fmt::Debug for Face<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Face").field("json", &self.json).field("width", &self.width).finish_non_exhaustive()
    }
}

/// The code of the problem that the reader of the output went away (`| head`): no reason to complain.
pub(super) const CLOSED: &str = "output_closed";

/// An output that cannot be written.
pub(super) fn broken(error: &io::Error) -> Problem {
    Problem::new(
        ProblemKind::Internal,
        if error.kind() == io::ErrorKind::BrokenPipe { CLOSED } else { "output" },
        format!("Writing the output failed: {error}. What was done is done."),
        "Look with: scimdeck status",
    )
}

impl Face<'_> {
    /// Data as text, or as one JSON object on a line of its own.
    pub(super) fn data(
        &mut self,
        text: impl FnOnce(Option<usize>) -> String,
        json: impl FnOnce() -> Value,
    ) -> Result<(), Problem> {
        let text = if self.json { format!("{:#}\n", json()) } else { text(self.width) };
        self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()).map_err(|e| broken(&e))
    }

    /// Text for the operator, not part of the data.
    pub(super) fn say(&mut self, text: &str) {
        // Nobody to talk to is no reason to stop half-way.
        let _ = self.err.write_all(text.as_bytes()).and_then(|()| self.err.flush());
    }

    /// Asks and waits for a line; none without an operator.
    pub(super) async fn ask(&mut self, question: &str) -> Option<String> {
        self.operator.as_ref()?;
        self.say(question);
        match self.operator.as_mut() {
            Some(operator) => operator.line().await.map(|line| line.trim().to_owned()),
            None => None,
        }
    }

    /// A problem: one sentence on standard error, or an object on standard output.
    pub fn problem(&mut self, problem: &Problem) {
        if self.json {
            let text = format!("{:#}\n", super::render::problem_json(problem));
            let _ = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
            return;
        }
        let mut text = String::new();
        text.push_str(&super::text::lines(super::render::rejected_lines(&problem.rejected)));
        let said = format!("scimdeck: {} {}", problem.text, problem.next);
        text.push_str(&visible(said.trim_end()));
        text.push('\n');
        self.say(&text);
    }
}
