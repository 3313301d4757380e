//! The process keeps what it holds in memory to itself.

use rustix::process::{Resource, Rlimit, setrlimit};

/// No core file is ever written, and other processes of the same user cannot look into this one: tokens are in its
/// memory, and in its environment in CI. A system that refuses either goes on without.
pub(super) fn keep_memory_private() {
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}
