//! One record per key feeds everything that speaks of keys: the dispatcher, the footer, help and the palette.

use super::bindings::BINDINGS;
use super::{Key, Pane};

/// What a key can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is explained by the words of its binding")]
pub enum Action {
    Up,
    Down,
    HalfUp,
    HalfDown,
    PageUp,
    PageDown,
    Top,
    Bottom,
    Left,
    Right,
    Show(Pane),
    NextPane,
    PrevPane,
    Filter,
    Sort,
    View,
    Select,
    SelectAll,
    Back,
    Open,
    Provision,
    EditRoles,
    Assign,
    Unassign,
    Flag,
    Unflag,
    Check,
    CheckAll,
    /// Keep the shown plan in a file.
    SavePlan,
    /// Show a plan that is kept in a file.
    OpenPlan,
    /// The page of what the last look at everybody found.
    Compare,
    Suspend,
    Deactivate,
    Reactivate,
    Protect,
    Retry,
    Drop,
    Undo,
    UndoRun,
    Resend,
    Send,
    Raise,
    Lower,
    Members,
    Convert,
    ConvertBack,
    DriftPush,
    DriftAdopt,
    Unlink,
    Recreate,
    AddPerson,
    EditPerson,
    RemovePerson,
    NewGroup,
    RemoveGroup,
    AddMembers,
    RemoveMembers,
    PushGroup,
    UnpushGroup,
    DeletePushed,
    Add,
    Edit,
    Remove,
    Repair,
    Replace,
    Values,
    Wire,
    Follow,
    Trace,
    Test,
    /// Ask the app at once although it asked to wait.
    TestNow,
    EnableScim,
    Settings,
    Token,
    /// Give the passphrase of an encrypted token.
    Unlock,
    DeepTest,
    Rehearse,
    Connections,
    UseConnection,
    NewConnection,
    Help,
    Palette,
    Copy,
    LastResults,
    StopTask,
    Redraw,
    Quit,
    Yes,
    No,
    Press,
    NextField,
    PrevField,
    GoOn,
    Leave,
    Review,
    DropRest,
    Import,
    AcceptRow,
    AcceptExact,
    AcceptNew,
    NewPerson,
    IgnoreRow,
    PickPerson,
    TakeIn,
}

/// Where a key is pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    /// Cursor and page keys, wherever something can be moved in.
    Moves,
    /// All panes.
    Panes,
    /// One pane.
    Pane(Pane),
    /// A person's page.
    Person,
    /// The results of a run.
    Results,
    /// Any other page of text.
    Reader,
    /// A dialog that asks before something happens.
    Confirm,
    /// A form.
    Form,
    /// The filter line.
    Filter,
    /// The list of commands.
    Palette,
    /// The list of connections.
    Connections,
    /// The faults that can be rehearsed.
    Faults,
    /// The list that asks for a person.
    Chooser,
    /// The list of assignments that can be converted.
    Convert,
    /// What the last look at everybody found.
    Compare,
    /// A stopped run is offered.
    Offer,
    /// The review of an import from the app.
    Import,
    /// Somebody is picked for an account.
    Pick,
}

impl Context {
    /// This context and those whose keys work in it too, nearest first.
    pub fn chain(self) -> Vec<Self> {
        match self {
            Self::Pane(_) => vec![self, Self::Panes, Self::Moves],
            Self::Person
            | Self::Results
            | Self::Reader
            | Self::Confirm
            | Self::Import
            | Self::Convert
            | Self::Compare
            | Self::Connections => {
                vec![self, Self::Moves]
            }
            other => vec![other],
        }
    }

    /// The heading over its keys on the help page.
    pub fn title(self) -> &'static str {
        match self {
            Self::Moves => "Moving",
            Self::Panes => "Everywhere",
            Self::Pane(pane) => pane.title(),
            Self::Person => "A person's page",
            Self::Results => "Results",
            Self::Reader => "Reading",
            Self::Confirm => "Confirming",
            Self::Form => "Form",
            Self::Filter => "Filter",
            Self::Palette => "Commands",
            Self::Connections => "Connections",
            Self::Faults => "Rehearsing a fault",
            Self::Chooser => "Choosing a person",
            Self::Convert => "Select assignments to convert",
            Self::Compare => "Compare",
            Self::Offer => "A stopped run",
            Self::Import => "Import",
            Self::Pick => "Whose account",
        }
    }
}

/// A key, what it does, and how that is told.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    /// Where it works.
    pub context: Context,
    /// The keys, the one to show first.
    pub keys: &'static [Key],
    /// What they mean.
    pub action: Action,
    /// One or two words for the footer.
    pub words: &'static str,
    /// A sentence for help and the palette.
    pub help: &'static str,
    /// Place in the footer, 1 is first; 0 is not shown there.
    pub hint: u8,
}

impl Binding {
    /// The key to show.
    pub fn key(&self) -> String {
        self.keys.first().map(ToString::to_string).unwrap_or_default()
    }

    /// All keys, for help.
    pub fn all_keys(&self) -> String {
        let keys: Vec<_> = self.keys.iter().map(ToString::to_string).collect();
        keys.join(" ")
    }
}

/// The bindings that work in a context, nearest first.
pub(super) fn bindings(context: Context) -> impl Iterator<Item = &'static Binding> {
    context.chain().into_iter().flat_map(|c| BINDINGS.iter().filter(move |b| b.context == c))
}

/// What a key means in a context.
pub(super) fn find(context: Context, key: Key) -> Option<&'static Binding> {
    bindings(context).find(|b| b.keys.contains(&key))
}

/// The bindings of the footer, first things first.
pub fn hints(context: Context) -> Vec<&'static Binding> {
    let mut hints: Vec<_> = bindings(context).filter(|b| b.hint > 0).collect();
    hints.sort_by_key(|b| b.hint);
    hints
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn contexts() -> Vec<Context> {
        use Context::*;
        let mut all =
            vec![Moves, Panes, Person, Results, Reader, Confirm, Form, Filter, Palette, Chooser, Offer];
        all.extend([Import, Pick, Connections, Convert, Compare, Faults]);
        all.extend(super::super::Pane::ALL.map(Context::Pane));
        all
    }

    #[test]
    fn no_two_actions_share_a_key_where_both_work() {
        for context in contexts() {
            let mut seen: HashMap<Key, Action> = HashMap::new();
            for binding in bindings(context) {
                for key in binding.keys {
                    let other = seen.insert(*key, binding.action);
                    assert!(other.is_none(), "{key} in {context:?}: {other:?} and {:?}", binding.action);
                }
            }
        }
    }

    #[test]
    fn every_binding_can_be_pressed_and_is_explained() {
        for binding in BINDINGS {
            assert!(!binding.keys.is_empty() && !binding.words.is_empty() && !binding.help.is_empty());
            assert_eq!(find(binding.context, binding.keys[0]).map(|b| b.action), Some(binding.action));
        }
    }

    #[test]
    fn nothing_destructive_is_on_a_key_that_terminals_and_habits_own() {
        for key in ['s', 'q', 'a', 'k', 'z'] {
            assert!(BINDINGS.iter().all(|b| !b.keys.contains(&Key::ctrl(key))), "ctrl-{key}");
        }
    }
}
