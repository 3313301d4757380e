//! `demo`: a sandbox on a thread of its own, an example directory in memory, and the console on both.
//!
//! The example is a directory on the day SCIM is enabled: 24 people were assigned before, 9 of them have an account
//! from their SAML days. All of it is gone at exit.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::JoinHandle;

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::oneshot;

use super::console;
use crate::domain::{Badge, Connection, ConnectionId, Feed, Secret, Time, TokenSource};
use crate::drive::{Drive, DriveConfig, add_connection, fill_example};
use crate::engine::{Problem, ProblemKind};
use crate::sandbox::{Fault, Preset, Roles, Sandbox, SandboxConfig};
use crate::sources::demo::{self as example, Demo};
use crate::store::Store;

/// People of the example when `--people` does not say.
const PEOPLE: u32 = 200;
/// Seconds between looks at the activity log when nothing of ours was written.
const FEED_EVERY_S: u32 = 15;

/// Runs the demo; returns the exit code.
pub(super) async fn demo(
    people: Option<u32>,
    seed: Option<u64>,
    mail_dir: Option<&Path>,
    faults: &[String],
) -> Result<u8, Problem> {
    let faults = super::sandbox::faults(faults)?;
    let count = people.unwrap_or(PEOPLE) as usize;
    let example = example::demo(count, seed.unwrap_or(1)).map_err(Problem::from)?;
    let other_side = OtherSide::start(&example, mail_dir, faults)?;
    let drive = open(&example, &other_side).await?;
    drive.lead().await;
    let code = console::show(drive, false, false).await;
    other_side.stop();
    code
}

async fn open(example: &Demo, other_side: &OtherSide) -> Result<Drive, Problem> {
    let store = Store::memory().map_err(|error| failed("The example cannot be kept in memory", &error))?;
    let mut connection = Connection::new(ConnectionId(0), "demo", &other_side.base_url, TokenSource::Memory);
    connection.badge = Badge("SANDBOX".to_owned());
    connection.enabled = true;
    connection.enabled_at = Some(now());
    connection.concurrency = 8;
    // Nobody shall wonder who sends what while they look around.
    connection.compare_every_min = 0;
    connection.feed = Some(Feed {
        url: other_side.activity_url.clone(),
        token: TokenSource::Memory,
        every_s: FEED_EVERY_S,
        resend_url: Some(other_side.resend_url.clone()),
    });
    let connection = add_connection(&store, connection).await?;
    fill_example(&store, &connection, example).await?;
    Drive::open(DriveConfig {
        store,
        home: None,
        connection,
        actor: super::open::user(),
        reason: None,
        read_only: false,
        tokens: Some(other_side.tokens.clone()),
        watch: true,
    })
    .await
}

/// The sandbox on its thread.
struct OtherSide {
    base_url: String,
    activity_url: String,
    resend_url: String,
    /// The mails' folder, when it was made for this run.
    mails: Option<OwnFolder>,
    tokens: (Secret, Secret),
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl OtherSide {
    fn start(example: &Demo, mail_dir: Option<&Path>, faults: Vec<Fault>) -> Result<Self, Problem> {
        let (scim, activity) = (random_token()?, random_token()?);
        let tokens = (Secret::new(scim.expose_secret()), Secret::new(activity.expose_secret()));
        let mut config = SandboxConfig::new(scim, activity);
        config.faults = faults;
        config.accounts = example
            .accounts
            .iter()
            .map(|account| {
                let role = |variable| account.roles.get(variable).unwrap_or_default().to_owned();
                let [dev, test, prod] = example::ATTRIBUTES.map(role);
                Preset {
                    name: account.name.clone(),
                    email: account.email.clone(),
                    roles: Roles { dev, test, prod },
                }
            })
            .collect();
        let mails = match mail_dir {
            Some(_) => None,
            None => {
                Some(mail_folder().map_err(|error| failed("A folder for mails cannot be named", &error))?)
            }
        };
        let named = mail_dir.map(std::path::absolute).transpose();
        let named = named.map_err(|error| failed("The folder for mails cannot be named", &error))?;
        config.mail.folder = mails.as_ref().map(|own: &OwnFolder| own.0.clone()).or(named);
        let (stop, stopped) = oneshot::channel();
        let (tell, hear) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("sandbox".to_owned())
            .spawn(move || serve(config, &tell, stopped))
            .map_err(|error| failed("The sandbox could not start", &error))?;
        let [base_url, activity_url, resend_url] = hear
            .recv()
            .map_err(|error| failed("The sandbox could not start", &error))?
            .map_err(|error| failed("The sandbox could not start", &error))?;
        Ok(Self { base_url, activity_url, resend_url, mails, tokens, stop, thread })
    }

    fn stop(self) {
        let _ = self.stop.send(());
        let _ = self.thread.join();
        drop(self.mails);
    }
}

/// The sandbox's own runtime, until it is told to stop.
fn serve(
    config: SandboxConfig,
    tell: &mpsc::Sender<Result<[String; 3], String>>,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = tell.send(Err(error.to_string()));
            return;
        }
    };
    runtime.block_on(async {
        match Sandbox::start(config).await {
            Ok(sandbox) => {
                let _ = tell.send(Ok([sandbox.base_url(), sandbox.activity_url(), sandbox.resend_url()]));
                let _ = stopped.await;
                let _ = sandbox.shutdown().await;
            }
            Err(error) => {
                let _ = tell.send(Err(error.to_string()));
            }
        }
    });
}

/// A folder of this run, taken away with it.
struct OwnFolder(PathBuf);

impl Drop for OwnFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A folder that nobody else can have made: its name is random. The sandbox makes it for its owner only.
fn mail_folder() -> std::io::Result<OwnFolder> {
    let name = format!("scimdeck-demo-{}", super::sandbox::random_hex(8)?);
    Ok(OwnFolder(std::env::temp_dir().join(name)))
}

fn random_token() -> Result<SecretString, Problem> {
    let mut bytes = [0_u8; 24];
    getrandom::fill(&mut bytes).map_err(|error| failed("The system gives no random numbers", &error))?;
    let text: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    Ok(SecretString::from(text))
}

fn failed(what: &str, error: &dyn std::fmt::Display) -> Problem {
    Problem::new(
        ProblemKind::Internal,
        "demo",
        format!("{what}: {error}."),
        "Nothing was left behind; try again.",
    )
}

fn now() -> Time {
    Time::from_ms(jiff::Timestamp::now().as_millisecond())
}
