//! The dialog before something happens: what exactly, for whom, and Cancel under the finger.

use super::doc::Page;
use super::field::Field;
use super::keymap::{self, Action, Context};
use super::layout::Room;
use super::{Key, TaskId, plan_doc};
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
    pub page: Page,
    /// The field for the number, when the brake holds.
    pub brake: Option<Field>,
    /// Whether OK is marked instead of Cancel.
    pub ok: bool,
    /// Whether the exact requests are shown instead of the summary.
    pub requests: bool,
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
    /// It is done.
    Run(Approval),
}

impl Confirm {
    /// A dialog with Cancel marked.
    pub fn new(title: String, preview: Box<Preview>, directory: &Directory) -> Self {
        let page = Page::new(plan_doc::summary(&preview, directory));
        let brake = preview.plan.brake.held.map(|n| Field::text("brake", &format!("Type {n} to go on"), ""));
        Self { title, preview, page, brake, ok: false, requests: false, task: None }
    }

    /// Whether OK may be pressed: the brake is silent, or its number was typed.
    pub fn ready(&self) -> bool {
        self.typed() == self.preview.plan.brake.held
    }

    fn typed(&self) -> Option<u32> {
        self.brake.as_ref().and_then(Field::value).and_then(|text| text.parse().ok())
    }

    fn run(&self) -> Step {
        if self.ready() { Step::Run(Approval { confirmed: true, brake: self.typed() }) } else { Step::Stay }
    }

    /// Takes a key. With a brake, digits go to its field, and the letter y is not enough.
    pub fn press(&mut self, key: Key, room: Room, directory: &Directory) -> Step {
        if let Some(field) = &mut self.brake {
            let digit = key.typed().is_some_and(|c| c.is_ascii_digit());
            if digit || matches!(key.code, super::key::Code::Backspace | super::key::Code::Delete) {
                field.press(key);
                self.ok = self.ready();
                return Step::Stay;
            }
        }
        let Some(binding) = keymap::find(Context::Confirm, key) else { return Step::Stay };
        match binding.action {
            Action::No => return Step::Cancel,
            Action::Yes if self.brake.is_none() => return self.run(),
            Action::Press if self.ok => return self.run(),
            Action::Press => return Step::Cancel,
            Action::NextField => self.ok = !self.ok && self.ready(),
            Action::View => {
                self.requests = !self.requests;
                self.page = Page::new(if self.requests {
                    plan_doc::requests(&self.preview)
                } else {
                    plan_doc::summary(&self.preview, directory)
                });
            }
            action => scroll(&mut self.page, action, room),
        }
        Step::Stay
    }
}

/// Moves a page of text.
pub(super) fn scroll(page: &mut Page, action: Action, room: Room) {
    let rows = isize::try_from(room.rows).unwrap_or(1);
    let by = match action {
        Action::Up => -1,
        Action::Down => 1,
        Action::HalfUp => -rows / 2,
        Action::HalfDown => rows / 2,
        Action::PageUp => -rows + 1,
        Action::PageDown => rows - 1,
        Action::Top => isize::MIN,
        Action::Bottom => isize::MAX,
        _ => return,
    };
    page.scroll(by, room);
}
