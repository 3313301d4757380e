//! The sandbox in a process of its own, so that what is measured here is the client alone.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use scimdeck::sandbox::{Sandbox, SandboxConfig};

pub(crate) const TOKEN: &str = "bench-token";
/// The argument that makes this program the server; the answers' delay in milliseconds follows.
pub(crate) const SERVE: &str = "--serve";

/// An empty sandbox, ended when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) base_url: String,
}

impl Server {
    pub(crate) fn start(delay_ms: u64) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([SERVE, &delay_ms.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, base_url: line.trim().to_owned() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves until nobody holds the other end of the input any more.
pub(crate) fn serve(delay_ms: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async move {
        let mut config = SandboxConfig::new(TOKEN.to_owned().into(), "activity".to_owned().into());
        config.latency = Duration::from_millis(delay_ms);
        let sandbox = Sandbox::start(config).await.unwrap();
        println!("{}", sandbox.base_url());
        std::io::stdout().flush().unwrap();
        tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()).unwrap()).await.unwrap();
        drop(sandbox);
    });
}
