//! Forms about tokens: another one for this connection, the passphrase of an encrypted one, and a new connection.

use super::doc::{Line, Tone};
use super::field::{Choice, Field};
use super::form::{Form, Purpose};
use super::token_place::{FROM, PASSPHRASE, PASTE, PLACE, Place, TOKEN};
use crate::domain::{Connection, GivenToken, Secret, TokenSource};
use crate::engine::{NewConnection, name_fault};

/// Another token for this connection.
pub(super) fn token(c: &Connection) -> Form {
    let intro = vec![
        Line::plain(c.name.clone()).and(Tone::Dim, format!("  {}", c.base_url)),
        Line::of(Tone::Dim, "Links and queue are kept. A token that the app refuses is not taken."),
    ];
    let mut form = Form::new(Purpose::Token, "Replace the token", intro, vec![from()]);
    fit(&mut form);
    // Mostly it is pasted.
    form.focus = 1;
    form
}

/// The passphrase of the token's file; `wrong` where one did not open it.
pub(super) fn passphrase(c: &Connection, wrong: bool) -> Option<Form> {
    let TokenSource::Encrypted { path } = &c.token else { return None };
    let mut intro = vec![
        Line::plain(format!("The token of {} is encrypted in", c.name)),
        Line::plain(format!("  {}", path.display())),
        Line::of(Tone::Dim, "Until it is open nothing is read from the app and nothing is sent."),
    ];
    if wrong {
        intro.push(Line::of(Tone::Bad, "That passphrase does not open it."));
    }
    let field = Field::masked(PASSPHRASE, "Passphrase").help("It is not shown, and kept in memory only");
    Some(Form::new(Purpose::Unlock, "Passphrase", intro, vec![field]))
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
        from(),
    ];
    let mut form = Form::new(Purpose::Connect(taken), "New connection", intro, fields);
    fit(&mut form);
    form
}

/// Which place the token comes from.
fn from() -> Field {
    let choice = |from: &Place| Choice { shown: from.shown.to_owned(), value: Some(from.word.to_owned()) };
    Field::choice(FROM, "Token from", Place::ALL.iter().map(choice).collect(), None)
        .help("left and right, or a letter")
}

/// Behind the choice stand the fields of that place, and no others.
fn fit(form: &mut Form) {
    let Some(at) = form.fields.iter().position(|field| field.name == FROM) else { return };
    let from = chosen(form);
    let there: Vec<&str> = form.fields[at + 1..].iter().map(|field| field.name.as_str()).collect();
    let label = form.fields.get(at + 1).map_or("", |field| field.label.as_str());
    if there == from.names() && label == from.label {
        return;
    }
    form.fields.truncate(at + 1);
    form.fields.extend(from.fields());
}

fn chosen(form: &Form) -> &'static Place {
    Place::of(&form.value(FROM).unwrap_or_default())
}

/// Looks at every field as it is now.
pub(super) fn check(form: &mut Form) {
    fit(form);
    let from = chosen(form);
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
            PLACE => (from.source)(&value).err().map(str::to_owned),
            PASSPHRASE => field
                .hidden()
                .is_some_and(|masked| masked.length() == 0)
                .then(|| "the passphrase is needed: it opens the file".to_owned()),
            _ => field.hidden().and_then(|masked| masked.fault()).map(str::to_owned),
        };
        if field.name == TOKEN
            && let Some(words) = field.hidden().map(|masked| masked.cleaned())
        {
            field.help = if words.is_empty() { PASTE.to_owned() } else { words };
        }
    }
}

/// The passphrase of the form.
pub(super) fn typed_passphrase(form: &Form) -> Option<Secret> {
    let field = form.fields.iter().find(|field| field.name == PASSPHRASE)?;
    field.hidden().map(super::masked::Masked::verbatim)
}

/// The token of the form.
pub(super) fn given(form: &Form) -> Option<GivenToken> {
    let pasted = form.fields.iter().find(|field| field.name == TOKEN).and_then(Field::hidden);
    if let Some(masked) = pasted {
        return Some(GivenToken::Pasted(masked.secret()));
    }
    let source = (chosen(form).source)(&form.value(PLACE)?).ok()?;
    Some(GivenToken::At(source, typed_passphrase(form)))
}

/// The connection the form stands for.
pub(super) fn new_connection(form: &Form) -> Option<NewConnection> {
    let text = |name: &str| form.value(name).unwrap_or_default();
    let token = given(form)?;
    Some(NewConnection { name: text("name"), base_url: text("base_url"), badge: text("badge"), token })
}
