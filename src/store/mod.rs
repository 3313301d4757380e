//! The only room that speaks SQL. [`Batch`] is what is written, all or nothing; [`Store`] is who takes it.
//!
//! From the top: the handle, its threads, the [`Backend`] trait, the rules of a batch written once over rows,
//! and the rows in SQLite and in memory.

pub mod backend;
mod batch;
mod counts;
mod decided;
pub mod faults;
mod handle;
mod journal;
mod kept;
mod load_order;
mod memory;
mod rules;
mod sqlite;
mod tables;
mod threads;

pub use backend::{Backend, Reader};
pub use batch::{Applied, Batch, BrakeHistory, HEARD, Heard, Loaded, Move, StoreError, Which};
pub use handle::Store;
pub use memory::Memory;
pub use sqlite::Sqlite;

#[cfg(test)]
mod tests;
