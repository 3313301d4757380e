//! Nothing that matters is cut off, however much there is to say.

use super::tests::{ANSI, buffer, press, screen, with_dialog};
use crate::app::fixture::app;
use crate::app::{Effect, Msg};
use crate::domain::{Failure, FailureKind, PersonId};
use crate::engine::{Outcome, Problem, ProblemKind, Report, RunResult};

#[test]
fn the_name_of_a_protected_person_is_in_sight_however_much_there_is_to_say() {
    let to_type: Vec<String> = (0..60).map(|n| format!("somebody{n}@example.com")).collect();
    let why =
        "x@example.com and y@example.com are the last accounts with an Admin role in a_role. ".repeat(30);
    for (columns, rows) in [(80, 24), (120, 40), (60, 16)] {
        let mut app = app();
        let effects = press(&mut app, "*S");
        let [Effect::Preview(id, ..)] = &effects[..] else { panic!("{effects:?}") };
        let problem = Problem::new(ProblemKind::Held, "protected", why.clone(), "Type.");
        app.handle(Msg::Previewed(*id, Box::new(Err(Problem { to_type: to_type.clone(), ..problem }))));
        press(&mut app, "\n");
        let text = screen(&buffer(&mut app, columns, rows, ANSI));
        assert!(text.contains("Type somebody0@example.com (1 of 60) to go on"), "{text}");
        assert!(text.contains("x User name"), "{text}");
        assert!(text.contains("x User name: type somebody0@example.com"), "{text}");
    }
}

#[test]
fn why_a_run_stopped_is_read_whole_and_so_is_the_row_under_the_cursor() {
    let mut app = with_dialog(None);
    let effects = press(&mut app, "y");
    let Some(Effect::Run(id, ..)) = effects.first() else { panic!("{effects:?}") };
    let why = |end: &str| Failure {
        kind: FailureKind::NotScim,
        text: format!("{}the end of {end}.", "an intermediary answered ".repeat(7)),
        next: format!("What is next of {end}."),
    };
    let result = |n: u64, outcome| RunResult {
        person: PersonId(n),
        user_name: format!("user{n}@example.com"),
        operation: None,
        outcome,
        error: Some(why("the row")),
    };
    let mut results = vec![result(1, Outcome::InDoubt)];
    results.extend((2..40).map(|n| result(n, Outcome::Held)));
    let report = Report { results, stopped: Some(why("the stop")), ..Default::default() };
    app.handle(Msg::Ran(*id, Ok(report)));
    let text = screen(&buffer(&mut app, 80, 24, ANSI));
    for words in [
        "the end of the stop.",
        "What is next of the stop.",
        "the end of the row.",
        "What is next of the row.",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(text.contains("0 done, 0 failed, 1 in doubt, 38 not sent"), "{text}");
    press(&mut app, "G");
    let text = screen(&buffer(&mut app, 80, 24, ANSI));
    assert!(text.contains("user39@example"), "the last row can be reached: {text}");
}

#[test]
fn where_nothing_went_wrong_the_names_have_the_room_of_the_reasons() {
    let name = "bartholomew.featherstonehaugh@example.com";
    let results = |error: Option<Failure>| {
        let mut app = with_dialog(None);
        let effects = press(&mut app, "y");
        let Some(Effect::Run(id, ..)) = effects.first() else { panic!("{effects:?}") };
        let result = |n: u64, name: &str, error| RunResult {
            person: PersonId(n),
            user_name: name.into(),
            operation: None,
            outcome: Outcome::Done,
            error,
        };
        let results = vec![result(1, name, error), result(2, "ana@example.com", None)];
        app.handle(Msg::Ran(*id, Ok(Report { results, ..Default::default() })));
        screen(&buffer(&mut app, 80, 24, ANSI))
    };
    let text = results(None);
    assert!(text.contains(name) && !text.contains("Why"), "{text}");
    let why = Failure { kind: FailureKind::NotApplied, text: "It is over.".into(), next: "Nothing.".into() };
    let text = results(Some(why));
    assert!(text.contains("bartholomew.feathersto") && text.contains("It is over."), "{text}");
}

#[test]
fn the_end_of_a_long_sentence_is_seen_in_a_dialog() {
    let mut app = app();
    let effects = press(&mut app, "p");
    let [Effect::Preview(id, command, _)] = &effects[..] else { panic!("{effects:?}") };
    let mut preview = crate::app::tests::preview((**command).clone(), &[], None);
    preview.decision.say(format!("{}theveryend", "a long sentence ".repeat(12)));
    app.handle(Msg::Previewed(*id, Box::new(Ok(preview))));
    assert!(screen(&buffer(&mut app, 80, 24, ANSI)).contains("theveryend"));
}
