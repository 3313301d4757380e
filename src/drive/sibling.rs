//! Other connections of the same home, seen from an open one: the list, a new one, and going over to another.

use super::connect::add_connection_told;
use super::{Drive, DriveConfig, check_base_url, connections, homes, problem};
use crate::domain::{Badge, Connection, ConnectionId, GivenToken, Secret, TokenSource};
use crate::endpoint::token;
use crate::engine::{
    Approval, Connected, ConnectionRow, NewConnection, Problem, ProblemKind, Progress, TestReport,
};
use crate::verbs::Command;

impl Drive {
    /// The connections of this home; the current one is this.
    pub async fn connections(&self) -> Result<Vec<ConnectionRow>, Problem> {
        let mut rows = homes::connection_rows(&self.shared.store).await?;
        for row in &mut rows {
            row.current = row.id == self.shared.connection;
        }
        Ok(rows)
    }

    /// Opens another connection of this home, which is the current one from then on. This one stays open until it is
    /// dropped. Sends nothing.
    pub async fn switch(&self, id: ConnectionId) -> Result<Self, Problem> {
        let other = id != self.shared.connection;
        let drive = if other { self.sibling(id, true).await? } else { self.clone() };
        if !self.shared.read_only {
            homes::use_connection(&self.shared.store, id).await?;
            drive.lead().await;
        }
        Ok(drive)
    }

    /// Saves a new connection of this home, tests it, and enables it where the test is good.
    pub async fn connect(&self, new: NewConnection) -> Result<Connected, Problem> {
        if self.shared.read_only {
            return Err(problem::read_only());
        }
        let Some(home) = self.shared.home.clone() else {
            return Err(Problem::new(
                ProblemKind::NotAllowed,
                "demo",
                "The demo keeps nothing, so no connection can be saved in it. Nothing was changed.",
                "Leave it and start: scimdeck",
            ));
        };
        check_base_url(&new.base_url)?;
        let given = there(new.token).await?;
        let store = &self.shared.store;
        homes::check_name(store, &new.name).await?;
        let name = new.name.trim().to_owned();
        let mut connection = Connection::new(ConnectionId(0), &name, &new.base_url, TokenSource::Memory);
        new.badge.trim().clone_into(&mut connection.badge.0);
        if connection.badge.0.is_empty() {
            connection.badge = Badge::default();
        }
        // Commands that name none go on to mean the one they meant.
        if let Some(current) = homes::current_connection(store).await? {
            homes::use_connection(store, current).await?;
        }
        let pasted = match given {
            Given::Pasted(secret) => Some(secret),
            Given::At(source, _) => {
                connection.token = source;
                None
            }
        };
        let kept = pasted.is_some();
        let complete = move |connection: &mut Connection| {
            if kept {
                // It is named by the number that the store gives.
                connection.token = TokenSource::File { path: homes::token_file(&home, connection.id) };
            }
        };
        let (actor, reason) = (&self.shared.actor, self.shared.reason.as_deref());
        let connection = add_connection_told(store, connection, actor, reason, complete).await?;
        let id = connection.id;
        if let (Some(secret), TokenSource::File { path }) = (&pasted, &connection.token) {
            token::keep(path, secret).map_err(|error| saved_all_the_same(unkept(&error)))?;
        }
        let drive = self.sibling(id, false).await?;
        let report = drive.test().await.map_err(saved_all_the_same)?;
        if report.ok {
            let preview = drive.preview(Command::Enable, Vec::new()).await?;
            let approval = Approval { confirmed: true, brake: None, reason: None };
            drive.run(preview, approval, tokio::sync::watch::channel(Progress::default()).0).await?;
        }
        drive.stop().await;
        Ok(Connected { id, name, report })
    }

    /// Uses another token from now on, a pasted one or one that is somewhere. One that the app refuses is not taken: the one before stays. Links and queue
    /// are kept, and what stood still for the old token goes on.
    pub async fn replace_token(&self, token: impl Into<GivenToken>) -> Result<TestReport, Problem> {
        if self.shared.read_only {
            return Err(problem::read_only());
        }
        let given = there(token.into()).await?;
        if let Some(report) = self.refused(given.secret()).await? {
            return Ok(report);
        }
        let secret = match given {
            Given::At(source, _) => return self.take_source(source).await,
            Given::Pasted(secret) => secret,
        };
        let source = self.shared.directory().connection().token.clone();
        let Some(home) = self.shared.home.as_deref().filter(|_| source != TokenSource::Memory) else {
            let feed = super::shared::hold(&self.shared.tokens).as_ref().map(|(_, feed)| feed.clone());
            return self.use_token(secret.clone(), feed.unwrap_or(secret)).await;
        };
        let path = homes::token_file(home, self.shared.connection);
        token::keep(&path, &secret).map_err(|error| unkept(&error))?;
        self.take_source(TokenSource::File { path }).await
    }

    async fn sibling(&self, id: ConnectionId, watch: bool) -> Result<Self, Problem> {
        let store = self.shared.store.clone();
        let connection = connections(&store).await?.into_iter().find(|c| c.id == id);
        let connection = connection.ok_or_else(|| {
            let text = "The connection is not there any more. Nothing was changed.";
            Problem::new(ProblemKind::BadInput, "no_such_connection", text, "Look at the list again.")
        })?;
        let config = DriveConfig {
            store,
            home: self.shared.home.clone(),
            connection,
            actor: self.shared.actor.clone(),
            reason: self.shared.reason.clone(),
            read_only: self.shared.read_only,
            tokens: None,
            watch,
        };
        Self::open_after(config, self.shared.used.clone()).await
    }
}

/// A token that is there: itself, or where it was found.
enum Given {
    Pasted(Secret),
    At(TokenSource, Secret),
}

impl Given {
    fn secret(&self) -> &Secret {
        match self {
            Self::Pasted(secret) | Self::At(_, secret) => secret,
        }
    }
}

/// Looks for the token where it is said to be, before anything is changed.
async fn there(given: GivenToken) -> Result<Given, Problem> {
    let (source, passphrase) = match given {
        GivenToken::Pasted(secret) => return Ok(Given::Pasted(secret)),
        GivenToken::At(source, passphrase) => (source, passphrase),
    };
    if let (TokenSource::Encrypted { path }, Some(passphrase)) = (&source, passphrase) {
        super::secrets::open(path, passphrase).await?;
    }
    let token = token::fetch(&source).await.map_err(|error| {
        let text = format!("There is no token to use: {error}. Nothing was changed.");
        Problem::new(
            ProblemKind::BadInput,
            "token",
            text,
            "Correct it, then give it again: T in Provisioning.",
        )
    })?;
    super::secrets::not_in_words(&source, &token.secret)?;
    Ok(Given::At(source, token.secret))
}

fn unkept(error: &token::TokenError) -> Problem {
    let text = format!("The token was not kept: {error}.");
    Problem::new(
        ProblemKind::Internal,
        "token_file",
        text,
        "Correct the folder's rights, then give it again.",
    )
}

fn saved_all_the_same(mut problem: Problem) -> Problem {
    problem.text.push_str(" The connection was saved, not enabled.");
    problem
}
