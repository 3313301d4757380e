//! Where a token comes from, and what way it takes.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use scimdeck::domain::{GivenToken, Secret, TokenSource};
use scimdeck::drive::encrypt_token;
use scimdeck::engine::WRONG_PASSPHRASE;

use crate::bench::{Flow, SCIM, Setup};
use crate::program::{Program, all};

fn private(path: &Path, text: &str) -> PathBuf {
    std::fs::write(path, text).expect("a file");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("its mode");
    path.to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_place_is_taken_only_where_its_token_works_and_nothing_changes_otherwise() {
    let flow = Flow::with(Setup::default()).await;
    let place = |name: &str| flow.home.path().join(name);
    let source = || flow.drive.directory().connection().token.clone();
    let before = source();
    let at = |path: PathBuf| GivenToken::At(TokenSource::File { path }, None);

    let problem = flow.drive.replace_token(at(place("nowhere"))).await.expect_err("there is no file");
    assert!(problem.code == "token" && problem.text.contains("Nothing was changed"), "{problem:?}");
    let wrong = private(&place("wrong"), "not-it");
    let report = flow.drive.replace_token(at(wrong)).await.expect("a report");
    assert!(!report.ok && report.trouble.is_some_and(|t| t.text.contains("was not taken")));
    assert_eq!(source(), before);

    let sealed = place("sealed");
    let (token, passphrase) = (Secret::new(SCIM), Secret::verbatim("open sesame"));
    encrypt_token(&sealed, &token, &passphrase).await.expect("encrypted");
    let encrypted = |passphrase: &str| {
        let source = TokenSource::Encrypted { path: sealed.clone() };
        GivenToken::At(source, Some(Secret::verbatim(passphrase)))
    };
    let problem = flow.drive.replace_token(encrypted("sesame")).await.expect_err("not its passphrase");
    assert_eq!(problem.code, WRONG_PASSPHRASE);
    assert_eq!(source(), before);
    assert!(flow.drive.replace_token(encrypted("open sesame")).await.expect("a report").ok);
    assert_eq!(source(), TokenSource::Encrypted { path: sealed.clone() });

    let file = private(&place("token"), SCIM);
    assert!(flow.drive.replace_token(at(file.clone())).await.expect("a report").ok);
    assert_eq!(source(), TokenSource::File { path: file });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_that_the_environment_names_never_sees_the_token() {
    let program = Program::start(1, 0, &[]).await;
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("set");
    let proxy = format!("http://{}", listener.local_addr().expect("an address"));
    let mut command = program.command(&["provision", "--yes"]);
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        command.env(name, &proxy);
    }
    let output = command.env_remove("NO_PROXY").env_remove("no_proxy").output().await.expect("it runs");
    assert_eq!(output.status.code(), Some(0), "{}", all(&output));
    assert!(listener.accept().is_err(), "the proxy was asked");
    program.all_true(1).await;
}
