//! `audit`: the feed, the chain's check, exports, and how fast access ended.

use super::args::{AuditArgs, AuditCommand, ExportArgs};
use super::export_file::{self, Target};
use super::face::{Face, broken};
use super::names;
use super::render;
use super::seam::Seam;
use crate::audit::chain::Head;
use crate::audit::export::{Export, Format, Wanted};
use crate::audit::{AuditQuery, Walk};
use crate::domain::Time;
use crate::engine::{EndOfAccess, EndsOfAccess, Problem, ProblemKind};

/// Time between looks of `audit --follow`.
const FOLLOW: std::time::Duration = std::time::Duration::from_millis(500);
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
            deprovisioned(seam, face, since.map(|s| s.time(now)), *csv, now).await
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

/// How fast access ended, by the chained entries; 1 when the chain that vouches for them does not hold.
async fn deprovisioned<S: Seam>(
    seam: &S,
    face: &mut Face<'_>,
    since: Option<Time>,
    csv: bool,
    now: Time,
) -> Result<u8, Problem> {
    let (mut walk, mut ends) = (Walk::default(), EndsOfAccess::default());
    loop {
        let page = seam.chained(walk.last()).await?;
        if page.is_empty() {
            break;
        }
        for entry in page.iter().filter_map(|chained| walk.take(chained)) {
            ends.take(&entry);
        }
    }
    let (head, fault) = walk.end();
    let mut ends = ends.list(seam.deactivations().await?, &seam.directory());
    let of = ends.len();
    let asked = |end: &EndOfAccess| {
        end.confirmed_at.is_none() || since.is_none_or(|since| end.decided_at.is_none_or(|at| at >= since))
    };
    ends.retain(asked);
    let head = Some(head).filter(|head| head.count > 0);
    let ended = render::Ended { ends, of, since, head, now };
    let csv = csv && !face.json;
    face.data(|width| if csv { ended.csv() } else { ended.text(width) }, || ended.json())?;
    if csv {
        // The table is for a program: what is said about it goes beside it.
        face.say(&ended.about_csv());
    }
    if let Some(fault) = fault {
        let problem = chain_broken(&format!("This is read from the audit log, but {fault}."));
        face.say(&format!("scimdeck: {} {}\n", problem.text, problem.next));
        return Ok(1);
    }
    Ok(0)
}

/// The log does not hold.
fn chain_broken(text: &str) -> Problem {
    let next = "Keep the store's file as it is, and compare it with earlier exports and heads.";
    Problem::new(ProblemKind::Internal, "chain_broken", text, next)
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
        page.iter().for_each(|entry| drop(walk.take(entry)));
    }
    let (head, fault) = walk.end();
    let fault = fault.or_else(|| walk.emptied(seam.directory().counters().linked));
    let there = walk.taken();
    face.data(
        |_| render::verified_text(head, there, fault, kept.is_some()),
        || render::verified_json(head, there, fault),
    )?;
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
        let problem = chain_broken(&format!("The file was written, but {fault}."));
        face.say(&format!("scimdeck: {} {}\n", problem.text, problem.next));
        return Ok(1);
    }
    Ok(0)
}
