//! The console's state, pure: message in, effects out.
