//! Where a plan is kept.

use std::path::PathBuf;

use clap::Args;

/// A file for `apply FILE`.
#[derive(Debug, Clone, Default, Args)]
pub struct SavedPlan {
    /// Keep the plan in this file, for: scimdeck apply FILE
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(long, requires = "output")]
    pub force: bool,
}
