//! Attribute definitions (RFC 7643 sections 2 and 7): what a filter, a PATCH and `/Schemas` need to know.

mod core;
mod normalise;

pub use core::{enterprise_user, group, user};

use serde_json::{Value, json};

use super::resource::{AttrRef, urn};

/// Data type of an attribute (RFC 7643 section 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    String,
    /// true or false.
    Boolean,
    /// Whole number.
    Integer,
    /// RFC 3339 time.
    DateTime,
    /// Base64 bytes.
    Binary,
    /// A URI.
    Reference,
    /// Sub-attributes.
    Complex,
}

/// Who may change an attribute (RFC 7643 section 2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutability {
    /// Only the server.
    ReadOnly,
    /// The client, at any time.
    ReadWrite,
    /// The client, once.
    Immutable,
    /// The client; never answered.
    WriteOnly,
}

/// When an attribute is in an answer (RFC 7643 section 2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returned {
    /// In every answer.
    Always,
    /// In no answer.
    Never,
    /// Unless it is left out by the request.
    Default,
}

/// One attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Name as it is written.
    pub name: String,
    /// Data type.
    pub kind: Kind,
    /// An array.
    pub multi: bool,
    /// Must be there.
    pub required: bool,
    /// Compared with its case.
    pub case_exact: bool,
    /// Who may change it.
    pub mutability: Mutability,
    /// When it is answered.
    pub returned: Returned,
    /// Unique in the workspace.
    pub unique: bool,
    /// Suggested or allowed values.
    pub canonical: Vec<String>,
    /// What a reference points to.
    pub references: Vec<&'static str>,
    /// Sub-attributes of a complex one.
    pub sub: Vec<Attribute>,
    /// For people.
    pub description: String,
}

impl Attribute {
    /// A single-valued, optional, readWrite attribute compared without case.
    pub fn new(name: &str, kind: Kind, description: &str) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            multi: false,
            required: false,
            case_exact: kind == Kind::Reference || kind == Kind::Binary,
            mutability: Mutability::ReadWrite,
            returned: Returned::Default,
            unique: false,
            canonical: Vec::new(),
            references: if kind == Kind::Reference { vec!["external"] } else { Vec::new() },
            sub: Vec::new(),
            description: description.to_owned(),
        }
    }

    /// A string attribute.
    pub fn string(name: &str, description: &str) -> Self {
        Self::new(name, Kind::String, description)
    }

    /// A complex attribute.
    pub fn complex(name: &str, description: &str, sub: Vec<Attribute>) -> Self {
        Self { sub, ..Self::new(name, Kind::Complex, description) }
    }

    /// An array of what it was.
    #[must_use]
    pub fn multi(self) -> Self {
        Self { multi: true, ..self }
    }

    /// Must be there.
    #[must_use]
    pub fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// Compared with its case.
    #[must_use]
    pub fn case_exact(self) -> Self {
        Self { case_exact: true, ..self }
    }

    /// With another mutability.
    #[must_use]
    pub fn mutability(self, mutability: Mutability) -> Self {
        Self { mutability, ..self }
    }

    /// With canonical values.
    #[must_use]
    pub fn canonical<S: Into<String>>(self, values: impl IntoIterator<Item = S>) -> Self {
        Self { canonical: values.into_iter().map(Into::into).collect(), ..self }
    }

    /// Pointing to resource types.
    #[must_use]
    pub fn references(self, references: &[&'static str]) -> Self {
        Self { references: references.to_vec(), ..self }
    }

    /// The sub-attribute `name`, without case.
    pub fn sub(&self, name: &str) -> Option<&Attribute> {
        self.sub.iter().find(|a| a.name.eq_ignore_ascii_case(name))
    }

    /// The attribute as `/Schemas` shows it (RFC 7643 section 7).
    pub fn to_json(&self) -> Value {
        let kind = match self.kind {
            Kind::String => "string",
            Kind::Boolean => "boolean",
            Kind::Integer => "integer",
            Kind::DateTime => "dateTime",
            Kind::Binary => "binary",
            Kind::Reference => "reference",
            Kind::Complex => "complex",
        };
        let mutability = match self.mutability {
            Mutability::ReadOnly => "readOnly",
            Mutability::ReadWrite => "readWrite",
            Mutability::Immutable => "immutable",
            Mutability::WriteOnly => "writeOnly",
        };
        let returned = match self.returned {
            Returned::Always => "always",
            Returned::Never => "never",
            Returned::Default => "default",
        };
        let mut value = json!({
            "name": self.name,
            "type": kind,
            "multiValued": self.multi,
            "description": self.description,
            "required": self.required,
            "caseExact": self.case_exact,
            "mutability": mutability,
            "returned": returned,
            "uniqueness": if self.unique { "server" } else { "none" },
        });
        if let Some(map) = value.as_object_mut() {
            if !self.canonical.is_empty() {
                map.insert("canonicalValues".to_owned(), json!(self.canonical));
            }
            if self.kind == Kind::Reference {
                map.insert("referenceTypes".to_owned(), json!(self.references));
            }
            if self.kind == Kind::Complex {
                let sub: Vec<Value> = self.sub.iter().map(Attribute::to_json).collect();
                map.insert("subAttributes".to_owned(), Value::Array(sub));
            }
        }
        value
    }
}

/// A schema: the attributes under one URN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// The URN.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Description for people.
    pub description: String,
    /// The attributes.
    pub attributes: Vec<Attribute>,
}

impl Schema {
    /// The attribute `name`, without case.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|a| a.name.eq_ignore_ascii_case(name))
    }
}

/// What a resource type is made of: its core schema and its extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceSchema {
    /// The core schema.
    pub core: Schema,
    /// The extensions, each under its URN in the resource.
    pub extensions: Vec<Schema>,
    /// `schemas`, `id`, `externalId`, `meta` (RFC 7643 section 3.1).
    common: Vec<Attribute>,
}

impl ResourceSchema {
    /// A resource type; the common attributes come by themselves.
    pub fn new(core: Schema, extensions: Vec<Schema>) -> Self {
        Self { core, extensions, common: core::common() }
    }

    /// The extension with this URN, without case.
    pub fn extension(&self, urn: &str) -> Option<&Schema> {
        self.extensions.iter().find(|schema| schema.id.eq_ignore_ascii_case(urn))
    }

    /// A core or common attribute by name.
    pub fn top(&self, name: &str) -> Option<&Attribute> {
        self.core.attribute(name).or_else(|| self.common.iter().find(|a| a.name.eq_ignore_ascii_case(name)))
    }

    /// The attribute a reference names, without its sub-attribute.
    pub fn attribute(&self, attr: &AttrRef) -> Option<&Attribute> {
        match attr.extension() {
            Some(urn) => self.extension(urn)?.attribute(&attr.name),
            None if attr.urn.as_deref().is_some_and(|urn| !urn.eq_ignore_ascii_case(&self.core.id)) => None,
            None => self.top(&attr.name),
        }
    }

    /// The attribute or sub-attribute a reference names.
    pub fn resolve(&self, attr: &AttrRef) -> Option<&Attribute> {
        let found = self.attribute(attr)?;
        match &attr.sub {
            Some(sub) => found.sub(sub),
            None => Some(found),
        }
    }
}

/// The schema of User with the Enterprise extension and others.
pub fn user_with(extensions: Vec<Schema>) -> ResourceSchema {
    let mut all = vec![enterprise_user()];
    all.extend(extensions);
    ResourceSchema::new(user(), all)
}

/// The schema of Group.
pub fn group_alone() -> ResourceSchema {
    ResourceSchema::new(group(), Vec::new())
}

/// Workato's role extension with the role values it accepts. Whether Workato shows the values in `/Schemas` is
/// not documented; showing them is our choice.
pub fn workato_role(values: &[String]) -> Schema {
    let role = |name: &str, environment: &str| {
        Attribute::string(name, &format!("Role in the {environment} environment")).canonical(values.to_vec())
    };
    Schema {
        id: urn::WORKATO_ROLE.to_owned(),
        name: "WorkatoRole".to_owned(),
        description: "Workspace roles per environment".to_owned(),
        attributes: vec![
            role("workato_role", "development (or the only)"),
            role("workato_role_test", "test"),
            role("workato_role_prod", "production"),
        ],
    }
}
