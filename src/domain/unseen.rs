//! Characters that make text look like other text. Each face of the program shows them in its own way; which they are
//! is the same for all.

/// Characters that are not seen, turn the direction of writing, mean nothing (private use, noncharacters), or are
/// blanks that look like another blank.
pub(crate) fn hidden(c: char) -> bool {
    let n = u32::from(c);
    matches!(
        n,
        0xa0 | 0xad
            | 0x34f
            | 0x600..=0x605
            | 0x61c
            | 0x6dd
            | 0x70f
            | 0x890..=0x891
            | 0x8e2
            | 0x115f..=0x1160
            | 0x1680
            | 0x17b4..=0x17b5
            | 0x180b..=0x180f
            | 0x2000..=0x200f
            | 0x2028..=0x202f
            | 0x205f..=0x206f
            | 0x2800
            | 0x3000
            | 0x3164
            | 0xe000..=0xf8ff
            | 0xfe00..=0xfe0f
            | 0xfeff
            | 0xffa0
            | 0xfff0..=0xfffb
            | 0x110bd
            | 0x110cd
            | 0x13430..=0x1345f
            | 0x1bca0..=0x1bca3
            | 0x1d173..=0x1d17a
            | 0xe0000..=0x10ffff
    ) || n & 0xfffe == 0xfffe
        || (0xfdd0..=0xfdef).contains(&n)
}

/// Pictures, which a joiner or a presentation selector may follow.
pub(crate) fn pictographic(c: char) -> bool {
    matches!(u32::from(c), 0x2600..=0x27bf | 0x1f000..=0x1faff)
}
