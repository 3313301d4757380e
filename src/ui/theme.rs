//! What a tone looks like: the terminal's own sixteen colours, or none at all.

use ratatui::style::{Color, Modifier, Style};

use crate::app::Tone;
use crate::config::Look;

/// The style of a tone. Every tone that matters also has a word or a glyph, so colour is never alone.
pub(super) fn tone(look: Look, tone: Tone) -> Style {
    let style = match tone {
        Tone::Dim => Style::new().add_modifier(Modifier::DIM),
        Tone::Strong | Tone::Key | Tone::Bad => Style::new().add_modifier(Modifier::BOLD),
        Tone::Plain | Tone::Good | Tone::Warn | Tone::Accent => Style::new(),
    };
    if !look.colour {
        return style;
    }
    match tone {
        Tone::Plain | Tone::Dim | Tone::Strong => style,
        Tone::Key | Tone::Accent => style.fg(Color::Cyan),
        Tone::Good => style.fg(Color::Green),
        Tone::Warn => style.fg(Color::Yellow),
        Tone::Bad => style.fg(Color::Red),
    }
}

/// The row under the cursor. A named background: reversed default colours do not show in every terminal.
pub(super) fn cursor(look: Look) -> Style {
    if look.colour {
        Style::new().fg(Color::White).bg(Color::Blue).add_modifier(Modifier::BOLD)
    } else {
        Style::new().add_modifier(Modifier::REVERSED)
    }
}

/// The borders of panes and dialogs.
pub(super) fn border(look: Look, urgent: bool) -> Style {
    match (look.colour, urgent) {
        (true, true) => Style::new().fg(Color::Yellow),
        (true, false) => Style::new().fg(Color::Blue),
        (false, _) => Style::new(),
    }
}

/// The badge of the environment: production is red, a sandbox green, anything else yellow.
pub(super) fn badge(look: Look, words: &str) -> Style {
    let style = Style::new().add_modifier(Modifier::BOLD);
    if !look.colour {
        return style.add_modifier(Modifier::REVERSED);
    }
    let words = words.to_lowercase();
    if words.contains("prod") {
        style.fg(Color::White).bg(Color::Red)
    } else if words.contains("sandbox") || words.contains("test") || words.contains("dev") {
        style.fg(Color::Black).bg(Color::Green)
    } else {
        style.fg(Color::Black).bg(Color::Yellow)
    }
}
