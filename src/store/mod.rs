//! The only room that speaks SQL. [`Batch`] is what is written, all or nothing.

mod batch;

pub use batch::{Applied, Batch, Loaded, Move, StoreError};
