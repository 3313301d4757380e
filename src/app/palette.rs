//! The list of commands: every binding of the place one is in, found by any letters of it.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::Cursor;
use super::field::Field;
use super::keymap::{self, Action, Binding, Context};

/// The list, open.
#[derive(Debug, Clone)]
pub struct Palette {
    /// What is typed.
    pub field: Field,
    /// What fits, best first.
    pub found: Vec<&'static Binding>,
    /// The marked one.
    pub cursor: Cursor,
    all: Vec<&'static Binding>,
}

impl Palette {
    /// All commands that can be given in a context; moves are left to their keys.
    pub fn new(context: Context) -> Self {
        let plain =
            |b: &&Binding| b.context != Context::Moves && !matches!(b.action, Action::Palette | Action::Back);
        let mut seen = Vec::new();
        let mut fresh = |b: &&'static Binding| {
            let fresh = !seen.contains(&b.action);
            seen.push(b.action);
            fresh
        };
        let all: Vec<_> = keymap::bindings(context).filter(plain).filter(|b| fresh(b)).collect();
        Self { field: Field::text("command", ":", ""), found: all.clone(), cursor: Cursor::default(), all }
    }

    /// Finds again what fits the typed text.
    pub fn refresh(&mut self) {
        let text = self.field.value().unwrap_or_default();
        let pattern = Pattern::parse(&text, CaseMatching::Ignore, Normalization::Smart);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let mut buffer = Vec::new();
        let mut scored: Vec<(u32, &'static Binding)> = self
            .all
            .iter()
            .filter_map(|b| {
                let line = format!("{} {}", b.words, b.help);
                let score = pattern.score(Utf32Str::new(&line, &mut buffer), &mut matcher)?;
                Some((score, *b))
            })
            .collect();
        scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        self.found = scored.into_iter().map(|(_, b)| b).collect();
        self.cursor = Cursor::default();
    }

    /// The marked command.
    pub fn current(&self) -> Option<&'static Binding> {
        self.found.get(self.cursor.at).copied()
    }
}
