//! What is being typed is never lost, and never taken for an answer.

use super::{App, Overlay, TaskId};

impl App {
    /// Whether letters go into a field just now.
    fn typing(&self) -> bool {
        match self.overlays.last() {
            Some(Overlay::Form(_) | Overlay::Palette(_) | Overlay::Chooser(_) | Overlay::Faults(_)) => true,
            Some(Overlay::Import(review)) => review.picker.is_some(),
            Some(_) => false,
            None => self.filtering.is_some(),
        }
    }

    /// Asks at once, or as soon as nobody types any more: the next letter was not meant for the dialog.
    pub(super) fn ask_operator(&mut self, dialog: Overlay) {
        if self.typing() {
            self.held.push(dialog);
            self.say("a question waits until this is typed");
        } else {
            self.overlays.push(dialog);
        }
    }

    /// Shows the first dialog that waited; another follows when that is answered.
    pub(super) fn show_held(&mut self) {
        let free =
            !self.typing() && !matches!(self.overlays.last(), Some(Overlay::Confirm(_) | Overlay::Offer(_)));
        if free && !self.held.is_empty() {
            let dialog = self.held.remove(0);
            self.overlays.push(dialog);
        }
    }

    /// A saved form comes back as it was when what it asked for was refused or cancelled.
    pub(super) fn give_back(&mut self, id: TaskId) {
        if let Some((_, form)) = self.draft.take_if(|(task, _)| *task == id) {
            self.overlays.push(Overlay::Form(form));
        }
    }

    /// Where leaving would lose a form or choices, asks as esc does. Returns whether it did.
    pub(super) fn ask_before_losing(&mut self) -> bool {
        if !self.tasks.is_empty() {
            return false;
        }
        let asked = match self.overlays.last_mut() {
            Some(Overlay::Form(form)) if form.dirty() && !form.discard_asked => {
                form.discard_asked = true;
                true
            }
            Some(Overlay::Import(review)) if review.chosen() && !review.leave_asked => {
                review.leave_asked = true;
                true
            }
            _ => false,
        };
        if asked {
            self.say("ctrl-c again leaves, and what was typed or chosen is lost");
        }
        asked
    }
}

#[cfg(test)]
mod tests {
    use crate::app::fixture::{ANA, app};
    use crate::app::tests::{keys, preview};
    use crate::app::{Effect, Msg, Overlay};

    #[test]
    fn a_question_that_comes_while_somebody_types_waits_and_takes_no_letter_for_its_answer() {
        let mut app = app();
        let effects = keys(&mut app, "p");
        let [Effect::Preview(id, command, _)] = &effects[..] else { panic!("{effects:?}") };
        let (id, looked) = (*id, preview((**command).clone(), &[(ANA, "ana@example.com")], None));
        keys(&mut app, "/ y");
        app.handle(Msg::Previewed(id, Box::new(Ok(looked))));
        let effects = keys(&mut app, "y");
        assert!(!effects.iter().any(|e| matches!(e, Effect::Run(..))), "{effects:?}");
        assert_eq!(app.people.filter, "yy");
        keys(&mut app, "enter");
        assert!(matches!(app.overlays.last(), Some(Overlay::Confirm(_))), "it is asked once nobody types");
    }

    #[test]
    fn a_saved_form_comes_back_as_it_was_when_its_question_is_cancelled() {
        let mut app = app();
        keys(&mut app, "n");
        app.handle(Msg::pasted("zoe@example.com"));
        let effects = keys(&mut app, "enter");
        let Some(Effect::Preview(id, command, _)) = effects.last() else { panic!("{effects:?}") };
        let mut looked = preview((**command).clone(), &[(ANA, "ana@example.com")], None);
        looked.decision.confirm = true;
        app.handle(Msg::Previewed(*id, Box::new(Ok(looked))));
        keys(&mut app, "esc");
        let Some(Overlay::Form(form)) = app.overlays.last() else { panic!("{:?}", app.overlays) };
        assert!(form.fields.iter().any(|f| f.value().as_deref() == Some("zoe@example.com")));
    }

    #[test]
    fn ctrl_c_in_a_form_that_was_typed_into_asks_first() {
        let mut app = app();
        keys(&mut app, "n");
        app.handle(Msg::pasted("zoe@example.com"));
        assert!(!keys(&mut app, "ctrl-c").contains(&Effect::Quit));
        let effects = keys(&mut app, "ctrl-c");
        assert!(effects.contains(&Effect::Quit), "{effects:?} {:?}", app.tasks);
    }
}
