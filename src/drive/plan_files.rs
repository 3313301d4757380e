//! Plans in files: written whole or not at all, for their owner's eyes only, and read back before they are believed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::Drive;
use super::shared::now;
use crate::engine::plan_file::{LARGEST, PlanFile, PlanOf, shown, too_large};
use crate::engine::{Preview, Problem, ProblemKind};

impl Drive {
    /// Keeps a plan that was looked at in a file that is not there yet.
    ///
    /// # Errors
    /// What can not be kept in a file, and what stands in the way of the file; nothing was sent.
    pub async fn save_plan(&self, preview: &Preview, path: &Path) -> Result<(), Problem> {
        let of = PlanOf::of(&preview.command).ok_or_else(|| {
            let text = "This plan cannot be kept in a file. Nothing was sent.";
            Problem::new(ProblemKind::BadInput, "not_kept", text, "Use plan or provision.")
        })?;
        if preview.plan.is_idle() {
            let text = "The plan is empty: nothing would be sent, and no file was written.";
            let next = "Whoever is not provisioned is planned by Provision User.";
            return Err(Problem::new(ProblemKind::BadInput, "empty", text, next));
        }
        let by = (self.shared.actor.as_str(), now());
        let text = PlanFile::write(&of, &self.directory(), &preview.plan, shown(&preview.plan), by)?;
        write_plan(path, &text, false)
    }

    /// Opens a saved plan: it is made anew and shown when it is the same as the saved one to the last request.
    ///
    /// # Errors
    /// No saved plan of this connection, an edited one, or a stale one; nothing was changed.
    pub async fn open_plan(&self, path: &Path) -> Result<Preview, Problem> {
        let saved = PlanFile::read(&read_plan(path)?, &self.directory())?;
        let mut preview = self.preview(saved.of.command(), Vec::new()).await?;
        saved.same_as(&self.directory(), &preview.plan)?;
        preview.unprotected().map_err(|mut problem| {
            problem.next = "Send it with: scimdeck apply FILE --confirm-name USER".to_owned();
            problem
        })?;
        // Whoever was named was named when it was saved, maybe by somebody else.
        preview.decision.confirm = true;
        preview.exact = true;
        Ok(preview)
    }
}

/// Writes a plan's text; `force` replaces a file that is there.
///
/// # Errors
/// The file is there, cannot be written, or would be larger than any that is read.
pub fn write_plan(path: &Path, text: &str, force: bool) -> Result<(), Problem> {
    if text.len() as u64 > LARGEST {
        let text = "The plan is too large for a file. Nothing was sent.";
        return Err(Problem::new(ProblemKind::BadInput, "too_large", text, "Name fewer people."));
    }
    place(path, text.as_bytes(), force).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => plan_exists(path),
        _ => Problem::new(
            ProblemKind::Internal,
            "output",
            format!("{} cannot be written: {error}. Nothing was sent.", path.display()),
            "Choose another file.",
        ),
    })
}

/// The file is there already.
pub fn plan_exists(path: &Path) -> Problem {
    let text = format!("{} is there already and was left as it is. Nothing was sent.", path.display());
    let next = "Choose another file, or add --force to replace it.";
    Problem::new(ProblemKind::BadInput, "exists", text, next)
}

/// The text of a regular file of a size that a plan can have.
///
/// # Errors
/// What the file is instead.
pub fn read_plan(path: &Path) -> Result<String, Problem> {
    let unreadable = |what: String| {
        let text = format!("{}: {what}. Nothing was changed and nothing was sent.", path.display());
        let next = "Name a file written by: scimdeck plan -o FILE, or scimdeck provision --plan -o FILE";
        Problem::new(ProblemKind::BadInput, "unreadable", text, next)
    };
    let about = fs::metadata(path).map_err(|e| unreadable(e.to_string()))?;
    if !about.is_file() {
        return Err(unreadable("it is no file".to_owned()));
    }
    if about.len() > LARGEST {
        return Err(too_large());
    }
    let mut text = String::new();
    let file = File::open(path).map_err(|e| unreadable(e.to_string()))?;
    file.take(LARGEST + 1).read_to_string(&mut text).map_err(|e| unreadable(e.to_string()))?;
    Ok(text)
}

/// Whole or not at all, and for its owner's eyes only: it names people and their roles.
fn place(path: &Path, bytes: &[u8], force: bool) -> io::Result<()> {
    let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part: PathBuf = path.with_file_name(name);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    // A link, unlike a rename, never replaces what came there meanwhile.
    let placed =
        written.and_then(|()| if force { fs::rename(&part, path) } else { fs::hard_link(&part, path) });
    if placed.is_err() || !force {
        let _ = fs::remove_file(&part);
    }
    placed
}
