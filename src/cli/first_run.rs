//! `scimdeck` on a home without a connection: what it is, and the two ways to begin.

use super::args::{ConnectArgs, Global, TokenArgs, TokenPlace};
use super::face::Face;
use super::open::Opening;
use super::{connect, console, demo};
use crate::domain::{Connection, UniqueIdentifier, WireProfile};
use crate::engine::{Problem, ProblemKind};

const WORDS: &str = "\
scimdeck keeps an app's accounts true to your directory, through SCIM 2.0.
There is no connection yet.

  s  try the sandbox: an example directory and an app; nothing of it is kept
  c  connect to an app; its SCIM settings show the two things you need:
       base URL   for example https://workato.com/scim/v2
                  (Workato: Workspace admin > Settings > SCIM provisioning)
       token      shown once, by \"Generate SCIM token\"; keep it in a file that
                  only you can read: umask 077; cat > ~/.scim-token
  q  leave

";

/// Shows the choice and does what is chosen; without an operator at a terminal it is refused.
pub(super) async fn first_run(
    opening: &Opening,
    global: &Global,
    face: &mut Face<'_>,
) -> Result<u8, Problem> {
    if face.operator.is_none() || face.json {
        return Err(Problem::new(
            ProblemKind::BadInput,
            "no_connection",
            format!("There is no connection in {} yet. Nothing was changed.", opening.home.display()),
            "Connect first: scimdeck connect --base-url URL --token-file FILE; or try: scimdeck demo",
        ));
    }
    face.say(WORDS);
    loop {
        let Some(answer) = face.ask("s, c or q: ").await else { return Ok(0) };
        match answer.as_str() {
            "s" => return demo::demo(None, None, None, &[]).await,
            "c" => break,
            "q" | "" => return Ok(0),
            _ => {}
        }
    }
    let (Some(base_url), Some(file)) =
        (face.ask("SCIM connector base URL: ").await, face.ask("File with the token: ").await)
    else {
        return Ok(0);
    };
    let args = ConnectArgs {
        verify_percent: None,
        name: "workato".to_owned(),
        base_url,
        token: TokenArgs {
            place: TokenPlace { token_file: Some(file.into()), ..TokenPlace::default() },
            token_arg: Vec::new(),
        },
        ca_file: None,
        badge: None,
        timeout: Connection::TIMEOUT_S,
        profile: WireProfile::default(),
        unique_identifier: UniqueIdentifier::default(),
        exclude_user_name: false,
        activity_url: None,
        activity_token_file: None,
        resend_url: None,
    };
    match connect::connect(opening, global, &args, face).await? {
        0 => console::console(opening).await,
        code => Ok(code),
    }
}
