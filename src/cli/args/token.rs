//! Arguments of `token`, and the options that say where a token is.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::domain::TokenSource;

/// Where the token is. The token itself is never an argument: others could see it in the process list.
#[derive(Debug, Clone, Default, Args)]
#[group(skip)]
pub struct TokenArgs {
    /// Exactly one place.
    #[command(flatten)]
    pub place: TokenPlace,
    /// One argument of the token command, taken as it is; may be given more than once
    #[arg(long, value_name = "ARG", requires = "token_command", allow_hyphen_values = true)]
    pub token_arg: Vec<String>,
}

/// The places.
#[derive(Debug, Clone, Default, Args)]
#[group(id = "token", required = true, multiple = false)]
pub struct TokenPlace {
    /// A file that only its owner can read; the token is kept in clear there
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// A file encrypted with a passphrase; make one with: scimdeck token encrypt
    #[arg(long, value_name = "FILE")]
    pub token_encrypted_file: Option<PathBuf>,
    /// A program, started without a shell; it prints the token, or JSON: {"Version": 1, "Token": "...",
    /// "Expiration": "RFC 3339"}. The text is split into words as a shell does it, with quotes and backslashes;
    /// nothing else of a shell works. With --token-arg it is the program alone and is not split
    #[arg(long, value_name = "ARGV")]
    pub token_command: Option<String>,
    /// A credential of the systemd service this runs in (LoadCredential), by its name
    #[arg(long, value_name = "NAME")]
    pub token_credential: Option<String>,
    /// The name of an environment variable; for CI, others may see it
    #[arg(long, value_name = "NAME")]
    pub token_env: Option<String>,
}

impl TokenArgs {
    /// As the connection keeps it. A relative path is made absolute by the caller.
    ///
    /// # Errors
    /// What is wrong with the words of the token command.
    pub fn source(&self) -> Result<TokenSource, &'static str> {
        if !self.token_arg.is_empty() && self.place.token_command.is_none() {
            return Err("--token-arg is an argument of the program that --token-command names.");
        }
        if let Some(path) = &self.place.token_file {
            return Ok(TokenSource::File { path: path.clone() });
        }
        if let Some(path) = &self.place.token_encrypted_file {
            return Ok(TokenSource::Encrypted { path: path.clone() });
        }
        if let Some(name) = &self.place.token_credential {
            return Ok(TokenSource::Credential { name: name.clone() });
        }
        if let Some(command) = &self.place.token_command {
            return argv(command, &self.token_arg).map(|argv| TokenSource::Command { argv });
        }
        Ok(TokenSource::Env { name: self.place.token_env.clone().unwrap_or_default() })
    }
}

/// A program and its arguments.
fn argv(command: &str, arguments: &[String]) -> Result<Vec<String>, &'static str> {
    let mut argv = match arguments {
        [] => shlex::split(command).ok_or("A quote or backslash in --token-command is not closed.")?,
        _ => vec![command.to_owned()],
    };
    argv.extend_from_slice(arguments);
    match argv.first().is_some_and(|program| !program.is_empty()) {
        true => Ok(argv),
        false => Err("--token-command names no program."),
    }
}

/// `token`.
#[derive(Debug, Clone, Args)]
#[command(subcommand_negates_reqs = true, args_conflicts_with_subcommands = true)]
pub struct TokenCommandArgs {
    /// Something else about tokens.
    #[command(subcommand)]
    pub command: Option<TokenCommand>,
    /// Where the new token is.
    #[command(flatten)]
    pub source: TokenArgs,
}

/// `token ...`.
#[derive(Debug, Clone, Subcommand)]
pub enum TokenCommand {
    /// Write a token into a file that is encrypted with a passphrase. The token is read from standard input, or
    /// typed without being shown; the passphrase is asked at the terminal, or taken from the systemd credential
    /// scimdeck-passphrase or, in CI, from SCIMDECK_PASSPHRASE. Then: scimdeck token --token-encrypted-file FILE
    Encrypt {
        /// The file to write
        file: PathBuf,
        /// Replace a file that is there
        #[arg(long)]
        force: bool,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(command: &str, arguments: &[&str]) -> Result<Vec<String>, &'static str> {
        argv(command, &arguments.iter().map(|a| (*a).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_token_command_is_split_as_a_shell_does_and_nothing_of_it_is_run() {
        let split = |text| words(text, &[]).expect("words");
        assert_eq!(split("vault read  -field=token secret/x"), ["vault", "read", "-field=token", "secret/x"]);
        assert_eq!(split(r#"pass 'a b' "c \"d\"" e\ f"#), ["pass", "a b", "c \"d\"", "e f"]);
        assert_eq!(split("echo $HOME; id | cat `x` *"), ["echo", "$HOME;", "id", "|", "cat", "`x`", "*"]);
        for wrong in ["pass 'a", "pass \"a", "", "  ", "''"] {
            assert!(words(wrong, &[]).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_token_command_goes_with_its_arguments_and_with_no_other_place() {
        use clap::Parser as _;
        let parsed = |words: &str| {
            let all = format!("scimdeck token {words}");
            crate::cli::Cli::try_parse_from(all.split(' ')).is_ok()
        };
        assert!(parsed("--token-command /opt/get --token-arg --of --token-arg x"));
        for wrong in ["--token-arg x", "--token-env A --token-file b", ""] {
            assert!(!parsed(wrong), "{wrong}");
        }
        let place = TokenPlace { token_env: Some("A".to_owned()), ..TokenPlace::default() };
        assert!(TokenArgs { place, token_arg: vec!["x".to_owned()] }.source().is_err());
    }

    #[test]
    fn arguments_given_one_by_one_are_taken_as_they_are() {
        let argv = words("/opt/my tools/get", &["--of", "a 'b", ""]).expect("words");
        assert_eq!(argv, ["/opt/my tools/get", "--of", "a 'b", ""]);
    }
}
