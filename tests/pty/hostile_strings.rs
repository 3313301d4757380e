//! Texts that want to steer a terminal, to hide, or to look like other texts.

/// Sixty of them.
pub(crate) fn hostile() -> Vec<String> {
    let mut all: Vec<String> = [
        // Control characters and sequences.
        "\u{1b}[2J", "\u{1b}[31mred", "\u{1b}[6n", "\u{1b}[?1049l", "\u{1b}[999;999H", "\u{1b}]52;c;ZXZpbA==\u{7}",
        "\u{1b}]8;;http://evil.example\u{1b}\\link\u{1b}]8;;\u{1b}\\", "\u{1b}]0;title\u{7}", "\u{1b}Pq#0\u{1b}\\",
        "\u{1b}_apc\u{1b}\\", "\u{1b}^pm\u{1b}\\", "\u{1b}c", "\u{1b}(0", "\u{9b}31m", "\u{9d}52;c;x\u{9c}",
        "\u{90}dcs\u{9c}", "\u{85}next", "a\rXXXX", "a\nb", "a\r\nb", "a\tb", "\u{8}\u{8}\u{8}back", "bell\u{7}",
        "\u{7f}del", "\u{0}nul", "\u{e}shift\u{f}", "\u{c}page", "\u{b}tab", "\u{1a}sub",
        // What is not seen or turns the direction.
        "\u{202e}nimda", "\u{202d}x\u{202c}", "\u{2066}x\u{2069}", "\u{2067}x\u{2068}", "\u{200f}x", "\u{61c}x",
        "ad\u{200b}min", "ad\u{200c}min", "ad\u{200d}min", "ad\u{2060}min", "\u{feff}bom", "so\u{ad}ft",
        "\u{2028}line", "\u{2029}para", "\u{180e}x", "\u{3164}filler", "\u{115f}x", "\u{e0041}\u{e0042}tag",
        "\u{fff9}a\u{fffa}b\u{fffb}", "\u{fdd0}non", "\u{10ffff}last", "\u{e000}private", "\u{f0000}private",
        // What looks like something else or takes more room than it should.
        "\u{430}dmin", "\u{ff21}\u{ff44}\u{ff4d}", "\u{645}\u{62d}\u{645}\u{62f} \u{5d3}\u{5d5}\u{5d3}",
        "\u{1f469}\u{200d}\u{2764}\u{fe0f}\u{200d}\u{1f4bb}\u{200d}\u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f469}",
        "\u{1f1e9}\u{1f1ea}\u{1f1e9}", "=cmd|'/c calc'!A0",
    ]
    .map(str::to_owned)
    .to_vec();
    all.push(format!("a{}", "\u{301}".repeat(30)));
    all.push("W".repeat(5_000));
    assert_eq!(all.len(), 60);
    all
}

/// What of a program's output a terminal would do more with than show it: anything but text, cursor moves, colours
/// and the modes that the console sets.
pub(crate) fn harm(bytes: &[u8]) -> Option<String> {
    let Ok(text) = std::str::from_utf8(bytes) else { return Some("no UTF-8".to_owned()) };
    let mut rest = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = rest.next() {
        if c == '\u{1b}' {
            let mut sequence = String::new();
            match rest.next() {
                Some('[') => {
                    for c in rest.by_ref() {
                        sequence.push(c);
                        if ('@'..='~').contains(&c) {
                            break;
                        }
                    }
                }
                // The title, up to its end.
                Some(']') => {
                    for c in rest.by_ref().take_while(|c| !matches!(c, '\u{7}' | '\u{1b}')) {
                        sequence.push(c);
                    }
                    if rest.peek() == Some(&'\\') {
                        rest.next();
                    }
                    sequence.insert(0, ']');
                }
                Some('7' | '8' | '(' | '=' | '>') => continue,
                other => return Some(format!("ESC {other:?}")),
            }
            let known = match sequence.chars().last() {
                _ if sequence.starts_with(']') => !sequence.starts_with("]52") && !sequence.starts_with("]8"),
                Some('m' | 'H' | 'G' | 'A' | 'B' | 'C' | 'D' | 'K' | 'J' | 'd' | 'X' | 'q' | 'r') => true,
                Some('h' | 'l') => sequence.starts_with('?'),
                Some('n') => sequence == "6n",
                // Asking for the kind of terminal, and the keyboard's modes.
                Some('c' | 'u' | 't') => true,
                _ => false,
            };
            if !known {
                return Some(format!("CSI {sequence:?}"));
            }
            before = ' ';
            continue;
        }
        if let Some(what) = unseen(before, c) {
            return Some(what);
        }
        before = c;
    }
    None
}

/// A character that no output may hold as it is. Written for itself, so as not to believe what is tested.
fn unseen(before: char, c: char) -> Option<String> {
    let n = u32::from(c);
    let picture = |c: char| matches!(u32::from(c), 0x2600..=0x27bf | 0x1f000..=0x1faff | 0xfe0f);
    let bad = match n {
        0x0a | 0x0d => false,
        0x00..=0x1f | 0x7f..=0x9f => true,
        0x200d | 0xfe0f => !picture(before),
        0xad | 0x61c | 0x180e | 0x115f | 0x3164 | 0xfeff => true,
        0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f => true,
        0xe000..=0xf8ff | 0xfdd0..=0xfdef | 0xfff9..=0xfffb | 0xe0000..=0x10ffff => true,
        _ => n & 0xfffe == 0xfffe,
    };
    bad.then(|| format!("U+{n:04X} after {before:?}"))
}
