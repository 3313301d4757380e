//! Times, ages and counts in words.

use crate::domain::{RoleValues, Time};

/// Date and time, UTC, to the second.
pub fn stamp(time: Time) -> String {
    let text = time.to_string();
    match (text.get(..10), text.get(11..19)) {
        (Some(day), Some(clock)) => format!("{day} {clock}"),
        _ => text,
    }
}

/// The time of day, UTC, to the second.
pub fn clock(time: Time) -> String {
    time.to_string().get(11..19).map_or_else(|| time.to_string(), str::to_owned)
}

/// How long ago, roughly.
pub fn age(now: Time, then: Time) -> String {
    let s = now.since(then) / 1000;
    match s {
        i64::MIN..=59 => "just now".to_owned(),
        60..3_600 => format!("{} min ago", s / 60),
        3_600..86_400 => format!("{} h ago", s / 3_600),
        86_400..172_800 => "yesterday".to_owned(),
        _ => format!("{} days ago", s / 86_400),
    }
}

/// A time with its age: the day for what is old, the time of day for what is not.
pub(super) fn when(now: Time, then: Time) -> String {
    let stamp = stamp(then);
    let part = if now.since(then) < 86_400_000 { stamp.get(11..) } else { stamp.get(..10) };
    format!("{} ({})", part.unwrap_or(&stamp), age(now, then))
}

/// Role values on one line.
pub(super) fn roles(roles: &RoleValues) -> String {
    let all: Vec<_> = roles.0.iter().map(|(name, value)| format!("{name} {value}")).collect();
    if all.is_empty() { "no role values".to_owned() } else { all.join(", ") }
}

/// A value, or a dash for none.
pub(super) fn or_dash(value: Option<&str>) -> &str {
    value.filter(|v| !v.is_empty()).unwrap_or("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_with_its_age() {
        let then = Time::from_ms(1_700_000_000_005);
        assert_eq!(when(then.plus_ms(3 * 60_000), then), "22:13:20 (3 min ago)");
        assert_eq!(when(then.plus_ms(5 * 86_400_000), then), "2023-11-14 (5 days ago)");
        assert_eq!(age(then, then.plus_ms(5_000)), "just now");
        assert_eq!(clock(then), "22:13:20");
    }
}
