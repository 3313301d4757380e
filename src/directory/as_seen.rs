//! Comparing a person with a row of a list where both are: nothing is copied, since there may be a million of each.

use super::chunk::Place;
use super::row::{Row, at};
use super::{Directory, PersonView};
use crate::domain::{AccountRef, AccountState, AccountValues, PersonId, RoleValues};

impl Directory {
    /// Everybody with their place in this snapshot, in user name order.
    pub fn places(&self) -> impl Iterator<Item = (Place, PersonView<'_>)> {
        self.rows.places().map(|(place, row)| (place, self.view(row)))
    }

    /// The person at a place of this snapshot.
    pub fn at(&self, place: Place) -> Option<PersonView<'_>> {
        self.rows.at(place).map(|row| self.view(row))
    }

    /// Touches the rows at these places and then their texts, one kind after the other: among a million people every
    /// look waits for the memory, and what is asked for side by side is waited for together.
    pub fn touch(&self, places: &[Place]) {
        let rows = || places.iter().filter_map(|place| self.rows.at(*place));
        std::hint::black_box(rows().fold(0, |all, row| all ^ row.touch()));
        std::hint::black_box(rows().fold(0, |all, row| all ^ row.text.touch()));
    }

    /// The place of a person in this snapshot.
    pub fn place_of(&self, id: PersonId) -> Option<Place> {
        self.rows.place_of(id)
    }

    /// Every place's number is below this.
    pub fn places_end(&self) -> usize {
        self.rows.places_end()
    }

    /// Whether an account is as we know it already.
    fn as_known(&self, row: &Row, account: &AccountRef<'_>) -> bool {
        let moved = row.moved();
        let kept = moved.and_then(|m| m.theirs.as_deref().or(m.settled.as_deref()).or(m.sent.as_deref()));
        match kept {
            Some(values) => self.same(values, account),
            None => self.as_wanted(row, account),
        }
    }

    fn same(&self, values: &AccountValues, account: &AccountRef<'_>) -> bool {
        values.active == account.active
            && values.texts().into_iter().zip(&account.texts).all(|((_, ours), theirs)| ours == theirs)
            && self.same_roles(&values.roles, account)
    }

    fn as_wanted(&self, row: &Row, account: &AccountRef<'_>) -> bool {
        let ours = row.text.all_bytes();
        let [user_name, external, given, family, display, email, title, department] =
            std::array::from_fn(|at| account.texts[at].as_bytes());
        let address = match ours[at::EMAIL] {
            b"" if ours[at::USER_NAME].contains(&b'@') => ours[at::USER_NAME],
            address => address,
        };
        let names = match ours[at::JOINED] {
            b"" => ours[at::GIVEN_NAME] == given && ours[at::DISPLAY_NAME] == display,
            _ => {
                ours[at::GIVEN_NAME].strip_suffix(b" ") == Some(given)
                    && display.strip_prefix(ours[at::GIVEN_NAME]) == Some(ours[at::FAMILY_NAME])
            }
        };
        row.shall_have_access() == account.active
            && ours[at::USER_NAME] == user_name
            && names
            && ours[at::FAMILY_NAME] == family
            && address == email
            && ours[at::TITLE] == title
            && ours[at::DEPARTMENT] == department
            && match ours[at::EXTERNAL_ID] {
                b"" => row.id.is_text(account.external_id()),
                ours => ours == external,
            }
            && self.same_roles(self.roles.get(row.roles), account)
    }

    fn same_roles(&self, ours: &RoleValues, account: &AccountRef<'_>) -> bool {
        ours.0.len() == account.roles.len()
            && account.roles.iter().all(|(place, value)| {
                let attribute = self.attributes.get(*place);
                attribute.and_then(|a| ours.get(&a.variable)).is_some_and(|ours| ours == value)
            })
    }
}

impl PersonView<'_> {
    /// Whether a row of a list shows the linked account in the state and with the values that we know.
    pub fn shown_as_known(&self, account: &AccountRef<'_>) -> bool {
        self.account() == state_shown(self.account(), account.active) && {
            let (directory, row) = self.parts();
            directory.as_known(row, account)
        }
    }
}

/// The state of an account that a look shows. An endpoint says active of somebody invited too: only the feed tells
/// when that is over.
pub fn state_shown(known: AccountState, active: bool) -> AccountState {
    match (active, known) {
        (true, AccountState::Invited) => AccountState::Invited,
        (true, _) => AccountState::Active,
        (false, _) => AccountState::Inactive,
    }
}
