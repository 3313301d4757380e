//! One operator's own settings, read once at start: where things are kept, and how the screen looks.
//! The environment comes in as values, so that every rule here can be told without one.

mod home;
mod look;

pub use home::{Home, NoHome};
pub use look::{Look, Surroundings, Theme};
