//! One operator's own settings: paths, theme.
