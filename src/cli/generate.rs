//! `completions`, `man` and `config`: made from the arguments themselves.

use std::path::Path;

use clap::CommandFactory;
use serde_json::json;

use super::args::Cli;
use super::face::{Face, broken};
use super::names::bad;
use crate::engine::Problem;

pub(super) fn completions(face: &mut Face<'_>, shell: clap_complete::Shell) -> Result<(), Problem> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "scimdeck", &mut script);
    face.out.write_all(&script).map_err(|e| broken(&e))
}

/// The manual page of the program, or of one of its commands.
pub(super) fn man(face: &mut Face<'_>, name: Option<&str>) -> Result<(), Problem> {
    let mut all = Cli::command();
    all.build();
    let command = match name {
        None => all,
        Some(name) => {
            let found = all.get_subcommands().find(|c| c.get_name() == name).cloned();
            let next = "Look at: scimdeck --help";
            let unknown = || bad("no_such_command", format!("There is no command {name}."), next);
            // Names of commands live as long as the program; this one is made once.
            let page = format!("scimdeck-{name}");
            found.ok_or_else(unknown)?.name(page.leak() as &'static str)
        }
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page).map_err(|e| broken(&e))?;
    face.out.write_all(&page).map_err(|e| broken(&e))
}

pub(super) fn config(face: &mut Face<'_>, home: &Path) -> Result<(), Problem> {
    face.data(|_| format!("home {}\n", home.display()), || json!({"home": home}))
}
