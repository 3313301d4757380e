//! Several texts in one allocation.

/// Payload bits of a length's digit; the bit above them says that another digit follows, so that every digit is
/// ASCII and the whole is one text.
const BITS: u32 = 6;
const MORE: u8 = 1 << BITS;

/// Bytes that come from memory together.
const LINE: usize = 64;

/// `N` texts, kept back to back behind their lengths: a length below 64 costs one byte.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Packed<const N: usize>(Box<str>);

impl<const N: usize> Packed<N> {
    /// Packs them in order.
    pub(super) fn new(parts: [&str; N]) -> Self {
        let sum: usize = parts.iter().map(|p| p.len()).sum();
        let mut text = String::with_capacity(1 + 2 * N + sum);
        text.push('\0');
        for part in parts {
            push_length(&mut text, part.len());
        }
        let head = u8::try_from(text.len()).unwrap_or(0);
        text.replace_range(0..1, char::from(head & 0x7f).encode_utf8(&mut [0; 4]));
        for part in parts {
            text.push_str(part);
        }
        Self(text.into_boxed_str())
    }

    /// The text at a place.
    pub(super) fn get(&self, at: usize) -> &str {
        self.span(at, at + 1)
    }

    /// The same with one text replaced.
    #[must_use]
    pub(super) fn with(&self, at: usize, value: &str) -> Self {
        let parts = self.all();
        Self::new(std::array::from_fn(|i| if i == at { value } else { parts[i] }))
    }

    /// All texts.
    pub(super) fn all(&self) -> [&str; N] {
        let mut lengths = Lengths::new(&self.0);
        let mut start = lengths.head;
        std::array::from_fn(|_| {
            let end = start + lengths.next();
            let part = self.0.get(start..end).unwrap_or_default();
            start = end;
            part
        })
    }

    /// All texts as bytes, for what is only compared.
    pub(super) fn all_bytes(&self) -> [&[u8]; N] {
        let mut lengths = Lengths::new(&self.0);
        let mut rest = self.0.as_bytes().get(lengths.head..).unwrap_or_default();
        std::array::from_fn(|_| {
            let (part, after) = rest.split_at_checked(lengths.next()).unwrap_or_default();
            rest = after;
            part
        })
    }

    /// A byte of every line of memory that it lies in.
    pub(super) fn touch(&self) -> u8 {
        self.0.as_bytes().iter().step_by(LINE).fold(0, |all, byte| all ^ byte)
    }

    /// The texts from `from` up to `to`, back to back: for search.
    pub(super) fn span(&self, from: usize, to: usize) -> &str {
        let mut lengths = Lengths::new(&self.0);
        let mut start = lengths.head;
        for _ in 0..from {
            start += lengths.next();
        }
        let mut end = start;
        for _ in from..to {
            end += lengths.next();
        }
        self.0.get(start..end).unwrap_or_default()
    }
}

fn push_length(text: &mut String, mut length: usize) {
    loop {
        let digit = u8::try_from(length & usize::from(MORE - 1)).unwrap_or(0);
        length >>= BITS;
        text.push(char::from(if length > 0 { digit | MORE } else { digit }));
        if length == 0 {
            return;
        }
    }
}

/// Reads the lengths one after the other.
struct Lengths<'a> {
    bytes: &'a [u8],
    head: usize,
    at: usize,
}

impl<'a> Lengths<'a> {
    fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        Self { bytes, head: bytes.first().copied().map_or(0, usize::from), at: 1 }
    }

    fn next(&mut self) -> usize {
        match self.bytes.get(self.at) {
            Some(digit) if digit & MORE == 0 => {
                self.at += 1;
                usize::from(*digit)
            }
            _ => self.long(),
        }
    }

    /// A length of more than one digit.
    #[cold]
    fn long(&mut self) -> usize {
        let (mut length, mut shift) = (0, 0);
        while let Some(digit) = self.bytes.get(self.at) {
            self.at += 1;
            length |= usize::from(digit & (MORE - 1)) << shift;
            if digit & MORE == 0 {
                break;
            }
            shift += BITS;
        }
        length
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_packed_is_read_back(a in "\\PC{0,200}", b in ".{0,9}", c in ".{0,70}", at in 0_usize..3) {
            let packed = Packed::new([&a, &b, &c]);
            prop_assert_eq!(packed.all(), [a.as_str(), &b, &c]);
            prop_assert_eq!(packed.all_bytes(), [a.as_bytes(), b.as_bytes(), c.as_bytes()]);
            prop_assert_eq!((packed.get(0), packed.get(1), packed.get(2)), (a.as_str(), b.as_str(), c.as_str()));
            prop_assert_eq!(packed.span(0, 2), format!("{a}{b}"));
            let other = packed.with(at, "new");
            for place in 0..3 {
                prop_assert_eq!(other.get(place), if place == at { "new" } else { packed.get(place) });
            }
        }
    }

    #[test]
    fn a_very_long_text_is_kept_whole() {
        let long = "x".repeat(5_000_000);
        let packed = Packed::new(["a", &long, "b"]);
        assert_eq!((packed.get(1).len(), packed.get(2)), (long.len(), "b"));
    }
}
