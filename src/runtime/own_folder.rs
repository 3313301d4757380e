//! `~/` before a file that somebody typed is their own folder, as it is in a shell. It becomes one here, since the
//! console's state knows nothing of the machine it is on.

use std::path::{Path, PathBuf};

use crate::app::Effect;
use crate::domain::{GivenToken, TokenSource};
use crate::verbs::Command;

/// The effect with every file in it as it is on the disk. Without a folder of their own it stays as it was typed.
pub(super) fn expanded(mut effect: Effect, own: Option<&Path>) -> Effect {
    let Some(own) = own else { return effect };
    match &mut effect {
        Effect::SavePlan(_, _, file) | Effect::OpenPlan(_, file) => text(file, own),
        Effect::Token(_, token) => given(token, own),
        Effect::Connect(_, new) => given(&mut new.token, own),
        Effect::Preview(_, command, _) => {
            if let Command::ConnectionSet(connection) = &mut **command {
                source(&mut connection.token, own);
                connection.feed.iter_mut().for_each(|feed| source(&mut feed.token, own));
            }
        }
        _ => {}
    }
    effect
}

fn given(token: &mut GivenToken, own: &Path) {
    if let GivenToken::At(place, _) = token {
        source(place, own);
    }
}

fn source(token: &mut TokenSource, own: &Path) {
    match token {
        TokenSource::File { path } | TokenSource::Encrypted { path } => file(path, own),
        TokenSource::Command { argv } => argv.iter_mut().take(1).for_each(|program| text(program, own)),
        _ => {}
    }
}

fn file(path: &mut PathBuf, own: &Path) {
    if let Ok(rest) = path.strip_prefix("~") {
        *path = own.join(rest);
    }
}

fn text(path: &mut String, own: &Path) {
    if let Some(rest) = path.strip_prefix("~/") {
        *path = own.join(rest.trim_start_matches('/')).to_string_lossy().into_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{TaskId, fixture};

    const ID: TaskId = TaskId(1);

    fn open(path: &str, own: Option<&str>) -> String {
        match expanded(Effect::OpenPlan(ID, path.to_owned()), own.map(Path::new)) {
            Effect::OpenPlan(_, path) => path,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_file_below_the_own_folder_may_be_typed_with_a_tilde() {
        assert_eq!(open("~/plan.json", Some("/home/sam")), "/home/sam/plan.json");
        assert_eq!(open("~//plan.json", Some("/home/sam")), "/home/sam/plan.json");
        for other in ["/tmp/~/plan.json", "plan~.json", "~sam/plan.json"] {
            assert_eq!(open(other, Some("/home/sam")), other);
        }
        assert_eq!(open("~/plan.json", None), "~/plan.json", "nobody's folder is guessed");
    }

    #[test]
    fn every_place_of_a_token_that_is_a_file_takes_it() {
        let own = Some(Path::new("/home/sam"));
        let token = |place| match expanded(Effect::Token(ID, GivenToken::At(place, None)), own) {
            Effect::Token(_, GivenToken::At(place, _)) => place,
            other => panic!("{other:?}"),
        };
        let (typed, meant) = (|| "~/t".into(), || "/home/sam/t".into());
        assert_eq!(token(TokenSource::File { path: typed() }), TokenSource::File { path: meant() });
        assert_eq!(token(TokenSource::Encrypted { path: typed() }), TokenSource::Encrypted { path: meant() });
        let run = |program: &str| TokenSource::Command { argv: vec![program.into(), "~/x".into()] };
        assert_eq!(token(run("~/bin/token")), run("/home/sam/bin/token"));
        let mut connection = fixture::directory().connection().clone();
        connection.token = TokenSource::File { path: "~/t".into() };
        let set = Command::ConnectionSet(Box::new(connection));
        let Effect::Preview(_, set, _) = expanded(Effect::Preview(ID, Box::new(set), vec![]), own) else {
            panic!("another effect")
        };
        let Command::ConnectionSet(set) = *set else { panic!("another command") };
        assert_eq!(set.token, TokenSource::File { path: "/home/sam/t".into() });
    }
}
