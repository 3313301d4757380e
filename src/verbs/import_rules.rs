//! How accounts found at the endpoint are matched: new rules of the connection.

use super::{Decision, Refusal};
use crate::directory::{Change, Directory};
use crate::domain::ImportRules;

pub(super) fn decide(directory: &Directory, rules: ImportRules, cause: &str) -> Result<Decision, Refusal> {
    if !(1..=100).contains(&rules.safeguard_percent) {
        let text = format!("{} % is no safeguard.", rules.safeguard_percent);
        return Err(Refusal::bad("bad_safeguard", text, "Give a share from 1 to 100 percent."));
    }
    if directory.connection().import == rules {
        let mut decision = Decision::here(cause, Vec::new());
        decision.say("The rules are as they were.");
        return Ok(decision);
    }
    let mut connection = directory.connection().clone();
    connection.import = rules;
    Ok(Decision::here(cause, vec![Change::Connection(Box::new(connection))]))
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::fixture::*;
    use super::*;

    #[test]
    fn rules_are_kept_on_the_connection_and_the_rest_of_it_stays() {
        let mut f = Fixture::new();
        let rules = ImportRules { by_email: false, safeguard_percent: 5, ..ImportRules::default() };
        f.run(&Command::ImportRules(rules));
        let connection = f.directory.connection();
        assert_eq!((connection.import, connection.enabled), (rules, true));
        assert!(f.decide(&Command::ImportRules(rules)).unwrap().changes.is_empty());
    }

    #[test]
    fn a_safeguard_of_nothing_or_more_than_all_is_refused() {
        let mut f = Fixture::new();
        for percent in [0, 101] {
            let rules = ImportRules { safeguard_percent: percent, ..ImportRules::default() };
            assert_eq!(f.decide(&Command::ImportRules(rules)).unwrap_err().code, "bad_safeguard");
        }
    }
}
