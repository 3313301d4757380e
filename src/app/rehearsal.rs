//! Rehearsing faults on the sandbox: which are on, and which can be switched on, in plain words.

use super::doc::{Line, Tone};
use super::field::Field;
use super::form::{Form, Purpose};
use super::keymap::{self, Action, Context};
use super::layout::PALETTE_ROWS;
use super::overlay::Overlay;
use super::task::Kind;
use super::{App, Cursor, Effect, Key, TaskId};
use crate::domain::{FaultKind, FaultSet, Rehearsal, RehearsalChange};
use crate::engine::Problem;

/// Faults for so many requests, unless somebody says otherwise.
const REQUESTS: &str = "5";

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// Everything off.
    Clear,
    /// One that was set.
    Set(FaultSet),
    /// One that can be set.
    Kind(Box<FaultKind>),
}

impl Row {
    /// The words of the line.
    pub fn line(&self) -> Line {
        match self {
            Self::Clear => Line::of(Tone::Strong, "Switch everything off"),
            Self::Set(set) => {
                let tone = if set.on { Tone::Bad } else { Tone::Dim };
                let state = match (set.on, set.left) {
                    (false, _) => "over".to_owned(),
                    (true, None) => format!("ON, hit {}", set.hits),
                    (true, Some(left)) => format!("ON, hit {}, {left} to come", set.hits),
                };
                Line::of(tone, format!("{state}  "))
                    .and(Tone::Plain, format!("{}  ", set.title.as_deref().unwrap_or_default()))
                    .and(Tone::Dim, set.fault.clone())
            }
            Self::Kind(kind) => {
                Line::of(Tone::Plain, format!("{:<38} ", kind.title)).and(Tone::Dim, kind.does.clone())
            }
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Kind(kind) => format!("{} {} {} {}", kind.title, kind.form, kind.does, kind.expect),
            other => other.line().text(),
        }
        .to_lowercase()
    }
}

/// The list, open.
#[derive(Debug, Clone)]
pub struct Faults {
    /// What is typed.
    pub field: Field,
    /// What fits.
    pub found: Vec<Row>,
    /// The marked one.
    pub cursor: Cursor,
}

impl Faults {
    fn new(rehearsal: &Rehearsal) -> Self {
        let field = Field::text("fault", "Fault", "");
        let mut list = Self { field, found: Vec::new(), cursor: Cursor::default() };
        list.refresh(rehearsal);
        list
    }

    /// Finds again what fits: all words that were typed are in it.
    pub(super) fn refresh(&mut self, rehearsal: &Rehearsal) {
        let typed = self.field.value().unwrap_or_default().to_lowercase();
        let clear = (!rehearsal.faults.is_empty()).then_some(Row::Clear);
        let set = rehearsal.faults.iter().cloned().map(Row::Set);
        let kinds = rehearsal.kinds.iter().cloned().map(|kind| Row::Kind(Box::new(kind)));
        let all = set.chain(clear).chain(kinds);
        let before = std::mem::take(&mut self.found);
        self.found = all
            .filter(|row| {
                let text = row.text();
                typed.split_whitespace().all(|word| text.contains(word))
            })
            .collect();
        if before.len() != self.found.len() {
            self.cursor = Cursor::default();
        }
    }
}

/// The mark of the header while any fault is on.
pub fn rehearsal_words(app: &App) -> Option<String> {
    let on: Vec<&FaultSet> = app.rehearsal.as_ref()?.on().collect();
    match on.as_slice() {
        [] => None,
        [one] => Some(format!("FAULT ON: {}", one.title.as_deref().unwrap_or(&one.fault))),
        many => Some(format!("{} FAULTS ON", many.len())),
    }
}

/// What the Provisioning pane says of a sandbox.
pub(super) fn line(app: &App) -> Option<Line> {
    let told = app.rehearsal.as_ref()?;
    let on: Vec<&str> = told.on().map(|set| set.fault.as_str()).collect();
    let line = match on.as_slice() {
        [] => Line::field("  Rehearsal", Tone::Plain, "no fault is on"),
        on => Line::field("  Rehearsal", Tone::Bad, format!("ON: {}", on.join(", "))),
    };
    Some(line.and(Tone::Dim, "  ").and(Tone::Key, "F").and(Tone::Dim, " rehearses a fault of the sandbox"))
}

impl App {
    /// The sandbox told what is on.
    pub(super) fn rehearsal_moved(&mut self, rehearsal: Option<Rehearsal>) {
        self.rehearsal = rehearsal;
        self.refresh_all();
        let told = self.rehearsal.clone().unwrap_or_default();
        for overlay in &mut self.overlays {
            if let Overlay::Faults(list) = overlay {
                list.refresh(&told);
            }
        }
    }

    pub(super) fn open_faults(&mut self) {
        if let Some(rehearsal) = &self.rehearsal {
            self.overlays.push(Overlay::Faults(Box::new(Faults::new(rehearsal))));
        }
    }

    pub(super) fn no_rehearsal(&self) -> Option<String> {
        let none = self.rehearsal.is_none();
        none.then(|| "faults are rehearsed on a sandbox on this machine only (badge SANDBOX)".to_owned())
    }

    pub(super) fn press_faults(&mut self, key: Key) {
        let told = self.rehearsal.clone().unwrap_or_default();
        let Some(Overlay::Faults(list)) = self.overlays.last_mut() else { return };
        match keymap::find(Context::Faults, key).map(|b| b.action) {
            Some(Action::Back) => drop(self.overlays.pop()),
            Some(Action::Press) => match list.found.get(list.cursor.at).cloned() {
                Some(Row::Clear) => self.rehearse(RehearsalChange::Clear, "Switching all faults off"),
                Some(Row::Set(set)) => {
                    self.rehearse(RehearsalChange::Remove(set.fault), "Switching the fault off");
                }
                Some(Row::Kind(kind)) => self.push_form(form(&kind)),
                None => {}
            },
            Some(action) => {
                list.cursor.take(action, list.found.len(), PALETTE_ROWS);
            }
            None => {
                if list.field.press(key) {
                    list.refresh(&told);
                }
            }
        }
    }

    fn rehearse(&mut self, change: RehearsalChange, label: &str) {
        let id = self.begin(label, Kind::Rehearse);
        self.out.push(Effect::Rehearse(id, change));
    }

    /// The form of a fault was saved; answers whether it was one.
    pub(super) fn save_fault(&mut self, form: &Form) -> bool {
        if form.purpose != Purpose::Fault {
            return false;
        }
        self.rehearse(RehearsalChange::Add(written(form)), "Switching the fault on");
        true
    }

    /// The sandbox took a change.
    pub(super) fn rehearsed(&mut self, id: TaskId, result: Result<Rehearsal, Problem>) {
        let Some(task) = self.end(id) else { return };
        match result {
            Err(problem) => self.complain(format!("{}: {} {}", task.label, problem.text, problem.next)),
            Ok(rehearsal) => {
                self.rehearsal_moved(Some(rehearsal));
                self.say(match rehearsal_words(self) {
                    Some(words) => format!("{words}: nothing here is real trouble"),
                    None => "no fault is on".to_owned(),
                });
            }
        }
    }
}

fn form(kind: &FaultKind) -> Form {
    let intro = vec![
        Line::of(Tone::Dim, "It happens: ").and(Tone::Plain, kind.does.clone()),
        Line::of(Tone::Dim, "You should see: ").and(Tone::Plain, kind.expect.clone()),
    ];
    let place = if kind.place.is_empty() { String::new() } else { format!("@{}", kind.place) };
    // These have an end of their own, or are about how many requests come.
    let own = ["down", "bucket"].iter().any(|name| kind.form.starts_with(name));
    let fields = vec![
        Field::text("requests", "For the next", if own { "" } else { REQUESTS })
            .help("So many requests; empty: until it is switched off"),
        Field::text("fault", "Fault", &format!("{}{place}", kind.example))
            .help(&format!("{}@WHERE; WHERE is a method, a path like /Users, or both", kind.form)),
    ];
    Form::new(Purpose::Fault, kind.title.clone(), intro, fields)
}

/// Looks at every field as it is now.
pub(super) fn check(form: &mut Form) {
    let given = form.value("fault").unwrap_or_default();
    let numbered = given.split('@').next().is_some_and(|kind| kind.contains(':'));
    for field in &mut form.fields {
        let value = field.value().unwrap_or_default();
        field.error = match field.name.as_str() {
            "requests" if value.is_empty() => None,
            "requests" if numbered => Some("the fault says which requests: empty this".to_owned()),
            "requests" => {
                let number = value.parse::<u32>().is_ok_and(|n| n > 0);
                (!number).then(|| "a number of requests, or nothing".to_owned())
            }
            _ => value.is_empty().then(|| "a fault is needed".to_owned()),
        };
    }
}

/// The fault as the sandbox takes it.
fn written(form: &Form) -> String {
    let fault = form.value("fault").unwrap_or_default();
    let requests = form.value("requests").filter(|n| !n.is_empty());
    let (kind, place) = match fault.split_once('@') {
        Some((kind, place)) => (kind, format!("@{place}")),
        None => (fault.as_str(), String::new()),
    };
    match requests {
        Some(n) => format!("{kind}:1-{n}{place}"),
        None => fault,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::app;
    use super::super::{Code, Msg};
    use super::*;

    fn kind() -> FaultKind {
        FaultKind {
            form: "lose".into(),
            example: "lose".into(),
            place: "POST".into(),
            title: "the answer is lost".into(),
            does: "done; the connection ends".into(),
            expect: "in doubt, then found".into(),
        }
    }

    fn told(fault: Option<&str>) -> Rehearsal {
        let set = |fault: &str| FaultSet {
            fault: fault.into(),
            title: Some("the answer is lost".into()),
            hits: 1,
            left: Some(4),
            on: true,
        };
        let bucket = FaultKind { form: "bucket=RATE/BURST".into(), example: "bucket=5/5".into(), ..kind() };
        Rehearsal { faults: fault.map(set).into_iter().collect(), kinds: vec![kind(), bucket] }
    }

    fn press(app: &mut App, keys: &str) -> Vec<Effect> {
        let key = |c| if c == '\n' { Key::of(Code::Enter) } else { Key::char(c) };
        keys.chars().flat_map(|c| app.handle(Msg::Key(key(c)))).collect()
    }

    #[test]
    fn a_real_endpoint_has_nothing_to_rehearse() {
        let mut app = app();
        assert!(press(&mut app, "5F").is_empty());
        assert!(app.overlays.is_empty() && app.toast.is_some_and(|t| t.text.contains("sandbox")));
    }

    #[test]
    fn a_kind_is_switched_on_for_so_many_requests_and_the_header_says_so_until_it_is_off() {
        let mut app = app();
        app.handle(Msg::Rehearsal(Some(Box::new(told(None)))));
        assert_eq!(rehearsal_words(&app), None);
        let effects = press(&mut app, "5Flost\n\n");
        let [Effect::Rehearse(id, RehearsalChange::Add(fault))] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!(fault, "lose:1-5@POST");
        app.handle(Msg::Rehearsed(*id, Ok(told(Some("lose:1-5@POST")))));
        assert_eq!(rehearsal_words(&app).as_deref(), Some("FAULT ON: the answer is lost"));
        // The list is still open, the one that is on first.
        app.handle(Msg::Key(Key::of(Code::Esc)));
        let effects = press(&mut app, "F\n");
        let [Effect::Rehearse(id, change)] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!(*change, RehearsalChange::Remove("lose:1-5@POST".into()));
        app.handle(Msg::Rehearsed(*id, Ok(told(None))));
        assert_eq!(rehearsal_words(&app), None);
    }

    #[test]
    fn a_rate_limit_has_no_end_unless_one_is_given() {
        let mut app = app();
        app.handle(Msg::Rehearsal(Some(Box::new(told(None)))));
        let effects = press(&mut app, "5Fbucket\n\n");
        assert!(
            matches!(&effects[..], [Effect::Rehearse(_, RehearsalChange::Add(f))] if f == "bucket=5/5@POST"),
            "{effects:?}"
        );
    }

    #[test]
    fn the_list_goes_away_with_the_sandbox() {
        let mut app = app();
        app.handle(Msg::Rehearsal(Some(Box::new(told(Some("lose"))))));
        press(&mut app, "5F");
        app.handle(Msg::Rehearsal(None));
        assert!(matches!(app.overlays.last(), Some(Overlay::Faults(list)) if list.found.is_empty()));
        assert_eq!(rehearsal_words(&app), None);
    }
}
