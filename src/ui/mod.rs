//! Drawing only: `&App` to a frame; the one sink that makes remote text safe to show.
