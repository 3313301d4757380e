//! Nobody's change of a pushed group is lost that came between our read and our write.

use scimdeck::domain::{FailureKind, Unlinked, WireProfile};
use scimdeck::engine::{Outcome, Report};
use scimdeck::sandbox::{Method, Request};
use scimdeck::verbs::Command;
use serde_json::json;

use crate::bench::{SCIM, name};
use crate::recorder::Seen;
use crate::wire::Case;
use crate::wire_groups::with_team;

fn writes_the_group(seen: &Seen) -> bool {
    seen.method != "GET" && seen.target.starts_with("/Groups/")
}

/// The team of three is there, and the first of them is to leave it.
async fn leaving(profile: WireProfile) -> (Case, Command) {
    let (case, team) = with_team(profile).await;
    case.done(Command::PushGroup(team)).await;
    case.recorder.take();
    let person = case.drive.directory().find(&name(1)).expect("they are here").id();
    (case, Command::MemberRemove(team, vec![person]))
}

impl Case {
    /// The versions that were named in writes of groups.
    fn versions(&self) -> Vec<Option<String>> {
        let seen = self.recorder.take();
        let writes = seen.iter().filter(|seen| writes_the_group(seen));
        writes.map(|seen| seen.headers.get("if-match").cloned()).collect()
    }

    fn teams_there(&self) -> usize {
        self.sandbox.workspace().lock().expect("no panic").groups().count()
    }

    /// Who is in the team there.
    fn in_team(&self) -> Vec<String> {
        let workspace = self.sandbox.workspace();
        let workspace = workspace.lock().expect("no panic");
        let group = workspace.groups().find(|group| group.display_name() == "Team").expect("the group");
        let named =
            |id: &str| workspace.accounts().find(|a| a.id == id).map(|a| a.user_name().to_lowercase());
        let mut members: Vec<_> = group.members.iter().filter_map(|m| named(&m.value)).collect();
        members.sort();
        members
    }

    /// Before the first write of the group arrives, somebody else puts one more person into it.
    fn somebody_is_faster(&self, n: usize) {
        let account = self.remote(n)["id"].clone();
        self.somebody_patches(json!({"op": "add", "path": "members", "value": [{"value": account}]}));
    }

    /// Before the first write of the group arrives, somebody else does this to it.
    fn somebody_patches(&self, operation: serde_json::Value) {
        let workspace = self.sandbox.workspace();
        let mut left = 1;
        self.recorder.instead(move |seen| {
            if writes_the_group(seen) && left > 0 {
                left -= 1;
                let body = json!({
                    "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                    "Operations": [operation],
                });
                let mut request = Request::new(Method::Patch, &format!("/scim/v2{}", seen.target));
                request.headers = vec![
                    ("authorization".to_owned(), format!("Bearer {SCIM}")),
                    ("content-type".to_owned(), "application/scim+json".to_owned()),
                ];
                request.body = body.to_string().into_bytes();
                let answer = workspace.lock().expect("no panic").handle(&request, jiff::Timestamp::now());
                assert_eq!(answer.status, 200);
            }
            None
        });
    }
}

fn outcome(report: &Report) -> (Outcome, Option<FailureKind>) {
    let group = report.groups.first().expect("the group");
    (group.outcome, group.error.as_ref().map(|error| error.kind))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g06_a_group_that_somebody_changed_between_read_and_write_is_read_again_and_keeps_their_change() {
    for profile in WireProfile::ALL {
        let (case, leaves) = leaving(profile).await;
        case.somebody_is_faster(4);
        let report = case.done(leaves).await;
        assert_eq!(outcome(&report), (Outcome::Done, None), "{profile:?}: {report:?}");
        assert_eq!(case.in_team(), [name(2), name(3), name(4)], "{profile:?}");
        let versions = case.versions();
        let [Some(first), Some(second)] = &versions[..] else { panic!("{profile:?}: {versions:?}") };
        assert_ne!(first, second, "{profile:?}: the version of each read");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_that_is_refused_as_changed_twice_in_a_row_is_stale_and_says_so() {
    let (case, leaves) = leaving(WireProfile::Rfc).await;
    case.recorder.instead(|seen| writes_the_group(seen).then(|| (412, "{}".to_owned())));
    let report = case.done(leaves).await;
    assert_eq!(outcome(&report), (Outcome::Failed, Some(FailureKind::Stale)), "{report:?}");
    let why = report.groups[0].error.clone().expect("why");
    assert!(why.text.contains("412") && why.text.contains("not"), "{why:?}");
    assert_eq!((case.versions().len(), case.in_team().len()), (2, 3));
    case.recorder.instead(|_| None);
    assert_eq!(outcome(&case.done(Command::Apply).await), (Outcome::Done, None));
    assert_eq!(case.in_team(), [name(2), name(3)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_that_refuses_the_version_it_just_gave_is_written_to_without_one() {
    let (case, leaves) = leaving(WireProfile::OktaClassic).await;
    case.recorder.instead(|seen| {
        let refused = writes_the_group(seen) && seen.headers.contains_key("if-match");
        refused.then(|| (412, "{}".to_owned()))
    });
    let report = case.done(leaves).await;
    assert_eq!(outcome(&report), (Outcome::Done, None), "{report:?}");
    assert_eq!(case.in_team(), [name(2), name(3)]);
    assert!(matches!(&case.versions()[..], [Some(_), None]));
}

/// The team of three is there, and its push is to end with its deletion.
async fn doomed() -> (Case, Command) {
    let (case, team) = with_team(WireProfile::Rfc).await;
    case.done(Command::PushGroup(team)).await;
    case.recorder.take();
    (case, Command::UnpushGroup(team, Unlinked::Deleted))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g06_a_group_is_deleted_as_it_was_read_and_one_that_somebody_put_people_into_is_left() {
    let (case, end) = doomed().await;
    case.somebody_is_faster(4);
    let report = case.done(end).await;
    assert_eq!(outcome(&report), (Outcome::Failed, Some(FailureKind::Stale)), "{report:?}");
    let why = report.groups[0].error.clone().expect("why");
    assert!(why.text.contains("were not shown"), "{why:?}");
    assert_eq!((case.teams_there(), case.in_team().len()), (1, 4), "the one who came is in no plan");
    assert!(matches!(&case.versions()[..], [Some(_)]), "nothing was deleted on the new version");
    assert_eq!(outcome(&case.done(Command::Apply).await), (Outcome::Done, None));
    assert_eq!(case.teams_there(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deletion_that_is_refused_as_overtaken_is_decided_again_on_what_is_there_by_then() {
    let (case, end) = doomed().await;
    let account = case.remote(1)["id"].as_str().expect("an id").to_owned();
    case.somebody_patches(json!({"op": "remove", "path": format!("members[value eq \"{account}\"]")}));
    let report = case.done(end).await;
    assert_eq!(outcome(&report), (Outcome::Done, None), "{report:?}");
    assert_eq!(case.teams_there(), 0);
    let versions = case.versions();
    let [Some(first), Some(second)] = &versions[..] else { panic!("{versions:?}") };
    assert_ne!(first, second, "the version of each read");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deletion_that_is_refused_as_overtaken_twice_in_a_row_is_stale_and_says_so() {
    let (case, end) = doomed().await;
    case.recorder.instead(|seen| writes_the_group(seen).then(|| (412, "{}".to_owned())));
    let report = case.done(end).await;
    assert_eq!(outcome(&report), (Outcome::Failed, Some(FailureKind::Stale)), "{report:?}");
    let why = report.groups[0].error.clone().expect("why");
    assert!(why.text.contains("412") && why.text.contains("left there"), "{why:?}");
    assert_eq!(case.teams_there(), 1);
    assert!(matches!(&case.versions()[..], [Some(_), None]), "its own version may be what it refuses");
}
