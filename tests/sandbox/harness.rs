//! A started sandbox and a client for it.

use reqwest::{Client, Method, RequestBuilder, Response};
use scimdeck::sandbox::{Sandbox, SandboxConfig};
use serde_json::{Value, json};

use crate::nowhere::{LOG, SCIM};

pub(crate) const ROLE: &str = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole";

pub(crate) struct Server {
    pub(crate) sandbox: Sandbox,
    pub(crate) client: Client,
}

pub(crate) fn config() -> SandboxConfig {
    SandboxConfig::new(SCIM.to_owned().into(), LOG.to_owned().into())
}

pub(crate) fn client() -> Client {
    // A second installation in the same process is refused, and is the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().retry(reqwest::retry::never()).build().expect("a client")
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::with(config()).await
    }

    pub(crate) async fn with(config: SandboxConfig) -> Self {
        Self { sandbox: Sandbox::start(config).await.expect("a sandbox"), client: client() }
    }

    pub(crate) async fn with_fault(spec: &str) -> Self {
        let mut config = config();
        config.faults = vec![spec.parse().expect("a fault")];
        Self::with(config).await
    }

    /// An address of the host, outside the SCIM API.
    pub(crate) fn url(&self, path: &str) -> String {
        self.sandbox.base_url().replace("/scim/v2", path)
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.sandbox.base_url());
        self.client.request(method, url).bearer_auth(SCIM)
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let request = self.request(method, path).header("content-type", "application/scim+json");
        read(request.body(body.to_string()).send().await.expect("an answer")).await
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        read(self.request(Method::GET, path).send().await.expect("an answer")).await
    }

    pub(crate) async fn list(&self, query: &[(&str, &str)]) -> (u16, Value) {
        read(self.request(Method::GET, "/Users").query(query).send().await.expect("an answer")).await
    }

    /// Creates a user and gives the id.
    pub(crate) async fn create(&self, user_name: &str, role: &str) -> String {
        let (status, user) = self.send(Method::POST, "/Users", &user(user_name, role)).await;
        assert_eq!(status, 201, "{user}");
        user["id"].as_str().expect("an id").to_owned()
    }

    pub(crate) async fn activity(&self, query: &[(&str, &str)]) -> (u16, Value) {
        let request = self.client.get(self.sandbox.activity_url()).bearer_auth(LOG);
        read(request.query(query).send().await.expect("an answer")).await
    }

    pub(crate) async fn control(&self, call: &str, body: &Value) -> (u16, Value) {
        let url = self.sandbox.base_url().replace("/scim/v2", &format!("/sandbox/{call}"));
        let request = self.client.post(url).header("content-type", "application/json");
        read(request.body(body.to_string()).send().await.expect("an answer")).await
    }
}

pub(crate) async fn read(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let body = response.bytes().await.expect("a body");
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

pub(crate) fn user(user_name: &str, role: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ROLE],
        "userName": user_name,
        "externalId": format!("ext-{user_name}"),
        "name": {"givenName": "Ana", "familyName": "Ruiz"},
        "emails": [{"value": user_name, "type": "work", "primary": true}],
        (ROLE): {"workato_role": role},
    })
}
