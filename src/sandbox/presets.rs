//! Accounts that were there before SCIM: given ones, and made-up people.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::account::{Account, NO_ACCESS, Roles, Standing};
use crate::scim::resource::{Resource, urn};

/// An account from before SCIM: made by SAML sign-in or by hand, so it has no externalId.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preset {
    /// Full name; the last word is the family name.
    pub name: String,
    /// E-mail, in the case in which it was once typed.
    pub email: String,
    /// Roles.
    pub roles: Roles,
}

impl Preset {
    pub(super) fn to_account(&self, id: (u64, String), now: Timestamp) -> Account {
        let (given, family) = self.name.rsplit_once(' ').unwrap_or((&self.name, ""));
        let mut attributes = Resource::new();
        attributes.insert("userName".to_owned(), self.email.as_str().into());
        let mut name = json!({"givenName": given});
        if let (false, Some(map)) = (family.is_empty(), name.as_object_mut()) {
            map.insert("familyName".to_owned(), family.into());
        }
        attributes.insert("name".to_owned(), name);
        attributes.insert("displayName".to_owned(), self.name.as_str().into());
        attributes
            .insert("emails".to_owned(), json!([{"value": self.email, "type": "work", "primary": true}]));
        attributes.insert("active".to_owned(), Value::Bool(true));
        attributes.insert(urn::WORKATO_ROLE.to_owned(), self.roles.to_extension());
        Account {
            id: id.1,
            number: id.0,
            attributes,
            version: 1,
            created: now,
            modified: now,
            standing: Standing::Collaborator,
            access: true,
            access_ended: None,
            invitation: None,
            joined: Some(now),
            last_activity: None,
            groups: Default::default(),
        }
    }
}

const GIVEN: [&str; 40] = [
    "Ana", "Bruno", "Chidi", "Dalia", "Emeka", "Fatima", "Goran", "Hana", "Igor", "Jonah", "Keiko", "Lars",
    "Maya", "Nadia", "Omar", "Priya", "Quentin", "Rosa", "Samuel", "Tova", "Umar", "Vera", "Wen", "Ximena",
    "Yusuf", "Zoe", "Amir", "Bela", "Carla", "Dmitri", "Elif", "Felix", "Greta", "Hugo", "Ines", "Jin",
    "Kofi", "Leila", "Marek", "Noor",
];
const FAMILY: [&str; 50] = [
    "Ruiz",
    "Okafor",
    "Lindgren",
    "Haddad",
    "Novak",
    "Tanaka",
    "Silva",
    "Kowalski",
    "Nguyen",
    "Mbeki",
    "Fischer",
    "Rossi",
    "Dubois",
    "Ivanova",
    "Khan",
    "Larsen",
    "Moreau",
    "Patel",
    "Quispe",
    "Romero",
    "Sato",
    "Torres",
    "Ueda",
    "Varga",
    "Weber",
    "Xu",
    "Yilmaz",
    "Zhang",
    "Abbott",
    "Becker",
    "Costa",
    "Diallo",
    "Eriksen",
    "Farah",
    "Greco",
    "Horvat",
    "Iqbal",
    "Jensen",
    "Keller",
    "Lopez",
    "Marino",
    "Nilsson",
    "Osei",
    "Petrov",
    "Reyes",
    "Schmidt",
    "Takahashi",
    "Usman",
    "Vidal",
    "Wang",
];

/// `count` people from a seed: the same for the same seed. About one address in eight was typed with capitals.
pub(super) fn people(count: usize, seed: u64) -> Vec<Preset> {
    let mut random = SplitMix(seed ^ 0x5eed_0f9e_091e);
    (0..count)
        .map(|index| {
            let pick = |random: &mut SplitMix, list: &'static [&'static str]| -> &'static str {
                let at = random.below(list.len());
                list.get(at).copied().unwrap_or("Ana")
            };
            let (given, family) = (pick(&mut random, &GIVEN), pick(&mut random, &FAMILY));
            // The number keeps addresses unique however many people are asked for.
            let local = format!("{given}.{family}{}", index + 1);
            let local = if random.below(8) == 0 { local } else { local.to_lowercase() };
            let roles = match random.below(20) {
                0 => Roles::all("Admin"),
                1..=6 => role("Analyst", "Analyst", NO_ACCESS),
                7..=15 => role("Operator", "Operator", "Operator"),
                _ => role("Operator", NO_ACCESS, NO_ACCESS),
            };
            Preset { name: format!("{given} {family}"), email: format!("{local}@example.com"), roles }
        })
        .collect()
}

fn role(dev: &str, test: &str, prod: &str) -> Roles {
    Roles { dev: dev.to_owned(), test: test.to_owned(), prod: prod.to_owned() }
}

/// A small generator (Steele, Lea, Flood: "Fast splittable pseudorandom number generators"); good enough for
/// names, and the same everywhere.
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(1).max(1);
        usize::try_from(self.next() % limit).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn people_come_from_the_seed_with_unique_addresses_and_some_in_capitals() {
        let people = people(2_000, 7);
        assert_eq!(people, super::people(2_000, 7));
        assert_ne!(people, super::people(2_000, 8));
        let unique: HashSet<String> = people.iter().map(|p| p.email.to_lowercase()).collect();
        assert_eq!(unique.len(), 2_000);
        let capitals = people.iter().filter(|p| p.email.chars().any(char::is_uppercase)).count();
        assert!((100..500).contains(&capitals), "{capitals}");
    }
}
