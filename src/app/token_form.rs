//! Forms that take a token: a new one for this connection, and a new connection.

use super::doc::{Line, Tone};
use super::field::Field;
use super::form::{Form, Purpose};
use crate::domain::{Connection, Secret};
use crate::engine::{NewConnection, name_fault};

const PASTE: &str = "Paste it; it is not shown. del empties the field";

/// A new token for this connection.
pub(super) fn token(c: &Connection) -> Form {
    let intro = vec![
        Line::plain(c.name.clone()).and(Tone::Dim, format!("  {}", c.base_url)),
        Line::of(Tone::Dim, "Links and queue are kept. A token that the app refuses is not taken."),
    ];
    let field = Field::masked("token", "SCIM token").help(PASTE);
    Form::new(Purpose::Token, "Replace the token", intro, vec![field])
}

/// A new connection; `taken` are the names that are there.
pub(super) fn connect(taken: Vec<String>) -> Form {
    let intro = vec![
        Line::of(
            Tone::Dim,
            "The app's SCIM settings show base URL and token. It is saved, tested, and enabled",
        ),
        Line::of(Tone::Dim, "when the test is good. Authentication mode: HTTP Header, Bearer token."),
    ];
    let fields = vec![
        Field::text("name", "Name", "").help("What to call it, for example workato-test"),
        Field::text("base_url", "Base URL", "")
            .help("SCIM connector base URL, for example https://workato.com/scim/v2"),
        Field::text("badge", "Environment", "").help("Shown in the header, for example SANDBOX or PROD"),
        Field::masked("token", "SCIM token").help(PASTE),
    ];
    Form::new(Purpose::Connect(taken), "New connection", intro, fields)
}

/// Looks at every field as it is now.
pub(super) fn check(form: &mut Form) {
    let taken = match &form.purpose {
        Purpose::Connect(taken) => taken.clone(),
        _ => Vec::new(),
    };
    let taken: Vec<&str> = taken.iter().map(String::as_str).collect();
    for field in &mut form.fields {
        let value = field.value().unwrap_or_default();
        field.error = match field.name.as_str() {
            "name" => name_fault(&value, &taken),
            "base_url" if value.is_empty() => Some("it is needed".to_owned()),
            "base_url" if !value.starts_with("https://") && !value.starts_with("http://") => {
                Some("an address that starts with https://".to_owned())
            }
            "badge" if value.is_empty() => {
                Some("a word is needed, so that nobody works in the wrong one".to_owned())
            }
            "badge" if value.chars().count() > 20 => Some("at most 20 characters".to_owned()),
            _ => field.hidden().and_then(|masked| masked.fault()).map(str::to_owned),
        };
        if let Some(words) = field.hidden().map(|masked| masked.cleaned()) {
            field.help = if words.is_empty() { PASTE.to_owned() } else { words };
        }
    }
}

/// The token of the form.
pub(super) fn secret(form: &Form) -> Option<Secret> {
    form.fields.iter().find_map(|field| field.hidden()).map(super::masked::Masked::secret)
}

/// The connection the form stands for.
pub(super) fn new_connection(form: &Form) -> Option<NewConnection> {
    let text = |name: &str| form.value(name).unwrap_or_default();
    let token = secret(form)?;
    Some(NewConnection { name: text("name"), base_url: text("base_url"), badge: text("badge"), token })
}
