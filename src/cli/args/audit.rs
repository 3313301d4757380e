//! What can be typed after `scimdeck audit`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::values::{self, Since};
use crate::audit::chain::Head;
use crate::audit::export::Format;

/// `audit`.
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct AuditArgs {
    /// Check the chain, export it, or say how fast access ended.
    #[command(subcommand)]
    pub command: Option<AuditCommand>,
    /// Go on showing what comes
    #[arg(long)]
    pub follow: bool,
    /// Which.
    #[command(flatten)]
    pub which: WhichArgs,
    /// At most this many, the newest
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub limit: u32,
    /// Write all of them to a new file instead, as `audit export` does
    #[arg(long, value_name = "FILE", conflicts_with_all = ["follow", "limit"])]
    pub export: Option<PathBuf>,
}

/// Which entries.
#[derive(Debug, Clone, Default, Args)]
pub struct WhichArgs {
    /// From then on: RFC 3339, or 15m, 2h, 7d ago
    #[arg(long, value_name = "TIME", value_parser = values::since)]
    pub since: Option<Since>,
    /// Only about this person
    #[arg(long, value_name = "USER")]
    pub person: Option<String>,
}

/// What is done with the audit log beside looking at it.
#[derive(Debug, Clone, Subcommand)]
pub enum AuditCommand {
    /// Check that no entry was changed or taken out; exit code 1 when one was
    Verify {
        /// A head that was kept elsewhere, as commands and the console say it at their end: finds a cut end and a log written anew
        #[arg(long, value_name = "HASH@SEQ")]
        head: Option<Head>,
    },
    /// Write the entries to a new file that only its owner can read, with the count and the head of the chain
    Export(ExportArgs),
    /// Whose access ended: decided when and by whom, confirmed when; what is still open first
    Deprovisioned {
        /// Decided from then on: RFC 3339, or 15m, 2h, 7d ago; what is open is always shown
        #[arg(long, value_name = "TIME", value_parser = values::since)]
        since: Option<Since>,
        /// As CSV
        #[arg(long)]
        csv: bool,
    },
}

/// `audit export`.
#[derive(Debug, Clone, Args)]
pub struct ExportArgs {
    /// The file; one that is there is not overwritten
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// jsonl or csv; by default what the file's name ends with, otherwise jsonl
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    pub format: Option<Format>,
    /// Replace a file that is there
    #[arg(long)]
    pub force: bool,
    /// Which.
    #[command(flatten)]
    pub which: WhichArgs,
}

fn format(word: &str) -> Result<Format, String> {
    Format::parse(word).ok_or_else(|| "jsonl or csv".to_owned())
}
