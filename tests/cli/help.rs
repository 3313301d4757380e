//! The help of every command, as it is printed.

use clap::CommandFactory;
use scimdeck::cli::Cli;
use scimdeck::cli::args::EXITS;
use scimdeck::engine::ProblemKind::{BadInput, Endpoint, Held, Internal, NotAllowed, Stale, Usage};

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
fn every_exit_code_is_in_the_help_the_manual_page_and_the_readme() {
    let help = Cli::command().term_width(200).render_long_help().to_string();
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page).expect("a page");
    let page = String::from_utf8(page).expect("text").replace("\\-", "-");
    let readme = include_str!("../../README.md");
    for (code, words) in EXITS {
        let told = format!("  {code:>3}  {words}");
        assert!(help.lines().any(|line| line == told), "--help lacks: {told}");
        assert!(page.lines().any(|line| line.ends_with(&told[2..])), "the manual page lacks: {told}");
        let row = format!("| {code} | {words} |");
        assert!(readme.lines().any(|line| line == row), "README.md lacks: {row}");
    }
    for kind in [Internal, Endpoint, BadInput, Stale, Held, NotAllowed, Usage] {
        assert!(EXITS.iter().any(|(code, _)| *code == kind.exit()), "{kind:?}");
    }
}

#[test]
fn the_arguments_fit_together() {
    Cli::command().debug_assert();
}
