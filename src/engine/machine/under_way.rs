//! Requests that were sent and not answered, and what can still be told by their answers.

use std::collections::HashMap;

use crate::domain::{OpId, RequestClass as Class};

#[derive(Debug, Clone, Copy)]
struct Sent {
    class: Class,
    /// How many setbacks were heard before it was sent.
    setbacks: u32,
    /// How often everything had been tried anew before it was sent.
    tries: u64,
    /// How many creates had been sent and answered before it was sent.
    creates: u64,
}

/// The request whose answer is being heard.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heard {
    /// Of which kind it was.
    pub(super) class: Class,
    /// Whether a create was under way at any time during it.
    pub(super) disturbed: bool,
    /// Whether it was sent after the last setback.
    pub(super) news: bool,
    /// Whether it was sent before everything was tried anew: what it says of token and place is of before.
    pub(super) old: bool,
}

impl Default for Heard {
    fn default() -> Self {
        Self { class: Class::Read, disturbed: false, news: true, old: false }
    }
}

/// Requests that were sent and not answered.
#[derive(Debug, Clone, Default)]
pub(super) struct UnderWay {
    sent: HashMap<OpId, Sent, foldhash::quality::RandomState>,
    /// Creates that were sent.
    creates: u64,
    setbacks: u32,
    tries: u64,
}

impl UnderWay {
    pub(super) fn sent(&mut self, id: OpId, class: Class) {
        let creates = self.creates - self.creating();
        let Self { setbacks, tries, .. } = *self;
        self.sent.insert(id, Sent { class, setbacks, tries, creates });
        self.creates += u64::from(class == Class::Create);
    }

    /// The answer to this one came; nothing where it is to nobody's question.
    pub(super) fn answered(&mut self, id: OpId) -> Option<Heard> {
        let sent = self.sent.remove(&id)?;
        let old = sent.tries < self.tries;
        Some(Heard {
            class: sent.class,
            disturbed: self.creates > sent.creates,
            news: !old && sent.setbacks == self.setbacks,
            old,
        })
    }

    /// The token was refused or the endpoint was found to be down.
    pub(super) fn setback(&mut self) {
        self.setbacks += 1;
    }

    /// Everything is tried anew from here on.
    pub(super) fn tried_anew(&mut self) {
        self.tries += 1;
    }

    /// How many creates of ours are among them.
    pub(super) fn creating(&self) -> u64 {
        self.sent.values().filter(|sent| sent.class == Class::Create).count() as u64
    }

    pub(super) fn is_empty(&self) -> bool {
        self.sent.is_empty()
    }

    pub(super) fn forget(&mut self) {
        self.sent.clear();
    }
}
