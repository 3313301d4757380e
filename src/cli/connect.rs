//! `connect`: save, test, and enable when the test went well.

use super::act::act;
use super::args::{ConnectArgs, Consent, Global};
use super::face::Face;
use super::look;
use super::open::{self, Opening};
use super::run::{absolute, source, whole};
use crate::domain::{Badge, Connection, ConnectionId, Feed, TokenSource};
use crate::drive;
use crate::engine::{Problem, ProblemKind};
use crate::verbs::Command;

/// Seconds between looks at the activity log when nothing of ours was written.
const FEED_EVERY_S: u32 = 15;

pub(super) async fn connect(
    opening: &Opening,
    global: &Global,
    args: &ConnectArgs,
    face: &mut Face<'_>,
) -> Result<u8, Problem> {
    if global.read_only {
        return Err(Problem::new(
            ProblemKind::NotAllowed,
            "read_only",
            "This is read-only mode. The connection was not saved.",
            "Run it without --read-only.",
        ));
    }
    let connection = connection(args)?;
    warn_of_environment(&connection.token, face);
    drive::refuse_token_in_words(&connection.token).await?;
    let (seam, report) = open::connect(opening, connection).await?;
    let code = look::test(face, &report)?;
    if code != 0 {
        face.say("The connection was saved and is not enabled. Correct it and run: scimdeck test\n");
        return Ok(code);
    }
    // One JSON object on standard output: the test's. Enabling speaks only when it fails.
    let mut quiet =
        Face { out: &mut std::io::sink(), err: face.err, operator: None, width: None, json: true };
    act(&seam, &mut quiet, Command::Enable, &Consent { yes: true, ..Default::default() }, false).await
}

/// The connection that the arguments describe, not enabled.
fn connection(args: &ConnectArgs) -> Result<Connection, Problem> {
    let token = source(&args.token)?;
    let mut connection = Connection::new(ConnectionId(0), &args.name, &args.base_url, token);
    connection.ca_file = args.ca_file.as_deref().map(whole).transpose()?;
    connection.timeout_s = args.timeout;
    connection.verify_percent = args.verify_percent.and_then(|share| share.0);
    connection.profile = args.profile;
    connection.unique_identifier = args.unique_identifier;
    connection.to_app.exclude_user_name = args.exclude_user_name;
    if let Some(badge) = &args.badge {
        connection.badge = Badge(badge.clone());
    }
    if let (Some(url), Some(path)) = (&args.activity_url, &args.activity_token_file) {
        let token = absolute(TokenSource::File { path: path.clone() })?;
        let resend_url = args.resend_url.clone();
        connection.feed = Some(Feed { url: url.clone(), token, every_s: FEED_EVERY_S, resend_url });
    }
    Ok(connection)
}

/// What a variable does not protect from is said once, when it is chosen.
pub(super) fn warn_of_environment(source: &TokenSource, face: &mut Face<'_>) {
    if let TokenSource::Env { name } = source {
        face.say(&super::text::lines([format!(
            "The token is taken from the environment variable {name}. This is meant for CI: every program started from \
             the same shell has it too. For daily work use --token-command or --token-encrypted-file."
        )]));
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::args::{Cli, Command as Asked};
    use super::*;

    #[test]
    fn the_call_to_send_an_invitation_again_goes_with_the_activity_log() {
        let line = "scimdeck connect --base-url http://127.0.0.1:1/scim/v2 --token-file /t \
                    --activity-url http://127.0.0.1:1/api/activity_logs --activity-token-file /a \
                    --resend-url http://127.0.0.1:1/api/member_invitations/resend";
        let parsed = Cli::try_parse_from(line.split_whitespace()).expect("arguments");
        let Some(Asked::Connect(args)) = parsed.command else { unreachable!("another command") };
        let feed = connection(&args).expect("a connection").feed.expect("a feed");
        assert_eq!(feed.resend_url.as_deref(), Some("http://127.0.0.1:1/api/member_invitations/resend"));
        let alone =
            line.replace("--activity-url http://127.0.0.1:1/api/activity_logs --activity-token-file /a", "");
        assert!(Cli::try_parse_from(alone.split_whitespace()).is_err(), "it has no credential of its own");
    }
}
