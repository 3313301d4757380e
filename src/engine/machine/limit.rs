//! What an endpoint bears of one kind of request, learned from what it answers.
//!
//! Nothing is known at first, and nothing is held back but by the number of places. A 429 closes the kind for as long
//! as it asks. At two of them one after the other the endpoint's allowance was used up, so what it served between them
//! is what it refills, or less where not all of that was used. That and the rate at which it refused give the rate from
//! then on, which is held for a while and then raised, slowly at first and faster later, since the limit may have been
//! raised too. A rate that was raised twentyfold without a 429 is forgotten.

use super::jitter::Jitter;
use crate::domain::{LONGEST_WAIT_MS, Time};

/// First wait after a 429 that names no usable time; doubled with each one in a row.
const FIRST_WAIT_MS: i64 = 1_000;
const MOST_WAIT_MS: i64 = 60_000;
const LEAST_WAIT_MS: i64 = 100;
/// A kind that was silent for so long has used nothing of its allowance: what it serves next is no measure.
const IDLE_MS: i64 = 1_000;
/// How long one good answer proves that more than one request at a time makes sense.
const PROVEN_MS: i64 = 60_000;
/// So much of what was measured is used.
const USED: f64 = 0.98;
/// A rate is held for as long as it was measured, within these bounds: the longer the wait that the last 429 cost, the
/// longer.
const LEAST_HOLD_MS: i64 = 1_000;
const LONG_HOLD_MS: i64 = 8_000;
const HOLD_PER_WAIT: i64 = 12;
/// Then it is raised in steps of this length.
const LEAST_STEP_MS: i64 = 4_000;
const STEP_PER_WAIT: i64 = 4;
/// What was measured in a moment may be far below the truth: a step is no longer than this many times the measurement.
const STEP_PER_MEASURE: i64 = 1;
/// What was served lately is counted from a moment at least this long ago.
const LAP_MS: i64 = 500;
/// Turns that were missed because the clock woke us late may be made up for, so far back.
const CREDIT_MS: f64 = 40.0;
/// A rate raised by so much is no limit any more.
const FORGOTTEN: f64 = 20.0;
/// One raised by more says nothing about how long things take.
const RAISED: f64 = 1.5;
/// Never slower than one request in so many milliseconds.
const SLOWEST_MS: f64 = 60_000.0;

/// Requests per millisecond.
#[derive(Debug, Clone)]
struct Rate {
    base: f64,
    since: Time,
    hold_ms: i64,
    /// By 10 % after the first of these, by 40 % after two, by 120 % after three.
    step_ms: i64,
}

impl Rate {
    fn raised(&self, now: Time) -> f64 {
        let steps = (now.since(self.since) - self.hold_ms).max(0) as f64 / self.step_ms as f64;
        1.0 + 0.05 * steps * 2_f64.powf(steps.min(60.0))
    }

    fn at(&self, now: Time) -> f64 {
        self.base * self.raised(now)
    }
}

/// One kind of request.
#[derive(Debug, Clone, Default)]
pub(super) struct Limit {
    /// Nothing goes before this.
    closed: Option<Time>,
    rate: Option<Rate>,
    /// The next turn under the rate, in milliseconds of the clock.
    turn: f64,
    /// Under way, and how many of them were when it was closed last: what those answer is no news.
    out: u32,
    old: u32,
    /// 429s in a row, without a served request between them.
    strikes: u32,
    /// The last time a request was sent or answered.
    moved: Option<Time>,
    /// Since when served requests are counted, and whether the allowance was used up then.
    mark: Option<Time>,
    empty: bool,
    served: u32,
    /// Two earlier points of the same count, half a second apart or more: what was served lately.
    laps: [Option<(Time, u32)>; 2],
    /// The fewest that were ever served between two 429s: no more than that was saved up.
    saved_up: Option<u32>,
    proven: Option<Time>,
}

impl Limit {
    /// Whether one may go now.
    pub(super) fn may_go(&self, now: Time) -> bool {
        let proven = self.proven.is_some_and(|at| now.since(at) <= PROVEN_MS);
        self.opens(now) <= now && (proven || self.out == 0)
    }

    /// When one may go as far as time decides.
    pub(super) fn opens(&self, now: Time) -> Time {
        let closed = self.closed.unwrap_or(now);
        let turn = match self.rate {
            Some(_) => Time::from_ms(self.turn.ceil() as i64),
            None => now,
        };
        closed.max(turn)
    }

    /// Until when the endpoint asked for nothing of this kind.
    pub(super) fn closed(&self, now: Time) -> Option<Time> {
        self.closed.filter(|until| *until > now)
    }

    /// Requests in a millisecond, where a limit holds them back: a rate that was raised by much may not.
    pub(super) fn bound(&self, now: Time) -> Option<f64> {
        self.rate.as_ref().filter(|rate| rate.raised(now) <= RAISED).map(|rate| rate.at(now))
    }

    /// Requests in a second, where a limit is known.
    #[cfg(test)]
    pub(super) fn rate(&self, now: Time) -> Option<f64> {
        self.rate.as_ref().map(|rate| rate.at(now) * 1_000.0)
    }

    pub(super) fn sent(&mut self, now: Time) {
        let apart = self.rate.as_ref().map_or(0, |rate| (2.0 / rate.at(now)) as i64);
        let long = IDLE_MS.max(apart);
        let idle = self.out == 0 && self.moved.is_none_or(|at| now.since(at) > long);
        // Waiting because it was closed is not idleness.
        let shut = self.closed.is_some_and(|until| now.since(until) <= long);
        if idle && !shut {
            (self.mark, self.empty, self.served) = (Some(now), false, 0);
            self.laps = [None; 2];
        }
        if self.rate.as_ref().is_some_and(|rate| rate.raised(now) > FORGOTTEN) {
            self.rate = None;
        }
        if let Some(rate) = &self.rate {
            let earliest = now.ms() as f64 - CREDIT_MS;
            self.turn = self.turn.max(earliest) + (1.0 / rate.at(now)).min(SLOWEST_MS);
        }
        self.moved = Some(now);
        self.out += 1;
    }

    /// An answer that says nothing about limits.
    pub(super) fn ended(&mut self, now: Time) {
        self.moved = Some(now);
        self.out = self.out.saturating_sub(1);
        self.old = self.old.saturating_sub(1);
    }

    /// It was served.
    pub(super) fn served(&mut self, now: Time) {
        // What was sent before the closing was paid for before it.
        self.served = self.served.saturating_add(u32::from(self.old == 0));
        if self.laps[0].is_none_or(|(at, _)| now.since(at) >= LAP_MS) {
            self.laps = [Some((now, self.served)), self.laps[0]];
        }
        self.ended(now);
        self.strikes = 0;
        self.proven = Some(now);
    }

    /// It was answered by a 429, which asks to wait so many milliseconds.
    pub(super) fn refused(&mut self, now: Time, asked: Option<i64>, jitter: &mut Jitter) {
        let news = self.old == 0;
        self.ended(now);
        let asked = asked.filter(|ms| *ms > 0).map(|ms| ms.min(LONGEST_WAIT_MS));
        if !news {
            if let Some(ms) = asked {
                self.close(now.plus_ms(ms));
            }
            return;
        }
        self.strikes = self.strikes.saturating_add(1);
        let doubt = jitter.back_off(FIRST_WAIT_MS, self.strikes - 1, MOST_WAIT_MS, LEAST_WAIT_MS);
        // Not before the time that was asked for; a little after it, each client at another moment.
        let wait = match asked {
            Some(ms) if self.strikes > 1 => ms.max(doubt),
            Some(ms) => ms + jitter.up_to((ms / 10).min(1_000)),
            None => doubt,
        };
        self.close(now.plus_ms(wait));
        self.learn(now, wait);
    }

    /// It was answered by a 503: the endpoint is away, or slows down by it where it says for how long and served before.
    pub(super) fn away(&mut self, now: Time, asked: Option<i64>, jitter: &mut Jitter) {
        if asked.is_some() && self.served > 0 {
            return self.refused(now, asked, jitter);
        }
        self.ended(now);
        if let Some(ms) = asked {
            self.close(now.plus_ms(ms.clamp(0, LONGEST_WAIT_MS)));
        }
    }

    /// The endpoint asked for nothing of this kind before then.
    pub(super) fn close(&mut self, until: Time) {
        self.closed = self.closed.max(Some(until));
    }

    /// What it asked for is over; a rate that was learned is not.
    pub(super) fn open(&mut self, now: Time) {
        self.closed = None;
        self.turn = self.turn.min(now.ms() as f64);
    }

    /// What was served of late beyond what may have been saved up, where that is known to be little.
    fn lately(&self, now: Time) -> Option<f64> {
        let (at, before) = self.laps[1].or(self.laps[0])?;
        let served = self.served.saturating_sub(before).checked_sub(self.saved_up?)?;
        Some(f64::from(served) / now.since(at).max(LAP_MS) as f64)
    }

    fn learn(&mut self, now: Time, wait: i64) {
        let took = self.mark.map_or(1, |mark| now.since(mark)).max(1);
        let present = self.rate.as_ref().map(|rate| rate.at(now));
        let served = f64::from(self.served);
        let measured = served / took as f64;
        let base = match present {
            _ if self.served == 0 => present.map(|present| present * 0.7),
            // It bears less than what it was asked for last, and not less than what it served since the last time
            // that its allowance was used up, nor than what it served lately without what it may have saved up.
            Some(present) if self.empty => {
                let between = (measured * present.max(measured)).sqrt();
                let lately = self.lately(now).unwrap_or(0.0).min(present * 0.95);
                Some(between.max(lately) * USED)
            }
            // It may have been saved up: the truth is anywhere below.
            Some(present) => Some((measured * USED).min(present * 0.9)),
            None if self.empty => Some(measured * USED),
            None => Some(measured / 2.0),
        };
        let since = self.closed.unwrap_or(now);
        // What was measured over a longer time is trusted for longer.
        let hold_ms = took.clamp(LEAST_HOLD_MS, wait.saturating_mul(HOLD_PER_WAIT).max(LONG_HOLD_MS));
        let step_ms = wait.saturating_mul(STEP_PER_WAIT).max(LEAST_STEP_MS);
        let step_ms = step_ms.min(took.saturating_mul(STEP_PER_MEASURE)).max(LEAST_HOLD_MS);
        self.rate = base.map(|base| Rate { base: base.max(1.0 / SLOWEST_MS), since, hold_ms, step_ms });
        self.turn = since.ms() as f64;
        self.old = self.out;
        if self.empty && self.served > 0 {
            self.saved_up = Some(self.saved_up.map_or(self.served, |fewest| fewest.min(self.served)));
        }
        self.laps = [None; 2];
        (self.mark, self.empty, self.served) = (Some(now), true, 0);
        self.proven = None;
    }

    /// What was under way is not heard of any more; what was learned stays.
    pub(super) fn forget_sent(&mut self) {
        (self.out, self.old, self.proven) = (0, 0, None);
    }

    /// The clock was set: everything stays as far away as it was.
    pub(super) fn clock_moved(&mut self, by_ms: i64) {
        let rate = self.rate.as_mut().map(|rate| &mut rate.since);
        let laps = self.laps.iter_mut().flatten().map(|(at, _)| at);
        let times =
            [self.closed.as_mut(), self.moved.as_mut(), self.mark.as_mut(), self.proven.as_mut(), rate];
        for at in times.into_iter().flatten().chain(laps) {
            *at = at.plus_ms(by_ms);
        }
        self.turn += by_ms as f64;
    }

    /// Another token: one request proves it before many go.
    pub(super) fn prove_again(&mut self) {
        self.proven = None;
    }
}

#[cfg(test)]
mod tests;
