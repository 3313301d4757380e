//! scimdeck: a terminal console for SCIM 2.0 provisioning.
//!
//! The rooms, from the pure ones down to the ones that may wait. `tests/arch` holds the table of who may
//! enter which room; `CONTRIBUTING.md` explains it.
//!
//! Pure (no tokio, socket, file, clock, environment or process; time and randomness come in as values):
//! [`domain`], [`scim`], [`directory`], [`sources`], [`verbs`], [`engine`], [`audit`], [`app`], [`ui`].
//!
//! Waiting: [`endpoint`] (HTTP outwards), [`store`] (SQL), [`drive`] (the one path of every write),
//! [`sandbox`] (the other side), [`runtime`] (the console's shell), [`cli`], [`config`].

pub mod app;
pub mod audit;
pub mod cli;
pub mod config;
pub mod directory;
pub mod domain;
pub mod drive;
pub mod endpoint;
pub mod engine;
pub mod runtime;
pub mod sandbox;
pub mod scim;
pub mod sources;
pub mod store;
pub mod ui;
pub mod verbs;
