//! Arguments of `connect`, `token` and `sandbox`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::mail::MailArgs;
use super::token::TokenArgs;
use super::values;
use crate::domain::{UniqueIdentifier, WireProfile};
use crate::sandbox::{Paging, RolesForm};

/// `connect`.
#[derive(Debug, Clone, Args)]
pub struct ConnectArgs {
    /// What to call it
    #[arg(long, value_name = "NAME", default_value = "workato")]
    pub name: String,
    /// SCIM connector base URL
    #[arg(long, value_name = "URL")]
    pub base_url: String,
    /// Where the token is.
    #[command(flatten)]
    pub token: TokenArgs,
    /// Trust only the certificates in this PEM file, not those of the system
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// Which environment this is, shown so that nobody works in the wrong one
    #[arg(long, value_name = "WORD")]
    pub badge: Option<String>,
    /// How long one request may take
    #[arg(long, value_name = "SECONDS", default_value_t = crate::domain::Connection::TIMEOUT_S, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub timeout: u32,
    /// How many percent of the changes and new accounts that the app answered as done are read back, or usual; ends
    /// of access always are
    #[arg(long, value_name = "PERCENT|usual", value_parser = values::share)]
    pub verify_percent: Option<values::Share>,
    /// How changes are written: okta-classic (GET and PUT), rfc (PATCH with paths), okta-oin (PATCH for access only)
    #[arg(long, value_name = "PROFILE", default_value = "okta-classic", value_parser = super::values::profile)]
    pub profile: WireProfile,
    /// What accounts are found by: userName, email or externalId
    #[arg(long, value_name = "FIELD", default_value = "userName", value_parser = super::values::unique_identifier)]
    pub unique_identifier: UniqueIdentifier,
    /// Do not send new user names to accounts that exist
    #[arg(long)]
    pub exclude_user_name: bool,
    /// The app's activity log, which has its own token
    #[arg(long, value_name = "URL", requires = "activity_token_file")]
    pub activity_url: Option<String>,
    /// A file with the activity log's token
    #[arg(long, value_name = "FILE", requires = "activity_url")]
    pub activity_token_file: Option<PathBuf>,
    /// Where the app is asked to send an invitation again, with the activity log's token
    #[arg(long, value_name = "URL", requires = "activity_url")]
    pub resend_url: Option<String>,
}

/// `sandbox`.
#[derive(Debug, Clone, Args)]
pub struct SandboxArgs {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    /// Accounts that are there from the start
    #[arg(long, value_name = "N")]
    pub people: Option<u32>,
    /// Read the SCIM token from this file, or write a new one into it
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Keep the workspace in this file
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Misbehave, for trying what happens then; may be given more than once
    #[arg(long, value_name = "SPEC", long_help = crate::sandbox::fault_help())]
    pub fault: Vec<String>,
    /// Mail and invitations.
    #[command(flatten)]
    pub mail: MailArgs,
    /// Ways of paging that lists offer: index, cursor (RFC 9865) or both
    #[arg(long, value_name = "WAY", default_value = "both")]
    pub paging: Paging,
    /// Whom the SCIM token stands for at /Me; without it there is no /Me
    #[arg(long, value_name = "USER")]
    pub me: Option<String>,
    /// Where /Roles is announced: none, draft (ServiceProviderConfig), okta (ResourceTypes) or both
    #[arg(long, value_name = "FORM", default_value = "none")]
    pub roles: RolesForm,
    /// How many people may have a role; may be given more than once
    #[arg(long, value_name = "ROLE=N", value_parser = values::seats)]
    pub seats: Vec<(String, u64)>,
}
