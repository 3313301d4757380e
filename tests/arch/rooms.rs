//! Which room may enter which, and which crates it may use.

/// One line of the table.
pub(crate) struct Room {
    pub(crate) name: &'static str,
    /// No waiting, no socket, file, clock, environment or process.
    pub(crate) pure: bool,
    pub(crate) rooms: &'static [&'static str],
    pub(crate) crates: &'static [&'static str],
}

const fn pure(name: &'static str, rooms: &'static [&'static str], crates: &'static [&'static str]) -> Room {
    Room { name, pure: true, rooms, crates }
}

const fn waits(name: &'static str, rooms: &'static [&'static str], crates: &'static [&'static str]) -> Room {
    Room { name, pure: false, rooms, crates }
}

/// The house. A new arrow or crate is a decision: it is made here, and `CONTRIBUTING.md` gives the reasons.
pub(crate) const HOUSE: &[Room] = &[
    pure("domain", &[], &["jiff", "secrecy", "serde", "serde_json", "subtle", "thiserror"]),
    pure("scim", &[], &["jiff", "serde", "serde_json", "thiserror"]),
    pure("audit", &["domain"], &["serde", "serde_json", "sha2", "thiserror"]),
    pure("directory", &["domain"], &["foldhash", "serde"]),
    pure("verbs", &["directory", "domain"], &["serde", "thiserror"]),
    pure("sources", &["domain", "verbs"], &["csv", "memchr", "serde", "serde_json", "sha2"]),
    pure(
        "engine",
        &["verbs", "directory", "audit", "scim", "domain"],
        &["foldhash", "serde", "serde_json", "sha2", "thiserror"],
    ),
    pure(
        "app",
        &["verbs", "engine", "directory", "audit", "domain"],
        &["nucleo_matcher", "serde_json", "shlex", "tui_textarea", "unicode_width"],
    ),
    pure(
        "ui",
        &["app", "engine", "directory", "audit", "domain", "config"],
        &["ratatui", "unicode_segmentation", "unicode_width"],
    ),
    waits("config", &[], &["directories", "thiserror"]),
    waits(
        "endpoint",
        &["scim", "domain"],
        &[
            "argon2",
            "bytes",
            "chacha20poly1305",
            "foldhash",
            "http_body",
            "httpdate",
            "reqwest",
            "rustix",
            "rustls",
            "serde",
            "serde_json",
            "sha2",
            "thiserror",
            "tokio",
            "tracing",
        ],
    ),
    waits(
        "store",
        &["engine", "directory", "audit", "domain"],
        &["rusqlite", "serde", "serde_json", "thiserror", "tokio"],
    ),
    waits(
        "drive",
        &["endpoint", "store", "sources", "verbs", "engine", "directory", "audit", "scim", "domain"],
        &["futures_util", "getrandom", "serde_json", "tokio", "tracing"],
    ),
    waits(
        "sandbox",
        &["scim"],
        &[
            "axum",
            "futures_util",
            "getrandom",
            "jiff",
            "lettre",
            "secrecy",
            "serde",
            "serde_json",
            "sha2",
            "subtle",
            "thiserror",
            "tokio",
            "tracing",
        ],
    ),
    waits(
        "runtime",
        &["ui", "app", "drive", "verbs", "engine", "directory", "audit", "domain", "config"],
        &[
            "crossterm",
            "futures_util",
            "jiff",
            "ratatui",
            "rustix",
            "thiserror",
            "tokio",
            "tracing",
            "unicode_width",
        ],
    ),
    waits(
        "cli",
        &[
            "runtime",
            "drive",
            "store",
            "sandbox",
            "sources",
            "verbs",
            "engine",
            "directory",
            "audit",
            "domain",
            "config",
        ],
        &[
            "clap",
            "clap_complete",
            "clap_mangen",
            "crossterm",
            "getrandom",
            "jiff",
            "rustix",
            "secrecy",
            "serde_json",
            "shlex",
            "tokio",
            "tracing_subscriber",
            "unicode_segmentation",
            "unicode_width",
        ],
    ),
    waits("main.rs", &["cli"], &["mimalloc"]),
    waits("lib.rs", &[], &[]),
];

/// What a pure room may not name, beside the crates that are not in its line.
pub(crate) const WAITING: &[&str] = &["SystemTime", "Instant"];
/// Parts of the standard library that wait or know the machine.
pub(crate) const WAITING_STD: &[&str] = &["fs", "net", "env", "process", "thread", "os"];

/// Files longer than [`LONGEST`] lines, each with its reason.
pub(crate) const LONG: &[(&str, &str)] = &[];
/// Lines of a file.
pub(crate) const LONGEST: usize = 400;
