//! Bytes of a file into records and line errors.
