//! Passwords, and getting a new one. A login belongs to an e-mail address: someone may have one from another
//! workspace before being invited to this one.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::mail;
use super::secrets::Password;
use crate::sandbox::people::fold;
use crate::sandbox::workspace::Workspace;

/// The fewest characters of a password.
pub(super) const SHORTEST: usize = 8;
/// The most characters of a password.
const LONGEST: usize = 200;
/// How long a link to a new password works.
const RESET_FOR: SignedDuration = SignedDuration::from_mins(60);
/// This many wrong passwords ...
const WRONG: usize = 10;
/// ... within this time, and no password is looked at until the first of them is older.
const WITHIN: SignedDuration = SignedDuration::from_mins(15);
/// The most open links to a new password; the oldest end first.
const MOST_RESETS: usize = 1_000;

/// Someone who can sign in, here or in another workspace.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Login {
    /// As it was registered.
    email: String,
    /// Nothing where it was set in another workspace and is not known here.
    password: Option<Password>,
    /// When wrong passwords were given.
    #[serde(default)]
    wrong: Vec<Timestamp>,
}

/// What a link to a new password stands for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Reset {
    /// Folded e-mail.
    email: String,
    at: Timestamp,
}

/// What a password was worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Checked {
    Right,
    Wrong,
    /// Too many wrong ones: come back in this many seconds.
    TooOften(i64),
}

impl Workspace {
    /// Registers an e-mail as one that has an account in another workspace already.
    pub fn register_elsewhere(&mut self, email: &str, password: Option<&str>) {
        let password = password.map(|text| Password::new(&mut self.team.secrets, text));
        let login = Login { email: email.to_owned(), password, wrong: Vec::new() };
        self.team.logins.insert(fold(email), login);
        self.revision += 1;
    }

    pub(super) fn has_login(&self, email: &str) -> bool {
        self.team.logins.contains_key(&fold(email))
    }

    /// Sets the password of an e-mail whose owner is proven.
    pub(super) fn set_password(&mut self, email: &str, password: &str) {
        self.register_elsewhere(email, Some(password));
    }

    pub(super) fn check_password(&mut self, email: &str, given: &str, now: Timestamp) -> Checked {
        let nobody = Password::of_nobody();
        let login = self.team.logins.get_mut(&fold(email));
        if let Some(login) = &login {
            let recent = login.wrong.iter().filter(|at| now.duration_since(**at) < WITHIN);
            let (count, first) = (recent.clone().count(), recent.min());
            if let (true, Some(first)) = (count >= WRONG, first) {
                return Checked::TooOften((WITHIN - now.duration_since(*first)).as_secs().max(1));
            }
        }
        let password = login.as_ref().and_then(|login| login.password.as_ref()).unwrap_or(&nobody);
        let right = given.chars().count() <= LONGEST && password.is(given);
        if let Some(login) = login {
            login.wrong.retain(|at| !right && now.duration_since(*at) < WITHIN);
            if !right {
                login.wrong.push(now);
            }
            self.revision += 1;
        }
        if right { Checked::Right } else { Checked::Wrong }
    }

    /// Writes to the address if it has a login. `query` is what its link leads on to.
    pub(super) fn send_reset(&mut self, email: &str, query: &str, now: Timestamp) {
        let Some(login) = self.team.logins.get(&fold(email)) else { return };
        self.team.resets.keep_below(MOST_RESETS);
        let reset = Reset { email: fold(email), at: now };
        let (_, token) = self.team.resets.issue(&mut self.team.secrets, reset);
        self.team.outbox.push(mail::reset(&self.settings, &login.email, &token, query, now));
        self.revision += 1;
    }

    /// Whether a link to a new password still works.
    pub(super) fn reset_is_open(&self, token: &str, now: Timestamp) -> bool {
        self.open_reset(token, now).is_some()
    }

    /// Sets the password; the link and all others of that address end, and so do wrong tries and sessions.
    pub(super) fn use_reset(&mut self, token: &str, password: &str, now: Timestamp) -> bool {
        let Some(email) = self.open_reset(token, now) else { return false };
        let typed = self.team.logins.get(&email).map_or_else(|| email.clone(), |login| login.email.clone());
        self.set_password(&typed, password);
        self.team.resets.retain(|_, reset| reset.email != email);
        // Whoever was in with the old password is out.
        if let Some(account) = self.account_of_address(&email) {
            self.team.sessions.retain(|_, session| session.account != account);
        }
        true
    }

    fn open_reset(&self, token: &str, now: Timestamp) -> Option<String> {
        let (_, reset) = self.team.resets.find(token)?;
        (now.duration_since(reset.at) < RESET_FOR).then(|| reset.email.clone())
    }
}

/// Why a password is not taken.
pub(super) fn refusal(password: &str) -> Option<&'static str> {
    match password.chars().count() {
        length if length < SHORTEST => Some("The password must have at least 8 characters."),
        length if length > LONGEST => Some("The password must have at most 200 characters."),
        _ => None,
    }
}
