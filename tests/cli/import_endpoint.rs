//! `import endpoint` from the words to the decision.

use scimdeck::domain::PersonId;
use scimdeck::engine::ProblemKind;
use scimdeck::verbs::{Choice, Command};

use crate::fake::Fake;
use crate::ran::{run, run_attended};

/// What a line decides: account ids, and what becomes of them.
fn decided(line: &str) -> Vec<(String, Choice)> {
    let fake = Fake::new();
    let ran = run(&fake, line);
    assert_eq!(ran.code, 0, "{ran:?}");
    let asked = fake.asked.borrow();
    let [Command::ImportAccounts(import)] = asked.as_slice() else { panic!("{asked:?}") };
    import.choices.iter().map(|c| (c.remote_id.clone(), c.choice)).collect()
}

#[test]
fn without_words_exact_matches_are_linked_and_the_rest_waits() {
    assert_eq!(decided("import endpoint"), [("9a01".to_owned(), Choice::Link(PersonId(2)))]);
    let ran = run(&Fake::new(), "import endpoint");
    assert!(ran.out.contains("4 accounts wait for a decision"), "{}", ran.out);
    assert!(ran.out.contains("nothing was sent") && !ran.out.contains('\u{1b}'), "{}", ran.out);
}

#[test]
fn words_about_one_account_win_over_words_about_all() {
    let line = "import endpoint --accept all --ignore FAY@example.com --user ed@example.com=9a01 --yes";
    let mut choices = decided(line);
    choices.sort_by(|a, b| a.0.cmp(&b.0));
    let expected = [("9a01".to_owned(), Choice::Link(PersonId(5))), ("9a03".to_owned(), Choice::Ignore)];
    assert_eq!(choices, expected);
    assert_eq!(decided("import endpoint --accept none"), []);
}

#[test]
fn new_people_need_a_yes_and_a_plan_needs_nothing() {
    let ran = run(&Fake::new(), "import endpoint --accept new");
    assert_eq!(ran.code, ProblemKind::Held.exit(), "{ran:?}");
    let fake = Fake::new();
    let ran = run_attended(&fake, "import endpoint --accept new", &["y"]);
    assert!(ran.code == 0 && ran.err.contains("NEW") && ran.out.contains("1 person created"), "{ran:?}");
    let fake = Fake::new();
    let ran = run(&fake, "--read-only import endpoint --accept all --plan");
    assert!(ran.code == 0 && ran.out.contains("nothing was changed"), "{ran:?}");
    assert!(fake.approved.borrow().is_empty());
    assert_eq!(run(&Fake::new(), "--read-only import endpoint").code, ProblemKind::NotAllowed.exit());
}

#[test]
fn an_account_that_is_not_there_is_bad_input() {
    for line in ["--ignore nobody", "--user bo@example.com=77", "--user nobody=9a01"] {
        let ran = run(&Fake::new(), &format!("import endpoint {line}"));
        assert_eq!(ran.code, ProblemKind::BadInput.exit(), "{ran:?}");
    }
}

#[test]
fn rules_are_shown_and_only_what_is_given_changes() {
    let fake = Fake::new();
    assert!(run(&fake, "import rules").out.contains("more than 20 %"));
    assert_eq!(run(&fake, "import rules --email off --safeguard 5").code, 0);
    let asked = fake.asked.borrow();
    let [Command::ImportRules(rules)] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!((rules.by_user_name, rules.by_email, rules.safeguard_percent), (true, false, 5));
}
