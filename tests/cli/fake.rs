//! A seam that answers from what a test puts into it and remembers what it was asked.

use std::cell::RefCell;

use scimdeck::audit::chain::{Chained, Head};
use scimdeck::audit::{AuditEntry, AuditQuery, Source};
use scimdeck::cli::Seam;
use scimdeck::directory::{Change, Directory, Link, Note, Observation, OpMark, Sweep};
use scimdeck::domain::*;
use scimdeck::engine::*;
use scimdeck::verbs::{AccountsFound, Command, Context, Decision, ImportReport, Refusal, match_accounts};
use tokio::sync::watch;

use crate::made::{entry, plan, report};
use crate::unsettled::unsettled;

pub(crate) const NOW: Time = Time::from_ms(1_767_322_800_000);

pub(crate) fn at(seconds: i64) -> Time {
    Time::from_ms(1_767_319_200_000 + seconds * 1000)
}

pub(crate) struct Fake {
    pub(crate) directory: Directory,
    pub(crate) decision: Decision,
    pub(crate) plan: Plan,
    pub(crate) report: Report,
    pub(crate) test: bool,
    pub(crate) protected: bool,
    pub(crate) stuck: Option<Time>,
    pub(crate) pause: Option<Pause>,
    pub(crate) asked: RefCell<Vec<Command>>,
    pub(crate) approved: RefCell<Vec<Approval>>,
}

impl Fake {
    pub(crate) fn new() -> Self {
        Self {
            directory: directory(),
            decision: Decision::here("Provision User", vec![]),
            plan: plan(),
            report: report(),
            test: true,
            protected: false,
            stuck: None,
            pause: None,
            asked: RefCell::default(),
            approved: RefCell::default(),
        }
    }
}

impl Seam for Fake {
    fn directory(&self) -> Directory {
        self.directory.clone()
    }

    async fn preview(&self, command: Command, typed: Vec<String>) -> Result<Preview, Problem> {
        self.asked.borrow_mut().push(command.clone());
        let mut decision = self.decision.clone();
        if self.protected && !typed.iter().any(|t| t == "ana@example.com") {
            let names = vec!["ana@example.com".to_owned()];
            decision.protected = Some(Refusal::protected("ana@example.com is protected.", names));
        }
        if let Command::ImportPeople(records, options) = &command {
            decision.import = Some(ImportReport {
                new: records.len() as u64,
                ignored: options.ignored,
                rejected: options.bad.clone(),
                ..Default::default()
            });
        }
        let mut plan = self.plan.clone();
        if matches!(command, Command::ImportAccounts(_)) {
            let mut ids = Ids::new(7);
            let mut context = Context { now: at(61), actor: "operator", ids: &mut ids, typed: &typed };
            decision = scimdeck::verbs::decide(&self.directory, &command, &mut context)?;
            plan = Plan { complete: true, ..Plan::default() };
        }
        let basis = Default::default();
        Ok(Preview {
            command,
            typed,
            decision,
            plan,
            observed: vec![],
            twice: vec![],
            exact: false,
            version: 1,
            basis,
        })
    }

    async fn run(
        &self,
        _: Preview,
        approval: Approval,
        progress: watch::Sender<Progress>,
    ) -> Result<Report, Problem> {
        let _ = progress.send(Progress { total: 3, done: 1, ..Default::default() });
        self.approved.borrow_mut().push(approval);
        Ok(self.report.clone())
    }

    async fn check(
        &self,
        people: Option<Vec<PersonId>>,
        progress: watch::Sender<Progress>,
    ) -> Result<CheckReport, Problem> {
        let _ = progress.send(Progress { total: 3, done: 2, ..Default::default() });
        // Whoever listens hears of it before the end.
        tokio::task::yield_now().await;
        let orphans = if people.is_none() { vec![orphan()] } else { Vec::new() };
        Ok(CheckReport {
            at: at(60),
            complete: true,
            why: None,
            people: people.map_or(5, |p| p.len() as u64),
            accounts: 3,
            strangers: 1,
            changed: 2,
            groups: 0,
            orphans,
        })
    }

    async fn orphans(&self) -> Result<Vec<compare::Orphan>, Problem> {
        Ok(vec![orphan()])
    }

    async fn scan(&self) -> Result<ImportScan, Problem> {
        let account = |id: &str, user: &str, given: &str, family: &str, role: &str| Account {
            remote_id: id.into(),
            version: None,
            values: AccountValues {
                active: true,
                user_name: user.into(),
                given_name: given.into(),
                family_name: family.into(),
                roles: roles(role),
                ..Default::default()
            },
        };
        let accounts = vec![
            account("9a01", "BO@example.com", "", "", "Admin"),
            account("9a02", "ed.red@example.org", "Ed\u{1b}[31m", "Red", "Analyst"),
            account("9a03", "fay@example.com", "Fay", "Wray", "Operator"),
            account("9a04", "cy@example.com", "Cy", "O'Neill", "Operator"),
            account("9a05", "no name", "No", "Name", "Operator"),
        ];
        let found = AccountsFound { accounts, missing: vec![], gap: None, at: at(60) };
        let review = match_accounts(&self.directory, &found);
        Ok(ImportScan { found: std::sync::Arc::new(found), review })
    }

    async fn test(&self) -> Result<TestReport, Problem> {
        let trouble = (!self.test).then(|| Failure {
            kind: FailureKind::TokenRefused,
            text: "The endpoint refused the token (401).".into(),
            next: "Replace it with: scimdeck token --token-file FILE".into(),
        });
        let verdict = if self.test { Verdict::Verified } else { Verdict::Failed };
        let action = |name: &str, verdict| ActionResult {
            action: name.into(),
            declared: true,
            verdict,
            text: "GET /Users answered".into(),
        };
        Ok(TestReport {
            ok: self.test,
            trouble,
            actions: vec![
                action("Import New Users and Profile Updates", verdict),
                action("Push New Users", Verdict::Declared),
            ],
            exchange: exchange(if self.test { 200 } else { 401 }),
            at: at(60),
        })
    }

    async fn test_now(&self) -> Result<TestReport, Problem> {
        self.test().await
    }

    async fn deep_test(&self) -> Result<DeepReport, Problem> {
        let line = |check: &str, verdict, found: &str, next: &str| ProbeLine {
            check: check.into(),
            verdict,
            found: found.into(),
            next: next.into(),
        };
        let lines = vec![
            line("Users can be read", ProbeVerdict::Pass, "the token is taken; 3 accounts are there", ""),
            line("Schemas", ProbeVerdict::Warn, "no such document (HTTP 404)", "Nothing needs it."),
        ];
        Ok(DeepReport { ok: self.test, lines, requests: 15, at: at(60) })
    }

    async fn set_token(&self, _: TokenSource) -> Result<TestReport, Problem> {
        self.test().await
    }

    async fn reported_roles(&self) -> Result<Vec<ReportedValue>, Problem> {
        let role = |value: &str, used| ReportedValue {
            value: value.into(),
            display: value.into(),
            used: Some(used),
            permitted: Some(5),
            supported: true,
        };
        Ok(vec![role("Admin", 4), role("Analyst", 1), role("Builder", 0)])
    }

    async fn hear(&self) {}
    async fn audit(&self, query: AuditQuery) -> Result<Vec<AuditEntry>, Problem> {
        let all = [
            entry(1, Source::Console, "create", Some(OpId(77)), "account made"),
            entry(2, Source::ScimAutoSync, "member_updated", Some(OpId(77)), "seen in the app's log"),
        ];
        Ok(all.into_iter().filter(|e| query.after.is_none_or(|after| e.seq > after)).collect())
    }

    async fn chained(&self, after: u64) -> Result<Vec<Chained>, Problem> {
        Ok(crate::made::chain().into_iter().filter(|entry| entry.seq > after).collect())
    }

    async fn deactivations(&self) -> Result<Vec<Operation>, Problem> {
        Ok(crate::made::deactivations())
    }

    async fn audit_head(&self) -> Result<Option<Head>, Problem> {
        let head = |last: &Chained| Head { count: last.seq, hash: last.hash };
        Ok(crate::made::chain().last().map(head))
    }

    fn holder(&self) -> Option<scimdeck::engine::HolderSeen> {
        Some(crate::made::holder())
    }

    async fn take_over(&self, holder: &str) -> Result<scimdeck::engine::HolderSeen, Problem> {
        assert_eq!(holder, "h0123abcd");
        Ok(crate::made::holder())
    }

    fn actor(&self) -> String {
        "operator".into()
    }

    async fn traces(&self, operation: OpId) -> Result<Vec<Trace>, Problem> {
        if operation != OpId(77) {
            return Ok(vec![]);
        }
        let step = "look up".to_owned();
        Ok(vec![Trace { seq: 1, operation: Some(operation), step, attempt: 1, exchange: exchange(200) }])
    }

    async fn tasks(&self, query: TasksQuery) -> Result<Tasks, Problem> {
        let mut rows = unsettled();
        rows.retain(|op| query.state.is_none_or(|state| op.state == state));
        Ok(Tasks { rows, counts: self.directory.queue(), stuck_since: Some(at(10)) })
    }

    async fn pause(&self) -> Option<Pause> {
        self.pause.clone()
    }

    async fn stuck_since(&self) -> Option<Time> {
        self.stuck
    }

    async fn undoable(&self, of: UndoOf) -> Result<Undoable, Problem> {
        let mut done = unsettled().remove(0);
        done.state = OpState::Done;
        Ok(match of {
            UndoOf::Operations(ids) if ids != [done.id] => vec![],
            _ => vec![done],
        }
        .into())
    }

    async fn resend(&self, people: Vec<PersonId>) -> Result<Report, Problem> {
        let mut report = self.report.clone();
        report.results.retain(|r| people.contains(&r.person));
        report.results.iter_mut().for_each(|r| r.operation = None);
        Ok(report)
    }

    async fn stop(&self) {}
}

fn exchange(status: u16) -> Exchange {
    Exchange {
        call: Call::new(Method::Get, &["Users"]).query("filter", "userName eq \"bo@example.com\""),
        outcome: scimdeck::domain::Outcome::Answered(Answer {
            status,
            content_type: "application/scim+json".into(),
            body: r#"{"totalResults":0,"Resources":[]}"#.into(),
            ..Default::default()
        }),
        at: at(59),
        took_ms: 12,
    }
}

fn orphan() -> compare::Orphan {
    compare::Orphan {
        user_name: "robot\u{1b}[2J@example.com".into(),
        account_id: "9a07".into(),
        external_id: None,
        active: true,
        roles: roles("Admin"),
        since: at(5),
    }
}

fn roles(value: &str) -> RoleValues {
    [("workato_role", value)].into_iter().collect()
}

pub(crate) fn connection() -> Connection {
    let base = "https://www.workato.com/scim/v2";
    let mut connection = Connection::new(ConnectionId(1), "workato", base, TokenSource::Memory);
    connection.enabled = true;
    connection.enabled_at = Some(at(0));
    connection
}

/// Five people: linked, not provisioned, suspended with access, failed through a group, noted.
pub(crate) fn directory() -> Directory {
    let mut d = Directory::new(connection());
    d.apply(&Change::Attribute(0, ProfileAttribute::workato("workato_role")));
    let person = |n, user: &str, given: &str, family: &str| {
        let mut person = Person::new(PersonId(n), user);
        (person.given_name, person.family_name) = (given.into(), family.into());
        person
    };
    let people = [
        person(1, "ana@example.com", "Ana", "Souza"),
        person(2, "bo@example.com", "小波", "林"),
        person(3, "cy@example.com", "Cy", "O'Neill"),
        person(4, "di@example.com", "דינה", "לוי"),
        person(5, "ed@example.com", "Ed\u{1b}[31m", "Red"),
    ];
    people.into_iter().for_each(|p| d.apply(&Change::Person(p.into())));
    let assigned = |role, origin| Assignment { roles: roles(role), since: at(0), origin };
    d.apply(&Change::Assigned(PersonId(1), assigned("Admin", Origin::Operator)));
    d.apply(&Change::Assigned(PersonId(2), assigned("Analyst", Origin::BeforeScim)));
    d.apply(&Change::Assigned(PersonId(3), assigned("Operator", Origin::Imported)));
    d.apply(&Change::Group(Group { id: GroupId(9), name: "Data Platform".into() }));
    d.apply(&Change::Member(GroupId(9), PersonId(4)));
    let group = GroupAssignment { priority: 1, roles: roles("Operator"), since: at(1) };
    d.apply(&Change::GroupAssigned(GroupId(9), group));
    for n in [1, 3] {
        let sent = d.get(PersonId(n)).unwrap().wanted();
        let link = Link {
            remote_id: format!("8f2c-{n}"),
            linked_at: at(2),
            settled: sent.clone(),
            sent,
            confirmed_at: at(2),
        };
        d.apply(&Change::Link(PersonId(n), link.into()));
    }
    let mut cy = d.get(PersonId(3)).unwrap().record();
    cy.status = Status::Suspended;
    d.apply(&Change::Person(cy.into()));
    let seen = Observation { state: AccountState::None, values: None, at: at(3) };
    d.apply(&Change::Observed(PersonId(2), seen.into()));
    let failure = Failure {
        kind: FailureKind::Refused,
        text: "The endpoint refused the account (400).".into(),
        next: "Look at the trace, then retry.".into(),
    };
    let mark = OpMark { id: OpId(78), kind: OpKind::Create, state: OpState::Parked, failure: Some(failure) };
    d.apply(&Change::Operation(PersonId(4), mark));
    let note = Note { text: "look again".into(), by: "operator".into(), at: at(4) };
    d.apply(&Change::Noted(PersonId(5), note));
    d.apply(&Change::Swept(Sweep { at: at(5), complete: true, accounts: 3, strangers: 1 }));
    d
}
