//! The real program.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output, Stdio};

use crate::nowhere::{Folder, TALKATIVE};

fn scimdeck(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_scimdeck")).args(args).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn bad_arguments_exit_64_and_help_0() {
    let connect = ["connect", "--base-url", "https://x/scim/v2", "--token-file", "t"];
    let profile = [&connect[..], &["--profile", "soap"]].concat();
    let field = [&connect[..], &["--unique-identifier", "id"]].concat();
    let since = ["audit", "--since", "tomorrow"];
    for bad in [&["nope"][..], &["show"], &since, &["connect", "--base-url", "x"], &profile, &field] {
        let output = scimdeck(bad);
        assert_eq!(output.status.code(), Some(64), "{bad:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty());
    }
    assert_eq!(scimdeck(&["--help"]).status.code(), Some(0));
    assert_eq!(scimdeck(&["--version"]).stdout, b"scimdeck 0.1.0\n");
}

#[test]
fn completions_and_manual_pages_are_generated() {
    for shell in ["bash", "zsh", "fish"] {
        let script = String::from_utf8(scimdeck(&["completions", shell]).stdout).unwrap();
        assert!(script.contains("reactivate"), "{shell}");
    }
    assert!(String::from_utf8(scimdeck(&["man"]).stdout).unwrap().contains(".TH scimdeck 1"));
    assert!(String::from_utf8(scimdeck(&["man", "apply"]).stdout).unwrap().contains("\\-\\-brake"));
    assert_eq!(scimdeck(&["man", "nope"]).status.code(), Some(4));
}

#[test]
fn config_names_the_home() {
    let output = scimdeck(&["--home", "/somewhere", "--json", "config"]);
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said["home"], "/somewhere");
}

fn read_all(mut from: impl Read) -> String {
    let mut text = String::new();
    from.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn the_sandbox_says_where_it_is_and_ends_at_a_signal() {
    let folder = Folder::new();
    folder.keeps("token.activity");
    let token_file = folder.keeps("token");
    let mut child = Command::new(env!("CARGO_BIN_EXE_scimdeck"))
        .envs([TALKATIVE])
        .env("SCIMDECK_HOME", folder.path().join("home"))
        .args([
            "sandbox",
            "--listen",
            "127.0.0.1:0",
            "--people",
            "3",
            "--fault",
            "slow=1@PUT",
            "--token-file",
        ])
        .arg(&token_file)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    lines.read_line(&mut first).unwrap();
    let mut second = String::new();
    lines.read_line(&mut second).unwrap();
    assert!(first.starts_with("http://127.0.0.1:") && first.ends_with("/scim/v2\n"), "{first}");
    assert!(second.contains("/api/activity_logs"), "{second}");
    assert!(second.contains(token_file.to_str().unwrap()), "{second}");
    let token = std::fs::read_to_string(&token_file).unwrap();
    assert_eq!(token.len(), 48);
    assert!(!first.contains(&token) && !second.contains(&token));
    let mode = std::fs::metadata(&token_file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(143));
    folder.heard("what the sandbox says", [first, second].concat().as_bytes());
    assert_eq!(read_all(lines), "");
}

#[test]
fn the_sandbox_writes_mails_where_it_says_and_takes_them_along_at_its_end() {
    let folder = Folder::new();
    let mails = folder.path().join("mails");
    let said = |args: &[&str]| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_scimdeck"))
            .envs([TALKATIVE])
            .env("SCIMDECK_HOME", folder.path().join("home"))
            .args(["--json", "sandbox", "--listen", "127.0.0.1:0"])
            .args(args)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = serde_json::Deserializer::from_reader(child.stdout.take().unwrap());
        let said = output.into_iter::<serde_json::Value>().next().unwrap().unwrap();
        folder.heard("what the sandbox says", said.to_string().as_bytes());
        let mail_dir = said["mail_dir"].as_str().map(std::path::PathBuf::from);
        let there = mail_dir.as_ref().map(|folder| folder.is_dir());
        let base = said["base_url"].as_str().unwrap().replace("/scim/v2", "");
        assert_eq!(said["resend_url"], format!("{base}/api/member_invitations/resend"));
        let pid = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        child.wait().unwrap();
        (mail_dir, there)
    };
    let (own, there) = said(&[]);
    assert_eq!((there, own.unwrap().exists()), (Some(true), false), "its own folder goes with it");
    let named = said(&["--mail-dir", mails.to_str().unwrap()]);
    assert_eq!((named, mails.is_dir()), ((Some(mails.clone()), Some(true)), true), "a named one stays");
    folder.keeps("token.activity");
    let token = folder.keeps("token");
    let (beside, _) = said(&["--token-file", token.to_str().unwrap()]);
    assert_eq!(beside, Some(folder.path().join("token.mail")));
    assert_eq!(said(&["--smtp", "smtp://127.0.0.1:9"]), (None, None), "a mail server instead");
}

#[test]
fn a_mail_server_is_not_named_with_its_password() {
    let output = scimdeck(&["--json", "sandbox", "--smtp", "smtp://me:hunter2@127.0.0.1"]);
    assert_eq!(output.status.code(), Some(4));
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said["error"]["code"], "bad_mail");
    assert!(!said.to_string().contains("hunter2"), "{said}");
}

#[test]
fn a_sandbox_that_cannot_listen_says_so() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = scimdeck(&["--json", "sandbox", "--listen", &address]);
    assert_eq!(output.status.code(), Some(1));
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said["error"]["code"], "sandbox");
    assert_eq!(scimdeck(&["sandbox", "--fault", "nonsense"]).status.code(), Some(4));
}
