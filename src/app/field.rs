//! One field of a form: a line of text, several lines, a choice, or yes and no.

use tui_textarea::{CursorMove, Input, Key as InputKey, TextArea};

use super::key::Code;
use super::{Key, Masked};

/// A pasted text is cut at this many characters: nothing that belongs into a form is longer.
const PASTE_LIMIT: usize = 4_000;

/// What a choice offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What the operator reads.
    pub shown: String,
    /// What it stands for; none leaves things as they are.
    pub value: Option<String>,
}

/// What kind of field, and its present value.
#[derive(Debug, Clone)]
pub enum Value {
    /// One line.
    Text(Box<TextArea<'static>>),
    /// Several lines.
    Lines(Box<TextArea<'static>>),
    /// One of these.
    Choice(Vec<Choice>, usize),
    /// Yes or no.
    Toggle(bool),
    /// A token, never shown.
    Masked(Masked),
}

/// A field.
#[derive(Debug, Clone)]
pub struct Field {
    /// What the operator reads.
    pub label: String,
    /// What the form knows it by.
    pub name: String,
    /// Its value.
    pub input: Value,
    /// What to enter, shown while the field has the focus.
    pub help: String,
    /// What is wrong with it.
    pub error: Option<String>,
    /// Whether it was changed by the operator.
    pub touched: bool,
}

impl Field {
    fn new(name: &str, label: &str, input: Value) -> Self {
        Self {
            label: label.to_owned(),
            name: name.to_owned(),
            input,
            help: String::new(),
            error: None,
            touched: false,
        }
    }

    /// A line of text.
    pub fn text(name: &str, label: &str, value: &str) -> Self {
        Self::new(name, label, Value::Text(Box::new(area(vec![one_line(value)]))))
    }

    /// Several lines of text.
    pub fn lines(name: &str, label: &str, lines: Vec<String>) -> Self {
        Self::new(name, label, Value::Lines(Box::new(area(lines))))
    }

    /// A choice; the one with this value is marked, else the first.
    pub fn choice(name: &str, label: &str, choices: Vec<Choice>, value: Option<&str>) -> Self {
        let at = choices.iter().position(|c| c.value.as_deref() == value).unwrap_or(0);
        Self::new(name, label, Value::Choice(choices, at))
    }

    /// Yes or no.
    pub fn toggle(name: &str, label: &str, on: bool) -> Self {
        Self::new(name, label, Value::Toggle(on))
    }

    /// A token.
    pub fn masked(name: &str, label: &str) -> Self {
        Self::new(name, label, Value::Masked(Masked::default()))
    }

    /// What is in a token's field.
    pub(super) fn hidden(&self) -> Option<&Masked> {
        match &self.input {
            Value::Masked(masked) => Some(masked),
            _ => None,
        }
    }

    /// With words about what to enter.
    #[must_use]
    pub fn help(mut self, help: &str) -> Self {
        help.clone_into(&mut self.help);
        self
    }

    /// Its value as text; none leaves things as they are.
    pub fn value(&self) -> Option<String> {
        match &self.input {
            Value::Text(area) | Value::Lines(area) => Some(area.lines().join("\n").trim().to_owned()),
            Value::Choice(choices, at) => choices.get(*at).and_then(|c| c.value.clone()),
            Value::Toggle(on) => Some(on.to_string()),
            Value::Masked(_) => None,
        }
    }

    /// Whether return belongs to the field.
    pub fn takes_enter(&self) -> bool {
        matches!(self.input, Value::Lines(_))
    }

    /// The lines of a text field, and the row and column of its cursor; none for other fields.
    pub fn written(&self) -> Option<(&[String], (usize, usize))> {
        match &self.input {
            Value::Text(area) | Value::Lines(area) => {
                let cursor = area.cursor();
                Some((area.lines(), (cursor.0, cursor.1)))
            }
            Value::Choice(..) | Value::Toggle(_) | Value::Masked(_) => None,
        }
    }

    /// Replaces the text of a line.
    pub fn set(&mut self, value: &str) {
        if let Value::Text(area_) = &mut self.input {
            **area_ = area(vec![one_line(value)]);
        }
    }

    /// Takes a key; answers whether the value may have changed.
    pub fn press(&mut self, key: Key) -> bool {
        let changed = match &mut self.input {
            Value::Text(area) => !ends_line(key) && area.input(input(key)),
            Value::Lines(area) => area.input(input(key)),
            Value::Choice(choices, at) => {
                let before = *at;
                *at = chosen(choices, *at, key);
                *at != before
            }
            Value::Toggle(on) => {
                let flip = matches!(key.code, Code::Left | Code::Right | Code::Char(' ' | 'h' | 'l'));
                *on ^= flip && !key.ctrl;
                flip
            }
            Value::Masked(masked) => masked.press(key),
        };
        self.touched |= changed;
        changed
    }

    /// Takes pasted text: control characters go, and a single line stays one.
    pub fn paste(&mut self, text: &str) {
        if let Value::Masked(masked) = &mut self.input {
            masked.paste(text);
            self.touched = true;
            return;
        }
        let text: String = text.chars().take(PASTE_LIMIT).collect();
        match &mut self.input {
            Value::Text(area) => self.touched |= area.insert_str(one_line(&text)),
            Value::Lines(area) => {
                let text: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
                self.touched |= area.insert_str(text);
            }
            Value::Choice(..) | Value::Toggle(_) | Value::Masked(_) => {}
        }
    }
}

fn area(lines: Vec<String>) -> TextArea<'static> {
    let mut area = TextArea::new(lines);
    area.move_cursor(CursorMove::Bottom);
    area.move_cursor(CursorMove::End);
    area
}

fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

fn ends_line(key: Key) -> bool {
    matches!(key.code, Code::Enter) || key == Key::ctrl('m') || key == Key::ctrl('j')
}

/// Arrows, space and letters: a letter goes to the next choice that starts with it.
fn chosen(choices: &[Choice], at: usize, key: Key) -> usize {
    let len = choices.len().max(1);
    match key.code {
        Code::Right | Code::Char(' ') => (at + 1) % len,
        Code::Left => (at + len - 1) % len,
        Code::Home => 0,
        Code::End => len - 1,
        Code::Char(c) if !key.ctrl => (1..=len)
            .map(|step| (at + step) % len)
            .find(|i| choices[*i].shown.chars().next().is_some_and(|f| f.to_lowercase().eq(c.to_lowercase())))
            .unwrap_or(at),
        _ => at,
    }
}

fn input(key: Key) -> Input {
    let code = match key.code {
        Code::Char(c) => InputKey::Char(c),
        Code::Enter => InputKey::Enter,
        Code::Esc => InputKey::Esc,
        Code::Tab | Code::BackTab => InputKey::Tab,
        Code::Backspace => InputKey::Backspace,
        Code::Delete => InputKey::Delete,
        Code::Up => InputKey::Up,
        Code::Down => InputKey::Down,
        Code::Left => InputKey::Left,
        Code::Right => InputKey::Right,
        Code::PageUp => InputKey::PageUp,
        Code::PageDown => InputKey::PageDown,
        Code::Home => InputKey::Home,
        Code::End => InputKey::End,
    };
    Input { key: code, ctrl: key.ctrl, alt: false, shift: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paste_into_a_line_stays_one_line_and_loses_control_characters() {
        let mut field = Field::text("note", "Note", "");
        field.paste("a\u{1b}[2Jb\r\nc");
        assert_eq!(field.value().as_deref(), Some("a[2Jbc"));
    }

    #[test]
    fn a_letter_goes_to_the_next_choice_that_starts_with_it() {
        let choices = ["Admin", "Analyst", "Operator"]
            .map(|v| Choice { shown: v.to_owned(), value: Some(v.to_owned()) })
            .to_vec();
        let mut field = Field::choice("role", "Role", choices, Some("Operator"));
        field.press(Key::char('a'));
        assert_eq!(field.value().as_deref(), Some("Admin"));
        field.press(Key::char('a'));
        assert_eq!(field.value().as_deref(), Some("Analyst"));
        field.press(Key::of(Code::Left));
        assert_eq!(field.value().as_deref(), Some("Admin"));
    }
}
