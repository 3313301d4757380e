//! Arguments of `import`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::Consent;
use crate::verbs::ImportOptions;

/// `import`.
#[derive(Debug, Clone, Subcommand)]
pub enum ImportCommand {
    /// From a CSV file with user_name and any other columns
    People(ImportArgs),
    /// From a CSV file with the columns group and user_name
    Groups(ImportArgs),
    /// From the app: new users and profile updates; links accounts with people, sends nothing
    Endpoint(EndpointArgs),
    /// How accounts in the app are matched with people; without an option the rules are shown
    Rules(RulesArgs),
}

/// How a file is taken in.
#[derive(Debug, Clone, Args)]
pub struct ImportArgs {
    /// The file; - is standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The file is everybody: who is absent from it is put on the list
    #[arg(long)]
    pub whole: bool,
    /// Take the good rows of a file that has bad ones
    #[arg(long)]
    pub skip_bad: bool,
    /// Let the file win over values set in the console since the last import
    #[arg(long)]
    pub take_file: bool,
    /// How it is allowed.
    #[command(flatten)]
    pub consent: Consent,
}

impl ImportArgs {
    /// The options without what reading the file adds.
    pub fn options(&self) -> ImportOptions {
        ImportOptions {
            whole: self.whole,
            skip_bad: self.skip_bad,
            take_file: self.take_file,
            ..Default::default()
        }
    }
}

/// Which matches are accepted without being picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Accepted {
    /// Link those that fit exactly one person by user name, e-mail or our externalId
    Exact,
    /// Link those with the name of one person
    Partial,
    /// Make people of those that nobody here fits
    New,
    /// All three
    All,
    /// None: only what changed on linked accounts is taken in
    None,
}

/// `import endpoint`.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Without --accept, exact matches are linked and the others listed as waiting for a decision. \
    An account with another externalId than the person's is only linked with --user. \
    Profile texts that changed on linked accounts are taken over unless they were set in the console; roles that \
    changed there stay drift.\n\n\
    From a timer, for example every hour with systemd: a oneshot service with\n  \
    ExecStart=scimdeck --home /var/lib/scimdeck --json import endpoint --accept exact\n\
    and a timer with OnCalendar=hourly. Exit code 7 says that the safeguard or a question held it: nothing was \
    changed, and somebody has to look."
)]
pub struct EndpointArgs {
    /// Accept these matches; may be given more than once
    #[arg(long, value_name = "MATCH", value_delimiter = ',')]
    pub accept: Vec<Accepted>,
    /// Link this person with this account, whatever the match
    #[arg(long, value_name = "USER=ACCOUNT_ID", value_parser = pair)]
    pub user: Vec<(String, String)>,
    /// Make a person of this account, by id or user name
    #[arg(long, value_name = "ACCOUNT")]
    pub new: Vec<String>,
    /// Leave this account alone, now and later, by id or user name
    #[arg(long, value_name = "ACCOUNT")]
    pub ignore: Vec<String>,
    /// Leave this account alone no longer
    #[arg(long, value_name = "ACCOUNT")]
    pub unignore: Vec<String>,
    /// How it is allowed.
    #[command(flatten)]
    pub consent: Consent,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((user, id)) if !user.is_empty() && !id.is_empty() => Ok((user.to_owned(), id.to_owned())),
        _ => Err("write it as USER=ACCOUNT_ID".to_owned()),
    }
}

/// `import rules`.
#[derive(Debug, Clone, Args)]
pub struct RulesArgs {
    /// Match by user name
    #[arg(long, value_name = "on|off", value_parser = switch)]
    pub user_name: Option<bool>,
    /// Match by e-mail
    #[arg(long, value_name = "on|off", value_parser = switch)]
    pub email: Option<bool>,
    /// Offer people with the same first and last name
    #[arg(long, value_name = "on|off", value_parser = switch)]
    pub partial: Option<bool>,
    /// Hold an import when more than this share of the linked accounts is missing
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(1..=100))]
    pub safeguard: Option<u32>,
}

fn switch(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("on or off".to_owned()),
    }
}
