//! Requests for groups at the endpoint.

use scimdeck::domain::{self, Call, Method};

use super::port::Reply;
use super::{Sent, TeamEv};
use crate::bend::without_version;
use crate::sender::short;
use crate::server::Arrival;
use crate::world::{Ev, World};

impl World {
    pub(crate) fn team_arrives(&mut self, p: usize, life: u64, sent: Sent) {
        let call = &sent.call;
        let before = self.teams_there();
        let id = call.path.get(1).filter(|_| call.method == Method::Get);
        let lags = id.and_then(|id| self.teams.blind.get(id)).is_some_and(|until| self.now < *until);
        let outcome = match lags {
            true => domain::Outcome::Answered(crate::bend::error(404)),
            false if self.teams.nature.no_patch && call.method == Method::Patch => {
                domain::Outcome::Answered(crate::bend::error(501))
            }
            false => match self.server.arrive(call, self.now, &mut self.rng) {
                Arrival::Now(outcome) => outcome,
                Arrival::Later(outcome, after) => {
                    self.at(after, p, Ev::TeamLate(Box::new(sent.clone())));
                    outcome
                }
            },
        };
        self.say(|| format!("p{p} j{} {} => {}", sent.job, wire(call), short(&outcome)));
        self.team_moved(&sent, &before);
        self.team_answered(p, &sent, &outcome);
        let outcome = match outcome {
            domain::Outcome::Answered(answer) if self.teams.nature.plain => {
                domain::Outcome::Answered(without_version(answer))
            }
            outcome => outcome,
        };
        let wait = 1 + self.rng.below(40);
        if self.processes[p].life == life {
            let reply = Reply::Sent(Box::new(outcome));
            self.at(wait, p, Ev::Team(TeamEv::Reply(sent.job, reply)));
        }
    }

    /// A request whose sender gave it up is applied.
    pub(crate) fn team_late(&mut self, sent: &Sent) {
        let before = self.teams_there();
        let answer = self.server.apply(&sent.call, self.now);
        self.say(|| format!("late  j{} {} => {}", sent.job, wire(&sent.call), answer.status));
        self.team_moved(sent, &before);
    }
}

fn wire(call: &Call) -> String {
    let body = call.body.as_ref().filter(|_| call.method.writes()).map(ToString::to_string);
    format!("{} {}", call.line(), body.unwrap_or_default())
}
