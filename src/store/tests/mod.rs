//! What the store promises, on every backend.

mod contract;
pub(crate) mod made;
mod queue;
