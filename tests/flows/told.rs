//! Every decision there is leaves an entry: who, what, about whom or what, the values before and after, and a reason
//! where somebody loses access. The table is over every kind of command: a new one has no place in it and does not
//! compile until it is given one.

use std::collections::BTreeSet;

use scimdeck::audit::{Access, AuditEntry, AuditQuery, Source};
use scimdeck::domain::{
    Badge, ImportRules, Member, PersonId, ProfileAttribute, RehearsalChange, RoleValues, Status, TokenSource,
    Unlinked,
};
use scimdeck::engine::{Approval, Progress, UndoOf};
use scimdeck::sandbox::{Preset, Roles};
use scimdeck::verbs::{
    Accept, AccountsImport, Command, Convertees, FileSeen, GroupRecord, ImportOptions, PersonFields,
};
use tokio::sync::watch;

use crate::bench::*;
use crate::program::ROLE;

const TEAM: &str = "Team";
const OTHER: &str = "Other";
const NEW: &str = "new@example.com";

/// How it must be told.
enum Told {
    /// By an entry of the decision about this subject, with a value of this attribute before and after.
    Moved(&'static str),
    /// Nothing here moves: by an entry that says what becomes of the queue.
    Queue,
    /// By the entries of what was sent for it.
    Sent,
    /// By an entry that names the source and what was in it.
    Import,
}

/// The place of each kind in the table, and how it is told.
fn told(command: &Command) -> (usize, Told) {
    use Told::{Import, Moved, Queue, Sent};
    match command {
        Command::Provision(_) => (0, Sent),
        Command::Assign { .. } => (1, Moved("assignment")),
        Command::AssignGroup { .. } => (2, Moved("workato_role")),
        Command::Unassign(_) => (3, Moved("active")),
        Command::UnassignGroup(_) => (4, Moved("priority")),
        Command::Convert(_) => (5, Moved("assignment")),
        Command::ConvertBack(_) => (6, Moved("assignment")),
        Command::Role { .. } => (7, Moved("workato_role")),
        Command::GroupRole { .. } => (8, Moved("workato_role")),
        Command::SetStatus { .. } => (9, Moved("active")),
        Command::PersonSet { .. } => (10, Moved("title")),
        Command::PersonRemove(_) => (11, Moved("active")),
        Command::GroupAdd(_) => (12, Moved("group")),
        Command::GroupRemove(_) => (13, Moved("group")),
        Command::MemberAdd(..) => (14, Moved("group")),
        Command::MemberRemove(..) => (15, Moved("group")),
        Command::DriftPush(_) => (16, Sent),
        Command::DriftAdopt(_) => (17, Moved("workato_role")),
        Command::Unlink(_) => (18, Moved("account")),
        Command::Recreate(_) => (19, Moved("account")),
        Command::Undo(_) => (20, Moved("workato_role")),
        Command::ConnectionSet(_) => (21, Moved("timeout_s")),
        Command::PushGroup(_) => (22, Moved("pushed")),
        Command::UnpushGroup(..) => (23, Moved("pushed")),
        Command::MemberReplace { .. } => (24, Moved("members")),
        Command::Priority(..) => (25, Moved("priority")),
        Command::AttributeAdd(_) => (26, Moved("variable")),
        Command::AttributeSet { .. } => (27, Moved("display_name")),
        Command::AttributeRemove(_) => (28, Moved("variable")),
        Command::AttributeRepair { .. } => (29, Moved("external_namespace")),
        Command::Flag { .. } => (30, Moved("note")),
        Command::Unflag(_) => (31, Moved("note")),
        Command::Protect(_) => (32, Moved("protected")),
        Command::Unprotect(_) => (33, Moved("protected")),
        Command::Enable => (34, Moved("enabled")),
        Command::Disable => (35, Moved("enabled")),
        Command::ImportPeople(..) => (36, Import),
        Command::ImportGroups(..) => (37, Import),
        Command::ImportAccounts(_) => (38, Import),
        Command::ImportRules(_) => (39, Moved("import.partial")),
        Command::Apply => (40, Sent),
        Command::Retry(_) => (41, Queue),
        Command::Drop(_) => (42, Queue),
    }
}

/// As many as there are places in the table.
const KINDS: usize = 43;

struct Story {
    flow: Flow,
    seen: BTreeSet<usize>,
    last: u64,
}

impl Story {
    async fn new_entries(&mut self) -> Vec<AuditEntry> {
        let query = AuditQuery { after: Some(self.last), limit: 10_000, ..AuditQuery::default() };
        let entries = self.flow.drive.audit(query).await.expect("the log");
        self.last = entries.last().map_or(self.last, |entry| entry.seq);
        entries
    }

    fn id(&self, user: &str) -> PersonId {
        self.flow.drive.directory().find(user).unwrap_or_else(|| panic!("{user} is here")).id()
    }

    /// Decides it, and looks at how it is told about this subject.
    async fn decide(&mut self, command: Command, subject: &str) -> Vec<AuditEntry> {
        let (place, told) = told(&command);
        self.seen.insert(place);
        self.new_entries().await;
        let cause = command.cause();
        let preview = self.flow.drive.preview(command, Vec::new()).await.expect(cause);
        assert_eq!(preview.decision.left_out, [], "{cause} about {subject}");
        let reason = preview.removes().then(|| "left".to_owned());
        let approval = Approval { confirmed: true, brake: None, reason };
        let run = self.flow.drive.run(preview, approval, watch::channel(Progress::default()).0);
        tokio::time::timeout(DEADLINE, run).await.expect("a run ends").expect(cause);
        let entries = self.new_entries().await;
        let about = |entry: &&AuditEntry| entry.subject.split(", ").any(|name| name == subject);
        let decided = |entry: &&AuditEntry| about(entry) && entry.event == cause && entry.operation.is_none();
        let moved = |entry: &AuditEntry, name: &str| {
            entry.changes.iter().any(|one| one.attribute == name && one.before != one.after)
        };
        let holds = match told {
            Told::Moved(name) => entries.iter().filter(decided).any(|entry| moved(entry, name)),
            Told::Queue => entries.iter().filter(decided).any(|entry| !entry.detail.is_empty()),
            Told::Sent => {
                entries.iter().filter(about).any(|e| e.operation.is_some() && !e.changes.is_empty())
            }
            Told::Import => entries
                .iter()
                .filter(decided)
                .any(|entry| entry.source == Source::Import && entry.detail.contains(" new, ")),
        };
        let seen: Vec<_> =
            entries.iter().map(|e| (&e.event, &e.subject, &e.detail, e.operation, &e.changes)).collect();
        assert!(holds, "{cause} about {subject}: {seen:#?}");
        for entry in entries.iter().filter(|entry| entry.source.ours()) {
            assert!(entry.actor == "tester" && !entry.subject.is_empty(), "{cause}: {entry:#?}");
            let why = entry.access != Some(Access::Ended) || entry.reason.as_deref() == Some("left");
            assert!(why, "{cause}: {entry:#?}");
        }
        entries
    }

    /// As [`Self::decide`], and it takes this person's access.
    async fn takes_access(&mut self, command: Command, person: &str, subject: &str) {
        let entries = self.decide(command, subject).await;
        let ended = |entry: &AuditEntry| entry.subject == person && entry.access == Some(Access::Ended);
        assert!(entries.iter().any(ended), "{entries:#?}");
    }

    fn by_hand(&self, n: usize, role: &str) {
        let workspace = self.flow.sandbox.workspace();
        let mut workspace = workspace.lock().expect("no panic");
        workspace.set_role_by_hand(&name(n), "workato_role", role, jiff::Timestamp::now()).expect("a role");
    }

    async fn check(&self) {
        self.flow.drive.check(None).await.expect("a check");
    }

    fn role(&self, n: usize, value: &str) -> Command {
        let values = [("workato_role".to_owned(), value.to_owned())].into();
        Command::Role { people: vec![self.id(&name(n))], values }
    }
}

fn roles(value: &str) -> RoleValues {
    [("workato_role", value)].into_iter().collect()
}

fn file(name: &str) -> ImportOptions {
    let file = FileSeen { name: name.to_owned(), bytes: 7, sha256: "ab".repeat(32) };
    ImportOptions { file: Some(file), ..ImportOptions::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_of_decision_is_told_with_who_what_whom_before_after_and_why() {
    let flow = Flow::with(Setup { people: 8, ..Setup::default() }).await;
    let mut story = Story { flow, seen: BTreeSet::new(), last: 0 };
    story.decide(PROVISION, &name(1)).await;
    attributes(&mut story).await;
    people(&mut story).await;
    groups(&mut story).await;
    drift(&mut story).await;
    settings(&mut story).await;
    imports(&mut story).await;
    queue(&mut story).await;
    assert_eq!(story.seen, (0..KINDS).collect(), "each kind was decided");
}

async fn attributes(story: &mut Story) {
    let cost = ProfileAttribute {
        external_namespace: None,
        required: false,
        ..ProfileAttribute::workato("cost_center")
    };
    story.decide(Command::AttributeAdd(cost.clone()), "cost_center").await;
    let repair = Command::AttributeRepair { variables: vec!["cost_center".into()], namespace: ROLE.into() };
    story.decide(repair, "cost_center").await;
    let attribute =
        ProfileAttribute { display_name: "Cost".into(), external_namespace: Some(ROLE.into()), ..cost };
    story.decide(Command::AttributeSet { variable: "cost_center".into(), attribute }, "cost_center").await;
    story.decide(Command::AttributeRemove("cost_center".into()), "cost_center").await;
    let members = ["Gold", "Silver"].map(Member::plain).to_vec();
    let tier = ProfileAttribute { members, required: false, ..ProfileAttribute::workato("tier") };
    story.decide(Command::AttributeAdd(tier), "tier").await;
    let (from, to) = ("Gold".to_owned(), "Silver".to_owned());
    story.decide(Command::MemberReplace { variable: "tier".into(), from, to }, "tier").await;
}

async fn people(story: &mut Story) {
    let fields = PersonFields {
        user_name: Some(NEW.into()),
        given_name: Some("Nia".into()),
        family_name: Some("Ek".into()),
        title: Some("Boss".into()),
        ..PersonFields::default()
    };
    story.decide(Command::PersonSet { person: None, fields }, NEW).await;
    let person = Some(story.id(&name(1)));
    let fields = PersonFields { title: Some("Clerk".into()), ..PersonFields::default() };
    story.decide(Command::PersonSet { person, fields }, &name(1)).await;
    let new = vec![story.id(NEW)];
    story.decide(Command::Assign { people: new.clone(), roles: roles("Operator") }, NEW).await;
    story.takes_access(Command::PersonRemove(new), NEW, NEW).await;
    story.decide(story.role(1, "Analyst"), &name(1)).await;
    let six = vec![story.id(&name(6))];
    let suspend = Command::SetStatus { people: six.clone(), status: Status::Suspended };
    story.takes_access(suspend, &name(6), &name(6)).await;
    story.decide(Command::SetStatus { people: six, status: Status::Active }, &name(6)).await;
    let seven = vec![story.id(&name(7))];
    story.takes_access(Command::Unassign(seven), &name(7), &name(7)).await;
    let one = vec![story.id(&name(1))];
    story.decide(Command::Flag { people: one.clone(), note: "ask HR".into() }, &name(1)).await;
    story.decide(Command::Unflag(one.clone()), &name(1)).await;
    story.decide(Command::Protect(one.clone()), &name(1)).await;
    story.decide(Command::Unprotect(one), &name(1)).await;
}

async fn groups(story: &mut Story) {
    let group =
        |story: &Story, name: &str| story.flow.drive.directory().group_named(name).expect("a group").group.id;
    story.decide(Command::GroupAdd(TEAM.into()), TEAM).await;
    story.decide(Command::GroupAdd(OTHER.into()), OTHER).await;
    let record = GroupRecord { line: 2, group: TEAM.into(), user_name: name(2) };
    story.decide(Command::ImportGroups(vec![record], file("groups.csv")), "groups.csv").await;
    let (team, other) = (group(story, TEAM), group(story, OTHER));
    let (three, five) = (story.id(&name(3)), story.id(&name(5)));
    story.decide(Command::MemberAdd(team, vec![three, five]), &name(3)).await;
    for (id, called) in [(team, TEAM), (other, OTHER)] {
        let assign = Command::AssignGroup { group: id, priority: None, roles: roles("Analyst") };
        story.decide(assign, called).await;
    }
    let values = [("workato_role".to_owned(), "Operator".to_owned())].into();
    story.decide(Command::GroupRole { group: team, values }, TEAM).await;
    story.decide(Command::Priority(other, 1), OTHER).await;
    story.decide(Command::Convert(Convertees::Named(vec![three, five])), &name(3)).await;
    story.decide(Command::ConvertBack(vec![three]), &name(3)).await;
    story.decide(Command::PushGroup(team), TEAM).await;
    story.decide(Command::UnpushGroup(team, Unlinked::Left), TEAM).await;
    story.decide(Command::MemberRemove(team, vec![three]), &name(3)).await;
    story.takes_access(Command::UnassignGroup(team), &name(5), TEAM).await;
    story.decide(Command::UnassignGroup(other), OTHER).await;
    story.decide(Command::GroupRemove(other), OTHER).await;
}

async fn drift(story: &mut Story) {
    story.by_hand(2, "Analyst");
    story.by_hand(8, "Analyst");
    story.flow.compared_later(2).await;
    let (two, eight) = (story.id(&name(2)), story.id(&name(8)));
    story.decide(Command::DriftAdopt(vec![two]), &name(2)).await;
    story.decide(Command::DriftPush(vec![eight]), &name(8)).await;
    story.decide(story.role(4, "Analyst"), &name(4)).await;
    let four = story.id(&name(4));
    let done = story.flow.drive.undoable(UndoOf::People(vec![four])).await.expect("operations");
    story.decide(Command::Undo(done), &name(4)).await;
    {
        let workspace = story.flow.sandbox.workspace();
        let mut workspace = workspace.lock().expect("no panic");
        for n in [4, 8] {
            workspace.remove_by_hand(&name(n), jiff::Timestamp::now()).expect("removed");
        }
    }
    story.check().await;
    story.decide(Command::Unlink(vec![four]), &name(4)).await;
    story.decide(Command::Recreate(eight), &name(8)).await;
}

async fn settings(story: &mut Story) {
    let mut connection = story.flow.drive.directory().connection().clone();
    connection.timeout_s = 2;
    story.decide(Command::ConnectionSet(Box::new(connection)), "workato").await;
    let partial = !ImportRules::default().partial;
    let rules = ImportRules { partial, ..ImportRules::default() };
    story.decide(Command::ImportRules(rules), "workato").await;
    story.decide(Command::Disable, "workato").await;
    story.decide(Command::Enable, "workato").await;
    story.new_entries().await;
    let path = story.flow.home.secret("token", SCIM);
    story.flow.drive.set_token(TokenSource::File { path }).await.expect("a test");
    let told = story.new_entries().await;
    let token = told.iter().find(|entry| entry.event == "token replaced").expect("an entry");
    assert_eq!((token.actor.as_str(), token.subject.as_str()), ("tester", "workato"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_about_the_queue_and_of_a_rehearsal_is_told_with_who_said_it() {
    let flow = Flow::provisioned(Setup { people: 1, ..Setup::default() }).await;
    let mut connection = flow.drive.directory().connection().clone();
    connection.badge = Badge("SANDBOX".into());
    flow.done(Command::ConnectionSet(Box::new(connection))).await;
    let mut story = Story { flow, seen: BTreeSet::new(), last: 0 };
    story.new_entries().await;
    let drive = &story.flow.drive;
    drive.rehearse(RehearsalChange::Add("slow=1@GET".into())).await.expect("a rehearsal");
    drive.rehearse(RehearsalChange::Clear).await.expect("a rehearsal");
    drive.resume(true).await;
    let told = story.new_entries().await;
    let said: Vec<_> = told.iter().map(|entry| (entry.event.as_str(), entry.detail.as_str())).collect();
    let expected = [
        ("rehearsal", "the sandbox fails as told: slow=1@GET"),
        ("rehearsal", "the sandbox fails no longer"),
        ("queue goes on", "what an earlier run left is sent"),
    ];
    assert_eq!(said, expected);
    assert!(told.iter().all(|entry| entry.actor == "tester" && entry.subject == "workato"), "{told:#?}");
}

async fn imports(story: &mut Story) {
    let mut row = record(2);
    row.fields.department = Some("Sales".into());
    let entries = story.decide(Command::ImportPeople(vec![row], file("people.csv")), "people.csv").await;
    let digest = format!("7 bytes, SHA-256 {}", "ab".repeat(32));
    assert!(entries.iter().any(|entry| entry.detail.contains(&digest)), "{entries:#?}");
    let preset =
        Preset { name: "Kim Oh".into(), email: "kim@example.com".into(), roles: Roles::all("Analyst") };
    let workspace = story.flow.sandbox.workspace();
    workspace.lock().expect("no panic").add_presets(&[preset], jiff::Timestamp::now());
    let scan = story.flow.drive.scan().await.expect("a scan");
    let choices = Accept { new: true, ..Accept::default() }.all(&scan.review, &scan.found);
    let import = AccountsImport { found: scan.found, choices, ..AccountsImport::default() };
    let there = format!("workato at {}", story.flow.proxy.base_url());
    story.decide(Command::ImportAccounts(Box::new(import)), &there).await;
}

async fn queue(story: &mut Story) {
    let faults = story.flow.sandbox.faults();
    faults.lock().expect("no panic").add(vec!["ignore=roles@PUT".parse().expect("a fault")]);
    story.decide(story.role(3, "Analyst"), &name(3)).await;
    let three = vec![story.id(&name(3))];
    story.decide(Command::Retry(three.clone()), &name(3)).await;
    story.decide(Command::Drop(three), &name(3)).await;
    faults.lock().expect("no panic").clear();
    story.decide(Command::Apply, &name(3)).await;
}
