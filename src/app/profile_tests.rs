//! The Profile Editor, key by key.

use super::fixture::{self, ANA, CARL, app, app_on};
use super::tests::{keys, preview};
use super::*;
use crate::directory::{Change, Directory};
use crate::domain::{Member, ProfileAttribute, ReportedValue, WORKATO_ROLE_URN};
use crate::engine::{Problem, ProblemKind};
use crate::verbs::{Command, LintCode, Who};

fn without_namespace() -> Directory {
    let mut d = fixture::directory();
    let attribute =
        ProfileAttribute { external_namespace: None, ..ProfileAttribute::workato("workato_role") };
    d.apply(&Change::Attribute(0, attribute));
    d
}

fn told(app: &App) -> String {
    match app.overlays.last() {
        Some(Overlay::Reader(reader)) => {
            reader.page.lines.iter().map(|l| l.text()).collect::<Vec<_>>().join("\n")
        }
        other => panic!("no page: {other:?}"),
    }
}

fn value(value: &str) -> ReportedValue {
    ReportedValue {
        value: value.into(),
        display: value.into(),
        used: Some(1),
        permitted: Some(5),
        supported: true,
    }
}

#[test]
fn an_attribute_that_is_never_sent_says_so_and_one_key_repairs_it() {
    let mut app = app_on(without_namespace());
    keys(&mut app, "3");
    assert_eq!(app.findings_here()[0].code, LintCode::NoNamespace);
    assert!(app.next_step().text().contains("never sent: r gives it"), "{}", app.next_step().text());
    let effects = keys(&mut app, "r");
    let command = Command::AttributeRepair {
        variables: vec!["workato_role".into()],
        namespace: WORKATO_ROLE_URN.into(),
    };
    assert!(matches!(&effects[..], [Effect::Preview(_, c, _)] if **c == command), "{effects:?}");
}

#[test]
fn what_is_sent_already_needs_no_repair() {
    let mut app = app();
    assert_eq!(keys(&mut app, "3 r"), vec![]);
    assert!(app.toast.as_ref().is_some_and(|t| t.text.contains("is sent already")));
}

#[test]
fn a_value_is_replaced_by_one_of_the_list_or_a_new_one() {
    let mut app = app();
    keys(&mut app, "3 m");
    let Some(Overlay::Form(form)) = app.overlays.last() else { panic!("no form") };
    assert!(matches!(&form.fields[0].input, Value::Choice(c, 0) if c[0].shown == "Admin (2 people)"));
    assert_eq!(keys(&mut app, "enter"), vec![], "nothing comes in its place yet");
    let effects = keys(&mut app, "B u i l d e r enter");
    let replaced = |to: &str| Command::MemberReplace {
        variable: "workato_role".into(),
        from: "Admin".into(),
        to: to.into(),
    };
    assert!(matches!(&effects[..], [Effect::Preview(_, c, _)] if **c == replaced("Builder")), "{effects:?}");
    let effects = keys(&mut app, "m tab right right enter");
    assert!(matches!(&effects[..], [Effect::Preview(_, c, _)] if **c == replaced("Analyst")), "{effects:?}");
}

#[test]
fn the_form_does_not_take_a_value_out_that_somebody_has_and_names_the_key() {
    let mut app = app();
    keys(&mut app, "3 e");
    let Some(Overlay::Form(form)) = app.overlays.last_mut() else { panic!("no form") };
    let label = form.fields[5].label.clone();
    form.fields[5] = Field::lines("members", &label, vec!["Analyst".into(), "Operator".into()]);
    form.fields[5].touched = true;
    assert_eq!(keys(&mut app, "tab enter"), vec![]);
    let Some(Overlay::Form(form)) = app.overlays.last() else { panic!("closed") };
    let error = form.fields[5].error.as_deref().unwrap();
    assert!(error.contains("Admin is in use") && error.contains("m replaces it"), "{error}");
}

#[test]
fn the_values_of_the_app_are_filled_into_the_form_and_saved_in_the_operators_order() {
    let mut app = app();
    let effects = keys(&mut app, "3 v");
    let [Effect::Reported(id)] = effects[..] else { panic!("{effects:?}") };
    let there = ["Builder", "Admin", "Analyst"].map(value).to_vec();
    app.handle(Msg::Reported(id, Ok(there)));
    let Some(Overlay::Form(form)) = app.overlays.last() else { panic!("no form") };
    assert_eq!(form.value("members").unwrap(), "Admin\nAnalyst\nOperator\nBuilder", "Operator is in use");
    let effects = keys(&mut app, "tab enter");
    let [Effect::Preview(_, command, _)] = &effects[..] else { panic!("{effects:?}") };
    let Command::AttributeSet { attribute, .. } = &**command else { panic!("{command:?}") };
    assert_eq!(attribute.members.last(), Some(&Member::plain("Builder")));
    assert_eq!(app.findings_here()[0].code, LintCode::NotThere, "the app does not know Operator");
}

#[test]
fn an_endpoint_that_reports_no_roles_is_said_so() {
    let mut app = app();
    let effects = keys(&mut app, "3 v");
    let [Effect::Reported(id)] = effects[..] else { panic!("{effects:?}") };
    let problem = Problem::new(ProblemKind::BadInput, "not_reported", "No roles are reported.", "By hand.");
    app.handle(Msg::Reported(id, Err(problem)));
    assert!(told(&app).contains("No roles are reported."));
}

#[test]
fn a_person_is_chosen_by_a_part_of_the_name_and_what_would_be_sent_is_shown() {
    let mut app = app();
    let effects = keys(&mut app, "3 p c a r enter");
    let [Effect::Preview(id, command, _)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(**command, Command::Provision(Who::Named(vec![CARL])));
    let mut looked = preview((**command).clone(), &[(CARL, "carl@example.com")], None);
    looked.plan.operations[0].calls = vec![
        crate::domain::Call::new(crate::domain::Method::Post, &["Users"])
            .body(serde_json::json!({"userName": "carl@example.com"})),
    ];
    app.handle(Msg::Previewed(*id, Box::new(Ok(looked))));
    let page = told(&app);
    for words in
        ["+ valid   workato_role", "from Individual", "POST /Users", "\"userName\": \"carl@example.com\""]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(page.contains(&format!("as {WORKATO_ROLE_URN}:workato_role")), "{page}");
}

#[test]
fn an_endpoint_that_does_not_answer_leaves_the_attributes_and_the_reason() {
    let mut app = app_on(without_namespace());
    let effects = keys(&mut app, "enter w");
    let Some(Effect::Preview(id, ..)) = effects.last() else { panic!("{effects:?}") };
    let problem = Problem::new(ProblemKind::NotAllowed, "disabled", "SCIM is disabled.", "Enable it.");
    app.handle(Msg::Previewed(*id, Box::new(Err(problem))));
    let page = told(&app);
    assert!(page.contains("x invalid workato_role") && page.contains("never sent"), "{page}");
    assert!(page.contains("SCIM is disabled."), "{page}");
    assert_eq!(app.people.current(), Some(ANA));
}

#[test]
fn a_boolean_has_no_list_and_a_value_with_an_equals_sign_is_read_back_as_it_was() {
    let mut app = app();
    keys(&mut app, "3 e right right right tab enter");
    let Some(Overlay::Form(form)) = app.overlays.last() else { panic!("closed") };
    assert!(form.fields[5].error.as_deref().unwrap().contains("boolean"), "{:?}", form.fields[5].error);
    let mut d = Directory::new(fixture::connection());
    let members = vec![Member::plain("a=b"), Member { display: "None".into(), value: "No access".into() }];
    let attribute = ProfileAttribute { members, ..ProfileAttribute::workato("workato_role") };
    d.apply(&Change::Attribute(0, attribute.clone()));
    let mut app = app_on(d);
    let effects = keys(&mut app, "3 e tab x enter");
    let [Effect::Preview(_, command, _)] = &effects[..] else { panic!("{effects:?}") };
    let Command::AttributeSet { attribute: saved, .. } = &**command else { panic!("{command:?}") };
    assert_eq!(saved.members, attribute.members);
}
