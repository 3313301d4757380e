//! An answer of a run was seen not to be true: what the run believed before that is read back before it ends.

use std::collections::HashMap;

use futures_util::StreamExt;
use futures_util::stream;

use super::finder;
use super::shared::now;
use super::{Drive, open_line};
use crate::directory::Directory;
use crate::domain::{Failure, FailureKind, Flag, OpKind, PersonId};
use crate::engine::{Finding, Findings, Outcome, RunResult};

impl Drive {
    /// Reads the accounts of all that is told as done, but for ends of access, which were read back; what is not so
    /// there is told as failed. An account that was made and is not there is none, whoever else is there.
    pub(super) async fn read_back(&self, results: &mut [RunResult]) {
        let believed: HashMap<PersonId, OpKind> = results
            .iter()
            .filter(|result| result.outcome == Outcome::Done)
            .filter_map(|result| Some((result.person, result.operation?.1)))
            .filter(|(_, kind)| *kind != OpKind::Deactivate)
            .collect();
        if let Err(failure) = self.look_at(&believed).await {
            tracing::warn!(failure = %failure.text, "what a run did could not be read back");
        }
        let directory = self.directory();
        for result in results.iter_mut().filter(|result| believed.contains_key(&result.person)) {
            if let Some(error) = not_so(&directory, result.person) {
                (result.outcome, result.error) = (Outcome::Failed, Some(error));
            }
        }
    }

    async fn look_at(&self, believed: &HashMap<PersonId, OpKind>) -> Result<(), Failure> {
        let line = open_line(&self.shared).await?;
        let directory = self.directory();
        let linked = believed
            .iter()
            .filter_map(|(id, kind)| Some((*id, *kind, directory.get(*id)?.remote_id()?.to_owned())));
        let (endpoint, attributes) = (&line.endpoint, directory.attributes());
        let looks = stream::iter(linked.collect::<Vec<_>>()).map(|(id, kind, remote_id)| async move {
            (id, kind, finder::read(endpoint, &remote_id, attributes).await)
        });
        let mut looks =
            std::pin::pin!(looks.buffer_unordered(directory.connection().concurrency.max(1) as usize));
        let mut findings = Findings::default();
        while let Some((id, kind, found)) = looks.next().await {
            match found? {
                Some(found) => findings.0.insert(id, Finding::Account(Box::new(found))),
                None if kind == OpKind::Create => findings.0.insert(id, Finding::Gone),
                None => None,
            };
        }
        self.learn(&directory, &findings, now()).await.map(drop).map_err(|problem| Failure {
            kind: FailureKind::Store,
            text: problem.text,
            next: problem.next,
        })
    }
}

/// What is not as the run was told, by what was read.
fn not_so(directory: &Directory, id: PersonId) -> Option<Failure> {
    let person = directory.get(id)?;
    let flags = person.flags();
    let what = if flags.contains(Flag::AccountGone) {
        "is not there".to_owned()
    } else if flags.contains(Flag::Drift) {
        let (_, settled, theirs) = person.known()?;
        let moved = settled.differences(&theirs).into_iter().map(|difference| difference.attribute);
        format!("is not as sent ({})", moved.collect::<Vec<_>>().join(", "))
    } else {
        return None;
    };
    Some(Failure {
        kind: FailureKind::NotApplied,
        text: format!(
            "the app answered that the change of {} was done, and their account {what} when it is read.",
            person.user_name()
        ),
        next: "The app's answers are not true: compare everybody with the app (scimdeck check), then retry, or report \
               it to the app's vendor."
            .to_owned(),
    })
}
