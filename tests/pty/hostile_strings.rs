//! Texts that want to steer a terminal, to hide, or to look like other texts.

/// Sixty of them. Sequences that the console itself may send carry 7777, which it never sends: one of them in its output
/// is a text that came through.
pub(crate) fn hostile() -> Vec<String> {
    let mut all: Vec<String> = [
        // Control characters and sequences.
        "\u{1b}[2;7777J", "\u{1b}[31;7777mred", "\u{1b}[6;7777n", "\u{1b}[?1049;7777l", "\u{1b}[7777;7777H", "\u{1b}]52;c;ZXZpbA==\u{7}",
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

/// What of a program's output a terminal would do more with than show it: a text of the corpus as it is, or anything
/// but text, cursor moves, colours and the modes that the console sets.
pub(crate) fn harm(bytes: &[u8]) -> Option<String> {
    let raw = |text: &String| steers(text) && memchr::memmem::find(bytes, text.as_bytes()).is_some();
    if let Some(text) = hostile().into_iter().find(raw) {
        return Some(format!("{text:?} as it is"));
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return Some("no UTF-8".to_owned()) };
    let mut rest = text.chars();
    let mut before = ' ';
    while let Some(c) = rest.next() {
        if c == '\u{1b}' {
            match rest.next() {
                Some('[') => {
                    let mut sequence = String::new();
                    for c in rest.by_ref() {
                        sequence.push(c);
                        if ('@'..='~').contains(&c) {
                            break;
                        }
                    }
                    if !own(&sequence) {
                        return Some(format!("CSI {sequence:?}"));
                    }
                }
                // Neither titles nor links nor the clipboard: nothing of it without a key that asks for it.
                other => return Some(format!("ESC {other:?}")),
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

/// Whether a text holds what a terminal obeys.
fn steers(text: &str) -> bool {
    text.contains('\r') || text.chars().any(|c| c == '\u{1b}' || ('\u{80}'..='\u{9f}').contains(&c))
}

/// What the console sends besides text.
fn own(sequence: &str) -> bool {
    let Some((last, before)) = sequence.chars().last().map(|c| (c, &sequence[..sequence.len() - 1])) else {
        return false;
    };
    let small =
        |text: &str| text.split(';').all(|n| n.is_empty() || n.parse::<u16>().is_ok_and(|n| n < 1_000));
    match last {
        'm' | 'H' | 'G' | 'A' | 'B' | 'C' | 'D' | 'K' | 'J' | 'd' | 'X' => small(before),
        'h' | 'l' => matches!(before, "?25" | "?1049" | "?2004" | "?2026"),
        _ => false,
    }
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
