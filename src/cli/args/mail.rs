//! Arguments of `sandbox` about mail and about people who have not accepted.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// What SCIM may do to someone who has not accepted the invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PendingArg {
    /// Changes change the invitation
    Change,
    /// Changes and deactivation are refused
    Refuse,
}

/// Mail and invitations of `sandbox`.
#[derive(Debug, Clone, Args)]
pub struct MailArgs {
    /// Write invitation mails into this folder, one .eml file each [default: beside the token file, else in a
    /// folder of this run; none when --smtp is given]
    #[arg(long, value_name = "DIR")]
    pub mail_dir: Option<PathBuf>,
    /// Send mails to this server: smtp://HOST:PORT, smtp://HOST:PORT?tls=required or smtps://HOST:PORT
    #[arg(long, value_name = "URL")]
    pub smtp: Option<String>,
    /// The mail server's user
    #[arg(long, value_name = "USER", requires_all = ["smtp", "smtp_password_file"])]
    pub smtp_user: Option<String>,
    /// A file with that user's password
    #[arg(long, value_name = "FILE", requires = "smtp_user")]
    pub smtp_password_file: Option<PathBuf>,
    /// What SCIM may do to people who have not accepted the invitation
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = PendingArg::Change)]
    pub pending: PendingArg,
    /// The most calls below /api/ in a minute, as Workato has 60; 0 is any number
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub api_limit: u32,
}
