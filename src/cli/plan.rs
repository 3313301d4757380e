//! Plans in files: `plan`, `plan -o FILE`, `provision --plan -o FILE` and `apply FILE`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::act::{go, preview, read_only_refused};
use super::args::{Consent, SavedPlan};
use super::face::Face;
use super::names::bad;
use super::open::user;
use super::render;
use super::seam::Seam;
use crate::domain::Time;
use crate::engine::plan_file::{LARGEST, PlanFile, PlanOf, too_large};
use crate::engine::{Preview, Problem, ProblemKind};
use crate::verbs::Command;

/// `plan`, and `provision --plan -o FILE`: shows what would be sent and keeps it where that is wanted.
pub(super) async fn plan<S: Seam>(
    seam: &S,
    face: &mut Face<'_>,
    command: Command,
    saved: &SavedPlan,
    now: Time,
) -> Result<u8, Problem> {
    if let Some(path) = saved.output.as_deref().filter(|path| !saved.force && path.symlink_metadata().is_ok())
    {
        return Err(exists(path));
    }
    let preview = seam.preview(command, Vec::new()).await?;
    if let Some(path) = &saved.output {
        keep(seam, &preview, path, saved.force, now)?;
    }
    show(face, &preview)?;
    if let Some(path) = saved.output.as_deref().filter(|_| !face.json) {
        let said = format!("Saved. To send exactly this: scimdeck apply {} --yes", path.display());
        face.say(&format!("{}\n", super::text::visible(&said)));
    }
    Ok(if preview.plan.operations.is_empty() && preview.plan.groups.is_empty() { 0 } else { 2 })
}

/// `apply FILE`: looks again at exactly what the plan is of, and sends it when nothing moved.
pub(super) async fn apply<S: Seam>(
    seam: &S,
    face: &mut Face<'_>,
    path: &Path,
    consent: &Consent,
    read_only: bool,
) -> Result<u8, Problem> {
    if read_only && !consent.plan {
        return Err(read_only_refused());
    }
    let saved = PlanFile::read(&text_of(path)?, &seam.directory())?;
    let mut preview = preview(seam, face, saved.of.command(), consent).await?;
    saved.same_as(&seam.directory(), &preview.plan)?;
    if consent.plan {
        return show(face, &preview).map(|()| 0);
    }
    // Whoever was named was named when it was saved, maybe by somebody else.
    preview.decision.confirm = true;
    preview.exact = true;
    go(seam, face, preview, consent).await
}

fn show(face: &mut Face<'_>, preview: &Preview) -> Result<(), Problem> {
    face.data(
        |width| render::plan_text(&preview.plan, &preview.decision, width),
        || render::plan_json(&preview.plan),
    )
}

fn keep<S: Seam>(seam: &S, preview: &Preview, path: &Path, force: bool, now: Time) -> Result<(), Problem> {
    let of = PlanOf::of(&preview.command)
        .ok_or_else(|| bad("not_kept", "This plan cannot be kept in a file.", "Use plan or provision."))?;
    let shown = render::plan_json(&preview.plan);
    let text = PlanFile::write(&of, &seam.directory(), &preview.plan, shown, (&user(), now))?;
    if text.len() as u64 > LARGEST {
        return Err(bad(
            "too_large",
            "The plan is too large for a file. Nothing was sent.",
            "Name fewer people.",
        ));
    }
    place(path, text.as_bytes(), force).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => exists(path),
        _ => Problem::new(
            ProblemKind::Internal,
            "output",
            format!("{} cannot be written: {error}. Nothing was sent.", path.display()),
            "Choose another file.",
        ),
    })
}

fn exists(path: &Path) -> Problem {
    let text = format!("{} is there already and was left as it is. Nothing was sent.", path.display());
    bad("exists", text, "Choose another file, or add --force to replace it.")
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

/// A regular file of a size that a plan can have.
fn text_of(path: &Path) -> Result<String, Problem> {
    let unreadable = |what: String| {
        let text = format!("{}: {what}. Nothing was changed and nothing was sent.", path.display());
        bad("unreadable", text, "Name a file written by: scimdeck plan -o FILE")
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
