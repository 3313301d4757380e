//! Plans in files: `plan`, `plan -o FILE`, `provision --plan -o FILE` and `apply FILE`.

use std::path::Path;

use super::act::{go, preview, read_only_refused};
use super::args::{Consent, SavedPlan};
use super::face::Face;
use super::names::bad;
use super::open::user;
use super::render;
use super::seam::Seam;
use super::text::visible;
use crate::domain::{Time, typed};
use crate::drive::{plan_exists, read_plan, write_plan};
use crate::engine::plan_file::{PlanFile, PlanOf};
use crate::engine::{Preview, Problem};
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
        return Err(plan_exists(path));
    }
    let preview = seam.in_full(seam.preview(command, Vec::new()).await?).await?;
    let idle = preview.plan.is_idle();
    if let Some(path) = saved.output.as_deref().filter(|_| !idle) {
        keep(seam, &preview, path, saved.force, now)?;
    }
    show(seam, face, &preview)?;
    if let Some(path) = saved.output.as_deref().filter(|_| !face.json) {
        let said = if idle {
            "The plan is empty: no file was written.".to_owned()
        } else {
            let brake = preview.plan.brake.held.map(|n| format!(" --brake {n}")).unwrap_or_default();
            let names = preview.decision.protected.iter().flat_map(|refusal| &refusal.to_type);
            let names: String = names.map(|name| format!(" --confirm-name {}", typed(name))).collect();
            let path = path.display().to_string();
            format!("Saved. To send exactly this: scimdeck apply {} --yes{brake}{names}", typed(&path))
        };
        face.say(&format!("{}\n", visible(&said)));
    }
    Ok(if idle { 0 } else { 2 })
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
    let saved = PlanFile::read(&read_plan(path)?, &seam.directory())?;
    let mut preview = seam.in_full(preview(seam, face, saved.of.command(), consent).await?).await?;
    saved.same_as(&seam.directory(), &preview.plan)?;
    if consent.plan {
        return show(seam, face, &preview).map(|()| 0);
    }
    // Whoever was named was named when it was saved, maybe by somebody else.
    preview.decision.confirm = true;
    preview.exact = true;
    go(seam, face, preview, consent).await
}

fn show<S: Seam>(seam: &S, face: &mut Face<'_>, preview: &Preview) -> Result<(), Problem> {
    let directory = seam.directory();
    face.data(
        |width| render::plan_text(&preview.plan, &preview.decision, directory.attributes(), width),
        || render::planned_json(&preview.plan, &preview.decision),
    )
}

fn keep<S: Seam>(seam: &S, preview: &Preview, path: &Path, force: bool, now: Time) -> Result<(), Problem> {
    let of = PlanOf::of(&preview.command)
        .ok_or_else(|| bad("not_kept", "This plan cannot be kept in a file.", "Use plan or provision."))?;
    let shown = render::planned_json(&preview.plan, &preview.decision);
    let text = PlanFile::write(&of, &seam.directory(), &preview.plan, shown, (&user(), now))?;
    write_plan(path, &text, force)
}
