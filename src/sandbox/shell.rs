//! The workspace on a socket, with a clock.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, State};
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use super::answer::{cut_off, dripping, hanging, plain};
use super::connection::{Cuttable, Peer};
use super::faults::{Fault, FaultPlan};
use super::file;
use super::http::{Method, Request, Response};
use super::post::{MailConfig, Post};
use super::presets::Preset;
use super::serve::{Outcome, Served, serve, settle};
use super::snapshot::SnapshotError;
use super::team::RESEND_PATH;
use super::workspace::{ACTIVITY_PATH, MAX_BODY, SCIM_ROOT, Settings, Workspace};
use crate::scim::error::ScimError;

/// How long requests under way may take at shutdown before they are ended.
const GRACE: Duration = Duration::from_secs(2);

/// What a sandbox is started with.
#[derive(Debug, Clone)]
pub struct SandboxConfig {
    /// Address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Tokens, names, roles and seed. `origin` is set from the address in the end.
    pub settings: Settings,
    /// How many made-up people are there from before SCIM.
    pub people: usize,
    /// Accounts that are there from before SCIM, added before the made-up ones.
    pub accounts: Vec<Preset>,
    /// Where the state is kept; if the file is there, it is the state and the two fields above are not used.
    pub state_file: Option<PathBuf>,
    /// Added to every answer.
    pub latency: Duration,
    /// What goes wrong.
    pub faults: Vec<Fault>,
    /// Where mails go. The mails are dropped without one.
    pub mail: MailConfig,
    /// A refreshed SCIM token is written to this file, as its only content.
    pub token_file: Option<PathBuf>,
}

impl SandboxConfig {
    /// An empty workspace on a free loopback port.
    pub fn new(scim_token: SecretString, activity_token: SecretString) -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            settings: Settings::new(scim_token, activity_token),
            people: 0,
            accounts: Vec::new(),
            state_file: None,
            latency: Duration::ZERO,
            faults: Vec::new(),
            mail: MailConfig::default(),
            token_file: None,
        }
    }
}

/// Why a sandbox could not start or end.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The address cannot be listened on.
    #[error("the sandbox cannot listen on {address}: {source}; it was not started, choose another address")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The state file cannot be read or written.
    #[error("the sandbox state file {} cannot be used: {source}; the file is as it was", path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The state file does not hold a state.
    #[error("{}: {source}; the sandbox was not started and the file is as it was", path.display())]
    Snapshot {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: SnapshotError,
    },
    /// Mails cannot be sent as the settings say.
    #[error("mails cannot be sent: {0}; the sandbox was not started")]
    Mail(String),
    /// The server ended by itself.
    #[error("the sandbox stopped serving: {0}")]
    Serve(#[source] io::Error),
}

/// A running sandbox. Dropped without [`Sandbox::shutdown`] it stops too, but nobody waits for its state file.
pub struct Sandbox {
    address: SocketAddr,
    settings: Settings,
    workspace: Arc<Mutex<Workspace>>,
    faults: Arc<Mutex<FaultPlan>>,
    stop: watch::Sender<bool>,
    server: JoinHandle<io::Result<()>>,
    /// Stopped after the server, so that the last answered change is in the file.
    keeper: Option<Keeper>,
    post: Arc<Post>,
}

/// The task that writes the state file.
struct Keeper {
    stop: watch::Sender<bool>,
    task: JoinHandle<Result<(), SandboxError>>,
}

struct Shared {
    workspace: Arc<Mutex<Workspace>>,
    faults: Arc<Mutex<FaultPlan>>,
    latency: Duration,
    changed: Arc<Notify>,
    stop: watch::Receiver<bool>,
    post: Arc<Post>,
    token_file: Option<PathBuf>,
}

impl Sandbox {
    /// Starts on the current tokio runtime. When this returns, requests are taken.
    pub async fn start(config: SandboxConfig) -> Result<Self, SandboxError> {
        let unheard = |source| SandboxError::Listen { address: config.listen, source };
        let listener = TcpListener::bind(config.listen).await.map_err(unheard)?;
        let address = listener.local_addr().map_err(unheard)?;
        let mut settings = config.settings.clone();
        settings.origin = format!("http://{address}");
        settings.entropy = Some(entropy()?);
        let post = Arc::new(Post::open(&config.mail)?);
        let workspace = Arc::new(Mutex::new(load(&config, settings.clone())?));
        let (stop, stopped) = watch::channel(false);
        let changed = Arc::new(Notify::new());
        let keeper = config.state_file.map(|path| {
            let (stop, stopped) = watch::channel(false);
            let task = file::keep(path, Arc::clone(&workspace), Arc::clone(&changed), stopped);
            Keeper { stop, task: tokio::spawn(task) }
        });
        let faults = Arc::new(Mutex::new(FaultPlan::new(config.faults)));
        let shared = Shared {
            workspace: Arc::clone(&workspace),
            faults: Arc::clone(&faults),
            latency: config.latency,
            changed,
            stop: stopped.clone(),
            post: Arc::clone(&post),
            token_file: config.token_file,
        };
        let router = Router::new().fallback(answer).with_state(Arc::new(shared));
        let service = router.into_make_service_with_connect_info::<Peer>();
        let server = axum::serve(Cuttable(listener), service).with_graceful_shutdown(until(stopped));
        let server = tokio::spawn(server.into_future());
        Ok(Self { address, settings, workspace, faults, stop, server, keeper, post })
    }

    /// Base URL of the SCIM API: `http://127.0.0.1:PORT/scim/v2`.
    pub fn base_url(&self) -> String {
        format!("http://{}{SCIM_ROOT}", self.address)
    }

    /// URL of the activity log.
    pub fn activity_url(&self) -> String {
        format!("http://{}{ACTIVITY_PATH}", self.address)
    }

    /// URL at which an invitation is asked to be sent again, with the activity log's token.
    pub fn resend_url(&self) -> String {
        format!("http://{}{RESEND_PATH}", self.address)
    }

    /// Token of the SCIM API, as it was at the start.
    pub fn scim_token(&self) -> &SecretString {
        &self.settings.scim_token
    }

    /// Token of the activity log.
    pub fn activity_token(&self) -> &SecretString {
        &self.settings.activity_token
    }

    /// The workspace itself. Requests wait while it is locked.
    pub fn workspace(&self) -> Arc<Mutex<Workspace>> {
        Arc::clone(&self.workspace)
    }

    /// What goes wrong. Requests wait while it is locked.
    pub fn faults(&self) -> Arc<Mutex<FaultPlan>> {
        Arc::clone(&self.faults)
    }

    /// Stops taking requests, ends those under way within about two seconds, and writes the state file.
    pub async fn shutdown(mut self) -> Result<(), SandboxError> {
        let _ = self.stop.send(true);
        let served = match tokio::time::timeout(GRACE, &mut self.server).await {
            Ok(Ok(Err(error))) => Err(SandboxError::Serve(error)),
            Ok(_) => Ok(()),
            Err(_) => {
                self.server.abort();
                Ok(())
            }
        };
        if let Some(keeper) = self.keeper.take() {
            let _ = keeper.stop.send(true);
            if let Ok(result) = keeper.task.await {
                result?;
            }
        }
        let _ = tokio::time::timeout(GRACE, self.post.close()).await;
        served
    }
}

/// Random enough for links and tokens.
fn entropy() -> Result<SecretString, SandboxError> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|error| SandboxError::Serve(io::Error::other(error.to_string())))?;
    Ok(SecretString::from(random.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
}

/// A lock that goes on after a panic elsewhere: the workspace has no half-done state worth stopping for.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn load(config: &SandboxConfig, settings: Settings) -> Result<Workspace, SandboxError> {
    if let Some(path) = &config.state_file {
        match std::fs::read(path) {
            Ok(bytes) => {
                return Workspace::restore(settings, &bytes)
                    .map_err(|source| SandboxError::Snapshot { path: path.clone(), source });
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(SandboxError::State { path: path.clone(), source }),
        }
    }
    let now = jiff::Timestamp::now();
    let mut workspace = Workspace::new(settings);
    workspace.add_presets(&config.accounts, now);
    workspace.add_people(config.people, now);
    Ok(workspace)
}

/// Waits for the stop, or for the sandbox to be dropped.
pub(super) async fn until(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: axum::extract::Request,
) -> axum::response::Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY).await else {
        return plain(ScimError::new(413, format!("the body has more than {MAX_BODY} bytes")).into());
    };
    let text = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let request = Request {
        method: Method::parse(parts.method.as_str()),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or("").to_owned(),
        headers: parts.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: body.into(),
        peer: peer.address.ip().to_string(),
        local: peer.address.ip().is_loopback(),
    };
    let (Served { delay, outcome }, mails, token, due) = {
        let mut workspace = lock(&shared.workspace);
        let mut faults = lock(&shared.faults);
        let (before, tokens) = (workspace.revision(), workspace.tokens);
        let served = serve(&mut workspace, &mut faults, &request, jiff::Timestamp::now());
        if workspace.revision() != before {
            shared.changed.notify_one();
        }
        let token = (workspace.tokens != tokens).then(|| workspace.scim_token().clone());
        (served, workspace.take_mails(), token, faults.next_due())
    };
    due.into_iter().for_each(|at| carry_out_later(&shared, at));
    if let (Some(token), Some(path)) = (token, &shared.token_file) {
        keep_token(path, &token);
    }
    shared.post.send(mails).await;
    let delay = delay + shared.latency;
    if !delay.is_zero() {
        tokio::select! {
            () = tokio::time::sleep(delay) => {}
            () = until(shared.stop.clone()) => {}
        }
    }
    match outcome {
        Outcome::Answer(response) => plain(response),
        Outcome::Lost => {
            peer.cut();
            plain(Response::empty(204))
        }
        Outcome::Reset => {
            peer.reset();
            plain(Response::empty(204))
        }
        Outcome::Hanging(response) => hanging(response, shared.stop.clone()),
        Outcome::Cut(response) => cut_off(response),
        Outcome::Dripping(response, time) => dripping(response, time, shared.stop.clone()),
    }
}

/// Carries out at its time what was answered already, whether or not anybody asks for anything meanwhile.
fn carry_out_later(shared: &Arc<Shared>, at: jiff::Timestamp) {
    let shared = Arc::clone(shared);
    let wait = at.duration_since(jiff::Timestamp::now()).try_into().unwrap_or(Duration::ZERO);
    tokio::spawn(async move {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = until(shared.stop.clone()) => return,
        }
        let mails = {
            let mut workspace = lock(&shared.workspace);
            settle(&mut workspace, &mut lock(&shared.faults), jiff::Timestamp::now());
            shared.changed.notify_one();
            workspace.take_mails()
        };
        shared.post.send(mails).await;
    });
}

/// A revoked token leaves the file: it is the one that is refused.
fn keep_token(path: &std::path::Path, token: &SecretString) {
    let token = token.expose_secret();
    if !token.is_empty()
        && let Err(error) = file::write(path, token.as_bytes())
    {
        tracing::error!("the new SCIM token could not be written to {}: {error}", path.display());
    }
}
