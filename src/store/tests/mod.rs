//! What the store promises, on every backend.

mod contract;
mod kept;
pub(crate) mod made;
mod queue;
