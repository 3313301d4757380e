//! Commands that only look.

use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::args::Command as Typed;
use super::face::{Face, broken};
use super::names;
use super::plan::plan;
use super::render;
use super::seam::Seam;
use crate::audit::AuditQuery;
use crate::domain::{FailureKind, Flag, OpId, PersonId, Time};
use crate::engine::compare::twice;
use crate::engine::{CheckReport, DeepReport, Outlook, Problem, Progress, TasksQuery, TestReport};
use crate::verbs::Command;

/// Does it and gives the exit code; none for a command that is not one of these.
pub(super) async fn look<S: Seam>(
    seam: &S,
    face: &mut Face<'_>,
    typed: &Typed,
    now: Time,
) -> Result<Option<u8>, Problem> {
    let directory = seam.directory();
    match typed {
        Typed::Status => {
            let (stuck, pause) = (seam.stuck_since().await, seam.pause().await);
            let pause = pause.as_ref();
            let (queue, head, holder) = (seam.queue_counts().await?, seam.audit_head().await?, seam.holder());
            let holder = holder.as_ref();
            let orphans = seam.orphans().await?;
            let (orphans, second) = (orphans.len(), render::second_count(&directory, &orphans));
            let lately = seam.audit(Outlook::query(now)).await?;
            let stands = !directory.connection().enabled || pause.is_some_and(|pause| pause.until.is_none());
            let goes = !stands || queue.moving() == 0;
            let until = pause.and_then(|pause| pause.until);
            let left = Outlook::told_by(&lately).time_left(now, queue.moving(), until).filter(|_| goes);
            face.data(
                |_| {
                    render::status_text(&directory, &queue, now)
                        + &render::time_left_text(&queue, left)
                        + &render::orphans_count_text(orphans)
                        + &render::second_count_text(second)
                        + &render::stuck_text(stuck)
                        + &render::pause_text(pause, holder)
                        + &render::evidence_text(head, holder)
                },
                || {
                    let status = render::with_stuck(render::status_json(&directory, &queue, left), stuck);
                    let status = render::with_pause(status, pause);
                    let status = render::with_evidence(status, head, holder);
                    render::with_orphans(status, orphans, second)
                },
            )?;
        }
        Typed::People { flag } => people(&directory, face, *flag)?,
        Typed::Show { user } => {
            let id = names::person(&directory, user)?;
            let query = AuditQuery { person: Some(id), limit: 20, ..Default::default() };
            let entries = seam.audit(query).await?;
            let twice = twice(&directory, &seam.orphans().await?);
            let twice = twice.iter().find(|one| one.person == id && one.is_twice());
            let person = directory.get(id).ok_or_else(|| names::bad("gone", "They are gone.", ""))?;
            face.data(
                |width| render::show_text(&directory, person, twice, &entries, width),
                || render::show_json(&directory, person, twice, &entries),
            )?;
        }
        Typed::Groups => {
            face.data(|width| render::groups_text(&directory, width), || render::groups_json(&directory))?;
        }
        Typed::Attributes { .. } => {
            face.data(
                |width| render::attributes_text(&directory, width),
                || render::attributes_json(&directory),
            )?;
        }
        Typed::Check { users } => {
            let whom = if users.is_empty() { None } else { Some(names::people(&directory, users)?) };
            let report = compare(face, seam, whom.clone()).await?;
            seam.hear().await;
            let directory = seam.directory();
            let whom = whom.as_deref();
            face.data(
                |width| render::check_text(&report, &directory, whom, width),
                || render::check_json(&report, &directory, whom),
            )?;
            return Ok(Some(if report.complete { 0 } else { 3 }));
        }
        Typed::Test { deep: true, .. } => return deep(face, &seam.deep_test().await?).map(Some),
        Typed::Test { at_once: true, .. } => return at_once(seam, face).await.map(Some),
        Typed::Test { .. } => return test(face, &seam.test().await?).map(Some),
        Typed::Connection(super::args::ConnectionCommand::Show { name: None }) => {
            let connection = directory.connection();
            face.data(|_| render::connection_text(connection), || render::connection_json(connection))?;
        }
        Typed::Audit(args) => return super::audit::audit(seam, face, args, now).await.map(Some),
        Typed::Plan { saved } => return plan(seam, face, Command::Apply, saved, now).await.map(Some),
        Typed::Tasks { state, limit } => {
            let tasks = seam.tasks(TasksQuery { state: *state, limit: *limit }).await?;
            let stopped = seam.pause().await.filter(|pause| pause.until.is_none()).map(|pause| pause.failure);
            let stopped = stopped.as_ref();
            face.data(
                |width| render::tasks_text(&tasks, &directory, stopped, now, width),
                || render::tasks_json(&tasks, &directory, stopped),
            )?;
        }
        Typed::Trace { id } => {
            let operation: OpId = id.parse().map_err(|_| {
                let next = "It begins with op and stands in results and in the audit feed.";
                names::bad("bad_id", format!("{id} is no operation id."), next)
            })?;
            let traces = seam.traces(operation).await?;
            if traces.is_empty() {
                let next = "Nothing of it was sent yet, or it is not of this connection.";
                return Err(names::bad("no_trace", format!("There is no trace of {operation}."), next));
            }
            face.data(|_| render::traces_text(&traces), || render::traces_json(operation, &traces))?;
        }
        _ => return Ok(None),
    }
    Ok(Some(0))
}

/// Compares; at a terminal one line shows how many accounts were read, some times a second at most.
async fn compare<S: Seam>(
    face: &mut Face<'_>,
    seam: &S,
    whom: Option<Vec<PersonId>>,
) -> Result<CheckReport, Problem> {
    const AGAIN: Duration = Duration::from_millis(250);
    let shown = !face.json && face.operator.is_some();
    let (sender, mut progress) = watch::channel(Progress::default());
    let check = seam.check(whom, sender);
    tokio::pin!(check);
    let mut drawn: Option<Instant> = None;
    let report = loop {
        tokio::select! {
            // What was told is shown before the end is.
            biased;
            Ok(()) = progress.changed(), if shown => {
                let at = *progress.borrow_and_update();
                if drawn.is_none_or(|drawn| drawn.elapsed() >= AGAIN) {
                    drawn = Some(Instant::now());
                    face.say(&render::reading_line(at));
                }
            }
            report = &mut check => break report,
        }
    };
    if drawn.is_some() {
        face.say("\r\x1b[K");
    }
    report
}

/// Whether a command asks neither the endpoint nor for anything to be kept.
pub(super) fn only_looks(typed: &Typed) -> bool {
    use super::args::ConnectionCommand;
    matches!(
        typed,
        Typed::Status
            | Typed::People { .. }
            | Typed::Show { .. }
            | Typed::Groups
            | Typed::Attributes { from_endpoint: false, .. }
            | Typed::Tasks { .. }
            | Typed::Trace { .. }
            | Typed::Audit(_)
            | Typed::Connection(ConnectionCommand::Show { name: None })
    )
}

/// Streams the list: there may be a million people.
fn people(
    directory: &crate::directory::Directory,
    face: &mut Face<'_>,
    flag: Option<Flag>,
) -> Result<(), Problem> {
    let chosen = directory.people().filter(|p| flag.is_none_or(|flag| p.flags().contains(flag)));
    let done = if face.json {
        render::write_people_json(face.out, chosen)
    } else {
        let text = render::people_text(directory, chosen, face.width);
        face.out.write_all(text.as_bytes()).and_then(|()| face.out.flush())
    };
    done.map_err(|e| broken(&e))
}

/// A test's report; 3 when the connector is not configured successfully.
pub(super) fn test(face: &mut Face<'_>, report: &TestReport) -> Result<u8, Problem> {
    face.data(|width| render::test_text(report, width), || render::test_json(report))?;
    Ok(if report.ok { 0 } else { 3 })
}

/// The test of an operator who knows better than the app's `Retry-After`.
async fn at_once<S: Seam>(seam: &S, face: &mut Face<'_>) -> Result<u8, Problem> {
    let pause = seam.pause().await.filter(|pause| pause.failure.kind == FailureKind::SlowDown);
    let report = seam.test_now().await?;
    let code = test(face, &report)?;
    if report.ok && pause.is_some() && !face.json {
        face.say(match seam.holder() {
            Some(_) => "What the app asked to wait for is over: what is queued goes on.\n",
            None => "What the app asked to wait for is over. Go on with: scimdeck apply\n",
        });
    }
    Ok(code)
}

/// A deeper look's report; 3 when anything failed.
fn deep(face: &mut Face<'_>, report: &DeepReport) -> Result<u8, Problem> {
    face.data(|width| render::deep_text(report, width), || render::deep_json(report))?;
    Ok(if report.ok { 0 } else { 3 })
}
