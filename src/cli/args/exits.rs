//! The exit codes of the contract, for `--help`, the manual page and the README.

/// Each code with what it says.
pub const EXITS: [(u8, &str); 14] = [
    (0, "done"),
    (1, "internal, or the store; for `audit verify`: an entry was changed or taken out"),
    (2, "only `plan`: there are changes"),
    (3, "endpoint unreachable, or token refused"),
    (4, "bad input; nothing was changed"),
    (
        5,
        "some operations failed or are in doubt; `attributes --lint`: a value would not be sent or understood",
    ),
    (6, "stale: something moved since the plan"),
    (7, "held by the brake, or not confirmed"),
    (8, "disabled, or read-only"),
    (64, "usage"),
    (129, "stopped by SIGHUP, a lost terminal; the queue is kept"),
    (130, "stopped by SIGINT; the queue is kept"),
    (131, "only the console: stopped by SIGQUIT; the queue is kept"),
    (143, "stopped by SIGTERM; the queue is kept"),
];

/// All of them, for `--help`.
pub(super) fn help() -> String {
    let mut text = String::from("Without a command the console opens.\n\nExit codes:\n");
    for (code, words) in EXITS {
        text.push_str(&format!("  {code:>3}  {words}\n"));
    }
    text
}
