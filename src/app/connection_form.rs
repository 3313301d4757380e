//! The form of the connection's settings, in the seed's words: supported actions, To App, and what holds them.

use super::doc::{Line, Tone};
use super::field::{Choice, Field};
use super::form::{Form, Purpose};
use crate::domain::{Connection, Feed, TokenSource, UniqueIdentifier, WireProfile};
use crate::verbs::{Command, setting_faults};

/// The form on the connection as it is.
pub(super) fn form(c: &Connection) -> Form {
    let words = |all: &[&str]| -> Vec<Choice> {
        all.iter().map(|w| Choice { shown: (*w).to_owned(), value: Some((*w).to_owned()) }).collect()
    };
    let number = |name, label, n: u32, help| Field::text(name, label, &n.to_string()).help(help);
    let toggle = |name, label, on, help| Field::toggle(name, label, on).help(help);
    let feed = c.feed.as_ref();
    let token_file = match feed.map(|f| &f.token) {
        Some(TokenSource::File { path }) => path.display().to_string(),
        _ => String::new(),
    };
    let verify = c.verify_percent.map_or_else(String::new, |percent| percent.to_string());
    let every = feed.map_or(15, |f| f.every_s);
    let resend = feed.and_then(|f| f.resend_url.as_deref()).unwrap_or_default();
    let fields = vec![
        toggle(
            "import",
            "Import users",
            c.actions.import,
            "Import New Users and Profile Updates; space changes it",
        ),
        toggle(
            "push_new",
            "Push New Users",
            c.actions.push_new,
            "New people get an account; space changes it",
        ),
        toggle(
            "push_updates",
            "Push Updates",
            c.actions.push_updates,
            "Push Profile Updates; space changes it",
        ),
        toggle("create", "Create Users", c.to_app.create, "To App: people who are assigned get an account"),
        toggle(
            "update",
            "Update Attributes",
            c.to_app.update,
            "To App, Update User Attributes: roles and names are sent",
        ),
        toggle(
            "deactivate",
            "Deactivate Users",
            c.to_app.deactivate,
            "To App: off, people keep access when deactivated here",
        ),
        toggle(
            "exclude",
            "Excl. Username",
            c.to_app.exclude_user_name,
            "To App, Exclude Username Updates: a new user name is not sent",
        ),
        Field::choice(
            "unique",
            "Unique identifier",
            words(&UniqueIdentifier::ALL.map(UniqueIdentifier::word)),
            Some(c.unique_identifier.word()),
        )
        .help("The field that identifies a user on both sides"),
        Field::choice(
            "profile",
            "Wire profile",
            words(&WireProfile::ALL.map(WireProfile::word)),
            Some(c.profile.word()),
        )
        .help("How changes are written"),
        Field::text("badge", "Environment", &c.badge.0)
            .help("Shown in the header, for example SANDBOX or PROD"),
        number(
            "brake_removals",
            "Brake: removals",
            c.brake.removals,
            "Held when more people than this lose access",
        ),
        number(
            "brake_percent",
            "Brake: percent",
            c.brake.removal_percent,
            "... or more than this share of those managed",
        ),
        number(
            "brake_percent_from",
            "Brake: from",
            c.brake.percent_from,
            "... where at least this many are managed",
        ),
        number(
            "brake_changes",
            "Brake: changes",
            c.brake.changes,
            "Held when more people than this are created or change role",
        ),
        toggle(
            "reason_required",
            "Reason needed",
            c.reason_required,
            "When somebody loses access, a reason must be given",
        ),
        number("concurrency", "Requests at once", c.concurrency, "1 to 64"),
        number("timeout", "Timeout (s)", c.timeout_s, "How long one request may take, 1 to 600"),
        Field::text("verify_percent", "Read back (%)", &verify)
            .help("Of writes answered as done; empty: as usual; ends of access always"),
        number(
            "compare_every",
            "Compare (min)",
            c.compare_every_min,
            "Minutes between comparisons of everybody while a console is open; 0: never",
        ),
        toggle(
            "by_user_name",
            "Match user name",
            c.import.by_user_name,
            "Import: the same user name is an exact match",
        ),
        toggle("by_email", "Match e-mail", c.import.by_email, "Import: the same e-mail is an exact match"),
        toggle(
            "partial",
            "Partial matches",
            c.import.partial,
            "Import: the same first and last name, to be confirmed",
        ),
        number(
            "import_safeguard",
            "Import safeguard",
            c.import.safeguard_percent,
            "Held when more percent of the linked accounts is missing",
        ),
        Field::text("activity_url", "Activity log URL", feed.map_or("", |f| &f.url))
            .help("The app's own log; empty: none"),
        Field::text("activity_token", "Log token file", &token_file)
            .help("Its own token, in a file that only you can read"),
        number("activity_every", "Log every (s)", every, "Seconds between looks at the log"),
        Field::text("resend_url", "Resend URL", resend)
            .help("Where an invitation is asked to be sent again; empty: none"),
    ];
    let intro = vec![Line::plain(c.name.clone()).and(Tone::Dim, format!("  {}", c.base_url))];
    Form::new(Purpose::Connection(Box::new(c.clone())), "Connection settings", intro, fields)
}

/// Looks at every field as it is now.
pub(super) fn check(form: &mut Form, present: &Connection) {
    let (new, unread) = settings(form, present);
    let faults = setting_faults(&new);
    for field in &mut form.fields {
        let wrong = faults.iter().find(|(name, _)| *name == field.name).map(|(_, why)| why.clone());
        field.error = match unread.contains(&field.name) {
            true => Some("a number is needed".to_owned()),
            false => wrong,
        };
        if field.name == "activity_token" && new.feed.as_ref().is_some_and(|f| no_token(&f.token)) {
            field.error = Some("the log needs a token of its own: name its file from / on".to_owned());
        }
    }
}

fn no_token(source: &TokenSource) -> bool {
    matches!(source, TokenSource::File { path } if !path.is_absolute())
}

/// The decision the form stands for.
pub(super) fn command(form: &Form, present: &Connection) -> Option<Command> {
    form.dirty().then(|| Command::ConnectionSet(Box::new(settings(form, present).0)))
}

/// The settings as they are filled in, and the fields whose number could not be read.
fn settings(form: &Form, present: &Connection) -> (Connection, Vec<String>) {
    let mut unread = Vec::new();
    let mut c = present.clone();
    let text = |name: &str| form.value(name).unwrap_or_default();
    let on = |name: &str| text(name) == "true";
    let mut number = |name: &str, slot: &mut u32| match text(name).parse() {
        Ok(n) => *slot = n,
        Err(_) => unread.push(name.to_owned()),
    };
    number("brake_removals", &mut c.brake.removals);
    number("brake_percent", &mut c.brake.removal_percent);
    number("brake_percent_from", &mut c.brake.percent_from);
    number("brake_changes", &mut c.brake.changes);
    number("concurrency", &mut c.concurrency);
    number("timeout", &mut c.timeout_s);
    number("compare_every", &mut c.compare_every_min);
    number("import_safeguard", &mut c.import.safeguard_percent);
    c.verify_percent = match text("verify_percent").trim() {
        "" => None,
        _ => {
            let mut percent = 0;
            number("verify_percent", &mut percent);
            Some(percent)
        }
    };
    let mut every_s = 0;
    number("activity_every", &mut every_s);
    c.actions.import = on("import");
    c.actions.push_new = on("push_new");
    c.actions.push_updates = on("push_updates");
    c.to_app.create = on("create");
    c.to_app.update = on("update");
    c.to_app.deactivate = on("deactivate");
    c.to_app.exclude_user_name = on("exclude");
    c.reason_required = on("reason_required");
    c.import.by_user_name = on("by_user_name");
    c.import.by_email = on("by_email");
    c.import.partial = on("partial");
    c.unique_identifier = UniqueIdentifier::parse(&text("unique")).unwrap_or_default();
    c.profile = WireProfile::parse(&text("profile")).unwrap_or_default();
    c.badge.0 = text("badge");
    c.feed = Some(text("activity_url")).filter(|url| !url.is_empty()).map(|url| {
        // A token that is in no file stays where it is until a file is named.
        let kept = present.feed.as_ref().map(|f| f.token.clone());
        let token = match (text("activity_token"), kept) {
            (path, Some(kept)) if path.is_empty() && !matches!(kept, TokenSource::File { .. }) => kept,
            (path, _) => TokenSource::File { path: path.into() },
        };
        Feed { url, token, every_s, resend_url: Some(text("resend_url")).filter(|url| !url.is_empty()) }
    });
    (c, unread)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture;

    fn field<'a>(form: &'a mut Form, name: &str) -> &'a mut Field {
        form.fields.iter_mut().find(|f| f.name == name).unwrap()
    }

    fn faulty(form: &Form) -> Vec<&str> {
        form.fields.iter().filter(|f| f.error.is_some()).map(|f| f.name.as_str()).collect()
    }

    #[test]
    fn a_form_that_was_not_touched_stands_for_nothing_and_one_that_was_for_its_settings() {
        let present = fixture::connection();
        let mut form = form(&present);
        check(&mut form, &present);
        assert_eq!(faulty(&form), [""; 0]);
        assert_eq!(command(&form, &present), None);
        field(&mut form, "deactivate").press(crate::app::Key::char(' '));
        let Some(Command::ConnectionSet(new)) = command(&form, &present) else { panic!("no command") };
        let mut expected = present.clone();
        expected.to_app.deactivate = false;
        assert_eq!(*new, expected);
    }

    #[test]
    fn what_is_wrong_is_said_at_its_field() {
        let present = fixture::connection();
        let mut form = form(&present);
        field(&mut form, "badge").set("");
        field(&mut form, "brake_removals").set("many");
        field(&mut form, "concurrency").set("65");
        field(&mut form, "verify_percent").set("101");
        field(&mut form, "activity_url").set("https://log.example/api");
        field(&mut form, "activity_token").set("token");
        check(&mut form, &present);
        assert_eq!(
            faulty(&form),
            ["badge", "brake_removals", "concurrency", "verify_percent", "activity_token"]
        );
    }

    #[test]
    fn how_many_writes_are_read_back_may_be_said_or_left_as_usual() {
        let mut present = fixture::connection();
        for (before, typed, after) in [(None, "100", Some(100)), (Some(25), "", None), (None, "0", Some(0))] {
            present.verify_percent = before;
            let mut form = form(&present);
            let there = before.map_or(0, |percent: u32| percent.to_string().len());
            for _ in 0..there {
                field(&mut form, "verify_percent").press(crate::app::Key::of(crate::app::Code::Backspace));
            }
            field(&mut form, "verify_percent").paste(typed);
            check(&mut form, &present);
            assert_eq!(faulty(&form), [""; 0]);
            let Some(Command::ConnectionSet(new)) = command(&form, &present) else { panic!("no command") };
            assert_eq!(new.verify_percent, after);
        }
    }

    #[test]
    fn a_log_token_that_is_in_no_file_stays_when_other_things_change() {
        let mut present = fixture::connection();
        let token = TokenSource::Env { name: "LOG".into() };
        present.feed = Some(Feed { url: "https://log/x".into(), token, every_s: 15, resend_url: None });
        let mut form = form(&present);
        check(&mut form, &present);
        assert_eq!(faulty(&form), [""; 0]);
        field(&mut form, "badge").paste("2");
        let Some(Command::ConnectionSet(new)) = command(&form, &present) else { panic!("no command") };
        assert_eq!(new.feed, present.feed);
    }
}
