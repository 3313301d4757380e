//! New settings of the connection: what it may do, how it writes, and what holds it.
//!
//! Name, base URL and token are no settings: another URL is another connection, with links of its own, and a token is
//! replaced where it can be tested.

use super::{Decision, Refusal, words};
use crate::directory::{Change, Directory};
use crate::domain::{Connection, Flag};

/// Requests that may be under way at once.
const CONCURRENCY: std::ops::RangeInclusive<u32> = 1..=64;
/// Seconds that one request may take.
const TIMEOUT_S: std::ops::RangeInclusive<u32> = 1..=600;
/// Seconds between looks at the activity log: it has a pace of its own to keep.
const FEED_EVERY_S: std::ops::RangeInclusive<u32> = 5..=3_600;
/// Minutes between comparisons in the background: a week at most.
const COMPARE_EVERY_MIN: std::ops::RangeInclusive<u32> = 0..=10_080;
/// Of a hundred writes, how many may be read back.
const VERIFY_PERCENT: std::ops::RangeInclusive<u32> = 0..=100;
/// Longest badge, in characters: the header has room for so many.
const BADGE: usize = 20;

/// What is wrong with settings: the setting's name in forms and options, and why. Nothing when they can be taken.
pub fn setting_faults(c: &Connection) -> Vec<(&'static str, String)> {
    let mut faults = Vec::new();
    let mut fault = |wrong: bool, name, why: &str| {
        if wrong {
            faults.push((name, why.to_owned()));
        }
    };
    let badge = c.badge.0.trim();
    fault(badge.is_empty(), "badge", "a word for the environment is needed, for example SANDBOX or PROD");
    fault(badge.chars().count() > BADGE, "badge", "at most 20 characters");
    fault(badge.chars().any(char::is_control), "badge", "no control characters, please");
    let above = "a number above 0 is needed: a brake that never holds is none";
    fault(c.brake.removals == 0, "brake_removals", above);
    fault(c.brake.changes == 0, "brake_changes", above);
    fault(c.brake.percent_from == 0, "brake_percent_from", above);
    let percent = "a number from 1 to 100";
    fault(!(1..=100).contains(&c.brake.removal_percent), "brake_percent", percent);
    fault(!(1..=100).contains(&c.import.safeguard_percent), "import_safeguard", percent);
    fault(!CONCURRENCY.contains(&c.concurrency), "concurrency", "a number from 1 to 64");
    let minutes = "minutes from 1 to 10080, or 0 for never";
    fault(!COMPARE_EVERY_MIN.contains(&c.compare_every_min), "compare_every", minutes);
    fault(!TIMEOUT_S.contains(&c.timeout_s), "timeout", "seconds from 1 to 600");
    let share = c.verify_percent.is_some_and(|percent| !VERIFY_PERCENT.contains(&percent));
    fault(share, "verify_percent", "a number from 0 to 100, or none for as usual");
    if let Some(feed) = &c.feed {
        fault(
            !is_address(&feed.url),
            "activity_url",
            "https:// (http:// on this machine only), without user, ? and #",
        );
        fault(!FEED_EVERY_S.contains(&feed.every_s), "activity_every", "seconds from 5 to 3600");
        let resend = feed.resend_url.as_deref();
        let why = "https:// (http:// on this machine only), without user, ? and #";
        fault(resend.is_some_and(|url| !is_address(url)), "resend_url", why);
    }
    faults
}

/// Whether a text can be an address at all; whether it is the right one shows when it is asked. It is shown and kept
/// in the audit log, so no part of it may hold a secret; the token goes in clear to this machine only.
fn is_address(text: &str) -> bool {
    let host = |rest: &str| {
        let authority = rest.split('/').next().unwrap_or_default();
        let name = authority.rsplit_once(':').map_or(authority, |(name, _)| name);
        name.trim_matches(['[', ']']).to_ascii_lowercase()
    };
    let here = |rest: &str| matches!(host(rest).as_str(), "localhost" | "127.0.0.1" | "::1");
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://").filter(|r| here(r)));
    rest.is_some_and(|rest| !host(rest).is_empty())
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "@?#".contains(c))
}

pub(super) fn decide(directory: &Directory, given: &Connection, cause: &str) -> Result<Decision, Refusal> {
    let present = directory.connection();
    if (given.id, given.name.as_str(), given.base_url.as_str())
        != (present.id, present.name.as_str(), present.base_url.as_str())
    {
        return Err(Refusal::bad(
            "another_connection",
            "Another URL is another connection: links, queue and audit belong to this one.",
            "Make a new one with: scimdeck connect --base-url URL; rename with: scimdeck connection rename",
        ));
    }
    if given.token != present.token {
        return Err(Refusal::bad(
            "token_elsewhere",
            "The token is not replaced with the settings: it is tested first.",
            "Replace it with: scimdeck token, or T in Provisioning.",
        ));
    }
    let faults = setting_faults(given);
    if !faults.is_empty() {
        let all: Vec<_> =
            faults.iter().map(|(name, why)| format!("{}: {why}", name.replace('_', " "))).collect();
        return Err(Refusal::bad(
            "bad_setting",
            format!("{}.", all.join("; ")),
            "Correct it and save again.",
        ));
    }
    let new = merged(present, given);
    let mut decision = Decision::here(cause, Vec::new());
    let differences = differences(present, &new);
    if differences.is_empty() {
        decision.say("The settings are so already.");
        return Ok(decision);
    }
    decision.say(format!("{}.", differences.join("; ")));
    follows(directory, present, &new, &mut decision);
    decision.changes.push(Change::Connection(Box::new(new)));
    Ok(decision)
}

/// The settings of one, everything else of the other: what else changed meanwhile is not taken back.
fn merged(present: &Connection, given: &Connection) -> Connection {
    let mut new = present.clone();
    new.unique_identifier = given.unique_identifier;
    new.actions = given.actions;
    new.to_app = given.to_app;
    new.profile = given.profile;
    given.badge.0.trim().clone_into(&mut new.badge.0);
    new.feed.clone_from(&given.feed);
    new.brake = given.brake;
    new.reason_required = given.reason_required;
    new.import = given.import;
    new.concurrency = given.concurrency;
    new.compare_every_min = given.compare_every_min;
    new.timeout_s = given.timeout_s;
    new.verify_percent = given.verify_percent;
    new.ca_file.clone_from(&given.ca_file);
    new
}

/// Each setting that changes, as "name: before -> after", in the words of the screen.
fn differences(old: &Connection, new: &Connection) -> Vec<String> {
    settings(old)
        .into_iter()
        .zip(settings(new))
        .filter(|(before, after)| before.1 != after.1)
        .map(|((name, before), (_, after))| format!("{name}: {before} -> {after}"))
        .collect()
}

/// All settings by the names of the screen, with their values as text.
pub fn settings(c: &Connection) -> Vec<(&'static str, String)> {
    let on = |yes: bool| if yes { "on" } else { "off" }.to_owned();
    let none = || "none".to_owned();
    let feed = c.feed.as_ref();
    vec![
        ("Environment", c.badge.0.clone()),
        ("Unique identifier field for users", c.unique_identifier.word().to_owned()),
        ("Import New Users and Profile Updates", on(c.actions.import)),
        ("Push New Users", on(c.actions.push_new)),
        ("Push Profile Updates", on(c.actions.push_updates)),
        ("Create Users", on(c.to_app.create)),
        ("Update User Attributes", on(c.to_app.update)),
        ("Deactivate Users", on(c.to_app.deactivate)),
        ("Exclude Username Updates", on(c.to_app.exclude_user_name)),
        ("Wire profile", c.profile.word().to_owned()),
        ("Requests at once", c.concurrency.to_string()),
        ("Compare every (min)", c.compare_every_min.to_string()),
        ("Timeout in seconds", c.timeout_s.to_string()),
        ("Writes read back", verify_words(c)),
        ("Brake on removals", c.brake.removals.to_string()),
        ("Brake on removals in percent", c.brake.removal_percent.to_string()),
        ("Percent counts from", c.brake.percent_from.to_string()),
        ("Brake on changes", c.brake.changes.to_string()),
        ("Reason needed for removals", on(c.reason_required)),
        ("Import matches user name", on(c.import.by_user_name)),
        ("Import matches e-mail", on(c.import.by_email)),
        ("Import offers partial matches", on(c.import.partial)),
        ("Import safeguard in percent", c.import.safeguard_percent.to_string()),
        ("Activity log", feed.map_or_else(none, |f| f.url.clone())),
        ("Activity log token", feed.map_or_else(none, |f| f.token.words())),
        ("Activity log every seconds", feed.map_or_else(none, |f| f.every_s.to_string())),
        ("CA certificates", ca_words(c)),
        ("Resend invitation", feed.and_then(|f| f.resend_url.clone()).unwrap_or_else(none)),
    ]
}

/// How much of what the app answered as done is read back.
fn verify_words(c: &Connection) -> String {
    let usual = "as usual (1 in 10 changes, 1 in 50 new accounts)".to_owned();
    c.verify_percent.map_or(usual, |percent| format!("{percent} %"))
}

/// Whose certificates are trusted.
fn ca_words(c: &Connection) -> String {
    c.ca_file
        .as_ref()
        .map_or_else(|| "those of the system".to_owned(), |path| format!("only {}", path.display()))
}

/// What follows for people, besides the setting itself. Losing the means to end access is asked about.
fn follows(directory: &Directory, old: &Connection, new: &Connection, decision: &mut Decision) {
    let counters = directory.counters();
    let off = |was: bool, is: bool| was && !is;
    if off(old.to_app.deactivate, new.to_app.deactivate) {
        let n = counters.with_access as usize;
        let keep = words::count(n, "person keeps", "people keep");
        decision.say(format!("Deactivate Users off: {keep} access in the app when deactivated here."));
        decision.confirm |= n > 0;
    }
    let creates = |c: &Connection| c.to_app.create && c.actions.push_new;
    if off(creates(old), creates(new)) {
        let n = counters.any(Flag::NotProvisioned) as usize;
        let get = words::count(n, "person who is not provisioned gets", "people who are not provisioned get");
        decision
            .say(format!("No account is made from now on: {get} none; accounts that are there are linked."));
    }
    let updates = |c: &Connection| c.to_app.update && c.actions.push_updates;
    if off(updates(old), updates(new)) {
        let n = counters.linked as usize;
        decision.say(format!(
            "Changes of {} stay here: role values and names are not sent.",
            words::count(n, "linked person", "linked people")
        ));
    }
    if !updates(old) && updates(new) && counters.any(Flag::Unsent) > 0 {
        let n = counters.any(Flag::Unsent) as usize;
        decision.say(format!("{} with changes not sent yet: send them with apply.", words::people(n)));
    }
    if new.to_app.exclude_user_name && !old.to_app.exclude_user_name {
        decision.say("A new user name here is not sent to an account that is there.");
    }
    if old.unique_identifier != new.unique_identifier {
        let field = new.unique_identifier.word();
        decision.say(format!("Accounts are looked up by {field} from now on; links stay as they are."));
    }
    if old.profile != new.profile {
        decision.say(format!("What is sent from now on is written as {}.", new.profile.word()));
    }
    if old.verify_percent != new.verify_percent {
        decision
            .say("Ends of access are always read back, and the first change and the first new account too.");
    }
    if old.feed.is_some() && new.feed.is_none() {
        decision.say("The app's log is not read any more: the audit log shows our own operations.");
    }
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::fixture::*;
    use super::*;
    use crate::domain::{Badge, Feed, Status, TokenSource, WireProfile};

    fn set(f: &mut Fixture, change: impl FnOnce(&mut Connection)) -> Result<Decision, Refusal> {
        let mut connection = f.directory.connection().clone();
        change(&mut connection);
        let decision = f.decide(&Command::ConnectionSet(Box::new(connection)))?;
        f.directory.apply_all(&decision.changes);
        Ok(decision)
    }

    #[test]
    fn new_settings_are_taken_and_said_with_what_was_there() {
        let mut f = Fixture::new();
        let decision = set(&mut f, |c| {
            c.profile = WireProfile::Rfc;
            c.brake.removals = 25;
        })
        .unwrap();
        assert!(!decision.confirm && decision.people().is_empty());
        let c = f.directory.connection();
        assert_eq!((c.profile, c.brake.removals, c.enabled), (WireProfile::Rfc, 25, true));
        let text = said(&decision);
        assert!(text.contains("Wire profile: okta-classic -> rfc; Brake on removals: 10 -> 25."), "{text}");
    }

    #[test]
    fn of_another_share_of_writes_read_back_it_is_said_that_ends_of_access_always_are() {
        let mut f = Fixture::new();
        let text = said(&set(&mut f, |c| c.verify_percent = Some(0)).unwrap());
        assert!(text.contains("new accounts) -> 0 %") && text.contains("always read back"), "{text}");
        assert_eq!(set(&mut f, |c| c.verify_percent = Some(101)).unwrap_err().code, "bad_setting");
    }

    #[test]
    fn switching_deactivation_off_is_asked_about_with_the_count() {
        let mut f = Fixture::new()
            .linked("ana", "Admin")
            .linked("ben", "Admin")
            .linked("cid", "Admin")
            .status("cid", Status::Suspended);
        let decision = set(&mut f, |c| c.to_app.deactivate = false).unwrap();
        assert!(decision.confirm);
        let text = said(&decision);
        assert!(text.contains("3 people keep access in the app when deactivated here."), "{text}");
        let decision = set(&mut f, |c| c.to_app.deactivate = true).unwrap();
        assert!(!decision.confirm);
    }

    #[test]
    fn no_more_creating_says_who_gets_no_account() {
        let mut f = Fixture::new().assigned("ana", "Admin");
        let text = said(&set(&mut f, |c| c.actions.push_new = false).unwrap());
        assert!(text.contains("1 person who is not provisioned gets none"), "{text}");
    }

    #[test]
    fn another_url_or_name_is_another_connection() {
        let mut f = Fixture::new();
        let refusal = set(&mut f, |c| c.base_url = "https://other.example/scim".into()).unwrap_err();
        assert_eq!(refusal.code, "another_connection");
        assert!(refusal.text.starts_with("Another URL is another connection"), "{refusal}");
        assert_eq!(set(&mut f, |c| c.name = "x".into()).unwrap_err().code, "another_connection");
        let token = TokenSource::Env { name: "T".into() };
        assert_eq!(set(&mut f, |c| c.token = token).unwrap_err().code, "token_elsewhere");
    }

    #[test]
    fn each_bad_setting_is_named() {
        let mut f = Fixture::new();
        let refusal = set(&mut f, |c| {
            c.badge = Badge(" ".into());
            c.brake.removals = 0;
            c.concurrency = 65;
            c.timeout_s = 0;
            c.feed = Some(Feed {
                url: "ftp://x".into(),
                token: TokenSource::Memory,
                every_s: 1,
                resend_url: Some("https://a b".into()),
            });
        })
        .unwrap_err();
        for name in ["badge", "brake removals", "concurrency", "timeout", "activity url", "resend url"] {
            assert!(refusal.text.contains(name), "{name}: {refusal}");
        }
        assert_eq!(f.directory.connection().concurrency, 4);
    }

    #[test]
    fn what_is_no_setting_stays_as_it_is() {
        let mut f = Fixture::new().person("ana");
        let stale = f.directory.connection().clone();
        f.run(&Command::Protect(vec![f.id("ana")]));
        f.run(&Command::Disable);
        let mut given = stale;
        given.timeout_s = 9;
        f.run(&Command::ConnectionSet(Box::new(given)));
        let c = f.directory.connection();
        assert_eq!((c.timeout_s, c.enabled, c.protected.len()), (9, false, 1));
    }

    #[test]
    fn saving_what_is_there_changes_nothing() {
        let mut f = Fixture::new();
        let decision = set(&mut f, |_| {}).unwrap();
        assert!(decision.changes.is_empty() && !decision.confirm);
    }
}
