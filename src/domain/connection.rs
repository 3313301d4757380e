//! A connection: where the app's SCIM endpoint is, and what we may do there.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{ConnectionId, PersonId, Time};

/// How a change is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WireProfile {
    /// What Okta's wizard-made apps send: look up by filter, then POST, or GET and PUT of the merged resource.
    #[default]
    OktaClassic,
    /// RFC 7644 as a modern endpoint offers it: discovery, PATCH with paths, If-Match where there are ETags.
    Rfc,
    /// What Okta's catalogue apps send: as `okta-classic`, but PATCH without a path for `active`.
    OktaOin,
}

impl WireProfile {
    /// All of them, in the order a form offers.
    pub const ALL: [Self; 3] = [Self::OktaClassic, Self::Rfc, Self::OktaOin];

    /// Its name in settings and on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::OktaClassic => "okta-classic",
            Self::Rfc => "rfc",
            Self::OktaOin => "okta-oin",
        }
    }

    /// Reads it from its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.word() == text)
    }
}

/// Which environment this is, in words, so that nobody works in the wrong one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Badge(pub String);

impl Default for Badge {
    fn default() -> Self {
        Self("PROD".to_owned())
    }
}

/// Where the bearer token is found. The token itself is never stored with the connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum TokenSource {
    /// A file that only its owner can read (mode 0600).
    File {
        /// Where it is.
        path: PathBuf,
    },
    /// A program, run without a shell; its standard output is the token, or JSON with a token and its end.
    Command {
        /// Program and arguments.
        argv: Vec<String>,
    },
    /// A file that is encrypted with a passphrase.
    Encrypted {
        /// Where it is.
        path: PathBuf,
    },
    /// What systemd hands to a service, by its name below `$CREDENTIALS_DIRECTORY`.
    Credential {
        /// Its name.
        name: String,
    },
    /// An environment variable; for CI.
    Env {
        /// Its name.
        name: String,
    },
    /// Handed over in memory by the process that made the connection (`demo`).
    Memory,
}

impl TokenSource {
    /// Where the token is, in words that hold no secret.
    pub fn words(&self) -> String {
        match self {
            Self::File { path } => format!("file {}", path.display()),
            Self::Command { argv } => format!("command {}", argv.first().map_or("", String::as_str)),
            Self::Encrypted { path } => format!("encrypted file {}", path.display()),
            Self::Credential { name } => format!("systemd credential {name}"),
            Self::Env { name } => format!("environment variable {name}"),
            Self::Memory => "this process".to_owned(),
        }
    }

    /// What the place does not protect from, said where it is shown.
    pub fn caution(&self) -> Option<&'static str> {
        match self {
            Self::File { .. } => Some("in clear, mode 0600"),
            Self::Env { .. } => Some("for CI: others may see it"),
            Self::Command { .. } | Self::Encrypted { .. } | Self::Credential { .. } | Self::Memory => None,
        }
    }
}

/// The SCIM attribute that identifies a user on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UniqueIdentifier {
    /// `userName`, which holds the e-mail in the seed's set-up.
    #[default]
    UserName,
    /// The work e-mail, `emails.value`.
    Email,
    /// `externalId`.
    ExternalId,
}

impl UniqueIdentifier {
    /// All of them, in the order a form offers.
    pub const ALL: [Self; 3] = [Self::UserName, Self::Email, Self::ExternalId];

    /// Its name in settings and on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::UserName => "userName",
            Self::Email => "email",
            Self::ExternalId => "externalId",
        }
    }

    /// Reads it from its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.word() == text)
    }
}

/// The seed's supported provisioning actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportedActions {
    /// Import New Users and Profile Updates.
    pub import: bool,
    /// Push New Users.
    pub push_new: bool,
    /// Push Profile Updates.
    pub push_updates: bool,
}

/// The seed's To App actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToApp {
    /// Create Users.
    pub create: bool,
    /// Update User Attributes.
    pub update: bool,
    /// Deactivate Users.
    pub deactivate: bool,
    /// Exclude Username Updates: a new user name here is not sent to an account that exists.
    #[serde(default)]
    pub exclude_user_name: bool,
}

/// How accounts found at the endpoint are matched with people when they are imported (Okta's "To Okta" rules).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRules {
    /// An account is an exact match of the person with its user name.
    pub by_user_name: bool,
    /// An account is an exact match of the person with its e-mail.
    pub by_email: bool,
    /// An account with a person's first and last name is a partial match, to be confirmed.
    pub partial: bool,
    /// More than this share of the linked accounts missing from the endpoint holds the import, in percent.
    pub safeguard_percent: u32,
}

impl Default for ImportRules {
    fn default() -> Self {
        Self { by_user_name: true, by_email: true, partial: true, safeguard_percent: 20 }
    }
}

/// The activity log next to the SCIM endpoint: its own URL, credential and pace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// The address of the log, for example `http://127.0.0.1:9100/api/activity_logs`.
    pub url: String,
    /// Where its token is.
    pub token: TokenSource,
    /// Seconds between polls when nothing of ours was written.
    pub every_s: u32,
    /// Where an invitation is asked to be sent again, where the app has such a call; same credential.
    #[serde(default)]
    pub resend_url: Option<String>,
}

impl Feed {
    /// How long after an invitation the app sends no other one to the same person, in milliseconds.
    pub const RESEND_AFTER_MS: i64 = 20 * 60_000;
}

/// From how many distinct people on a command is held until the number is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrakeLimits {
    /// More people than this losing access hold the command.
    pub removals: u32,
    /// More than this share of the managed people losing access holds it, in percent ...
    pub removal_percent: u32,
    /// ... where at least this many are managed.
    pub percent_from: u32,
    /// More people than this being created or changing role hold it.
    pub changes: u32,
}

impl Default for BrakeLimits {
    fn default() -> Self {
        Self { removals: 10, removal_percent: 20, percent_from: 50, changes: 100 }
    }
}

/// A connection to an app. Links, last-pushed values, attributes, queue and audit belong to one connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// Its row in this home.
    pub id: ConnectionId,
    /// What `--connection` names.
    pub name: String,
    /// SCIM connector base URL, kept as given but for a trailing slash.
    pub base_url: String,
    /// Where the bearer token is.
    pub token: TokenSource,
    /// A PEM file with the only certificates that are trusted; none trusts those of the system.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// Unique identifier field for users.
    #[serde(default)]
    pub unique_identifier: UniqueIdentifier,
    /// Supported provisioning actions.
    pub actions: SupportedActions,
    /// To App actions.
    pub to_app: ToApp,
    /// Whether anything is sent at all.
    pub enabled: bool,
    /// Since when it is enabled.
    pub enabled_at: Option<Time>,
    /// How changes are written.
    #[serde(default)]
    pub profile: WireProfile,
    /// Which environment this is.
    #[serde(default)]
    pub badge: Badge,
    /// The activity log, where the app has one.
    #[serde(default)]
    pub feed: Option<Feed>,
    /// The brake's thresholds.
    #[serde(default)]
    pub brake: BrakeLimits,
    /// Whether a command by which somebody loses access needs a reason.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reason_required: bool,
    /// How accounts are matched with people when they are imported.
    #[serde(default)]
    pub import: ImportRules,
    /// Remote ids of accounts that an operator chose to leave alone when importing.
    #[serde(default)]
    pub ignored: Vec<String>,
    /// People who are never removed without their name being typed.
    #[serde(default)]
    pub protected: Vec<PersonId>,
    /// First 8 hex digits of SHA-256 over a salt and the token that was last accepted: tells a changed token.
    #[serde(default)]
    pub token_mark: Option<String>,
    /// How many requests may be under way at once.
    #[serde(default = "default_concurrency")]
    pub concurrency: u32,
    /// How long one request may take, in seconds.
    #[serde(default = "default_timeout_s")]
    pub timeout_s: u32,
    /// Minutes between comparisons of everybody while a console is open; 0 is never.
    #[serde(default = "default_compare_every_min")]
    pub compare_every_min: u32,
    /// Of a hundred changes and creates that were answered as done, how many are read back; none is as usual, every
    /// tenth change and every fiftieth new account. Ends of access are always read back, and so is everything once an
    /// answer was seen not to be true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify_percent: Option<u32>,
}

fn default_concurrency() -> u32 {
    4
}

fn default_timeout_s() -> u32 {
    Connection::TIMEOUT_S
}

fn default_compare_every_min() -> u32 {
    60
}

impl Connection {
    /// Whether what is sent is not encrypted. Only ever so to this machine itself.
    pub fn in_clear(&self) -> bool {
        self.base_url.trim_start().get(..7).is_some_and(|head| head.eq_ignore_ascii_case("http://"))
    }

    /// How long one request may take where nothing else was said, in seconds.
    pub const TIMEOUT_S: u32 = 60;

    /// A connection with everything supported and switched on, as the seed sets it up, not yet enabled.
    pub fn new(id: ConnectionId, name: &str, base_url: &str, token: TokenSource) -> Self {
        Self {
            id,
            name: name.to_owned(),
            base_url: base_url.trim_end_matches('/').to_owned(),
            token,
            ca_file: None,
            unique_identifier: UniqueIdentifier::UserName,
            actions: SupportedActions { import: true, push_new: true, push_updates: true },
            to_app: ToApp { create: true, update: true, deactivate: true, exclude_user_name: false },
            enabled: false,
            enabled_at: None,
            profile: WireProfile::OktaClassic,
            badge: Badge::default(),
            feed: None,
            brake: BrakeLimits::default(),
            reason_required: false,
            import: ImportRules::default(),
            ignored: Vec::new(),
            protected: Vec::new(),
            token_mark: None,
            concurrency: default_concurrency(),
            timeout_s: default_timeout_s(),
            compare_every_min: default_compare_every_min(),
            verify_percent: None,
        }
    }
}
