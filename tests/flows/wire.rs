//! What goes over the wire, request by request: each action of an operator under each wire profile.
//!
//! `okta-classic` is held against what Okta's wizard-made apps send. Chosen differences, and why:
//!
//! | Okta | here | reason |
//! |---|---|---|
//! | looks and writes in one go | the plan looks before it is confirmed, and the sender reads again before it writes | what was shown is what is sent, or nothing is |
//! | trusts the filter | the first look-up of a session tries the filter on somebody who is there | an ignored filter must not lead to a second account |
//! | looks up again right before the POST | not within a minute of the plan's own look | it was just looked, and a 409 is a question anyway |
//! | believes every answer | reads back every deactivation, the first create and the first change of a process, and a sample of the rest | some endpoints answer 200 and change nothing |
//! | sends a made-up password and `groups: []` on a POST | neither | SSO decides who signs in; `groups` is the endpoint's to write |
//! | PUTs `meta` and `groups` back | leaves them out | they are read-only there |
//! | PUTs though nothing differs | nothing | a second Provision User sends no write |
//! | names itself `Okta SCIM Client 1.0.0`, sends `Accept-Charset` | `scimdeck/VERSION`, no `Accept-Charset` | it is not Okta; the header is obsolete (RFC 9110, 12.5.2) |
//!
//! A removed account is not searched, made anew or retried, and no user is ever deleted: as Okta.

use std::collections::BTreeMap;

use scimdeck::domain::{
    Connection, ConnectionId, PersonId, ProfileAttribute, Status, TokenSource, WireProfile,
};
use scimdeck::drive::{Drive, add_connection, open_store};
use scimdeck::engine::{Outcome, Report};
use scimdeck::sandbox::Sandbox;
use scimdeck::verbs::{Command, ImportOptions, PersonFields, Who};
use serde_json::{Value, json};

use crate::bench::{SCIM, name, open, record, run, sandbox_config};
use crate::nowhere::Folder;
use crate::recorder::{Recorder, Seen};

/// Four people, of whom `p02` has an account, written in capitals there.
pub(crate) struct Case {
    pub(crate) sandbox: Sandbox,
    pub(crate) recorder: Recorder,
    pub(crate) drive: Drive,
    _home: Folder,
}

impl Case {
    pub(crate) async fn of(profile: WireProfile) -> Self {
        Self::with(|connection| connection.profile = profile).await
    }

    pub(crate) async fn with(set: impl FnOnce(&mut Connection)) -> Self {
        let sandbox =
            Sandbox::start(sandbox_config(&[name(2).to_uppercase()], &[])).await.expect("a sandbox");
        let recorder = Recorder::to(&sandbox.base_url()).await;
        let home = Folder::new();
        let mut connection =
            Connection::new(ConnectionId(0), "workato", &recorder.base_url(), TokenSource::Memory);
        set(&mut connection);
        let store = open_store(home.path()).expect("a store");
        add_connection(&store, connection).await.expect("a connection");
        drop(store);
        let drive = open(&home, false).await;
        let case = Self { sandbox, recorder, drive, _home: home };
        case.done(Command::AttributeAdd(ProfileAttribute::workato("workato_role"))).await;
        let records = (1..=4).map(record).collect();
        case.done(Command::ImportPeople(records, ImportOptions::default())).await;
        case.done(Command::Enable).await;
        assert!(case.recorder.take().is_empty(), "setting up sends nothing");
        case
    }

    pub(crate) fn id(&self, n: usize) -> PersonId {
        self.drive.directory().find(&name(n)).expect("they are here").id()
    }

    pub(crate) async fn done(&self, command: Command) -> Report {
        run(&self.drive, command).await.expect("it goes through")
    }

    /// Runs it for one person and tells how it ended.
    pub(crate) async fn outcome(&self, command: Command) -> (Outcome, String) {
        let mut report = self.done(command).await;
        assert_eq!(report.results.len(), 1, "{report:?}");
        let result = report.results.remove(0);
        (result.outcome, result.error.map(|e| format!("{} {}", e.text, e.next)).unwrap_or_default())
    }

    pub(crate) fn provision(&self, n: usize) -> Command {
        Command::Provision(Who::Named(vec![self.id(n)]))
    }

    pub(crate) fn role(&self, n: usize, value: &str) -> Command {
        let values = BTreeMap::from([("workato_role".to_owned(), value.to_owned())]);
        Command::Role { people: vec![self.id(n)], values }
    }

    pub(crate) fn status(&self, n: usize, status: Status) -> Command {
        Command::SetStatus { people: vec![self.id(n)], status }
    }

    fn title(&self, n: usize, title: &str) -> Command {
        let fields = PersonFields { title: Some(title.to_owned()), ..PersonFields::default() };
        Command::PersonSet { person: Some(self.id(n)), fields }
    }

    pub(crate) fn remote(&self, n: usize) -> Value {
        let workspace = self.sandbox.workspace();
        let workspace = workspace.lock().expect("no panic");
        let account = workspace.account(&name(n)).expect("an account");
        json!({"id": account.id, "active": account.access, "attributes": account.attributes})
    }

    /// The requests since the last time, each in one line; ids are shown as `{id}`.
    pub(crate) fn lines(&self) -> Vec<String> {
        let seen = self.recorder.take();
        seen.iter().for_each(headers);
        seen.iter().map(line).collect()
    }
}

/// What every request carries, and only what it should.
fn headers(seen: &Seen) {
    let header = |name: &str| seen.headers.get(name).map(String::as_str);
    assert_eq!(header("accept"), Some("application/scim+json"));
    assert_eq!(header("accept-encoding"), Some("gzip,deflate"));
    assert_eq!(header("authorization"), Some(format!("Bearer {SCIM}").as_str()));
    assert_eq!(header("user-agent"), Some(concat!("scimdeck/", env!("CARGO_PKG_VERSION"))));
    let body = seen.body.is_some().then_some("application/scim+json; charset=utf-8");
    assert_eq!(header("content-type"), body, "{seen:?}");
    if seen.method != "GET" {
        assert!(header("x-request-id").is_some(), "a write can be found in the app's log: {seen:?}");
    }
    let known =
        ["accept", "accept-encoding", "authorization", "user-agent", "content-type", "content-length"];
    let others = ["host", "x-request-id", "if-match"];
    let extra = seen.headers.keys().find(|name| !known.iter().chain(&others).any(|known| known == name));
    assert_eq!(extra, None, "{seen:?}");
}

fn line(seen: &Seen) -> String {
    let target = match seen.target.strip_prefix("/Users/") {
        Some(_) => "/Users/{id}",
        None => &seen.target,
    };
    let mut line = format!("{} {target}", seen.method);
    if seen.headers.contains_key("if-match") {
        line.push_str(" If-Match");
    }
    match seen.body.as_ref().and_then(Value::as_object) {
        None => {}
        Some(body) if seen.method == "PATCH" => {
            for operation in body["Operations"].as_array().expect("operations") {
                let path = operation["path"].as_str().map(short).unwrap_or("(no path)");
                let value = match path {
                    "externalId" => "(ours)".to_owned(),
                    _ => operation["value"].to_string(),
                };
                line.push_str(&format!(" [{} {path} {value}]", text(&operation["op"])));
            }
        }
        Some(body) => {
            let keys: Vec<String> = body
                .iter()
                .map(|(key, value)| match (key.as_str(), value) {
                    ("active" | "title", value) => format!("{key}={value}"),
                    (_, Value::Object(role)) if role.contains_key("workato_role") => {
                        format!("{}={}", short(key), text(&role["workato_role"]))
                    }
                    _ => short(key).to_owned(),
                })
                .collect();
            line.push_str(&format!(" {{{}}}", keys.join(" ")));
        }
    }
    line
}

/// A URN by its last word, with the attribute under it.
fn short(name: &str) -> &str {
    name.rfind("WorkatoRole").map_or(name, |at| &name[at..])
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

pub(crate) const TEST: &str = "GET /Users?startIndex=1&count=2";
pub(crate) const READ: &str = "GET /Users/{id}";

pub(crate) fn filter(value: &str) -> String {
    format!("GET /Users?filter=userName eq \"{value}\"&startIndex=1&count=100")
}

/// The write of a change: by PUT of the whole account, or by PATCH.
pub(crate) struct Writes {
    pub(crate) profile: WireProfile,
}

impl Writes {
    fn pick(&self, classic: &str, oin: &str, rfc: &str) -> String {
        let line = match self.profile {
            WireProfile::OktaClassic => classic,
            WireProfile::OktaOin => oin,
            WireProfile::Rfc => rfc,
        };
        line.to_owned()
    }

    /// Operator becomes Analyst.
    pub(crate) fn role(&self) -> String {
        let put = put("true", "", "Analyst");
        let patch = r#"PATCH /Users/{id} If-Match [replace WorkatoRole:workato_role "Analyst"]"#;
        self.pick(&put, &put, patch)
    }

    fn title(&self) -> String {
        let put = put("true", r#" title="Chief""#, "Analyst");
        self.pick(&put, &put, r#"PATCH /Users/{id} If-Match [add title "Chief"]"#)
    }

    fn active(&self, active: &str) -> String {
        let classic = put(active, r#" title="Chief""#, "Analyst");
        let oin = format!(r#"PATCH /Users/{{id}} [replace (no path) {{"active":{active}}}]"#);
        let rfc = format!("PATCH /Users/{{id}} If-Match [replace active {active}]");
        self.pick(&classic, &oin, &rfc)
    }

    /// An account of somebody else's making becomes ours.
    fn link(&self) -> String {
        let put = "PUT /Users/{id} {schemas id userName name displayName emails active=true WorkatoRole=Operator \
                   externalId}";
        let patch = concat!(
            r#"PATCH /Users/{id} If-Match [replace userName "p02@example.com"] [add externalId (ours)]"#,
            r#" [replace name.familyName "Ruiz 2"] [replace emails[type eq "work"].value "p02@example.com"]"#,
            r#" [replace WorkatoRole:workato_role "Operator"]"#,
        );
        self.pick(put, put, patch)
    }
}

fn put(active: &str, title: &str, role: &str) -> String {
    format!(
        "PUT /Users/{{id}} {{schemas id active={active} userName externalId name emails WorkatoRole={role}{title}}}"
    )
}

async fn story(profile: WireProfile) {
    let case = Case::of(profile).await;
    let writes = Writes { profile };

    assert!(case.drive.test().await.expect("a test").ok);
    assert_eq!(case.lines(), [TEST], "Test Connector Configuration");

    assert_eq!(case.outcome(case.provision(1)).await.0, Outcome::Done);
    let create = "POST /Users {schemas active=true userName externalId name emails WorkatoRole=Operator}";
    let learn = [TEST.to_owned(), filter("p02@example.com")];
    let expected = [&learn[..], &[filter(&name(1)), create.to_owned(), READ.to_owned()]].concat();
    assert_eq!(case.lines(), expected, "Provision User, nobody there; the first create is read back");

    assert_eq!(case.outcome(case.provision(2)).await.0, Outcome::Done);
    assert_eq!(
        case.lines(),
        [filter(&name(2)), filter(&name(2)), READ.to_owned(), writes.link(), READ.to_owned()],
        "somebody there; the first change is read back"
    );

    assert_eq!(case.outcome(case.role(1, "Analyst")).await.0, Outcome::Done);
    assert_eq!(case.lines(), [READ.to_owned(), READ.to_owned(), writes.role()], "role change");

    assert_eq!(case.outcome(case.title(1, "Chief")).await.0, Outcome::Done);
    assert_eq!(case.lines(), [READ.to_owned(), READ.to_owned(), writes.title()], "profile change");

    assert_eq!(case.outcome(Command::Unassign(vec![case.id(1)])).await.0, Outcome::Done);
    let ended = [READ.to_owned(), READ.to_owned(), writes.active("false"), READ.to_owned()];
    assert_eq!(case.lines(), ended, "unassign");
    assert_eq!(case.remote(1)["active"], false);

    let assign = Command::Assign { people: vec![case.id(1)], roles: Default::default() };
    assert_eq!(case.outcome(assign).await.0, Outcome::Done);
    let back = [READ.to_owned(), READ.to_owned(), writes.active("true")];
    assert_eq!(case.lines(), back, "assign again");
    assert_eq!(case.remote(1)["active"], true);

    assert_eq!(case.outcome(case.status(1, Status::Suspended)).await.0, Outcome::Done);
    assert_eq!(case.lines(), ended, "suspend");
    assert_eq!(case.outcome(case.status(1, Status::Active)).await.0, Outcome::Done);
    assert_eq!(case.lines(), back, "reactivate");

    assert_eq!(case.outcome(case.provision(1)).await.0, Outcome::Unchanged);
    assert_eq!(case.lines(), [READ], "Provision User once more");

    let now = jiff::Timestamp::now();
    case.sandbox.workspace().lock().unwrap().remove_by_hand(&name(1), now).expect("removed");
    let (outcome, why) = case.outcome(case.role(1, "Operator")).await;
    assert_eq!(outcome, Outcome::Failed);
    assert!(why.contains("404"), "{why}");
    let why =
        "the account is gone, and another one who is linked is there: no search, no new account, no retry";
    assert_eq!(case.lines(), [READ, READ], "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn okta_classic_gets_and_puts() {
    story(WireProfile::OktaClassic).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn okta_oin_patches_access_and_puts_the_rest() {
    story(WireProfile::OktaOin).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rfc_patches_with_paths_under_the_version_that_was_read() {
    story(WireProfile::Rfc).await;
}
