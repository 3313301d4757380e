//! A Workato-like workspace that plays the other side.
