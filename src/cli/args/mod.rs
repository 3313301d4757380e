//! What can be typed after `scimdeck`: the contract of the command line.

mod audit;
mod connections;
mod exits;
mod import;
mod mail;
mod people;
mod saved;
mod setup;
mod token;
mod values;
mod verbs;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use audit::{AuditArgs, AuditCommand, ExportArgs, WhichArgs};
pub use connections::{ConnectionCommand, SettingArgs};
pub use exits::EXITS;
pub use import::{Accepted, EndpointArgs, ImportArgs, ImportCommand, RulesArgs};
pub use mail::{MailArgs, PendingArg};
pub use people::{ConvertArgs, DriftArgs, DriftCommand};
pub use saved::SavedPlan;
pub use setup::{ConnectArgs, SandboxArgs};
pub use token::{TokenArgs, TokenCommand, TokenCommandArgs, TokenPlace};
pub use values::{Given, Since};
pub use verbs::{
    AssignArgs, AttributeArgs, AttributeCommand, Consent, GroupCommand, MemberCommand, PersonCommand,
    RoleArgs, UnassignArgs, UsersArgs,
};

/// See who is flagged, preview, provision, verify: a console for SCIM 2.0 provisioning.
#[derive(Debug, Clone, Parser)]
#[command(name = "scimdeck", version, about, long_about = None, max_term_width = 100)]
#[command(after_help = "Without a command the console opens.", after_long_help = exits::help())]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do; without one the console opens.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What holds for every command.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "For every command")]
pub struct Global {
    /// Folder of the directory, journal and settings; by default the platform's own
    #[arg(long, global = true, env = "SCIMDECK_HOME", hide_env_values = true, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// Which connection; needed only where there is more than one
    #[arg(long, global = true, value_name = "NAME")]
    pub connection: Option<String>,
    /// One JSON object on standard output instead of text
    #[arg(long, global = true)]
    pub json: bool,
    /// Look only: nothing is changed and nothing is sent
    #[arg(long, global = true)]
    pub read_only: bool,
    /// Why; kept with the operations and in the audit feed
    #[arg(long, global = true, value_name = "TEXT")]
    pub reason: Option<String>,
}

/// A command.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Try everything: a sandbox, an example directory and the console; thrown away at exit
    Demo {
        /// People in the example directory; those beyond the example's own are made up
        #[arg(long, value_name = "N")]
        people: Option<u32>,
        /// The same seed makes the same people
        #[arg(long, value_name = "S")]
        seed: Option<u64>,
        /// Keep the sandbox's invitation mails in this folder [default: a folder that goes away at exit]
        #[arg(long, value_name = "DIR")]
        mail_dir: Option<PathBuf>,
        /// Misbehave, as `sandbox` does; may be given more than once
        #[arg(long, value_name = "SPEC")]
        fault: Vec<String>,
    },
    /// A Workato-like workspace to provision into; the first line printed is its base URL
    Sandbox(SandboxArgs),
    /// Save a connection to a SCIM endpoint and test it
    Connect(ConnectArgs),
    /// Replace the connection's token; links and queue stay
    Token(TokenCommandArgs),
    /// Test Connector Configuration
    Test {
        /// Look deeper: discovery documents, filters, pages, a wrong token, speed, clock; reads only
        #[arg(long)]
        deep: bool,
        /// Ask at once although the app asked to wait: one request; where it is answered that wait is over
        #[arg(long = "now", conflicts_with = "deep")]
        at_once: bool,
    },
    /// List, show and change connections
    #[command(subcommand)]
    Connection(ConnectionCommand),
    /// Take people, groups or accounts into the directory; nothing is sent
    #[command(subcommand)]
    Import(ImportCommand),
    /// Counts: people, assignments, flags, queue
    Status,
    /// List people
    People {
        /// Only those with this flag, for example not_provisioned
        #[arg(long, value_name = "FLAG", value_parser = values::flag)]
        flag: Option<crate::domain::Flag>,
    },
    /// The whole story of one person
    Show {
        /// User name
        user: String,
    },
    /// List groups
    Groups,
    /// List profile attributes, or what is wrong with them
    Attributes {
        /// Only what is wrong; exit code 5 when a value would not be sent or not be known there
        #[arg(long)]
        lint: bool,
        /// Compare the values with those the endpoint reports as well
        #[arg(long, requires = "lint")]
        from_endpoint: bool,
        /// The profile as JSON in the shape of Okta's app user schema
        #[arg(long, conflicts_with = "lint")]
        okta_schema: bool,
    },
    /// Exactly what would be sent of one person now, attribute by attribute; nothing is sent
    Preview {
        /// User name
        user: String,
    },
    /// Compare with the endpoint now; nothing is sent
    Check {
        /// Whom; everybody without one
        users: Vec<String>,
    },
    /// Provision User: the named, or all who are not provisioned
    Provision {
        /// Whom; without one all who are not provisioned and carry no other flag
        users: Vec<String>,
        /// Where the plan is kept.
        #[command(flatten)]
        saved: SavedPlan,
        /// How it is allowed.
        #[command(flatten)]
        consent: Consent,
    },
    /// Assign the app to people or to a group
    Assign(AssignArgs),
    /// End the assignment of people or of a group
    Unassign(UnassignArgs),
    /// Convert Individual assignments to group assignments: the roles follow the group
    Convert(ConvertArgs),
    /// Change role values; an empty value is taken out
    Role(RoleArgs),
    /// Suspend: access ends, assignment and roles are kept
    Suspend(UsersArgs),
    /// Deactivate: access and assignments end, roles are remembered
    Deactivate(UsersArgs),
    /// Make active again, with the same account
    Reactivate(UsersArgs),
    /// Add, change or remove people of the directory
    #[command(subcommand)]
    Person(PersonCommand),
    /// Add or remove a group
    #[command(subcommand)]
    Group(GroupCommand),
    /// Put people into a group or take them out
    #[command(subcommand)]
    Member(MemberCommand),
    /// Give an assigned group another place; the others move along
    Priority {
        /// Group
        group: String,
        /// Its place; 1 is first
        #[arg(value_parser = clap::value_parser!(u32).range(1..))]
        place: u32,
        /// How it is allowed.
        #[command(flatten)]
        consent: Consent,
    },
    /// Add, change or remove a profile attribute
    #[command(subcommand)]
    Attribute(AttributeCommand),
    /// Put people on the list
    Flag {
        /// Whom
        #[arg(required = true)]
        users: Vec<String>,
        /// With these words
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
    },
    /// Take people off the list
    Unflag(Users),
    /// Never remove these people without their name being typed
    Protect(Users),
    /// No longer protect these people
    Unprotect(Users),
    /// Allow sending on this connection
    Enable(Consent),
    /// Freeze the queue; nothing is sent and nothing is dropped
    Disable(Consent),
    /// What would be sent now; exit code 2 when there is something
    Plan {
        /// Where it is kept.
        #[command(flatten)]
        saved: SavedPlan,
    },
    /// Send what is unsent, failed or waiting, or a plan saved with -o
    Apply {
        /// A saved plan: sent as it is, or refused with exit code 6 when anything moved since
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        /// How it is allowed.
        #[command(flatten)]
        consent: Consent,
    },
    /// Try failed operations again
    Retry {
        /// Whose; all that stand still without one
        users: Vec<String>,
        /// How it is allowed.
        #[command(flatten)]
        consent: Consent,
    },
    /// What is queued, running, waiting, failed or in doubt, the worst first
    Tasks {
        /// Only those in this state: queued, behind, inflight, waiting, in_doubt, conflict, stale, parked
        #[arg(long, value_name = "STATE", value_parser = values::live_state)]
        state: Option<crate::domain::OpState>,
        /// At most this many
        #[arg(long, value_name = "N", default_value_t = crate::engine::TASKS_PAGE)]
        limit: u32,
    },
    /// Make undone what was done last: of these people, or by your last decision
    Undo {
        /// User names, or ids of operations; without one what your last decision did
        #[arg(value_name = "USER|OPERATION")]
        what: Vec<String>,
        /// All that was done in one run: that of this operation
        #[arg(long, value_name = "OPERATION", conflicts_with = "what")]
        run: Option<String>,
        /// How it is allowed.
        #[command(flatten)]
        consent: Consent,
    },
    /// Send in place of another scimdeck process that holds the sending and stands still
    TakeOver {
        /// The holder's exact id, as status and a refused command give it
        #[arg(long, value_name = "ID")]
        holder: String,
    },
    /// Have the app send an invitation again; at most one in 20 minutes
    Resend(Users),
    /// Give up operations that were never sent
    Drop {
        /// Whose
        #[arg(required_unless_present = "all")]
        users: Vec<String>,
        /// All of them
        #[arg(long, conflicts_with = "users")]
        all: bool,
        /// How it is allowed.
        #[command(flatten)]
        consent: Consent,
    },
    /// What was changed in the app by another hand: push ours over it, or adopt it
    #[command(subcommand)]
    Drift(DriftCommand),
    /// Forget accounts that are gone (404); nothing is sent
    Unlink(UsersArgs),
    /// An account is gone (404): link another with the same user name, or make a new one
    Recreate {
        /// User name; one person at a time
        user: String,
        /// How it is allowed.
        #[command(flatten)]
        consent: Consent,
    },
    /// What happened: our operations, the app's log, imports, drift
    Audit(AuditArgs),
    /// Requests and answers of one operation
    Trace {
        /// The operation's id, as results and the audit feed give it
        id: String,
    },
    /// Print a completion script for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man {
        /// Of this command
        command: Option<String>,
    },
    /// Where settings and data are kept
    Config,
}

/// People, named one by one.
#[derive(Debug, Clone, Args)]
pub struct Users {
    /// User names
    #[arg(required = true, value_name = "USER")]
    pub users: Vec<String>,
}
