//! Arguments of `connection`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::values::{self, Share};
use super::verbs::Consent;
use crate::domain::{Connection, Feed, TokenSource, UniqueIdentifier, WireProfile};

/// Seconds between looks at the activity log when nothing of ours was written.
const FEED_EVERY_S: u32 = 15;

/// `connection`.
#[derive(Debug, Clone, Subcommand)]
pub enum ConnectionCommand {
    /// All connections of this home; the current one is marked
    List,
    /// The settings of a connection
    Show {
        /// Which; the current one without it
        name: Option<String>,
    },
    /// Change settings; those not given stay
    Set(Box<SettingArgs>),
    /// Use this connection where none is named
    Use {
        /// Which
        name: String,
    },
    /// Give the connection another name
    Rename {
        /// The new name
        new_name: String,
    },
    /// Take a connection out of this home; nothing is sent, accounts stay as they are
    Remove {
        /// Which
        name: String,
        /// Do not ask
        #[arg(short, long)]
        yes: bool,
    },
}

/// Settings.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Settings")]
pub struct SettingArgs {
    /// Which environment this is, shown so that nobody works in the wrong one
    #[arg(long, value_name = "WORD")]
    pub badge: Option<String>,
    /// Unique identifier field for users: userName, email or externalId
    #[arg(long, value_name = "FIELD", value_parser = unique_identifier)]
    pub unique_identifier: Option<UniqueIdentifier>,
    /// How changes are written: okta-classic, rfc or okta-oin
    #[arg(long, value_name = "PROFILE", value_parser = profile)]
    pub profile: Option<WireProfile>,
    /// Supported action Import New Users and Profile Updates
    #[arg(long, value_name = "on|off", value_parser = on_off)]
    pub import_users: Option<bool>,
    /// Supported action Push New Users
    #[arg(long, value_name = "on|off", value_parser = on_off)]
    pub push_new: Option<bool>,
    /// Supported action Push Profile Updates
    #[arg(long, value_name = "on|off", value_parser = on_off)]
    pub push_updates: Option<bool>,
    /// To App: Create Users
    #[arg(long, value_name = "on|off", value_parser = on_off)]
    pub to_app_create: Option<bool>,
    /// To App: Update User Attributes
    #[arg(long, value_name = "on|off", value_parser = on_off)]
    pub to_app_update: Option<bool>,
    /// To App: Deactivate Users
    #[arg(long, value_name = "on|off", value_parser = on_off)]
    pub to_app_deactivate: Option<bool>,
    /// To App: Exclude Username Updates
    #[arg(long, value_name = "on|off", value_parser = on_off)]
    pub exclude_user_name: Option<bool>,
    /// The brake holds when more people than this lose access
    #[arg(long, value_name = "N")]
    pub brake_removals: Option<u32>,
    /// ... or more than this share of those managed
    #[arg(long, value_name = "PERCENT")]
    pub brake_percent: Option<u32>,
    /// ... where at least this many are managed
    #[arg(long, value_name = "N")]
    pub brake_percent_from: Option<u32>,
    /// The brake holds when more people than this are created or change role
    #[arg(long, value_name = "N")]
    pub brake_changes: Option<u32>,
    /// Whether a command by which somebody loses access needs a reason
    #[arg(long, value_name = "on|off", value_parser = on_off)]
    pub reason_required: Option<bool>,
    /// Requests that may be under way at once, 1 to 64
    #[arg(long, value_name = "N")]
    pub concurrency: Option<u32>,
    /// How long one request may take, 1 to 600
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<u32>,
    /// Minutes between comparisons of everybody while a console is open, 0 for never
    #[arg(long, value_name = "MINUTES")]
    pub compare_every: Option<u32>,
    /// How many percent of the changes and new accounts that the app answered as done are read back, or usual; ends
    /// of access always are
    #[arg(long, value_name = "PERCENT|usual", value_parser = values::share)]
    pub verify_percent: Option<Share>,
    /// Trust only the certificates in this PEM file; an empty name trusts those of the system again
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// Import: the same user name is an exact match
    #[arg(long, value_name = "on|off", value_parser = on_off)]
    pub match_user_name: Option<bool>,
    /// Import: the same e-mail is an exact match
    #[arg(long, value_name = "on|off", value_parser = on_off)]
    pub match_email: Option<bool>,
    /// Import: the same first and last name is a partial match, to be confirmed
    #[arg(long, value_name = "on|off", value_parser = on_off)]
    pub match_partial: Option<bool>,
    /// Import: held when more than this share of the linked accounts is missing
    #[arg(long, value_name = "PERCENT")]
    pub import_safeguard: Option<u32>,
    /// The app's activity log
    #[arg(long, value_name = "URL")]
    pub activity_url: Option<String>,
    /// A file with the activity log's token
    #[arg(long, value_name = "FILE")]
    pub activity_token_file: Option<PathBuf>,
    /// Seconds between looks at the activity log
    #[arg(long, value_name = "SECONDS")]
    pub activity_every: Option<u32>,
    /// Where an invitation is asked to be sent again
    #[arg(long, value_name = "URL")]
    pub resend_url: Option<String>,
    /// Read no activity log any more
    #[arg(long, conflicts_with_all = ["activity_url", "activity_token_file", "activity_every", "resend_url"])]
    pub no_activity: bool,
    /// How it is allowed.
    #[command(flatten)]
    pub consent: Consent,
}

impl SettingArgs {
    /// The connection with these settings; none when no option was given, an error text when options do not fit.
    pub fn settings(&self, present: &Connection) -> Result<Option<Connection>, &'static str> {
        fn set<T: Clone>(given: &Option<T>, slot: &mut T) -> bool {
            given.as_ref().map(|given| slot.clone_from(given)).is_some()
        }
        let mut c = present.clone();
        let given = [
            set(&self.badge, &mut c.badge.0),
            set(&self.unique_identifier, &mut c.unique_identifier),
            set(&self.profile, &mut c.profile),
            set(&self.import_users, &mut c.actions.import),
            set(&self.push_new, &mut c.actions.push_new),
            set(&self.push_updates, &mut c.actions.push_updates),
            set(&self.to_app_create, &mut c.to_app.create),
            set(&self.to_app_update, &mut c.to_app.update),
            set(&self.to_app_deactivate, &mut c.to_app.deactivate),
            set(&self.exclude_user_name, &mut c.to_app.exclude_user_name),
            set(&self.brake_removals, &mut c.brake.removals),
            set(&self.brake_percent, &mut c.brake.removal_percent),
            set(&self.brake_percent_from, &mut c.brake.percent_from),
            set(&self.brake_changes, &mut c.brake.changes),
            set(&self.reason_required, &mut c.reason_required),
            set(&self.concurrency, &mut c.concurrency),
            set(&self.compare_every, &mut c.compare_every_min),
            set(&self.timeout, &mut c.timeout_s),
            set(&self.verify_percent.map(|share| share.0), &mut c.verify_percent),
            set(
                &self.ca_file.as_ref().map(|path| Some(path.clone()).filter(|p| !p.as_os_str().is_empty())),
                &mut c.ca_file,
            ),
            set(&self.match_user_name, &mut c.import.by_user_name),
            set(&self.match_email, &mut c.import.by_email),
            set(&self.match_partial, &mut c.import.partial),
            set(&self.import_safeguard, &mut c.import.safeguard_percent),
            self.feed(&mut c.feed)?,
        ];
        Ok(given.contains(&true).then_some(c))
    }

    fn feed(&self, feed: &mut Option<Feed>) -> Result<bool, &'static str> {
        if self.no_activity {
            *feed = None;
            return Ok(true);
        }
        let token = self.activity_token_file.clone().map(|path| TokenSource::File { path });
        let given = self.activity_url.is_some()
            || token.is_some()
            || self.activity_every.is_some()
            || self.resend_url.is_some();
        if !given {
            return Ok(false);
        }
        let mut new = match (feed.take(), &self.activity_url, &token) {
            (Some(feed), ..) => feed,
            (None, Some(url), Some(token)) => {
                Feed { url: url.clone(), token: token.clone(), every_s: FEED_EVERY_S, resend_url: None }
            }
            (None, ..) => return Err("A new activity log needs --activity-url and --activity-token-file."),
        };
        self.activity_url.iter().for_each(|url| new.url.clone_from(url));
        token.into_iter().for_each(|token| new.token = token);
        self.activity_every.iter().for_each(|every| new.every_s = *every);
        if let Some(url) = &self.resend_url {
            new.resend_url = Some(url.clone()).filter(|url| !url.is_empty());
        }
        *feed = Some(new);
        Ok(true)
    }
}

fn on_off(text: &str) -> Result<bool, String> {
    match text {
        "on" | "yes" | "true" => Ok(true),
        "off" | "no" | "false" => Ok(false),
        _ => Err("write on or off".to_owned()),
    }
}

fn profile(text: &str) -> Result<WireProfile, String> {
    WireProfile::parse(text)
        .ok_or_else(|| format!("one of {}", WireProfile::ALL.map(WireProfile::word).join(", ")))
}

fn unique_identifier(text: &str) -> Result<UniqueIdentifier, String> {
    UniqueIdentifier::parse(text)
        .ok_or_else(|| format!("one of {}", UniqueIdentifier::ALL.map(UniqueIdentifier::word).join(", ")))
}
