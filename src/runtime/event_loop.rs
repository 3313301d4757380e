//! The loop: messages in, effects out, and one frame when all that waits was taken in and something changed.
//!
//! It is generic over the backend, the input and the [`Host`], so that whole flows run without a terminal.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use crossterm::event::Event;
use futures_util::{Stream, StreamExt};
use ratatui::Terminal;
use ratatui::backend::{Backend, ClearType};
use tokio::sync::mpsc;

use super::keys::{self, Input};
use super::signals::Signal;
use super::work::Work;
use super::{Ended, Seam};
use crate::app::{App, Effect, Msg};
use crate::config::Look;
use crate::domain::Time;
use crate::engine::Notice;
use crate::ui;

/// Messages taken in before a frame is drawn even though more wait.
const TURN: usize = 1_000;
/// Messages that may wait; a task that has more to say waits itself.
const WAITING: usize = 256;

/// What the loop asks of the terminal besides frames.
pub(super) trait Host<B> {
    /// A frame was drawn.
    fn drawn(&mut self) {}
    /// Puts text on the operator's clipboard; false when it is too long for that.
    fn copy(&mut self, text: &str) -> io::Result<bool>;
    /// Gives the terminal back and stops the process.
    fn suspend(&mut self) -> io::Result<()>;
    /// Takes the terminal again.
    fn resume(&mut self) -> io::Result<()>;
    /// Everything was taken in and drawn, and nobody waits for anything.
    fn settled(&mut self, app: &App, backend: &B);
}

/// The loop's own state.
pub(super) struct Loop<S> {
    app: App,
    look: Look,
    clock: fn() -> Time,
    work: Work<S>,
    messages: mpsc::Receiver<Msg>,
    notices: mpsc::UnboundedReceiver<Notice>,
    /// When something ends by itself; each is kept, since an earlier one says nothing of a later one.
    wakes: BTreeSet<Time>,
    copies: Vec<String>,
    suspended: bool,
    resized: bool,
    ended: Option<Ended>,
}

/// What woke the loop.
enum Woken {
    Msg(Msg),
    Notice(Notice),
    Signal(Signal),
    Input(Option<io::Result<Event>>),
    Clock,
}

impl<S: Seam> Loop<S> {
    pub(super) fn new(seam: Arc<S>, app: App, look: Look, clock: fn() -> Time) -> Self {
        let (out, messages) = mpsc::channel(WAITING);
        let notices = seam.notices();
        Self {
            app,
            look,
            clock,
            work: Work::new(seam, out),
            messages,
            notices,
            wakes: BTreeSet::new(),
            copies: Vec::new(),
            suspended: false,
            resized: false,
            ended: None,
        }
    }

    pub(super) async fn run<B: Backend, H: Host<B>>(
        mut self,
        terminal: &mut Terminal<B>,
        mut input: impl Stream<Item = io::Result<Event>> + Unpin,
        signals: &mut mpsc::Receiver<Signal>,
        host: &mut H,
    ) -> io::Result<Ended> {
        let size = terminal.size().map_err(failed)?;
        self.tell(Msg::Now((self.clock)()));
        self.tell(Msg::Resize(size.width, size.height));
        let effects = self.app.start();
        self.perform(effects);
        loop {
            self.drain(&mut input, host).await?;
            if let Some(ended) = self.ended {
                return Ok(ended);
            }
            if std::mem::take(&mut self.resized) {
                let size = terminal.size().map_err(failed)?;
                self.tell(Msg::Resize(size.width, size.height));
            }
            self.draw(terminal, host)?;
            if self.app.idle() && self.messages.is_empty() && self.notices.is_empty() {
                host.settled(&self.app, terminal.backend());
            }
            let woken = self.wait(&mut input, signals).await;
            self.tell(Msg::Now((self.clock)()));
            self.take(woken, host)?;
        }
    }

    async fn wait(
        &mut self,
        input: &mut (impl Stream<Item = io::Result<Event>> + Unpin),
        signals: &mut mpsc::Receiver<Signal>,
    ) -> Woken {
        let wake = self.wakes.first().map(|at| at.since((self.clock)()).max(1));
        let pause = Duration::from_millis(wake.and_then(|ms| u64::try_from(ms).ok()).unwrap_or(0));
        tokio::select! {
            biased;
            Some(signal) = signals.recv() => Woken::Signal(signal),
            Some(msg) = self.messages.recv() => Woken::Msg(msg),
            Some(notice) = self.notices.recv() => Woken::Notice(notice),
            event = input.next() => Woken::Input(event),
            () = tokio::time::sleep(pause), if wake.is_some() => Woken::Clock,
        }
    }

    fn take<B: Backend>(&mut self, woken: Woken, host: &mut impl Host<B>) -> io::Result<()> {
        match woken {
            Woken::Msg(msg) => self.tell(msg),
            Woken::Notice(notice) => self.notice(notice),
            Woken::Signal(Signal::End(number)) => self.ended = Some(Ended::Signal(number)),
            Woken::Signal(Signal::Lost) | Woken::Input(None | Some(Err(_))) => {
                self.ended = Some(Ended::Lost);
            }
            // The kernel sends this on a hangup too: then nobody was suspended and nothing is to be taken.
            Woken::Signal(Signal::Continued) if self.suspended => {
                self.suspended = false;
                host.resume()?;
                self.tell(Msg::Redraw);
            }
            Woken::Signal(Signal::Continued) => {}
            Woken::Signal(Signal::Resized) => self.resized = true,
            Woken::Input(Some(Ok(event))) => self.event(event, host)?,
            Woken::Clock => {
                let now = (self.clock)();
                self.wakes.retain(|at| *at > now);
            }
        }
        Ok(())
    }

    fn event<B: Backend>(&mut self, event: Event, host: &mut impl Host<B>) -> io::Result<()> {
        match keys::read(event) {
            Input::Msg(msg) => self.tell(msg),
            Input::Suspend => {
                self.suspended = true;
                host.suspend()?;
            }
            Input::Nothing => {}
        }
        Ok(())
    }

    /// Takes in all that waits; of several directories only the last one counts.
    async fn drain<B: Backend>(
        &mut self,
        input: &mut (impl Stream<Item = io::Result<Event>> + Unpin),
        host: &mut impl Host<B>,
    ) -> io::Result<()> {
        let mut newest = None;
        for _ in 0..TURN {
            if let Ok(notice) = self.notices.try_recv() {
                match notice {
                    Notice::Directory(directory) => newest = Some(directory),
                    other => self.notice(other),
                }
            } else if let Ok(msg) = self.messages.try_recv() {
                self.tell(msg);
            } else if let Poll::Ready(event) = ready(input).await {
                // A key is about what the operator saw or was about to see: the directory goes first.
                newest.take().into_iter().for_each(|d| self.notice(Notice::Directory(d)));
                self.take(Woken::Input(event), host)?;
            } else {
                break;
            }
            if self.ended.is_some() {
                break;
            }
        }
        newest.into_iter().for_each(|d| self.notice(Notice::Directory(d)));
        Ok(())
    }

    fn notice(&mut self, notice: Notice) {
        self.tell(match notice {
            Notice::Directory(directory) => Msg::Directory(Box::new(directory)),
            Notice::Audit(entries) => Msg::Audit(entries),
            Notice::Sending(sending) => Msg::Sending(sending),
            Notice::Ahead(ahead) => Msg::Ahead(ahead),
            Notice::Feed(state) => Msg::Feed(state),
            Notice::Stuck(since) => Msg::Stuck(since),
            Notice::Rehearsal(rehearsal) => Msg::Rehearsal(rehearsal.map(Box::new)),
        });
    }

    fn tell(&mut self, msg: Msg) {
        let effects = self.app.handle(msg);
        self.perform(effects);
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match self.work.begin(effect) {
                Some(Effect::Quit) => self.ended = Some(Ended::Quit),
                Some(Effect::Switch(id)) => self.ended = Some(Ended::Switch(id)),
                Some(Effect::WakeAt(at)) => {
                    self.wakes.insert(at);
                }
                Some(Effect::Copy(text)) => self.copies.push(text),
                _ => {}
            }
        }
    }

    fn draw<B: Backend, H: Host<B>>(&mut self, terminal: &mut Terminal<B>, host: &mut H) -> io::Result<()> {
        if self.suspended || !self.app.take_dirty() {
            return Ok(());
        }
        if self.app.take_redraw() {
            // Not Terminal::clear: that asks the terminal where its cursor is and waits for the answer, which the
            // event stream would take away.
            terminal.backend_mut().clear_region(ClearType::All).map_err(failed)?;
            terminal.swap_buffers();
        }
        let (app, look) = (&self.app, self.look);
        terminal.draw(|frame| ui::draw(app, look, frame)).map_err(failed)?;
        host.drawn();
        for text in std::mem::take(&mut self.copies) {
            if !host.copy(&text)? {
                let effects = self.app.copy_failed();
                self.perform(effects);
            }
        }
        Ok(())
    }
}

/// Asks the input without waiting, with the waker of this task, so that a later key still wakes it.
async fn ready<I: Stream + Unpin>(input: &mut I) -> Poll<Option<I::Item>> {
    poll_fn(|cx| Poll::Ready(input.poll_next_unpin(cx))).await
}

/// A backend's error as one of input and output.
fn failed(error: impl std::error::Error) -> io::Error {
    io::Error::other(error.to_string())
}
