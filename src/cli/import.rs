//! `import people` and `import groups`: read the file, then the way of every command.

use std::io::Read;
use std::path::Path;

use super::act::act;
use super::args::{ImportArgs, ImportCommand};
use super::face::Face;
use super::import_endpoint;
use super::names::bad;
use super::seam::Seam;
use crate::engine::Problem;
use crate::sources;
use crate::verbs::{Command, FileSeen, ImportOptions};

/// The biggest file, in bytes.
const BIGGEST: u64 = 1 << 30;

pub(super) async fn import<S: Seam>(
    seam: &S,
    face: &mut Face<'_>,
    typed: &ImportCommand,
    read_only: bool,
) -> Result<u8, Problem> {
    let args = match typed {
        ImportCommand::People(args) | ImportCommand::Groups(args) => args,
        ImportCommand::Endpoint(args) => {
            return import_endpoint::endpoint(seam, face, args, read_only).await;
        }
        ImportCommand::Rules(args) => return import_endpoint::rules(seam, face, args, read_only).await,
    };
    let bytes = read(&args.file)?;
    let file = Some(FileSeen {
        name: file_name(&args.file),
        bytes: bytes.len() as u64,
        sha256: sources::sha256(&bytes),
    });
    let command = match typed {
        ImportCommand::Groups(_) => {
            let parsed = sources::groups(&bytes)?;
            let (options, ignored) = options(face, args, parsed.rejected, &parsed.ignored);
            Command::ImportGroups(parsed.records, ImportOptions { ignored, file, ..options })
        }
        _ => {
            let parsed = sources::people(&bytes, seam.directory().attributes())?;
            let (options, ignored) = options(face, args, parsed.rejected, &parsed.ignored);
            Command::ImportPeople(parsed.records, ImportOptions { ignored, file, ..options })
        }
    };
    // The records hold what is needed of it.
    drop(bytes);
    act(seam, face, command, &args.consent, read_only).await
}

fn options(
    face: &mut Face<'_>,
    args: &ImportArgs,
    bad: Vec<crate::verbs::Rejected>,
    ignored: &[String],
) -> (ImportOptions, u64) {
    if !ignored.is_empty() {
        let text = format!("columns passed over: {}\n", super::text::visible(&ignored.join(", ")));
        face.say(&text);
    }
    (ImportOptions { bad, ..args.options() }, ignored.len() as u64)
}

fn file_name(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() }
}

fn read(path: &Path) -> Result<Vec<u8>, Problem> {
    let unreadable = |why: String| {
        bad("unreadable", format!("{} cannot be read: {why}.", path.display()), "Name a readable CSV file.")
    };
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(BIGGEST + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(BIGGEST + 1).read_to_end(&mut bytes))
    };
    read.map_err(|e| unreadable(e.to_string()))?;
    if bytes.len() as u64 > BIGGEST {
        return Err(unreadable("it is larger than 1 GB".to_owned()));
    }
    Ok(bytes)
}
