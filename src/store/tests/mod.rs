//! What the store promises, on every backend.

mod contract;
mod decided;
mod kept;
pub(crate) mod made;
mod queue;
