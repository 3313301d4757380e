//! From what is wanted and what was found to the operations that make it true.

mod allowed;
mod summary;

use super::advice::link_with;
use super::brake::{self, BrakeHistory};
use super::wire::{self, Wire};
use super::{Finding, Findings, Found, Invitation, Plan, Planned, Skipped};
use crate::directory::{Directory, PersonView};
use crate::domain::{
    AccountState, AccountValues, Base, Call, Intent, OpKind, Owned, PersonId, ProfileAttribute, field, typed,
};
use crate::verbs::{Decision, Scope};

/// Plans a decision: `after` is the directory with the decision's changes applied.
pub fn make(after: &Directory, decision: &Decision, findings: &Findings, history: &BrakeHistory) -> Plan {
    let mut people: Vec<PersonView<'_>> = match &decision.scope {
        Scope::Nobody => Vec::new(),
        Scope::People(ids) => ids.iter().filter_map(|id| after.get(*id)).collect(),
    };
    people.sort_by_key(|p| p.user_name().to_lowercase());
    people.dedup_by_key(|p| p.id());
    let mut plan = Plan { complete: true, ..Plan::default() };
    for (id, why) in &decision.left_out {
        let user_name = after.get(*id).map(|p| p.user_name().to_owned()).unwrap_or_default();
        plan.skipped.push(Skipped { person: *id, user_name, why: why.clone(), failed: true });
    }
    for person in people {
        let finding = findings.0.get(&person.id()).map(|finding| finding.whole(after.attributes()));
        let finding = finding.as_deref();
        let planner = Planner { directory: after, decision, person, finding };
        if matches!(finding, None | Some(Finding::Unknown(_))) && planner.can_be_found() {
            plan.complete = false;
        }
        match planner.plan() {
            Ok(planned) => plan.operations.push(planned),
            Err(Nothing::Done(why)) => {
                let why = planner.never_sent().unwrap_or(why);
                // What was queued for an earlier wish, maybe behind one that was sent, must not go out after this one.
                if person.operation().is_some() {
                    plan.cancel.push(person.id());
                }
                plan.skipped.push(planner.skipped(why, false));
            }
            Err(Nothing::Cannot(why)) => plan.skipped.push(planner.skipped(why, true)),
            Err(Nothing::Cancel) => {
                plan.cancel.push(person.id());
                plan.skipped.push(planner.skipped("has no account of ours there".to_owned(), false));
            }
        }
    }
    plan.summary = summary::summarise(&plan, after.attributes());
    brake::weigh(&mut plan, after, decision, history);
    plan
}

/// Why nothing is planned for somebody.
enum Nothing {
    /// It is so already.
    Done(String),
    /// It shall be, and cannot.
    Cannot(String),
    /// Nothing there; what was queued is no longer wanted.
    Cancel,
}

#[derive(Clone, Copy)]
struct Planner<'a> {
    directory: &'a Directory,
    decision: &'a Decision,
    person: PersonView<'a>,
    finding: Option<&'a Finding>,
}

impl Planner<'_> {
    fn plan(&self) -> Result<Planned, Nothing> {
        match (self.person.shall_have_access(), self.person.remote_id()) {
            (true, Some(remote_id)) => self.update(remote_id),
            (true, None) => self.first(),
            (false, Some(remote_id)) => self.deactivate(remote_id),
            (false, None) => self.follow(),
        }
    }

    fn attributes(&self) -> &[ProfileAttribute] {
        self.directory.attributes()
    }

    fn wire(&self) -> Wire {
        Wire::of(self.directory.connection())
    }

    /// Whether there is something to find an account by; a link is enough.
    fn can_be_found(&self) -> bool {
        self.person.remote_id().is_some() || self.wire().identity(&self.person.wanted()).is_some()
    }

    fn skipped(&self, why: String, failed: bool) -> Skipped {
        Skipped { person: self.person.id(), user_name: self.person.user_name().to_owned(), why, failed }
    }

    fn found(&self) -> Option<&Found> {
        match self.finding {
            Some(Finding::Account(found)) => Some(found),
            _ => None,
        }
    }

    /// Somebody without a link: create, or link what is there.
    fn first(&self) -> Result<Planned, Nothing> {
        let wanted = self.person.wanted();
        let connection = self.directory.connection();
        if !self.can_be_found() {
            return Err(Nothing::Cannot(allowed::nothing_to_look_for(connection)));
        }
        self.require_roles(&wanted)?;
        let owned = wire::everything(&wanted, self.attributes());
        let intent = |base| Intent {
            wanted: wanted.clone(),
            owned: owned.clone(),
            remote_id: None,
            base,
            before: None,
            linked_at: None,
            settled: None,
            ours: None,
        };
        match self.finding {
            Some(Finding::Account(found)) => {
                self.require_ours(found, &wanted)?;
                let theirs = &found.account.values;
                let mut intent = intent(Base::Account(Box::new(theirs.clone())));
                self.wire().restrict_link(&mut intent, theirs);
                Ok(self.planned(OpKind::Link, intent, theirs))
            }
            Some(Finding::Several(accounts)) => Err(Nothing::Cannot(format!(
                "{} accounts there have this {}; take the extra ones away in the app first, or link the right one: {}",
                accounts.len(),
                wire::words(connection.unique_identifier),
                link_with(self.person.user_name(), "ACCOUNT_ID")
            ))),
            finding if let Some(off) = allowed::create_off(connection) => {
                let looked = matches!(finding, Some(Finding::Absent));
                Err(Nothing::Cannot(allowed::no_match(connection, off, looked)))
            }
            Some(Finding::Absent) => {
                Ok(self.planned(OpKind::Create, intent(Base::Absent), &Default::default()))
            }
            Some(Finding::Gone | Finding::Unknown(_) | Finding::Row(_)) | None => {
                Ok(self.planned(OpKind::Create, intent(Base::Unknown), &Default::default()))
            }
        }
    }

    /// Required values are never sent with a default.
    fn require_roles(&self, wanted: &AccountValues) -> Result<(), Nothing> {
        let missing: Vec<&str> = self
            .attributes()
            .iter()
            .filter(|a| a.required && wanted.roles.get(&a.variable).is_none())
            .map(|a| a.variable.as_str())
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(Nothing::Cannot(format!("role missing: {}; give a value first", missing.join(", "))))
    }

    /// An account that carries another externalId is never linked without a decision.
    fn require_ours(&self, found: &Found, wanted: &AccountValues) -> Result<(), Nothing> {
        let theirs = &found.account.values.external_id;
        if theirs.is_empty() || *theirs == wanted.external_id {
            return Ok(());
        }
        Err(Nothing::Cannot(format!(
            "the account there carries another externalId ({theirs}); decide whose it is; if it is theirs: {}",
            link_with(self.person.user_name(), &typed(&found.account.remote_id))
        )))
    }

    fn update(&self, remote_id: &str) -> Result<Planned, Nothing> {
        if self.is_gone() {
            return Err(Nothing::Cannot("the linked account is not there any more (404)".to_owned()));
        }
        let wanted = self.person.wanted();
        let Some((sent, settled, theirs)) = self.person.known() else { return Err(Nothing::Cancel) };
        let there = self.found().map_or(&theirs, |found| &found.account.values);
        let moved = sent.differences(&wanted).into_iter().map(|d| d.attribute);
        // For whom exactly these are written, nothing else goes along.
        let exactly = self.decision.exactly.contains_key(&self.person.id());
        let owned = self.decision.owned_of(self.person.id());
        let mut names: Vec<String> = moved
            .filter(|_| !exactly)
            .chain(owned.iter().cloned())
            .filter(|name| self.sendable(name))
            .collect();
        let ahead = self.on_its_way();
        if ahead == Some(OpKind::Deactivate) {
            names.push(field::ACTIVE.to_owned());
        }
        let renamed = names.iter().any(|name| name == field::USER_NAME);
        let connection = self.directory.connection();
        names.retain(|name| name != field::USER_NAME || !connection.to_app.exclude_user_name);
        // What is on its way may write what is wanted otherwise by now: behind it that is written too.
        if names.is_empty() && ahead.is_none() {
            let why = match renamed {
                true => "Exclude Username Updates is on: the new user name is not sent",
                false => "nothing of ours moved since the last push",
            };
            return Err(Nothing::Done(why.to_owned()));
        }
        self.require_roles(&wanted)?;
        // Access is given back only where `active` is meant to be written: where we had ended it or are about to, or,
        // by those that are written exactly, where another hand has.
        let lost = !sent.active || (exactly && !there.active) || ahead == Some(OpKind::Deactivate);
        let back = lost && names.iter().any(|name| name == field::ACTIVE);
        let kind = if back { OpKind::Reactivate } else { OpKind::Update };
        if let Some(off) = allowed::update_off(connection) {
            // Access is not an attribute: who may be deactivated may be given it back.
            if kind == OpKind::Update || !connection.to_app.deactivate {
                return Err(Nothing::Cannot(allowed::not_sent(off)));
            }
            names = vec![field::ACTIVE.to_owned()];
        }
        let intent = Intent {
            wanted,
            owned: Owned::of(names),
            remote_id: Some(remote_id.to_owned()),
            base: self.base(),
            before: Some(sent),
            linked_at: self.person.linked_at(),
            settled: Some(settled),
            ours: None,
        };
        Ok(self.planned(kind, intent, there))
    }

    fn deactivate(&self, remote_id: &str) -> Result<Planned, Nothing> {
        // A copy that lags behind says so too, of somebody who has access: what only this look says, or one that came
        // too soon after a push, the operation looks at once more.
        let known = self.person.account() == AccountState::Gone && !self.person.has_access_there();
        if self.is_gone() && known {
            return Err(Nothing::Done("the account is not there any more".to_owned()));
        }
        let wanted = self.person.wanted();
        let Some((sent, settled, theirs)) = self.person.known() else { return Err(Nothing::Cancel) };
        let there = self.found().map_or(&theirs, |found| &found.account.values);
        if !there.active && !sent.active && self.on_its_way().is_none_or(|kind| kind == OpKind::Deactivate) {
            return Err(Nothing::Done("has no access there".to_owned()));
        }
        if !self.directory.connection().to_app.deactivate {
            return Err(Nothing::Cannot("Deactivate Users is off: access remains there".to_owned()));
        }
        let intent = Intent {
            wanted,
            owned: Owned::of([field::ACTIVE]),
            remote_id: Some(remote_id.to_owned()),
            base: self.base(),
            before: Some(sent),
            linked_at: self.person.linked_at(),
            settled: Some(settled),
            ours: None,
        };
        Ok(self.planned(OpKind::Deactivate, intent, there))
    }

    /// Somebody who shall have no access and has no link. Where an account of theirs may just be on its way, ending
    /// its access waits behind that; where one that we made is found, or cannot be ruled out, its access ends.
    fn follow(&self) -> Result<Planned, Nothing> {
        let wanted = self.person.wanted();
        let made = match (self.on_its_way(), self.finding) {
            (Some(kind), _) => kind != OpKind::Deactivate,
            (None, Some(Finding::Account(found))) => {
                let theirs = &found.account.values;
                theirs.active && theirs.external_id == wanted.external_id
            }
            (None, None | Some(Finding::Unknown(_))) => {
                self.person.operation().is_some() && self.can_be_found()
            }
            (None, Some(_)) => false,
        };
        if !made {
            return Err(Nothing::Cancel);
        }
        if !self.directory.connection().to_app.deactivate {
            return Err(Nothing::Cannot("Deactivate Users is off: access remains there".to_owned()));
        }
        let there = AccountValues { active: true, ..wanted.clone() };
        let there = self.found().map_or(there, |found| found.account.values.clone());
        let intent = Intent {
            wanted,
            owned: Owned::of([field::ACTIVE]),
            remote_id: None,
            base: self.base(),
            before: None,
            linked_at: None,
            settled: None,
            ours: None,
        };
        Ok(self.planned(OpKind::Deactivate, intent, &there))
    }

    /// What was sent for them and may be applied or not.
    fn on_its_way(&self) -> Option<OpKind> {
        self.person.operation().filter(|(.., state)| state.sent()).map(|(_, kind, _)| kind)
    }

    fn is_gone(&self) -> bool {
        match self.finding {
            Some(Finding::Gone) => true,
            None | Some(Finding::Unknown(_)) => self.person.account() == AccountState::Gone,
            _ => false,
        }
    }

    fn base(&self) -> Base {
        self.found().map_or(Base::Unknown, |found| Base::Account(Box::new(found.account.values.clone())))
    }

    fn sendable(&self, name: &str) -> bool {
        // A value of an attribute that was taken out of the profile stays as the app has it.
        let text = name == field::ACTIVE || AccountValues::default().texts().iter().any(|(n, _)| *n == name);
        text || self.attributes().iter().find(|a| a.variable == name).is_some_and(ProfileAttribute::sendable)
    }

    /// Why something that moved is nothing to send all the same: its attribute has no place in the app.
    fn never_sent(&self) -> Option<String> {
        let (sent, ..) = self.person.known().filter(|_| self.person.shall_have_access())?;
        let moved = sent.differences(&self.person.wanted()).into_iter().map(|d| d.attribute);
        let kept: Vec<String> = moved.filter(|name| !self.sendable(name)).collect();
        (!kept.is_empty()).then(|| {
            format!(
                "{} moved here and is never sent: the attribute has no external namespace",
                kept.join(", ")
            )
        })
    }

    fn planned(&self, kind: OpKind, intent: Intent, there: &AccountValues) -> Planned {
        let makes = kind == OpKind::Create;
        let goal = if makes { intent.wanted.clone() } else { intent.goal(there) };
        Planned {
            person: self.person.id(),
            user_name: self.person.user_name().to_owned(),
            name: self.person.name(),
            kind,
            cause: self.decision.cause.clone(),
            changes: if makes { goal.from_nothing() } else { there.differences(&goal) },
            calls: self.calls(kind, &intent, &goal),
            found: self.found().map(|f| f.account.clone()),
            invitation: if makes { Invitation::Goes } else { Invitation::No },
            intent,
        }
    }

    /// The exact requests for the base this stands on; without one, those that do not depend on it.
    fn calls(&self, kind: OpKind, intent: &Intent, goal: &AccountValues) -> Vec<Call> {
        let (wire, attributes) = (self.wire(), self.attributes());
        let mut calls = Vec::new();
        if intent.remote_id.is_none() {
            calls.extend(wire.identity(&intent.wanted).map(|who| who.look_up()));
        }
        if kind == OpKind::Create {
            calls.push(wire.create(&intent.wanted, attributes));
            return calls;
        }
        let remote_id = intent.remote_id.as_deref().or(self.found().map(|f| f.account.remote_id.as_str()));
        let Some(remote_id) = remote_id else { return calls };
        calls.push(wire.read(remote_id));
        if let Some(found) = self.found()
            && !intent.same(&found.account.values, goal)
        {
            calls.push(wire.change(found, goal, &intent.owned, attributes));
        }
        if kind == OpKind::Deactivate {
            calls.push(wire.read(remote_id));
        }
        calls
    }
}

/// The people in scope that a decision names.
pub fn people_of(scope: &Scope) -> &[PersonId] {
    match scope {
        Scope::Nobody => &[],
        Scope::People(people) => people,
    }
}

#[cfg(test)]
mod switch_tests;
#[cfg(test)]
mod tests;
