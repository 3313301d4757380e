//! Effects that take time: each becomes a spawned future and one message when it ends.

use std::collections::HashMap;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

use super::{Seam, own_folder};
use crate::app::{Answer, Effect, Msg, Query, QueryId, TaskId};
use crate::engine::{Problem, ProblemKind, Progress};

/// What is under way.
pub(super) struct Work<S> {
    seam: Arc<S>,
    out: mpsc::Sender<Msg>,
    running: HashMap<TaskId, AbortHandle>,
    /// The operator's own folder.
    own: Option<PathBuf>,
}

impl<S: Seam> Work<S> {
    pub(super) fn new(seam: Arc<S>, out: mpsc::Sender<Msg>) -> Self {
        let own = std::env::var_os("HOME").filter(|own| !own.is_empty()).map(PathBuf::from);
        Self { seam, out, running: HashMap::new(), own }
    }

    /// Begins what an effect asks for; gives back what is not work.
    pub(super) fn begin(&mut self, effect: Effect) -> Option<Effect> {
        let seam = Arc::clone(&self.seam);
        match own_folder::expanded(effect, self.own.as_deref()) {
            Effect::Preview(id, command, typed) => self.task(
                id,
                async move { Msg::Previewed(id, Box::new(seam.preview(*command, typed).await)) },
                |id, problem| Msg::Previewed(id, Box::new(Err(problem))),
            ),
            Effect::Run(id, preview, approval) => {
                let (progress, told) = watch::channel(Progress::default());
                self.tell(id, told);
                self.task(
                    id,
                    async move { Msg::Ran(id, seam.run(*preview, approval, progress).await) },
                    |id, problem| Msg::Ran(id, Err(problem)),
                );
            }
            Effect::Check(id, people) => {
                let (progress, told) = watch::channel(Progress::default());
                self.tell(id, told);
                self.task(
                    id,
                    async move { Msg::Checked(id, seam.check(people, progress).await) },
                    |id, problem| Msg::Checked(id, Err(problem)),
                )
            }
            Effect::SavePlan(id, preview, path) => self.task(
                id,
                async move { Msg::PlanSaved(id, seam.save_plan(*preview, path).await) },
                |id, problem| Msg::PlanSaved(id, Err(problem)),
            ),
            Effect::OpenPlan(id, path) => self.task(
                id,
                async move { Msg::PlanOpened(id, Box::new(seam.open_plan(path).await)) },
                |id, problem| Msg::PlanOpened(id, Box::new(Err(problem))),
            ),
            Effect::Scan(id) => {
                self.task(id, async move { Msg::Scanned(id, Box::new(seam.scan().await)) }, |id, problem| {
                    Msg::Scanned(id, Box::new(Err(problem)))
                })
            }
            Effect::Test(id) => {
                self.task(id, async move { Msg::Tested(id, Box::new(seam.test().await)) }, |id, problem| {
                    Msg::Tested(id, Box::new(Err(problem)))
                })
            }
            Effect::TestNow(id) => self.task(
                id,
                async move { Msg::Tested(id, Box::new(seam.test_now().await)) },
                |id, problem| Msg::Tested(id, Box::new(Err(problem))),
            ),
            Effect::DeepTest(id) => self.task(
                id,
                async move { Msg::Probed(id, Box::new(seam.deep_test().await)) },
                |id, problem| Msg::Probed(id, Box::new(Err(problem))),
            ),
            Effect::Token(id, token) => self.task(
                id,
                async move { Msg::Tested(id, Box::new(seam.replace_token(token).await)) },
                |id, problem| Msg::Tested(id, Box::new(Err(problem))),
            ),
            Effect::Unlock(id, passphrase) => self.task(
                id,
                async move { Msg::Tested(id, Box::new(seam.unlock(passphrase).await)) },
                |id, problem| Msg::Tested(id, Box::new(Err(problem))),
            ),
            Effect::Connect(id, new) => self.task(
                id,
                async move { Msg::Connected(id, Box::new(seam.connect(*new).await)) },
                |id, problem| Msg::Connected(id, Box::new(Err(problem))),
            ),
            Effect::Reported(id) => {
                self.task(id, async move { Msg::Reported(id, seam.reported_roles().await) }, |id, problem| {
                    Msg::Reported(id, Err(problem))
                })
            }
            Effect::Resend(id, people) => {
                self.task(id, async move { Msg::Ran(id, seam.resend(people).await) }, |id, problem| {
                    Msg::Ran(id, Err(problem))
                })
            }
            Effect::Rehearse(id, change) => self.task(
                id,
                async move { Msg::Rehearsed(id, seam.rehearse(change).await) },
                |id, problem| Msg::Rehearsed(id, Err(problem)),
            ),
            Effect::Resume(id, go_on) => {
                self.task(id, async move { Msg::Resumed(id, seam.resume(go_on).await) }, |id, problem| {
                    Msg::Resumed(id, Err(problem))
                })
            }
            Effect::Ask(id, query) => self.ask(id, query),
            Effect::StopRun(_) => drop(tokio::spawn(async move { seam.stop_run().await })),
            Effect::Stop(id) => {
                if let Some(task) = self.running.remove(&id) {
                    task.abort();
                }
            }
            other => return Some(other),
        }
        None
    }

    /// A task can be stopped, and its panic becomes its answer.
    fn task(
        &mut self,
        id: TaskId,
        work: impl Future<Output = Msg> + Send + 'static,
        failed: impl FnOnce(TaskId, Problem) -> Msg + Send + 'static,
    ) {
        let task = tokio::spawn(work);
        self.running.retain(|_, task| !task.is_finished());
        self.running.insert(id, task.abort_handle());
        let out = self.out.clone();
        tokio::spawn(async move {
            let msg = match task.await {
                Ok(msg) => msg,
                Err(stopped) if stopped.is_cancelled() => return,
                Err(_) => failed(id, defect()),
            };
            let _ = out.send(msg).await;
        });
    }

    fn ask(&self, id: QueryId, query: Query) {
        let (seam, out) = (Arc::clone(&self.seam), self.out.clone());
        let work = tokio::spawn(async move {
            match query {
                Query::Audit(query) => seam.audit(query).await.map(Answer::Audit),
                Query::Connections => seam.connections().await.map(Answer::Connections),
                Query::Traces(operation) => seam.traces(operation).await.map(Answer::Traces),
                Query::Tasks(query) => seam.tasks(query).await.map(|tasks| Answer::Tasks(Box::new(tasks))),
                Query::Orphans => seam.orphans().await.map(Answer::Orphans),
                Query::Undoable(of) => seam.undoable(of).await.map(Answer::Undoable),
            }
        });
        tokio::spawn(async move {
            let answer = work.await.unwrap_or_else(|_| Err(defect()));
            let _ = out.send(Msg::Answer(id, answer)).await;
        });
    }

    fn tell(&self, id: TaskId, mut told: watch::Receiver<Progress>) {
        let out = self.out.clone();
        tokio::spawn(async move {
            while told.changed().await.is_ok() {
                let progress = *told.borrow_and_update();
                if out.send(Msg::Progress(id, progress)).await.is_err() {
                    return;
                }
            }
        });
    }
}

fn defect() -> Problem {
    Problem::new(
        ProblemKind::Internal,
        "defect",
        "This failed inside scimdeck. What was committed stays queued.",
        "The log names the place; start scimdeck again to go on.",
    )
}
