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
    let there = push.remote_id.is_some();
    let change = match push.ends(what) {
        Some(ending) => Change::GroupPushed(id, ending),
        None => Change::GroupPushDropped(id, what),
    };
    let mut decision = Decision { confirm: true, ..Decision::here(cause, vec![change]) };
    decision.say(match what {
        Unlinked::Deleted if there => format!("{name} is deleted in the app; its people keep their accounts."),
        Unlinked::Deleted if push.in_doubt() => format!(
            "{name} may be in the app: it is looked for first, and deleted if it is there; its people keep their \
             accounts."
        ),
        Unlinked::Left if push.in_doubt() => {
            format!("{name} may be in the app: it is looked for first, and stays there if it is.")
        }
        _ => format!("{name} stays in the app as it is now; later changes here are not sent."),
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
    fn a_push_of_which_something_left_and_nothing_was_read_back_is_due_though_it_is_as_it_was_made_last() {
        use crate::domain::{Failure, FailureKind, Time};
        let mut f = Fixture::new().group("Team", &[]);
        let gid = f.gid("Team");
        let made = Push {
            name: "Team".into(),
            remote_id: Some("g".into()),
            members: Some(Vec::new()),
            ..Push::default()
        };
        let mut due = |push: &Push| {
            f.directory.apply(&Change::GroupPushed(gid, push.clone()));
            let row = f.directory.group(gid).unwrap();
            (row.push_due(&f.directory), row.push_goes(&f.directory))
        };
        assert_eq!(due(&made), (false, false));
        let sent = Push { sent_at: Some(Time::from_ms(1)), ..made.clone() };
        assert_eq!(due(&sent), (true, true));
        let why = Failure { kind: FailureKind::Unreachable, text: String::new(), next: String::new() };
        let failed = Push { failure: Some(why), ..made.clone() };
        assert_eq!(due(&failed), (true, false), "it is tried again when asked");
        assert_eq!(
            due(&Push { remote_id: None, ..made }),
            (true, true),
            "nobody knows which one it is there"
        );
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
        assert_eq!(kept.changes, [Change::GroupPushDropped(gid, Unlinked::Left)]);
        f.run(&Command::UnpushGroup(gid, Unlinked::Deleted));
        let push = f.directory.group(gid).unwrap().push.clone().unwrap();
        assert_eq!(push.ending, Some(Unlinked::Deleted));
    }

    #[test]
    fn a_group_that_may_be_there_is_not_forgotten_before_it_was_looked_for() {
        for what in [Unlinked::Left, Unlinked::Deleted] {
            let mut f = Fixture::new().group("Team", &[]);
            let gid = f.gid("Team");
            let sent = Push { sent_at: Some(crate::domain::Time::from_ms(1)), ..Push::default() };
            f.directory.apply(&Change::GroupPushed(gid, sent.clone()));
            let decision = f.run(&Command::UnpushGroup(gid, what));
            assert!(said(&decision).contains("looked for first"), "{}", said(&decision));
            let push = f.directory.group(gid).unwrap().push.clone();
            assert_eq!(push, Some(Push { ending: Some(what), ..sent }));
        }
    }
}
