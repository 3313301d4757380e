//! Import from the endpoint: "Import New Users and Profile Updates". Nothing is sent.
//!
//! Accounts are linked by adopting what is there; see `adopt_account` for what is taken over. Linked accounts that
//! changed there give their profile texts, where ours are as last pushed and not set in the console; a user name and
//! role values that changed there stay drift. Somebody whose account answers 404 is shown as account gone, nothing
//! more.

use std::collections::{HashMap, HashSet};

use super::accounts::{AccountChoice, AccountRow, AccountsFound, AccountsImport, Choice, MatchKind};
use super::adopt_account::Adopting;
use super::import_safeguard::safeguard;
use super::match_accounts::{match_accounts, unfit};
use super::{Context, Decision, ImportReport, Refusal, Rejected, words};
use crate::directory::{Change, Directory, Sweep};
use crate::domain::{Account, PersonId, Status};

/// More sentences about single people than this help nobody.
const MOST_SAID: usize = 2_000;

pub(super) fn decide(
    directory: &Directory,
    import: &AccountsImport,
    cause: &str,
    context: &mut Context<'_>,
) -> Result<Decision, Refusal> {
    if !directory.connection().actions.import {
        return Err(off());
    }
    let found = import.found.as_ref();
    let review = match_accounts(directory, found);
    let counts = review.counts;
    let mut taking = Taking::new(directory, import, context);
    taking.choices(&review.rows)?;
    for (at, person) in &review.updated {
        taking.update(&found.accounts, *at, *person);
    }
    for id in &found.missing {
        taking.gone(*id);
    }
    let Taking { mut changes, mut said, left_out, cancel, report, created, linked, picked, .. } = taking;
    let strangers = (review.rows.len() as u64).saturating_sub(created + linked);
    changes.push(Change::Swept(Sweep {
        at: found.at,
        complete: found.gap.is_none(),
        accounts: counts.scanned,
        strangers: strangers + counts.inactive,
    }));
    said.truncate(MOST_SAID);
    let report = ImportReport {
        new: created,
        matched: linked + counts.updated,
        unchanged: counts.unchanged,
        absent: counts.removed,
        ..report
    };
    let mut decision = Decision::here(cause, changes);
    decision.say(summary(created, linked, report.ignored, counts.updated, counts.removed));
    decision
        .say(format!("{} seen; nothing is sent.", words::count(found.accounts.len(), "account", "accounts")));
    if directory.attributes().is_empty() && created + linked > 0 {
        decision.say("There is no role attribute yet, so no role values are taken over.");
    }
    for (person, text) in said {
        decision.say_of(person, text);
    }
    decision.confirm = picked;
    decision.held = safeguard(directory, found);
    Ok(Decision { left_out, cancel, import: Some(report), ..decision })
}

/// The refusal of an import that the connection does not support.
fn off() -> Refusal {
    Refusal::bad(
        "import_off",
        "Import New Users and Profile Updates is off on this connection.",
        "Switch it on in the connection's supported actions.",
    )
}

/// "1 person created, 2 linked, 1 ignored, 3 updated, 1 removed".
fn summary(created: u64, linked: u64, ignored: u64, updated: u64, removed: u64) -> String {
    let people =
        if created == 1 { "1 person created".to_owned() } else { format!("{created} people created") };
    let mut parts = vec![people, format!("{linked} linked"), format!("{ignored} ignored")];
    for (n, word) in [(updated, "updated"), (removed, "gone from the app")] {
        if n > 0 {
            parts.push(format!("{n} {word}"));
        }
    }
    parts.join(", ")
}

/// What is gathered while going through the choices.
pub(super) struct Taking<'a, 'c> {
    pub(super) directory: &'a Directory,
    pub(super) import: &'a AccountsImport,
    context: &'a mut Context<'c>,
    pub(super) changes: Vec<Change>,
    pub(super) said: Vec<(PersonId, String)>,
    left_out: Vec<(PersonId, String)>,
    cancel: Vec<PersonId>,
    report: ImportReport,
    created: u64,
    linked: u64,
    /// Whether people are created or linked who were not decided one by one and fit less than exactly.
    picked: bool,
    /// Who got an account in this import.
    taken: HashSet<PersonId>,
    user_names: HashSet<String>,
    external_ids: HashSet<String>,
}

impl<'a, 'c> Taking<'a, 'c> {
    fn new(directory: &'a Directory, import: &'a AccountsImport, context: &'a mut Context<'c>) -> Self {
        let external_ids = directory.people().filter_map(|p| p.external_id().map(str::to_owned)).collect();
        Self {
            directory,
            import,
            context,
            changes: Vec::new(),
            said: Vec::new(),
            left_out: Vec::new(),
            cancel: Vec::new(),
            report: ImportReport::default(),
            created: 0,
            linked: 0,
            picked: false,
            taken: HashSet::new(),
            user_names: HashSet::new(),
            external_ids,
        }
    }

    fn choices(&mut self, rows: &[AccountRow]) -> Result<(), Refusal> {
        let found: &'a AccountsFound = &self.import.found;
        let places: HashMap<&str, &AccountRow> = rows
            .iter()
            .filter_map(|row| Some((found.accounts.get(row.account)?.remote_id.as_str(), row)))
            .collect();
        let mut ignored = self.directory.connection().ignored.clone();
        let mut seen = HashSet::new();
        let import: &'a AccountsImport = self.import;
        for choice in &import.choices {
            let id = choice.remote_id.as_str();
            if !seen.insert(id) {
                let text = format!("The account {id} was named twice.");
                return Err(Refusal::bad("named_twice", text, "Decide once what becomes of it."));
            }
            let row = places.get(id).copied();
            let account = row.and_then(|row| found.accounts.get(row.account));
            let (Some(row), Some(account)) = (row, account) else {
                // What was accepted with all of its kind may have been linked by somebody else meanwhile.
                match choice.named {
                    true => return Err(self.no_account(id)),
                    false => continue,
                }
            };
            if choice.choice != Choice::Ignore {
                ignored.retain(|other| other != id);
            }
            match choice.choice {
                Choice::Link(person) => self.link(row, account, person, choice)?,
                Choice::New => self.create(row, account, choice),
                Choice::Ignore if ignored.iter().any(|other| other == id) => self.report.ignored += 1,
                Choice::Ignore => {
                    ignored.push(id.to_owned());
                    self.report.ignored += 1;
                }
                Choice::Wait => {}
            }
        }
        let named = |row: &&AccountRow| {
            found.accounts.get(row.account).is_some_and(|a| seen.contains(a.remote_id.as_str()))
        };
        self.report.ignored += rows.iter().filter(|r| r.ignored && !named(r)).count() as u64;
        let open = |r: &&AccountRow| r.kind == MatchKind::Conflict && !r.ignored && !named(r);
        self.report.conflict = rows.iter().filter(open).count() as u64;
        for row in rows.iter().filter(|r| r.kind == MatchKind::Rejected && !r.ignored && !named(r)) {
            self.reject(row, row.why.clone());
        }
        if ignored != self.directory.connection().ignored {
            let mut connection = self.directory.connection().clone();
            connection.ignored = ignored;
            self.changes.push(Change::Connection(Box::new(connection)));
        }
        Ok(())
    }

    fn no_account(&self, id: &str) -> Refusal {
        let account = self.import.found.accounts.iter().find(|a| a.remote_id == id);
        let owner = self.directory.people().find(|p| p.remote_id() == Some(id));
        let text = match (account, owner) {
            (_, Some(owner)) => format!("The account {id} is linked with {} already.", owner.user_name()),
            (Some(_), None) => format!("The account {id} is not active there, and is not imported."),
            (None, None) => format!("There is no account with the id {id} on the list."),
        };
        Refusal::bad("no_such_account", text, "Look at the accounts with: scimdeck import endpoint --plan")
    }

    fn reject(&mut self, row: &AccountRow, why: String) {
        let name = self.import.found.accounts.get(row.account).map_or("", |a| a.values.user_name.as_str());
        let reason = format!("{name}: {why}");
        self.report.rejected.push(Rejected { line: row.account as u64 + 1, reason });
    }

    fn link(
        &mut self,
        row: &AccountRow,
        account: &Account,
        id: PersonId,
        choice: &AccountChoice,
    ) -> Result<(), Refusal> {
        let view = super::named::person(self.directory, id)?;
        let operation = view.operation();
        let why = if view.status() == Status::Removed {
            Some("was removed here".to_owned())
        } else if view.remote_id().is_some() {
            Some("is linked with another account; unlink first".to_owned())
        } else if self.taken.contains(&id) {
            Some("gets another account in this import".to_owned())
        } else if operation.is_some_and(|(_, _, state)| state.sent()) {
            Some("has an operation under way".to_owned())
        } else {
            None
        };
        if let Some(why) = why {
            self.left_out.push((id, why));
            return Ok(());
        }
        self.taken.insert(id);
        self.cancel.extend(operation.map(|_| id));
        self.linked += 1;
        self.picked |= row.kind != MatchKind::Exact && !choice.named;
        let external_id = account.values.external_id.clone();
        let free = external_id.is_empty() || self.external_ids.insert(external_id);
        let adopted = self.adopting().known_person(&view, account, free);
        self.changes.extend(adopted.changes);
        self.said.extend(adopted.said.into_iter().map(|text| (id, text)));
        Ok(())
    }

    fn create(&mut self, row: &AccountRow, account: &Account, choice: &AccountChoice) {
        let values = &account.values;
        let folded = values.user_name.to_lowercase();
        let external_id = &values.external_id;
        if let Some(why) = unfit(values) {
            return self.reject(row, why);
        }
        if self.directory.find(&values.user_name).is_some() || !self.user_names.insert(folded) {
            return self.reject(row, "the user name belongs to somebody here; pick that person".to_owned());
        }
        if !external_id.is_empty() && !self.external_ids.insert(external_id.clone()) {
            return self.reject(row, "the externalId belongs to somebody here; pick that person".to_owned());
        }
        self.created += 1;
        self.picked |= !choice.named;
        let id = self.context.ids.person();
        let adopted = self.adopting().new_person(id, account);
        self.changes.extend(adopted.changes);
        self.said.extend(adopted.said.into_iter().map(|text| (id, text)));
    }

    fn adopting(&self) -> Adopting<'a> {
        let import: &'a AccountsImport = self.import;
        Adopting { directory: self.directory, console_set: &import.console_set, now: self.context.now }
    }
}

#[cfg(test)]
#[path = "import_accounts_tests.rs"]
mod tests;
