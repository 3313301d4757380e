//! Arguments of the verbs that change something.

use clap::{Args, Subcommand};

use super::values::{self, Given};
use crate::domain::DataType;
use crate::verbs::PersonFields;

/// How a command is allowed.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Confirmation")]
pub struct Consent {
    /// Show what would be sent; change and send nothing
    #[arg(long)]
    pub plan: bool,
    /// Do not ask; never answers the brake
    #[arg(short, long)]
    pub yes: bool,
    /// Answer the brake: exactly the number it asks for
    #[arg(long, value_name = "N")]
    pub brake: Option<u32>,
    /// Type the user name of a protected person who may lose access
    #[arg(long, value_name = "USER")]
    pub confirm_name: Vec<String>,
}

/// People, named one by one.
#[derive(Debug, Clone, Args)]
pub struct UsersArgs {
    /// User names
    #[arg(required = true, value_name = "USER")]
    pub users: Vec<String>,
    /// How it is allowed.
    #[command(flatten)]
    pub consent: Consent,
}

/// `assign`.
#[derive(Debug, Clone, Args)]
pub struct AssignArgs {
    /// User names
    #[arg(value_name = "USER", required_unless_present = "group", conflicts_with = "group")]
    pub users: Vec<String>,
    /// A group instead of people
    #[arg(long, value_name = "GROUP")]
    pub group: Option<String>,
    /// The group's place; new ones go last
    #[arg(long, value_name = "N", requires = "group", value_parser = clap::value_parser!(u32).range(1..))]
    pub priority: Option<u32>,
    /// A role value; may be given more than once
    #[arg(long, value_name = "ATTRIBUTE=VALUE", value_parser = values::given)]
    pub role: Vec<Given>,
    /// How it is allowed.
    #[command(flatten)]
    pub consent: Consent,
}

/// `unassign`.
#[derive(Debug, Clone, Args)]
pub struct UnassignArgs {
    /// User names
    #[arg(value_name = "USER", required_unless_present = "group", conflicts_with = "group")]
    pub users: Vec<String>,
    /// A group instead of people
    #[arg(long, value_name = "GROUP")]
    pub group: Option<String>,
    /// How it is allowed.
    #[command(flatten)]
    pub consent: Consent,
}

/// `role`.
#[derive(Debug, Clone, Args)]
#[command(override_usage = "scimdeck role [OPTIONS] USER... ATTRIBUTE=VALUE...\n       \
    scimdeck role [OPTIONS] --group GROUP ATTRIBUTE=VALUE...")]
pub struct RoleArgs {
    /// User names, then values; an empty value takes it out
    #[arg(required = true, value_name = "USER|ATTRIBUTE=VALUE")]
    pub words: Vec<String>,
    /// The values of this group's assignment instead of people's own
    #[arg(long, value_name = "GROUP")]
    pub group: Option<String>,
    /// How it is allowed.
    #[command(flatten)]
    pub consent: Consent,
}

impl RoleArgs {
    /// User names and values apart: what holds `=` is a value.
    pub fn split(&self) -> (Vec<String>, Vec<Given>) {
        let (values, users): (Vec<_>, Vec<_>) = self.words.iter().partition(|w| w.contains('='));
        (
            users.into_iter().cloned().collect(),
            values.into_iter().filter_map(|v| values::given(v).ok()).collect(),
        )
    }
}

/// A person's fields; an empty value clears.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Fields")]
pub struct FieldArgs {
    /// Given name
    #[arg(long, value_name = "TEXT")]
    pub given_name: Option<String>,
    /// Family name
    #[arg(long, value_name = "TEXT")]
    pub family_name: Option<String>,
    /// Display name
    #[arg(long, value_name = "TEXT")]
    pub display_name: Option<String>,
    /// E-mail, where it is not the user name
    #[arg(long, value_name = "ADDRESS")]
    pub email: Option<String>,
    /// Title
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// Department
    #[arg(long, value_name = "TEXT")]
    pub department: Option<String>,
    /// The source's own id, sent as externalId
    #[arg(long, value_name = "ID")]
    pub external_id: Option<String>,
}

impl FieldArgs {
    /// As a decision has them.
    pub fn fields(&self, user_name: Option<&String>) -> PersonFields {
        PersonFields {
            user_name: user_name.cloned(),
            given_name: self.given_name.clone(),
            family_name: self.family_name.clone(),
            display_name: self.display_name.clone(),
            email: self.email.clone(),
            title: self.title.clone(),
            department: self.department.clone(),
            external_id: self.external_id.clone(),
        }
    }
}

/// `person`.
#[derive(Debug, Clone, Subcommand)]
pub enum PersonCommand {
    /// A new person
    Add {
        /// User name, by default the e-mail
        user: String,
        /// The fields.
        #[command(flatten)]
        fields: FieldArgs,
        /// How it is allowed.
        #[command(flatten)]
        consent: Consent,
    },
    /// Change fields; pushed at once
    Set {
        /// User name
        user: String,
        /// A new user name
        #[arg(long, value_name = "NAME")]
        user_name: Option<String>,
        /// The fields.
        #[command(flatten)]
        fields: FieldArgs,
        /// How it is allowed.
        #[command(flatten)]
        consent: Consent,
    },
    /// Take people out of the directory; their access ends
    Remove(UsersArgs),
}

/// `group`.
#[derive(Debug, Clone, Subcommand)]
pub enum GroupCommand {
    /// A new group
    Add {
        /// Its name
        name: String,
    },
    /// Push a group with its members to the endpoint, and keep it so
    Push {
        /// Its name
        name: String,
        /// How it is allowed.
        #[command(flatten)]
        consent: Consent,
    },
    /// No longer push a group
    Unpush {
        /// Its name
        name: String,
        /// Delete it in the app; without it the group stays there as it is
        #[arg(long)]
        delete: bool,
        /// How it is allowed.
        #[command(flatten)]
        consent: Consent,
    },
    /// Take a group out; refused while it is assigned
    Remove {
        /// Its name
        name: String,
        /// How it is allowed.
        #[command(flatten)]
        consent: Consent,
    },
}

/// `member`.
#[derive(Debug, Clone, Subcommand)]
pub enum MemberCommand {
    /// Put people into a group
    Add {
        /// Group
        group: String,
        /// Whom.
        #[command(flatten)]
        who: UsersArgs,
    },
    /// Take people out of a group
    Remove {
        /// Group
        group: String,
        /// Whom.
        #[command(flatten)]
        who: UsersArgs,
    },
}

/// `attribute`.
#[derive(Debug, Clone, Subcommand)]
pub enum AttributeCommand {
    /// A new attribute
    Add {
        /// Variable name
        variable: String,
        /// The fields.
        #[command(flatten)]
        fields: AttributeArgs,
    },
    /// Change the fields that are given
    Set {
        /// Variable name
        variable: String,
        /// A new variable name
        #[arg(long, value_name = "NAME")]
        rename: Option<String>,
        /// The fields.
        #[command(flatten)]
        fields: AttributeArgs,
        /// How it is allowed.
        #[command(flatten)]
        consent: Consent,
    },
    /// Give attributes that are not sent their namespace, and push the values that were never sent
    Repair {
        /// Variable names; all that are not sent without one
        variables: Vec<String>,
        /// The extension they live under; by default Workato's roles
        #[arg(long, value_name = "URN")]
        external_namespace: Option<String>,
        /// How it is allowed.
        #[command(flatten)]
        consent: Consent,
    },
    /// Replace a value of the list by another, for all who have it; pushed at once
    Replace {
        /// Variable name
        variable: String,
        /// The value that goes
        from: String,
        /// The value that comes; one that is not in the list takes its place there
        to: String,
        /// How it is allowed.
        #[command(flatten)]
        consent: Consent,
    },
    /// The values of the list, and who uses them
    Values {
        /// Variable name
        variable: String,
        /// Beside the values that the endpoint reports, with their seats
        #[arg(long)]
        from_endpoint: bool,
        /// Take the endpoint's list over; a value in use is never taken out
        #[arg(long)]
        apply: bool,
        /// How it is allowed.
        #[command(flatten)]
        consent: Consent,
    },
    /// Take an attribute out; people keep their present value in the app
    Remove {
        /// Variable name
        variable: String,
        /// How it is allowed.
        #[command(flatten)]
        consent: Consent,
    },
}

/// Fields of an attribute.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Fields")]
pub struct AttributeArgs {
    /// What the operator reads; by default the variable name
    #[arg(long, value_name = "TEXT")]
    pub display_name: Option<String>,
    /// The attribute's name on the endpoint; by default the variable name
    #[arg(long, value_name = "NAME")]
    pub external_name: Option<String>,
    /// The extension it lives under; empty for a core attribute
    #[arg(long, value_name = "URN")]
    pub external_namespace: Option<String>,
    /// string, integer, number or boolean
    #[arg(long = "type", value_name = "TYPE", value_parser = data_type)]
    pub data_type: Option<DataType>,
    /// One value of the enumerated list, strongest first; may be given more than once
    #[arg(long, value_name = "VALUE[=DISPLAY]")]
    pub member: Vec<String>,
    /// An assignment must give a value
    #[arg(long, conflicts_with = "optional")]
    pub required: bool,
    /// An assignment need not give a value
    #[arg(long)]
    pub optional: bool,
}

fn data_type(text: &str) -> Result<DataType, String> {
    DataType::ALL
        .into_iter()
        .find(|t| t.word() == text)
        .ok_or_else(|| format!("one of {}", DataType::ALL.map(DataType::word).join(", ")))
}
