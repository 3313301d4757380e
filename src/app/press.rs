//! Where a key goes: the top overlay, the filter line, the pane.

use super::confirm::{self, Step as Answered};
use super::form::Step;
use super::keymap::{self, Action, Context};
use super::layout::PALETTE_ROWS;
use super::overlay::Overlay;
use super::{App, Effect, Field, Key, Pane, forms, layout};

impl App {
    pub(super) fn press(&mut self, key: Key) {
        if self.cramped() {
            if key == Key::ctrl('c') || (key == Key::char('q') && self.overlays.is_empty()) {
                self.out.push(Effect::Quit);
            }
            return;
        }
        // Bad news stays until a key is pressed: this is the key.
        if self.toast.as_ref().is_some_and(|t| t.until.is_none()) {
            self.toast = None;
        }
        if key == Key::ctrl('c') {
            if !self.ask_before_losing() {
                self.perform(Action::StopTask);
            }
            return;
        }
        if key == Key::ctrl('l') {
            return self.perform(Action::Redraw);
        }
        match self.context() {
            Context::Form => self.press_form(key),
            Context::Confirm => self.press_confirm(key),
            Context::Palette => self.press_palette(key),
            Context::Chooser => self.press_chooser(key),
            Context::Faults => self.press_faults(key),
            Context::Filter => self.press_filter(key),
            Context::Import => self.press_import(key),
            Context::Pick => self.press_pick(key),
            Context::Compare => {
                if let Some(binding) = keymap::find(Context::Compare, key) {
                    self.in_compare(binding.action);
                }
            }
            Context::Convert => {
                if let Some(binding) = keymap::find(Context::Convert, key) {
                    self.in_convert(binding.action);
                }
            }
            context => match keymap::find(context, key) {
                Some(binding) => self.perform(binding.action),
                None if matches!(context, Context::Results | Context::Person | Context::Reader)
                    && keymap::find(Context::Pane(self.pane), key).is_some() =>
                {
                    self.complain(format!("{key} works on the panes: esc goes back there"));
                }
                None => {}
            },
        }
    }

    pub(super) fn paste(&mut self, text: &str) {
        if self.cramped() {
            return;
        }
        match self.overlays.last_mut() {
            Some(Overlay::Form(form)) => {
                form.paste(text);
                forms::check(form, &self.directory);
            }
            Some(Overlay::Confirm(confirm)) => {
                if let Some(field) = confirm.reason.as_mut().filter(|_| confirm.in_reason) {
                    field.paste(text);
                } else if let Some(field) = &mut confirm.brake {
                    field.paste(text);
                    confirm.ok = confirm.ready();
                }
            }
            Some(Overlay::Palette(palette)) => {
                palette.field.paste(text);
                palette.refresh();
            }
            Some(Overlay::Chooser(chooser)) => {
                chooser.field.paste(text);
                chooser.refresh(&self.directory);
            }
            Some(Overlay::Faults(list)) => {
                list.field.paste(text);
                list.refresh(&self.rehearsal.clone().unwrap_or_default());
            }
            Some(Overlay::Import(_)) => self.paste_pick(text),
            Some(_) => {}
            None => {
                if let Some(field) = &mut self.filtering {
                    field.paste(text);
                    self.refilter();
                }
            }
        }
    }

    fn press_form(&mut self, key: Key) {
        let Some(Overlay::Form(form)) = self.overlays.last_mut() else { return };
        let step = form.press(key);
        forms::check(form, &self.directory);
        match step {
            Step::Stay => {}
            Step::Close => drop(self.overlays.pop()),
            Step::Save if form.faulty() => {
                form.tried = true;
                form.focus = form.fields.iter().position(|f| f.error.is_some()).unwrap_or(0);
            }
            Step::Save => {
                let form = form.clone();
                self.overlays.pop();
                self.save(&form);
            }
        }
    }

    fn press_confirm(&mut self, key: Key) {
        let room = layout::dialog(self.size);
        let Some(Overlay::Confirm(confirm)) = self.overlays.last_mut() else { return };
        let step = confirm.press(key, room);
        match step {
            Answered::Stay => {}
            Answered::Keep => self.ask_save_plan(),
            Answered::Cancel => {
                let task = confirm.task;
                self.overlays.pop();
                self.say("cancelled: nothing was changed");
                task.into_iter().for_each(|id| self.give_back(id));
            }
            Answered::Run(_) if self.session.read_only => {
                self.complain("this console is read-only: the plan is shown and nothing of it is done");
            }
            Answered::Run(approval) => {
                if let Some(Overlay::Confirm(confirm)) = self.overlays.pop() {
                    self.run(confirm.title, confirm.preview, approval);
                }
            }
        }
    }

    fn press_palette(&mut self, key: Key) {
        let Some(Overlay::Palette(palette)) = self.overlays.last_mut() else { return };
        match keymap::find(Context::Palette, key).map(|b| b.action) {
            Some(Action::Back) => drop(self.overlays.pop()),
            Some(Action::Press) => {
                let chosen = palette.current();
                self.overlays.pop();
                if let Some(binding) = chosen {
                    self.perform(binding.action);
                }
            }
            Some(action) => {
                palette.cursor.take(action, palette.found.len(), PALETTE_ROWS);
            }
            None => {
                if palette.field.press(key) {
                    palette.refresh();
                }
            }
        }
    }

    fn press_filter(&mut self, key: Key) {
        match keymap::find(Context::Filter, key).map(|b| b.action) {
            Some(Action::Press) => self.filtering = None,
            Some(Action::Back) => {
                self.filtering = None;
                self.set_filter("");
            }
            Some(action) => self.move_in_pane(action),
            None => {
                if self.filtering.as_mut().is_some_and(|field| field.press(key)) {
                    self.refilter();
                }
            }
        }
    }

    fn refilter(&mut self) {
        let text = self.filtering.as_ref().and_then(Field::value).unwrap_or_default();
        self.set_filter(&text);
    }

    /// Gives the pane another filter and works out its list.
    pub(super) fn set_filter(&mut self, text: &str) {
        let rows = self.table_rows();
        match self.pane {
            Pane::Assignments => {
                text.clone_into(&mut self.people.filter);
                self.people.refresh(&self.directory, rows);
            }
            Pane::Groups => {
                text.clone_into(&mut self.groups.filter);
                self.groups.refresh(&self.directory, rows);
            }
            Pane::Audit => {
                text.clone_into(&mut self.feed.filter);
                self.feed.refresh(rows);
            }
            Pane::Tasks => {
                text.clone_into(&mut self.queue.filter);
                self.queue.refresh(&self.directory, rows);
            }
            Pane::Profile | Pane::Provisioning => {}
        }
    }

    /// A move in whatever is on top.
    pub(super) fn move_here(&mut self, action: Action) {
        let (page, dialog) = (layout::page(self.size), layout::dialog(self.size));
        match self.overlays.last_mut() {
            None => self.move_in_pane(action),
            Some(Overlay::Person(p)) => confirm::scroll(&mut p.page, action, page),
            Some(Overlay::Reader(r)) => confirm::scroll(&mut r.page, action, page),
            Some(Overlay::Results(r)) => {
                let (_, rows, _) = layout::results(self.size, &r.stopped());
                r.cursor.take(action, r.order.len(), rows);
            }
            Some(Overlay::Connections(s)) => {
                s.cursor.take(action, s.rows.len(), dialog.rows);
            }
            Some(Overlay::Compare(c)) => {
                c.cursor.take(action, c.rows.len(), layout::import_rows(self.size));
            }
            Some(Overlay::Confirm(c)) => c.scroll(action, dialog),
            Some(
                Overlay::Form(_)
                | Overlay::Palette(_)
                | Overlay::Chooser(_)
                | Overlay::Faults(_)
                | Overlay::Convert(_)
                | Overlay::Offer(_)
                | Overlay::Import(_),
            ) => {}
        }
    }

    fn move_in_pane(&mut self, action: Action) {
        let rows = self.table_rows();
        match self.pane {
            Pane::Assignments => {
                self.people.cursor.take(action, self.people.order.len(), rows);
            }
            Pane::Groups => {
                self.groups.cursor.take(action, self.groups.order.len(), rows);
            }
            Pane::Tasks => {
                self.queue.cursor.take(action, self.queue.len(), rows);
            }
            Pane::Profile => {
                self.profile.take(action, self.directory.attributes().len(), rows);
            }
            Pane::Audit => {
                self.feed.cursor.take(action, self.feed.order.len(), rows);
                self.feed.follow = self.feed.cursor.at + 1 >= self.feed.order.len();
                if self.feed.cursor.at == 0 {
                    self.ask_feed(self.feed.first());
                }
            }
            Pane::Provisioning => {
                confirm::scroll(&mut self.connection, action, layout::pane_page(self.size));
            }
        }
    }
}
