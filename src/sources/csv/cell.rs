//! What a cell may hold.

/// The longest cell, in bytes.
const LONGEST: usize = 1000;

/// A cell that says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell<'a> {
    /// Empty: leaves what is there.
    Leave,
    /// `-`: clears.
    Clear,
    /// This text.
    Text(&'a str),
}

impl Cell<'_> {
    /// As the fields of a record have it: none leaves, an empty text clears.
    pub(super) fn field(self) -> Option<String> {
        match self {
            Self::Leave => None,
            Self::Clear => Some(String::new()),
            Self::Text(text) => Some(text.to_owned()),
        }
    }
}

/// Reads a cell; the reason is the end of a sentence that begins with the column.
pub(super) fn read(bytes: &[u8]) -> Result<Cell<'_>, String> {
    if bytes.len() > LONGEST {
        return Err(format!("is longer than {LONGEST} bytes"));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())?;
    if let Some(c) = text.trim_matches([' ', '\t']).chars().find(|c| forbidden(*c)) {
        return Err(match c {
            '\n' | '\r' => "holds a line break".to_owned(),
            c => format!("holds the control character U+{:04X}", u32::from(c)),
        });
    }
    Ok(match text.trim() {
        "" => Cell::Leave,
        "-" => Cell::Clear,
        text => Cell::Text(text),
    })
}

/// Control characters, line separators, and the marks that turn the direction of what follows.
fn forbidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text that identifies somebody: nothing invisible in it, and nothing that a spreadsheet would run.
pub(super) fn identifying(text: &str) -> Result<(), String> {
    if text.starts_with(['=', '+', '@', '-']) {
        return Err(format!(
            "begins with {:?}, which a spreadsheet would run as a formula",
            text.chars().take(1).collect::<String>()
        ));
    }
    let unseen = |c: char| matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    match text.chars().find(|c| unseen(*c)) {
        Some(c) => Err(format!("holds the invisible character U+{:04X}", u32::from(c))),
        None => Ok(()),
    }
}

/// An address: one `@` with something on both sides and no white space.
pub(super) fn address(text: &str) -> Result<(), String> {
    identifying(text)?;
    match text.split_once('@') {
        Some((local, domain))
            if !local.is_empty()
                && !domain.is_empty()
                && !domain.contains('@')
                && !text.contains(char::is_whitespace) =>
        {
            Ok(())
        }
        _ => Err(format!("{text:?} is no e-mail address")),
    }
}
