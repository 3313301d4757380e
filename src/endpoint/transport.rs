//! One attempt of one request over HTTP.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use reqwest::header::{self, HeaderValue};
use reqwest::{Client, Request};

use super::address::{BaseUrl, BaseUrlError};
use super::client::client;
use super::leaving::{Kept, Leaving, MayLeave};
use super::redact::Redacted;
use super::{Trouble, Waits, body, fault, headers};
use crate::domain::{Answer, Call, Exchange, Method, Outcome, Secret, Zeroizing};

const SCIM: &str = "application/scim+json";
const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/scim+json; charset=utf-8");

/// How long a request may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Name look-up, connection and TLS together.
    pub connect: Duration,
    /// The whole request.
    pub total: Duration,
    /// Silence while waiting for the answer or its next piece.
    pub idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            total: Duration::from_secs(60),
            idle: Duration::from_secs(30),
        }
    }
}

impl Timeouts {
    /// The whole request within `total`, the parts within their usual limits.
    pub fn within(total: Duration) -> Self {
        let usual = Self::default();
        Self { total, idle: usual.idle.min(total), connect: usual.connect.min(total) }
    }
}

/// How much of an answer is read, in bytes after decompression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// A page of a list.
    pub list: usize,
    /// One resource.
    pub resource: usize,
    /// Any answer that is no success; only its beginning is kept.
    pub error: usize,
}

impl Default for Caps {
    fn default() -> Self {
        Self { list: 16 << 20, resource: 1 << 20, error: 64 << 10 }
    }
}

/// What an [`Endpoint`] is made from.
#[derive(Debug, Clone)]
pub struct EndpointConfig {
    /// The SCIM base URL.
    pub base_url: String,
    /// The bearer token; may be empty until [`Endpoint::set_token`], nothing is sent before.
    pub token: Secret,
    /// How long a request may take.
    pub timeouts: Timeouts,
    /// How much of an answer is read.
    pub caps: Caps,
    /// The media type that is asked for.
    pub accept: &'static str,
    /// A PEM file with the only certificates that are trusted; none trusts those of the system.
    pub ca_file: Option<PathBuf>,
    /// Where it is kept for how long nothing shall be sent.
    pub waits: Waits,
}

impl EndpointConfig {
    /// A SCIM endpoint with the usual time limits and caps.
    pub fn new(base_url: &str, token: Secret) -> Self {
        Self {
            base_url: base_url.to_owned(),
            token,
            timeouts: Timeouts::default(),
            caps: Caps::default(),
            accept: SCIM,
            ca_file: None,
            waits: Waits::default(),
        }
    }
}

/// Why there is no endpoint to talk to.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// The base URL is not acceptable.
    #[error(transparent)]
    BaseUrl(#[from] BaseUrlError),
    /// TLS could not be set up: mostly a machine without a certificate store.
    #[error(
        "https cannot be used on this machine: {0}; install its CA certificates (the package is mostly called \
         ca-certificates) or point SSL_CERT_FILE to them"
    )]
    Tls(String),
    /// The file with the trusted certificates cannot be used.
    #[error("the CA file {path} cannot be used: {reason}; name a PEM file with the CA's certificate")]
    CaFile {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

/// An app's SCIM endpoint. Cheap to clone; clones share connections and token.
#[derive(Debug, Clone)]
pub struct Endpoint {
    client: Client,
    known: Arc<Known>,
}

#[derive(Debug)]
struct Known {
    base: BaseUrl,
    timeouts: Timeouts,
    ca_file: Option<PathBuf>,
    token: RwLock<Arc<Redacted>>,
    caps: Caps,
    accept: HeaderValue,
    /// It was seen to refuse index paging.
    cursors_only: AtomicBool,
    waits: Waits,
}

impl Endpoint {
    /// Checks the base URL and prepares the client; sends nothing.
    pub fn new(config: EndpointConfig) -> Result<Self, EndpointError> {
        Self::with_base(BaseUrl::parse(&config.base_url)?, config)
    }

    fn with_base(base: BaseUrl, config: EndpointConfig) -> Result<Self, EndpointError> {
        let EndpointConfig { timeouts, ca_file, caps, waits, .. } = config;
        let client = client(&base, timeouts, ca_file.as_deref())?;
        let token = RwLock::new(Arc::new(config.token.into()));
        let accept = HeaderValue::from_static(config.accept);
        let cursors_only = AtomicBool::new(false);
        let known = Known { base, timeouts, ca_file, token, caps, accept, cursors_only, waits };
        Ok(Self { client, known: Arc::new(known) })
    }

    /// The same with connections of its own. A connection is served by the runtime that opened it: used from another
    /// one, each request wakes both.
    ///
    /// # Errors
    /// When TLS can no longer be set up.
    pub fn with_own_connections(&self) -> Result<Self, EndpointError> {
        let Known { base, timeouts, ca_file, .. } = &*self.known;
        let client = client(base, *timeouts, ca_file.as_deref())?;
        Ok(Self { client, known: Arc::clone(&self.known) })
    }

    /// Host and port, for sentences.
    pub fn host(&self) -> &str {
        &self.known.base.host
    }

    /// Whether what is sent is encrypted.
    pub fn encrypted(&self) -> bool {
        !self.known.base.clear
    }

    /// Uses another token from the next request on.
    pub fn set_token(&self, token: Secret) {
        *self.known.token.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(token.into());
    }

    pub(super) fn cursors_only(&self) -> bool {
        self.known.cursors_only.load(Ordering::Relaxed)
    }

    pub(super) fn learn_cursors_only(&self) {
        self.known.cursors_only.store(true, Ordering::Relaxed);
    }

    /// One attempt. Never fails: what happened is the outcome.
    pub async fn send(&self, call: &Call) -> Exchange {
        let (exchange, _) = self.attempt(call.clone(), None).await;
        self.known.waits.hear(&exchange, true);
        exchange
    }

    /// The same of a call that nobody needs but for its exchange, by somebody who hears himself for how long the
    /// endpoint asks to wait. Where it has a body `may_leave` is asked right before that is written; none when it did not
    /// leave.
    pub async fn send_this(&self, call: Call, may_leave: Option<MayLeave>) -> Option<Exchange> {
        let (exchange, kept) = self.attempt(call, may_leave).await;
        if kept.back() {
            return None;
        }
        self.known.waits.hear(&exchange, false);
        Some(exchange)
    }

    /// Whether something may be read now, as far as the endpoint asked to wait.
    ///
    /// # Errors
    /// With how long that is.
    pub fn may_read(&self) -> Result<(), Trouble> {
        self.known.waits.may_read()
    }

    async fn attempt(&self, call: Call, may_leave: Option<MayLeave>) -> (Exchange, Kept) {
        let at = headers::time(SystemTime::now());
        let started = Instant::now();
        let redacted = Arc::clone(&self.known.token.read().unwrap_or_else(PoisonError::into_inner));
        let mut kept = Kept::default();
        let mut outcome = match self.request(&call, &redacted.token, may_leave, &mut kept) {
            Ok(request) => self.exchange(&call, request).await,
            Err(reason) => Outcome::NotSent(reason),
        };
        redacted.wipe(&mut outcome);
        let took_ms = u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX);
        log(&call, &outcome, took_ms);
        (Exchange { call, outcome, at, took_ms }, kept)
    }

    fn request(
        &self,
        call: &Call,
        token: &Secret,
        may_leave: Option<MayLeave>,
        kept: &mut Kept,
    ) -> Result<Request, String> {
        let url = self.known.base.join(call)?;
        if token.is_empty() {
            return Err("there is no token for this connection".to_owned());
        }
        let bearer = Zeroizing::new(format!("Bearer {}", token.expose()));
        let mut authorization = HeaderValue::try_from(bearer.as_str())
            .map_err(|_| "the token holds characters that no header can carry".to_owned())?;
        authorization.set_sensitive(true);
        let mut request = Request::new(method(call.method), url);
        if let Some(body) = &call.body {
            let bytes =
                serde_json::to_vec(body).map_err(|_| "its body cannot be written as JSON".to_owned())?;
            *request.body_mut() = Some(match may_leave {
                Some(may_leave) => {
                    let (body, may_be_kept) = Leaving::new(bytes, may_leave);
                    *kept = may_be_kept;
                    reqwest::Body::wrap(body)
                }
                None => bytes.into(),
            });
            request.headers_mut().insert(header::CONTENT_TYPE, CONTENT_TYPE);
        }
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, authorization);
        headers.insert(header::ACCEPT, self.known.accept.clone());
        if let Some(version) = &call.if_match {
            let value = HeaderValue::try_from(version.as_str())
                .map_err(|_| "the version of the resource cannot stand in a header".to_owned())?;
            headers.insert(header::IF_MATCH, value);
        }
        if let Some(operation) = call.operation
            && let Ok(value) = HeaderValue::try_from(operation.to_string())
        {
            headers.insert("x-request-id", value);
        }
        Ok(request)
    }

    async fn exchange(&self, call: &Call, request: Request) -> Outcome {
        let host = self.host();
        let mut response = match self.client.execute(request).await {
            Ok(response) => response,
            // Only while connecting is it certain that no byte of the request left.
            Err(error) if error.is_builder() || error.is_connect() => {
                return Outcome::NotSent(fault::words(error, host));
            }
            Err(error) => return Outcome::MaybeSent(fault::words(error, host)),
        };
        let head = headers::read(response.status().as_u16(), response.headers());
        let cap = self.cap(call, &head);
        let (body, lossy, end) = body::read(&mut response, cap, host).await;
        match end {
            // An answer that is no success says so in its status line: its body is for people only.
            _ if !head.ok() => Outcome::Answered(Answer { body, lossy, ..head }),
            body::End::Whole => Outcome::Answered(Answer { body, lossy, ..head }),
            body::End::CutOff => Outcome::MaybeSent(format!(
                "the answer of {host} (HTTP {}) was larger than {} and was cut off",
                head.status,
                body::size(cap)
            )),
            body::End::Broken(reason) => {
                Outcome::MaybeSent(format!("HTTP {} came, then {reason}", head.status))
            }
        }
    }

    fn cap(&self, call: &Call, head: &Answer) -> usize {
        let caps = self.known.caps;
        if !head.ok() {
            caps.error
        } else if call.method == Method::Get && call.path.len() <= 1 {
            caps.list
        } else {
            caps.resource
        }
    }
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}

/// One line of the log: what kind of resource and how it went. No id, no query and no body: they name people.
fn log(call: &Call, outcome: &Outcome, took_ms: u32) {
    let status = match outcome {
        Outcome::Answered(answer) => answer.status,
        Outcome::NotSent(_) | Outcome::MaybeSent(_) => 0,
    };
    let resource = call.path.first().map_or("", String::as_str);
    let operation = call.operation.map(|id| id.to_string()).unwrap_or_default();
    tracing::debug!(method = ?call.method, resource, operation, status, took_ms, "request");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_nobody_knows_is_not_sent() {
        let base = BaseUrl::to_nowhere("http://scimdeck-test.invalid");
        let config = EndpointConfig::new("", Secret::new("token"));
        let endpoint = Endpoint::with_base(base, config).expect("an endpoint");
        match endpoint.send(&Call::new(Method::Post, &["Users"])).await.outcome {
            Outcome::NotSent(text) => assert!(text.contains("scimdeck-test.invalid was not found"), "{text}"),
            other => panic!("{other:?}"),
        }
    }
}
