//! `sandbox`: the other side on a socket, until a signal ends it.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde_json::json;

use super::args::{MailArgs, PendingArg, SandboxArgs};
use super::face::Face;
use super::names::bad;
use super::signals::Signals;
use crate::engine::{Problem, ProblemKind};
use crate::sandbox::{Fault, MailConfig, Pending, Sandbox, SandboxConfig, SandboxError, Smtp};

/// Where the two tokens and the mails are kept; a folder made for this run goes away with it.
struct Tokens {
    mail: PathBuf,
    scim: PathBuf,
    activity: PathBuf,
    made: Option<PathBuf>,
}

impl Drop for Tokens {
    fn drop(&mut self) {
        if let Some(folder) = &self.made {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// Runs until a signal; its exit code is given back.
pub(super) async fn sandbox(
    args: &SandboxArgs,
    face: &mut Face<'_>,
    signals: &mut Signals,
) -> Result<u8, Problem> {
    if args.fault.iter().any(|fault| fault == "help") {
        face.data(|_| crate::sandbox::fault_help(), || json!({ "help": crate::sandbox::fault_help() }))?;
        return Ok(0);
    }
    let faults = faults(&args.fault)?;
    let tokens = places(args.token_file.as_deref()).map_err(|e| unusable("a folder for the tokens", &e))?;
    let scim = token(&tokens.scim)?;
    let activity = token(&tokens.activity)?;
    let mut config = SandboxConfig::new(scim, activity);
    config.listen = args.listen;
    config.people = args.people.map_or(0, |n| n as usize);
    config.state_file.clone_from(&args.state);
    config.faults = faults;
    config.token_file = Some(tokens.scim.clone());
    config.settings.pending = match args.mail.pending {
        PendingArg::Change => Pending::Change,
        PendingArg::Refuse => Pending::Refuse,
    };
    config.settings.api_limit = Some(args.mail.api_limit).filter(|limit| *limit > 0);
    config.mail = mail(&args.mail, &tokens)?;
    let mail_dir = config.mail.folder.clone();
    config.settings.paging = args.paging;
    config.settings.roles_form = args.roles;
    config.settings.me.clone_from(&args.me);
    let roles = config.settings.roles();
    for (role, count) in &args.seats {
        if !roles.contains(role) {
            let text =
                format!("--seats {role}={count}: there is no role {role:?}. The sandbox was not started.");
            return Err(bad("bad_seats", text, format!("The roles are {}.", roles.join(", "))));
        }
        config.settings.seats.insert(role.clone(), *count);
    }
    let running = Sandbox::start(config).await.map_err(|e| match e {
        SandboxError::Mail(_) => bad(
            "bad_mail",
            format!("{e}."),
            "For example --smtp smtp://127.0.0.1:25, with --smtp-user and --smtp-password-file, or --mail-dir.",
        ),
        e => Problem::new(ProblemKind::Internal, "sandbox", format!("{e}."), "Nothing was started."),
    })?;
    let said = json!({
        "base_url": running.base_url(),
        "activity_url": running.activity_url(),
        "token_file": tokens.scim,
        "activity_token_file": tokens.activity,
        "resend_url": running.resend_url(),
        "mail_dir": mail_dir,
    });
    face.data(
        |_| {
            format!(
                "{}\nactivity log {}  token in {}  activity token in {}{}\n",
                running.base_url(),
                running.activity_url(),
                tokens.scim.display(),
                tokens.activity.display(),
                mail_dir
                    .as_ref()
                    .map(|folder| format!("  mails in {}", folder.display()))
                    .unwrap_or_default()
            )
        },
        || said,
    )?;
    let code = signals.wait().await;
    running.shutdown().await.map_err(|e| {
        Problem::new(ProblemKind::Internal, "sandbox", format!("{e}."), "The sandbox was stopped.")
    })?;
    Ok(code)
}

/// What goes wrong on purpose.
pub(super) fn faults(texts: &[String]) -> Result<Vec<Fault>, Problem> {
    let fault = |text: &String| {
        text.parse().map_err(|e: crate::sandbox::FaultError| {
            bad("bad_fault", format!("--fault {text}: {e}."), "For example --fault 429=2:3@PUT/Users.")
        })
    };
    texts.iter().map(fault).collect()
}

/// Beside `--token-file`, or in a folder of its own that only its owner can enter.
fn places(given: Option<&Path>) -> io::Result<Tokens> {
    if let Some(path) = given {
        let path = std::path::absolute(path)?;
        let mut beside = path.clone().into_os_string();
        beside.push(".activity");
        let mut mail = path.clone().into_os_string();
        mail.push(".mail");
        return Ok(Tokens { mail: mail.into(), scim: path, activity: beside.into(), made: None });
    }
    let name = random_hex(8)?;
    let folder = std::env::temp_dir().join(format!("scimdeck-sandbox-{name}"));
    fs::DirBuilder::new().mode(0o700).create(&folder)?;
    Ok(Tokens {
        mail: folder.join("mail"),
        scim: folder.join("token"),
        activity: folder.join("activity-token"),
        made: Some(folder),
    })
}

/// Files unless a server was named; both when both were.
fn mail(args: &MailArgs, tokens: &Tokens) -> Result<MailConfig, Problem> {
    let folder = match (&args.mail_dir, &args.smtp) {
        (Some(folder), _) => {
            let shown = folder.display().to_string();
            Some(std::path::absolute(folder).map_err(|e| unusable(&shown, &e))?)
        }
        (None, None) => Some(tokens.mail.clone()),
        (None, Some(_)) => None,
    };
    let user = match (&args.smtp_user, &args.smtp_password_file) {
        (Some(user), Some(path)) => {
            let password = fs::read_to_string(path).map_err(|e| unusable(&path.display().to_string(), &e))?;
            Some((user.clone(), SecretString::from(password.trim_end_matches(['\r', '\n']).to_owned())))
        }
        _ => None,
    };
    let smtp = args.smtp.clone().map(|url| Smtp { url, user });
    Ok(MailConfig { folder, smtp })
}

/// The token of a file; a file that is not there is made with a new one.
fn token(path: &Path) -> Result<SecretString, Problem> {
    let shown = path.display().to_string();
    match fs::read_to_string(path) {
        Ok(text) if text.trim().is_empty() => {
            Err(bad("no_token", format!("{shown} holds no token."), "Write one into it, or remove the file."))
        }
        Ok(text) => Ok(SecretString::from(text.trim().to_owned())),
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            let token = random_hex(24).map_err(|e| unusable(&shown, &e))?;
            OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(path)
                .and_then(|mut file| file.write_all(token.as_bytes()))
                .map_err(|e| unusable(&shown, &e))?;
            Ok(SecretString::from(token))
        }
        Err(e) => Err(unusable(&shown, &e)),
    }
}

fn unusable(what: &str, error: &io::Error) -> Problem {
    bad(
        "unreadable",
        format!("{what} cannot be used: {error}. The sandbox was not started."),
        "Name another file.",
    )
}

pub(super) fn random_hex(bytes: usize) -> io::Result<String> {
    let mut random = vec![0; bytes];
    getrandom::fill(&mut random).map_err(|e| io::Error::other(e.to_string()))?;
    Ok(random.iter().map(|b| format!("{b:02x}")).collect())
}
