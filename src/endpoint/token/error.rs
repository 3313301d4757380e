//! Why there is no token. The place is named, never what stood in it.

use std::path::PathBuf;

use super::MAX_TOKEN;
use crate::domain::Time;

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The file cannot be opened or read.
    #[error(
        "the token file {path} cannot be read: {reason}; put the token there with mode 0600, or name another"
    )]
    FileUnreadable {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        reason: String,
    },
    /// The file cannot be written.
    #[error(
        "the token file {path} cannot be written: {reason}; the token was not kept, make room or correct its folder"
    )]
    FileUnwritable {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        reason: String,
    },
    /// A symbolic link could be pointed elsewhere by somebody else.
    #[error("the token file {path} is a symbolic link; name the file itself")]
    FileIsLink {
        /// The file.
        path: PathBuf,
    },
    /// A directory, pipe or device.
    #[error("the token file {path} is not a regular file; name a file that holds nothing but the token")]
    FileNotRegular {
        /// The file.
        path: PathBuf,
    },
    /// Somebody else owns it.
    #[error("the token file {path} belongs to another user (uid {owner}); copy it to a file of your own")]
    FileForeign {
        /// The file.
        path: PathBuf,
        /// Its owner.
        owner: u32,
    },
    /// Others may read or change it.
    #[error("the token file {path} is open to others (mode {mode:04o}); run: chmod 600 {path}")]
    FileOpen {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The program cannot be started.
    #[error(
        "the token command {program} cannot be started: {reason}; give its full path, without a shell line"
    )]
    CommandNotStarted {
        /// The program.
        program: String,
        /// The operating system's reason.
        reason: String,
    },
    /// The program reported a failure.
    #[error("the token command {program} failed ({status}){said}; run it by hand to see why")]
    CommandFailed {
        /// The program.
        program: String,
        /// Its exit status.
        status: String,
        /// The last line of its standard error, made safe, or nothing.
        said: String,
    },
    /// The program did not end in time and was ended.
    #[error(
        "the token command {program} did not end within {seconds} s and was stopped; it must not ask anything"
    )]
    CommandTimeout {
        /// The program.
        program: String,
        /// The limit.
        seconds: u64,
    },
    /// No such variable, or no text in it.
    #[error("the environment variable {name} is not set; export it, or give the token by file or command")]
    EnvMissing {
        /// The variable.
        name: String,
    },
    /// systemd gave this process no credentials, or none of this name.
    #[error(
        "systemd hands no credential {name} to this process; add LoadCredential={name}:FILE to the service, or give \
         the token by file or command"
    )]
    CredentialMissing {
        /// The credential.
        name: String,
    },
    /// What a program printed as JSON is not what was agreed.
    #[error(
        "the token command {program} answered JSON without a usable token: {reason}; run it by hand to see it"
    )]
    CommandAnswer {
        /// The program.
        program: String,
        /// What is wrong, without any of its text.
        reason: &'static str,
    },
    /// A program gave a token whose time is over.
    #[error(
        "the token command {program} gave a token that expired at {until}; renew it where the program finds it"
    )]
    Expired {
        /// The program.
        program: String,
        /// When.
        until: Time,
    },
    /// Not written by `token encrypt`, or damaged.
    #[error("the file {path} is no encrypted token ({reason}); make one with: scimdeck token encrypt FILE")]
    NotEncrypted {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: &'static str,
    },
    /// Nobody gave the passphrase.
    #[error(
        "the token file {path} is encrypted and its passphrase is not known here; run it at a terminal, or hand the \
         passphrase over as the systemd credential scimdeck-passphrase or, in CI, as SCIMDECK_PASSPHRASE"
    )]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// The passphrase is another one, or the file was changed.
    #[error(
        "the passphrase does not open {path}; give the one it was encrypted with, or encrypt the token again"
    )]
    WrongPassphrase {
        /// The file.
        path: PathBuf,
    },
    /// Only the process that made the connection knows the token.
    #[error(
        "the token of this connection lives in the demo that made it and cannot be read from here; use the demo's \
         own window, or give a token with `scimdeck token`"
    )]
    InMemory,
    /// Nothing there.
    #[error("{place} holds no token; copy the token from the app's SCIM settings")]
    Empty {
        /// Where.
        place: String,
    },
    /// Larger than any token.
    #[error("{place} holds more than {MAX_TOKEN} bytes, which is no token")]
    TooLarge {
        /// Where.
        place: String,
    },
    /// Blanks, control characters or anything beyond ASCII inside: mostly two lines or a whole sentence.
    #[error(
        "{place} holds blanks, control characters or letters beyond a-z inside the token; it must hold the token and \
         nothing else"
    )]
    BadCharacters {
        /// Where.
        place: String,
    },
}
