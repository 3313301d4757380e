//! A bearer token on its way from its source to the header, and nowhere else.

use std::fmt;

/// Text or bytes on their way to a [`Secret`]: wiped when dropped.
pub use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

/// A token. `Debug` never shows it, memory is wiped when it is dropped, and it cannot be serialised.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes a pasted or read token: white space around it and a "Bearer " prefix pasted along are cut off.
    pub fn new(text: &str) -> Self {
        let text = text.trim();
        let text = match text.get(..7) {
            Some(head) if head.eq_ignore_ascii_case("bearer ") => text[7..].trim_start(),
            _ => text,
        };
        Self(SecretString::from(text.to_owned()))
    }

    /// Takes a passphrase: every character of it counts.
    pub fn verbatim(text: &str) -> Self {
        Self(SecretString::from(text.to_owned()))
    }

    /// The token itself: for the Authorization header only.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[REDACTED]")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        subtle::ConstantTimeEq::ct_eq(self.expose().as_bytes(), other.expose().as_bytes()).into()
    }
}

impl Eq for Secret {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_pasted_with_its_prefix_and_a_newline_is_the_same_token() {
        assert_eq!(Secret::new("  Bearer abc\n"), Secret::new("abc"));
        assert_eq!(Secret::new("bearer abc"), Secret::new("abc"));
    }

    #[test]
    fn a_passphrase_keeps_its_blanks() {
        assert_eq!(Secret::verbatim(" bearer x ").expose(), " bearer x ");
    }

    #[test]
    fn debug_does_not_show_it() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "[REDACTED]");
    }
}
