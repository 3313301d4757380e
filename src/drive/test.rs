//! Test Connector Configuration.

use super::shared::now;
use super::{Drive, open_line, problem};
use crate::domain::Failure;
use crate::endpoint::probe;
use crate::engine::{ActionResult, Problem, TestReport, Verdict};

impl Drive {
    /// Sends the one request that Okta's button sends, and reports per action.
    pub async fn test(&self) -> Result<TestReport, Problem> {
        super::line::close_line(&self.shared).await;
        let line = open_line(&self.shared).await.map_err(|f| problem::endpoint(&f))?;
        let directory = self.shared.directory();
        let connection = directory.connection();
        let report = probe::probe(&line.endpoint, connection.actions, connection.to_app).await;
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
        if report.ok() {
            self.shared.order(super::Order::TokenChanged);
        }
        Ok(TestReport {
            ok: report.ok(),
            actions: actions.collect(),
            trouble: report.trouble.map(Failure::from),
            exchange: report.exchange,
            at: now(),
        })
    }
}
