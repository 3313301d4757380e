//! A token in a file that is encrypted with a passphrase.
//!
//! The key comes from the passphrase by Argon2id (RFC 9106), the token is sealed with XChaCha20-Poly1305, and the
//! parameters are sealed along with it, so that nobody can weaken them. The file is one JSON object on one line.

use std::path::Path;

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};

use super::TokenError;
use crate::domain::{Secret, Zeroizing};

const SALT: usize = 16;
const NONCE: usize = 24;
/// How many random bytes [`seal`] takes.
pub const SEAL_RANDOM: usize = SALT + NONCE;
/// RFC 9106's second recommended choice, for machines that are not only for this: 64 MiB, three passes.
const COST: Cost = Cost { memory_kib: 64 << 10, passes: 3, lanes: 4 };
/// A file that asks for more was not made here, and would stop the machine.
const MOST: Cost = Cost { memory_kib: 1 << 20, passes: 16, lanes: 16 };

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

#[derive(Debug, Serialize, Deserialize)]
struct Sealed {
    scimdeck_token: u32,
    kdf: String,
    #[serde(flatten)]
    cost: Cost,
    cipher: String,
    salt: String,
    nonce: String,
    sealed: String,
}

const KDF: &str = "argon2id";
const CIPHER: &str = "xchacha20poly1305";

/// What is sealed along with the token: everything that says how to open it.
fn bound(cost: Cost, salt: &str) -> String {
    format!("scimdeck token 1 {KDF} {} {} {} {CIPHER} {salt}", cost.memory_kib, cost.passes, cost.lanes)
}

fn cipher(passphrase: &Secret, salt: &[u8], cost: Cost) -> Option<XChaCha20Poly1305> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).ok()?;
    let mut key = Zeroizing::new([0_u8; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.expose().as_bytes(), salt, &mut *key)
        .ok()?;
    Some(XChaCha20Poly1305::new(Key::from_slice(&*key)))
}

/// The text of the file that keeps `token`; none when the parameters cannot be used. It takes about a second of
/// processor time and 64 MiB. `random` comes from the system's generator and is never used twice.
pub fn seal(token: &Secret, passphrase: &Secret, random: &[u8; SEAL_RANDOM]) -> Option<String> {
    seal_at(token, passphrase, random, COST)
}

fn seal_at(token: &Secret, passphrase: &Secret, random: &[u8; SEAL_RANDOM], cost: Cost) -> Option<String> {
    let (salt, nonce) = random.split_at(SALT);
    let aad = bound(cost, &hex(salt));
    let payload = Payload { msg: token.expose().as_bytes(), aad: aad.as_bytes() };
    let sealed = cipher(passphrase, salt, cost)?.encrypt(XNonce::from_slice(nonce), payload).ok()?;
    let file = Sealed {
        scimdeck_token: 1,
        kdf: KDF.to_owned(),
        cost,
        cipher: CIPHER.to_owned(),
        salt: hex(salt),
        nonce: hex(nonce),
        sealed: hex(&sealed),
    };
    serde_json::to_string(&file).ok().map(|text| text + "\n")
}

/// The token in such a file's text. `path` is named in errors.
pub(super) fn open(text: &[u8], passphrase: &Secret, path: &Path) -> Result<Zeroizing<Vec<u8>>, TokenError> {
    let not = |reason| TokenError::NotEncrypted { path: path.to_owned(), reason };
    let file: Sealed =
        serde_json::from_slice(text).map_err(|_| not("it is not what `token encrypt` writes"))?;
    if (file.scimdeck_token, file.kdf.as_str(), file.cipher.as_str()) != (1, KDF, CIPHER) {
        return Err(not("it was made by another version"));
    }
    let cost = file.cost;
    if cost.memory_kib > MOST.memory_kib || cost.passes > MOST.passes || cost.lanes > MOST.lanes {
        return Err(not("it asks for more memory or time than any file made here"));
    }
    let damaged = || not("it is damaged");
    let salt = unhex(&file.salt).filter(|salt| salt.len() == SALT).ok_or_else(damaged)?;
    let nonce = unhex(&file.nonce).filter(|nonce| nonce.len() == NONCE).ok_or_else(damaged)?;
    let sealed = unhex(&file.sealed).ok_or_else(damaged)?;
    let aad = bound(cost, &file.salt);
    let payload = Payload { msg: &sealed, aad: aad.as_bytes() };
    let cipher = cipher(passphrase, &salt, cost).ok_or_else(damaged)?;
    let token = cipher.decrypt(XNonce::from_slice(&nonce), payload);
    token.map(Zeroizing::new).map_err(|_| TokenError::WrongPassphrase { path: path.to_owned() })
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIGHT: Cost = Cost { memory_kib: 64, passes: 1, lanes: 1 };

    fn sealed() -> String {
        let random = std::array::from_fn(|i| u8::try_from(i).expect("small"));
        seal_at(&Secret::new("s3cret-token"), &Secret::verbatim("open sesame"), &random, LIGHT)
            .expect("sealed")
    }

    fn opened(text: &str, passphrase: &str) -> Result<Zeroizing<Vec<u8>>, TokenError> {
        open(text.as_bytes(), &Secret::verbatim(passphrase), Path::new("/t"))
    }

    #[test]
    fn only_the_passphrase_opens_it_and_the_file_holds_no_token() {
        let text = sealed();
        assert_eq!(opened(&text, "open sesame").expect("the token").as_slice(), b"s3cret-token");
        for wrong in ["open sesame ", "Open sesame", ""] {
            assert!(matches!(opened(&text, wrong), Err(TokenError::WrongPassphrase { .. })), "{wrong:?}");
        }
        for secret in ["s3cret-token", &hex(b"s3cret-token"), "sesame"] {
            assert!(!text.contains(secret), "{text}");
        }
    }

    #[test]
    fn a_changed_file_is_not_opened() {
        let text = sealed();
        let changed = |from: &str, to: &str| {
            let other = text.replacen(from, to, 1);
            assert_ne!(other, text, "{from}");
            opened(&other, "open sesame").expect_err("changed")
        };
        for (from, to) in [("\"passes\":1", "\"passes\":2"), ("\"salt\":\"00", "\"salt\":\"01")] {
            assert!(matches!(changed(from, to), TokenError::WrongPassphrase { .. }), "{from}");
        }
        for (from, to) in [
            ("\"memory_kib\":64", "\"memory_kib\":4294967295"),
            ("\"scimdeck_token\":1", "\"scimdeck_token\":2"),
            ("\"nonce\":\"", "\"nonce\":\"z"),
            ("\"salt\":\"", "\"salt\":\"a"),
            ("{", "["),
        ] {
            assert!(matches!(changed(from, to), TokenError::NotEncrypted { .. }), "{from}");
        }
    }

    #[test]
    fn what_is_written_for_operators_costs_what_the_standard_recommends() {
        let random = [7; SEAL_RANDOM];
        let text = seal(&Secret::new("s3cret-token"), &Secret::verbatim("p"), &random).expect("sealed");
        assert!(text.contains("\"memory_kib\":65536,\"passes\":3,\"lanes\":4"), "{text}");
        assert_eq!(opened(&text, "p").expect("the token").as_slice(), b"s3cret-token");
    }
}
