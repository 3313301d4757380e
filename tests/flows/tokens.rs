//! Where a token comes from, and what way it takes.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Stdio;

use scimdeck::domain::{GivenToken, Secret, TokenSource};
use scimdeck::drive::encrypt_token;
use scimdeck::engine::WRONG_PASSPHRASE;
use tokio::io::AsyncWriteExt as _;

use crate::bench::{Flow, SCIM, Setup, WRONG};
use crate::program::{Program, all};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_place_is_taken_only_where_its_token_works_and_nothing_changes_otherwise() {
    let flow = Flow::with(Setup::default()).await;
    let place = |name: &str| flow.home.path().join(name);
    let source = || flow.drive.directory().connection().token.clone();
    let before = source();
    let at = |path: PathBuf| GivenToken::At(TokenSource::File { path }, None);

    let problem = flow.drive.replace_token(at(place("nowhere"))).await.expect_err("there is no file");
    assert!(problem.code == "token" && problem.text.contains("Nothing was changed"), "{problem:?}");
    let wrong = flow.home.secret("wrong", WRONG);
    let report = flow.drive.replace_token(at(wrong)).await.expect("a report");
    assert!(!report.ok && report.trouble.is_some_and(|t| t.text.contains("was not taken")));
    assert_eq!(source(), before);

    let sealed = place("sealed");
    let (token, passphrase) = (Secret::new(SCIM), Secret::verbatim("open sesame"));
    encrypt_token(&sealed, &token, &passphrase, false).await.expect("encrypted");
    let encrypted = |passphrase: &str| {
        let source = TokenSource::Encrypted { path: sealed.clone() };
        GivenToken::At(source, Some(Secret::verbatim(passphrase)))
    };
    let problem = flow.drive.replace_token(encrypted("sesame")).await.expect_err("not its passphrase");
    assert_eq!(problem.code, WRONG_PASSPHRASE);
    assert_eq!(source(), before);
    assert!(flow.drive.replace_token(encrypted("open sesame")).await.expect("a report").ok);
    assert_eq!(source(), TokenSource::Encrypted { path: sealed.clone() });

    let file = flow.home.secret("token", SCIM);
    assert!(flow.drive.replace_token(at(file.clone())).await.expect("a report").ok);
    assert_eq!(source(), TokenSource::File { path: file });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flow_fails_where_its_program_logs_all_that_it_can_and_the_token_with_it() {
    let program = Program::start(1, 0, &[]).await;
    program.ok(&["provision", "--yes"]).await;
    let path = program.home().join("scimdeck.log");
    let log = std::fs::read_to_string(&path).expect("its log");
    assert!(log.contains("TRACE"), "it is talkative");
    std::fs::write(&path, format!("{log}TRACE authorization: {SCIM}\n")).expect("a file");
    let drop = std::panic::AssertUnwindSafe(|| drop(program));
    assert!(std::panic::catch_unwind(drop).is_err());
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
    command.env_remove("NO_PROXY").env_remove("no_proxy");
    let output = program.ended(command.spawn().expect("it starts")).await;
    assert_eq!(output.status.code(), Some(0), "{}", all(&output));
    assert!(listener.accept().is_err(), "the proxy was asked");
    program.all_true(1).await;
}

/// `token encrypt`, with the token piped in: its exit code and what it said.
async fn encrypt(program: &Program, args: &[&str]) -> (Option<i32>, String) {
    let mut command = program.command(&[&["token", "encrypt"], args].concat());
    command.env("SCIMDECK_PASSPHRASE", "open sesame").stdin(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    // Whoever refuses the file reads no token.
    let _ = child.stdin.take().expect("a pipe").write_all(SCIM.as_bytes()).await;
    let output = child.wait_with_output().await.expect("it ends");
    (output.status.code(), all(&output))
}

#[tokio::test]
async fn a_file_that_is_there_is_replaced_by_an_encrypted_token_only_when_forced() {
    let program = Program::new(0, 0, &[]).await;
    let file = program.file("notes", "mine");
    let (code, said) = encrypt(&program, &[&file]).await;
    assert_eq!(code, Some(4), "{said}");
    assert!(said.contains("is there already") && said.contains("--force"), "{said}");
    assert_eq!(std::fs::read_to_string(&file).expect("a file"), "mine");
    let (code, said) = encrypt(&program, &[&file, "--force"]).await;
    assert_eq!(code, Some(0), "{said}");
    assert_ne!(std::fs::read_to_string(&file).expect("a file"), "mine");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_that_has_the_token_itself_among_its_words_is_not_kept() {
    let program = Program::new(0, 0, &[]).await;
    let (url, words) = (program.proxy.base_url(), format!("echo {SCIM}"));
    let connect = ["connect", "--base-url", &url, "--token-command", &words];
    assert_eq!(program.refused(&connect).await, (4, "token_in_command".to_owned()));
    assert_eq!(program.proxy.requests().len(), 0, "it was not even used");
    program.connect(0).await;
    let replace = ["token", "--token-command", &words];
    assert_eq!(program.refused(&replace).await, (4, "token_in_command".to_owned()));
    let store = std::fs::read(program.home().join("scimdeck.db")).expect("a store");
    assert!(!store.windows(SCIM.len()).any(|bytes| bytes == SCIM.as_bytes()), "it is nowhere");
}
