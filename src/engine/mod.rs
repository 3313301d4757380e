//! Plan, brake, the journal machine, pace, wire profiles, compare.
