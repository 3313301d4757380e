//! Plans in files: the shown plan is saved, a saved one is opened and shown again.

use super::commands::title;
use super::doc::{Line, Tone};
use super::field::Field;
use super::form::{Form, Purpose};
use super::task::Kind;
use super::{App, Effect, Overlay, TaskId};
use crate::engine::plan_file::PlanOf;
use crate::engine::{Preview, Problem};

const FILE: &str = "file";

/// Where the shown plan goes.
fn save_form() -> Form {
    let intro = vec![
        Line::plain("The plan as it is shown, with every request, for you or somebody else to look at."),
        Line::of(Tone::Dim, "It names people and roles, never the token. Nothing is sent by saving it."),
    ];
    let field = Field::text(FILE, "File", "").help("A new file, for example plan.json; only you can read it");
    Form::new(Purpose::SavePlan, "Save the plan", intro, vec![field])
}

/// Which plan is opened.
fn open_form() -> Form {
    let intro = vec![
        Line::plain("Everybody in it is looked at again, and it is shown before anything is sent."),
        Line::of(Tone::Dim, "A plan that was edited, is of another connection or is stale is refused."),
    ];
    let field =
        Field::text(FILE, "File", "").help("Written by the key s on a plan, or by scimdeck plan -o FILE");
    Form::new(Purpose::OpenPlan, "Open a saved plan", intro, vec![field])
}

/// Looks at the field as it is now.
pub(super) fn check(form: &mut Form) {
    let none = form.value(FILE).is_none_or(|path| path.trim().is_empty());
    if let Some(field) = form.fields.first_mut() {
        field.error = none.then(|| "a file is needed".to_owned());
    }
}

impl App {
    /// The plan on top, where it can be kept in a file.
    fn shown_plan(&self) -> Option<&Preview> {
        match self.overlays.last() {
            Some(Overlay::Confirm(confirm)) => Some(&confirm.preview),
            _ => None,
        }
    }

    /// Asks where the shown plan goes.
    pub(super) fn ask_save_plan(&mut self) {
        let Some(preview) = self.shown_plan() else { return };
        if PlanOf::of(&preview.command).is_none() {
            let why =
                "this changes our side as well: only a plan to provision or to send can be kept in a file";
            return self.complain(why);
        }
        self.push_form(save_form());
    }

    /// Asks for a saved plan.
    pub(super) fn ask_open_plan(&mut self) {
        self.push_form(open_form());
    }

    /// A form about a file was saved; answers whether it was one.
    pub(super) fn save_plan_form(&mut self, form: &Form) -> bool {
        let path = form.value(FILE).unwrap_or_default().trim().to_owned();
        match form.purpose {
            Purpose::SavePlan => {
                if let Some(preview) = self.shown_plan().cloned() {
                    let id = self.begin(format!("Saving the plan to {path}"), Kind::SavePlan(path.clone()));
                    self.out.push(Effect::SavePlan(id, Box::new(preview), path));
                }
            }
            Purpose::OpenPlan => {
                let id = self.begin("Saved plan: looking at the app; nothing is changed yet", Kind::OpenPlan);
                self.out.push(Effect::OpenPlan(id, path));
                self.draft = Some((id, Box::new(form.clone())));
            }
            _ => return false,
        }
        true
    }

    /// The file was written, or not.
    pub(super) fn plan_saved(&mut self, id: TaskId, result: Result<(), Problem>) {
        let Some(task) = self.end(id) else { return };
        match (result, task.kind) {
            (Ok(()), Kind::SavePlan(path)) => {
                self.say(format!("saved; to send exactly this: scimdeck apply {path}"))
            }
            (Ok(()), _) => {}
            (Err(problem), _) => self.complain(format!("{} {}", problem.text, problem.next)),
        }
    }

    /// A saved plan was made anew and is the same, or it is refused.
    pub(super) fn plan_opened(&mut self, id: TaskId, result: Result<Preview, Problem>) {
        if self.end(id).is_none() {
            return;
        }
        match result {
            Ok(preview) => {
                let label = format!("{}, as saved", title(&preview.command));
                let confirm = super::Confirm::new(label, Box::new(preview), &self.directory);
                self.ask_operator(Overlay::Confirm(Box::new(confirm.because(self.reason.as_deref()))));
            }
            Err(problem) => {
                self.show_problem("Saved plan", &problem);
                self.give_back(id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::app;
    use super::super::tests::{keys, preview};
    use super::super::{Msg, fixture};
    use super::*;
    use crate::verbs::{Command, Who};

    fn typed(app: &mut App, text: &str) -> Vec<Effect> {
        app.handle(Msg::pasted(text));
        keys(app, "enter")
    }

    fn shown(app: &mut App) -> Preview {
        let effects = keys(app, "p");
        let [Effect::Preview(id, command, _)] = &effects[..] else { panic!("{effects:?}") };
        let preview = preview((**command).clone(), &[(fixture::ANA, "ana@example.com")], None);
        app.handle(Msg::Previewed(*id, Box::new(Ok(preview.clone()))));
        preview
    }

    #[test]
    fn the_shown_plan_is_saved_and_stays_to_be_answered() {
        let mut app = app();
        let preview = shown(&mut app);
        assert_eq!(keys(&mut app, "s"), vec![]);
        assert_eq!(keys(&mut app, "enter"), vec![], "a file is needed");
        let effects = typed(&mut app, "plan.json");
        let [Effect::SavePlan(id, saved, path)] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!((&**saved, path.as_str()), (&preview, "plan.json"));
        app.handle(Msg::PlanSaved(*id, Ok(())));
        assert!(matches!(app.overlays.last(), Some(Overlay::Confirm(_))));
        assert!(app.toast.as_ref().unwrap().text.contains("scimdeck apply plan.json"));
    }

    #[test]
    fn a_plan_that_changes_our_side_is_not_kept() {
        let mut app = app();
        let effects = keys(&mut app, "j j X");
        let [Effect::Preview(id, command, _)] = &effects[..] else { panic!("{effects:?}") };
        let preview = preview((**command).clone(), &[], None);
        app.handle(Msg::Previewed(*id, Box::new(Ok(preview))));
        keys(&mut app, "s");
        assert!(matches!(app.overlays.last(), Some(Overlay::Confirm(_))), "no form");
        assert!(app.toast.as_ref().unwrap().text.contains("changes our side"));
    }

    #[test]
    fn an_opened_plan_is_shown_and_sent_only_when_confirmed() {
        let mut app = app();
        keys(&mut app, "5 o");
        let effects = typed(&mut app, "plan.json");
        let [Effect::OpenPlan(id, path)] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!(path, "plan.json");
        let made =
            preview(Command::Provision(Who::NotProvisioned), &[(fixture::ANA, "ana@example.com")], None);
        app.handle(Msg::PlanOpened(*id, Box::new(Ok(made))));
        let effects = keys(&mut app, "y");
        assert!(matches!(&effects[..], [Effect::Run(..)]), "{effects:?}");
    }

    #[test]
    fn a_plan_that_is_refused_is_told_and_the_form_comes_back() {
        let mut app = app();
        keys(&mut app, "5 o");
        let effects = typed(&mut app, "plan.json");
        let [Effect::OpenPlan(id, _)] = &effects[..] else { panic!("{effects:?}") };
        let stale = Problem::new(crate::engine::ProblemKind::Stale, "stale", "The plan is stale.", "Again.");
        app.handle(Msg::PlanOpened(*id, Box::new(Err(stale))));
        assert!(matches!(app.overlays.last(), Some(Overlay::Form(_))));
    }
}
