//! What the endpoint of a schedule is like, and what goes wrong there.

use scimdeck::domain::{UniqueIdentifier, WireProfile};

use crate::rng::Rng;

/// Longest time after which a dropped request may still be applied; shorter than the machine's settle time.
const SOON_MS: u64 = 1_200;
/// The same where user names are unique, so that a late create makes no second account.
const LATE_MS: u64 = 9_000;

/// How its filter works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Filter {
    #[default]
    Works,
    Ignored,
    Refused,
    /// Finds a value in its own case only.
    Exact,
}

/// What does not change within a schedule.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Nature {
    /// User names need not be unique.
    pub(crate) same_names: bool,
    pub(crate) filter: Filter,
    /// Nobody is changed before the invitation was accepted.
    pub(crate) pending: bool,
    pub(crate) profile: WireProfile,
    pub(crate) by: UniqueIdentifier,
    /// Late commits come after the settle time too.
    pub(crate) very_late: bool,
}

impl Nature {
    pub(crate) fn of(rng: &mut Rng) -> Self {
        let same_names = rng.chance(500);
        Self {
            same_names,
            filter: match rng.below(10) {
                0 | 1 => Filter::Ignored,
                2 => Filter::Refused,
                3 => Filter::Exact,
                _ => Filter::Works,
            },
            // Who is accepted is told by name there, so names must be unique.
            pending: !same_names && rng.chance(400),
            profile: [WireProfile::OktaClassic, WireProfile::Rfc, WireProfile::OktaOin]
                [rng.below(3) as usize],
            by: match rng.below(6) {
                0 => UniqueIdentifier::Email,
                1 => UniqueIdentifier::ExternalId,
                _ => UniqueIdentifier::UserName,
            },
            very_late: !same_names && rng.chance(300),
        }
    }

    pub(crate) fn latest_commit_ms(self) -> u64 {
        if self.very_late { LATE_MS } else { SOON_MS }
    }
}

/// Chances in a thousand, per request unless it says otherwise.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Badness {
    pub(crate) lose_before: u64,
    pub(crate) lose_after: u64,
    pub(crate) late: u64,
    pub(crate) error_before: u64,
    pub(crate) error_after: u64,
    pub(crate) slow_down: u64,
    pub(crate) stale: u64,
    /// 409 to a write, for no reason that can be seen.
    pub(crate) conflict: u64,
    pub(crate) forbidden: u64,
    /// A write is accepted and not applied.
    pub(crate) lie: u64,
    pub(crate) not_sent: u64,
    /// A page of a list is not what it should be.
    pub(crate) paging: u64,
    /// The token is refused from now on.
    pub(crate) token: u64,
    pub(crate) by_hand: u64,
    /// A save of the sender fails, half of them although it was written.
    pub(crate) store: u64,
}

impl Badness {
    /// Each schedule has some kinds of faults and not the others, so that rare ones meet often.
    pub(crate) fn of(rng: &mut Rng) -> Self {
        let mut some = |most: u64| if rng.chance(350) { 1 + rng.below(most) } else { 0 };
        Self {
            lose_before: some(150),
            lose_after: some(250),
            late: some(250),
            error_before: some(150),
            error_after: some(200),
            slow_down: some(150),
            stale: some(100),
            conflict: some(80),
            forbidden: some(60),
            lie: some(150),
            not_sent: some(100),
            paging: some(150),
            token: some(10),
            by_hand: some(60),
            store: some(30),
        }
    }
}
