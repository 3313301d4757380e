//! The console's shell: event loop, terminal guard, signals.
