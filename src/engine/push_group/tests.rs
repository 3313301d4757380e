//! What is sent of a group.

use super::*;

fn ids(range: std::ops::Range<u32>) -> Vec<String> {
    range.map(|n| format!("id-{n:04}")).collect()
}

fn there(members: &[String]) -> FoundGroup {
    let body = json!({
        "id": "g1", "displayName": "Team", "externalId": "x", "meta": {"version": "1"},
        "urn:other": {"kept": true}, "members": values(members),
    });
    found(body.as_object().cloned().unwrap_or_default(), None).unwrap()
}

fn wanted(members: Vec<String>) -> WantedGroup {
    WantedGroup::new(GroupId(7), "Team", members)
}

fn named_in(call: &Call) -> usize {
    call.body.as_ref().unwrap().to_string().matches("id-").count()
}

#[test]
fn a_group_that_is_so_already_needs_no_request() {
    let found = there(&ids(0..3));
    for profile in WireProfile::ALL {
        assert!(changes((profile, Removal::ByPath, PIECE), &found, &wanted(ids(0..3))).is_empty());
    }
}

#[test]
fn who_may_not_leave_stays_and_who_was_not_shown_does_not_come() {
    let found = there(&ids(0..3));
    let target = |allowed: &Allowed| allowed.of(&found.members, &wanted(ids(2..5))).members;
    let set = |ids: Vec<String>| ids.into_iter().collect::<BTreeSet<String>>();
    assert_eq!(target(&Allowed::default()), set(ids(0..5)), "nobody leaves by itself");
    let all = Allowed { joining: None, leaving: set(ids(0..2)) };
    assert_eq!(target(&all), set(ids(2..5)));
    let shown = Allowed { joining: Some(set(ids(3..4))), leaving: set(ids(0..3)) };
    assert_eq!(target(&shown), set(ids(2..4)), "who is wanted never leaves");
}

#[test]
fn okta_classic_replaces_the_group_and_keeps_what_it_does_not_know() {
    let calls =
        changes((WireProfile::OktaClassic, Removal::ByPath, PIECE), &there(&ids(0..3)), &wanted(ids(1..5)));
    assert_eq!(calls.len(), 1);
    let body = calls[0].body.as_ref().unwrap();
    assert_eq!((calls[0].method, named_in(&calls[0])), (Method::Put, 4));
    assert_eq!(body["urn:other"]["kept"], true);
    assert!(body.get("meta").is_none());
}

#[test]
fn long_lists_change_in_pieces_of_at_most_a_hundred_members_in_every_profile() {
    for profile in WireProfile::ALL {
        for removal in [Removal::ByPath, Removal::ByValue] {
            let calls = changes((profile, removal, PIECE), &there(&ids(0..250)), &wanted(ids(120..480)));
            assert!(calls.iter().all(|c| c.method == Method::Patch && named_in(c) <= PIECE), "{profile:?}");
            assert_eq!(calls.iter().map(named_in).sum::<usize>(), 230 + 120);
            assert_eq!(calls.len(), 3 + 2);
        }
    }
}

#[test]
fn the_version_that_was_read_goes_along_with_the_first_request_where_it_is_an_entity_tag() {
    let versions = |profile, etag: Option<&str>, before: &[String], members| -> Vec<Option<String>> {
        let found = found(there(before).resource, etag).unwrap();
        let calls = changes((profile, Removal::ByPath, PIECE), &found, &wanted(members));
        calls.into_iter().map(|call| call.if_match).collect()
    };
    let tag = Some("W/\"2\"");
    let [once, never] = [tag, None].map(|tag| tag.map(str::to_owned));
    for profile in WireProfile::ALL {
        let few = |etag| versions(profile, etag, &ids(0..2), ids(1..2));
        assert_eq!((few(tag), few(None)), (vec![once.clone()], vec![never.clone()]), "{profile:?}");
        let long = versions(profile, tag, &ids(0..250), ids(0..450));
        assert_eq!(long, [once.clone(), never.clone()], "{profile:?}");
    }
}

#[test]
fn both_forms_of_removal_are_written_as_the_rfc_has_them() {
    let out = |removal| {
        let calls = changes((WireProfile::Rfc, removal, PIECE), &there(&ids(0..2)), &wanted(ids(0..1)));
        calls[0].body.as_ref().unwrap()["Operations"].clone()
    };
    let by_path = json!([{"op": "remove", "path": "members[value eq \"id-0001\"]"}]);
    let by_value = json!([{"op": "remove", "path": "members", "value": [{"value": "id-0001"}]}]);
    assert_eq!((out(Removal::ByPath), out(Removal::ByValue)), (by_path, by_value));
}

#[test]
fn an_id_with_quotes_cannot_leave_its_filter() {
    let mut members = ids(0..1);
    members.push("x\" or value pr".to_owned());
    let calls = changes((WireProfile::Rfc, Removal::ByPath, PIECE), &there(&members), &wanted(ids(0..1)));
    let path = calls[0].body.as_ref().unwrap()["Operations"][0]["path"].as_str().unwrap().to_owned();
    assert_eq!(path, r#"members[value eq "x\" or value pr"]"#);
}

#[test]
fn a_new_group_names_no_more_members_than_one_request_may() {
    assert_eq!(named_in(&create(&wanted(ids(0..250)), PIECE)), PIECE);
}
