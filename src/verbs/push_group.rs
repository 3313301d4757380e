//! Push a directory group with its members, and end that.

use super::{Context, Decision, Refusal, named, words};
use crate::directory::{Change, Directory};
use crate::domain::{GroupId, Push, Unlinked};

/// Also "push now" for a group that is pushed: a failure before is forgotten.
pub(super) fn push(
    directory: &Directory,
    id: GroupId,
    cause: &str,
    _context: &Context<'_>,
) -> Result<Decision, Refusal> {
    let row = named::group(directory, id)?;
    let name = &row.group.name;
    let before = row.push.clone().unwrap_or_default();
    let push = Push { ending: None, failure: None, ..before };
    let changes =
        if row.push.as_ref() == Some(&push) { Vec::new() } else { vec![Change::GroupPushed(id, push)] };
    let mut decision = Decision { confirm: true, ..Decision::here(cause, changes) };
    let go = row.members_there(directory).len();
    decision.say(format!("{name} goes to the app with {} that have access there.", words::people(go)));
    match row.members.len().saturating_sub(go) {
        0 => {}
        n => decision.say(format!("{} of {name} wait until they are provisioned.", words::people(n))),
    }
    if row.assignment.is_some() {
        decision.say(format!(
            "{name} also gives the app to its members. Okta advises against one group for both, since a member \
             may be pushed before the account is there; here members wait for their accounts."
        ));
    }
    Ok(decision)
}

pub(super) fn unpush(
    directory: &Directory,
    id: GroupId,
    what: Unlinked,
    cause: &str,
) -> Result<Decision, Refusal> {
    let row = named::group(directory, id)?;
    let name = &row.group.name;
    let Some(push) = &row.push else {
        return Err(Refusal::bad(
            "group_not_pushed",
            format!("{name} is not pushed."),
            "Nothing needs to be ended.",
        ));
    };
    let delete = what == Unlinked::Deleted && push.remote_id.is_some();
    let change = match delete {
        true => Change::GroupPushed(id, Push { ending: Some(what), failure: None, ..push.clone() }),
        false => Change::GroupPushDropped(id),
    };
    let mut decision = Decision { confirm: true, ..Decision::here(cause, vec![change]) };
    decision.say(match delete {
        true => format!("{name} is deleted in the app; its people keep their accounts."),
        false => format!("{name} stays in the app as it is now; later changes here are not sent."),
    });
    Ok(decision)
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::fixture::*;
    use super::*;

    #[test]
    fn members_without_an_account_wait_and_the_others_go() {
        let mut f = Fixture::new().linked("ana", "Admin").person("ben").group("Team", &["ana", "ben"]);
        let decision = f.run(&Command::PushGroup(f.gid("Team")));
        assert!(decision.confirm && decision.people().is_empty());
        assert!(said(&decision).contains("with 1 person"), "{}", said(&decision));
        assert!(said(&decision).contains("1 person of Team wait"), "{}", said(&decision));
        let row = f.directory.group(f.gid("Team")).unwrap().clone();
        assert!(row.push_due(&f.directory));
    }

    #[test]
    fn a_pushed_group_is_due_again_when_a_member_loses_access() {
        let mut f = Fixture::new().linked("ana", "Admin").group("Team", &["ana"]);
        let gid = f.gid("Team");
        let there = f.directory.group(gid).unwrap().members_there(&f.directory);
        assert_eq!(there.len(), 1);
        let push = Push {
            name: "Team".into(),
            remote_id: Some("g".into()),
            members: Some(there),
            ..Push::default()
        };
        f.directory.apply(&Change::GroupPushed(gid, push));
        assert!(!f.directory.group(gid).unwrap().push_due(&f.directory));
        let f = f.status("ana", crate::domain::Status::Suspended);
        assert!(f.directory.group(gid).unwrap().push_due(&f.directory));
    }

    #[test]
    fn ending_a_push_leaves_the_group_or_deletes_it() {
        let mut f = Fixture::new().group("Team", &[]);
        let gid = f.gid("Team");
        assert_eq!(
            f.decide(&Command::UnpushGroup(gid, Unlinked::Left)).unwrap_err().code,
            "group_not_pushed"
        );
        f.directory.apply(&Change::GroupPushed(gid, Push { remote_id: Some("g".into()), ..Push::default() }));
        let kept = f.decide(&Command::UnpushGroup(gid, Unlinked::Left)).unwrap();
        assert_eq!(kept.changes, [Change::GroupPushDropped(gid)]);
        f.run(&Command::UnpushGroup(gid, Unlinked::Deleted));
        let push = f.directory.group(gid).unwrap().push.clone().unwrap();
        assert_eq!(push.ending, Some(Unlinked::Deleted));
    }
}
