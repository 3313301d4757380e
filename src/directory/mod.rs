//! The people in memory: rows, indexes, flags and counters derived, `apply(Change)`, snapshot.
