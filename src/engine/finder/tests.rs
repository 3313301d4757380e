use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::domain::{FailureKind, UniqueIdentifier};

fn row(id: &str, user_name: &str, external_id: &str) -> Resource {
    let row = json!({"id": id, "userName": user_name, "externalId": external_id});
    row.as_object().cloned().unwrap()
}

fn who(value: &str) -> Identity {
    Identity { by: UniqueIdentifier::UserName, value: value.to_owned() }
}

fn ours() -> Option<Identity> {
    Some(Identity { by: UniqueIdentifier::ExternalId, value: "sd1".to_owned() })
}

fn page(rows: Vec<Resource>) -> Heard {
    Heard::Page(Sheet { total: Some(rows.len() as u64), rows, unreadable: 0 })
}

fn failure() -> Failure {
    Failure { kind: FailureKind::Refused, text: "no filters".to_owned(), next: String::new() }
}

fn all(rows: Vec<Resource>, gap: Option<&str>) -> Heard {
    let rows = rows.into_iter().map(|row| (row["id"].as_str().unwrap().to_owned(), row));
    Heard::Everybody(Arc::new(Everybody::of(
        UniqueIdentifier::UserName,
        rows,
        gap.map(|gap| Doubt::Moved(gap.to_owned())),
        &[],
    )))
}

/// The end of a trial at an endpoint that answers the filter so.
fn learned(answer: Heard) -> Tried {
    let (mut trial, ask) = Trial::begin(UniqueIdentifier::UserName);
    assert_eq!(ask, Ask::Sample);
    let next = trial.heard(page(vec![row("1", "Ana@x.org", "")]));
    assert_eq!(next, Tried::Ask(Ask::Filter(who("aNA@X.ORG"))), "the case of the letters is swapped");
    trial.heard(answer)
}

#[test]
fn a_filter_is_trusted_once_it_found_somebody_in_the_other_case_and_only_that_one() {
    assert_eq!(learned(page(vec![row("1", "Ana@x.org", "")])), Tried::Learned(Trust::Good));
    let cases =
        [vec![], vec![row("1", "Ana@x.org", ""), row("2", "ben@x.org", "")], vec![row("9", "ana@x.org", "")]];
    for rows in cases {
        assert_eq!(learned(page(rows.clone())), Tried::Learned(Trust::Useless), "{rows:?}");
    }
    assert_eq!(learned(Heard::Refused(failure())), Tried::Learned(Trust::Useless));
    assert_eq!(
        learned(Heard::Failed(failure())),
        Tried::Failed(failure()),
        "a dead endpoint teaches nothing"
    );
}

#[test]
fn somebody_renamed_during_the_trial_to_what_is_asked_for_proves_nothing() {
    assert_eq!(learned(page(vec![row("1", "aNA@X.ORG", "")])), Tried::Learned(Trust::Unknown));
}

#[test]
fn an_external_id_is_tried_as_it_is_since_its_case_counts() {
    let (mut trial, _) = Trial::begin(UniqueIdentifier::ExternalId);
    let Tried::Ask(Ask::Filter(who)) = trial.heard(page(vec![row("1", "ana", "00uA")])) else {
        panic!("asks")
    };
    assert_eq!(who.value, "00uA");
}

#[test]
fn with_nobody_there_the_filter_stays_untried_and_the_list_is_read() {
    let (mut trial, _) = Trial::begin(UniqueIdentifier::UserName);
    assert_eq!(trial.heard(page(Vec::new())), Tried::Learned(Trust::Unknown));
    assert_eq!(Look::begin(who("ana"), None, Trust::Unknown).1, Ask::Everybody);
}

#[test]
fn a_filter_that_answers_others_is_ignored_from_then_on() {
    let (mut look, ask) = Look::begin(who("ana"), None, Trust::Good);
    assert_eq!(ask, Ask::Filter(who("ana")));
    let mut trust = Trust::Good;
    let next = look.heard(page(vec![row("2", "ben", "")]), &mut trust, &[]);
    assert_eq!((next, trust), (Next::Ask(Ask::Everybody), Trust::Useless));
    let Next::Found(LookUp::One(found)) =
        look.heard(all(vec![row("1", "ANA", ""), row("2", "ben", "")], None), &mut trust, &[])
    else {
        panic!("found")
    };
    assert_eq!(found.account.remote_id, "1");
}

#[test]
fn nobody_is_believed_from_a_pass_without_a_gap_only() {
    let mut trust = Trust::Useless;
    let (mut look, _) = Look::begin(who("ana"), ours(), trust);
    let next = look.heard(all(vec![row("2", "ben", "")], None), &mut trust, &[]);
    assert_eq!(next, Next::Found(LookUp::Absent));
    let (mut look, _) = Look::begin(who("ana"), ours(), trust);
    let next = look.heard(all(vec![row("2", "ben", "")], Some("the total moved")), &mut trust, &[]);
    assert!(
        matches!(&next, Next::Found(LookUp::Unclear(f)) if f.text.contains("the total moved")),
        "{next:?}"
    );
}

#[test]
fn what_may_be_ours_is_looked_for_by_our_external_id_too_before_nobody_is_believed() {
    let mut trust = Trust::Good;
    let (mut look, _) = Look::begin(who("ana"), ours(), trust);
    let next = look.heard(page(Vec::new()), &mut trust, &[]);
    let Next::Ask(Ask::Filter(second)) = next else { panic!("asks again") };
    assert_eq!(Some(&second), ours().as_ref());
    let other = look.clone();
    let renamed = look.heard(page(vec![row("7", "ana.smith", "sd1")]), &mut trust, &[]);
    assert!(matches!(renamed, Next::Found(LookUp::One(found)) if found.account.remote_id == "7"));
    // An endpoint that cannot filter by it, or ignores that filter, has told nothing: everybody is read.
    let ignored = page(vec![row("2", "ben", "x")]);
    for heard in [Heard::Refused(failure()), ignored] {
        let mut look = other.clone();
        assert_eq!(look.heard(heard, &mut trust, &[]), Next::Ask(Ask::Everybody));
        let mut nobody = look.clone();
        let list = || vec![row("2", "ben", "x")];
        assert_eq!(nobody.heard(all(list(), None), &mut trust, &[]), Next::Found(LookUp::Absent));
        let list = vec![row("7", "ana.smith", "sd1")];
        let renamed = look.heard(all(list, None), &mut trust, &[]);
        assert!(matches!(renamed, Next::Found(LookUp::One(found)) if found.account.remote_id == "7"));
    }
    assert_eq!(trust, Trust::Good, "what the connection's own filter is trusted for stays");
    let (mut look, _) = Look::begin(who("ana"), ours(), Trust::Useless);
    let next = look.heard(all(vec![row("7", "ana.smith", "sd1")], None), &mut trust, &[]);
    assert!(matches!(next, Next::Found(LookUp::One(_))), "{next:?}");
}

#[test]
fn more_than_one_is_said_with_all_of_them() {
    let mut trust = Trust::Good;
    let (mut look, _) = Look::begin(who("ana"), None, trust);
    let rows = vec![row("1", "ana", ""), row("2", "ANA", "")];
    let next = look.heard(page(rows), &mut trust, &[]);
    assert!(matches!(&next, Next::Found(LookUp::Several(all)) if all.len() == 2), "{next:?}");
}

#[test]
fn a_page_that_speaks_of_more_than_it_shows_proves_nobodys_absence() {
    let mut trust = Trust::Good;
    let sheets = [
        Sheet { rows: Vec::new(), total: Some(1), unreadable: 0 },
        Sheet { rows: Vec::new(), total: None, unreadable: 1 },
        Sheet { rows: vec![row("", "ana", "")], total: Some(1), unreadable: 0 },
    ];
    for sheet in sheets {
        let (mut look, _) = Look::begin(who("ana"), None, trust);
        let next = look.heard(Heard::Page(sheet.clone()), &mut trust, &[]);
        assert!(matches!(next, Next::Found(LookUp::Unclear(_))), "{sheet:?}: {next:?}");
    }
    let body = br#"{"totalResults": 2, "Resources": [{"id": "1", "userName": "ana"}, 7]}"#;
    let sheet = Sheet::of(&crate::scim::list::ListPage::read(body).unwrap(), false);
    assert_eq!((sheet.rows.len(), sheet.total, sheet.unreadable), (1, Some(2), 1));
}
