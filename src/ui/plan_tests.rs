//! What a whole plan looks like: the tree of causes, attributes and requests, and the forms about its file.

use super::tests::{ANSI, MONO, buffer, press, screen, with_dialog};
use crate::app::{App, Key, Msg};
use crate::domain::{Call, Method};

/// The dialog of a plan that raises one role, with its requests, turned to the whole tree.
fn whole() -> App {
    let mut app = with_dialog(None);
    let Some(crate::app::Overlay::Confirm(confirm)) = app.overlays.last_mut() else { panic!("no dialog") };
    let planned = &mut confirm.preview.plan.operations[0];
    planned.calls = vec![
        Call::new(Method::Get, &["Users", "101"]),
        Call::new(Method::Put, &["Users", "101"])
            .body(serde_json::json!({"userName": "ana", "active": true})),
    ];
    press(&mut app, "v");
    app
}

macro_rules! looks {
    ($name:ident, $app:expr, $columns:expr, $rows:expr, $look:expr) => {
        #[test]
        fn $name() {
            let mut app: App = $app;
            insta::assert_snapshot!(stringify!($name), screen(&buffer(&mut app, $columns, $rows, $look)));
        }
    };
}

looks!(a_whole_plan_at_80x24, whole(), 80, 24, ANSI);
looks!(a_whole_plan_at_120x40, whole(), 120, 40, ANSI);
looks!(a_whole_plan_without_colour, whole(), 80, 24, MONO);
looks!(saving_a_plan_at_80x24, saving(), 80, 24, ANSI);

fn saving() -> App {
    let mut app = with_dialog(None);
    app.handle(Msg::Key(Key::char('s')));
    app
}

#[test]
fn a_dialog_lists_what_of_the_queue_goes_on_and_does_not_say_that_nothing_is_sent() {
    let mut app = with_dialog(None);
    let Some(crate::app::Overlay::Confirm(confirm)) = app.overlays.last_mut() else { panic!("no dialog") };
    let plan = &mut confirm.preview.plan;
    let planned = plan.operations.remove(0);
    plan.summary = crate::engine::Summary { resumed: 1, ..Default::default() };
    plan.resumed = vec![crate::engine::Resumed {
        operation: crate::domain::OpId(7),
        person: planned.person,
        user_name: "ben@example.com".into(),
        kind: planned.kind,
        state: crate::domain::OpState::Queued,
        told: Some(crate::engine::Told {
            cause: "Provision User".into(),
            actor: "kim".into(),
            committed: crate::domain::Time::default(),
            changes: planned.changes,
            calls: vec![Call::new(Method::Post, &["Users"])],
            whole: true,
        }),
    }];
    press(&mut app, "v");
    let whole = screen(&buffer(&mut app, 120, 40, ANSI));
    assert!(whole.contains("ben@example.com  goes on, queued") && whole.contains("POST /Users"), "{whole}");
}
