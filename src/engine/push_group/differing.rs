//! What a look at pushed groups found otherwise than they were made, and who is meant by it.

use std::collections::{BTreeSet, HashMap};

use super::FoundGroup;
use crate::directory::{Directory, GroupRow};
use crate::domain::{GroupId, Push};

/// A pushed group that was changed there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupDiffers {
    /// Which.
    pub group: GroupId,
    /// Its name here.
    pub name: String,
    /// The endpoint's `id` of it.
    pub remote_id: Option<String>,
    /// It is not there any more.
    pub gone: bool,
    /// Its name there, where that is another one.
    pub named: Option<String>,
    /// Who should be in it and is not. Not told of a group that is gone.
    pub missing: Vec<InGroup>,
    /// Who is in it and should not be.
    pub extra: Vec<InGroup>,
}

/// An account in a group, or missing there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InGroup {
    /// The endpoint's `id` of it.
    pub account_id: String,
    /// The user name of whoever has it here; none for an account of nobody here.
    pub user_name: Option<String>,
}

/// What the record of a push becomes by a look that found this, or nothing, there; none where it says so already.
/// What was changed there by another hand waits for a plan. A group whose push never went through, failed or ends is
/// read by what it waits for anyway.
pub fn learned(row: &GroupRow, directory: &Directory, found: Option<&FoundGroup>) -> Option<Push> {
    let push = row.push.as_ref().filter(|push| is_looked_at(push))?;
    let name = found.map(|found| found.name.clone()).unwrap_or_default();
    let members = found.map(|found| found.members.iter().cloned().collect::<Vec<String>>());
    if push.name == name && push.members == members {
        return None;
    }
    let wanted = row.members_there(directory);
    let before = off(push.members.as_deref(), &wanted);
    let now = off(members.as_deref(), &wanted);
    let renamed = name != row.group.name && name != push.name;
    let more = renamed || (members.is_none() && push.members.is_some()) || !now.is_subset(&before);
    // Mended there, nothing of it waits any more.
    let waits = more || (push.waits && (!now.is_empty() || name != row.group.name));
    Some(Push { name, members, waits, ..push.clone() })
}

/// Whether a look reads this one.
pub fn is_looked_at(push: &Push) -> bool {
    let known = push.remote_id.is_some() && (push.members.is_some() || push.waits);
    // What a push wrote and did not read back yet is its own to look at.
    known && push.failure.is_none() && push.ending.is_none() && push.sent_at.is_none()
}

/// Whose membership is not as wanted.
fn off(there: Option<&[String]>, wanted: &[String]) -> BTreeSet<String> {
    let there: BTreeSet<&String> = there.unwrap_or_default().iter().collect();
    let wanted: BTreeSet<&String> = wanted.iter().collect();
    there.symmetric_difference(&wanted).map(|id| (*id).clone()).collect()
}

/// Pushed groups that were changed there and wait for an operator, by name.
pub fn differing(directory: &Directory) -> Vec<GroupDiffers> {
    let waiting =
        |row: &&GroupRow| row.push.as_ref().is_some_and(|push| push.waits) && row.push_due(directory);
    let rows: Vec<&GroupRow> = directory.groups().into_iter().filter(waiting).collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let mut all: Vec<GroupDiffers> = rows.into_iter().filter_map(|row| differs(row, directory)).collect();
    let ids = all.iter().flat_map(|one| one.missing.iter().chain(&one.extra));
    let mut names: HashMap<String, Option<String>> = ids.map(|one| (one.account_id.clone(), None)).collect();
    for person in directory.people() {
        if let Some(name) = person.remote_id().and_then(|id| names.get_mut(id)) {
            *name = Some(person.user_name().to_owned());
        }
    }
    for one in all.iter_mut().flat_map(|one| one.missing.iter_mut().chain(&mut one.extra)) {
        one.user_name = names.get(&one.account_id).cloned().flatten();
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

fn differs(row: &GroupRow, directory: &Directory) -> Option<GroupDiffers> {
    let push = row.push.as_ref()?;
    let wanted = row.members_there(directory);
    let there = push.members.as_deref().unwrap_or_default();
    let one = |id: &String| InGroup { account_id: id.clone(), user_name: None };
    let lacks = |among: &[String], id: &String| among.binary_search(id).is_err();
    let gone = push.members.is_none();
    Some(GroupDiffers {
        group: row.group.id,
        name: row.group.name.clone(),
        remote_id: push.remote_id.clone(),
        gone,
        named: (!gone && push.name != row.group.name).then(|| push.name.clone()),
        missing: wanted.iter().filter(|id| !gone && lacks(there, id)).map(one).collect(),
        extra: there.iter().filter(|id| lacks(&wanted, id)).map(one).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::Change;
    use crate::engine::push_group::found;
    use crate::verbs::fixture::{Fixture, address};
    use serde_json::json;

    /// Ana and Ben are in the group, which was made so; cleo is not.
    fn pushed() -> (Fixture, GroupId) {
        let mut f = Fixture::new().linked("ana", "Admin").linked("ben", "Admin").linked("cleo", "Admin");
        f = f.group("Team", &["ana", "ben"]);
        let gid = f.gid("Team");
        let members = Some(f.directory.group(gid).unwrap().members_there(&f.directory));
        let push = Push { name: "Team".into(), remote_id: Some("g".into()), members, ..Push::default() };
        f.directory.apply(&Change::GroupPushed(gid, push));
        (f, gid)
    }

    fn there(f: &Fixture, name: &str, people: &[&str]) -> FoundGroup {
        let id = |name: &str| match f.directory.find(&address(name)) {
            Some(person) => person.remote_id().unwrap_or_default().to_owned(),
            None => name.to_owned(),
        };
        let members: Vec<_> = people.iter().map(|name| json!({"value": id(name)})).collect();
        let body = json!({"id": "g", "displayName": name, "members": members});
        found(body.as_object().cloned().unwrap(), None).unwrap()
    }

    fn learn(f: &mut Fixture, gid: GroupId, found: Option<&FoundGroup>) -> bool {
        let push = learned(f.directory.group(gid).unwrap(), &f.directory, found);
        let some = push.is_some();
        if let Some(push) = push {
            f.directory.apply(&Change::GroupPushed(gid, push));
        }
        some
    }

    fn names(members: &[InGroup]) -> Vec<Option<&str>> {
        members.iter().map(|one| one.user_name.as_deref()).collect()
    }

    #[test]
    fn a_group_that_is_as_it_was_made_teaches_nothing() {
        let (mut f, gid) = pushed();
        let same = there(&f, "Team", &["ana", "ben"]);
        assert!(!learn(&mut f, gid, Some(&same)));
        assert_eq!(differing(&f.directory), []);
    }

    #[test]
    fn who_was_taken_out_and_put_in_there_is_named_and_nothing_of_it_goes_by_itself() {
        let (mut f, gid) = pushed();
        let moved = there(&f, "Theirs", &["ana", "cleo", "stranger"]);
        assert!(learn(&mut f, gid, Some(&moved)));
        let one = differing(&f.directory).remove(0);
        assert_eq!((one.gone, one.named.as_deref()), (false, Some("Theirs")));
        assert_eq!(names(&one.missing), [Some("ben@example.com")]);
        let mut extra = names(&one.extra);
        extra.sort_unstable();
        assert_eq!(extra, [None, Some("cleo@example.com")]);
        let row = f.directory.group(gid).unwrap();
        assert!(row.push_due(&f.directory) && !row.push_goes(&f.directory));
        assert!(!learn(&mut f, gid, Some(&moved)), "known by now");
        let back = there(&f, "Team", &["ana", "ben"]);
        assert!(learn(&mut f, gid, Some(&back)));
        assert_eq!(differing(&f.directory), [], "mended there");
    }

    #[test]
    fn a_group_that_is_gone_is_due_and_not_made_again_by_itself() {
        let (mut f, gid) = pushed();
        assert!(learn(&mut f, gid, None));
        let one = differing(&f.directory).remove(0);
        assert!(one.gone && one.missing.is_empty());
        let row = f.directory.group(gid).unwrap();
        assert!(row.push_due(&f.directory) && !row.push_goes(&f.directory));
        assert!(!learn(&mut f, gid, None), "known by now");
    }

    #[test]
    fn what_is_to_be_sent_anyway_is_no_change_of_theirs() {
        let (mut f, gid) = pushed();
        f.directory.apply(&Change::Member(gid, f.id("cleo")));
        let done = there(&f, "Team", &["ana", "ben", "cleo"]);
        assert!(learn(&mut f, gid, Some(&done)));
        assert_eq!(differing(&f.directory), []);
    }
}
