//! What an operator can decide, one file each.
