//! Arguments of the verbs about people's assignments and accounts that another place decides too.

use clap::{Args, Subcommand};

use super::Consent;

/// `convert`.
#[derive(Debug, Clone, Args)]
pub struct ConvertArgs {
    /// User names
    #[arg(value_name = "USER", required_unless_present = "all", conflicts_with = "all")]
    pub users: Vec<String>,
    /// All with an Individual assignment who are in an assigned group
    #[arg(long)]
    pub all: bool,
    /// Back: group assignments become Individual ones with the present values; nothing is sent
    #[arg(long, conflicts_with = "all")]
    pub back: bool,
    /// How it is allowed.
    #[command(flatten)]
    pub consent: Consent,
}

/// Whose drift.
#[derive(Debug, Clone, Args)]
pub struct DriftArgs {
    /// User names
    #[arg(value_name = "USER", required_unless_present = "all", conflicts_with = "all")]
    pub users: Vec<String>,
    /// All who are flagged drift
    #[arg(long)]
    pub all: bool,
    /// How it is allowed.
    #[command(flatten)]
    pub consent: Consent,
}

/// `drift`.
#[derive(Debug, Clone, Subcommand)]
pub enum DriftCommand {
    /// Write our values over theirs, in exactly what drifted
    Push(DriftArgs),
    /// Take theirs as ours; nothing is sent
    Adopt(DriftArgs),
}
