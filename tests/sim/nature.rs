//! What the endpoint of a schedule is like, and what goes wrong there.

use scimdeck::domain::{UniqueIdentifier, WireProfile};

use crate::rng::Rng;

/// Longest time after which a dropped request may still be applied; shorter than the machine's settle time.
const SOON_MS: u64 = 1_200;
/// By when what was dropped is applied and seen, at the latest; shorter than the settle time too.
const SEEN_MS: u64 = 1_900;
const LONGEST_LAG_MS: u64 = 1_800;
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
    /// 200 with nobody, whoever is there.
    Blind,
}

/// How a filter works that no trial was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum External {
    #[default]
    Works,
    Refused,
    /// 200 with nobody, whoever is there.
    Blind,
}

/// What does not change within a schedule.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Nature {
    /// User names need not be unique.
    pub(crate) same_names: bool,
    pub(crate) filter: Filter,
    /// How the filter by externalId works, where another one is the connection's own.
    pub(crate) external: External,
    /// New accounts get another name than was sent.
    pub(crate) renames: bool,
    /// Nobody is changed before the invitation was accepted.
    pub(crate) pending: bool,
    pub(crate) profile: WireProfile,
    pub(crate) by: UniqueIdentifier,
    /// Late commits come after the settle time too.
    pub(crate) very_late: bool,
    /// How far a read lags behind at most; less than the machine's settle time, together with what comes late.
    pub(crate) lag_ms: u64,
}

impl Nature {
    pub(crate) fn of(rng: &mut Rng) -> Self {
        let same_names = rng.chance(500);
        let mut apart = rng.apart();
        let renames = same_names && apart.chance(150);
        Self {
            same_names,
            external: match apart.below(4) {
                0 => External::Refused,
                1 => External::Blind,
                _ => External::Works,
            },
            renames,
            filter: match rng.below(10) {
                0 | 1 => Filter::Ignored,
                2 => Filter::Refused,
                3 => Filter::Exact,
                4 if apart.chance(500) => Filter::Blind,
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
            lag_ms: if apart.chance(200) { 1 + apart.below(LONGEST_LAG_MS) } else { 0 },
        }
    }

    pub(crate) fn latest_commit_ms(self) -> u64 {
        match self.very_late {
            true => LATE_MS,
            // What comes late is seen later still.
            false => SOON_MS.min(SEEN_MS - self.lag_ms),
        }
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
    /// 404 to a change of an account that is there.
    pub(crate) missing: u64,
    /// A page of an intermediary with 404, to anything.
    pub(crate) page: u64,
    /// A create is accepted, answered as asked, and not applied.
    pub(crate) made_up: u64,
    /// Every write is read back, since answers may say what was not stored.
    pub(crate) read_back: bool,
    /// A good answer is of another account, or no SCIM.
    pub(crate) odd: u64,
}

impl Badness {
    /// Each schedule has some kinds of faults and not the others, so that rare ones meet often.
    pub(crate) fn of(rng: &mut Rng) -> Self {
        let mut apart = rng.apart();
        let mut other = |most: u64| if apart.chance(350) { 1 + apart.below(most) } else { 0 };
        let (missing, page, made_up, odd) = (other(150), other(100), other(200), other(150));
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
            missing,
            page,
            made_up,
            read_back: made_up > 0,
            odd,
        }
    }
}
