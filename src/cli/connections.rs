//! `connection list, show, use, rename, remove`: what is about the home and needs no open line.

use super::args::ConnectionCommand;
use super::face::Face;
use super::names::bad;
use super::open::{self, Opening};
use super::render;
use crate::domain::Connection;
use crate::drive;
use crate::engine::{Problem, ProblemKind};
use crate::store::Store;

/// Does it and gives the exit code; none for what needs the connection open.
pub(super) async fn connections(
    opening: &Opening,
    command: &ConnectionCommand,
    face: &mut Face<'_>,
) -> Result<Option<u8>, Problem> {
    let changes = !matches!(command, ConnectionCommand::List | ConnectionCommand::Show { .. });
    if matches!(command, ConnectionCommand::Set(_)) {
        return Ok(None);
    }
    if opening.read_only && changes {
        return Err(Problem::new(
            ProblemKind::NotAllowed,
            "read_only",
            "This is read-only mode. Nothing was changed.",
            "Run it without --read-only.",
        ));
    }
    let store = open::open_home(&opening.home)?;
    match command {
        ConnectionCommand::List => {
            let rows = drive::connection_rows(&store).await?;
            face.data(|width| render::connections_text(&rows, width), || render::connections_json(&rows))?;
        }
        ConnectionCommand::Show { name } => {
            let c = chosen(&store, opening, name.as_deref()).await?;
            face.data(|_| render::connection_text(&c), || render::connection_json(&c))?;
        }
        ConnectionCommand::Use { name } => {
            let c = chosen(&store, opening, Some(name)).await?;
            drive::use_connection(&store, c.id).await?;
            said(face, "used", &c, "is used where none is named")?;
        }
        ConnectionCommand::Rename { new_name } => {
            let mut c = chosen(&store, opening, None).await?;
            drive::rename_connection(&store, c.clone(), new_name, &open::user(), opening.reason.as_deref())
                .await?;
            let before = std::mem::replace(&mut c.name, new_name.trim().to_owned());
            said(face, "renamed", &c, &format!("is the new name of {before}"))?;
        }
        ConnectionCommand::Remove { name, yes } => remove(&store, opening, name, *yes, face).await?,
        ConnectionCommand::Set(_) => {}
    }
    Ok(Some(0))
}

async fn remove(
    store: &Store,
    opening: &Opening,
    name: &str,
    yes: bool,
    face: &mut Face<'_>,
) -> Result<(), Problem> {
    let c = chosen(store, opening, Some(name)).await?;
    let (directory, _) = store.directory(c.clone()).await.map_err(|error| {
        let text = format!("The connection cannot be read: {error}. Nothing was changed.");
        Problem::new(ProblemKind::Internal, "store", text, "Try again.")
    })?;
    let (linked, queued) = (directory.counters().linked, directory.queue().total());
    let held = format!(
        "{} has {} linked here, who keep their accounts as they are, and {queued} operations in the queue, which are \
         given up.",
        c.name,
        render::people_count(linked)
    );
    if !yes {
        let question = format!("{held}\nType {} to take it out: ", c.name);
        match face.ask(&super::text::visible(&question)).await {
            Some(typed) if typed == c.name => {}
            _ => {
                return Err(Problem::new(
                    ProblemKind::Held,
                    "unconfirmed",
                    format!("{held} Nothing was changed."),
                    "If it is to be taken out all the same, add --yes.",
                ));
            }
        }
    }
    drive::remove_connection(store, &opening.home, c.clone(), &open::user(), opening.reason.as_deref())
        .await?;
    let words =
        format!("was taken out: {} were linked, {queued} operations given up", render::people_count(linked));
    face.data(
        |_| super::text::lines([format!("{} {words}", c.name)]),
        || serde_json::json!({"removed": c.name, "linked": linked, "dropped": queued}),
    )
}

/// The named connection, or the one that is used.
async fn chosen(store: &Store, opening: &Opening, name: Option<&str>) -> Result<Connection, Problem> {
    let wanted = Opening {
        connection: name.map(str::to_owned).or_else(|| opening.connection.clone()),
        ..opening.clone()
    };
    open::chosen(store, &wanted).await
}

fn said(face: &mut Face<'_>, key: &str, c: &Connection, words: &str) -> Result<(), Problem> {
    face.data(|_| super::text::lines([format!("{} {words}", c.name)]), || serde_json::json!({key: c.name}))
}

/// New settings out of the options that were given.
pub(super) fn settings(
    present: &Connection,
    args: &super::args::SettingArgs,
) -> Result<crate::verbs::Command, Problem> {
    let mut given = args.clone();
    if let Some(path) = &mut given.activity_token_file {
        *path = std::path::absolute(&*path)
            .map_err(|e| bad("unreadable", format!("{}: {e}.", path.display()), "Name a file."))?;
    }
    if let Some(path) = given.ca_file.as_mut().filter(|path| !path.as_os_str().is_empty()) {
        *path = super::run::whole(path)?;
    }
    match given.settings(present) {
        Ok(Some(connection)) => Ok(crate::verbs::Command::ConnectionSet(Box::new(connection))),
        Ok(None) => Err(bad("no_setting", "No setting was given.", "Give one, for example --badge PROD.")),
        Err(text) => Err(bad("bad_setting", text, "Give both.")),
    }
}
