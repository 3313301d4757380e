//! What the Profile Editor does beside adding and changing attributes.

use super::doc::{Line, Page, Tone};
use super::field::Field;
use super::keymap::{self, Action, Context};
use super::layout::PALETTE_ROWS;
use super::task::Kind;
use super::{App, Chooser, Effect, Key, Overlay, TaskId, attribute_form, replace_form, wire_doc};
use crate::domain::{PersonId, ProfileAttribute, ReportedValue, WORKATO_ROLE_URN};
use crate::engine::{Preview, Problem};
use crate::verbs::{Command, Fate, LintCode, LintFinding, ValueRow, Who, compare_values, lint, take_values};

impl App {
    /// Does it if it is one of the Profile Editor's.
    pub(super) fn profile_action(&mut self, action: Action) -> bool {
        match action {
            Action::Repair => {
                let Some(attribute) = self.attribute() else { return true };
                let variables = vec![attribute.variable.clone()];
                let namespace = WORKATO_ROLE_URN.to_owned();
                self.look(Command::AttributeRepair { variables, namespace }, Vec::new(), true);
            }
            Action::Replace => {
                let form = self.attribute().map(|a| replace_form::form(a, &self.directory));
                form.into_iter().for_each(|form| self.push_form(form));
            }
            Action::Values => {
                let Some(variable) = self.attribute().map(|a| a.variable.clone()) else { return true };
                let id = self.begin("Values of the app", Kind::Values(variable));
                self.out.push(Effect::Reported(id));
            }
            Action::Wire => match self.person_here() {
                Some(person) => self.ask_wire(person),
                None => self.overlays.push(Overlay::Chooser(Box::new(Chooser::new(&self.directory)))),
            },
            _ => return false,
        }
        true
    }

    /// Why it cannot be done just now.
    pub(super) fn profile_refusal(&self, action: Action) -> Option<String> {
        let because = |no: bool, why: &str| no.then(|| why.to_owned());
        let Some(attribute) = self.attribute().filter(|_| action != Action::Wire) else {
            return match action {
                Action::Wire => because(self.directory.is_empty(), "nobody is here yet"),
                _ => because(true, "there is no attribute"),
            };
        };
        match action {
            Action::Repair => because(attribute.sendable(), "this attribute is sent already"),
            Action::Replace => because(
                attribute.members.is_empty(),
                "this attribute takes any value: there is no list to replace one in",
            ),
            _ => None,
        }
    }

    fn ask_wire(&mut self, person: PersonId) {
        let command = Box::new(Command::Provision(Who::Named(vec![person])));
        let id = self.begin("What is sent", Kind::Wire(person));
        self.out.push(Effect::Preview(id, command, Vec::new()));
    }

    pub(super) fn show_wire(&mut self, person: PersonId, result: Result<&Preview, &Problem>) {
        let lines = wire_doc::page(&self.directory, person, result);
        self.push_reader("What is sent", Page::new(lines), None);
    }

    pub(super) fn press_chooser(&mut self, key: Key) {
        let Some(Overlay::Chooser(chooser)) = self.overlays.last_mut() else { return };
        match keymap::find(Context::Chooser, key).map(|b| b.action) {
            Some(Action::Back) => drop(self.overlays.pop()),
            Some(Action::Press) => {
                let Some(person) = chooser.current() else { return };
                self.overlays.pop();
                self.ask_wire(person);
            }
            Some(action) => {
                chooser.cursor.take(action, chooser.found.len(), PALETTE_ROWS);
            }
            None => {
                if chooser.field.press(key) {
                    chooser.refresh(&self.directory);
                }
            }
        }
    }

    /// The endpoint's values came: where they differ from ours, the form is filled in with what would be taken over.
    pub(super) fn reported(&mut self, id: TaskId, result: Result<Vec<ReportedValue>, Problem>) {
        let Some(super::Task { kind: Kind::Values(variable), label, .. }) = self.end(id) else { return };
        let values = match result {
            Ok(values) => values,
            Err(problem) => return self.show_problem(&label, &problem),
        };
        self.reported = Some(values);
        self.refresh_findings();
        let values = self.reported.as_deref().unwrap_or_default();
        let Some(attribute) = self.directory.attribute(&variable) else { return };
        let rows = compare_values(&self.directory, attribute, values);
        let taken = take_values(attribute, &rows);
        let lines: Vec<Line> = rows.iter().map(row).collect();
        if taken == *attribute || self.session.read_only {
            let title = format!("Values of {variable}, here and in the app");
            return self.push_reader(&title, Page::new(lines), None);
        }
        let form = taking(attribute, &taken, &rows);
        self.push_form(form);
    }

    pub(super) fn refresh_findings(&mut self) {
        self.findings = lint(&self.directory, self.reported.as_deref());
    }

    /// What is wrong with the attribute under the cursor, the grave first.
    pub fn findings_here(&self) -> Vec<&LintFinding> {
        let here = self.attribute().map(|a| a.variable.as_str());
        self.findings.iter().filter(|f| Some(f.variable.as_str()) == here).collect()
    }

    /// The key that repairs what is found under the cursor.
    pub(super) fn repair_step(&self) -> Option<Line> {
        let finding = self.findings_here().into_iter().find(|f| f.code.grave())?;
        let (words, key, then) = match finding.code {
            LintCode::NoNamespace => {
                ("never sent: ", "r", " gives it Workato's namespace and pushes the values")
            }
            LintCode::NotThere => ("a value the app does not know: ", "m", " replaces it, "),
            _ => ("a value looks wrong: ", "m", " replaces it by another"),
        };
        let line = Line::of(Tone::Bad, format!("! {words}")).and(Tone::Key, key).and(Tone::Plain, then);
        Some(match finding.code {
            LintCode::NotThere => line.and(Tone::Key, "v").and(Tone::Plain, " shows the app's values"),
            _ => line,
        })
    }
}

fn row(row: &ValueRow) -> Line {
    let (sign, tone) = match row.fate {
        Fate::Both => ("=", Tone::Dim),
        Fate::Added => ("+", Tone::Good),
        Fate::TakenOut => ("-", Tone::Warn),
        Fate::InUse | Fate::Unsupported => ("!", Tone::Bad),
    };
    let line = Line::of(tone, format!("{sign} ")).and(Tone::Strong, format!("{:<20} ", row.value));
    let line = line.and(tone, row.fate.words());
    match row.seats() {
        Some(seats) => line.and(Tone::Dim, format!("  seats: {seats}")),
        None => line,
    }
}

/// The attribute's form with the endpoint's list filled in; its order is the operator's, since nobody else knows
/// which value is the stronger.
fn taking(attribute: &ProfileAttribute, taken: &ProfileAttribute, rows: &[ValueRow]) -> super::Form {
    let mut form = attribute_form::form(Some(attribute));
    form.title = "Take over the app's values".to_owned();
    form.intro = rows.iter().filter(|r| r.fate != Fate::Both).take(5).map(row).collect();
    form.intro.push(Line::of(Tone::Dim, "Put them in order, strongest first; enter on another field saves."));
    if let Some(at) = form.fields.iter().position(|f| f.name == "members") {
        let lines = attribute_form::member_lines(&taken.members);
        let field = &mut form.fields[at];
        *field = Field::lines("members", &field.label, lines).help(&field.help);
        field.touched = true;
        form.focus = at;
    }
    form
}
