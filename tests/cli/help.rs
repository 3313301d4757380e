//! The help of every command, as it is printed.

use clap::CommandFactory;
use scimdeck::cli::Cli;

fn all(command: &mut clap::Command, path: &str, out: &mut String) {
    let help = command.render_long_help().to_string();
    let help: Vec<_> = help.lines().map(str::trim_end).collect();
    out.push_str(&format!("$ {path} --help\n{}\n", help.join("\n")));
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    for name in names.into_iter().filter(|name| name != "help") {
        if let Some(sub) = command.find_subcommand_mut(&name) {
            all(sub, &format!("{path} {name}"), out);
        }
    }
}

#[test]
fn the_help_of_every_command() {
    let mut command = Cli::command().term_width(100);
    command.build();
    let mut out = String::new();
    all(&mut command, "scimdeck", &mut out);
    insta::assert_snapshot!(out);
}

#[test]
fn the_arguments_fit_together() {
    Cli::command().debug_assert();
}
