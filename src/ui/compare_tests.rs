//! What the page looks like.

use super::super::tests::{ANSI, ASCII, buffer, press, screen};
use crate::app::{App, compare_page};

macro_rules! looks {
    ($name:ident, $app:expr, $columns:expr, $rows:expr, $look:expr) => {
        #[test]
        fn $name() {
            let mut app: App = $app;
            insta::assert_snapshot!(stringify!($name), screen(&buffer(&mut app, $columns, $rows, $look)));
        }
    };
}

fn keyed(keys: &str) -> App {
    let mut app = compare_page();
    press(&mut app, keys);
    app
}

looks!(compare_at_80x24, compare_page(), 80, 24, ANSI);
looks!(compare_at_120x40, keyed("jj"), 120, 40, ANSI);
looks!(compare_under_way_in_ascii, keyed("jr"), 80, 24, ASCII);
looks!(compare_before_the_first_look, keyed_new(), 80, 24, ANSI);

fn keyed_new() -> App {
    let mut directory = crate::directory::Directory::new(crate::app::fixture::connection());
    directory.apply(&crate::app::fixture::person(crate::app::fixture::ANA, "ana@example.com", "Ana", "Lee"));
    let mut app = crate::app::fixture::app_on(directory);
    press(&mut app, "5v");
    app
}
