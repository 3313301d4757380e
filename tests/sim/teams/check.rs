//! What is held against every request for a group, and against the end.

use std::collections::{BTreeMap, BTreeSet};

use scimdeck::directory::PushState;
use scimdeck::domain::{Call, GroupId, Method, Outcome, Time, Unlinked};
use scimdeck::engine::PlannedGroup;
use scimdeck::scim::resource;
use scimdeck::verbs::Command;

use crate::process::Process;
use crate::world::World;

/// A request of a job.
#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) job: u64,
    pub(crate) call: Call,
    pub(crate) began: Time,
    /// When the job last read a group.
    pub(crate) read_at: Time,
}

/// A group as it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct There {
    pub(crate) name: String,
    external_id: String,
    pub(crate) members: BTreeSet<String>,
}

/// How a push was decided to end, and which group that was.
type EndOf = (Unlinked, Option<String>);

#[derive(Default)]
pub(crate) struct Seen {
    /// Follows the store, and knows all that was ever committed.
    observer: Option<Box<Process>>,
    /// Groups there that were ours at some time.
    ours: BTreeMap<String, GroupId>,
    /// Groups there that no group here is named like.
    pub(super) strangers: BTreeMap<String, There>,
    /// Who was a member at some time.
    wanted: BTreeMap<GroupId, BTreeSet<String>>,
    /// Who was in a plan that was committed, as leaving.
    approved: BTreeMap<GroupId, BTreeSet<String>>,
    /// Since when somebody is in a group there.
    since: BTreeMap<(String, String), Time>,
    /// Whom another hand put in or took out: nobody looks at a group again that is as it was made.
    handed: BTreeSet<(String, String)>,
    /// Since when an account has no access there.
    without: BTreeMap<String, Time>,
    /// Groups of which a deletion left.
    deleted: BTreeSet<String>,
    ended: BTreeMap<GroupId, EndOf>,
    /// Groups that were left there; nobody knows of them afterwards.
    left: BTreeSet<String>,
    /// What an answer asked for.
    pub(super) quiet: [Time; 2],
}

impl Seen {
    pub(super) fn new(observer: Process) -> Self {
        Self { observer: Some(Box::new(observer)), ..Self::default() }
    }
}

impl World {
    pub(crate) fn teams_there(&self) -> BTreeMap<String, There> {
        let groups = self.server.workspace.groups();
        let there = groups.map(|group| {
            let external_id = resource::text(&group.attributes, "externalId").unwrap_or_default().to_owned();
            let members = group.members.iter().map(|member| member.value.clone()).collect();
            let there = There { name: group.display_name().to_owned(), external_id, members };
            (group.id.clone(), there)
        });
        there.collect()
    }

    /// The store as it is; the observer is to be given back.
    fn committed(&mut self) -> Box<Process> {
        let mut observer = self.teams.seen.observer.take().expect("somebody observes");
        observer.catch_up();
        observer
    }

    /// Something was committed.
    pub(crate) fn teams_note(&mut self) {
        if !self.teams.on {
            return;
        }
        let observer = self.committed();
        let seen = &mut self.teams.seen;
        for row in observer.directory.groups() {
            let id = row.group.id;
            seen.wanted.entry(id).or_default().extend(row.members_there(&observer.directory));
            let Some(remote_id) = row.push.as_ref().and_then(|push| push.remote_id.clone()) else { continue };
            if seen.strangers.contains_key(&remote_id) {
                self.watch.wrong.push(format!("ours: {remote_id} became {id}"));
            }
            seen.ours.insert(remote_id, id);
        }
        seen.observer = Some(observer);
    }

    /// A plan is about to be committed.
    pub(crate) fn shown(&mut self, planned: &[PlannedGroup]) {
        for one in planned {
            let approved = self.teams.seen.approved.entry(one.group).or_default();
            approved.extend(one.leaving.iter().cloned());
        }
    }

    pub(crate) fn team_decided(&mut self, command: &Command) {
        let observer = self.committed();
        let remote_id = |id: &GroupId| observer.directory.group(*id)?.push.as_ref()?.remote_id.clone();
        match command {
            Command::UnpushGroup(id, what) => {
                let ours =
                    || self.teams.seen.ours.iter().filter(|(_, to)| *to == id).map(|(id, _)| id.clone());
                let there = self.teams_there();
                // Of one that is left nothing is kept: it is the one that is there now.
                let which = match what {
                    Unlinked::Deleted => remote_id(id),
                    Unlinked::Left => remote_id(id).or_else(|| ours().find(|id| there.contains_key(id))),
                };
                // One whose making was not heard of is left as well.
                let unheard = there.iter().filter(|(_, group)| group.external_id == id.to_string());
                let left = ours().chain(unheard.map(|(id, _)| id.clone()));
                let left: Vec<String> = left.filter(|_| *what == Unlinked::Left).collect();
                self.teams.seen.left.extend(left);
                self.teams.seen.ended.insert(*id, (*what, which));
            }
            Command::PushGroup(id) => drop(self.teams.seen.ended.remove(id)),
            _ => {}
        }
        self.teams.seen.observer = Some(observer);
    }

    /// A request leaves.
    pub(super) fn team_leaves(&mut self, p: usize, sent: &Sent) {
        let call = &sent.call;
        if !call.method.writes() {
            return;
        }
        if self.teams.held {
            self.watch.wrong.push(format!("hold: {} left while groups were held", call.line()));
        }
        if !self.processes[p].leads {
            self.watch.wrong.push(format!("seat: {} left and p{p} is not the sender", call.line()));
        }
        if self.now < self.teams.seen.quiet[p] {
            self.watch.wrong.push(format!("pace: {} left before the time that was asked for", call.line()));
        }
        if call.method != Method::Delete {
            return;
        }
        let Some(id) = call.path.get(1).cloned() else { return };
        let directory = self.processes[p].directory.clone();
        let ends = directory
            .groups()
            .into_iter()
            .filter_map(|row| row.push.as_ref())
            .any(|push| push.ending == Some(Unlinked::Deleted) && push.remote_id.as_ref() == Some(&id));
        if !ends {
            self.watch.wrong.push(format!("ours: {} left and nobody decided it", call.line()));
        }
        self.teams.seen.deleted.insert(id);
    }

    /// What a request changed there.
    pub(super) fn team_moved(&mut self, sent: &Sent, before: &BTreeMap<String, There>) {
        let after = self.teams_there();
        let line = sent.call.line();
        let mut wrong = Vec::new();
        if let Some(id) = sent.call.path.get(1).filter(|_| sent.call.method.writes())
            && !self.teams.seen.ours.contains_key(id)
        {
            wrong.push(format!("ours: {line} is for a group that is not ours"));
        }
        for id in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
            let none = BTreeSet::new();
            let was = before.get(id).map_or(&none, |group| &group.members);
            let is = after.get(id).map_or(&none, |group| &group.members);
            if was == is {
                continue;
            }
            let seen = &mut self.teams.seen;
            let ours = |there: &There| there.external_id.parse().ok().map(GroupId);
            let group = seen.ours.get(id).copied().or_else(|| after.get(id).and_then(ours));
            let Some(group) = group else { continue };
            for member in was.difference(is) {
                let key = (id.clone(), member.clone());
                let known = seen.since.remove(&key).is_none_or(|since| since < sent.read_at);
                let approved = seen.approved.get(&group).is_some_and(|ids| ids.contains(member));
                // Whoever is deleted there leaves all groups, and another hand may come between a read and its write.
                if known && !approved {
                    wrong
                        .push(format!("members: {line} took {member} out of {group} and nobody approved it"));
                }
            }
            for member in is.difference(was) {
                seen.since.insert((id.clone(), member.clone()), self.now);
                if !seen.wanted.get(&group).is_some_and(|ids| ids.contains(member)) {
                    wrong.push(format!("members: {line} put {member} into {group}, where they never were"));
                }
                let without = seen.without.get(member);
                if without.is_some_and(|since| since.plus_ms(2_000) < sent.began)
                    && !self.touched.contains(member)
                    && self.server.bad.lie == 0
                {
                    wrong.push(format!("members: {line} put {member} into {group} without access"));
                }
            }
        }
        self.watch.wrong.extend(wrong);
    }

    /// An answer is on its way.
    pub(super) fn team_answered(&mut self, p: usize, sent: &Sent, outcome: &Outcome) {
        let (call, clock) = (&sent.call, self.clock(p));
        let Outcome::Answered(answer) = outcome else { return };
        let Some(job) = self.teams.jobs.get_mut(&sent.job) else { return };
        if call.method == Method::Get && call.path.len() > 1 && answer.status == 200 {
            job.read_at = self.now;
        }
        if let Some(ms) = answer.asked_wait_ms(clock).filter(|_| job.makes && answer.status == 429) {
            self.teams.seen.quiet[p] = self.now.plus_ms(ms);
        }
    }

    /// Who has access there, looked at from time to time.
    pub(super) fn note_access(&mut self) {
        let now = self.now;
        let seen = &mut self.teams.seen;
        for account in self.server.workspace.accounts() {
            match account.access {
                true => drop(seen.without.remove(&account.id)),
                false => drop(seen.without.entry(account.id.clone()).or_insert(now)),
            }
        }
    }

    /// No group of ours is there twice.
    fn no_group_twice(&self, wrong: &mut Vec<String>) {
        let mut count: BTreeMap<String, u32> = BTreeMap::new();
        for group in self.teams_there().into_values().filter(|group| !group.external_id.is_empty()) {
            *count.entry(group.external_id).or_default() += 1;
        }
        for (id, n) in count.into_iter().filter(|(_, n)| *n > 1) {
            wrong.push(format!("duplicate: group {id} is there {n} times"));
        }
    }

    /// What holds at any time.
    pub(super) fn teams_kept(&mut self) -> Vec<String> {
        let mut wrong = Vec::new();
        self.no_group_twice(&mut wrong);
        let there = self.teams_there();
        for (id, was) in &self.teams.seen.strangers {
            if there.get(id) != Some(was) {
                wrong.push(format!("ours: {was:?} became {:?}", there.get(id)));
            }
        }
        wrong
    }

    /// Once everything is drained at a healthy endpoint.
    pub(super) fn teams_true(&mut self) -> Vec<String> {
        let mut wrong = self.teams_kept();
        let observer = self.committed();
        let directory = observer.directory.clone();
        self.teams.seen.observer = Some(observer);
        let there = self.teams_there();
        for row in directory.groups() {
            let name = &row.group.name;
            let Some(push) = &row.push else { continue };
            if row.push_state(&directory) != Some(PushState::Pushed) {
                let state = row.push_state(&directory);
                wrong.push(format!("converge: {name} is {state:?}: {push:?}"));
                continue;
            }
            let remote_id = push.remote_id.clone().unwrap_or_default();
            let Some(group) = there.get(&remote_id) else {
                wrong.push(format!("green: {name} is pushed and not there: {push:?}"));
                continue;
            };
            let wanted: BTreeSet<String> = row.members_there(&directory).into_iter().collect();
            let handed =
                |member: &&String| self.teams.seen.handed.contains(&(remote_id.clone(), (*member).clone()));
            if group.name != *name || !group.members.symmetric_difference(&wanted).all(|id| handed(&id)) {
                wrong.push(format!("green: {name} is pushed as {wanted:?} and is {group:?} there"));
            }
            for person in directory.people().filter(|person| person.flags().is_empty()) {
                let Some(id) = person.remote_id().filter(|id| !self.touched.contains(*id)) else { continue };
                let has = self.server.workspace.accounts().any(|a| a.id == id && a.access);
                let shall = row.members.contains(&person.id()) && person.shall_have_access() && has;
                if shall != group.members.contains(id) && !handed(&&id.to_owned()) {
                    wrong.push(format!("members: {} in {name}: {}", person.user_name(), !shall));
                }
            }
        }
        for (group, (what, which)) in &self.teams.seen.ended {
            let name = group.to_string();
            match what {
                Unlinked::Deleted => {
                    let rest: Vec<_> = there
                        .iter()
                        .filter(|(id, group)| {
                            let left = self.teams.seen.left.contains(*id);
                            Some(*id) == which.as_ref() || (group.external_id == name && !left)
                        })
                        .collect();
                    let pushed = directory.group(*group).is_some_and(|row| row.push.is_some());
                    if !rest.is_empty() && !pushed {
                        wrong.push(format!("end: {group} was to be deleted and is there: {rest:?}"));
                    }
                }
                Unlinked::Left => {
                    if let Some(id) = which.as_ref().filter(|id| !self.teams.seen.deleted.contains(*id))
                        && !there.contains_key(id)
                    {
                        wrong.push(format!("end: {group} was to be left and is gone"));
                    }
                }
            }
        }
        wrong
    }

    /// Another hand changed members.
    pub(super) fn note_members(&mut self, group: &str, member: &str) {
        self.teams.seen.handed.insert((group.to_owned(), member.to_owned()));
        for (id, group) in self.teams_there() {
            for member in group.members {
                self.teams.seen.since.entry((id.clone(), member)).or_insert(self.now);
            }
        }
    }
}
