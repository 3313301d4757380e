//! The protocol (RFC 7643, RFC 7644): resource, schema, filter, path, patch, list, bulk,
//! sorting, error, discovery, roles.
//!
//! Shared by the client that speaks to an endpoint and by the sandbox that plays one, so it is pure: it
//! imports nothing from the crate, and every reader is total. Whatever arrives over the wire is data that may
//! be wrong; the answer is an `Option` or a typed error, never a panic.

pub mod bulk;
pub mod discovery;
pub mod error;
pub mod filter;
pub mod list;
pub mod patch;
pub mod path;
pub mod repeated;
pub mod resource;
pub mod roles;
pub mod schema;
pub mod sort;
