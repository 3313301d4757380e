//! What goes over the wire for an import, and for a pushed group under each wire profile.

use scimdeck::domain::{GroupId, Status, Unlinked, WireProfile};
use scimdeck::verbs::{Command, GroupRecord, ImportOptions, Who};

use crate::bench::name;
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

async fn with_team(profile: WireProfile) -> (Case, GroupId) {
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
