//! Names inside of commands that an operator is told to type.

use std::borrow::Cow;

/// A word as it is typed on a command line: whatever a name or an id of an app holds, a shell takes it for one word, and
/// no command for an option.
pub fn typed(word: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_alphanumeric() || "-_.@+:/".contains(c);
    if !word.is_empty() && !word.starts_with('-') && word.chars().all(plain) {
        return Cow::Borrowed(word);
    }
    Cow::Owned(format!("'{}'", word.replace('\'', "'\\''")))
}

#[cfg(test)]
mod tests {
    use super::typed;

    #[test]
    fn a_hostile_id_stays_one_word() {
        assert_eq!(typed("ana+1@example.com"), "ana+1@example.com");
        assert_eq!(typed("$(reboot)"), "'$(reboot)'");
        assert_eq!(typed("a'b c"), "'a'\\''b c'");
        assert_eq!(typed(""), "''");
    }

    #[test]
    fn a_name_in_a_command_is_one_argument_and_nothing_of_it_is_run() {
        assert_eq!(typed("ana@example.com"), "ana@example.com");
        assert_eq!(typed("Platform team"), "'Platform team'");
        assert_eq!(typed("it's; $(x)"), r"'it'\''s; $(x)'");
        assert_eq!((typed(""), typed("-f")), ("''".into(), "'-f'".into()));
    }
}
