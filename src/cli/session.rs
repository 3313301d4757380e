//! Who sits here, read once: the mark of every audit entry that this process writes.

use std::sync::OnceLock;

use super::sandbox::random_hex;
use crate::audit::Stamp;

/// The longest address that is believed; an IPv6 one with its zone fits.
const ADDRESS: usize = 64;

/// This process's mark. Read at the first call and the same from then on.
pub(super) fn stamp() -> Stamp {
    static STAMP: OnceLock<Stamp> = OnceLock::new();
    let stamp = STAMP.get_or_init(|| {
        let client = ["SSH_CONNECTION", "SSH_CLIENT"].iter().find_map(|name| std::env::var(name).ok());
        Stamp {
            session: random_hex(8).ok().map(|id| format!("s{id}")),
            ssh_from: client.as_deref().and_then(address),
        }
    });
    stamp.clone()
}

/// The client's address, the first word of what sshd sets. Anybody may set it, so nothing else than an address passes.
fn address(client: &str) -> Option<String> {
    let word = client.split_ascii_whitespace().next()?;
    let (ip, zone) = word.split_once('%').unwrap_or((word, ""));
    let known = ip.parse::<std::net::IpAddr>().is_ok();
    let plain = zone.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    (known && plain && word.len() <= ADDRESS).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_is_taken_from_the_environment() {
        assert_eq!(address("192.0.2.7 50122 10.0.0.1 22").as_deref(), Some("192.0.2.7"));
        assert_eq!(address("fe80::1%eth0 1 2 3").as_deref(), Some("fe80::1%eth0"));
        for bad in ["", "  ", "host.example 1", "192.0.2.7\u{1b}[31m 1", "fe80::1%a;b 1"] {
            assert_eq!(address(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_process_keeps_its_name() {
        assert_eq!(stamp(), stamp());
        assert!(stamp().session.is_some_and(|id| id.len() == 17));
    }
}
