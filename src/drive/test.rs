//! Test Connector Configuration, and the deeper look that is asked for.

use super::line::endpoint_config;
use super::shared::now;
use super::{Drive, open_line, problem};
use crate::domain::{Connection, Failure, FailureKind, Secret};
use crate::endpoint::{Endpoint, EndpointConfig, EndpointError, deep_probe, probe};
use crate::engine::{ActionResult, DeepReport, Problem, ProblemKind, TestReport, Verdict};

/// Sent where it is tried whether a token that is not the connection's is refused. Not a token of anybody.
const WRONG: &str = "scimdeck-asks-whether-a-wrong-token-is-refused";

impl Drive {
    /// Sends the one request that Okta's button sends, and reports per action.
    pub async fn test(&self) -> Result<TestReport, Problem> {
        super::line::close_line(&self.shared).await;
        let line = open_line(&self.shared).await.map_err(|f| problem::endpoint(&f))?;
        line.endpoint.may_read().map_err(|t| problem::endpoint(&t.into()))?;
        let directory = self.shared.directory();
        let connection = directory.connection();
        let report = probe::probe(&line.endpoint, connection.actions, connection.to_app).await;
        if report.ok() {
            self.shared.order(super::Order::TokenChanged);
        }
        Ok(told(report))
    }

    /// The same although the app asked to wait, for an operator who knows better: one request. Where it is answered,
    /// what was asked for is over, here and for whoever sends; of each kind of request one goes first then.
    pub async fn test_now(&self) -> Result<TestReport, Problem> {
        let shared = &self.shared;
        if shared.read_only {
            return Err(problem::read_only());
        }
        let waited = self.pause().await.is_some_and(|pause| pause.failure.kind == FailureKind::SlowDown);
        let connection = shared.look(|directory| directory.connection().clone());
        let token = super::line::scim_token(shared, &connection).await.map_err(|f| problem::endpoint(&f))?;
        let config = endpoint_config(&connection, &connection.base_url, token.secret);
        let endpoint = opened(EndpointConfig { waits: shared.waits.clone(), ..config })?;
        let report = probe::probe(&endpoint, connection.actions, connection.to_app).await;
        if report.ok() {
            // Whether the token is another one is asked with its next use.
            super::line::close_line(shared).await;
            super::asked::end(shared).await.map_err(|e| problem::store(&e))?;
            if waited {
                self.tell("wait ended", "the app asked to wait; asked all the same, it answered").await;
            }
            shared.order(super::Order::TokenChanged);
        }
        Ok(told(report))
    }

    /// Reads more of the endpoint than the test does, and says of each finding what it means. Writes nothing there;
    /// the request with a wrong token goes beside the queue and stops nothing.
    pub async fn deep_test(&self) -> Result<DeepReport, Problem> {
        let line = open_line(&self.shared).await.map_err(|f| problem::endpoint(&f))?;
        line.endpoint.may_read().map_err(|t| problem::endpoint(&t.into()))?;
        let directory = self.shared.directory();
        let connection = directory.connection();
        let stranger = endpoint(connection, Secret::new(WRONG))?;
        let found = deep_probe::run(&line.endpoint, &stranger, directory.attributes()).await;
        Ok(DeepReport { ok: found.ok(), requests: found.requests, lines: found.lines, at: now() })
    }

    /// The report on a new token, where the app refuses it: then it is not to be taken.
    pub(super) async fn refused(&self, secret: &Secret) -> Result<Option<TestReport>, Problem> {
        let directory = self.shared.directory();
        let connection = directory.connection();
        let endpoint = endpoint(connection, secret.clone())?;
        let report = told(probe::probe(&endpoint, connection.actions, connection.to_app).await);
        let refused = report.trouble.as_ref().is_some_and(|t| t.kind == FailureKind::TokenRefused);
        Ok(refused.then(|| {
            let mut report = report;
            if let Some(trouble) = &mut report.trouble {
                trouble.text =
                    format!("This new token was not taken, the one before is kept. {}", trouble.text);
            }
            report
        }))
    }
}

fn endpoint(connection: &Connection, secret: Secret) -> Result<Endpoint, Problem> {
    opened(endpoint_config(connection, &connection.base_url, secret))
}

fn opened(config: EndpointConfig) -> Result<Endpoint, Problem> {
    Endpoint::new(config).map_err(|error: EndpointError| {
        let text = format!("{}. Nothing was sent.", error.to_string().trim_end_matches('.'));
        Problem::new(ProblemKind::Endpoint, "unreachable", text, "Repair it, then test the connection.")
    })
}

fn told(report: probe::ProbeReport) -> TestReport {
    let ok = report.ok();
    let actions = report.actions.iter().map(|line| {
        let verdict = match line.verdict {
            probe::Verdict::Off => Verdict::Off,
            probe::Verdict::Declared => Verdict::Declared,
            probe::Verdict::Verified => Verdict::Verified,
            probe::Verdict::Failed => Verdict::Failed,
        };
        ActionResult {
            action: line.action.words().to_owned(),
            declared: verdict != Verdict::Off,
            verdict,
            text: line.reason.clone(),
        }
    });
    TestReport {
        ok,
        actions: actions.collect(),
        trouble: report.trouble.map(|trouble| Failure::from(trouble).of_a_look()),
        exchange: report.exchange,
        at: now(),
    }
}
