//! How a committed change reaches the rows, and what is derived on the way.

use std::sync::Arc;

use super::groups::GroupRow;
use super::packed::Packed;
use super::row::{Moved, OpHere, Own, Row, Through, at};
use super::{Change, Directory, Link, Observation, OpMark};
use crate::domain::{
    AccountState, AccountValues, Connection, Failure, FailureKind, Flag, GroupAssignment, GroupId, OpState,
    Person, PersonId, ProfileAttribute, Status, field,
};

/// A linked account's values, each whole.
struct Known {
    sent: AccountValues,
    settled: AccountValues,
    theirs: AccountValues,
}

impl Directory {
    /// Applies committed changes in order.
    pub fn apply_all<'a>(&mut self, changes: impl IntoIterator<Item = &'a Change>) {
        for change in changes {
            self.apply(change);
        }
    }

    /// Applies many changes of as many people, as a load brings them. Every look at one of many rows waits for the memory;
    /// those of a page are asked for together.
    pub fn apply_page(&mut self, changes: &[Change]) {
        let rows: Vec<&Row> = changes.iter().filter_map(|change| self.rows.get(whose(change)?)).collect();
        std::hint::black_box(rows.iter().fold(0, |all, row| all ^ row.touch()));
        std::hint::black_box(rows.iter().fold(0, |all, row| all ^ row.text.touch()));
        self.apply_all(changes);
    }

    /// Applies one committed change. A change about somebody who is not there does nothing.
    pub fn apply(&mut self, change: &Change) {
        self.version += 1;
        match change {
            Change::Person(person) => self.put_person(person),
            Change::PersonDropped(id) => self.drop_person(*id),
            Change::Group(group) => {
                let row = self.groups.get(&group.id).map(|g| (**g).clone());
                let row = row.unwrap_or_else(|| GroupRow {
                    group: group.clone(),
                    members: Default::default(),
                    assignment: None,
                    push: None,
                });
                Arc::make_mut(&mut self.groups)
                    .insert(group.id, Arc::new(GroupRow { group: group.clone(), ..row }));
            }
            Change::GroupDropped(id) => {
                if let Some(gone) = Arc::make_mut(&mut self.groups).remove(id) {
                    for person in &gone.members {
                        self.edit(*person, |row, _| leave(row, *id));
                    }
                }
            }
            Change::Member(group, person) => {
                if self.group_mut(*group).is_some_and(|g| g.members.insert(*person)) {
                    self.edit(*person, |row, _| join(row, *group));
                }
            }
            Change::MemberDropped(group, person) => {
                if self.group_mut(*group).is_some_and(|g| g.members.remove(person)) {
                    self.edit(*person, |row, _| leave(row, *group));
                }
            }
            Change::Assigned(id, assignment) => {
                let own = Own {
                    roles: self.roles.intern(&assignment.roles),
                    since: assignment.since,
                    origin: assignment.origin,
                };
                self.edit(*id, |row, _| row.own = Some(own));
            }
            Change::Unassigned(id) => self.edit(*id, |row, _| row.own = None),
            Change::GroupPushed(id, push) => {
                self.group_mut(*id).into_iter().for_each(|group| group.push = Some(push.clone()));
            }
            Change::GroupPushDropped(id, _) => {
                self.group_mut(*id).into_iter().for_each(|group| group.push = None);
            }
            Change::GroupAssigned(id, assignment) => self.assign_group(*id, Some(assignment.clone())),
            Change::GroupUnassigned(id) => self.assign_group(*id, None),
            Change::Attribute(place, attribute) => self.put_attribute(*place, attribute),
            Change::AttributeDropped(name) => {
                Arc::make_mut(&mut self.attributes).retain(|a| a.variable != *name);
            }
            Change::Link(id, link) => self.link(*id, link),
            Change::LinkDropped(id) => self.edit(*id, |row, known| {
                *known = None;
                row.text = row.text.with(at::REMOTE_ID, "");
                row.account = AccountState::Unknown;
            }),
            Change::Observed(id, seen) => self.observe(*id, seen),
            Change::Operation(id, mark) => self.mark(*id, mark),
            Change::Noted(id, note) => {
                Arc::make_mut(&mut self.notes).insert(*id, note.clone());
                self.edit(*id, |row, _| row.flags.insert(Flag::Noted));
            }
            Change::NoteDropped(id) => {
                Arc::make_mut(&mut self.notes).remove(id);
                self.edit(*id, |row, _| row.flags.remove(Flag::Noted));
            }
            Change::Connection(connection) => self.set_connection(connection),
            Change::Swept(sweep) => self.sweep = Some(sweep.clone()),
        }
    }

    /// What counts as moved depends on one of its settings.
    fn set_connection(&mut self, connection: &Connection) {
        let other = connection.to_app.exclude_user_name != self.connection.to_app.exclude_user_name;
        self.connection = Arc::new(connection.clone());
        if other {
            let moved = |row: &&Row| row.rare.is_some();
            let ids: Vec<PersonId> = self.rows.iter().filter(moved).map(|row| row.id).collect();
            for id in ids {
                self.edit(id, |_, _| {});
            }
        }
    }

    /// Whether two states of an account differ in anything that counts on this connection.
    fn moved(&self, before: &AccountValues, after: &AccountValues) -> bool {
        before != after && before.differences(after).iter().any(|d| self.counts(&d.attribute))
    }

    /// Whether a difference in this attribute is one that we would send.
    pub(super) fn counts(&self, attribute: &str) -> bool {
        !self.connection.to_app.exclude_user_name || attribute != field::USER_NAME
    }

    fn put_person(&mut self, person: &Person) {
        let Some(mut row) = self.rows.get(person.id).cloned() else {
            let row = Row { id: person.id, text: pack(person, ""), status: person.status, ..Row::hollow() };
            self.counters.add(&row);
            return self.rows.put(row);
        };
        self.change(&mut row, |row, _| {
            row.text = pack(person, row.text.get(at::REMOTE_ID));
            row.status = person.status;
        });
        // Their place is another one with another user name.
        self.rows.put(row);
    }

    fn drop_person(&mut self, id: PersonId) {
        if let Some(row) = self.rows.remove(id) {
            self.counters.remove(&row);
            for group in &row.groups {
                if let Some(group) = self.group_mut(*group) {
                    group.members.remove(&id);
                }
            }
        }
        Arc::make_mut(&mut self.notes).remove(&id);
        Arc::make_mut(&mut self.failures).remove(&id);
    }

    fn group_mut(&mut self, id: GroupId) -> Option<&mut GroupRow> {
        Arc::make_mut(&mut self.groups).get_mut(&id).map(Arc::make_mut)
    }

    fn assign_group(&mut self, id: GroupId, assignment: Option<GroupAssignment>) {
        let Some(group) = self.group_mut(id) else { return };
        group.assignment = assignment;
        let members: Vec<PersonId> = group.members.iter().copied().collect();
        for person in members {
            self.edit(person, |_, _| {});
        }
    }

    fn put_attribute(&mut self, place: u32, attribute: &ProfileAttribute) {
        let list = Arc::make_mut(&mut self.attributes);
        list.retain(|a| a.variable != attribute.variable);
        let place = (place as usize).min(list.len());
        list.insert(place, attribute.clone());
    }

    fn link(&mut self, id: PersonId, link: &Link) {
        self.edit(id, |row, known| {
            row.text = row.text.with(at::REMOTE_ID, &link.remote_id);
            row.linked_at = link.linked_at;
            row.confirmed_at = link.confirmed_at;
            row.account = match (link.settled.active, row.account) {
                (true, AccountState::Invited) => AccountState::Invited,
                (true, _) => AccountState::Active,
                (false, _) => AccountState::Inactive,
            };
            *known = Some(Known {
                sent: link.sent.clone(),
                settled: link.settled.clone(),
                theirs: link.settled.clone(),
            });
        });
    }

    fn observe(&mut self, id: PersonId, seen: &Observation) {
        self.edit(id, |row, known| {
            row.account = seen.state;
            row.observed_at = seen.at;
            if let (Some(known), Some(values)) = (known, &seen.values) {
                known.theirs = values.clone();
            }
        });
    }

    fn mark(&mut self, id: PersonId, mark: &OpMark) {
        // A late word about an older operation must not hide the newer one.
        if self
            .rows
            .get(id)
            .and_then(Row::op)
            .is_some_and(|op| op.id > mark.id && op.state != OpState::Behind)
        {
            return;
        }
        match &mark.failure {
            Some(failure) if mark.state.live() => {
                Arc::make_mut(&mut self.failures).insert(id, failure.clone());
            }
            _ if self.failures.contains_key(&id) => {
                Arc::make_mut(&mut self.failures).remove(&id);
            }
            _ => {}
        }
        let asked = |f: &Failure| matches!(f.kind, FailureKind::SlowDown | FailureKind::Pending);
        let failing = mark.failure.as_ref().is_some_and(|f| !asked(f));
        let op =
            mark.state.live().then_some(OpHere { id: mark.id, kind: mark.kind, state: mark.state, failing });
        self.edit(id, |row, _| {
            let moved = row.moved().cloned().unwrap_or_default();
            row.set_rare(moved, op);
        });
    }

    /// Changes a row whose user name stays.
    fn edit(&mut self, id: PersonId, change: impl FnOnce(&mut Row, &mut Option<Known>)) {
        let Some((spot, mut row)) = self.rows.lift(id) else { return };
        self.change(&mut row, change);
        self.rows.set_down(spot, row);
    }

    /// Changes a row and derives everything that hangs on it.
    fn change(&mut self, row: &mut Row, change: impl FnOnce(&mut Row, &mut Option<Known>)) {
        let mut known = self.known(row);
        self.counters.remove(row);
        change(row, &mut known);
        self.derive_roles(row, known.as_ref());
        let wanted = known.as_ref().map(|_| self.wanted(row));
        let (mut unsent, mut drift) = (false, false);
        if let (Some(known), Some(wanted)) = (&known, &wanted) {
            unsent = self.moved(&known.sent, wanted);
            drift = self.moved(&known.settled, &known.theirs);
        }
        let moved = known.zip(wanted).map(|(known, wanted)| Moved {
            theirs: (known.theirs != known.settled).then(|| Box::new(known.theirs)),
            settled: (known.settled != known.sent).then(|| Box::new(known.settled)),
            sent: (known.sent != wanted).then(|| Box::new(known.sent)),
        });
        row.set_rare(moved.unwrap_or_default(), row.op());
        row.flags = row.derive_flags(unsent, drift);
        self.counters.add(row);
    }

    /// The winning assignment gives all values; with none, the earlier ones are remembered.
    fn derive_roles(&mut self, row: &mut Row, known: Option<&Known>) {
        if let Some(own) = row.own {
            row.through = Through::Own;
            row.roles = own.roles;
            return;
        }
        let first = row
            .groups
            .iter()
            .zip(0_u32..)
            .filter_map(|(id, place)| {
                self.groups.get(id)?.assignment.as_ref().map(|a| (a.priority, *id, place))
            })
            .min();
        let roles = match first {
            Some((_, id, place)) => {
                row.through = Through::Group(place);
                self.groups.get(&id).and_then(|g| g.assignment.as_ref()).map(|a| a.roles.clone())
            }
            None => {
                row.through = Through::Nothing;
                known.map(|k| k.sent.roles.clone())
            }
        };
        if let Some(roles) = roles {
            row.roles = self.roles.intern(&roles);
        }
    }

    /// The account as it shall be.
    pub(super) fn wanted(&self, row: &Row) -> AccountValues {
        let text = |place| row.text.get(place).to_owned();
        let (user_name, email, external) = (text(at::USER_NAME), text(at::EMAIL), text(at::EXTERNAL_ID));
        AccountValues {
            active: row.shall_have_access(),
            external_id: if external.is_empty() { row.id.to_string() } else { external },
            given_name: row.given_name().to_owned(),
            family_name: text(at::FAMILY_NAME),
            display_name: row.display_name().to_owned(),
            email: if email.is_empty() && user_name.contains('@') { user_name.clone() } else { email },
            title: text(at::TITLE),
            department: text(at::DEPARTMENT),
            roles: self.roles.get(row.roles).clone(),
            user_name,
        }
    }

    fn known(&self, row: &Row) -> Option<Known> {
        if !row.linked() {
            return None;
        }
        let moved = row.moved();
        let kept = |pick: fn(&Moved) -> Option<&AccountValues>| moved.and_then(pick).cloned();
        let sent = kept(|m| m.sent.as_deref()).unwrap_or_else(|| self.wanted(row));
        let settled = kept(|m| m.settled.as_deref()).unwrap_or_else(|| sent.clone());
        let theirs = kept(|m| m.theirs.as_deref()).unwrap_or_else(|| settled.clone());
        Some(Known { sent, settled, theirs })
    }

    /// What was last pushed, what the account was after that, and what it is now; none without a link.
    pub(super) fn known_values(&self, row: &Row) -> Option<(AccountValues, AccountValues, AccountValues)> {
        self.known(row).map(|k| (k.sent, k.settled, k.theirs))
    }
}

/// Whose row a change is about that a load brings after all the people.
fn whose(change: &Change) -> Option<PersonId> {
    match change {
        Change::Assigned(id, _)
        | Change::Link(id, _)
        | Change::Observed(id, _)
        | Change::Operation(id, _) => Some(*id),
        _ => None,
    }
}

fn pack(person: &Person, remote_id: &str) -> Packed<{ at::COUNT }> {
    let key = person.user_name.to_lowercase();
    let (given, family, display) = (&person.given_name, &person.family_name, &person.display_name);
    let joined = display.strip_prefix(given.as_str()).and_then(|rest| rest.strip_prefix(' ')) == Some(family);
    let with_space = joined.then(|| format!("{given} "));
    Packed::new([
        if key == person.user_name { "" } else { &key },
        &person.user_name,
        with_space.as_deref().unwrap_or(given),
        family,
        if joined { "" } else { display },
        &person.email,
        &person.title,
        &person.department,
        person.external_id.as_deref().unwrap_or(""),
        remote_id,
        if joined { "j" } else { "" },
    ])
}

fn join(row: &mut Row, group: GroupId) {
    let mut groups = row.groups.to_vec();
    if !groups.contains(&group) {
        groups.push(group);
    }
    row.groups = groups.into_boxed_slice();
}

fn leave(row: &mut Row, group: GroupId) {
    row.groups = row.groups.iter().copied().filter(|g| *g != group).collect();
}

/// Whether somebody removed here can be forgotten: nothing of theirs remains there.
pub(super) fn forgettable(row: &Row) -> bool {
    row.status == Status::Removed && !(row.linked() && row.has_access_there()) && row.op().is_none()
}
