//! The places that a form can take a token from, each with its own fields.

use super::field::Field;
use crate::domain::TokenSource;

/// The field that says which place.
pub(super) const FROM: &str = "from";
/// The token itself.
pub(super) const TOKEN: &str = "token";
/// A path, a name or a program.
pub(super) const PLACE: &str = "place";
/// What opens an encrypted file.
pub(super) const PASSPHRASE: &str = "passphrase";

/// Said at the field of a pasted token.
pub(super) const PASTE: &str = "Paste it; it is not shown. del empties the field";

/// One place.
pub(super) struct Place {
    /// As the command line's option has it, without `--token-`.
    pub(super) word: &'static str,
    /// What the operator reads.
    pub(super) shown: &'static str,
    /// The name of its field.
    pub(super) label: &'static str,
    help: &'static str,
    /// The source that a text stands for, or what is wrong with it.
    pub(super) source: fn(&str) -> Result<TokenSource, &'static str>,
}

impl Place {
    /// In the order a form offers; the first is the usual one.
    pub(super) const ALL: [Self; 6] = [
        Self {
            word: "paste",
            shown: "pasted here",
            label: "SCIM token",
            help: PASTE,
            source: |_| Err("the token is pasted"),
        },
        Self {
            word: "file",
            shown: "file",
            label: "Token file",
            help: "Its path from / on; mode 0600 and yours, in clear. It stays where it is",
            source: |text| path(text).map(|path| TokenSource::File { path }),
        },
        Self {
            word: "encrypted-file",
            shown: "encrypted file",
            label: "Encrypted file",
            help: "Its path from / on; made with: scimdeck token encrypt FILE",
            source: |text| path(text).map(|path| TokenSource::Encrypted { path }),
        },
        Self {
            word: "command",
            shown: "command",
            label: "Token command",
            help: "A program from / on and its arguments; quotes work, nothing else of a shell",
            source: command,
        },
        Self {
            word: "credential",
            shown: "systemd credential",
            label: "Credential",
            help: "Its name in the service that this runs in (LoadCredential)",
            source: |text| name(text, "/").map(|name| TokenSource::Credential { name }),
        },
        Self {
            word: "env",
            shown: "variable",
            label: "Variable",
            help: "Its name; for CI: others may see what an environment holds",
            source: |text| name(text, "=").map(|name| TokenSource::Env { name }),
        },
    ];

    /// The place of this word; else the usual one.
    pub(super) fn of(word: &str) -> &'static Self {
        const USUAL: &Place = &Place::ALL[0];
        const ALL: &[Place] = &Place::ALL;
        ALL.iter().find(|from| from.word == word).unwrap_or(USUAL)
    }

    /// The names of its fields.
    pub(super) fn names(&self) -> &'static [&'static str] {
        match self.word {
            "paste" => &[TOKEN],
            "encrypted-file" => &[PLACE, PASSPHRASE],
            _ => &[PLACE],
        }
    }

    /// Its fields, empty.
    pub(super) fn fields(&self) -> Vec<Field> {
        let field = |name: &&'static str| match *name {
            TOKEN => Field::masked(TOKEN, self.label).help(self.help),
            PASSPHRASE => {
                Field::masked(PASSPHRASE, "Passphrase").help("It is not shown, and kept in memory only")
            }
            _ => Field::text(PLACE, self.label, "").help(self.help),
        };
        self.names().iter().map(field).collect()
    }
}

/// From `/` on, or from the operator's own folder, which is known where the file is opened.
fn whole(text: &str) -> bool {
    text.starts_with('/') || text.starts_with("~/")
}

/// Nobody can tell in which folder a console stands.
fn path(text: &str) -> Result<std::path::PathBuf, &'static str> {
    match whole(text) {
        true => Ok(text.into()),
        false => Err("the whole path is needed, from / or ~/ on"),
    }
}

fn name(text: &str, without: &str) -> Result<String, &'static str> {
    let wrong = text.is_empty() || text.contains(without) || text.contains(char::is_whitespace);
    if wrong { Err("a name is needed, one word") } else { Ok(text.to_owned()) }
}

fn command(text: &str) -> Result<TokenSource, &'static str> {
    let argv = shlex::split(text).ok_or("a quote or backslash in it is not closed")?;
    match argv.first().is_some_and(|program| whole(program)) {
        true => Ok(TokenSource::Command { argv }),
        false => Err("the program is needed with its whole path, from / or ~/ on"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_takes_what_belongs_there_and_says_what_is_wrong_with_the_rest() {
        let source = |word: &str, text: &str| (Place::of(word).source)(text);
        assert_eq!(source("file", "/a b/token"), Ok(TokenSource::File { path: "/a b/token".into() }));
        assert_eq!(source("file", "~/t"), Ok(TokenSource::File { path: "~/t".into() }));
        assert_eq!(source("encrypted-file", "/t"), Ok(TokenSource::Encrypted { path: "/t".into() }));
        assert_eq!(
            source("command", "/usr/bin/pass show 'a b'"),
            Ok(TokenSource::Command { argv: ["/usr/bin/pass", "show", "a b"].map(str::to_owned).to_vec() })
        );
        assert_eq!(source("credential", "scim"), Ok(TokenSource::Credential { name: "scim".into() }));
        assert_eq!(source("env", "SCIM_TOKEN"), Ok(TokenSource::Env { name: "SCIM_TOKEN".into() }));
        for (word, text) in [
            ("file", "token"),
            ("encrypted-file", "~sam/token"),
            ("command", "pass show x"),
            ("command", "/usr/bin/pass 'x"),
            ("command", ""),
            ("credential", "../scim"),
            ("env", "A=b"),
            ("env", ""),
        ] {
            assert!(source(word, text).is_err(), "{word} {text:?}");
        }
    }
}
