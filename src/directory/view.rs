//! A person as everybody outside this room reads them.

use super::row::{AssignmentKind, Row, Through, at};
use super::{Directory, QueueCounts};
use crate::domain::{
    AccountState, AccountValues, Difference, Flag, FlagSet, GroupId, OpId, OpKind, OpState, Origin,
    Person as DomainPerson, PersonId, RoleValues, Status, Time,
};

/// A person's row, read through its directory.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    directory: &'a Directory,
    row: &'a Row,
}

/// The words of a flag, and since when it is so where that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Which flag.
    pub flag: Flag,
    /// What is the matter, in words.
    pub text: String,
    /// Since when.
    pub since: Option<Time>,
}

impl Directory {
    pub(super) fn view<'a>(&'a self, row: &'a Row) -> Person<'a> {
        Person { directory: self, row }
    }

    /// A person by id.
    pub fn get(&self, id: PersonId) -> Option<Person<'_>> {
        self.rows.get(id).map(|row| self.view(row))
    }

    /// A person by user name without regard to case.
    pub fn find(&self, user_name: &str) -> Option<Person<'_>> {
        self.rows.find(&user_name.to_lowercase()).map(|row| self.view(row))
    }

    /// The person at a place in user name order.
    pub fn nth(&self, n: usize) -> Option<Person<'_>> {
        self.rows.nth(n).map(|row| self.view(row))
    }

    /// Everybody, in user name order; those removed here included.
    pub fn people(&self) -> impl Iterator<Item = Person<'_>> {
        self.rows.iter().map(|row| self.view(row))
    }

    /// The queue's counts.
    pub fn queue(&self) -> QueueCounts {
        self.counters().queue
    }
}

impl<'a> Person<'a> {
    pub(super) fn parts(&self) -> (&'a Directory, &'a Row) {
        (self.directory, self.row)
    }

    /// The user name without case, by which the directory is ordered.
    pub fn key(&self) -> &'a str {
        self.row.key()
    }

    fn text(&self, place: usize) -> &'a str {
        self.row.text.get(place)
    }

    /// Never changes.
    pub fn id(&self) -> PersonId {
        self.row.id
    }

    /// The user name as given.
    pub fn user_name(&self) -> &'a str {
        self.text(at::USER_NAME)
    }

    /// The given name; may be empty, as all following texts.
    pub fn given_name(&self) -> &'a str {
        self.row.given_name()
    }

    /// The family name.
    pub fn family_name(&self) -> &'a str {
        self.text(at::FAMILY_NAME)
    }

    /// The display name as given.
    pub fn display_name(&self) -> &'a str {
        self.row.display_name()
    }

    /// The e-mail as given.
    pub fn email(&self) -> &'a str {
        self.text(at::EMAIL)
    }

    /// The title.
    pub fn title(&self) -> &'a str {
        self.text(at::TITLE)
    }

    /// The department.
    pub fn department(&self) -> &'a str {
        self.text(at::DEPARTMENT)
    }

    /// The source's own id.
    pub fn external_id(&self) -> Option<&'a str> {
        Some(self.text(at::EXTERNAL_ID)).filter(|id| !id.is_empty())
    }

    /// The linked account's id there.
    pub fn remote_id(&self) -> Option<&'a str> {
        Some(self.text(at::REMOTE_ID)).filter(|id| !id.is_empty())
    }

    /// The folded texts a filter looks at are these, back to back: names, e-mail, title, department.
    pub fn haystack(&self) -> &'a str {
        self.row.text.span(at::KEY, at::EXTERNAL_ID)
    }

    /// The name to show.
    pub fn name(&self) -> String {
        self.record().name()
    }

    /// The whole record.
    pub fn record(&self) -> DomainPerson {
        DomainPerson {
            id: self.row.id,
            user_name: self.user_name().to_owned(),
            given_name: self.given_name().to_owned(),
            family_name: self.family_name().to_owned(),
            display_name: self.display_name().to_owned(),
            email: self.email().to_owned(),
            title: self.title().to_owned(),
            department: self.department().to_owned(),
            external_id: self.external_id().map(str::to_owned),
            status: self.row.status,
        }
    }

    /// State on our side.
    pub fn status(&self) -> Status {
        self.row.status
    }

    /// Through what they have the app.
    pub fn kind(&self) -> AssignmentKind {
        self.row.kind()
    }

    /// Whether there is any assignment.
    pub fn assigned(&self) -> bool {
        self.row.through != Through::Nothing
    }

    /// Whether they shall have access: assigned and active here.
    pub fn shall_have_access(&self) -> bool {
        self.row.shall_have_access()
    }

    /// Whether they have access there as far as we know.
    pub fn has_access_there(&self) -> bool {
        self.row.has_access_there()
    }

    /// The Individual assignment's own values.
    pub fn individual_roles(&self) -> Option<&'a RoleValues> {
        self.row.own.map(|own| self.directory.roles.get(own.roles))
    }

    /// How and when the Individual assignment came to be.
    pub fn individual_origin(&self) -> Option<(Origin, Time)> {
        self.row.own.map(|own| (own.origin, own.since))
    }

    /// The groups they are in, assigned or not.
    pub fn groups(&self) -> &'a [GroupId] {
        &self.row.groups
    }

    /// The values in force; without an assignment the earlier ones, remembered.
    pub fn roles(&self) -> &'a RoleValues {
        self.directory.roles.get(self.row.roles)
    }

    /// The account as it shall be.
    pub fn wanted(&self) -> AccountValues {
        self.directory.wanted(self.row)
    }

    /// What was last pushed, what the account was after that, and what it is now; none without a link.
    pub fn known(&self) -> Option<(AccountValues, AccountValues, AccountValues)> {
        self.directory.known_values(self.row)
    }

    /// What is known of the account.
    pub fn account(&self) -> AccountState {
        self.row.account
    }

    /// The latest live operation.
    pub fn operation(&self) -> Option<(OpId, OpKind, OpState)> {
        self.row.op().map(|op| (op.id, op.kind, op.state))
    }

    /// When the app last confirmed a push.
    pub fn confirmed_at(&self) -> Option<Time> {
        (self.row.linked() && self.row.confirmed_at != Time::default()).then_some(self.row.confirmed_at)
    }

    /// Whether the app confirmed a push so shortly before this moment that a look may still show what was before it.
    pub fn pushed_just_before(&self, at: Time) -> bool {
        self.row.linked() && self.row.pushed_just_before(at)
    }

    /// Whether the drift that is known was seen so shortly after our own push that it may be what was before it. It is
    /// shown, and not adopted before a later look shows it again.
    pub fn drift_may_be_ours(&self) -> bool {
        self.flags().contains(Flag::Drift) && self.observed_at().is_some_and(|at| self.pushed_just_before(at))
    }

    /// When it was linked.
    pub fn linked_at(&self) -> Option<Time> {
        self.row.linked().then_some(self.row.linked_at)
    }

    /// When somebody last looked there for this person.
    pub fn observed_at(&self) -> Option<Time> {
        (self.row.observed_at != Time::default()).then_some(self.row.observed_at)
    }

    /// All flags.
    pub fn flags(&self) -> FlagSet {
        self.row.flags
    }

    /// The worst flag.
    pub fn flag(&self) -> Option<Flag> {
        self.row.flags.worst()
    }

    /// Whether they were removed here and nothing of theirs remains there.
    pub fn forgettable(&self) -> bool {
        super::apply::forgettable(self.row)
    }

    /// Why they are flagged, worst first, in words.
    pub fn reasons(&self) -> Vec<Reason> {
        self.row.flags.iter().map(|flag| self.reason(flag)).collect()
    }

    fn reason(&self, flag: Flag) -> Reason {
        let seen = self.observed_at();
        let (text, since) = match flag {
            Flag::AccessRemains => {
                let why = match self.row.status {
                    Status::Active => "not assigned any more",
                    status => status.word(),
                };
                let there = match self.row.account {
                    AccountState::Gone => {
                        "the account there did not answer right after our last push (404), which may be late: look again"
                    }
                    _ => "the account there is still active",
                };
                (format!("{why} here, but {there}"), seen)
            }
            Flag::AccountGone => ("the linked account is not there any more (404)".to_owned(), seen),
            Flag::NotProvisioned => self.not_provisioned(),
            Flag::Failed => {
                let text = self.directory.failure(self.row.id).map(|f| format!("{} {}", f.text, f.next));
                (text.unwrap_or_else(|| "the last operation did not go through".to_owned()), None)
            }
            Flag::InDoubt => (
                "a request was sent and no answer came; it is looked up before anything else".to_owned(),
                None,
            ),
            Flag::Drift => (format!("changed there since our last push: {}", names(self.drift())), seen),
            Flag::Unsent => {
                (format!("changed here and not sent yet: {}", names(self.unsent())), self.confirmed_at())
            }
            Flag::Pending => ("invited, has not accepted yet".to_owned(), self.linked_at()),
            Flag::Noted => {
                let note = self.directory.note(self.row.id);
                (note.map(|n| format!("{} ({})", n.text, n.by)).unwrap_or_default(), note.map(|n| n.at))
            }
        };
        Reason { flag, text, since }
    }

    fn not_provisioned(&self) -> (String, Option<Time>) {
        match (self.row.own, self.row.kind()) {
            (Some(own), _) => (own.origin.reason().to_owned(), Some(own.since)),
            (None, AssignmentKind::Group(id)) => match self.directory.group(id) {
                Some(group) => (
                    format!("assigned through {}, not yet provisioned", group.group.name),
                    group.assignment.as_ref().map(|a| a.since),
                ),
                None => ("assigned, not yet provisioned".to_owned(), None),
            },
            (None, _) => ("assigned, not yet provisioned".to_owned(), None),
        }
    }

    /// What moved there since our last push, in all that counts on this connection.
    pub fn drift(&self) -> Vec<Difference> {
        self.known().map(|(_, settled, theirs)| self.counted(&settled, &theirs)).unwrap_or_default()
    }

    /// What moved here since our last push, in all that counts on this connection.
    pub fn unsent(&self) -> Vec<Difference> {
        self.known().map(|(sent, ..)| self.counted(&sent, &self.wanted())).unwrap_or_default()
    }

    fn counted(&self, before: &AccountValues, after: &AccountValues) -> Vec<Difference> {
        let counts = |d: &Difference| self.directory.counts(&d.attribute);
        before.differences(after).into_iter().filter(counts).collect()
    }
}

fn names(differences: Vec<Difference>) -> String {
    let names: Vec<_> = differences.into_iter().map(|d| d.attribute).collect();
    names.join(", ")
}
