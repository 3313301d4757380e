//! The one path of every write: observe, plan, commit, run, verify, recover.
