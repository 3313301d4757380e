//! What is told while it is looked.

use crate::fake::Fake;
use crate::ran::{run, run_attended};

#[test]
fn a_comparison_tells_somebody_at_a_terminal_how_many_accounts_were_read_and_nobody_else() {
    let fake = Fake::new();
    let ran = run_attended(&fake, "check", &[]);
    assert_eq!(ran.code, 0);
    assert!(ran.err.starts_with("\r\x1b[K2 of 3 accounts read\r\x1b[K"), "{ran:?}");
    assert_eq!(run_attended(&fake, "--json check", &[]).err, "");
    assert_eq!(run(&fake, "check").err, "");
}
