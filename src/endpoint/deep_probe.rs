//! A deeper look at an endpoint than the test's one request: reads only, each finding with what it means.
//!
//! What is looked at follows the checks of Okta's SCIM test suite (its twelve requests) without the ones that write, and
//! the failures that operators met in the field: filters that are passed over, pages that do not fit together, errors
//! that are no SCIM, tokens that are not looked at.

mod documents;
mod filters;
mod pages;
mod wire;

use super::{Endpoint, Trouble, excerpt, judge};
use crate::domain::{Call, Exchange, Method, ProbeLine, ProbeVerdict, ProfileAttribute};
use crate::scim::resource::Resource;

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct DeepFindings {
    /// One line per check, in the order of looking.
    pub lines: Vec<ProbeLine>,
    /// How many requests it took.
    pub requests: u32,
}

impl DeepFindings {
    /// Whether nothing failed.
    pub fn ok(&self) -> bool {
        self.lines.iter().all(|line| line.verdict != ProbeVerdict::Fail)
    }
}

/// Looks. `stranger` is the same endpoint with a token that nobody gave out.
pub async fn run(endpoint: &Endpoint, stranger: &Endpoint, attributes: &[ProfileAttribute]) -> DeepFindings {
    let mut look = Look { endpoint, found: DeepFindings::default() };
    look.connection();
    let first = look.first_page().await;
    let Some(first) = first else { return look.found };
    look.documents(attributes).await;
    look.filters(&first).await;
    look.pages(&first).await;
    look.missing().await;
    look.wrong_token(stranger).await;
    look.latency(&first).await;
    look.clock(&first.exchange);
    look.found
}

/// A look under way.
struct Look<'a> {
    endpoint: &'a Endpoint,
    found: DeepFindings,
}

/// The first page, which the other checks build on.
struct First {
    exchange: Exchange,
    document: Resource,
    users: Vec<Resource>,
}

impl Look<'_> {
    fn pass(&mut self, check: &str, found: impl Into<String>) {
        self.line(check, ProbeVerdict::Pass, found, "");
    }

    fn warn(&mut self, check: &str, found: impl Into<String>, next: &str) {
        self.line(check, ProbeVerdict::Warn, found, next);
    }

    fn fail(&mut self, check: &str, found: impl Into<String>, next: &str) {
        self.line(check, ProbeVerdict::Fail, found, next);
    }

    fn line(&mut self, check: &str, verdict: ProbeVerdict, found: impl Into<String>, next: &str) {
        let (check, found, next) = (check.to_owned(), found.into(), next.to_owned());
        self.found.lines.push(ProbeLine { check, verdict, found, next });
    }

    async fn get(&mut self, path: &[&str], query: &[(&str, &str)]) -> Exchange {
        let call =
            query.iter().fold(Call::new(Method::Get, path), |call, (name, value)| call.query(name, *value));
        self.found.requests += 1;
        self.endpoint.send(&call).await
    }

    /// A GET whose answer is a JSON object.
    async fn object(
        &mut self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<(Exchange, Resource), Trouble> {
        let exchange = self.get(path, query).await;
        let object = object_of(&exchange)?;
        Ok((exchange, object))
    }
}

fn object_of(exchange: &Exchange) -> Result<Resource, Trouble> {
    let answer = judge(&exchange.call, &exchange.outcome)?;
    let text = answer.body.trim_start_matches('\u{feff}');
    serde_json::from_str(text).map_err(|_| Trouble::not_scim(answer, "a JSON object"))
}

/// The objects of a list's `Resources`.
fn rows(document: &Resource) -> Vec<Resource> {
    let rows = crate::scim::resource::get(document, "Resources").and_then(|rows| rows.as_array());
    rows.into_iter().flatten().filter_map(|row| row.as_object().cloned()).collect()
}

/// A text attribute of a resource, made short and harmless for a sentence.
fn shown(resource: &Resource, name: &str) -> String {
    excerpt(crate::scim::resource::text(resource, name).unwrap_or_default(), 60)
}
