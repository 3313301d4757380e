//! Pushed groups that are not as they shall be, as both faces list them beside the operations of people.

use crate::directory::{Directory, GroupRow, PushState};
use crate::domain::{Failure, GroupId};

/// A pushed group that is not settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupTask {
    /// Which.
    pub group: GroupId,
    /// Its name.
    pub name: String,
    /// How its push stands.
    pub state: PushState,
    /// Why the last try did not go through.
    pub failure: Option<Failure>,
    /// It was changed there.
    pub changed_there: bool,
}

impl GroupTask {
    /// Why it stands here.
    pub fn cause(&self) -> &'static str {
        match self.state {
            PushState::Failed => "the last push did not go through",
            PushState::Ending => "its push ends",
            _ if self.changed_there => "changed there; waits for a plan",
            _ => "moved here since it was pushed",
        }
    }

    /// What can be done about it.
    pub fn advice(&self) -> String {
        match &self.failure {
            Some(failure) => failure.next.clone(),
            None => "Look at the plan: scimdeck plan; send it: scimdeck apply".to_owned(),
        }
    }
}

/// Pushed groups that failed, end, or are due; the worst first, then by name.
pub fn group_tasks(directory: &Directory) -> Vec<GroupTask> {
    let task = |row: &GroupRow| {
        let state = row.push_state(directory).filter(|state| *state != PushState::Pushed)?;
        let push = row.push.as_ref()?;
        Some(GroupTask {
            group: row.group.id,
            name: row.group.name.clone(),
            state,
            failure: push.failure.clone(),
            changed_there: push.waits,
        })
    };
    let mut tasks: Vec<GroupTask> = directory.groups().into_iter().filter_map(task).collect();
    tasks.sort_by(|a, b| (place(a.state), &a.name).cmp(&(place(b.state), &b.name)));
    tasks
}

fn place(state: PushState) -> u8 {
    match state {
        PushState::Failed => 0,
        PushState::Ending => 1,
        PushState::Due => 2,
        PushState::Pushed => 3,
    }
}

/// How many pushed groups stand so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GroupCounts {
    /// The last try did not go through.
    pub failed: u32,
    /// Something moved, here or there.
    pub due: u32,
    /// The push ends.
    pub ending: u32,
}

impl GroupCounts {
    /// Of these.
    pub fn of(tasks: &[GroupTask]) -> Self {
        let count =
            |state| u32::try_from(tasks.iter().filter(|t| t.state == state).count()).unwrap_or(u32::MAX);
        let [failed, due, ending] = [PushState::Failed, PushState::Due, PushState::Ending].map(count);
        Self { failed, due, ending }
    }

    /// `1 group failed, 2 groups due`; empty where all are settled.
    pub fn words(self) -> String {
        let groups = |n| if n == 1 { "1 group".to_owned() } else { format!("{n} groups") };
        let all = [(self.failed, "failed"), (self.due, "due"), (self.ending, "ending")];
        let some = all.iter().filter(|(n, _)| *n > 0);
        some.map(|(n, word)| format!("{} {word}", groups(*n))).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::Change;
    use crate::domain::{FailureKind, Push, Unlinked};
    use crate::verbs::fixture::Fixture;

    #[test]
    fn what_failed_comes_first_and_what_is_settled_is_not_listed() {
        let mut f = Fixture::new().linked("ana", "Admin");
        let push = Push { remote_id: Some("g".into()), members: Some(Vec::new()), ..Push::default() };
        let failure = Failure { kind: FailureKind::Refused, text: "Refused.".into(), next: "Look.".into() };
        for name in ["Due", "Ending", "Failed", "Settled"] {
            f = f.group(name, &[]);
            let name = name.to_owned();
            let push = match name.as_str() {
                "Due" => Push { name: "Before".into(), ..push.clone() },
                "Ending" => Push { name, ending: Some(Unlinked::Deleted), ..push.clone() },
                "Failed" => Push { name, failure: Some(failure.clone()), ..push.clone() },
                _ => Push { name, ..push.clone() },
            };
            let gid = f.directory.groups().into_iter().map(|row| row.group.id).max().unwrap();
            f.directory.apply(&Change::GroupPushed(gid, push));
        }
        let tasks = group_tasks(&f.directory);
        let names: Vec<_> = tasks.iter().map(|task| task.name.as_str()).collect();
        assert_eq!(names, ["Failed", "Ending", "Due"]);
        assert_eq!(GroupCounts::of(&tasks).words(), "1 group failed, 1 group due, 1 group ending");
        assert_eq!(tasks[0].advice(), "Look.");
    }
}
