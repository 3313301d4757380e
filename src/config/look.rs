//! How the screen looks: which colours and which characters may be used.

use std::str::FromStr;

/// A theme, as `--theme` and the settings name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// The sixteen colours of the terminal's own palette.
    Ansi,
    /// No colour at all: words, glyphs and modifiers.
    Mono,
    /// No colour and nothing but ASCII.
    Ascii,
}

/// A theme of this name does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no theme. Themes: ansi, mono, ascii.")]
pub struct NoTheme(String);

impl FromStr for Theme {
    type Err = NoTheme;
    fn from_str(text: &str) -> Result<Self, NoTheme> {
        match text.trim().to_lowercase().as_str() {
            "ansi" => Ok(Self::Ansi),
            "mono" => Ok(Self::Mono),
            "ascii" => Ok(Self::Ascii),
            _ => Err(NoTheme(text.to_owned())),
        }
    }
}

/// What the environment says about the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Surroundings<'a> {
    /// `NO_COLOR`: any text in it asks for no colour (no-color.org).
    pub no_color: Option<&'a str>,
    /// The first that is set of `LC_ALL`, `LC_CTYPE`, `LANG`.
    pub locale: Option<&'a str>,
}

/// What may be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Colours.
    pub colour: bool,
    /// Characters beyond ASCII.
    pub unicode: bool,
}

impl Look {
    /// A named theme decides; without one the environment does.
    pub fn choose(theme: Option<Theme>, around: Surroundings<'_>) -> Self {
        let colour = around.no_color.is_none_or(str::is_empty);
        let unicode = around.locale.is_none_or(|l| {
            let l = l.to_lowercase();
            l.is_empty() || l.contains("utf-8") || l.contains("utf8")
        });
        match theme {
            Some(Theme::Ansi) => Self { colour, unicode: true },
            Some(Theme::Mono) => Self { colour: false, unicode },
            Some(Theme::Ascii) => Self { colour: false, unicode: false },
            None => Self { colour, unicode },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_color_counts_when_there_is_anything_in_it() {
        let with = |no_color| Look::choose(None, Surroundings { no_color, locale: None }).colour;
        assert_eq!((with(None), with(Some("")), with(Some("1"))), (true, true, false));
    }

    #[test]
    fn a_locale_that_is_not_utf_8_gets_ascii() {
        let with = |locale| Look::choose(None, Surroundings { no_color: None, locale: Some(locale) }).unicode;
        assert_eq!((with("C"), with("en_GB.UTF-8"), with("de_DE.ISO-8859-1")), (false, true, false));
    }

    #[test]
    fn a_theme_is_read_by_name() {
        assert_eq!("mono".parse(), Ok(Theme::Mono));
        assert!("dracula".parse::<Theme>().is_err());
    }
}
