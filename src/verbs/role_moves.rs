//! Role values before and after, with whether each gives more or less.

use crate::domain::{Difference, ProfileAttribute, RoleValues, Shift};

/// The attributes of the profile whose value moves, in the profile's order.
pub fn role_moves(
    attributes: &[ProfileAttribute],
    before: &RoleValues,
    after: &RoleValues,
) -> Vec<Difference> {
    attributes
        .iter()
        .filter_map(|attribute| {
            let (was, is) = (before.get(&attribute.variable), after.get(&attribute.variable));
            (was != is).then(|| Difference {
                attribute: attribute.variable.clone(),
                before: was.map(str::to_owned),
                after: is.map(str::to_owned),
            })
        })
        .collect()
}

/// "workato_role Admin -> Operator (lowered)", one after the other.
pub fn move_words(attributes: &[ProfileAttribute], moves: &[Difference]) -> String {
    let words: Vec<_> = moves.iter().map(|one| word(attributes, one)).collect();
    words.join(", ")
}

fn word(attributes: &[ProfileAttribute], one: &Difference) -> String {
    let value = |v: &Option<String>| v.clone().unwrap_or_else(|| "no value".to_owned());
    let shift = match one.shift(attributes) {
        Shift::Raised => " (raised)",
        Shift::Lowered => " (lowered)",
        Shift::Other => "",
    };
    format!("{} {} -> {}{shift}", one.attribute, value(&one.before), value(&one.after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lowered_and_a_raised_value_are_told_apart_in_words() {
        let attributes =
            [ProfileAttribute::workato("workato_role"), ProfileAttribute::workato("workato_role_prod")];
        let before: RoleValues =
            [("workato_role", "Admin"), ("workato_role_prod", "Operator")].into_iter().collect();
        let after: RoleValues =
            [("workato_role", "Operator"), ("workato_role_prod", "Analyst")].into_iter().collect();
        let words = move_words(&attributes, &role_moves(&attributes, &before, &after));
        assert_eq!(
            words,
            "workato_role Admin -> Operator (lowered), workato_role_prod Operator -> Analyst (raised)"
        );
        assert!(role_moves(&attributes, &before, &before).is_empty());
    }
}
