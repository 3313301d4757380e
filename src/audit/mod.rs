//! Entry, merge, hash chain, export.
