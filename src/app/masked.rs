//! A field for a token: what is in it is never shown, not even to the log.

use std::fmt;

use super::Key;
use super::key::Code;
use crate::domain::{Secret, Zeroizing};

/// Longest token that is taken, in characters: more than any header may hold.
const LONGEST: usize = 16 << 10;

/// What was typed or pasted.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Masked(Zeroizing<String>);

impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[REDACTED]")
    }
}

impl Masked {
    /// How many characters are in it.
    pub fn length(&self) -> usize {
        self.0.chars().count()
    }

    /// The token: without what was pasted around it.
    pub fn secret(&self) -> Secret {
        Secret::new(&self.0)
    }

    /// A passphrase: every character of it counts, but for the end of a pasted line.
    pub(super) fn verbatim(&self) -> Secret {
        Secret::verbatim(self.0.trim_end_matches(['\r', '\n']))
    }

    /// Takes a key; answers whether it changed anything.
    pub(super) fn press(&mut self, key: Key) -> bool {
        match key.code {
            Code::Backspace => self.0.pop().is_some(),
            Code::Delete => {
                let some = !self.0.is_empty();
                self.0 = Zeroizing::default();
                some
            }
            _ => match key.typed() {
                Some(c) if self.0.len() < LONGEST => {
                    // Not in place: what grows leaves a copy behind that nobody wipes.
                    let mut longer = Zeroizing::new(String::with_capacity(self.0.len() + c.len_utf8()));
                    longer.push_str(&self.0);
                    longer.push(c);
                    self.0 = longer;
                    true
                }
                _ => false,
            },
        }
    }

    /// Takes pasted text in place of what is there: half a token is none.
    pub(super) fn paste(&mut self, text: &str) {
        let end = text.char_indices().nth(LONGEST + 1).map_or(text.len(), |(at, _)| at);
        self.0 = Zeroizing::new(text.get(..end).unwrap_or_default().to_owned());
    }

    /// What is taken off around it, in words; empty where nothing is.
    pub(super) fn cleaned(&self) -> String {
        let trimmed = self.0.trim();
        let mut words = Vec::new();
        if trimmed.len() != self.0.len() {
            words.push("blanks or line breaks around it");
        }
        if self.secret().expose().len() != trimmed.len() {
            words.push("the word Bearer before it");
        }
        if words.is_empty() { String::new() } else { format!("Taken off: {}", words.join(" and ")) }
    }

    /// What is wrong with it.
    pub(super) fn fault(&self) -> Option<&'static str> {
        let secret = self.secret();
        let token = secret.expose();
        if token.is_empty() || token.eq_ignore_ascii_case("bearer") {
            return Some("the token is needed: copy it from the app's SCIM settings");
        }
        if token.len() > LONGEST {
            return Some("this is too long for a token");
        }
        let inside = !token.bytes().all(|b| b.is_ascii_graphic());
        inside.then_some("a token has no spaces, line breaks or other signs inside: copy it again, whole")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pasted(text: &str) -> Masked {
        let mut masked = Masked::default();
        masked.paste(text);
        masked
    }

    #[test]
    fn what_is_pasted_along_is_taken_off_and_said() {
        let masked = pasted("  Bearer abc-1\r\n");
        assert_eq!((masked.secret(), masked.fault()), (Secret::new("abc-1"), None));
        assert_eq!(
            masked.cleaned(),
            "Taken off: blanks or line breaks around it and the word Bearer before it"
        );
        assert_eq!(pasted("abc-1").cleaned(), "");
    }

    #[test]
    fn a_token_with_something_inside_it_is_refused_and_kept() {
        for text in ["abc def", "abc\ndef", "abc\u{7}def", "ab\u{200b}c", "tökén"] {
            let masked = pasted(text);
            assert!(masked.fault().is_some_and(|why| why.contains("inside")), "{}", masked.length());
            assert_eq!(masked.length(), text.chars().count());
        }
        for text in ["", "  ", "Bearer "] {
            assert!(pasted(text).fault().is_some_and(|why| why.contains("needed")), "{text:?}");
        }
    }

    #[test]
    fn debug_does_not_show_it_and_a_second_paste_takes_the_place_of_the_first() {
        let mut masked = pasted("hunter2");
        assert!(!format!("{masked:?}").contains("hunter2"));
        masked.paste("hunter3");
        assert_eq!(masked.secret(), Secret::new("hunter3"));
    }
}
