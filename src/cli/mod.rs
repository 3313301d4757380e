//! Arguments, headless commands, human and JSON output.
//!
//! Every command is coded against [`Seam`]; where that comes from is said in one file, `open`.

mod act;
pub mod args;
mod audit;
mod connect;
mod connections;
mod console;
mod decisions;
mod demo;
mod export_file;
mod face;
mod first_run;
mod generate;
mod heads;
mod hidden;
mod hygiene;
mod import;
mod import_endpoint;
mod log;
mod look;
mod names;
mod open;
mod plan;
mod profile;
mod render;
mod run;
mod sandbox;
mod seam;
mod session;
mod signals;
mod stopped;
mod take_over;
mod terminal;
mod text;
mod token;
mod undo;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

pub use args::{Cli, Command, Global};
pub use face::{Ask, Face, Line};
pub use run::run_on;
pub use seam::Seam;

use args::{TokenCommand, TokenCommandArgs};

use crate::config::Home;
use crate::domain::Time;
use crate::engine::{Problem, ProblemKind};
use open::Opening;
use signals::Signals;

/// Bad arguments.
const USAGE: u8 = 64;
/// How long requests under way may take when a signal ends the program.
const GRACE: Duration = Duration::from_secs(5);

/// The whole program.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    hygiene::keep_memory_private();
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { USAGE } else { 0 });
        }
    };
    log::start(&cli);
    let (mut out, mut err) = (io::stdout(), io::stderr());
    let mut terminal = terminal::Terminal;
    let mut face = Face {
        out: &mut out,
        err: &mut err,
        operator: terminal::attended().then_some(&mut terminal as &mut dyn Ask),
        width: terminal::width(),
        json: cli.global.json,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let code = match runtime {
        Ok(runtime) => {
            let result = runtime.block_on(dispatch(&cli, &mut face));
            // A question that nobody answered must not hold the end up.
            runtime.shutdown_background();
            result
        }
        Err(error) => Err(system("The program could not start", &error)),
    };
    let code = code.unwrap_or_else(|problem| {
        if problem.code == face::CLOSED {
            return 0;
        }
        face.problem(&problem);
        problem.kind.exit()
    });
    let _ = face.out.flush();
    hidden::show_again();
    ExitCode::from(code)
}

fn system(what: &str, error: &io::Error) -> Problem {
    Problem::new(
        ProblemKind::Internal,
        "system",
        format!("{what}: {error}. Nothing was changed."),
        "Try again.",
    )
}

async fn dispatch(cli: &Cli, face: &mut Face<'_>) -> Result<u8, Problem> {
    let global = &cli.global;
    let opening = || -> Result<Opening, Problem> {
        Ok(Opening {
            home: home(global)?,
            connection: global.connection.clone(),
            read_only: global.read_only,
            reason: global.reason.clone(),
        })
    };
    let Some(command) = &cli.command else {
        let opening = opening()?;
        return match open::has_connection(&opening).await? {
            true => console::console(&opening).await,
            false => first_run::first_run(&opening, global, face).await,
        };
    };
    match command {
        Command::Completions { shell } => return generate::completions(face, *shell).map(|()| 0),
        Command::Man { command } => return generate::man(face, command.as_deref()).map(|()| 0),
        Command::Config => return generate::config(face, &home(global)?).map(|()| 0),
        Command::Demo { people, seed, mail_dir, fault } => {
            return demo::demo(*people, *seed, mail_dir.as_deref(), fault).await;
        }
        _ => {}
    }
    token::ask_at_terminal();
    let mut signals = Signals::new().map_err(|e| system("Signals cannot be caught", &e))?;
    match command {
        Command::Sandbox(args) => return sandbox::sandbox(args, face, &mut signals).await,
        Command::Connection(args) => {
            let opening = opening()?;
            let done = tokio::select! {
                done = connections::connections(&opening, args, face) => done?,
                code = signals.wait() => Some(code),
            };
            if let Some(code) = done {
                return Ok(code);
            }
        }
        Command::Token(TokenCommandArgs { command: Some(TokenCommand::Encrypt { file, force }), .. }) => {
            return tokio::select! {
                code = token::encrypt(file, *force, face) => code,
                code = signals.wait() => Ok(code),
            };
        }
        Command::Connect(args) => {
            let opening = opening()?;
            let connect = connect::connect(&opening, global, args, face);
            return tokio::select! {
                code = connect => code,
                code = signals.wait() => Ok(code),
            };
        }
        _ => {}
    }
    let seam = tokio::select! {
        seam = async {
            let opening = opening()?;
            if look::only_looks(command) { open::look(&opening).await } else { open::open(&opening).await }
        } => seam?,
        code = signals.wait() => return Ok(code),
    };
    if seam.is_unchanging() {
        face.say("The home is on a read-only file system: looked at as it was kept; nothing can be changed here.\n");
    }
    let now = Time::from_ms(jiff::Timestamp::now().as_millisecond());
    let (ended, halted) = {
        // A run is not dropped before it is stopped: whoever sends for it is told to hold.
        let mut running = std::pin::pin!(run_on(&seam, face, global, command, now));
        let (ended, halted) = tokio::select! {
            code = &mut running => (Some(code), None),
            code = signals.wait() => {
                let halted = tokio::time::timeout(GRACE, seam.halt()).await;
                // A run that was begun reports how far it came; whoever does not want to wait signals once more.
                let ended = match halted {
                    Ok(Ok(false)) => None,
                    _ => tokio::select! {
                        ended = tokio::time::timeout(GRACE, &mut running) => ended.ok(),
                        _ = signals.wait() => None,
                    },
                };
                (ended, Some((code, halted)))
            }
        };
        if ended.is_some() {
            // Nothing is left half-way: what the journal knew ahead is taken back, and what was sent is heard out.
            let _ = tokio::time::timeout(GRACE, seam.stop()).await;
        }
        (ended, halted)
    };
    let code = match (ended, halted) {
        (Some(code), None) => code,
        (None, None) => Ok(0),
        (ended, Some((code, halted))) => {
            match (ended, halted) {
                (Some(Ok(_)), _) => {}
                (Some(Err(problem)), _) | (None, Ok(Err(problem))) => face.problem(&problem),
                (None, Ok(Ok(begun))) => stopped::say(command, begun, face),
                (None, Err(_)) => stopped::say(command, true, face),
            }
            heads::of_one(&seam, face).await;
            return Ok(code);
        }
    };
    if heads::said_after(command) {
        heads::of_one(&seam, face).await;
    }
    code
}

/// The home folder: `--home`, or the platform's folder for data.
fn home(global: &Global) -> Result<PathBuf, Problem> {
    let home = Home::find(global.home.as_deref(), None)
        .map_err(|e| names::bad("no_home", e.to_string(), "Name one with --home DIR or SCIMDECK_HOME."))?;
    std::path::absolute(home.data).map_err(|e| system("The home folder cannot be used", &e))
}
