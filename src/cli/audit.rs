//! `audit`: the feed, the chain's check, exports, and how fast access ended.

use std::collections::{BTreeSet, HashSet};

use super::args::{AuditArgs, AuditCommand, ExportArgs};
use super::export_file::{self, Target};
use super::face::{Face, broken};
use super::names;
use super::render;
use super::seam::Seam;
use crate::audit::chain::Head;
use crate::audit::export::{Export, Format, Wanted};
use crate::audit::{AuditQuery, Walk};
use crate::domain::{Flag, OpId, PersonId, Time};
use crate::engine::{EndOfAccess, Problem, ProblemKind, deprovisioned};

/// Time between looks of `audit --follow`.
const FOLLOW: std::time::Duration = std::time::Duration::from_millis(500);
/// Entries about one person read at once.
const DECISIONS: u32 = 1_000;
/// So many of them pass between two reads of the app's own log.
const HEAR_EVERY: u64 = 30;

/// Does it and gives the exit code.
pub(super) async fn audit<S: Seam>(
    seam: &S,
    face: &mut Face<'_>,
    args: &AuditArgs,
    now: Time,
) -> Result<u8, Problem> {
    match &args.command {
        Some(AuditCommand::Verify { head }) => verify(seam, face, *head).await,
        Some(AuditCommand::Export(export)) => self::export(seam, face, export, now).await,
        Some(AuditCommand::Deprovisioned { since, csv }) => {
            let since = since.map(|s| s.time(now));
            let ended = ends_of_access(seam, since).await?;
            let csv = *csv && !face.json;
            face.data(
                |width| match csv {
                    true => render::deprovisioned_csv(&ended, now),
                    false => render::deprovisioned_text(&ended, now, width),
                },
                || render::deprovisioned_json(&ended, now),
            )?;
            Ok(0)
        }
        None => match &args.export {
            Some(file) => {
                let (file, which) = (file.clone(), args.which.clone());
                export(seam, face, &ExportArgs { file, format: None, force: false, which }, now).await
            }
            None => feed(seam, face, args, now).await.map(|()| 0),
        },
    }
}

/// All ends are read, since an earlier one tells what a later one counts from; then those asked for are kept.
async fn ends_of_access<S: Seam>(seam: &S, since: Option<Time>) -> Result<Vec<EndOfAccess>, Problem> {
    let operations = seam.deactivations(None).await?;
    let directory = seam.directory();
    let remains = directory.people().filter(|p| p.flags().contains(Flag::AccessRemains)).map(|p| p.id());
    let people: BTreeSet<PersonId> = operations.iter().map(|op| op.person).chain(remains).collect();
    let asked: Option<HashSet<OpId>> = since.map(|since| {
        operations.iter().filter(|op| op.created_at >= since || op.state.live()).map(|op| op.id).collect()
    });
    let mut decided = Vec::new();
    for person in people {
        let mut query =
            AuditQuery { person: Some(person), after: Some(0), limit: DECISIONS, ..Default::default() };
        loop {
            let page = seam.audit(query.clone()).await?;
            let more = page.len() == DECISIONS as usize;
            query.after = page.last().map(|entry| entry.seq);
            decided.extend(page.into_iter().filter(|entry| entry.access.is_some()));
            if !more {
                break;
            }
        }
    }
    let mut ends = deprovisioned(operations, &decided, &directory);
    ends.retain(|end| match (&asked, end.operation) {
        (Some(asked), Some(op)) => asked.contains(&op),
        _ => true,
    });
    Ok(ends)
}

async fn feed<S: Seam>(seam: &S, face: &mut Face<'_>, args: &AuditArgs, now: Time) -> Result<(), Problem> {
    let person = args.which.person.as_ref().map(|name| names::person(&seam.directory(), name)).transpose()?;
    let since = args.which.since.map(|s| s.time(now));
    let mut query = AuditQuery { person, since, limit: args.limit, ..Default::default() };
    for turn in 0_u64.. {
        if turn.is_multiple_of(HEAR_EVERY) {
            seam.hear().await;
        }
        let entries = seam.audit(query.clone()).await?;
        let mut text = String::new();
        for entry in &entries {
            if face.json {
                text.push_str(&render::audit_json(entry).to_string());
            } else {
                text.push_str(&render::audit_line(entry));
            }
            text.push('\n');
        }
        face.out.write_all(text.as_bytes()).and_then(|()| face.out.flush()).map_err(|e| broken(&e))?;
        if !args.follow {
            return Ok(());
        }
        let last = entries.last().map(|e| e.seq);
        query.after = last.or(query.after).or(Some(0));
        query.limit = 1000;
        tokio::time::sleep(FOLLOW).await;
    }
    Ok(())
}

/// Walks the whole chain; 1 when it does not hold.
async fn verify<S: Seam>(seam: &S, face: &mut Face<'_>, kept: Option<Head>) -> Result<u8, Problem> {
    let mut walk = Walk::against(kept);
    loop {
        let page = seam.chained(walk.last()).await?;
        if page.is_empty() {
            break;
        }
        page.iter().for_each(|entry| walk.take(entry));
    }
    let (head, fault) = walk.end();
    face.data(|_| render::verified_text(head, fault, kept.is_some()), || render::verified_json(head, fault))?;
    Ok(u8::from(fault.is_some()))
}

async fn export<S: Seam>(seam: &S, face: &mut Face<'_>, args: &ExportArgs, now: Time) -> Result<u8, Problem> {
    let directory = seam.directory();
    let format = args.format.unwrap_or_else(|| Format::of_name(&args.file.to_string_lossy()));
    let wanted = Wanted {
        since: args.which.since.map(|s| s.time(now)),
        // Who was removed is not in the directory any more and is in the log all the same.
        person: args.which.person.as_ref().map(|name| (names::person(&directory, name).ok(), name.clone())),
    };
    let mut target = Target::begin(&args.file, args.force)?;
    let mut export = Export::new(format, wanted, Walk::default());
    target.write(&export.begin())?;
    loop {
        let page = seam.chained(export.walk().last()).await?;
        if page.is_empty() {
            break;
        }
        let lines: String = page.iter().filter_map(|entry| export.take(entry)).collect();
        target.write(&lines)?;
    }
    let summary = export.summary(&directory.connection().name, &seam.actor(), now);
    let beside = match format {
        Format::Jsonl => {
            target.write(&format!("{}\n", serde_json::json!({ "summary": summary })))?;
            None
        }
        Format::Csv => Some(export_file::beside(&args.file)),
    };
    if let Some(path) = &beside {
        // First the words about the file: a file without them is never there.
        let mut words = Target::begin(path, args.force)?;
        words.write(&format!("{summary:#}\n"))?;
        words.finish()?;
    }
    target.finish()?;
    let (_, fault) = export.walk().end();
    face.data(
        |_| render::exported_text(&args.file, beside.as_deref(), &summary),
        || render::exported_json(&args.file, beside.as_deref(), &summary),
    )?;
    if let Some(fault) = fault {
        let problem = Problem::new(
            ProblemKind::Internal,
            "chain_broken",
            format!("The file was written, but {fault}."),
            "Keep the store's file as it is, and compare it with earlier exports and heads.",
        );
        face.say(&format!("scimdeck: {} {}\n", problem.text, problem.next));
        return Ok(1);
    }
    Ok(0)
}
