//! The panes of the console.

/// The panes, in the order of their keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Pane {
    /// People and what they have.
    #[default]
    Assignments,
    /// Groups and what they give.
    Groups,
    /// The attributes of the app user profile.
    Profile,
    /// What happened.
    Audit,
    /// The connection.
    Provisioning,
    /// What is queued, waiting or failed.
    Tasks,
}

impl Pane {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Assignments, Self::Groups, Self::Profile, Self::Audit, Self::Provisioning, Self::Tasks];

    /// Its name, as in the seed.
    pub fn title(self) -> &'static str {
        match self {
            Self::Assignments => "Assignments",
            Self::Groups => "Groups",
            Self::Profile => "Profile Editor",
            Self::Audit => "Audit Log",
            Self::Provisioning => "Provisioning",
            Self::Tasks => "Tasks",
        }
    }
}
