//! A short piece of remote text that can stand inside a sentence of ours.

/// The first `max` characters of `text`, white space folded, and every character that could move a cursor,
/// reorder a line or hide replaced. An ellipsis says that more followed.
pub fn excerpt(text: &str, max: usize) -> String {
    let mut out = String::new();
    let mut chars = text.trim_start().chars();
    let mut length = 0;
    let mut space = false;
    for c in chars.by_ref() {
        if c.is_whitespace() {
            space = true;
            continue;
        }
        if length + usize::from(space) >= max {
            out.push('…');
            return out;
        }
        if space {
            out.push(' ');
            length += 1;
            space = false;
        }
        out.push(if hostile(c) { '\u{FFFD}' } else { c });
        length += 1;
    }
    out
}

/// Control characters, and those that draw nothing or reorder what is drawn (general category Cf and the like).
fn hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{34F}' | '\u{600}'..='\u{605}' | '\u{61C}' | '\u{6DD}' | '\u{70F}' | '\u{8E2}'
            | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
            | '\u{E000}'..='\u{F8FF}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}' | '\u{110BD}' | '\u{110CD}' | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{10FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn white_space_is_folded_and_the_rest_is_cut() {
        assert_eq!(excerpt(" <html>\n\n  <head>", 80), "<html> <head>");
        assert_eq!(excerpt("abcdef", 3), "abc…");
        assert_eq!(excerpt("abc", 3), "abc");
        assert_eq!(excerpt("", 3), "");
    }

    #[test]
    fn escape_sequences_and_reordering_characters_do_not_come_through() {
        let text = excerpt("a\u{1b}[2J\u{9b}31m\u{202e}b\u{200b}c\u{e0041}", 80);
        assert_eq!(text, "a\u{FFFD}[2J\u{FFFD}31m\u{FFFD}b\u{FFFD}c\u{FFFD}");
    }

    proptest! {
        #[test]
        fn any_text_becomes_one_short_line(text in any::<String>(), max in 0_usize..50) {
            let short = excerpt(&text, max);
            prop_assert!(short.chars().count() <= max + 1);
            prop_assert!(!short.chars().any(char::is_control));
        }
    }
}
