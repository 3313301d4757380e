//! User, Group, Enterprise User (RFC 7643 section 4, 8.7.1) and the common attributes (section 3.1).

use super::{Attribute, Kind, Mutability, Returned, Schema};
use crate::scim::resource::urn;

/// `schemas`, `id`, `externalId`, `meta`.
pub(super) fn common() -> Vec<Attribute> {
    let read_only = |a: Attribute| a.mutability(Mutability::ReadOnly);
    let time = |name: &str| read_only(Attribute::new(name, Kind::DateTime, ""));
    vec![
        Attribute {
            returned: Returned::Always,
            ..Attribute::new("schemas", Kind::Reference, "The schemas in use").multi().case_exact()
        },
        Attribute {
            returned: Returned::Always,
            ..read_only(Attribute::string("id", "The server's identifier")).case_exact()
        },
        Attribute::string("externalId", "The client's identifier").case_exact(),
        read_only(Attribute::complex(
            "meta",
            "Resource metadata",
            vec![
                read_only(Attribute::string("resourceType", "")).case_exact(),
                time("created"),
                time("lastModified"),
                read_only(Attribute::new("location", Kind::Reference, "")),
                read_only(Attribute::string("version", "")).case_exact(),
            ],
        )),
    ]
}

fn plural(name: &str, value: Attribute, types: &[&str]) -> Attribute {
    let sub = vec![
        value,
        Attribute::string("display", "A name for people"),
        Attribute::string("type", "What it is used for").canonical(types.iter().copied()),
        Attribute::new("primary", Kind::Boolean, "The preferred one; true at most once"),
    ];
    Attribute::complex(name, &format!("The user's {name}"), sub).multi()
}

/// Core User (RFC 7643 section 4.1).
pub fn user() -> Schema {
    let text = |name: &str, description: &str| Attribute::string(name, description);
    let value = || text("value", "The value");
    Schema {
        id: urn::USER.to_owned(),
        name: "User".to_owned(),
        description: "User account".to_owned(),
        attributes: vec![
            Attribute { unique: true, ..text("userName", "Unique, compared without case").required() },
            Attribute::complex(
                "name",
                "The parts of the name",
                vec![
                    text("formatted", "The whole name"),
                    text("familyName", "Family name"),
                    text("givenName", "Given name"),
                    text("middleName", "Middle name"),
                    text("honorificPrefix", "Honorific prefix"),
                    text("honorificSuffix", "Honorific suffix"),
                ],
            ),
            text("displayName", "Name shown to people"),
            text("nickName", "Casual name"),
            Attribute::new("profileUrl", Kind::Reference, "Profile page"),
            text("title", "Title"),
            text("userType", "Relation to the organization"),
            text("preferredLanguage", "Preferred language"),
            text("locale", "Locale"),
            text("timezone", "Time zone"),
            Attribute::new("active", Kind::Boolean, "Whether the account has access"),
            Attribute {
                returned: Returned::Never,
                ..text("password", "Accepted and not kept").mutability(Mutability::WriteOnly).case_exact()
            },
            plural("emails", value(), &["work", "home", "other"]),
            plural("phoneNumbers", value(), &["work", "home", "mobile", "fax", "pager", "other"]),
            plural("ims", value(), &["aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"]),
            plural("photos", Attribute::new("value", Kind::Reference, "URL"), &["photo", "thumbnail"]),
            Attribute::complex(
                "addresses",
                "The user's addresses",
                vec![
                    text("formatted", "The whole address"),
                    text("streetAddress", "Street"),
                    text("locality", "City"),
                    text("region", "State or region"),
                    text("postalCode", "Postal code"),
                    text("country", "Country"),
                    text("type", "What it is used for").canonical(["work", "home", "other"]),
                    Attribute::new("primary", Kind::Boolean, "The preferred one; true at most once"),
                ],
            )
            .multi(),
            groups(),
            plural("entitlements", value(), &[]),
            plural("roles", value(), &[]),
            plural("x509Certificates", Attribute::new("value", Kind::Binary, "Certificate"), &[]),
        ],
    }
}

fn groups() -> Attribute {
    let read_only = |a: Attribute| a.mutability(Mutability::ReadOnly);
    let sub = vec![
        read_only(Attribute::string("value", "The group's id")).case_exact(),
        read_only(Attribute::new("$ref", Kind::Reference, "The group's URL").references(&["Group"])),
        read_only(Attribute::string("display", "The group's name")),
        read_only(Attribute::string("type", "").canonical(["direct", "indirect"])),
    ];
    read_only(Attribute::complex("groups", "The groups the user is in; changed through Group", sub).multi())
}

/// Core Group (RFC 7643 section 4.2).
pub fn group() -> Schema {
    let once = |a: Attribute| a.mutability(Mutability::Immutable);
    let members = vec![
        once(Attribute::string("value", "The member's id")).case_exact(),
        once(Attribute::new("$ref", Kind::Reference, "The member's URL").references(&["User", "Group"])),
        once(Attribute::string("type", "").canonical(["User", "Group"])),
        Attribute::string("display", "The member's name"),
    ];
    Schema {
        id: urn::GROUP.to_owned(),
        name: "Group".to_owned(),
        description: "Group".to_owned(),
        attributes: vec![
            Attribute::string("displayName", "Name of the group").required(),
            Attribute::complex("members", "The members", members).multi(),
        ],
    }
}

/// Enterprise User extension (RFC 7643 section 4.3).
pub fn enterprise_user() -> Schema {
    let text = |name: &str, description: &str| Attribute::string(name, description);
    let manager = vec![
        text("value", "The manager's id").case_exact(),
        Attribute::new("$ref", Kind::Reference, "The manager's URL").references(&["User"]),
        text("displayName", "The manager's name").mutability(Mutability::ReadOnly),
    ];
    Schema {
        id: urn::ENTERPRISE_USER.to_owned(),
        name: "EnterpriseUser".to_owned(),
        description: "Enterprise User".to_owned(),
        attributes: vec![
            text("employeeNumber", "Employee number"),
            text("costCenter", "Cost center"),
            text("organization", "Organization"),
            text("division", "Division"),
            text("department", "Department"),
            Attribute::complex("manager", "The manager", manager),
        ],
    }
}
