//! Preview, ask, run, report: how every command that changes something goes.

use tokio::sync::watch;

use super::args::Consent;
use super::face::Face;
use super::render;
use super::seam::Seam;
use crate::directory::Directory;
use crate::domain::{FailureKind, PersonId};
use crate::engine::{
    Approval, GroupResult, Outcome, Preview, Problem, ProblemKind, Progress, Report, RunResult, unattended,
};
use crate::verbs::{Command, Decision};

/// Goes the whole way and gives the exit code.
pub(super) async fn act<S: Seam>(
    seam: &S,
    face: &mut Face<'_>,
    command: Command,
    consent: &Consent,
    read_only: bool,
) -> Result<u8, Problem> {
    if read_only && !consent.plan {
        return Err(read_only_refused());
    }
    let mut preview = preview(seam, face, command, consent).await?;
    let asked = !consent.yes || preview.plan.brake.held.is_some();
    if consent.plan || (asked && face.operator.is_some()) {
        preview = seam.in_full(preview).await?;
    }
    if consent.plan {
        let import = preview.decision.import.as_ref();
        let directory = seam.directory();
        return match import {
            Some(import) => face.data(
                |_| render::import_text(import, &preview.decision, false),
                || render::named_json(render::import_json(import), &preview.decision),
            ),
            None => face.data(
                |width| render::plan_text(&preview.plan, &preview.decision, directory.attributes(), width),
                || render::decided_json(&preview.plan, &preview.decision),
            ),
        }
        .map(|()| 0);
    }
    go(seam, face, preview, consent).await
}

/// From a preview that is to be run to the exit code: ask, run, report.
pub(super) async fn go<S: Seam>(
    seam: &S,
    face: &mut Face<'_>,
    mut preview: Preview,
    consent: &Consent,
) -> Result<u8, Problem> {
    let mut approval = approve(seam, face, &preview, consent).await?;
    approval.reason = why(seam, face, &preview).await?;
    let mut decision = reported(&mut preview.decision);
    let withdrawn = withdrawn(&preview, &seam.directory());
    if withdrawn > 0 {
        let text = format!("{withdrawn} of the queue withdrawn: nothing of it is wanted any more.");
        decision.say(text);
    }
    let report = follow(face, seam, preview, approval).await?;
    if report.count(Outcome::Done) > 0 && report.stopped.is_none() {
        // Invitations and echoes are in the app's log by now: the next look shows them.
        seam.hear().await;
    }
    if let Some(import) = &decision.import {
        face.data(|_| render::import_text(import, &decision, true), || render::import_json(import))?;
        return Ok(0);
    }
    face.data(
        |width| render::report_text(&report, &decision, width),
        || render::report_json(&report, &decision),
    )?;
    if let Some(stopped) = &report.stopped
        && !face.json
    {
        let kept = if stopped.text.contains("queue") { "" } else { " The rest is kept in the queue." };
        let store = stopped.kind == FailureKind::Store;
        face.problem(&Problem::new(
            if store { ProblemKind::Internal } else { ProblemKind::Endpoint },
            "stopped",
            format!("The run stopped: {}{kept}", stopped.text),
            unattended(&stopped.next),
        ));
    }
    let disabled = !seam.directory().connection().enabled;
    if disabled && report.stopped.is_some() && report.count(Outcome::Held) > 0 {
        return Ok(ProblemKind::NotAllowed.exit());
    }
    Ok(exit(&report))
}

/// How many operations of the queue a decision takes back, besides those that are given up by name.
fn withdrawn(preview: &Preview, directory: &Directory) -> usize {
    let waits = |id: &&PersonId| {
        let operation = directory.get(**id).and_then(|person| person.operation());
        operation.is_some_and(|(.., state)| !state.sent())
    };
    preview.plan.cancel.iter().filter(waits).count()
}

/// What a report is made of: of an import its counts and sentences, without hundreds of thousands of changes.
fn reported(decision: &mut Decision) -> Decision {
    if decision.import.is_none() {
        return decision.clone();
    }
    let changes = std::mem::take(&mut decision.changes);
    let told = decision.clone();
    decision.changes = changes;
    told
}

/// Why somebody loses access: said with the command, or asked for at a terminal.
async fn why<S: Seam>(seam: &S, face: &mut Face<'_>, preview: &Preview) -> Result<Option<String>, Problem> {
    let given = seam.reason().filter(|reason| !reason.trim().is_empty());
    if given.is_some() || !preview.removes() {
        return Ok(given);
    }
    let needed = seam.directory().connection().reason_required;
    let question = if needed {
        "Why? (goes into the audit log; this connection asks for it) "
    } else {
        "Why? (goes into the audit log; empty for none) "
    };
    match face.ask(question).await.filter(|reason| !reason.is_empty()) {
        None if needed => Err(Problem::reason_required()),
        answer => Ok(answer),
    }
}

pub(super) fn read_only_refused() -> Problem {
    Problem::new(
        ProblemKind::NotAllowed,
        "read_only",
        "This is read-only mode. Nothing was changed and nothing was sent.",
        "Run it without --read-only, or with --plan to see what it would do.",
    )
}

/// 1 when the store stopped it, whatever else went wrong. 5 when anything failed, is in doubt, or waits: it is not done. A run that stopped before that is 3 when the endpoint was the reason.
pub(super) fn exit(report: &Report) -> u8 {
    if report.stopped.as_ref().is_some_and(|f| f.kind == FailureKind::Store) {
        return ProblemKind::Internal.exit();
    }
    if report.count(Outcome::Failed) + report.count(Outcome::InDoubt) > 0 {
        return 5;
    }
    match report.stopped.as_ref().map(|f| f.kind) {
        None if report.results.iter().any(waits) || report.groups.iter().any(group_waits) => 5,
        None => 0,
        Some(
            FailureKind::Unreachable
            | FailureKind::TokenRefused
            | FailureKind::NotScim
            | FailureKind::Elsewhere,
        ) => 3,
        Some(_) => 5,
    }
}

/// Whether it is to be done and is not; what a later decision replaced is nobody's any more.
fn waits(result: &RunResult) -> bool {
    let why = result.error.as_ref().map(|failure| failure.kind);
    result.outcome == Outcome::Held && why.is_some_and(|kind| kind != FailureKind::NotAllowed)
}

/// A group has no later decision that would replace one: whatever holds it, it is still to be pushed.
fn group_waits(result: &GroupResult) -> bool {
    result.outcome == Outcome::Held
}

/// The preview; at a terminal the name of a protected person can still be typed. A plan that is only looked at needs
/// none.
pub(super) async fn preview<S: Seam>(
    seam: &S,
    face: &mut Face<'_>,
    command: Command,
    consent: &Consent,
) -> Result<Preview, Problem> {
    let mut typed = consent.confirm_name.clone();
    let mut preview = seam.preview(command, typed.clone()).await?;
    while !consent.plan
        && let Err(problem) = preview.unprotected()
    {
        let (name, all) = (problem.to_type.first(), typed.len() + problem.to_type.len());
        let place = if all > 1 { format!(" ({} of {all})", typed.len() + 1) } else { String::new() };
        let question = format!(
            "{}\nType the user name {}{place} to go on, or nothing to leave it: ",
            super::text::visible(&problem.text),
            super::text::visible(name.map_or("", String::as_str)),
        );
        match face.ask(&question).await {
            Some(name) if !name.is_empty() && !typed.contains(&name) => typed.push(name),
            _ => return Err(with_option(problem)),
        }
        preview = seam.preview(preview.command, typed.clone()).await?;
    }
    Ok(preview)
}

/// Without somebody to type it, the name of a protected person is an option.
fn with_option(mut problem: Problem) -> Problem {
    problem.next =
        format!("{}; on the command line with --confirm-name USER.", problem.next.trim_end_matches('.'));
    problem
}

/// The operator's answer: `--yes`, `--brake N`, a question at a terminal, or implied.
pub(super) async fn approve<S: Seam>(
    seam: &S,
    face: &mut Face<'_>,
    preview: &Preview,
    consent: &Consent,
) -> Result<Approval, Problem> {
    let implied = !preview.must_ask()
        || preview.plan.brake.held.is_none() && preview.plan.is_idle() && preview.decision.changes.is_empty();
    if implied {
        return Ok(Approval { confirmed: true, brake: None, reason: None });
    }
    let held = |code, text: String, next: String| {
        let end = if text.ends_with(['.', '?']) { "" } else { "." };
        Err(Problem::new(ProblemKind::Held, code, format!("{text}{end} Nothing was changed or sent."), next))
    };
    let brake = &preview.plan.brake;
    // Exactly the plan's number, as in the console: a larger one was given for another plan than this.
    let answered = brake.held.is_some() && consent.brake == brake.held;
    let needs_number = brake.held.filter(|_| !answered);
    let needs_yes = preview.decision.confirm && !consent.yes && needs_number.is_none() && !answered;
    if (needs_number.is_some() || needs_yes) && face.operator.is_some() {
        let directory = seam.directory();
        let attributes = directory.attributes();
        let plan = render::plan_text(&preview.plan, &preview.decision, attributes, face.width);
        face.say(&plan);
    }
    if let Some(n) = needs_number {
        let wrong = match consent.brake {
            Some(given) => format!("The brake asks for {n}, not {given}: {}", brake.text),
            None => brake.text.clone(),
        };
        let question = format!("{}\nType {n} to go on: ", super::text::visible(&wrong));
        return match face.ask(&question).await {
            Some(line) if line.parse() == Ok(n) => {
                Ok(Approval { confirmed: true, brake: Some(n), reason: None })
            }
            _ => held("brake", wrong, format!("Look at it with --plan; if it is right, add --brake {n}.")),
        };
    }
    if needs_yes {
        return match face.ask("Go on? [y/N] ").await.map(|line| line.to_lowercase()) {
            Some(line) if line == "y" || line == "yes" => {
                Ok(Approval { confirmed: true, brake: None, reason: None })
            }
            Some(_) => held("unconfirmed", "It was not confirmed.".into(), "Look again with --plan.".into()),
            None => held(
                "unconfirmed",
                "It has to be confirmed, and nobody is here to do that.".into(),
                "Look at it with --plan; if it is right, add --yes.".into(),
            ),
        };
    }
    Ok(Approval { confirmed: true, brake: brake.held, reason: None })
}

/// Runs it; at a terminal one line shows how far it is. Why nothing is sent for a while is said once.
pub(super) async fn follow<S: Seam>(
    face: &mut Face<'_>,
    seam: &S,
    preview: Preview,
    approval: Approval,
) -> Result<Report, Problem> {
    let shown = !face.json && face.operator.is_some();
    let (sender, mut progress) = watch::channel(Progress::default());
    let run = seam.run(preview, approval, sender);
    tokio::pin!(run);
    let (mut drawn, mut until, mut said) = (false, None, None);
    let report = loop {
        tokio::select! {
            report = &mut run => break report,
            Ok(()) = progress.changed(), if !face.json => {
                let at = *progress.borrow_and_update();
                if std::mem::replace(&mut until, at.until) != at.until
                    && let Some(pause) = seam.pause().await.filter(|pause| pause.until.is_some())
                    && pause.failure.kind == FailureKind::SlowDown
                    && said.as_ref() != Some(&pause.failure.next)
                {
                    let cleared = if std::mem::take(&mut drawn) { "\r\x1b[K" } else { "" };
                    let why = format!("{} {}", pause.failure.text, pause.next());
                    face.say(&format!("{cleared}{}\n", super::text::visible(&why)));
                    said = Some(pause.failure.next);
                }
                if shown && at.total > 1 {
                    drawn = true;
                    face.say(&render::progress_line(at));
                }
            }
        }
    };
    if drawn {
        face.say("\r\x1b[K");
    }
    report
}
