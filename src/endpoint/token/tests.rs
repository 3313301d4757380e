use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use super::*;

async fn resolve(source: &TokenSource) -> Result<Secret, TokenError> {
    fetch(source).await.map(|token| token.secret)
}

fn write(dir: &Path, content: &str, mode: u32) -> TokenSource {
    let path = dir.join("token");
    fs::write(&path, content).expect("a file");
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a mode");
    TokenSource::File { path }
}

fn command(script: &str) -> TokenSource {
    TokenSource::Command { argv: vec!["/bin/sh".into(), "-c".into(), script.into()] }
}

#[tokio::test]
async fn a_private_file_gives_its_token_without_newline_and_prefix() {
    let dir = tempfile::tempdir().expect("a directory");
    let source = write(dir.path(), "Bearer s3cret-token\n", 0o600);
    assert_eq!(resolve(&source).await.expect("a token"), Secret::new("s3cret-token"));
    let source = write(dir.path(), "s3cret-token\r\n", 0o400);
    assert_eq!(resolve(&source).await.expect("a token").expose(), "s3cret-token");
}

#[tokio::test]
async fn a_file_that_others_can_read_is_refused_with_the_command_that_mends_it() {
    let dir = tempfile::tempdir().expect("a directory");
    for mode in [0o644, 0o640, 0o604, 0o660, 0o602] {
        let error = resolve(&write(dir.path(), "s3cret-token", mode)).await.expect_err("open");
        assert!(matches!(error, TokenError::FileOpen { .. }), "{mode:o}");
        let text = error.to_string();
        assert!(text.contains(&format!("{mode:04o}")) && text.contains("chmod 600"), "{text}");
        assert!(!text.contains("s3cret"), "{text}");
    }
}

#[tokio::test]
async fn a_file_of_another_user_is_refused() {
    let dir = tempfile::tempdir().expect("a directory");
    // Only root can give a file away; everybody else finds a foreign one in every system.
    let path = if rustix::process::geteuid().is_root() {
        write(dir.path(), "s3cret-token", 0o600);
        let path = dir.path().join("token");
        std::os::unix::fs::chown(&path, Some(65_534), None).expect("given away");
        path
    } else {
        "/etc/passwd".into()
    };
    let error = resolve(&TokenSource::File { path }).await.expect_err("foreign");
    assert!(matches!(error, TokenError::FileForeign { .. }), "{error}");
}

#[tokio::test]
async fn links_directories_pipes_and_absent_files_are_named_as_such() {
    let dir = tempfile::tempdir().expect("a directory");
    write(dir.path(), "s3cret-token", 0o600);
    let link = dir.path().join("link");
    symlink(dir.path().join("token"), &link).expect("a link");
    let error = |path: std::path::PathBuf| async move {
        resolve(&TokenSource::File { path }).await.expect_err("refused")
    };
    assert!(matches!(error(link).await, TokenError::FileIsLink { .. }));
    assert!(matches!(error(dir.path().to_owned()).await, TokenError::FileNotRegular { .. }));
    let absent = error(dir.path().join("absent")).await;
    assert!(absent.to_string().contains("no such file"), "{absent}");
    let pipe = dir.path().join("pipe");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .expect("a pipe");
    assert!(matches!(error(pipe).await, TokenError::FileNotRegular { .. }));
}

#[tokio::test]
async fn empty_and_broken_contents_are_refused_without_being_shown() {
    let dir = tempfile::tempdir().expect("a directory");
    for content in ["", "\n", "  \n", "Bearer \n", "Bearer"] {
        let error = resolve(&write(dir.path(), content, 0o600)).await.expect_err("empty");
        assert!(matches!(error, TokenError::Empty { .. }), "{content:?}: {error}");
    }
    for content in ["canary one", "canary\none", "canary\u{1b}x", "canaryé", "canary\0"] {
        let error = resolve(&write(dir.path(), content, 0o600)).await.expect_err("bad");
        assert!(matches!(error, TokenError::BadCharacters { .. }), "{content:?}: {error}");
        assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
    }
    let large = resolve(&write(dir.path(), &"x".repeat(MAX_TOKEN + 1), 0o600)).await.expect_err("large");
    assert!(matches!(large, TokenError::TooLarge { .. }));
}

#[tokio::test]
async fn a_command_gives_its_output_and_gets_its_arguments_without_a_shell() {
    assert_eq!(resolve(&command("echo tok-123")).await.expect("a token").expose(), "tok-123");
    let argv = ["/bin/echo", "$HOME;id"].map(String::from).to_vec();
    assert_eq!(resolve(&TokenSource::Command { argv }).await.expect("a token").expose(), "$HOME;id");
}

#[tokio::test]
async fn a_failing_command_is_shown_by_its_last_line_of_error_output_made_safe() {
    let error =
        resolve(&command("echo canary; echo first >&2; printf 'vault \\033[2J is sealed\\n\\n' >&2; exit 3"))
            .await
            .expect_err("failed");
    let text = error.to_string();
    assert!(text.contains("exit 3") && text.contains("vault \u{FFFD}[2J is sealed"), "{text}");
    assert!(!text.contains("canary") && !text.contains("first"), "{text}");
    let error =
        resolve(&TokenSource::Command { argv: vec!["/nonexistent/tool".into()] }).await.expect_err("none");
    assert!(matches!(error, TokenError::CommandNotStarted { .. }), "{error}");
    let error = resolve(&TokenSource::Command { argv: Vec::new() }).await.expect_err("none");
    assert!(error.to_string().contains("no program is named"), "{error}");
}

#[tokio::test]
async fn a_token_that_a_failing_command_complains_with_is_not_shown() {
    for said in [
        "token wrk1.4f9Zx77QpLm02aBd is revoked",
        "key=wrk1.4f9Zx77QpLm02aBd: revoked",
        "GET https://vault:8200/v1/4f9Zx77QpLm02aBd?x revoked",
        "canary-one is revoked",
    ] {
        let error = resolve(&command(&format!("echo canary-one; echo '{said}' >&2; exit 3"))).await;
        let text = error.expect_err("failed").to_string();
        assert!(text.contains("[REDACTED]") && text.contains("revoked"), "{text}");
        assert!(!text.contains("4f9Zx77") && !text.contains("canary"), "{text}");
    }
    let plain = "/usr/lib/python3/dist-packages/tool.py: 2026-11-28 permission denied at https://vault1.eu-west-1.example.com:8200";
    let error = resolve(&command(&format!("echo '{plain}' >&2; exit 3"))).await.expect_err("failed");
    assert!(error.to_string().contains(plain), "{error}");
}

#[tokio::test]
async fn a_token_among_the_words_of_its_command_is_told_apart_from_one_that_is_found() {
    let token = Secret::new("s3cret-token");
    let words = |argv: &[&str]| TokenSource::Command { argv: argv.iter().map(|a| (*a).to_owned()).collect() };
    assert!(stands_in(&words(&["echo", "s3cret-token"]), &token));
    assert!(stands_in(&words(&["sh", "-c", "echo s3cret-token"]), &token));
    assert!(!stands_in(&words(&["pass", "show", "scim"]), &token));
    assert!(!stands_in(&words(&["pass", "show", "scim"]), &Secret::new("s")));
}

#[tokio::test]
async fn a_command_that_waits_or_writes_without_end_is_stopped() {
    let dir = tempfile::tempdir().expect("a directory");
    let pid_file = dir.path().join("pid");
    let script = format!("sleep 600 & echo $! > {}; wait", pid_file.display());
    // The shell needs a moment to start its child before both are stopped.
    let error = fetch_within(&command(&script), Duration::from_secs(2)).await.expect_err("timeout");
    assert!(matches!(error, TokenError::CommandTimeout { seconds: 2, .. }), "{error}");
    let pid: i32 = fs::read_to_string(&pid_file).expect("a pid").trim().parse().expect("a number");
    let pid = rustix::process::Pid::from_raw(pid).expect("a pid");
    let gone = || {
        let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap_or_default();
        rustix::process::test_kill_process(pid).is_err() || stat.contains(") Z ")
    };
    let patience = std::time::Instant::now() + Duration::from_secs(5);
    while !gone() && std::time::Instant::now() < patience {
        tokio::task::yield_now().await;
    }
    assert!(gone(), "the command's child still runs");
    let error =
        resolve(&command("while :; do echo xxxxxxxxxxxxxxxxxxxxxxxx; done")).await.expect_err("endless");
    assert!(matches!(error, TokenError::TooLarge { .. }), "{error}");
}

#[tokio::test]
async fn a_variable_gives_its_value_and_its_absence_is_said() {
    let path = std::env::var("PATH").expect("a PATH");
    let source = TokenSource::Env { name: "PATH".into() };
    assert_eq!(resolve(&source).await.expect("a value").expose(), path);
    for name in ["SCIMDECK_NO_SUCH_VARIABLE", "", "A=B", "A\0"] {
        let error = resolve(&TokenSource::Env { name: name.into() }).await.expect_err("none");
        assert!(matches!(error, TokenError::EnvMissing { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_demo_token_is_said_to_live_in_its_process() {
    let error = resolve(&TokenSource::Memory).await.expect_err("none");
    assert!(error.to_string().contains("demo"), "{error}");
}

#[test]
fn a_mark_tells_tokens_apart_and_depends_on_the_salt() {
    let (a, b) = (Secret::new("token-a"), Secret::new("token-b"));
    assert_eq!(token_mark(b"salt", &a), token_mark(b"salt", &a));
    assert_ne!(token_mark(b"salt", &a), token_mark(b"salt", &b));
    assert_ne!(token_mark(b"salt", &a), token_mark(b"pepper", &a));
    // The first bytes of SHA-256("abc").
    assert_eq!(token_mark(b"a", &Secret::new("bc")), "ba7816bf");
}

#[tokio::test]
async fn a_kept_token_is_its_owners_alone_and_replaces_the_one_before() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tokens").join("connection-1");
    for text in ["first-token", "second-token"] {
        keep(&path, &Secret::new(text)).expect("kept");
        let token = resolve(&TokenSource::File { path: path.clone() }).await.expect("readable by its owner");
        assert_eq!(token.expose(), text);
    }
    let mode = |path: &std::path::Path| {
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).expect("there").permissions()) & 0o777
    };
    assert_eq!((mode(&path), mode(path.parent().expect("a folder"))), (0o600, 0o700));
    assert_eq!(fs::read_dir(path.parent().expect("a folder")).expect("readable").count(), 1);
}

#[test]
fn a_token_that_cannot_be_kept_leaves_no_file_and_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let blocked = folder.path().join("file");
    fs::write(&blocked, "").expect("a file");
    let error = keep(&blocked.join("connection-1"), &Secret::new("s3cret-token")).expect_err("no folder");
    assert!(matches!(error, TokenError::FileUnwritable { .. }), "{error}");
    assert!(!error.to_string().contains("s3cret-token"));
}
