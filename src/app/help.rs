//! The help page, made from the live bindings.

use super::App;
use super::doc::{Line, Tone};
use super::keymap::{self, Context};

/// The keys of a context, with the reason for those that do nothing now.
pub(super) fn page(app: &App, context: Context) -> Vec<Line> {
    let mut lines = Vec::new();
    for part in context.chain() {
        lines.push(Line::head(part.title()));
        for binding in keymap::bindings(part).filter(|b| b.context == part) {
            let line = Line::of(Tone::Key, format!("  {:<18} ", binding.all_keys()));
            lines.push(match app.refusal(binding.action) {
                Some(why) => line.and(Tone::Dim, binding.help).and(Tone::Warn, format!("  (not now: {why})")),
                None => line.and(Tone::Plain, binding.help),
            });
        }
        lines.push(Line::blank());
    }
    lines.push(Line::head("Marks"));
    for flag in crate::domain::Flag::ALL {
        lines.push(
            Line::of(
                super::person_doc::flag_tone(flag),
                format!("  {}  ", super::person_doc::flag_glyph(flag)),
            )
            .and(Tone::Plain, format!("{:<16} ", flag.words()))
            .and(Tone::Dim, meaning(flag)),
        );
    }
    lines
}

fn meaning(flag: crate::domain::Flag) -> &'static str {
    use crate::domain::Flag;
    match flag {
        Flag::AccessRemains => "no access here any more, still active in the app",
        Flag::AccountGone => "the linked account is not there any more",
        Flag::NotProvisioned => "assigned, and the app has no account that is linked",
        Flag::Failed => "the last operation was refused, or needs a decision",
        Flag::InDoubt => "sent, and no answer came; looked up before anything else",
        Flag::Drift => "changed in the app since our last push",
        Flag::Unsent => "changed here and not sent yet",
        Flag::Pending => "invited, has not accepted yet",
        Flag::Noted => "put on the list by an operator",
    }
}
