//! `import endpoint` and `import rules`: look at everybody there, show how they fit, take in what is accepted.

use super::act::{act, approve, follow, preview, read_only_refused};
use super::args::{Accepted, Consent, EndpointArgs, RulesArgs};
use super::face::Face;
use super::names::{bad, person};
use super::render;
use super::seam::Seam;
use crate::engine::{ImportScan, Problem};
use crate::verbs::{Accept, AccountChoice, AccountsImport, Choice, Command};

pub(super) async fn endpoint<S: Seam>(
    seam: &S,
    face: &mut Face<'_>,
    args: &EndpointArgs,
    read_only: bool,
) -> Result<u8, Problem> {
    let consent = &args.consent;
    if read_only && !consent.plan {
        return Err(read_only_refused());
    }
    let scan = seam.scan().await?;
    let directory = seam.directory();
    let choices = choices(&directory, args, &scan)?;
    let import = AccountsImport { found: scan.found.clone(), choices: choices.clone(), ..Default::default() };
    let command = Command::ImportAccounts(Box::new(import));
    let preview = preview(seam, face, command, consent).await?;
    let view = render::AccountsView { scan: &scan, choices: &choices, directory: &directory };
    let decision = preview.decision.clone();
    let width = face.width;
    let shown = |done: bool| {
        (render::accounts_text(&view, &decision, width, done), render::accounts_json(&view, &decision))
    };
    if consent.plan {
        let (mut text, json) = shown(false);
        if preview.plan.brake.held.is_some() {
            text.push_str(&format!("it would be held: {}\n", super::text::visible(&preview.plan.brake.text)));
        }
        return face.data(|_| text, || json).map(|()| 0);
    }
    let attended = face.operator.is_some();
    if attended && (preview.must_ask() && !consent.yes) {
        let (text, _) = shown(false);
        face.say(&text);
    }
    let (text, json) = shown(true);
    let approval = approve(seam, face, &preview, consent).await?;
    follow(face, seam, preview, approval).await?;
    face.data(|_| text, || json)?;
    Ok(if decision.left_out.is_empty() { 0 } else { 5 })
}

fn accepted(args: &EndpointArgs) -> Accept {
    if args.accept.is_empty() {
        return Accept { exact: true, ..Accept::default() };
    }
    let has = |word| args.accept.contains(&word) || args.accept.contains(&Accepted::All);
    Accept { exact: has(Accepted::Exact), partial: has(Accepted::Partial), new: has(Accepted::New) }
}

/// What was accepted of a kind, with what was decided account by account over it.
fn choices(
    directory: &crate::directory::Directory,
    args: &EndpointArgs,
    scan: &ImportScan,
) -> Result<Vec<AccountChoice>, Problem> {
    let mut named: Vec<AccountChoice> = Vec::new();
    let mut add = |remote_id: String, choice| named.push(AccountChoice { remote_id, choice, named: true });
    for (user, id) in &args.user {
        add(account(scan, id)?, Choice::Link(person(directory, user)?));
    }
    for (list, choice) in
        [(&args.new, Choice::New), (&args.ignore, Choice::Ignore), (&args.unignore, Choice::Wait)]
    {
        for id in list {
            add(account(scan, id)?, choice);
        }
    }
    let mut all = accepted(args).all(&scan.review, &scan.found);
    let whom = |choice: Choice| match choice {
        Choice::Link(person) => Some(person),
        _ => None,
    };
    let decided = |choice: &AccountChoice, n: &AccountChoice| {
        n.remote_id == choice.remote_id || (whom(n.choice).is_some() && whom(n.choice) == whom(choice.choice))
    };
    all.retain(|choice| !named.iter().any(|n| decided(choice, n)));
    all.extend(named);
    Ok(all)
}

/// An account by its id, else by its user name where only one that nobody is linked with has it.
fn account(scan: &ImportScan, word: &str) -> Result<String, Problem> {
    if scan.found.accounts.iter().any(|a| a.remote_id == word) {
        return Ok(word.to_owned());
    }
    let folded = word.to_lowercase();
    let open = scan.review.rows.iter().filter_map(|row| scan.found.accounts.get(row.account));
    let named: Vec<&str> =
        open.filter(|a| a.values.user_name.to_lowercase() == folded).map(|a| a.remote_id.as_str()).collect();
    match named.as_slice() {
        [one] => Ok((*one).to_owned()),
        [] => Err(bad(
            "no_such_account",
            format!("The app has no account {word} that nobody is linked with."),
            "Look at the accounts with: scimdeck import endpoint --plan",
        )),
        many => Err(bad(
            "which_account",
            format!("{} accounts have the user name {word}.", many.len()),
            format!("Name one by its id: {}.", many.join(", ")),
        )),
    }
}

pub(super) async fn rules<S: Seam>(
    seam: &S,
    face: &mut Face<'_>,
    args: &RulesArgs,
    read_only: bool,
) -> Result<u8, Problem> {
    let mut rules = seam.directory().connection().import;
    let set = |slot: &mut bool, given: Option<bool>| *slot = given.unwrap_or(*slot);
    set(&mut rules.by_user_name, args.user_name);
    set(&mut rules.by_email, args.email);
    set(&mut rules.partial, args.partial);
    rules.safeguard_percent = args.safeguard.unwrap_or(rules.safeguard_percent);
    if rules == seam.directory().connection().import {
        return face.data(|_| render::rules_text(rules), || render::rules_json(rules)).map(|()| 0);
    }
    act(seam, face, Command::ImportRules(rules), &Consent::default(), read_only).await
}
