//! `token encrypt`, and the passphrase of an encrypted token at the terminal.

use std::io::{self, IsTerminal as _};
use std::path::Path;

use serde_json::json;

use super::face::Face;
use super::names::bad;
use super::{hidden, run};
use crate::domain::Secret;
use crate::drive;
use crate::engine::{Problem, ProblemKind};

/// The shortest passphrase: a stolen file can be tried at leisure.
const SHORTEST: usize = 8;

/// Whoever needs the passphrase of a token file asks for it at this terminal, where there is one.
pub(super) fn ask_at_terminal() {
    if !hidden::attended() {
        return;
    }
    drive::ask_passphrase_with(|path, tried| {
        let again = if tried > 0 { "That is not it. " } else { "" };
        let question = format!("{again}Passphrase of {}: ", path.display());
        Box::pin(async move { hidden::ask(&question).await })
    });
}

/// Encrypts a token from standard input into a file.
pub(super) async fn encrypt(file: &Path, force: bool, face: &mut Face<'_>) -> Result<u8, Problem> {
    let path = run::whole(file)?;
    if !force && path.symlink_metadata().is_ok() {
        let text = format!("{} is there already and was left as it is.", path.display());
        return Err(bad("file_exists", text, "Name another file, or replace it with --force."));
    }
    let token = if io::stdin().is_terminal() {
        let typed = hidden::ask("SCIM token (not shown): ").await;
        typed.ok_or_else(|| {
            bad("no_token", "No token was given.", "Pipe it in, or paste it at the terminal.")
        })?
    } else {
        let piped =
            hidden::piped().await.map_err(|e| bad("no_token", format!("{e}."), "Pipe the token in."))?;
        drive::read_token(&piped, "standard input")?
    };
    let token = drive::read_token(token.expose().as_bytes(), "what was typed")?;
    let passphrase = match drive::passphrase_handed_over()? {
        Some(passphrase) => passphrase,
        None => chosen().await?,
    };
    if passphrase.expose().chars().count() < SHORTEST {
        let text = format!("The passphrase has fewer than {SHORTEST} characters. Nothing was written.");
        return Err(Problem::new(ProblemKind::BadInput, "passphrase", text, "Take several words."));
    }
    drive::encrypt_token(&path, &token, &passphrase, force).await?;
    face.data(
        |_| {
            let shown = path.display();
            super::text::lines([
                format!("{shown} holds the token, encrypted."),
                format!("Use it: scimdeck token --token-encrypted-file {shown}"),
            ])
        },
        || json!({"encrypted": path.display().to_string()}),
    )?;
    Ok(0)
}

/// A new passphrase, typed twice.
async fn chosen() -> Result<Secret, Problem> {
    let none = || {
        let next = "Run it at a terminal, or hand the passphrase over as the systemd credential \
                    scimdeck-passphrase or, in CI, as SCIMDECK_PASSPHRASE.";
        Problem::new(
            ProblemKind::BadInput,
            "passphrase",
            "No passphrase was given. Nothing was written.",
            next,
        )
    };
    if !hidden::attended() {
        return Err(none());
    }
    let first = hidden::ask("New passphrase (not shown): ").await.ok_or_else(none)?;
    let second = hidden::ask("The same again: ").await.ok_or_else(none)?;
    if first == second {
        return Ok(first);
    }
    let text = "The two passphrases differ. Nothing was written.";
    Err(Problem::new(ProblemKind::BadInput, "passphrase", text, "Type it again."))
}
