//! Commands that only look.

use super::args::Command as Typed;
use super::face::{Face, broken};
use super::names;
use super::plan::plan;
use super::render;
use super::seam::Seam;
use crate::audit::AuditQuery;
use crate::domain::{Flag, OpId, Time};
use crate::engine::{DeepReport, Outlook, Problem, TasksQuery, TestReport};
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
            let stuck = seam.stuck_since().await;
            let (queue, head, holder) = (seam.queue_counts().await?, seam.audit_head().await?, seam.holder());
            let holder = holder.as_ref();
            let orphans = seam.orphans().await?.len();
            let lately = seam.audit(Outlook::query(now)).await?;
            let goes = directory.connection().enabled || queue.moving() == 0;
            let left = Outlook::told_by(&lately).time_left(now, queue.moving(), None).filter(|_| goes);
            face.data(
                |_| {
                    render::status_text(&directory, &queue, now)
                        + &render::time_left_text(&queue, left)
                        + &render::orphans_count_text(orphans)
                        + &render::stuck_text(stuck)
                        + &render::evidence_text(head, holder)
                },
                || {
                    let status = render::with_stuck(render::status_json(&directory, &queue, left), stuck);
                    let status = render::with_evidence(status, head, holder);
                    render::with_orphans(status, orphans)
                },
            )?;
        }
        Typed::People { flag } => people(&directory, face, *flag)?,
        Typed::Show { user } => {
            let id = names::person(&directory, user)?;
            let query = AuditQuery { person: Some(id), limit: 20, ..Default::default() };
            let entries = seam.audit(query).await?;
            let person = directory.get(id).ok_or_else(|| names::bad("gone", "They are gone.", ""))?;
            face.data(
                |width| render::show_text(&directory, person, &entries, width),
                || render::show_json(&directory, person, &entries),
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
            let report = seam.check(whom.clone()).await?;
            seam.hear().await;
            let directory = seam.directory();
            let whom = whom.as_deref();
            face.data(
                |width| render::check_text(&report, &directory, whom, width),
                || render::check_json(&report, &directory, whom),
            )?;
            return Ok(Some(if report.complete { 0 } else { 3 }));
        }
        Typed::Test { deep: true } => return deep(face, &seam.deep_test().await?).map(Some),
        Typed::Test { deep: false } => return test(face, &seam.test().await?).map(Some),
        Typed::Connection(super::args::ConnectionCommand::Show { name: None }) => {
            let connection = directory.connection();
            face.data(|_| render::connection_text(connection), || render::connection_json(connection))?;
        }
        Typed::Audit(args) => return super::audit::audit(seam, face, args, now).await.map(Some),
        Typed::Plan { saved } => return plan(seam, face, Command::Apply, saved, now).await.map(Some),
        Typed::Tasks { state, limit } => {
            let tasks = seam.tasks(TasksQuery { state: *state, limit: *limit }).await?;
            face.data(|width| render::tasks_text(&tasks, now, width), || render::tasks_json(&tasks))?;
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

/// A deeper look's report; 3 when anything failed.
fn deep(face: &mut Face<'_>, report: &DeepReport) -> Result<u8, Problem> {
    face.data(|width| render::deep_text(report, width), || render::deep_json(report))?;
    Ok(if report.ok { 0 } else { 3 })
}
