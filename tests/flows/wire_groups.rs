//! What goes over the wire for an import, and for a pushed group under each wire profile.

use scimdeck::domain::{GroupId, Status, Unlinked, WireProfile};
use scimdeck::engine::Outcome;
use scimdeck::verbs::{Command, GroupRecord, ImportOptions, Who};

use crate::bench::{SCIM, name};
use crate::recorder::Seen;
use crate::wire::{Case, TEST};

/// Requests as they are, ids of groups as `{id}`.
fn lines(case: &Case) -> Vec<String> {
    let seen = case.recorder.take();
    let line = |seen: &crate::recorder::Seen| {
        let target = match seen.target.strip_prefix("/Groups/") {
            Some(_) => "/Groups/{id}",
            None => seen.target.as_str(),
        };
        let members = seen.body.as_ref().map(|body| body.to_string().matches("\"value\"").count());
        let removed = seen.body.as_ref().map(|body| body.to_string().matches("members[value eq").count());
        let op = seen.body.as_ref().and_then(|body| body["Operations"][0]["op"].as_str().map(str::to_owned));
        match (op, members, removed) {
            (Some(op), Some(members), Some(removed)) => {
                format!("{} {target} [{op} {}]", seen.method, members.max(removed))
            }
            (None, Some(members), _) => format!("{} {target} {{{members}}}", seen.method),
            _ => format!("{} {target}", seen.method),
        }
    };
    seen.iter().map(line).filter(|line| line.contains("/Groups")).collect()
}

pub(crate) async fn with_team(profile: WireProfile) -> (Case, GroupId) {
    let case = Case::of(profile).await;
    case.done(Command::Provision(Who::NotProvisioned)).await;
    let record = |n| GroupRecord { line: n as u64 + 1, group: "Team".to_owned(), user_name: name(n) };
    case.done(Command::ImportGroups((1..=3).map(record).collect(), ImportOptions::default())).await;
    let team = case.drive.directory().group_named("Team").expect("the group").group.id;
    lines(&case);
    (case, team)
}

const LOOK: &str = "GET /Groups?filter=displayName eq \"Team\"&startIndex=1&count=100";
const NAMES: &str = "GET /Groups?excludedAttributes=members&startIndex=1&count=100";
const READ: &str = "GET /Groups/{id}";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_is_looked_up_made_read_changed_and_left_or_deleted() {
    for profile in WireProfile::ALL {
        let (case, team) = with_team(profile).await;
        let preview = case.drive.preview(Command::PushGroup(team), Vec::new()).await.expect("a preview");
        assert!(preview.must_ask());
        assert_eq!(lines(&case), [LOOK, NAMES], "{profile:?}: the plan looks and writes nothing");
        case.done(Command::PushGroup(team)).await;
        // Okta: GET by filter, POST, GET, PUT. The last PUT says again what the POST said and is left out; a filter
        // that finds nobody is not believed before all names were read.
        let made = [LOOK, NAMES, LOOK, NAMES, "POST /Groups {3}", READ, READ];
        assert_eq!(lines(&case), made, "{profile:?}");
        let person = case.drive.directory().find(&name(1)).expect("they are here").id();
        case.done(Command::SetStatus { people: vec![person], status: Status::Suspended }).await;
        // Okta leaves who lost access in the group until "Push now"; here they leave it at once.
        let write = match profile {
            WireProfile::OktaClassic => "PUT /Groups/{id} {2}",
            WireProfile::Rfc | WireProfile::OktaOin => "PATCH /Groups/{id} [remove 1]",
        };
        assert_eq!(lines(&case), [READ, READ, write, READ], "{profile:?}: the plan reads it too");
        case.done(Command::UnpushGroup(team, Unlinked::Left)).await;
        assert_eq!(lines(&case), Vec::<String>::new(), "{profile:?}: left, nothing is sent");
        case.done(Command::PushGroup(team)).await;
        lines(&case);
        case.done(Command::UnpushGroup(team, Unlinked::Deleted)).await;
        assert_eq!(lines(&case), [READ, READ, "DELETE /Groups/{id}", READ], "{profile:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_reads_pages_of_a_hundred_and_taking_it_in_sends_nothing() {
    let case = Case::of(WireProfile::OktaClassic).await;
    let scan = case.drive.scan().await.expect("a scan");
    let targets = |case: &Case| -> Vec<String> {
        let seen = case.recorder.take();
        seen.iter().map(|s| format!("{} {}", s.method, s.target)).filter(|line| line != TEST).collect()
    };
    let read = targets(&case);
    assert_eq!(read, ["GET /Users?startIndex=1&count=100"], "as Okta's Import Now");
    assert_eq!(scan.found.gap, None, "{scan:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g05_group_writes_sent_again_change_nothing() {
    for profile in WireProfile::ALL {
        let (case, team) = with_team(profile).await;
        case.done(Command::PushGroup(team)).await;
        let id = |n: usize| case.drive.directory().find(&name(n)).expect("they are here").id();
        // Each is the last word on the group when it is sent again.
        let steps = [
            Command::MemberAdd(team, vec![id(4)]),
            Command::MemberRemove(team, vec![id(1), id(2)]),
            Command::SetStatus { people: vec![id(3)], status: Status::Suspended },
        ];
        for step in steps {
            case.recorder.take();
            let version = case.group_there(team);
            case.done(step).await;
            let after = case.group_there(team);
            assert_ne!(after.0, version.0, "{profile:?}: it changed the group");
            let writes: Vec<_> = case.recorder.take();
            let writes = writes.iter().filter(|w| w.method != "GET" && w.target.starts_with("/Groups"));
            let mut sent = 0;
            for write in writes {
                for _ in 0..2 {
                    let status = case.again(write).await;
                    // A path that leads to nobody any more is refused, and does nothing.
                    let nobody = status == 400 && write.method == "PATCH";
                    assert!(nobody || (200..300).contains(&status), "{profile:?}: {status}");
                    sent += 1;
                }
            }
            assert!(sent >= 2, "{profile:?}");
            assert_eq!(case.group_there(team), after, "{profile:?}: not even its version moved");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g05_a_push_that_forgot_what_it_did_writes_nothing_again() {
    for profile in WireProfile::ALL {
        let (case, team) = with_team(profile).await;
        case.done(Command::PushGroup(team)).await;
        let person = case.drive.directory().find(&name(1)).expect("they are here").id();
        case.done(Command::MemberRemove(team, vec![person])).await;
        for _ in 0..2 {
            // Left and pushed again: nothing of what was made is remembered.
            case.done(Command::UnpushGroup(team, Unlinked::Left)).await;
            let there = case.group_there(team);
            lines(&case);
            let report = case.done(Command::PushGroup(team)).await;
            assert!(report.groups.iter().all(|g| g.outcome == Outcome::Done), "{report:?}");
            let writes: Vec<String> = lines(&case).into_iter().filter(|l| !l.starts_with("GET")).collect();
            assert_eq!((writes, case.group_there(team)), (Vec::new(), there), "{profile:?}");
        }
    }
}

impl Case {
    /// Members and version of the group there.
    fn group_there(&self, team: GroupId) -> (Vec<String>, u64) {
        let directory = self.drive.directory();
        let push = directory.group(team).and_then(|row| row.push.clone());
        let workspace = self.sandbox.workspace();
        let workspace = workspace.lock().expect("no panic");
        let named = |g: &&scimdeck::sandbox::Group| g.display_name() == "Team";
        let group = workspace.groups().find(named).expect("the group");
        assert!(push.is_none_or(|push| push.remote_id.as_deref().is_none_or(|id| id == group.id)));
        (group.members.iter().map(|m| m.value.clone()).collect(), group.version)
    }

    /// The same request once more, past everything of ours.
    async fn again(&self, seen: &Seen) -> u16 {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let url = format!("{}{}", self.sandbox.base_url(), seen.target);
        let method = reqwest::Method::from_bytes(seen.method.as_bytes()).expect("a method");
        let body = seen.body.clone().unwrap_or_default().to_string();
        let request = reqwest::Client::new().request(method, url).bearer_auth(SCIM);
        let request = request.header("content-type", "application/scim+json").body(body);
        request.send().await.expect("an answer").status().as_u16()
    }
}
