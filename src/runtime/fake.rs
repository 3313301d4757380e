//! A stand-in for the one path of every write.

use std::sync::{Arc, Mutex};

use tokio::sync::{mpsc, watch};

use super::Seam;
use crate::app::fixture::{self, ANA, BAO, NOW, entry};
use crate::app::tests;
use crate::audit::{AuditEntry, AuditQuery, Source};
use crate::directory::{Change, Directory, Link};
use crate::domain::{Answer as Answered, Call, Method, Outcome as Sent, Undoable};
use crate::domain::{
    Assignment, ConnectionId, Exchange, GivenToken, OpId, OpKind, PersonId, ProbeLine, ProbeVerdict, Secret,
};
use crate::engine::{
    Approval, CheckReport, Connected, ConnectionRow, DeepReport, ImportScan, NewConnection, Notice, Outcome,
    Preview, Problem, ProblemKind, Progress, Report, RunResult, Tasks, TasksQuery, TestReport, Trace, UndoOf,
};
use crate::verbs::{Command, Who};

/// Plays the one path of every write on a directory in memory.
pub(super) struct Fake {
    directory: Mutex<Directory>,
    notices: Mutex<Option<mpsc::UnboundedReceiver<Notice>>>,
    tell: mpsc::UnboundedSender<Notice>,
    /// Whether runs stand still until they are dropped.
    stuck: bool,
}

impl Fake {
    pub(super) fn new(stuck: bool) -> Self {
        let (tell, notices) = mpsc::unbounded_channel();
        let directory = Mutex::new(fixture::directory());
        Self { directory, notices: Mutex::new(Some(notices)), tell, stuck }
    }

    pub(super) fn link(&self, id: PersonId) {
        let mut directory = self.directory.lock().unwrap();
        let sent = directory.get(id).unwrap().wanted();
        let link = Link {
            remote_id: id.0.to_string(),
            linked_at: NOW,
            settled: sent.clone(),
            sent,
            confirmed_at: NOW,
        };
        directory.apply(&Change::Link(id, link.into()));
    }
}

impl Seam for Arc<Fake> {
    fn directory(&self) -> Directory {
        self.directory.lock().unwrap().clone()
    }

    fn notices(&self) -> mpsc::UnboundedReceiver<Notice> {
        self.notices.lock().unwrap().take().unwrap()
    }

    async fn preview(&self, command: Command, _: Vec<String>) -> Result<Preview, Problem> {
        assert!(!matches!(command, Command::Disable), "a defect on a worker");
        let people: Vec<PersonId> = match &command {
            Command::Provision(Who::NotProvisioned) => vec![ANA, BAO],
            Command::Provision(Who::Named(people)) | Command::Role { people, .. } => people.clone(),
            _ => return Err(Problem::new(ProblemKind::BadInput, "no", "Not here.", "Try another.")),
        };
        let directory = self.directory();
        let names: Vec<(PersonId, String)> =
            people.iter().map(|id| (*id, directory.get(*id).unwrap().user_name().to_owned())).collect();
        let named: Vec<(PersonId, &str)> = names.iter().map(|(id, name)| (*id, name.as_str())).collect();
        Ok(tests::preview(command, &named, None))
    }

    async fn run(
        &self,
        preview: Preview,
        _: Approval,
        progress: watch::Sender<Progress>,
    ) -> Result<Report, Problem> {
        if self.stuck {
            std::future::pending::<()>().await;
        }
        let mut results = Vec::new();
        for planned in &preview.plan.operations {
            if let Command::Role { values, .. } = &preview.command {
                let roles = values.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
                let assignment = Assignment { roles, since: NOW, ..Default::default() };
                self.directory.lock().unwrap().apply(&Change::Assigned(planned.person, assignment));
            }
            self.link(planned.person);
            let operation = OpId(planned.person.0);
            let mut audit = entry(planned.person.0, Source::ScimAutoSync, planned.kind.word());
            audit.operation = Some(operation);
            self.tell.send(Notice::Directory(self.directory())).unwrap();
            self.tell.send(Notice::Audit(vec![audit])).unwrap();
            progress.send_modify(|p| p.done += 1);
            results.push(RunResult {
                person: planned.person,
                user_name: planned.user_name.clone(),
                operation: Some((operation, OpKind::Create)),
                outcome: Outcome::Done,
                error: None,
            });
        }
        Ok(Report { results, ..Report::default() })
    }

    async fn orphans(&self) -> Result<Vec<crate::engine::compare::Orphan>, Problem> {
        Ok(Vec::new())
    }

    async fn check(
        &self,
        _: Option<Vec<PersonId>>,
        _: watch::Sender<Progress>,
    ) -> Result<CheckReport, Problem> {
        Ok(CheckReport {
            at: NOW,
            complete: true,
            why: None,
            people: 6,
            accounts: 4,
            strangers: 1,
            changed: 0,
            groups: 0,
            orphans: Vec::new(),
        })
    }

    async fn save_plan(&self, _: Preview, _: String) -> Result<(), Problem> {
        Ok(())
    }

    async fn open_plan(&self, _: String) -> Result<Preview, Problem> {
        self.preview(Command::Apply, Vec::new()).await
    }

    async fn scan(&self) -> Result<ImportScan, Problem> {
        Ok(crate::app::fixture::scan(&self.directory()))
    }

    async fn test(&self) -> Result<TestReport, Problem> {
        Ok(TestReport { ok: true, trouble: None, actions: Vec::new(), exchange: exchange(), at: NOW })
    }

    async fn test_now(&self) -> Result<TestReport, Problem> {
        self.test().await
    }

    async fn deep_test(&self) -> Result<DeepReport, Problem> {
        let line = ProbeLine {
            check: "Wrong token is refused".into(),
            verdict: ProbeVerdict::Pass,
            found: "HTTP 401, as it should be".into(),
            next: String::new(),
        };
        Ok(DeepReport { ok: true, lines: vec![line], requests: 15, at: NOW })
    }

    async fn replace_token(&self, token: GivenToken) -> Result<TestReport, Problem> {
        assert_eq!(token, GivenToken::Pasted(Secret::new("tok-1")));
        self.test().await
    }

    async fn locked(&self) -> bool {
        false
    }

    async fn unlock(&self, _: Secret) -> Result<TestReport, Problem> {
        self.test().await
    }

    async fn connections(&self) -> Result<Vec<ConnectionRow>, Problem> {
        let row = |id, name: &str, badge: &str, current| ConnectionRow {
            id: ConnectionId(id),
            name: name.into(),
            badge: badge.into(),
            base_url: "https://workato.com/scim/v2".into(),
            enabled: true,
            current,
            queued: 0,
            standing: 0,
        };
        Ok(vec![row(1, "workato", "SANDBOX", true), row(2, "workato-prod", "PROD", false)])
    }

    async fn connect(&self, new: NewConnection) -> Result<Connected, Problem> {
        Ok(Connected { id: ConnectionId(3), name: new.name, report: self.test().await? })
    }

    async fn switch(&self, _: ConnectionId) -> Result<Self, Problem> {
        Ok(Self::clone(self))
    }
    async fn reported_roles(&self) -> Result<Vec<crate::domain::ReportedValue>, Problem> {
        Err(Problem::new(ProblemKind::BadInput, "no", "Not here.", "Try another."))
    }

    async fn audit(&self, _: AuditQuery) -> Result<Vec<AuditEntry>, Problem> {
        Ok(Vec::new())
    }

    async fn traces(&self, operation: OpId) -> Result<Vec<Trace>, Problem> {
        let step = "write".to_owned();
        Ok(vec![Trace { seq: 1, operation: Some(operation), step, attempt: 1, exchange: exchange() }])
    }

    async fn tasks(&self, _: TasksQuery) -> Result<Tasks, Problem> {
        Ok(Tasks::default())
    }

    async fn undoable(&self, _: UndoOf) -> Result<Undoable, Problem> {
        Ok(Undoable::default())
    }

    async fn resend(&self, _: Vec<PersonId>) -> Result<Report, Problem> {
        Ok(Report::default())
    }

    async fn rehearse(&self, _: crate::domain::RehearsalChange) -> Result<crate::domain::Rehearsal, Problem> {
        Ok(crate::domain::Rehearsal::default())
    }

    async fn resume(&self, _: bool) -> Result<(), Problem> {
        Ok(())
    }

    async fn stop_run(&self) {}
}

fn exchange() -> Exchange {
    let answer = Answered { status: 201, body: r#"{"id":"77","active":true}"#.into(), ..Default::default() };
    let call = Call::new(Method::Post, &["Users"]).body(serde_json::json!({"userName": "ana@example.com"}));
    Exchange { call, outcome: Sent::Answered(answer), at: NOW, took_ms: 12 }
}
