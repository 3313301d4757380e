//! The dialog before something happens: what exactly, for whom, and Cancel under the finger.

use super::doc::Page;
use super::field::Field;
use super::key::Code;
use super::keymap::{self, Action, Context};
use super::layout::Room;
use super::plan_page::PlanPage;
use super::{Key, TaskId};
use crate::directory::Directory;
use crate::engine::{Approval, Preview};

/// The dialog.
#[derive(Debug, Clone)]
pub struct Confirm {
    /// What is asked.
    pub title: String,
    /// What would be done.
    pub preview: Box<Preview>,
    /// The words above the buttons.
    pub page: PlanPage,
    /// The field for the number, when the brake holds.
    pub brake: Option<Field>,
    /// The field for the reason, where somebody loses access.
    pub reason: Option<Field>,
    /// Whether the connection asks for a reason.
    pub reason_needed: bool,
    /// Whether keys go to the reason.
    pub in_reason: bool,
    /// Whether OK is marked instead of Cancel.
    pub ok: bool,
    /// The look it came from: the form that was saved for it comes back when it is cancelled.
    pub task: Option<TaskId>,
}

/// What a key did to the dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It stays open.
    Stay,
    /// Nothing is done.
    Cancel,
    /// The plan is to be kept in a file.
    Keep,
    /// It is done.
    Run(Approval),
}

impl Confirm {
    /// A dialog with Cancel marked.
    pub fn new(title: String, preview: Box<Preview>, directory: &Directory) -> Self {
        let page = PlanPage::new(&preview, directory);
        let brake = preview.plan.brake.held.map(|n| Field::text("brake", &format!("Type {n} to go on"), ""));
        let reason = preview.removes().then(|| Field::text("reason", "Why (goes into the audit log)", ""));
        let reason_needed = directory.connection().reason_required && reason.is_some();
        Self { title, preview, page, brake, reason, reason_needed, in_reason: false, ok: false, task: None }
    }

    /// With the reason that was typed for the same before and not used.
    pub fn because(mut self, kept: Option<&str>) -> Self {
        if let (Some(field), Some(kept)) = (&mut self.reason, kept) {
            field.set(kept);
        }
        self
    }

    /// Whether OK may be pressed: the brake is silent, or its number was typed.
    pub fn ready(&self) -> bool {
        self.typed() == self.preview.plan.brake.held
    }

    /// The reason as typed; none when nothing was.
    pub fn why(&self) -> Option<String> {
        let typed = self.reason.as_ref().and_then(Field::value)?;
        Some(typed.trim().to_owned()).filter(|reason| !reason.is_empty())
    }

    /// Keys for the reason: text, and Tab or Enter to go on to OK.
    fn press_reason(&mut self, key: Key) -> Step {
        match key.code {
            Code::Esc => return Step::Cancel,
            Code::Enter | Code::Tab | Code::BackTab => {
                self.in_reason = false;
                self.ok = self.ready() && key.code != Code::BackTab;
            }
            _ => {
                if let Some(field) = &mut self.reason {
                    field.press(key);
                    field.error = None;
                }
            }
        }
        Step::Stay
    }

    /// What has to be done before OK can be pressed; none when it can.
    pub fn first(&self) -> Option<String> {
        let held = self.preview.plan.brake.held.filter(|_| !self.ready())?;
        Some(format!("type {held} first"))
    }

    /// Whether Enter on Cancel is more likely a number or a reason that was typed for nothing.
    fn half_typed(&self) -> bool {
        let typed = |field: &Option<Field>| field.as_ref().is_some_and(|field| field.touched);
        !self.ready() && (typed(&self.brake) || typed(&self.reason))
    }

    /// Says beside the field what number the plan asks for.
    fn ask_number(&mut self) {
        if let (Some(field), Some(held)) = (&mut self.brake, self.preview.plan.brake.held) {
            field.error = Some(match field.value().filter(|typed| !typed.is_empty()) {
                Some(_) => format!("The number is {held}, not"),
                None => format!("Type {held} first"),
            });
        }
    }

    fn typed(&self) -> Option<u32> {
        self.brake.as_ref().and_then(Field::value).and_then(|text| text.parse().ok())
    }

    fn run(&mut self) -> Step {
        if !self.ready() {
            self.ask_number();
            return Step::Stay;
        }
        let reason = self.why();
        if self.reason_needed && reason.is_none() {
            self.in_reason = true;
            if let Some(field) = &mut self.reason {
                field.error = Some("this connection asks for a reason".to_owned());
            }
            return Step::Stay;
        }
        Step::Run(Approval { confirmed: true, brake: self.typed(), reason })
    }

    /// Takes a key. With a brake, digits go to its field, and the letter y is not enough. What was typed is not lost
    /// by Enter: only esc leaves a dialog whose number is not the plan's.
    pub fn press(&mut self, key: Key, room: Room) -> Step {
        if self.in_reason {
            return self.press_reason(key);
        }
        if let Some(field) = &mut self.brake {
            let digit = key.typed().is_some_and(|c| c.is_ascii_digit());
            if digit || matches!(key.code, Code::Backspace | Code::Delete) {
                field.press(key);
                field.error = None;
                self.ok = self.ready();
                return Step::Stay;
            }
        }
        let Some(binding) = keymap::find(Context::Confirm, key) else { return Step::Stay };
        match binding.action {
            Action::No => return Step::Cancel,
            Action::SavePlan => return Step::Keep,
            Action::Yes => return self.run(),
            Action::Press if self.ok || self.half_typed() => return self.run(),
            Action::Press => return Step::Cancel,
            // Around: Cancel, OK, the reason.
            Action::NextField if key.code == Code::Tab && self.reason.is_some() => {
                self.in_reason = self.ok || !self.ready();
                self.ok = !self.in_reason;
            }
            Action::NextField => self.ok = !self.ok && self.ready(),
            Action::View => self.page.turn(),
            action => self.scroll(action, room),
        }
        Step::Stay
    }

    /// Moves the words of the plan.
    pub(super) fn scroll(&mut self, action: Action, room: Room) {
        if let Some(by) = lines(action, room) {
            self.page.scroll(&self.preview, by, room);
        }
    }
}

/// Moves a page of text.
pub(super) fn scroll(page: &mut Page, action: Action, room: Room) {
    if let Some(by) = lines(action, room) {
        page.scroll(by, room);
    }
}

/// By how many lines an action moves a page of text.
fn lines(action: Action, room: Room) -> Option<isize> {
    let rows = isize::try_from(room.rows).unwrap_or(1);
    Some(match action {
        Action::Up => -1,
        Action::Down => 1,
        Action::HalfUp => -rows / 2,
        Action::HalfDown => rows / 2,
        Action::PageUp => -rows + 1,
        Action::PageDown => rows - 1,
        Action::Top => isize::MIN,
        Action::Bottom => isize::MAX,
        _ => return None,
    })
}

#[cfg(test)]
#[path = "dialog_tests.rs"]
mod tests;
