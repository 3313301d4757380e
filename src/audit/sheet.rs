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

/// A cell that a spreadsheet would calculate gets an apostrophe in front; control characters are replaced.
fn cell(line: &mut String, text: &str) {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
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
    fn plain_cells_stay_as_they_are() {
        assert_eq!(line(["ana@example.com", "", "O'Neill", "a,b"]), "ana@example.com,,O'Neill,\"a,b\"\r\n");
    }
}
