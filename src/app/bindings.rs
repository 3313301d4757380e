//! All keys of the console. Nothing else in the program names a key.

use super::key::Code;
use super::keymap::{Action, Binding, Context};
use super::{Key, Pane};

const fn c(c: char) -> Key {
    Key::char(c)
}

const fn k(code: Code) -> Key {
    Key::of(code)
}

const fn bind(
    context: Context,
    keys: &'static [Key],
    action: Action,
    hint: u8,
    words: &'static str,
    help: &'static str,
) -> Binding {
    Binding { context, keys, action, words, help, hint }
}

const PEOPLE: Context = Context::Pane(Pane::Assignments);
const GROUPS: Context = Context::Pane(Pane::Groups);
const PROFILE: Context = Context::Pane(Pane::Profile);
const AUDIT: Context = Context::Pane(Pane::Audit);
const SCIM: Context = Context::Pane(Pane::Provisioning);
const TASKS: Context = Context::Pane(Pane::Tasks);
const ENTER: &[Key] = &[k(Code::Enter)];
const ESC: &[Key] = &[k(Code::Esc)];

/// The table, in the order of help.
#[rustfmt::skip]
pub(super) const BINDINGS: &[Binding] = &[
    bind(PEOPLE, &[c('p')], Action::Provision, 1, "provision", "Provision User: the selected people, or all that are not provisioned"),
    bind(PEOPLE, ENTER, Action::Open, 2, "details", "Everything about this person: values, flags, groups, operations"),
    bind(PEOPLE, &[c('e')], Action::EditRoles, 3, "edit roles", "Change role values; saved values are pushed at once"),
    bind(PEOPLE, &[c('a')], Action::Assign, 6, "assign", "Assign the app to people, with role values"),
    bind(PEOPLE, &[c('D')], Action::Unassign, 0, "unassign", "End Individual assignments: access to the app is removed"),
    bind(PEOPLE, &[c('f')], Action::Flag, 8, "flag", "Put people on the list with a note"),
    bind(PEOPLE, &[c('F')], Action::Unflag, 0, "unflag", "Take people off the list"),
    bind(PEOPLE, &[c('r')], Action::Check, 7, "check", "Compare these people with the app now; nothing is sent"),
    bind(PEOPLE, &[c('R')], Action::CheckAll, 0, "check all", "Compare everybody with the app now; nothing is sent"),
    bind(PEOPLE, &[c(' ')], Action::Select, 5, "select", "Select this person, or take them out of the selection"),
    bind(PEOPLE, &[c('*')], Action::SelectAll, 0, "select all", "Select everybody the filter shows"),
    bind(PEOPLE, &[c('s')], Action::Sort, 0, "sort", "Sort by flag (worst first) or by user name"),
    bind(PEOPLE, &[c('v')], Action::View, 9, "view", "Show people with the app, people without it, or everybody"),
    bind(PEOPLE, &[c('S')], Action::Suspend, 0, "suspend", "Suspend people: access ends, roles and link are kept"),
    bind(PEOPLE, &[c('X')], Action::Deactivate, 0, "deactivate", "Deactivate people: assignments and access end"),
    bind(PEOPLE, &[c('A')], Action::Reactivate, 0, "reactivate", "Make suspended or deactivated people active again"),
    bind(PEOPLE, &[c('P')], Action::Protect, 0, "protect", "Protect people from removal, or protect them no longer"),
    bind(PEOPLE, &[c('u')], Action::Retry, 0, "retry", "Try the failed operations of these people again"),
    bind(PEOPLE, &[c('x')], Action::Drop, 0, "drop", "Give up operations of these people that were never sent"),
    bind(PEOPLE, &[c('z')], Action::Undo, 0, "undo", "Make undone what was done last for the selected, else the last decision"),
    bind(PEOPLE, &[c('m')], Action::Resend, 0, "resend", "Have the app send the invitation of these people again"),
    bind(PEOPLE, &[c('C')], Action::Convert, 0, "convert", "Convert assignments: people with an Individual one are managed through their group"),
    bind(PEOPLE, &[c('B')], Action::ConvertBack, 0, "to Individual", "Group assignments become Individual ones with the present values; nothing is sent"),
    bind(PEOPLE, &[c('O')], Action::DriftPush, 0, "push over drift", "Write our values over what was changed in the app by another hand"),
    bind(PEOPLE, &[c('T')], Action::DriftAdopt, 0, "adopt drift", "Take what was changed in the app as ours; nothing is sent"),
    bind(PEOPLE, &[c('N')], Action::Recreate, 0, "create again", "The account is gone: link another with the same user name, or make a new one"),
    bind(PEOPLE, &[c('U')], Action::Unlink, 0, "unlink", "The account is gone: forget it; nothing is sent"),
    bind(PEOPLE, &[c('n')], Action::AddPerson, 0, "new person", "Add a person to the directory"),
    bind(PEOPLE, &[c('E')], Action::EditPerson, 0, "edit person", "Change this person's name, e-mail, title and so on; pushed at once"),
    bind(PEOPLE, &[k(Code::Delete)], Action::RemovePerson, 0, "remove person", "Take people out of the directory; their access ends"),
    bind(PEOPLE, &[c('+')], Action::AddMembers, 0, "put into group", "Put these people into a group"),
    bind(PEOPLE, &[c('-')], Action::RemoveMembers, 0, "take out of group", "Take these people out of a group"),

    bind(PEOPLE, &[c('i')], Action::Import, 0, "import", "Import from the app: new users and profile updates, after a review"),

    bind(GROUPS, ENTER, Action::Members, 1, "members", "Show the members of this group in Assignments"),
    bind(GROUPS, &[c('a')], Action::Assign, 2, "assign", "Assign the app to this group, with role values"),
    bind(GROUPS, &[c('e')], Action::EditRoles, 3, "edit roles", "Change the role values this group gives"),
    bind(GROUPS, &[c('K')], Action::Raise, 4, "priority up", "Give this group a higher priority"),
    bind(GROUPS, &[c('J')], Action::Lower, 5, "priority down", "Give this group a lower priority"),
    bind(GROUPS, &[c('P')], Action::PushGroup, 7, "push", "Push this group with its members to the app, and keep it so"),
    bind(GROUPS, &[c('U')], Action::UnpushGroup, 0, "end push", "No longer push this group; it stays in the app as it is"),
    bind(GROUPS, &[c('X')], Action::DeletePushed, 0, "delete pushed", "No longer push this group, and delete it in the app"),
    bind(GROUPS, &[c('D')], Action::Unassign, 6, "unassign", "End this group's assignment"),
    bind(GROUPS, &[c('n')], Action::NewGroup, 0, "new group", "Add a group to the directory"),
    bind(GROUPS, &[k(Code::Delete)], Action::RemoveGroup, 0, "remove group", "Take this group out of the directory; refused while it is assigned"),
    bind(GROUPS, &[c('m')], Action::AddMembers, 0, "add members", "Put people into this group"),
    bind(GROUPS, &[c('M')], Action::RemoveMembers, 0, "remove members", "Take people out of this group"),

    bind(PROFILE, &[c('a')], Action::Add, 1, "add attribute", "Add an attribute to the app user profile"),
    bind(PROFILE, &[c('e'), k(Code::Enter)], Action::Edit, 2, "edit", "Change this attribute"),
    bind(PROFILE, &[c('D')], Action::Remove, 7, "remove", "Take this attribute out of the profile"),
    bind(PROFILE, &[c('r')], Action::Repair, 3, "repair", "Give this attribute the namespace it lacks, and push the values that were never sent"),
    bind(PROFILE, &[c('m')], Action::Replace, 5, "replace value", "Replace a value of the list by another, for all who have it"),
    bind(PROFILE, &[c('v')], Action::Values, 6, "app's values", "Compare the list with the values the app reports, and take them over"),
    bind(PROFILE, &[c('p')], Action::Wire, 4, "preview", "Exactly what would be sent of a person, attribute by attribute; nothing is sent"),

    bind(AUDIT, ENTER, Action::Open, 1, "details", "The whole entry, with the values before and after"),
    bind(AUDIT, &[c('f')], Action::Follow, 2, "follow", "Keep the newest entry in sight, or stop doing so"),
    bind(AUDIT, &[c('o')], Action::Trace, 3, "request", "The requests and answers of this operation"),
    bind(AUDIT, &[c('z')], Action::Undo, 4, "undo", "Make undone what this operation did"),
    bind(AUDIT, &[c('Z')], Action::UndoRun, 5, "undo run", "Make undone all that was done in the run of this operation"),

    bind(SCIM, &[c('t')], Action::Test, 1, "test", "Test Connector Configuration"),
    bind(SCIM, &[c('n')], Action::TestNow, 0, "ask now", "Ask the app at once although it asked to wait: one request, the rest when it is answered"),
    bind(SCIM, &[c('e')], Action::EnableScim, 2, "enable/disable", "Enable SCIM provisioning, or disable it"),
    bind(SCIM, &[c('r')], Action::CheckAll, 3, "check all", "Compare everybody with the app now; nothing is sent"),
    bind(SCIM, &[c('o')], Action::OpenPlan, 11, "open plan", "Show a plan that was saved in a file, and send it when it still holds"),
    bind(SCIM, &[c('v')], Action::Compare, 10, "compare", "What the last look at everybody found: leavers, accounts of nobody, drift"),
    bind(SCIM, &[c('s')], Action::Send, 4, "send queue", "Send what is unsent, failed or waiting, after showing it"),

    bind(TASKS, ENTER, Action::Trace, 1, "details", "The whole of this task: why it stands, what to do, its requests and answers"),
    bind(TASKS, &[c('u')], Action::Retry, 2, "retry", "Try the selected again, planned anew from what is there"),
    bind(TASKS, &[c('e')], Action::EditRoles, 3, "edit roles", "Change the role values of this person; saved values are pushed at once"),
    bind(TASKS, &[c('d')], Action::Open, 5, "person", "Everything about this person"),
    bind(TASKS, &[c(' ')], Action::Select, 6, "select", "Select this task, or take it out of the selection"),
    bind(TASKS, &[c('*')], Action::SelectAll, 0, "select all", "Select all the filter shows"),
    bind(TASKS, &[c('x')], Action::Drop, 7, "drop", "Give up what was never sent; what changed here stays"),
    bind(TASKS, &[c('z')], Action::Undo, 8, "undo", "Make undone what was done last for the selected, else the last decision"),
    bind(TASKS, &[c('n')], Action::TestNow, 0, "ask now", "Ask the app at once although it asked to wait: one request, the rest when it is answered"),
    bind(TASKS, &[c('r')], Action::Check, 0, "check", "Compare these people with the app now; nothing is sent"),
    bind(TASKS, &[c('m')], Action::Resend, 0, "resend", "Have the app send the invitation again"),
    bind(TASKS, &[c('N')], Action::Recreate, 0, "create again", "The account is gone: link another with the same user name, or make a new one"),
    bind(TASKS, &[c('U')], Action::Unlink, 0, "unlink", "The account is gone: forget it; nothing is sent"),
    bind(SCIM, &[c('T')], Action::Token, 5, "token", "Replace the SCIM token; links and queue are kept"),
    bind(SCIM, &[c('U')], Action::Unlock, 0, "passphrase", "Give the passphrase of an encrypted token: sending goes on"),
    bind(SCIM, &[c('E')], Action::Settings, 6, "settings", "Supported actions, To App, wire profile, brake, import rules, activity log"),
    bind(SCIM, &[c('c')], Action::Connections, 7, "connections", "Switch connection, or make a new one"),
    bind(SCIM, &[c('P')], Action::DeepTest, 8, "deep test", "Documents, filters, pages, a wrong token, speed, clock; reads only"),
    bind(SCIM, &[c('i')], Action::Import, 9, "import", "Import from the app: new users and profile updates, after a review"),

    bind(SCIM, &[c('F')], Action::Rehearse, 9, "rehearse a fault", "Rehearse a fault on the sandbox: what goes wrong, and what you should see"),

    bind(Context::Panes, &[c('/')], Action::Filter, 4, "filter", "Filter as you type: words, or flag:drift group:eng role:Admin type:none"),
    bind(Context::Panes, &[c('1')], Action::Show(Pane::Assignments), 0, "Assignments", "Go to Assignments"),
    bind(Context::Panes, &[c('2')], Action::Show(Pane::Groups), 0, "Groups", "Go to Groups"),
    bind(Context::Panes, &[c('3')], Action::Show(Pane::Profile), 0, "Profile Editor", "Go to the Profile Editor"),
    bind(Context::Panes, &[c('4')], Action::Show(Pane::Audit), 0, "Audit Log", "Go to the Audit Log"),
    bind(Context::Panes, &[c('5')], Action::Show(Pane::Provisioning), 0, "Provisioning", "Go to Provisioning: the connection and its test"),
    bind(Context::Panes, &[c('6')], Action::Show(Pane::Tasks), 0, "Tasks", "Go to Tasks: what is queued, waiting or failed"),
    bind(Context::Panes, &[k(Code::Tab), k(Code::Right), c('l')], Action::NextPane, 10, "next pane", "Go to the next pane"),
    bind(Context::Panes, &[k(Code::BackTab), k(Code::Left), c('h')], Action::PrevPane, 0, "previous pane", "Go to the previous pane"),
    bind(Context::Panes, ESC, Action::Back, 0, "back", "Clear the filter, then the selection; end a look that only reads"),
    bind(Context::Panes, &[c('L')], Action::LastResults, 0, "results", "The results of the last run, person by person"),
    bind(Context::Panes, &[c('y')], Action::Copy, 0, "copy", "Copy the name under the cursor"),
    bind(Context::Panes, &[Key::ctrl('o')], Action::Connections, 0, "switch connection", "The connections of this home: go over to another, or make a new one"),
    bind(Context::Panes, &[Key::ctrl('e')], Action::Compare, 0, "compare", "What the last look at everybody found: leavers, accounts of nobody, drift"),
    bind(Context::Panes, &[Key::ctrl('r')], Action::Rehearse, 0, "rehearse a fault", "Rehearse a fault on the sandbox: what goes wrong, and what you should see"),
    bind(Context::Panes, &[Key::ctrl('c')], Action::StopTask, 0, "stop", "Stop the running task; with none, leave"),
    bind(Context::Panes, &[Key::ctrl('l')], Action::Redraw, 0, "redraw", "Draw the screen anew"),
    bind(Context::Panes, &[c(':')], Action::Palette, 12, "commands", "All commands by name"),
    bind(Context::Panes, &[c('?')], Action::Help, 11, "help", "The keys that work here"),
    bind(Context::Panes, &[c('q')], Action::Quit, 13, "quit", "Leave; what is queued stays queued"),

    bind(Context::Person, &[c('p')], Action::Provision, 1, "provision", "Provision this person"),
    bind(Context::Person, &[c('e')], Action::EditRoles, 2, "edit roles", "Change role values; saved values are pushed at once"),
    bind(Context::Person, &[c('r')], Action::Check, 3, "check", "Compare this person with the app now; nothing is sent"),
    bind(Context::Person, &[c('o'), k(Code::Enter)], Action::Trace, 4, "request", "The requests and answers of the latest operation"),
    bind(Context::Person, &[c('w')], Action::Wire, 0, "what is sent", "Exactly what would be sent of this person now; nothing is sent"),
    bind(Context::Person, &[c('a')], Action::Assign, 0, "assign", "Assign the app to this person"),
    bind(Context::Person, &[c('D')], Action::Unassign, 0, "unassign", "End the Individual assignment"),
    bind(Context::Person, &[c('f')], Action::Flag, 0, "flag", "Put this person on the list with a note"),
    bind(Context::Person, &[c('F')], Action::Unflag, 0, "unflag", "Take this person off the list"),
    bind(Context::Person, &[c('S')], Action::Suspend, 0, "suspend", "Suspend: access ends, roles and link are kept"),
    bind(Context::Person, &[c('X')], Action::Deactivate, 0, "deactivate", "Deactivate: assignments and access end"),
    bind(Context::Person, &[c('A')], Action::Reactivate, 0, "reactivate", "Make active again"),
    bind(Context::Person, &[c('P')], Action::Protect, 0, "protect", "Protect from removal, or no longer"),
    bind(Context::Person, &[c('u')], Action::Retry, 0, "retry", "Try the failed operation again"),
    bind(Context::Person, &[c('x')], Action::Drop, 0, "drop", "Give up an operation that was never sent"),
    bind(Context::Person, &[c('z')], Action::Undo, 0, "undo", "Make undone what was done last for this person"),
    bind(Context::Person, &[c('m')], Action::Resend, 0, "resend", "Have the app send the invitation again"),
    bind(Context::Person, &[c('C')], Action::Convert, 0, "convert", "Convert the Individual assignment: the group gives the roles"),
    bind(Context::Person, &[c('B')], Action::ConvertBack, 0, "to Individual", "The group's assignment becomes an Individual one with the present values; nothing is sent"),
    bind(Context::Person, &[c('O')], Action::DriftPush, 0, "push over drift", "Write our values over what was changed in the app by another hand"),
    bind(Context::Person, &[c('T')], Action::DriftAdopt, 0, "adopt drift", "Take what was changed in the app as ours; nothing is sent"),
    bind(Context::Person, &[c('N')], Action::Recreate, 0, "create again", "The account is gone: link another with the same user name, or make a new one"),
    bind(Context::Person, &[c('U')], Action::Unlink, 0, "unlink", "The account is gone: forget it; nothing is sent"),
    bind(Context::Person, &[c('E')], Action::EditPerson, 0, "edit person", "Change name, e-mail, title and so on; pushed at once"),
    bind(Context::Person, &[k(Code::Delete)], Action::RemovePerson, 0, "remove person", "Take this person out of the directory; access ends"),
    bind(Context::Person, &[c('+')], Action::AddMembers, 0, "put into group", "Put this person into a group"),
    bind(Context::Person, &[c('-')], Action::RemoveMembers, 0, "take out of group", "Take this person out of a group"),
    bind(Context::Person, &[c('y')], Action::Copy, 6, "copy", "Copy the user name"),
    bind(Context::Person, &[c('?')], Action::Help, 7, "help", "The keys that work here"),
    bind(Context::Person, &[k(Code::Esc), c('q'), k(Code::Left), c('h')], Action::Back, 5, "back", "Back"),

    bind(Context::Results, &[k(Code::Enter), c('o')], Action::Trace, 1, "request", "The requests and answers for this person"),
    bind(Context::Results, &[c('d')], Action::Open, 2, "person", "Everything about this person"),
    bind(Context::Results, &[c('y')], Action::Copy, 4, "copy", "Copy the list"),
    bind(Context::Results, &[k(Code::Esc), c('q'), k(Code::Left), c('h')], Action::Back, 3, "back", "Back"),

    bind(Context::Reader, &[c('y')], Action::Copy, 2, "copy", "Copy the page"),
    bind(Context::Reader, &[k(Code::Esc), c('q'), k(Code::Left), c('h'), k(Code::Enter)], Action::Back, 1, "back", "Back"),

    bind(Context::Confirm, &[c('y')], Action::Yes, 1, "OK", "Do it"),
    bind(Context::Confirm, &[k(Code::Esc), c('n'), c('q')], Action::No, 2, "cancel", "Do nothing"),
    bind(Context::Confirm, &[k(Code::Tab), k(Code::BackTab), k(Code::Left), k(Code::Right), c('h'), c('l')], Action::NextField, 3, "choose", "Move between Cancel and OK"),
    bind(Context::Confirm, &[c('v')], Action::View, 5, "requests", "Show the whole plan with every attribute and the exact requests, or the summary again"),
    bind(Context::Confirm, &[c('s')], Action::SavePlan, 6, "save plan", "Keep this plan in a file: looked at by somebody else, and sent later exactly so"),
    bind(Context::Confirm, ENTER, Action::Press, 4, "press", "Press the marked button"),

    bind(Context::Convert, &[c(' ')], Action::Select, 2, "select", "Select this assignment, or take it out of the selection"),
    bind(Context::Convert, &[c('*')], Action::SelectAll, 3, "select all", "Select all of them, or none"),
    bind(Context::Convert, ENTER, Action::Press, 1, "Convert selected", "Show what converting the selected would do, then convert"),
    bind(Context::Convert, &[c('?')], Action::Help, 5, "help", "The keys that work here"),
    bind(Context::Convert, &[k(Code::Esc), c('q'), k(Code::Left), c('h')], Action::Back, 4, "back", "Back to Assignments"),

    bind(Context::Compare, ENTER, Action::Press, 1, "mend", "Go to what ends this line: the plan that ends access, the import, the person"),
    bind(Context::Compare, &[c('r'), c('R')], Action::CheckAll, 2, "compare now", "Compare everybody with the app now; nothing is sent"),
    bind(Context::Compare, &[c('O')], Action::DriftPush, 3, "push ours", "Write our values over what was changed in the app"),
    bind(Context::Compare, &[c('T')], Action::DriftAdopt, 4, "take theirs", "Take what was changed in the app as ours; nothing is sent"),
    bind(Context::Compare, &[c('i')], Action::Import, 5, "import", "Review an import: link accounts, take them in, or ignore them"),
    bind(Context::Compare, &[c('d')], Action::Open, 7, "person", "Everything about this person"),
    bind(Context::Compare, &[k(Code::Tab)], Action::NextField, 6, "next list", "The first line of the next list"),
    bind(Context::Compare, &[c('y')], Action::Copy, 0, "copy", "Copy the user name"),
    bind(Context::Compare, &[c('?')], Action::Help, 9, "help", "The keys that work here"),
    bind(Context::Compare, &[k(Code::Esc), c('q'), k(Code::Left), c('h')], Action::Back, 8, "back", "Back"),

    bind(Context::Form, ENTER, Action::Press, 1, "save", "Save the form; in a list, a new line"),
    bind(Context::Form, &[k(Code::Tab), k(Code::Down)], Action::NextField, 2, "next", "The next field"),
    bind(Context::Form, &[k(Code::BackTab), k(Code::Up)], Action::PrevField, 3, "previous", "The field before"),
    bind(Context::Form, ESC, Action::Back, 5, "cancel", "Leave without saving; asks when something was changed"),

    bind(Context::Filter, ENTER, Action::Press, 1, "keep", "Keep the filter"),
    bind(Context::Filter, ESC, Action::Back, 2, "clear", "Clear the filter"),
    bind(Context::Filter, &[k(Code::Down)], Action::Down, 0, "down", "The next row"),
    bind(Context::Filter, &[k(Code::Up)], Action::Up, 0, "up", "The row before"),

    bind(Context::Palette, ENTER, Action::Press, 1, "run", "Run the marked command"),
    bind(Context::Palette, &[k(Code::Down), k(Code::Tab)], Action::Down, 2, "next", "The next command"),
    bind(Context::Palette, &[k(Code::Up), k(Code::BackTab)], Action::Up, 3, "previous", "The command before"),
    bind(Context::Palette, ESC, Action::Back, 4, "cancel", "Close the list"),

    bind(Context::Connections, ENTER, Action::UseConnection, 1, "go over", "Show this connection, which is used from then on"),
    bind(Context::Connections, &[c('n')], Action::NewConnection, 2, "new", "A new connection: saved, tested, enabled when the test is good"),
    bind(Context::Connections, &[k(Code::Esc), c('q'), k(Code::Left), c('h')], Action::Back, 3, "back", "Back"),
    bind(Context::Faults, ENTER, Action::Press, 1, "switch", "Switch this fault off, or another on"),
    bind(Context::Faults, &[k(Code::Down), k(Code::Tab)], Action::Down, 2, "next", "The next fault"),
    bind(Context::Faults, &[k(Code::Up), k(Code::BackTab)], Action::Up, 3, "previous", "The fault before"),
    bind(Context::Faults, ESC, Action::Back, 4, "close", "Close the list"),

    bind(Context::Chooser, ENTER, Action::Press, 1, "choose", "Choose the marked person"),
    bind(Context::Chooser, &[k(Code::Down), k(Code::Tab)], Action::Down, 2, "next", "The next person"),
    bind(Context::Chooser, &[k(Code::Up), k(Code::BackTab)], Action::Up, 3, "previous", "The person before"),
    bind(Context::Chooser, ESC, Action::Back, 4, "cancel", "Close the list"),

    bind(Context::Offer, &[c('g')], Action::GoOn, 1, "go on", "Send the rest of the stopped run"),
    bind(Context::Offer, &[c('l'), k(Code::Esc)], Action::Leave, 4, "leave it", "Leave it queued; nothing is sent"),
    bind(Context::Offer, &[c('r'), c('6')], Action::Review, 2, "review", "Leave it queued and look at each operation in Tasks"),
    bind(Context::Offer, &[c('x')], Action::DropRest, 3, "drop", "Give up what was never sent, after showing it; what changed here stays"),

    bind(Context::Import, &[c(' ')], Action::AcceptRow, 1, "accept", "Accept this match, or take the choice back"),
    bind(Context::Import, &[c('n')], Action::NewPerson, 4, "new", "Make a new person of this account"),
    bind(Context::Import, &[c('p')], Action::PickPerson, 5, "pick", "Pick another person for this account"),
    bind(Context::Import, &[c('x')], Action::IgnoreRow, 6, "ignore", "Leave this account alone, now and later; again: no longer"),
    bind(Context::Import, &[c('A')], Action::AcceptExact, 2, "all exact", "Accept all exact matches"),
    bind(Context::Import, &[c('N')], Action::AcceptNew, 0, "all new", "Make people of all new accounts"),
    bind(Context::Import, ENTER, Action::TakeIn, 3, "take in", "Take in what is chosen, after showing it; nothing is sent"),
    bind(Context::Import, &[c('?')], Action::Help, 9, "help", "The keys that work here"),
    bind(Context::Import, &[k(Code::Esc), c('q')], Action::Back, 8, "back", "Leave; asks when something was chosen"),

    bind(Context::Pick, ENTER, Action::Press, 1, "pick", "It is the marked person's"),
    bind(Context::Pick, &[k(Code::Down), k(Code::Tab)], Action::Down, 2, "next", "The next person"),
    bind(Context::Pick, &[k(Code::Up), k(Code::BackTab)], Action::Up, 3, "previous", "The person before"),
    bind(Context::Pick, ESC, Action::Back, 4, "cancel", "Back to the review"),

    bind(Context::Moves, &[k(Code::Up), c('k')], Action::Up, 0, "up", "One row up"),
    bind(Context::Moves, &[k(Code::Down), c('j')], Action::Down, 0, "down", "One row down"),
    bind(Context::Moves, &[Key::ctrl('u')], Action::HalfUp, 0, "half up", "Half a page up"),
    bind(Context::Moves, &[Key::ctrl('d')], Action::HalfDown, 0, "half down", "Half a page down"),
    bind(Context::Moves, &[k(Code::PageUp), Key::ctrl('b')], Action::PageUp, 0, "page up", "A page up"),
    bind(Context::Moves, &[k(Code::PageDown), Key::ctrl('f')], Action::PageDown, 0, "page down", "A page down"),
    bind(Context::Moves, &[c('g'), k(Code::Home)], Action::Top, 0, "top", "The first row"),
    bind(Context::Moves, &[c('G'), k(Code::End)], Action::Bottom, 0, "bottom", "The last row"),
];
