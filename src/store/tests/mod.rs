//! What the store promises, on every backend.

mod contract;
mod made;
mod queue;
