//! Runs a command line on a fake.

use std::collections::VecDeque;

use clap::Parser;
use scimdeck::cli::{Ask, Cli, Face, Line, run_on};

use crate::fake::{Fake, NOW};

/// What came of a command line.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: u8,
    pub(crate) out: String,
    pub(crate) err: String,
}

struct Script(VecDeque<&'static str>);

impl Ask for Script {
    fn line(&mut self) -> Line {
        let line = self.0.pop_front().map(str::to_owned);
        Box::pin(async { line })
    }
}

/// Runs a command line without an operator.
pub(crate) fn run(fake: &Fake, line: &str) -> Ran {
    go(fake, line, None)
}

/// Runs it with an operator at a terminal who types these lines.
pub(crate) fn run_attended(fake: &Fake, line: &str, answers: &[&'static str]) -> Ran {
    go(fake, line, Some(Script(answers.iter().copied().collect())))
}

fn go(fake: &Fake, line: &str, mut script: Option<Script>) -> Ran {
    let cli = Cli::try_parse_from(std::iter::once("scimdeck").chain(line.split(' '))).unwrap();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut face = Face {
        out: &mut out,
        err: &mut err,
        operator: script.as_mut().map(|s| s as &mut dyn Ask),
        width: None,
        json: cli.global.json,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let command = cli.command.as_ref().unwrap();
    let code = match runtime.block_on(run_on(fake, &mut face, &cli.global, command, NOW)) {
        Ok(code) => code,
        Err(problem) => {
            face.problem(&problem);
            problem.kind.exit()
        }
    };
    Ran { code, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
}
