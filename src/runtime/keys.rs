//! Terminal events, and how the state understands them.

use std::{io, thread};

use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use futures_util::{Stream, stream};
use tokio::sync::mpsc;

use crate::app::{Code, Key, Msg};
use crate::domain::Zeroizing;

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

/// The events of the terminal, read on a thread of their own: reading waits in the middle of a sequence, and on a
/// terminal that is gone it never returns. The loop must go on and see the signals all the same.
///
/// # Errors
/// When no thread can be started.
pub(super) fn events() -> io::Result<impl Stream<Item = io::Result<Event>> + Unpin> {
    let (out, mut events) = mpsc::unbounded_channel();
    thread::Builder::new().name("keys".to_owned()).spawn(move || {
        let mut on = true;
        while on {
            let event = event::read();
            on = event.is_ok();
            on &= out.send(event).is_ok();
        }
    })?;
    Ok(stream::poll_fn(move |cx| events.poll_recv(cx)))
}

pub(super) fn read(event: Event) -> Input {
    match event {
        Event::Key(key) => key_press(key),
        Event::Paste(text) => Input::Msg(Msg::pasted(&Zeroizing::new(text))),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pasted_travels_as_a_secret_and_is_taken_as_it_is() {
        let input = read(Event::Paste(" Bearer hunter2\n".to_owned()));
        assert!(!format!("{input:?}").contains("hunter2"), "{input:?}");
        let Input::Msg(Msg::Paste(text)) = input else { panic!("{input:?}") };
        assert_eq!(text.expose(), " Bearer hunter2\n");
    }
}
