//! Import from the app: reading everybody there, going through the review, taking in what was chosen.

use super::import_review::ImportReview;
use super::keymap::{self, Action, Context};
use super::layout;
use super::overlay::Overlay;
use super::task::Kind;
use super::{App, Effect, Key, TaskId};
use crate::engine::{ImportScan, Preview, Problem};
use crate::verbs::{Accept, Command};

impl App {
    /// Reads everybody in the app; a review that could not be shown before is shown now.
    pub(super) fn import(&mut self) {
        match self.import_ready.take() {
            Some(scan) => self.show_import(*scan),
            None => {
                let id = self.begin("Import", Kind::Scan);
                self.out.push(Effect::Scan(id));
            }
        }
    }

    /// Why nothing can be imported just now.
    pub(super) fn no_import(&self) -> Option<String> {
        let connection = self.directory.connection();
        if !connection.actions.import {
            return Some("Import New Users and Profile Updates is off on this connection".to_owned());
        }
        if !connection.enabled {
            return Some("SCIM is disabled on this connection: 5 then e enables it".to_owned());
        }
        let scanning = self.tasks.iter().any(|task| task.kind == Kind::Scan);
        scanning.then(|| "everybody in the app is being read already".to_owned())
    }

    pub(super) fn scanned(&mut self, id: TaskId, result: Result<ImportScan, Problem>) {
        if self.end(id).is_none() {
            return;
        }
        let compare = |o: &Overlay| matches!(o, Overlay::Compare(_));
        match result {
            Err(problem) => self.show_problem("Import", &problem),
            Ok(scan) if self.overlays.iter().all(compare) && self.filtering.is_none() => {
                self.show_import(scan)
            }
            Ok(scan) => {
                self.import_ready = Some(Box::new(scan));
                self.say("everybody in the app was read: i shows the review");
            }
        }
    }

    fn show_import(&mut self, scan: ImportScan) {
        let meant = self.orphan_under_cursor();
        let mut review = ImportReview::new(scan);
        if let Some(at) = meant.and_then(|id| review.place_of(&id)) {
            review.cursor.at = at;
            review.cursor.settle(review.len(), layout::import_rows(self.size));
        }
        self.overlays.push(Overlay::Import(Box::new(review)));
    }

    /// A key on the review; one that was not asked for goes back to it from the question.
    pub(super) fn press_import(&mut self, key: Key) {
        let Some(Overlay::Import(review)) = self.overlays.last_mut() else { return };
        if std::mem::take(&mut review.leave_asked) {
            if key.typed() == Some('y') {
                self.overlays.pop();
                self.say("left: nothing was changed");
            }
            return;
        }
        let Some(action) = keymap::find(Context::Import, key).map(|b| b.action) else { return };
        match self.refusal(action) {
            Some(why) => self.complain(why),
            None => self.review(action),
        }
    }

    fn review(&mut self, action: Action) {
        let rows = layout::import_rows(self.size);
        let Some(Overlay::Import(review)) = self.overlays.last_mut() else { return };
        let directory = &self.directory;
        let mut complaint = None;
        match action {
            Action::AcceptRow => complaint = review.accept(directory).err(),
            Action::NewPerson => complaint = review.make_new(directory).err(),
            Action::IgnoreRow => review.ignore(),
            Action::PickPerson => review.pick(directory),
            Action::AcceptExact => {
                let n = review.accept_all(Accept { exact: true, ..Accept::default() });
                self.say(format!("{n} exact accepted"));
            }
            Action::AcceptNew => {
                let n = review.accept_all(Accept { new: true, ..Accept::default() });
                self.say(format!("{n} new accepted"));
            }
            Action::Back if review.chosen() => review.leave_asked = true,
            Action::TakeIn => match review.command() {
                Some(command) => self.look(command, Vec::new(), true),
                None => self.say("nothing is chosen: space accepts, A accepts all exact"),
            },
            Action::Back | Action::Help | Action::Palette => self.perform(action),
            action => {
                review.cursor.take(action, review.len(), rows);
            }
        }
        complaint.into_iter().for_each(|why| self.complain(why));
    }

    /// A key while somebody is picked.
    pub(super) fn press_pick(&mut self, key: Key) {
        let Some(Overlay::Import(review)) = self.overlays.last_mut() else { return };
        let Some(picker) = &mut review.picker else { return };
        match keymap::find(Context::Pick, key).map(|b| b.action) {
            Some(Action::Back) => review.picker = None,
            Some(Action::Press) => review.picked(),
            Some(action) => {
                picker.cursor.take(action, picker.found.len(), layout::PALETTE_ROWS);
            }
            None => {
                if picker.field.press(key) {
                    picker.refresh(&self.directory);
                }
            }
        }
    }

    pub(super) fn paste_pick(&mut self, text: &str) {
        if let Some(Overlay::Import(review)) = self.overlays.last_mut()
            && let Some(picker) = &mut review.picker
        {
            picker.field.paste(text);
            picker.refresh(&self.directory);
        }
    }

    /// What was chosen is taken in: the review is done with, and its run is called by what it does.
    pub(super) fn taken_in(&mut self, label: String, preview: &Preview) -> String {
        if !matches!(preview.command, Command::ImportAccounts(_)) {
            return label;
        }
        self.overlays.retain(|overlay| !matches!(overlay, Overlay::Import(_)));
        let said = preview.decision.said.iter().find(|said| said.person.is_none());
        said.map_or(label, |said| format!("Import: {}", said.text))
    }
}

#[cfg(test)]
#[path = "import_tests.rs"]
mod tests;
