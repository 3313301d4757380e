//! What our side of a person is now, to be kept with an operation.

use super::{AssignmentKind, PersonView};
use crate::domain::{Assignment, Ours};

impl PersonView<'_> {
    /// State and assignment as they are.
    pub fn ours(&self) -> Ours {
        let individual = self.individual_roles().zip(self.individual_origin());
        Ours {
            status: self.status(),
            individual: individual.map(|(roles, (origin, since))| Assignment {
                roles: roles.clone(),
                since,
                origin,
            }),
            group: match self.kind() {
                AssignmentKind::Group(id) => Some(id),
                AssignmentKind::Individual | AssignmentKind::None => None,
            },
        }
    }
}
