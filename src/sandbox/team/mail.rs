//! The mails the workspace wants sent, as data. The shell sends them after the answer is made.

use jiff::Timestamp;

use super::pages::escape;
use crate::sandbox::account::{Account, NO_ACCESS, ROLE_ATTRIBUTES, Roles};
use crate::sandbox::workspace::Settings;

/// The longest name or workspace name in a mail.
const MAX_NAME: usize = 200;

/// A mail to be sent. It holds a secret link: its Debug shows neither link nor text.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// Name of whom it is for, without control characters.
    pub to_name: String,
    /// Address of whom it is for; what a client wrote, so perhaps no address at all.
    pub to: String,
    /// Name of the workspace.
    pub from_name: String,
    /// Address of the workspace's owner.
    pub from: String,
    /// Subject, without control characters.
    pub subject: String,
    /// The link to follow.
    pub link: String,
    /// The plain text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// When it was written.
    pub at: Timestamp,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mail(to {:?}, {:?})", self.to, self.subject)
    }
}

/// The address of a person: `userName` where it is one, else the primary or first of `emails`.
pub(super) fn address(account: &Account) -> String {
    let user_name = account.user_name();
    if user_name.contains('@') {
        return user_name.to_owned();
    }
    let emails = account.attributes.get("emails").and_then(serde_json::Value::as_array);
    let emails = emails.map(Vec::as_slice).unwrap_or_default();
    let primary = emails.iter().find(|email| email["primary"] == true).or(emails.first());
    primary.and_then(|email| email["value"].as_str()).unwrap_or(user_name).to_owned()
}

/// Text of a client on one line: a header takes no control character.
pub(in crate::sandbox) fn line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_NAME).collect();
    plain.trim().to_owned()
}

/// The roles as people read them: one where they are the same everywhere, else one an environment.
pub(super) fn roles_in_words(roles: &Roles) -> String {
    let values = [&roles.dev, &roles.test, &roles.prod];
    if values.iter().all(|role| *role == &roles.dev) {
        return line(&roles.dev);
    }
    let others_none = values.iter().skip(1).all(|role| *role == NO_ACCESS);
    if others_none {
        return line(&roles.dev);
    }
    let named = ROLE_ATTRIBUTES.iter().zip(values);
    named
        .map(|((_, environment), role)| format!("{} in {environment}", line(role)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// A letter of one sentence, a link and a remark.
fn letter(
    settings: &Settings,
    (to_name, to): (String, String),
    subject: String,
    link: String,
    [before, button, after]: [&str; 3],
    at: Timestamp,
) -> Mail {
    let text = format!("Hello {to_name},\r\n\r\n{before}\r\n\r\n{button}:\r\n{link}\r\n\r\n{after}\r\n");
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"></head><body><p>Hello {},</p><p>{}</p>\
         <p><a href=\"{}\">{}</a></p><p>{}</p></body></html>",
        escape(&to_name),
        escape(before),
        escape(&link),
        escape(button),
        escape(after)
    );
    let from_name = line(&settings.workspace_name);
    Mail { to_name, to, from_name, from: settings.workspace_email.clone(), subject, link, text, html, at }
}

/// "You are invited to join ..." with the link to the invitation.
pub(super) fn invitation(settings: &Settings, account: &Account, token: &str, at: Timestamp) -> Mail {
    let workspace = line(&settings.workspace_name);
    let roles = roles_in_words(&Roles::of(&account.attributes));
    let before = format!("You are invited to join the workspace {workspace}. Your role: {roles}.");
    letter(
        settings,
        (line(&account.name()), address(account)),
        format!("You are invited to join {workspace}"),
        format!("{}/invitations/{token}", settings.origin),
        [&before, "Accept the invitation", "The link is for you alone and works once."],
        at,
    )
}

/// The link to a new password. `query` leads on to the invitation that was waiting, or is empty.
pub(super) fn reset(settings: &Settings, email: &str, token: &str, query: &str, at: Timestamp) -> Mail {
    letter(
        settings,
        (line(email), email.to_owned()),
        "Reset your password".to_owned(),
        format!("{}/reset/{token}{query}", settings.origin),
        [
            "Somebody, probably you, asked for a new password.",
            "Choose a new password",
            "The link works once, within an hour. Without it nothing changes.",
        ],
        at,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_text_stays_on_its_line_and_is_no_markup() {
        assert_eq!(line(" Ana\r\nBcc: x@x.test\u{7} "), "Ana  Bcc: x@x.test");
        let mut settings = Settings::new("t".to_owned().into(), "a".to_owned().into());
        settings.workspace_name = "W\n<script>".to_owned();
        let to = (line("<b>Ana</b>"), "ana@x.test".to_owned());
        let made = letter(
            &settings,
            to,
            "S".into(),
            "http://x/?a&b".into(),
            ["<i>", "b", "c"],
            Timestamp::UNIX_EPOCH,
        );
        assert_eq!(made.from_name, "W <script>");
        assert!(made.html.contains("&lt;b&gt;Ana&lt;/b&gt;") && made.html.contains("<p>&lt;i&gt;</p>"));
        assert!(made.html.contains("href=\"http://x/?a&amp;b\"") && !made.html.contains("<script>"));
        assert!(!format!("{made:?}").contains("http"));
    }

    #[test]
    fn roles_are_named_once_where_the_environments_agree() {
        let roles = |dev: &str, test: &str, prod: &str| {
            roles_in_words(&Roles { dev: dev.into(), test: test.into(), prod: prod.into() })
        };
        assert_eq!(roles("Admin", "Admin", "Admin"), "Admin");
        assert_eq!(roles("Admin", NO_ACCESS, NO_ACCESS), "Admin");
        assert_eq!(
            roles("Admin", "Operator", NO_ACCESS),
            "Admin in dev, Operator in test, No access in prod"
        );
    }
}
