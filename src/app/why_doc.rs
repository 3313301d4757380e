//! The parts of a person's page that explain: what to do about a flag, what drifted, and why the roles are these.

use super::App;
use super::doc::{Line, Tone};
use super::words::or_dash;
use crate::directory::PersonView;
use crate::domain::{Flag, Shift};
use crate::verbs::{drifted, why_roles};

/// The keys that deal with a flag; none where the words of the flag say it all.
pub(super) fn fix(flag: Flag) -> Option<&'static [(&'static str, &'static str)]> {
    Some(match flag {
        Flag::Drift => &[("O", " pushes ours over it"), ("T", " takes theirs as ours")],
        Flag::AccountGone => &[("N", " links or creates another"), ("U", " forgets the account")],
        Flag::NotProvisioned => &[("p", " provisions")],
        Flag::Failed => &[("u", " tries again")],
        Flag::Noted => &[("F", " takes the note off")],
        Flag::AccessRemains | Flag::InDoubt | Flag::Unsent | Flag::Pending => return None,
    })
}

/// A line with the keys that deal with a flag.
pub(super) fn fix_line(mut line: Line, keys: &[(&str, &str)]) -> Line {
    for (n, (key, words)) in keys.iter().enumerate() {
        if n > 0 {
            line = line.and(Tone::Dim, ", ");
        }
        line = line.and(Tone::Key, *key).and(Tone::Plain, *words);
    }
    line
}

/// What was last pushed, what is there now and what is ours, for each attribute that drifted.
pub(super) fn drift(lines: &mut Vec<Line>, person: &PersonView<'_>) {
    if !person.flags().contains(Flag::Drift) {
        return;
    }
    let row = |name: &str, a: &str, b: &str, c: &str, tone| {
        Line::of(tone, format!("  {name:<18} {a:<16} "))
            .and(if tone == Tone::Dim { Tone::Dim } else { Tone::Warn }, format!("{b:<16} "))
            .and(tone, c.to_owned())
    };
    lines.push(Line::head("Drift").and(Tone::Dim, "  changed there since our last push"));
    lines.push(row("", "last pushed", "there now", "ours", Tone::Dim));
    for one in drifted(person) {
        let value = |v: &Option<String>| or_dash(v.as_deref()).to_owned();
        let (pushed, there, ours) = (value(&one.pushed), value(&one.there), value(&one.ours));
        lines.push(row(&one.attribute, &pushed, &there, &ours, Tone::Plain));
    }
    lines.push(Line::blank());
}

/// Who gives each value, who else would, and what another order would change.
pub(super) fn roles(lines: &mut Vec<Line>, app: &App, person: &PersonView<'_>) {
    let all = why_roles(&app.directory, person);
    if all.is_empty() || (!person.assigned() && person.roles().is_empty()) {
        return;
    }
    lines.push(Line::head("Why these roles"));
    for why in &all {
        lines.push(
            Line::of(Tone::Dim, format!("  {:<18} ", why.attribute))
                .and(Tone::Strong, or_dash(why.value.as_deref()).to_owned())
                .and(Tone::Plain, format!("  from {}", why.source.words())),
        );
        for other in &why.others {
            let (mark, tone) = match other.shift {
                _ if other.value == why.value => ("=", Tone::Dim),
                Shift::Raised => ("^", Tone::Warn),
                Shift::Lowered => ("v", Tone::Bad),
                Shift::Other => ("~", Tone::Plain),
            };
            let words = other.words(&why.source, why.value.as_deref());
            lines.push(Line::of(tone, format!("    {mark} {words}")));
        }
    }
    lines.push(Line::blank());
}
