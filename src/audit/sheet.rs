//! Lines of CSV that a spreadsheet cannot take for formulas and a terminal cannot take for commands.

/// One line with its end, RFC 4180.
pub fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut line = String::new();
    for (place, text) in cells.into_iter().enumerate() {
        if place > 0 {
            line.push(',');
        }
        cell(&mut line, text);
    }
    line.push_str("\r\n");
    line
}

/// The sentence for whoever reads such a file by program.
pub const ESCAPED: &str = "cells that a spreadsheet would calculate have an apostrophe put in front";

/// How many of these cells get an apostrophe.
pub fn disarmed<'a>(cells: impl IntoIterator<Item = &'a str>) -> u64 {
    cells.into_iter().filter(|text| formula(text)).count() as u64
}

/// The number in words.
pub fn disarmed_words(count: u64) -> String {
    match count {
        0 => "no cell begins as a formula would".to_owned(),
        1 => "1 cell that a spreadsheet would calculate has an apostrophe put in front".to_owned(),
        n => format!("{n} cells that a spreadsheet would calculate have an apostrophe put in front"),
    }
}

/// Whether a spreadsheet might calculate it: what it looks at is the first character after white space and what cannot
/// be seen, and some take the full-width signs for the plain ones. A cell that begins with a control character is
/// taken for one too, and so is one that is already escaped, so that taking one apostrophe off gives back what was.
fn formula(text: &str) -> bool {
    if text.starts_with(char::is_control) {
        return true;
    }
    let seen = text.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || invisible(c));
    let escaped = text.strip_prefix('\'').is_some_and(formula);
    escaped || seen.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

/// Characters without a width that a spreadsheet may leave out.
fn invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// A cell that a spreadsheet would calculate gets an apostrophe in front; control characters are replaced.
fn cell(line: &mut String, text: &str) {
    let formula = formula(text);
    let quoted = text.contains(['"', ',', '\n', '\r', '\t']);
    if quoted {
        line.push('"');
    }
    if formula {
        line.push('\'');
    }
    for c in text.chars() {
        match c {
            '"' => line.push_str("\"\""),
            '\n' | '\r' | '\t' => line.push(c),
            c if c.is_control() => line.push('\u{fffd}'),
            c => line.push(c),
        }
    }
    if quoted {
        line.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_begin_like_a_formula_are_disarmed() {
        for start in ["=", "+", "-", "@"] {
            assert_eq!(line([format!("{start}1").as_str()]), format!("'{start}1\r\n"));
        }
        assert_eq!(line(["\t=1", "\r=1"]), "\"'\t=1\",\"'\r=1\"\r\n");
    }

    #[test]
    fn neither_wide_signs_nor_what_is_in_front_hides_a_formula() {
        let hidden = [
            "＝1",
            "＋1",
            "－1",
            "＠1",
            " =1",
            "\u{a0}=1",
            "\u{3000}@a",
            "\u{200b}=1",
            "\u{feff}-1",
            "\u{202e} +1",
        ];
        for text in hidden {
            assert_eq!(line([text]), format!("'{text}\r\n"), "{text:?}");
        }
        assert_eq!(line(["\n=1", "\r=1", "\0=1"]), "\"'\n=1\",\"'\r=1\",'\u{fffd}=1\r\n");
        assert_eq!(line(["'=1", "'plain", "a=1"]), "''=1,'plain,a=1\r\n");
    }

    proptest::proptest! {
        #[test]
        fn taking_the_apostrophe_off_gives_back_what_was(text in "[' =+@＝\\-a\u{a0}\u{200b}\n\t,\"]{0,8}") {
            let mut cells = csv::ReaderBuilder::new().has_headers(false).from_reader(std::io::Cursor::new(line(["x", &text])));
            let row = cells.records().next().unwrap().unwrap();
            let cell = row.get(1).unwrap();
            let back = cell.strip_prefix('\'').filter(|rest| formula(rest)).unwrap_or(cell);
            proptest::prop_assert_eq!(back, &text);
        }
    }

    #[test]
    fn plain_cells_stay_as_they_are() {
        assert_eq!(line(["ana@example.com", "", "O'Neill", "a,b"]), "ana@example.com,,O'Neill,\"a,b\"\r\n");
    }
}
