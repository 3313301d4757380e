//! 403: about one account, or about the token?
//!
//! Where the token was seen to work it is about the account, and that one stands still. Where it was not, the first
//! ones wait queued until another tells: a good answer blames the accounts, a third 403 the token.

use super::pace::REFUSALS;
use super::{Machine, Stage, StepKind};
use crate::domain::{Failure, FailureKind, OpId, OpState};

/// Accounts in a row that the token may not touch before everything stops: one is about that account, so many are
/// about the token.
const FORBIDDEN: usize = 10;

impl Machine {
    /// The token may not touch this account.
    pub(super) fn forbidden(&mut self, id: OpId, failure: Failure, step: StepKind) {
        if self.pace.heard.old {
            return match step {
                StepKind::Write => self.unsend(id, OpState::Queued, None),
                StepKind::Read | StepKind::Verify => self.back_to_ready(id),
            };
        }
        // One account that is tried again and again is still one.
        self.pace.forbidden.insert(id);
        let known = self.pace.good[usize::from(step == StepKind::Write)];
        if !known {
            return self.suspect(id, failure, step);
        }
        if self.pace.forbidden.len() >= FORBIDDEN {
            self.forbidden_to_all(FORBIDDEN, &failure);
        }
        self.park(id, OpState::Parked, failure, None);
    }

    fn forbidden_to_all(&mut self, count: usize, failure: &Failure) {
        let text = format!("{count} accounts in a row are not allowed for this token. {}", failure.text);
        let next = "Give the token SCIM rights in the app or replace it, test the connection, then retry.";
        self.stand_still(Failure { kind: FailureKind::TokenRefused, text, next: next.to_owned() });
    }

    fn suspect(&mut self, id: OpId, failure: Failure, step: StepKind) {
        if step == StepKind::Write {
            self.unsend(id, OpState::Queued, None);
        } else {
            self.give_back(id);
        }
        if let Some(live) = self.ops.get_mut(&id) {
            live.stage = Stage::Still;
        }
        self.pace.suspects.push((id, failure.clone(), step));
        if self.pace.suspects.len() >= REFUSALS as usize {
            self.forbidden_to_all(REFUSALS as usize, &failure);
            self.clear_suspects();
        }
    }

    /// They are no suspects any more and wait for their turn.
    pub(super) fn clear_suspects(&mut self) {
        for (id, ..) in std::mem::take(&mut self.pace.suspects).into_iter().rev() {
            if self.ops.get(&id).is_some_and(|live| live.stage == Stage::Still) {
                self.make_ready(id, true);
            }
        }
    }

    /// The token is good for this kind of step, or there is nobody else to try: it was about these accounts.
    pub(super) fn judge_suspects(&mut self, step: Option<StepKind>) {
        let suspects = std::mem::take(&mut self.pace.suspects);
        let (judged, others) = suspects.into_iter().partition(|(.., of)| step.is_none_or(|step| step == *of));
        self.pace.suspects = others;
        let judged: Vec<(OpId, Failure, StepKind)> = judged;
        for (id, failure, _) in judged {
            if self.ops.get(&id).is_some_and(|live| live.stage == Stage::Still) {
                self.park(id, OpState::Parked, failure, None);
            }
        }
    }
}
