//! The Provisioning pane: the connection in the seed's words, and what its test found.

use super::doc::{Line, Tone};
use super::words::{stamp, when};
use super::{App, trace_doc};
use crate::domain::{FailureKind, TokenSource, WireProfile};
use crate::engine::{FeedState, Sending, TestReport, Verdict};

/// The whole pane.
pub(super) fn page(app: &App) -> Vec<Line> {
    let c = app.directory.connection();
    let on = |yes: bool| if yes { (Tone::Good, "[x] ") } else { (Tone::Dim, "[ ] ") };
    let tick =
        |yes: bool, words: &str| Line::of(on(yes).0, format!("  {}", on(yes).1)).and(Tone::Plain, words);
    let mut lines = vec![Line::head("SCIM connection").and(Tone::Dim, format!("  {}", c.name))];
    lines.push(Line::field("  Environment", Tone::Warn, c.badge.0.clone()));
    let base_url = Line::field("  Base URL", Tone::Accent, c.base_url.clone());
    // Only ever to this machine itself.
    lines.push(if c.in_clear() { base_url.and(Tone::Warn, "  NOT ENCRYPTED") } else { base_url });
    lines.push(Line::field("  Unique id", Tone::Plain, c.unique_identifier.word()));
    lines.push(
        Line::field("  Authentication", Tone::Plain, "HTTP Header, Bearer token from ")
            .and(Tone::Plain, c.token.words())
            .and(Tone::Dim, c.token.caution().map(|words| format!(" ({words})")).unwrap_or_default()),
    );
    if matches!(c.token, TokenSource::Encrypted { .. }) {
        let line = Line::field("", Tone::Key, "U").and(Tone::Dim, " gives its passphrase");
        lines.push(line);
    }
    lines.push(Line::field("  Wire profile", Tone::Plain, profile(c.profile)));
    lines.push(Line::field(
        "  At once",
        Tone::Plain,
        format!("{} requests, each within {} s", c.concurrency, c.timeout_s),
    ));
    if let Some(percent) = c.verify_percent {
        let words = format!("{percent} % of what was answered as done, and every end of access");
        lines.push(Line::field("  Read back", Tone::Plain, words));
    }
    let enabled = match c.enabled_at {
        _ if !c.enabled => {
            Line::field("  Provisioning", Tone::Bad, "disabled: nothing is sent; e enables it")
        }
        Some(at) => Line::field("  Provisioning", Tone::Good, format!("enabled since {}", when(app.now, at))),
        None => Line::field("  Provisioning", Tone::Good, "enabled"),
    };
    lines.push(enabled);
    let (tone, words) = sending(&app.sending);
    lines.push(Line::field("  Sending", tone, words));
    if let Sending::Elsewhere(Some(holder)) = &app.sending {
        lines.push(Line::field("  Held by", tone, holder.words()));
        lines.push(Line::field("  Holder", tone, holder.id.clone()));
    }
    lines.push(feed(app));
    lines.extend(super::rehearsal::line(app));
    lines.push(queue(app));
    lines.push(sweep(app));
    let b = c.brake;
    let brake = format!(
        "more than {} people (or {} % of {} and more) losing access, or {} changed",
        b.removals, b.removal_percent, b.percent_from, b.changes
    );
    lines.push(Line::field("  Brake holds", Tone::Plain, brake));
    lines.push(Line::field("  Protected", Tone::Plain, super::forms::count(c.protected.len(), "person")));
    lines.push(Line::blank());
    lines.push(
        Line::head("Supported provisioning actions")
            .and(Tone::Dim, "  ")
            .and(Tone::Key, "E")
            .and(Tone::Dim, " changes them"),
    );
    lines.push(tick(c.actions.import, "Import New Users and Profile Updates"));
    lines.push(tick(c.actions.push_new, "Push New Users"));
    lines.push(tick(c.actions.push_updates, "Push Profile Updates"));
    lines.push(Line::head("To App"));
    lines.push(tick(c.to_app.create, "Create Users"));
    lines.push(tick(c.to_app.update, "Update User Attributes"));
    lines.push(tick(c.to_app.deactivate, "Deactivate Users"));
    lines.push(tick(c.to_app.exclude_user_name, "Exclude Username Updates"));
    lines.push(Line::blank());
    lines.push(Line::head("Test Connector Configuration"));
    match &app.tested {
        Some(report) => test(&mut lines, report),
        None => lines.push(
            Line::of(Tone::Dim, "  not tested in this session: ")
                .and(Tone::Key, "t")
                .and(Tone::Dim, " tests it; one read, nothing is written"),
        ),
    }
    lines
}

/// The profile, and what it does to an account that exists.
fn profile(profile: WireProfile) -> String {
    let does = match profile {
        WireProfile::OktaClassic => "GET, then PUT of the whole account",
        WireProfile::Rfc => "PATCH of what changed, If-Match where there are versions",
        WireProfile::OktaOin => "PATCH for access alone, else GET and PUT",
    };
    format!("{}: {does}", profile.word())
}

/// Who sends, in words.
pub fn sending(sending: &Sending) -> (Tone, String) {
    match sending {
        Sending::Here => (Tone::Good, "sends".to_owned()),
        Sending::Elsewhere(_) => (Tone::Accent, "another process sends".to_owned()),
        Sending::Off => (Tone::Warn, "sending is off".to_owned()),
        Sending::Stopped(failure) => (Tone::Bad, format!("stopped: {} {}", failure.text, failure.next)),
        Sending::Waiting(until, failure) if failure.kind == FailureKind::SlowDown => {
            (Tone::Warn, format!("waits until {}: {}", super::words::clock(*until), failure.next))
        }
        Sending::Waiting(until, failure) => {
            let at = super::words::clock(*until);
            (Tone::Bad, format!("tried again at {at} UTC: {} {}", failure.text, failure.next))
        }
        Sending::Offered(n) => (Tone::Warn, format!("a stopped run of {n} waits for your word")),
    }
}

fn feed(app: &App) -> Line {
    match &app.feed_state {
        FeedState::None => {
            Line::field("  Activity feed", Tone::Dim, "none: the log shows our own operations")
        }
        FeedState::Live(at) => {
            Line::field("  Activity feed", Tone::Good, format!("live, read {}", stamp(*at)))
        }
        FeedState::Failing(failure) => {
            Line::field("  Activity feed", Tone::Bad, format!("failing: {} {}", failure.text, failure.next))
        }
    }
}

fn queue(app: &App) -> Line {
    let q = app.directory.queue();
    let words = format!(
        "{} queued, {} running, {} waiting, {} in doubt, {} conflict, {} parked",
        q.queued, q.running, q.waiting, q.in_doubt, q.conflict, q.parked
    );
    let tone = if q.conflict + q.parked + q.in_doubt > 0 { Tone::Warn } else { Tone::Plain };
    Line::field("  Queue", tone, words)
}

fn sweep(app: &App) -> Line {
    match app.directory.sweep() {
        None => Line::field("  Last check", Tone::Warn, "never: r compares everybody with the app"),
        Some(s) => {
            let (tone, whole) =
                if s.complete { (Tone::Good, "complete") } else { (Tone::Warn, "NOT complete") };
            let words = format!("{}, {whole}, {} accounts, ", when(app.now, s.at), s.accounts);
            Line::field("  Last check", tone, words)
                .and(Tone::Plain, format!("{} that nobody here has; ", s.strangers))
                .and(Tone::Key, "v")
                .and(Tone::Dim, " lists what differs")
        }
    }
}

fn test(lines: &mut Vec<Line>, report: &TestReport) {
    if report.ok {
        lines.push(
            Line::of(Tone::Good, "  Connector configured successfully")
                .and(Tone::Dim, format!("  {}", stamp(report.at))),
        );
    }
    if let Some(trouble) = &report.trouble {
        lines.push(Line::of(Tone::Bad, format!("  {}", trouble.text)));
        lines.push(Line::of(Tone::Accent, format!("  {}", trouble.next)));
    }
    for action in &report.actions {
        let (tone, mark, word) = match action.verdict {
            Verdict::Verified => (Tone::Good, "+", "verified"),
            Verdict::Failed => (Tone::Bad, "x", "failed"),
            Verdict::Declared => (Tone::Plain, "-", "declared"),
            Verdict::Off => (Tone::Dim, " ", "off"),
        };
        lines.push(
            Line::of(tone, format!("  {mark} {word:<9}"))
                .and(Tone::Plain, format!("{}  ", action.action))
                .and(Tone::Dim, action.text.clone()),
        );
    }
    lines.push(Line::blank());
    trace_doc::exchange(lines, &report.exchange);
}
