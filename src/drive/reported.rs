//! The role values that the endpoint reports.

use super::{Drive, open_line, problem};
use crate::domain::ReportedValue;
use crate::endpoint::Cause;
use crate::engine::{Problem, ProblemKind};

impl Drive {
    /// The role values that the endpoint says it takes, with their seats. Only reads.
    pub async fn reported_roles(&self) -> Result<Vec<ReportedValue>, Problem> {
        let line = open_line(&self.shared).await.map_err(|f| problem::endpoint(&f))?;
        let roles = line.endpoint.roles().await.map_err(|trouble| match trouble.cause {
            Cause::NotOffered => {
                let (text, next) = (trouble.text.clone(), trouble.next.clone());
                Problem::new(ProblemKind::BadInput, "not_reported", text, next)
            }
            _ => problem::endpoint(&trouble.into()),
        })?;
        let one = |role: crate::endpoint::ReportedRole| ReportedValue {
            value: role.value,
            display: role.display,
            used: role.used,
            permitted: role.permitted,
            supported: role.supported,
        };
        Ok(roles.into_iter().map(one).collect())
    }
}
