//! A profile attribute of the app: what the seed's Profile Editor form holds.

use serde::{Deserialize, Serialize};

/// The extension that carries Workato's roles (seed, "Configure Workato role attributes for SCIM").
pub const WORKATO_ROLE_URN: &str = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole";

/// The data type of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataType {
    /// Text; the seed's case.
    #[default]
    String,
    /// Whole number.
    Integer,
    /// Number with a fraction.
    Number,
    /// true or false.
    Boolean,
}

impl DataType {
    /// All of them, in the order the form offers.
    pub const ALL: [Self; 4] = [Self::String, Self::Integer, Self::Number, Self::Boolean];

    /// The word on the screen and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
        }
    }

    /// Whether `value` can be sent as this type.
    pub fn accepts(self, value: &str) -> bool {
        match self {
            Self::String => true,
            Self::Integer => value.parse::<i64>().is_ok(),
            Self::Number => value.parse::<f64>().is_ok_and(f64::is_finite),
            Self::Boolean => matches!(value, "true" | "false"),
        }
    }
}

/// One value of an enumerated list. The list is kept strongest first: a change towards the front raises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// What the operator reads.
    pub display: String,
    /// What is sent.
    pub value: String,
}

impl Member {
    /// A member that is shown as it is sent.
    pub fn plain(value: &str) -> Self {
        Self { display: value.to_owned(), value: value.to_owned() }
    }
}

/// A profile attribute, with every field the seed lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileAttribute {
    /// Our name for it: letters, digits, underscore. Unique on the connection; the key of role values.
    pub variable: String,
    /// What the operator reads.
    pub display_name: String,
    /// The attribute's name on the endpoint.
    pub external_name: String,
    /// The extension URN it lives under. Without one only a core attribute of RFC 7643 is sent.
    pub external_namespace: Option<String>,
    /// How its values are written.
    #[serde(default)]
    pub data_type: DataType,
    /// The enumerated list, strongest first; empty means any value.
    #[serde(default)]
    pub members: Vec<Member>,
    /// Whether an assignment must give a value.
    #[serde(default)]
    pub required: bool,
}

impl ProfileAttribute {
    /// The seed's `workato_role` with another variable name.
    pub fn workato(variable: &str) -> Self {
        Self {
            variable: variable.to_owned(),
            display_name: variable.to_owned(),
            external_name: variable.to_owned(),
            external_namespace: Some(WORKATO_ROLE_URN.to_owned()),
            data_type: DataType::String,
            members: ["Admin", "Analyst", "Operator", "No access"].map(Member::plain).to_vec(),
            required: true,
        }
    }

    /// The position of a value in the enumerated list: 0 is the strongest.
    pub fn rank(&self, value: &str) -> Option<usize> {
        self.members.iter().position(|m| m.value == value)
    }

    /// The member that `value` equals but for its case, when it does not match exactly.
    pub fn near_miss(&self, value: &str) -> Option<&str> {
        let folded = value.to_lowercase();
        self.members.iter().map(|m| m.value.as_str()).find(|m| *m != value && m.to_lowercase() == folded)
    }

    /// Whether it can be sent: it lives under a namespace, or is one of the core attributes that hold one value
    /// (RFC 7643, 4.1.1). The seed's case of a custom attribute made before without its namespace is not.
    pub fn sendable(&self) -> bool {
        const CORE: [&str; 6] =
            ["nickName", "profileUrl", "userType", "preferredLanguage", "locale", "timezone"];
        self.external_namespace.is_some() || CORE.contains(&self.external_name.as_str())
    }

    /// Its path on the endpoint: `URN:name`, or the bare name (RFC 7644, 3.10).
    pub fn path(&self) -> String {
        match &self.external_namespace {
            Some(urn) => format!("{urn}:{}", self.external_name),
            None => self.external_name.clone(),
        }
    }
}
