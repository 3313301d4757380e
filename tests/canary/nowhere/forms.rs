//! A secret in the disguises that programs give to text.

use std::collections::BTreeSet;

use memchr::memmem::Finder;

pub(crate) struct Form {
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Base64 of it behind `before` bytes of anything else: only those characters that it alone decides.
fn base64(secret: &[u8], before: usize, letters: &[u8; 64]) -> Vec<u8> {
    let bytes = [vec![0; before], secret.to_vec()].concat();
    let bits = |at: usize| u32::from(bytes.get(at).copied().unwrap_or(0));
    let quads = (0..bytes.len()).step_by(3).flat_map(|at| {
        let triple = bits(at) << 16 | bits(at + 1) << 8 | bits(at + 2);
        [18, 12, 6, 0].map(|shift| letters[(triple >> shift & 63) as usize])
    });
    let all: Vec<u8> = quads.collect();
    // The first and last characters also hold bits of their neighbours.
    all[(before * 8).div_ceil(6)..bytes.len() * 8 / 6].to_vec()
}

fn percent(secret: &str, upper: bool) -> Vec<u8> {
    let code = |byte: u8| if upper { format!("%{byte:02X}") } else { format!("%{byte:02x}") };
    let letters = secret.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        _ => code(byte),
    });
    letters.collect::<String>().into_bytes()
}

fn by_number(secret: &str, upper: bool) -> Vec<u8> {
    let code =
        |c: char| if upper { format!("\\u{:04X}", u32::from(c)) } else { format!("\\u{:04x}", u32::from(c)) };
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    secret.chars().map(|c| if plain(c) { c.to_string() } else { code(c) }).collect::<String>().into_bytes()
}

/// All that are looked for.
pub(crate) fn forms(secret: &str) -> Vec<Form> {
    let form = |name, bytes| Form { name, bytes };
    let bytes = secret.as_bytes();
    let (first, second) = bytes.split_at(bytes.len() / 2);
    let hex = |upper| -> String {
        bytes.iter().map(|b| if upper { format!("{b:02X}") } else { format!("{b:02x}") }).collect()
    };
    let numbers = |join: &str| bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(join);
    let mut forms = vec![
        form("as it is", bytes.to_vec()),
        form("in small letters", secret.to_lowercase().into_bytes()),
        form("backwards", secret.chars().rev().collect::<String>().into_bytes()),
        form("its first half", first.to_vec()),
        form("its second half", second.to_vec()),
        form("percent-encoded", percent(secret, true)),
        form("percent-encoded in small letters", percent(secret, false)),
        form("in JSON with escaped slashes", secret.replace('/', "\\/").into_bytes()),
        form("in JSON by number", by_number(secret, false)),
        form("in JSON by number in capitals", by_number(secret, true)),
        form("in hexadecimal", hex(false).into_bytes()),
        form("in hexadecimal capitals", hex(true).into_bytes()),
        form("as numbers", numbers(", ").into_bytes()),
        form("as numbers without spaces", numbers(",").into_bytes()),
        form("in UTF-16", secret.encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ];
    for before in 0..3 {
        forms.push(form("in base64", base64(bytes, before, STANDARD)));
        forms.push(form("in base64 for URLs", base64(bytes, before, URL)));
    }
    forms
}

/// Looks for a secret in every form.
pub(crate) struct Search(Vec<(&'static str, Finder<'static>)>);

impl Search {
    pub(crate) fn of(secret: &str) -> Self {
        let mut once = BTreeSet::new();
        let forms = forms(secret).into_iter().filter(|form| once.insert(form.bytes.clone()));
        Self(forms.map(|form| (form.name, Finder::new(&form.bytes).into_owned())).collect())
    }

    /// The first form in which it is there.
    pub(crate) fn found(&self, text: &[u8]) -> Option<&'static str> {
        self.0.iter().find(|(_, form)| form.find(text).is_some()).map(|(name, _)| *name)
    }
}
