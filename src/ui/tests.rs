//! What the screen looks like, styles included, and that nothing hostile reaches it.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};

use super::draw;
use crate::app::fixture::{self, ANA, DORA, NOW, app, app_on, entry};
use crate::app::{Answer, App, Code, Effect, Key, Msg, TaskId};
use crate::audit::Source;
use crate::config::Look;
use crate::directory::Change;
use crate::domain::{Call, ConnectionId, Difference, Method, OpId, PersonId, TokenSource};
use crate::engine::{ConnectionRow, Preview, Progress};

pub(super) const ANSI: Look = Look { colour: true, unicode: true };
pub(super) const MONO: Look = Look { colour: false, unicode: true };
pub(super) const ASCII: Look = Look { colour: false, unicode: false };

pub(super) fn press(app: &mut App, keys: &str) -> Vec<Effect> {
    let key = |c| match c {
        '\n' => Key::of(Code::Enter),
        '\u{1b}' => Key::of(Code::Esc),
        c => Key::char(c),
    };
    keys.chars().flat_map(|c| app.handle(Msg::Key(key(c)))).collect()
}

pub(super) fn buffer(app: &mut App, columns: u16, rows: u16, look: Look) -> Buffer {
    app.handle(Msg::Resize(columns, rows));
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| draw(app, look, frame)).unwrap();
    terminal.backend().buffer().clone()
}

/// The rows of the screen, then for each row the runs of cells that have a style.
pub(super) fn screen(buffer: &Buffer) -> String {
    let (mut text, mut styles) = (String::new(), String::new());
    for y in 0..buffer.area.height {
        let mut row = String::new();
        let mut runs: Vec<(u16, u16, String)> = Vec::new();
        let mut skip = 0;
        for x in 0..buffer.area.width {
            let cell = &buffer[(x, y)];
            if skip > 0 {
                skip -= 1;
            } else {
                row.push_str(cell.symbol());
                skip = unicode_width::UnicodeWidthStr::width(cell.symbol()).saturating_sub(1);
            }
            let style = words(cell.fg, cell.bg, cell.modifier);
            match runs.last_mut() {
                Some((_, end, last)) if *last == style && *end == x => *end = x + 1,
                _ => runs.push((x, x + 1, style)),
            }
        }
        text.push_str(row.trim_end());
        text.push('\n');
        for (start, end, style) in runs.into_iter().filter(|(.., style)| !style.is_empty()) {
            styles.push_str(&format!("{y:>2}:{start}-{} {style}\n", end - 1));
        }
    }
    format!("{text}\n{styles}")
}

fn words(fg: Color, bg: Color, modifier: Modifier) -> String {
    let mut words = Vec::new();
    if fg != Color::Reset {
        words.push(fg.to_string().to_lowercase());
    }
    if bg != Color::Reset {
        words.push(format!("on {}", bg.to_string().to_lowercase()));
    }
    words.extend(modifier.iter_names().map(|(name, _)| name.to_lowercase()));
    words.join(" ")
}

fn with_audit(mut app: App) -> App {
    let mut ours = entry(1, Source::Console, "update");
    let mut echo = entry(2, Source::ScimAutoSync, "member_updated");
    (ours.operation, echo.operation) = (Some(OpId(7)), Some(OpId(7)));
    app.handle(Msg::Audit(vec![ours, echo, entry(3, Source::SignIn, "signed_in")]));
    app
}

pub(super) fn with_dialog(held: Option<u32>) -> App {
    let mut app = app();
    let effects = press(&mut app, "p");
    let [Effect::Preview(id, command, _)] = &effects[..] else { panic!("{effects:?}") };
    let people = [(ANA, "ana@example.com"), (fixture::BAO, "bao@example.com")];
    let mut preview: Preview = crate::app::tests::preview((**command).clone(), &people, held);
    preview.plan.operations[0].changes = vec![Difference {
        attribute: "workato_role".into(),
        before: Some("Operator".into()),
        after: Some("Admin".into()),
    }];
    app.handle(Msg::Previewed(*id, Box::new(Ok(preview))));
    app
}

fn with_token() -> App {
    let mut app = keyed(app(), "5T");
    app.handle(Msg::pasted("Bearer abcdefghijkl\n"));
    app
}

fn with_new_connection() -> App {
    let mut app = keyed(with_connections(), "n");
    for _ in 0..3 {
        app.handle(Msg::Key(Key::of(Code::Tab)));
    }
    app.handle(Msg::Key(Key::char('e')));
    app
}

fn with_locked_token() -> App {
    let mut app = app();
    let mut directory = fixture::directory();
    let mut connection = directory.connection().clone();
    connection.token = TokenSource::Encrypted { path: "/home/sam/token.sealed".into() };
    connection.base_url = "http://127.0.0.1:9100/scim/v2".to_owned();
    directory.apply(&Change::Connection(Box::new(connection)));
    app.handle(Msg::Directory(Box::new(directory)));
    let mut app = keyed(app, "5");
    app.ask_passphrase(true);
    app
}

fn with_connections() -> App {
    let mut app = app();
    let effects = press(&mut app, "5c");
    let Some(Effect::Ask(id, _)) = effects.last() else { panic!("{effects:?}") };
    let row = |id, name: &str, badge: &str, current, standing| ConnectionRow {
        id: ConnectionId(id),
        name: name.into(),
        badge: badge.into(),
        base_url: "https://workato.com/scim/v2".into(),
        enabled: current,
        current,
        queued: standing * 2,
        standing,
    };
    let rows = vec![row(1, "workato", "SANDBOX", true, 0), row(2, "workato-prod", "PROD", false, 3)];
    app.handle(Msg::Answer(*id, Ok(Answer::Connections(rows))));
    app
}

fn never_sent() -> App {
    let mut d = fixture::directory();
    let mut attribute = d.attributes()[0].clone();
    attribute.external_namespace = None;
    d.apply(&Change::Attribute(0, attribute));
    app_on(d)
}

fn what_is_sent() -> App {
    let mut app = app();
    let effects = press(&mut app, "3pdora\n");
    let [Effect::Preview(id, command, _)] = &effects[..] else { panic!("{effects:?}") };
    let mut looked = crate::app::tests::preview((**command).clone(), &[(DORA, "dora@example.com")], None);
    looked.plan.operations[0].calls = vec![Call::new(Method::Get, &["Users", "102"])];
    app.handle(Msg::Previewed(*id, Box::new(Ok(looked))));
    app
}

fn stuck(mut app: App) -> App {
    app.handle(Msg::Stuck(Some(NOW.plus_ms(-28 * 60_000))));
    app
}

/// With somebody whose role would be raised by converting, and somebody whose would stay.
fn raising(mut app: App) -> App {
    let mut directory = app.directory.clone();
    directory.apply_all(&[
        Change::Member(fixture::ENGINEERING, fixture::BAO),
        Change::Member(fixture::ENGINEERING, DORA),
    ]);
    let mut own = crate::domain::Assignment::default();
    own.roles.set("workato_role", "Operator");
    directory.apply(&Change::Assigned(DORA, own.clone()));
    own.roles.set("workato_role", "No access");
    directory.apply(&Change::Assigned(fixture::BAO, own));
    app.handle(Msg::Directory(Box::new(directory)));
    app
}

macro_rules! looks {
    ($name:ident, $app:expr, $columns:expr, $rows:expr, $look:expr) => {
        #[test]
        fn $name() {
            let mut app = $app;
            insta::assert_snapshot!(stringify!($name), screen(&buffer(&mut app, $columns, $rows, $look)));
        }
    };
}

fn keyed(mut app: App, keys: &str) -> App {
    press(&mut app, keys);
    app
}

looks!(assignments_at_80x24, app(), 80, 24, ANSI);
looks!(assignments_at_120x40, keyed(app(), " "), 120, 40, ANSI);
looks!(converting_at_80x24, keyed(raising(app()), "C* "), 80, 24, ANSI);
looks!(converting_without_colour, keyed(raising(app()), "C"), 80, 24, MONO);
looks!(assignments_without_colour, app(), 80, 24, MONO);
looks!(assignments_in_ascii, app(), 80, 24, ASCII);
looks!(a_terminal_that_is_too_small, app(), 40, 12, ANSI);
looks!(groups_at_80x24, keyed(app(), "2"), 80, 24, ANSI);
looks!(profile_editor_at_120x40, keyed(app(), "3"), 120, 40, ANSI);
looks!(profile_editor_with_a_finding_at_80x24, keyed(never_sent(), "3"), 80, 24, ANSI);
looks!(profile_editor_with_a_finding_in_ascii, keyed(never_sent(), "3"), 80, 24, ASCII);
looks!(person_chooser_at_80x24, keyed(app(), "3pe"), 80, 24, ANSI);
looks!(what_is_sent_at_80x24, what_is_sent(), 80, 24, ANSI);
looks!(replace_form_at_80x24, keyed(app(), "3m"), 80, 24, ANSI);
looks!(audit_log_at_80x24, keyed(with_audit(app()), "4"), 80, 24, ANSI);
looks!(audit_entry_at_80x24, keyed(with_audit(app()), "4k\n"), 80, 24, ANSI);
looks!(provisioning_at_80x24, keyed(app(), "5"), 80, 24, ANSI);
looks!(person_page_at_80x24, keyed(app(), "jj\n"), 80, 24, ANSI);
looks!(tasks_at_80x24, crate::app::queue_pane(), 80, 24, ANSI);
looks!(tasks_at_120x40, keyed(crate::app::queue_pane(), " "), 120, 40, ANSI);
looks!(tasks_in_ascii, crate::app::queue_pane(), 80, 24, ASCII);
looks!(task_details_at_80x24, keyed(crate::app::queue_pane(), "\n"), 80, 24, ANSI);
looks!(a_standstill_at_80x24, stuck(crate::app::queue_pane()), 80, 24, ANSI);
looks!(help_at_80x24, keyed(app(), "?"), 80, 24, MONO);
looks!(palette_at_80x24, keyed(app(), ":prov"), 80, 24, ANSI);
looks!(role_form_at_80x24, keyed(app(), "jje"), 80, 24, ANSI);
looks!(attribute_form_at_80x24, keyed(app(), "3a"), 80, 24, ANSI);
looks!(settings_form_at_80x24, keyed(app(), "5E"), 80, 24, ANSI);
looks!(token_form_at_80x24, with_token(), 80, 24, ANSI);
looks!(new_connection_with_an_encrypted_token_at_80x24, with_new_connection(), 80, 24, ANSI);
looks!(passphrase_at_80x24, with_locked_token(), 80, 24, ANSI);
looks!(connections_at_80x24, with_connections(), 80, 24, ANSI);
looks!(confirm_at_80x24, with_dialog(None), 80, 24, ANSI);
looks!(confirm_with_brake_in_mono, with_dialog(Some(120)), 80, 24, MONO);
looks!(faults_to_rehearse_at_80x24, keyed(fixture::rehearsing(), "5F"), 80, 24, ANSI);
looks!(a_fault_form_at_80x24, keyed(fixture::rehearsing(), "5Frate\n"), 80, 24, ANSI);
looks!(a_filter_being_typed, keyed(app(), "/flag:dr"), 80, 24, ANSI);

/// The review of an import, and keys pressed on it.
fn with_import(keys: &str) -> App {
    let mut app = app();
    let effects = press(&mut app, "i");
    let [Effect::Scan(id)] = effects[..] else { panic!("{effects:?}") };
    let found = fixture::scan(&app.directory);
    app.handle(Msg::Scanned(id, Box::new(Ok(found))));
    keyed(app, keys)
}

looks!(import_review_at_80x24, with_import("Ajj"), 80, 24, ANSI);
looks!(import_picker_at_80x24, with_import("p"), 80, 24, MONO);

#[test]
fn an_import_can_be_drawn_at_every_size_and_with_hostile_accounts() {
    for (columns, rows) in [(0, 0), (20, 5), (60, 16), (61, 17), (250, 80)] {
        for keys in ["", "p", "A\u{1b}"] {
            buffer(&mut with_import(keys), columns, rows, ANSI);
        }
    }
    let mut app = app();
    let effects = press(&mut app, "i");
    let [Effect::Scan(id)] = effects[..] else { panic!("{effects:?}") };
    let mut scan = fixture::scan(&app.directory);
    let accounts = &mut std::sync::Arc::make_mut(&mut scan.found).accounts;
    for account in accounts {
        let text = "a\u{1b}[2J\u{202e}b\u{e0041}".to_owned();
        (account.values.user_name, account.values.email) = (text.clone(), text.clone());
        (account.remote_id, account.values.display_name) = (text.clone(), text);
    }
    app.handle(Msg::Scanned(id, Box::new(Ok(scan))));
    for cell in buffer(&mut app, 120, 40, ANSI).content() {
        let bad = |c: char| c.is_control() || matches!(u32::from(c), 0x202a..=0x202e | 0xe0000..=0xe007f);
        assert!(!cell.symbol().chars().any(bad), "{:?}", cell.symbol());
    }
}

#[test]
fn a_running_task_is_on_the_message_line() {
    let mut app = with_dialog(None);
    let effects = press(&mut app, "y");
    let Some(Effect::Run(id, ..)) = effects.first() else { panic!("{effects:?}") };
    let left_ms = Some(12_000);
    let progress = Progress { total: 7, done: 2, failed: 1, held: 1, left_ms, ..Progress::default() };
    app.handle(Msg::Progress(*id, progress));
    let text = screen(&buffer(&mut app, 80, 24, ANSI));
    assert!(text.contains("2 of 7 done, 1 failed, 1 held, about 12 s left"), "{text}");
    app.handle(Msg::Progress(TaskId(99), progress));
}

#[test]
fn every_size_can_be_drawn_with_everything_open() {
    for keys in ["", "?", ":x", "jje", "3a", "3m", "3p", "\n", "5", "4", "6", "/abc", "5E", "5T", "5c"] {
        for (columns, rows) in [(0, 0), (1, 1), (20, 5), (60, 16), (61, 17), (79, 23), (250, 80)] {
            let mut app = keyed(app(), keys);
            buffer(&mut app, columns, rows, ANSI);
        }
    }
}

#[test]
fn mono_uses_no_colour_and_ascii_nothing_else() {
    for keys in ["", "2", "3", "4", "5", "6", "\n", "?", "jje"] {
        let mut app = keyed(with_audit(app()), keys);
        for cell in buffer(&mut app, 100, 30, MONO).content() {
            assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset));
        }
        for cell in buffer(&mut app, 100, 30, ASCII).content() {
            assert!(cell.symbol().is_ascii(), "{:?}", cell.symbol());
        }
    }
}

/// Texts that steer terminals, hide, or turn around, in every attribute that is shown.
#[test]
fn hostile_text_in_every_attribute_reaches_no_cell() {
    const HOSTILE: [&str; 8] = [
        "a\u{1b}[2Jb",
        "x\u{1b}]52;c;aGk=\u{7}",
        "\u{202e}nimda",
        "ad\u{200b}min",
        "c\u{9b}31m",
        "l\r\nm\tn",
        "\u{e0041}\u{e0042}tag",
        "z\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    ];
    for text in HOSTILE {
        let mut d = fixture::directory();
        let mut person = d.get(ANA).unwrap().record();
        person.user_name = format!("u{text}");
        for slot in [
            &mut person.given_name,
            &mut person.family_name,
            &mut person.display_name,
            &mut person.email,
            &mut person.title,
            &mut person.department,
        ] {
            *slot = text.to_owned();
        }
        d.apply(&Change::Person(person.into()));
        let mut connection = d.connection().clone();
        (connection.name, connection.badge.0) = (text.to_owned(), text.to_owned());
        d.apply(&Change::Connection(Box::new(connection)));
        let mut group = d.group(fixture::ENGINEERING).unwrap().group.clone();
        group.name = text.to_owned();
        d.apply(&Change::Group(group));
        let mut attribute = d.attributes()[0].clone();
        (attribute.display_name, attribute.members[0].display) = (text.to_owned(), text.to_owned());
        d.apply(&Change::Attribute(0, attribute));
        let mut e = entry(1, Source::App, text);
        for slot in [&mut e.subject, &mut e.actor, &mut e.detail] {
            *slot = text.to_owned();
        }
        e.changes[0].after = Some(text.to_owned());
        for keys in ["", "2", "3", "4", "4\n", "5", "\n", "?", ":", "e", "2e", "3e", "f"] {
            let mut app = app_on(d.clone());
            app.handle(Msg::Audit(vec![e.clone()]));
            press(&mut app, keys);
            app.handle(Msg::pasted(text));
            for cell in buffer(&mut app, 120, 40, ANSI).content() {
                let bad = |c: char| {
                    c.is_control()
                        || matches!(u32::from(c), 0x200b..=0x200f | 0x202a..=0x202e | 0xe0000..=0xe007f)
                };
                assert!(!cell.symbol().chars().any(bad), "{keys:?}: {:?}", cell.symbol());
                assert!(cell.symbol().chars().count() <= 8, "{keys:?}");
            }
        }
    }
}

#[test]
fn a_hundred_thousand_people_are_filtered_and_drawn_without_building_their_rows() {
    let mut d = fixture::directory();
    for n in 0..100_000 {
        let id = PersonId(1_000 + n);
        d.apply(&fixture::person(id, &format!("p{n:06}@example.com"), "P", "Q"));
    }
    let mut app = app_on(d);
    app.handle(Msg::Now(NOW));
    press(&mut app, "vvG");
    assert_eq!(app.people.order.len(), 100_006);
    assert!(screen(&buffer(&mut app, 80, 24, ANSI)).contains("p099999"));
    press(&mut app, "/p09999");
    assert_eq!(app.people.order.len(), 10);
    press(&mut app, "\u{1b}/dora");
    assert_eq!(app.people.order, [DORA]);
}
