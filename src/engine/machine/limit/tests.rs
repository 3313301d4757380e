//! A client with some places against an endpoint with a token bucket, in virtual time.

use super::*;

/// The endpoint: so many requests in a second, so many saved up, and what it says with a 429.
#[derive(Debug, Clone, Copy)]
struct Endpoint {
    rate: f64,
    burst: f64,
    says: Says,
    answers_after_ms: i64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Says {
    /// Whole seconds, rounded up.
    Seconds,
    /// Nothing, or nothing that can be read.
    Nothing,
    /// Nought, or a date that has passed.
    Now,
    /// Always so many seconds.
    Always(i64),
}

struct Seen {
    served: f64,
    refused: f64,
    early: u32,
}

/// Runs for so many seconds after a warm-up of sixty.
fn run(endpoint: Endpoint, places: u32, seconds: i64, seed: u64) -> Seen {
    const WARM_UP_MS: i64 = 60_000;
    let mut limit = Limit::default();
    let mut jitter = Jitter::new(seed);
    let (mut tokens, mut out) = (endpoint.burst, std::collections::VecDeque::new());
    let mut seen = Seen { served: 0.0, refused: 0.0, early: 0 };
    let mut not_before = 0;
    for ms in 0..WARM_UP_MS + seconds * 1_000 {
        let now = Time::from_ms(1_000_000 + ms);
        tokens = (tokens + endpoint.rate / 1_000.0).min(endpoint.burst.max(1.0));
        while let Some((at, served)) = out.front().copied()
            && at <= ms
        {
            out.pop_front();
            if served {
                limit.served(now);
                continue;
            }
            let need = ((1.0 - tokens).max(0.0) / endpoint.rate * 1_000.0).ceil() as i64;
            let asked = match endpoint.says {
                Says::Seconds => Some((need + 999) / 1_000 * 1_000),
                Says::Nothing => None,
                Says::Now => Some(0),
                Says::Always(s) => Some(s * 1_000),
            };
            limit.refused(now, asked, &mut jitter);
            not_before = not_before.max(ms + asked.unwrap_or(0));
        }
        while u32::try_from(out.len()).unwrap() < places && limit.may_go(now) {
            limit.sent(now);
            let served = tokens >= 1.0;
            tokens -= if served { 1.0 } else { 0.0 };
            out.push_back((ms + endpoint.answers_after_ms, served));
            seen.early += u32::from(ms < not_before);
            if ms >= WARM_UP_MS {
                seen.served += f64::from(u8::from(served));
                seen.refused += f64::from(u8::from(!served));
            }
        }
    }
    seen.served /= seconds as f64 * endpoint.rate;
    seen.refused /= seen.served * seconds as f64 * endpoint.rate + seen.refused;
    seen
}

#[test]
fn g09_a_token_bucket_is_used_to_most_of_what_it_allows_and_seldom_refuses() {
    for rate in [10.0, 50.0, 200.0] {
        for saved_up in [0.1, 1.0, 5.0] {
            for says in [Says::Seconds, Says::Nothing, Says::Now, Says::Always(2)] {
                for (places, answers_after_ms) in [(4, 5), (32, 30)] {
                    let endpoint = Endpoint { rate, burst: rate * saved_up, says, answers_after_ms };
                    let seen = run(endpoint, places, 120, 1);
                    let text = format!(
                        "{endpoint:?}, {places} places: {:.2} of what is allowed, {:.2} % refused",
                        seen.served,
                        seen.refused * 100.0
                    );
                    // Waiting for longer than it saves up loses what it would have served meanwhile.
                    let lossy = says == Says::Always(2) && saved_up < 1.0;
                    assert!(seen.served >= if lossy { 0.75 } else { 0.85 }, "{text}");
                    assert!(seen.refused <= 0.03, "{text}");
                    assert_eq!(seen.early, 0, "{text}");
                }
            }
        }
    }
}

const T0: Time = Time::from_ms(1_000_000);

/// A limit that a good answer has opened.
fn proven() -> Limit {
    let mut limit = Limit::default();
    limit.sent(T0);
    limit.served(T0);
    limit
}

#[test]
fn g09_nothing_goes_before_the_time_that_was_asked_for_and_no_wait_is_longer_than_fifteen_minutes() {
    for (asked, least, most) in [
        (Some(7_000), 7_000, 7_700),
        (Some(i64::MAX), LONGEST_WAIT_MS, LONGEST_WAIT_MS + 1_000),
        (Some(0), LEAST_WAIT_MS, FIRST_WAIT_MS),
        (None, LEAST_WAIT_MS, FIRST_WAIT_MS),
    ] {
        for seed in 0..200 {
            let mut limit = proven();
            limit.sent(T0);
            limit.refused(T0, asked, &mut Jitter::new(seed));
            let wait = limit.opens(T0).since(T0);
            assert!((least..=most).contains(&wait), "{asked:?}: {wait}");
            assert!(!limit.may_go(T0.plus_ms(wait - 1)) && limit.may_go(T0.plus_ms(wait)));
        }
    }
}

#[test]
fn waits_in_a_row_without_a_usable_time_grow_up_to_a_minute() {
    let (mut limit, mut jitter) = (proven(), Jitter::new(1));
    let (mut now, mut longest) = (T0, 0);
    for _ in 0..40 {
        limit.sent(now);
        limit.refused(now, None, &mut jitter);
        longest = longest.max(limit.opens(now).since(now));
        now = limit.opens(now);
    }
    assert!((20_000..=MOST_WAIT_MS).contains(&longest), "{longest}");
}

#[test]
fn with_no_limit_known_only_the_places_hold_anything_back() {
    let mut limit = Limit::default();
    assert!(limit.may_go(T0));
    limit.sent(T0);
    assert!(!limit.may_go(T0), "one proves that the others are welcome");
    limit.served(T0);
    for _ in 0..10_000 {
        assert!(limit.may_go(T0));
        limit.sent(T0);
    }
}

#[test]
fn a_limit_that_was_lifted_is_forgotten() {
    let (mut limit, mut jitter) = (proven(), Jitter::new(1));
    for _ in 0..2 {
        limit.sent(T0);
        limit.refused(T0, Some(1_000), &mut jitter);
    }
    let mut now = T0;
    let mut served = 0;
    while limit.rate(now).is_some() || served == 0 {
        now = limit.opens(now).max(now.plus_ms(1));
        limit.sent(now);
        limit.served(now);
        served += 1;
        assert!(now.since(T0) < 180_000, "{:?}", limit.rate(now));
    }
}

#[test]
fn refusals_of_what_was_under_way_at_the_first_one_are_no_news() {
    let (mut limit, mut jitter) = (proven(), Jitter::new(1));
    for _ in 0..8 {
        limit.sent(T0.plus_ms(20));
    }
    limit.refused(T0.plus_ms(40), Some(1_000), &mut jitter);
    let rate = limit.rate(T0.plus_ms(2_000));
    for _ in 0..7 {
        limit.refused(T0.plus_ms(41), Some(1_000), &mut jitter);
    }
    assert_eq!(limit.rate(T0.plus_ms(2_000)), rate);
    assert_eq!(limit.strikes, 1);
}

/// How much of the allowance a short run uses after its first quarter, in which the limit is learned.
fn cold(endpoint: Endpoint, places: usize, people: f64, seed: u64) -> f64 {
    let (mut limit, mut jitter) = (Limit::default(), Jitter::new(seed));
    let (mut tokens, mut out) = (endpoint.burst, std::collections::VecDeque::new());
    let (mut done, mut quarter, mut ms) = (0.0, None, 0);
    while done < people {
        ms += 1;
        let now = Time::from_ms(1_000_000 + ms);
        tokens = (tokens + endpoint.rate / 1_000.0).min(endpoint.burst);
        while let Some((_, served)) = out.pop_front_if(|(at, _)| *at <= ms) {
            if served {
                limit.served(now);
                done += 1.0;
            } else {
                limit.refused(now, Some(1_000), &mut jitter);
            }
        }
        if done >= people / 4.0 {
            quarter.get_or_insert(ms);
        }
        while out.len() < places && limit.may_go(now) {
            limit.sent(now);
            let served = tokens >= 1.0;
            tokens -= f64::from(u8::from(served));
            out.push_back((ms + endpoint.answers_after_ms, served));
        }
    }
    people * 0.75 * 1_000.0 / (ms - quarter.unwrap_or(0)) as f64 / endpoint.rate
}

#[test]
fn g09_a_run_of_half_a_minute_learns_the_limit_in_its_first_quarter() {
    for rate in [20.0, 50.0, 100.0, 200.0] {
        for answers_after_ms in [1, 3, 10] {
            let endpoint = Endpoint { rate, burst: 10.0, says: Says::Seconds, answers_after_ms };
            let mut used: Vec<f64> = (0..9).map(|seed| cold(endpoint, 8, rate * 24.0, seed)).collect();
            used.sort_by(f64::total_cmp);
            assert!(used[4] >= 0.85 && used[0] >= 0.8, "{endpoint:?}: {used:.2?} of what is allowed");
        }
    }
}
