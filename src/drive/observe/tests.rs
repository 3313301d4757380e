//! What is kept of a look.

use super::*;
use crate::domain::SETTLE_MS;
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
