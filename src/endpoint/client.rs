//! The connections of an endpoint.

use std::io::Read as _;
use std::path::Path;
use std::sync::Once;
use std::time::Duration;

use reqwest::{Certificate, Client};

use super::address::BaseUrl;
use super::{EndpointError, Timeouts};

const USER_AGENT: &str = concat!("scimdeck/", env!("CARGO_PKG_VERSION"));
/// Many servers close a quiet connection after five seconds; a write on one that is just closing is in doubt.
const IDLE_CONNECTION: Duration = Duration::from_secs(4);
/// All the certificates of a system are a quarter of this, in bytes.
const LARGEST_CA_FILE: u64 = 1 << 20;

/// Follows nothing, repeats nothing, and speaks to nobody in between.
pub(super) fn client(
    base: &BaseUrl,
    timeouts: Timeouts,
    ca_file: Option<&Path>,
) -> Result<Client, EndpointError> {
    // The process may have chosen a provider already; whichever it is will do.
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    let Timeouts { connect, total, idle } = timeouts;
    let mut builder = Client::builder()
        .user_agent(USER_AGENT)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .tls_version_min(reqwest::tls::Version::TLS_1_2)
        .no_proxy()
        .http1_only()
        .pool_idle_timeout(IDLE_CONNECTION)
        .connect_timeout(connect.min(total))
        .timeout(total)
        .read_timeout(idle);
    if base.clear {
        // No TLS will be spoken: do not ask for a certificate store that the machine may not have.
        builder = builder.tls_certs_only([]);
    } else if let Some(path) = ca_file {
        builder = builder.tls_certs_only(certificates(path)?);
    }
    builder.build().map_err(|error| {
        let reason = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
        match ca_file {
            // Certificates are looked at only now.
            Some(path) if !base.clear => EndpointError::CaFile { path: path.to_owned(), reason },
            _ => EndpointError::Tls(reason),
        }
    })
}

/// The certificates of a PEM file, read when the connection is opened.
fn certificates(path: &Path) -> Result<Vec<Certificate>, EndpointError> {
    let wrong = |reason: String| EndpointError::CaFile { path: path.to_owned(), reason };
    let file = std::fs::File::open(path).map_err(|e| wrong(e.to_string()))?;
    let mut pem = Vec::new();
    file.take(LARGEST_CA_FILE).read_to_end(&mut pem).map_err(|e| wrong(e.to_string()))?;
    let all = Certificate::from_pem_bundle(&pem).map_err(|_| wrong("it is no PEM file".to_owned()))?;
    if all.is_empty() { Err(wrong("it holds no certificate".to_owned())) } else { Ok(all) }
}
