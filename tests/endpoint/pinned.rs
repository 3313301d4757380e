//! A file of certificates: the only ones that are trusted.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use scimdeck::domain::{Call, Method, Outcome, Secret};
use scimdeck::endpoint::{Endpoint, EndpointConfig, EndpointError};

use crate::server::CANARY;

/// Made for this folder: a CA, a certificate of it for 127.0.0.1 with its key, and another CA.
fn kept(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/endpoint/tls").join(file)
}

/// A server with that certificate and TLS of these versions. Answers one connection and gives what was asked there.
fn serve(versions: &[&'static rustls::SupportedProtocolVersion]) -> (String, JoinHandle<Option<String>>) {
    let chain = vec![CertificateDer::from_pem_file(kept("leaf.pem")).expect("a certificate")];
    let key = PrivateKeyDer::from_pem_file(kept("leaf-of-the-tests.key")).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a server");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base_url = format!("https://{}/scim/v2", listener.local_addr().expect("an address"));
    let asked = std::thread::spawn(move || {
        let (stream, _) = listener.accept().ok()?;
        let mut tls = StreamOwned::new(ServerConnection::new(Arc::new(config)).ok()?, stream);
        let mut request = Vec::new();
        let mut piece = [0; 1024];
        while !request.ends_with(b"\r\n\r\n") {
            let n = tls.read(&mut piece).ok().filter(|n| *n > 0)?;
            request.extend_from_slice(&piece[..n]);
        }
        let _ = tls.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
        tls.conn.send_close_notify();
        let _ = tls.flush();
        String::from_utf8(request).ok()
    });
    (base_url, asked)
}

async fn asked_with(ca_file: &Path, base_url: &str) -> Outcome {
    let config = EndpointConfig {
        ca_file: Some(ca_file.to_owned()),
        ..EndpointConfig::new(base_url, Secret::new(CANARY))
    };
    let endpoint = Endpoint::new(config).expect("an endpoint");
    assert!(endpoint.encrypted());
    endpoint.send(&Call::new(Method::Get, &["Users"])).await.outcome
}

#[tokio::test]
async fn the_certificates_of_the_file_are_trusted() {
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let (base_url, asked) = serve(&[version]);
        let outcome = asked_with(&kept("ca.pem"), &base_url).await;
        assert!(matches!(&outcome, Outcome::Answered(answer) if answer.status == 200), "{outcome:?}");
        let request = asked.join().expect("no panic").expect("a request");
        assert!(request.starts_with("GET /scim/v2/Users HTTP/1.1\r\n") && request.contains(CANARY));
    }
}

#[tokio::test]
async fn a_server_that_another_ca_stands_for_never_sees_the_token() {
    let (base_url, asked) = serve(&[&rustls::version::TLS13]);
    let outcome = asked_with(&kept("other-ca.pem"), &base_url).await;
    let Outcome::NotSent(why) = outcome else { panic!("{outcome:?}") };
    assert!(why.contains("certificate"), "{why}");
    assert_eq!(asked.join().expect("no panic"), None, "nothing was asked");
}

#[test]
fn a_file_without_certificates_is_refused_by_its_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ca.pem");
    let refused = || {
        let config = EndpointConfig {
            ca_file: Some(path.clone()),
            ..EndpointConfig::new("https://app.example.com", Secret::new(CANARY))
        };
        match Endpoint::new(config) {
            Err(error @ EndpointError::CaFile { .. }) => error.to_string(),
            other => panic!("{other:?}"),
        }
    };
    assert!(refused().contains("ca.pem"), "it is not there");
    for text in ["", "nothing of the kind", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
    {
        std::fs::write(&path, text).expect("a file");
        let said = refused();
        assert!(said.contains("ca.pem") && said.contains("name a PEM file"), "{text:?}: {said}");
    }
}
