//! What the store promises, on every backend.

mod contract;
mod decided;
pub(crate) mod made;
mod queue;
