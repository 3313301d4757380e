//! Takes the token out of what comes back: some servers show the request in their error pages, the token with it, and
//! some of them as their notation wants it.

use crate::domain::{Outcome, Secret, Zeroizing};

/// A shorter token than this is not looked for in answers: it would be found by chance. So much of one that is cut off
/// at the end is taken out too.
const SHORTEST: usize = 8;
const INSTEAD: &str = "[REDACTED]";

/// A token and every form in which it is looked for, made once for all answers.
pub(super) struct Redacted {
    pub(super) token: Secret,
    forms: Vec<Zeroizing<String>>,
    /// The same for text that is kept in small letters.
    small: Vec<Zeroizing<String>>,
}

impl std::fmt::Debug for Redacted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redacted").finish_non_exhaustive()
    }
}

impl From<Secret> for Redacted {
    fn from(token: Secret) -> Self {
        let forms = if token.expose().len() < SHORTEST { Vec::new() } else { forms(token.expose()) };
        let small = forms.iter().map(|form| Zeroizing::new(form.to_ascii_lowercase())).collect();
        Self { token, forms, small }
    }
}

impl Redacted {
    /// Takes the token out of everything that is kept of an outcome.
    pub(super) fn wipe(&self, outcome: &mut Outcome) {
        match outcome {
            Outcome::NotSent(text) | Outcome::MaybeSent(text) => wipe(text, &self.forms),
            Outcome::Answered(answer) => {
                wipe(&mut answer.body, &self.forms);
                for text in [&mut answer.etag, &mut answer.location].into_iter().flatten() {
                    wipe(text, &self.forms);
                }
                wipe(&mut answer.content_type, &self.small);
            }
        }
    }
}

/// As it is, in JSON with escaped slashes or by number, in a URL, and in HTML; each once, since most tokens look alike in all.
fn forms(token: &str) -> Vec<Zeroizing<String>> {
    type Notation = fn(char, &mut String);
    let notations: [Notation; 8] = [
        |c, out| out.push(c),
        |c, out| if c == '/' { out.push_str("\\/") } else { out.push(c) },
        |c, out| if plain(c) { out.push(c) } else { out.push_str(&format!("%{:02X}", u32::from(c))) },
        |c, out| if plain(c) { out.push(c) } else { out.push_str(&format!("%{:02x}", u32::from(c))) },
        |c, out| if plain(c) { out.push(c) } else { out.push_str(&format!("\\u{:04X}", u32::from(c))) },
        |c, out| if plain(c) { out.push(c) } else { out.push_str(&format!("\\u{:04x}", u32::from(c))) },
        |c, out| if plain(c) { out.push(c) } else { out.push_str(&format!("&#{};", u32::from(c))) },
        |c, out| if plain(c) { out.push(c) } else { out.push_str(&format!("&#x{:X};", u32::from(c))) },
    ];
    let mut forms: Vec<Zeroizing<String>> = Vec::new();
    for notation in notations {
        // Long enough never to move: what is left behind would not be wiped.
        let mut form = Zeroizing::new(String::with_capacity(token.len() * 6));
        token.chars().for_each(|c| notation(c, &mut form));
        if !forms.contains(&form) {
            forms.push(form);
        }
    }
    forms
}

/// Characters that every notation leaves as they are.
fn plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~')
}

fn wipe(text: &mut String, forms: &[Zeroizing<String>]) {
    for form in forms {
        if text.contains(form.as_str()) {
            *text = text.replace(form.as_str(), INSTEAD);
        }
        if let Some(at) = cut_off(text, form) {
            text.truncate(at);
            text.push_str(INSTEAD);
        }
    }
}

/// Where the beginning of a form starts that ends the text: a body is kept to its cap, wherever that falls.
fn cut_off(text: &str, form: &str) -> Option<usize> {
    let head = form.get(..SHORTEST)?;
    let mut from = text.len().saturating_sub(form.len());
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let tail = text.get(from..)?;
    tail.match_indices(head).map(|(at, _)| from + at).find(|at| form.starts_with(&text[*at..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Answer;

    const TOKEN: &str = "eyJ+ab/cd=.ef-0123456789";

    fn redacted(text: &str) -> String {
        let mut outcome = Outcome::MaybeSent(text.to_owned());
        Redacted::from(Secret::new(TOKEN)).wipe(&mut outcome);
        match outcome {
            Outcome::MaybeSent(text) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn it_is_taken_out_in_every_notation() {
        for form in [
            TOKEN,
            "eyJ+ab\\/cd=.ef-0123456789",
            "eyJ%2Bab%2Fcd%3D.ef-0123456789",
            "eyJ%2bab%2fcd%3d.ef-0123456789",
            "eyJ\\u002Bab\\u002Fcd\\u003D.ef-0123456789",
            "eyJ\\u002bab\\u002fcd\\u003d.ef-0123456789",
            "eyJ&#43;ab&#47;cd&#61;.ef-0123456789",
            "eyJ&#x2B;ab&#x2F;cd&#x3D;.ef-0123456789",
        ] {
            assert_eq!(
                redacted(&format!("Bearer {form}, {form}!")),
                "Bearer [REDACTED], [REDACTED]!",
                "{form}"
            );
        }
    }

    #[test]
    fn what_is_left_of_one_that_was_cut_off_goes_too() {
        assert_eq!(redacted("Bearer eyJ+ab/cd=.ef-012345678"), "Bearer [REDACTED]");
        assert_eq!(redacted("Bearer eyJ+ab/c"), "Bearer [REDACTED]", "eight characters");
        assert_eq!(redacted("Bearer eyJ%2Bab%2Fc"), "Bearer [REDACTED]");
        assert_eq!(redacted("Bearer eyJ+ab/"), "Bearer eyJ+ab/", "less than that says nothing");
    }

    #[test]
    fn a_content_type_is_kept_in_small_letters_and_the_token_is_taken_out_of_it_all_the_same() {
        let content_type = format!("Bearer {TOKEN}").to_ascii_lowercase();
        let mut outcome = Outcome::Answered(Answer { content_type, ..Answer::default() });
        Redacted::from(Secret::new(TOKEN)).wipe(&mut outcome);
        let content_type = "bearer [REDACTED]".to_owned();
        assert_eq!(outcome, Outcome::Answered(Answer { content_type, ..Answer::default() }));
    }

    #[test]
    fn other_text_stays_as_it_is_and_so_does_a_short_token() {
        for text in ["", "üñí 😀", "eyJ and no more", "0123456789"] {
            assert_eq!(redacted(text), text);
        }
        let mut outcome = Outcome::NotSent("token ring".to_owned());
        Redacted::from(Secret::new("token")).wipe(&mut outcome);
        assert_eq!(outcome, Outcome::NotSent("token ring".to_owned()));
    }
}
