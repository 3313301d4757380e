//! An app that changes nobody before they accepted: what waits, what is told, and how an invitation is sent again.

use std::collections::BTreeMap;

use scimdeck::audit::{AuditQuery, Source};
use scimdeck::domain::{
    AccountState, Connection, ConnectionId, FailureKind, Feed, Flag, OpState, PersonId, ProfileAttribute,
    Status, TokenSource,
};
use scimdeck::drive::{Drive, add_connection, open_store};
use scimdeck::engine::{Outcome, ProblemKind, Report, TasksQuery};
use scimdeck::verbs::{Command, ImportOptions, PersonRecord};

use crate::bench::{PROVISION, name, open, open_as, run, until};
use crate::inviting::Inviting;
use crate::nowhere::Folder;

struct Story {
    app: Inviting,
    home: Folder,
    drive: Drive,
}

impl Story {
    /// One person, provisioned and invited; with a feed that is read every second, or without one.
    async fn start(feed: bool) -> Self {
        let app = Inviting::start().await;
        let home = Folder::new();
        let mut connection =
            Connection::new(ConnectionId(0), "workato", &app.base_url(), TokenSource::Memory);
        connection.timeout_s = 5;
        connection.feed = feed.then(|| Feed {
            url: app.log_url(),
            token: TokenSource::Memory,
            every_s: 1,
            resend_url: Some(app.resend_url()),
        });
        let store = open_store(home.path()).expect("a store");
        add_connection(&store, connection).await.expect("a connection");
        drop(store);
        let drive = open(&home, feed).await;
        let story = Self { app, home, drive };
        story.run(Command::AttributeAdd(ProfileAttribute::workato("workato_role"))).await;
        let record = PersonRecord {
            line: 2,
            user_name: name(1),
            assigned: Some(true),
            roles: BTreeMap::from([("workato_role".to_owned(), "Operator".to_owned())]),
            ..PersonRecord::default()
        };
        story.run(Command::ImportPeople(vec![record], ImportOptions::default())).await;
        story.run(Command::Enable).await;
        let report = story.run(PROVISION).await;
        assert_eq!(report.count(Outcome::Done), 1, "{report:?}");
        if feed {
            until("invited", || story.account() == AccountState::Invited).await;
        }
        story
    }

    async fn run(&self, command: Command) -> Report {
        run(&self.drive, command).await.expect("it goes through")
    }

    fn id(&self) -> PersonId {
        self.drive.directory().find(&name(1)).expect("they are here").id()
    }

    fn account(&self) -> AccountState {
        self.drive.directory().find(&name(1)).expect("they are here").account()
    }

    fn flags(&self) -> Vec<Flag> {
        self.drive.directory().find(&name(1)).expect("they are here").flags().iter().collect()
    }

    async fn role(&self, value: &str) -> Report {
        let values = BTreeMap::from([("workato_role".to_owned(), value.to_owned())]);
        self.run(Command::Role { people: vec![self.id()], values }).await
    }

    async fn resend(&self) -> Report {
        self.drive.resend(vec![self.id()]).await.expect("a report")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_waits_for_the_invitation_and_is_sent_as_soon_as_the_log_tells_the_acceptance() {
    let story = Story::start(true).await;
    let report = story.role("Admin").await;
    assert_eq!(report.count(Outcome::Held), 1, "{report:?}");
    let why = report.results[0].error.as_ref().expect("a reason");
    assert_eq!(why.kind, FailureKind::Pending);
    assert!(why.next.contains("scimdeck resend"), "{why:?}");
    assert_eq!(story.flags(), [Flag::Unsent, Flag::Pending], "it waits and is no failure");
    let tasks = story.drive.tasks(TasksQuery::default()).await.expect("tasks");
    assert_eq!((tasks.rows.len(), tasks.rows[0].state, tasks.rows[0].attempts), (1, OpState::Waiting, 0));
    assert_eq!(story.app.role(), "Operator");
    story.app.accept();
    until("sent", || story.app.role() == "Admin").await;
    until("settled", || story.flags().is_empty()).await;
    assert_eq!(story.app.refused(), 1, "not tried in between");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_deactivation_of_a_pending_person_waits_and_access_remains_is_first() {
    let story = Story::start(true).await;
    // The record says that the invitation is open: a refusal that gives no reason is taken for it.
    story.app.say_nothing();
    let report = story.run(Command::SetStatus { people: vec![story.id()], status: Status::Suspended }).await;
    assert_eq!(report.count(Outcome::Failed), 1, "{report:?}");
    assert_eq!(report.results[0].error.as_ref().map(|e| e.kind), Some(FailureKind::Pending));
    assert_eq!(story.flags().first(), Some(&Flag::AccessRemains));
    story.app.accept();
    until("access ended", || !story.app.active()).await;
    until("settled", || story.flags().is_empty()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_log_the_refusal_itself_tells_that_somebody_is_pending() {
    let story = Story::start(false).await;
    assert_eq!(story.account(), AccountState::Active, "nobody told");
    story.role("Admin").await;
    assert_eq!(story.flags(), [Flag::Unsent, Flag::Pending]);
    story.app.accept();
    let report = story.run(Command::Apply).await;
    assert_eq!(report.count(Outcome::Done), 1, "{report:?}");
    assert_eq!(story.app.role(), "Admin");
    assert_eq!(story.flags(), [], "who takes a change has accepted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_is_sent_again_once_in_20_minutes_and_kept_in_the_audit() {
    let story = Story::start(true).await;
    let report = story.resend().await;
    assert_eq!(report.count(Outcome::Done), 1, "{report:?}");
    let report = story.resend().await;
    let why = report.results[0].error.clone().expect("a reason");
    assert_eq!(why.kind, FailureKind::SlowDown);
    assert!(why.next.contains("possible again at"), "{why:?}");
    story.app.accept();
    let report = story.resend().await;
    assert_eq!(report.count(Outcome::Unchanged), 1, "{report:?}");
    until("accepted", || story.account() == AccountState::Active).await;
    let entries =
        story.drive.audit(AuditQuery { limit: 100, ..AuditQuery::default() }).await.expect("entries");
    let told: Vec<&str> = entries
        .iter()
        .filter(|e| e.source == Source::Invitation && e.actor == "tester")
        .map(|e| e.event.as_str())
        .collect();
    assert_eq!(told, ["invitation resent", "invitation not resent", "invitation accepted"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_sent_again_without_an_address_for_it_or_in_read_only_mode() {
    let story = Story::start(false).await;
    let problem = story.drive.resend(vec![story.id()]).await.expect_err("no address");
    assert_eq!(problem.code, "no_resend");
    assert!(problem.next.contains("in the app"), "{problem:?}");
    let reader = open_as(&story.home, false, true).await;
    let problem = reader.resend(vec![story.id()]).await.expect_err("read-only");
    assert_eq!(problem.kind, ProblemKind::NotAllowed);
}
