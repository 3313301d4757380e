//! Paths in code, as text: `crate::x`, `super::x`, `scimdeck::x`, `std::x`, `some_crate::x`.

/// A path's beginning and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    /// Counted from 1.
    pub(crate) line: usize,
    /// The first word.
    pub(crate) first: String,
    /// `super` after the first word, when that is one, too.
    pub(crate) supers: usize,
    /// The words that follow: one, or those of a group.
    pub(crate) next: Vec<String>,
}

fn part_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn word(text: &str) -> &str {
    text.split(|c| !part_of_word(c)).next().unwrap_or_default()
}

/// All paths of a text, and single words of a `use`.
pub(crate) fn paths(code: &str) -> Vec<Named> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("::") {
        let before = &code[..at];
        let first_len =
            before.chars().rev().take_while(|c| part_of_word(*c)).map(char::len_utf8).sum::<usize>();
        let start = at - first_len;
        // The middle of a longer path, or a generic's end.
        if first_len == 0 || code[..start].ends_with("::") {
            continue;
        }
        let first = code[start..at].to_owned();
        let mut rest = code[at + 2..].trim_start();
        let mut supers = usize::from(first == "super");
        while let Some(after) = rest.strip_prefix("super::") {
            supers += 1;
            rest = after.trim_start();
        }
        let next = match rest.strip_prefix('{') {
            Some(group) => members(group),
            None => vec![word(rest).to_owned()],
        };
        found.push(Named { line: line(code, start), first, supers, next });
    }
    found
}

/// First words of the members of a group, inner groups left out.
fn members(group: &str) -> Vec<String> {
    let mut depth = 0_usize;
    let mut found = vec![String::new()];
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => found.push(String::new()),
            c if depth == 0 => found.last_mut().expect("one at least").push(c),
            _ => {}
        }
    }
    found.iter().map(|member| word(member.trim_start()).to_owned()).collect()
}

/// The line of a place, counted from 1.
pub(crate) fn line(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// Lines on which a word stands alone.
pub(crate) fn lines_with(code: &str, wanted: &str) -> Vec<usize> {
    let alone = |at: usize| {
        !code[..at].ends_with(part_of_word) && !code[at + wanted.len()..].starts_with(part_of_word)
    };
    code.match_indices(wanted).filter(|(at, _)| alone(*at)).map(|(at, _)| line(code, at)).collect()
}
