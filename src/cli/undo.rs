//! `undo` and `resend`: what names people or operations and needs the journal or the app to be asked first.

use super::act::{act, exit};
use super::args::Consent;
use super::face::Face;
use super::names::{bad, person};
use super::render;
use super::seam::Seam;
use crate::domain::{OpId, Undoable};
use crate::engine::{Problem, ProblemKind, UndoOf};
use crate::verbs::{Command, Decision};

/// Looks the operations up, then goes the way of every decision.
pub(super) async fn undo<S: Seam>(
    seam: &S,
    face: &mut Face<'_>,
    what: &[String],
    run: Option<&str>,
    consent: &Consent,
    read_only: bool,
) -> Result<u8, Problem> {
    let directory = seam.directory();
    let (mut people, mut ids) = (Vec::new(), Vec::new());
    for word in what {
        match word.parse::<OpId>() {
            Ok(id) if directory.find(word).is_none() => ids.push(id),
            _ => people.push(person(&directory, word)?),
        }
    }
    let mut undoable = Undoable::default();
    if let Some(word) = run {
        if let Ok(id) = word.parse() {
            undoable = seam.undoable(UndoOf::RunOf(id)).await?;
        }
        if undoable.is_empty() {
            return Err(no_such_operation(word));
        }
    } else if what.is_empty() {
        undoable = seam.undoable(UndoOf::LastRun).await?;
    }
    if !people.is_empty() {
        undoable.operations.extend(seam.undoable(UndoOf::People(people)).await?.operations);
    }
    if !ids.is_empty() {
        let found = seam.undoable(UndoOf::Operations(ids.clone())).await?.operations;
        if let Some(missing) = ids.iter().find(|id| found.iter().all(|op| op.id != **id)) {
            return Err(no_such_operation(&missing.to_string()));
        }
        undoable.operations.extend(found);
    }
    act(seam, face, Command::Undo(undoable), consent, read_only).await
}

fn no_such_operation(word: &str) -> Problem {
    let next = "Its id stands in results, in the audit feed and in: scimdeck show USER";
    bad("no_such_operation", format!("There is no operation {word}."), next)
}

/// Asks the app to send invitations again; 5 when one of them was not sent.
pub(super) async fn resend<S: Seam>(
    seam: &S,
    face: &mut Face<'_>,
    users: &[String],
    read_only: bool,
) -> Result<u8, Problem> {
    if read_only {
        return Err(Problem::new(
            ProblemKind::NotAllowed,
            "read_only",
            "This is read-only mode. No invitation was sent.",
            "Run it without --read-only.",
        ));
    }
    let people = super::names::people(&seam.directory(), users)?;
    let report = seam.resend(people).await?;
    let decision = Decision::here("invitation resent", Vec::new());
    face.data(
        |width| render::report_text(&report, &decision, width),
        || render::report_json(&report, &decision),
    )?;
    Ok(exit(&report))
}
