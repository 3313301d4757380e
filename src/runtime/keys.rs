//! Terminal events as the state understands them.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::app::{Code, Key, Msg};

/// What an event means.
#[derive(Debug)]
pub(super) enum Input {
    /// A message for the state.
    Msg(Msg),
    /// Give the terminal back to the shell for a while.
    Suspend,
    /// Nothing we use.
    Nothing,
}

pub(super) fn read(event: Event) -> Input {
    match event {
        Event::Key(key) => key_press(key),
        Event::Paste(text) => Input::Msg(Msg::Paste(text)),
        Event::Resize(columns, rows) => Input::Msg(Msg::Resize(columns, rows)),
        Event::FocusGained | Event::FocusLost | Event::Mouse(_) => Input::Nothing,
    }
}

fn key_press(event: KeyEvent) -> Input {
    // Some terminals tell releases too: only presses count.
    if event.kind == KeyEventKind::Release {
        return Input::Nothing;
    }
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let code = match event.code {
        KeyCode::Char('z') if ctrl => return Input::Suspend,
        KeyCode::Char(_) if event.modifiers.contains(KeyModifiers::ALT) => return Input::Nothing,
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Tab if event.modifiers.contains(KeyModifiers::SHIFT) => Code::BackTab,
        KeyCode::Tab => Code::Tab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::F(5) => Code::Char('r'),
        KeyCode::F(1) => Code::Char('?'),
        _ => return Input::Nothing,
    };
    Input::Msg(Msg::Key(Key { code, ctrl: ctrl && matches!(code, Code::Char(_)) }))
}
