//! What is kept of a look.

use super::*;
use crate::domain::{Account, SETTLE_MS};
use crate::engine::Found;
use crate::scim::resource::Resource;
use crate::verbs::fixture::Fixture;

#[test]
fn a_404_that_came_too_soon_after_a_push_to_be_believed_is_learned_again_later_and_then_no_more() {
    let mut f = Fixture::new().linked("ana", "Analyst");
    let ana = f.id("ana");
    let confirmed = f.directory.get(ana).and_then(|person| person.confirmed_at()).unwrap();
    let gone = Findings([(ana, Finding::Gone)].into_iter().collect());
    let mut look = |ms| {
        let changes = learned(&f.directory, &gone, confirmed.plus_ms(ms));
        f.directory.apply_all(&changes);
        let ana = f.directory.get(ana).unwrap();
        (changes.len(), ana.account(), ana.has_access_there())
    };
    assert_eq!(look(1), (1, AccountState::Gone, true));
    assert_eq!(look(SETTLE_MS), (1, AccountState::Gone, false));
    assert_eq!(look(SETTLE_MS + 1), (0, AccountState::Gone, false));
}

#[test]
fn drift_that_was_seen_too_soon_after_a_push_to_be_adopted_is_learned_again_later_and_then_no_more() {
    let mut f = Fixture::new().linked("ana", "Analyst");
    let ana = f.id("ana");
    let person = f.directory.get(ana).unwrap();
    let pushed = person.confirmed_at().unwrap();
    let mut values = person.wanted();
    values.roles.set("workato_role", "Admin");
    let account = Account { remote_id: "remote-ana".to_owned(), version: None, values };
    let found = Found { account, resource: Resource::default() };
    let found = Findings([(ana, Finding::Account(Box::new(found)))].into_iter().collect());
    let mut look = |ms| {
        let changes = learned(&f.directory, &found, pushed.plus_ms(ms));
        f.directory.apply_all(&changes);
        let ana = f.directory.get(ana).unwrap();
        assert!(ana.flags().contains(crate::domain::Flag::Drift));
        (changes.len(), ana.drift_may_be_ours())
    };
    assert_eq!(look(1), (1, true));
    assert_eq!(look(2), (0, true));
    assert_eq!(look(SETTLE_MS), (1, false));
    assert_eq!(look(SETTLE_MS + 1), (0, false));
}
