//! Attributes made before SCIM, without their external namespace, are given it; then the values that people have
//! and that were never sent are sent (seed, "Configure Workato role attributes for SCIM").

use super::{Decision, Refusal, check_attribute, known, values, words};
use crate::directory::{Change, Directory, PersonView};
use crate::domain::{PersonId, ProfileAttribute};

pub(super) fn decide(
    directory: &Directory,
    variables: &[String],
    namespace: &str,
    cause: &str,
) -> Result<Decision, Refusal> {
    let chosen = chosen(directory, variables)?;
    let mut decision = Decision::here(cause, Vec::new());
    let mut after = directory.clone();
    for (place, attribute) in chosen {
        known::settled(directory, &attribute.variable)?;
        let repaired =
            ProfileAttribute { external_namespace: Some(namespace.trim().to_owned()), ..attribute.clone() };
        let errors = check_attribute(&repaired, after.attributes(), Some(&attribute.variable));
        if let Some(error) = errors.first() {
            let next = "Give another namespace, or correct the attribute: scimdeck attribute set.";
            return Err(Refusal::bad("bad_attribute", error.text.clone(), next));
        }
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        let change = Change::Attribute(place, repaired.clone());
        after.apply(&change);
        decision.changes.push(change);
        decision.say(format!("{} is sent as {} from now on.", repaired.variable, repaired.path()));
        decision.owned.push(repaired.variable);
    }
    let repaired: Vec<&ProfileAttribute> = decision.owned.iter().filter_map(|v| after.attribute(v)).collect();
    let forgotten = known::elsewhere(&after, &repaired);
    after.apply_all(&forgotten);
    decision.changes.extend(forgotten);
    let mut people: Vec<PersonView<'_>> = unsent(&after, &decision.owned);
    people.sort_by_cached_key(|p| p.user_name().to_lowercase());
    let mut scope = Vec::new();
    for person in people {
        match values::lacking(&after, person.roles()) {
            Some(reason) => decision.left_out.push((person.id(), reason)),
            None => scope.push(person.id()),
        }
    }
    if !scope.is_empty() {
        decision.confirm = true;
        decision.say(format!(
            "{} that was never sent.",
            words::count(scope.len(), "person has a value", "people have values")
        ));
    }
    Ok(Decision { scope: Decision::touching(cause, Vec::new(), scope).scope, ..decision })
}

/// The attributes to repair, with their places.
fn chosen<'a>(
    directory: &'a Directory,
    variables: &[String],
) -> Result<Vec<(usize, &'a ProfileAttribute)>, Refusal> {
    let all = || directory.attributes().iter().enumerate();
    if variables.is_empty() {
        let lost: Vec<_> = all().filter(|(_, a)| !a.sendable()).collect();
        return if lost.is_empty() {
            Err(Refusal::bad(
                "nothing_to_repair",
                "Every attribute is sent.",
                "Look for other findings: scimdeck attributes --lint",
            ))
        } else {
            Ok(lost)
        };
    }
    let one = |variable: &String| {
        let found = all().find(|(_, a)| a.variable == *variable);
        let (place, attribute) = found.ok_or_else(|| values::unknown(directory, variable))?;
        if attribute.sendable() {
            return Err(Refusal::bad(
                "nothing_to_repair",
                format!("{variable} is sent already, as {}.", attribute.path()),
                "To give it another namespace: scimdeck attribute set --external-namespace URN",
            ));
        }
        Ok((place, attribute))
    };
    let mut places: Vec<_> = variables.iter().map(one).collect::<Result<_, _>>()?;
    places.sort_by_key(|(place, _)| *place);
    places.dedup_by_key(|(place, _)| *place);
    Ok(places)
}

fn unsent<'a>(after: &'a Directory, variables: &[String]) -> Vec<PersonView<'a>> {
    let mut ids: Vec<PersonId> = variables.iter().flat_map(|v| known::unsent(after, v)).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter().filter_map(|id| after.get(id)).collect()
}
