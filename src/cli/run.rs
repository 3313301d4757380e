//! A command on an open home.

use std::path::{Path, PathBuf};

use super::act::act;
use super::args::{Command as Typed, Global, TokenArgs};
use super::decisions::decision;
use super::face::Face;
use super::import::import;
use super::look;
use super::profile::profile;
use super::seam::Seam;
use super::undo;
use crate::domain::{Time, TokenSource};
use crate::engine::{Problem, ProblemKind};

/// Runs a command that needs an open home and gives the exit code. `now` is the wall clock.
pub async fn run_on<S: Seam>(
    seam: &S,
    face: &mut Face<'_>,
    global: &Global,
    typed: &Typed,
    now: Time,
) -> Result<u8, Problem> {
    if let Some(code) = profile(seam, face, typed, global.read_only).await? {
        return Ok(code);
    }
    if let Some(code) = look::look(seam, face, typed, now).await? {
        return Ok(code);
    }
    match typed {
        Typed::Import(command) => import(seam, face, command, global.read_only).await,
        Typed::Token(args) => {
            if global.read_only {
                return Err(Problem::new(
                    ProblemKind::NotAllowed,
                    "read_only",
                    "This is read-only mode. The token was not replaced.",
                    "Run it without --read-only.",
                ));
            }
            let source = source(&args.source)?;
            super::connect::warn_of_environment(&source, face);
            let report = seam.set_token(source).await?;
            look::test(face, &report)
        }
        Typed::Apply { file: Some(path), consent } => {
            super::plan::apply(seam, face, path, consent, global.read_only).await
        }
        Typed::Provision { saved, consent, .. } if saved.output.is_some() => {
            if !consent.plan {
                return Err(Problem::new(
                    ProblemKind::Usage,
                    "usage",
                    "-o keeps a plan, and provision sends at once. Nothing was changed and nothing was sent.",
                    "Add --plan, then send it with: scimdeck apply FILE",
                ));
            }
            match decision(&seam.directory(), typed)? {
                Some((command, _)) => {
                    // Like every --plan: 0, whatever it holds.
                    super::plan::plan(seam, face, command, saved, now).await.map(|_| 0)
                }
                None => Ok(0),
            }
        }
        Typed::Undo { what, run, consent } => {
            undo::undo(seam, face, what, run.as_deref(), consent, global.read_only).await
        }
        Typed::TakeOver { holder } => super::take_over::take_over(seam, face, holder, global.read_only).await,
        Typed::Resend(who) => undo::resend(seam, face, &who.users, global.read_only).await,
        other => match decision(&seam.directory(), other)? {
            Some((command, consent)) => act(seam, face, command, &consent, global.read_only).await,
            None => Err(Problem::new(
                ProblemKind::Internal,
                "no_such_command",
                "This command needs no connection and was sent the wrong way. Nothing was changed.",
                "Please report it.",
            )),
        },
    }
}

/// Where the arguments say that a token is.
pub(super) fn source(args: &TokenArgs) -> Result<TokenSource, Problem> {
    let wrong =
        |text| super::names::bad("bad_token_command", text, "For example --token-command 'pass show scim'");
    absolute(args.source().map_err(wrong)?)
}

/// A token file is found from any folder later, so its path is kept whole.
pub(super) fn absolute(source: TokenSource) -> Result<TokenSource, Problem> {
    Ok(match source {
        TokenSource::File { path } => TokenSource::File { path: whole(&path)? },
        TokenSource::Encrypted { path } => TokenSource::Encrypted { path: whole(&path)? },
        other => other,
    })
}

/// A path that means the same from any folder.
pub(super) fn whole(path: &Path) -> Result<PathBuf, Problem> {
    std::path::absolute(path)
        .map_err(|e| super::names::bad("unreadable", format!("{}: {e}.", path.display()), "Name a file."))
}
