//! Sends what a look-up asks for. What the answers prove is decided by [`crate::engine::finder`].

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::gone::Seen;
use super::shared::now;
use crate::directory::Directory;
use crate::domain::{
    Call, Exchange, Failure, FailureKind, Method, Outcome, ProfileAttribute, UniqueIdentifier,
};
use crate::endpoint::paging::{PageQuery, Pages, Rows};
use crate::endpoint::{Endpoint, Trouble, judge, probe};
use crate::engine::Found;
use crate::engine::by_id::{self, Unreadable};
use crate::engine::finder::{
    Ask, Doubt, Heard, Look, Next, Proof, Proving, Sheet, Shown, Trial, Tried, Trust,
};
pub(super) use crate::engine::finder::{Everybody as Pass, LookUp};
use crate::engine::wire::{Identity, Reader};
use crate::scim::list::ListPage;
use crate::scim::resource::Resource;

/// How long a pass over the list, and what a filter showed of itself, may be used again for look-ups that need not be
/// fresh.
const PASS_AGE: Duration = Duration::from_secs(60);
/// How long what a filter showed of itself serves fresh look-ups too, which often come many together.
pub(super) const PROOF_AGE: Duration = Duration::from_secs(5);

/// Finds accounts. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Finder {
    pub(super) endpoint: Endpoint,
    by: UniqueIdentifier,
    state: Arc<Mutex<State>>,
    pub(super) seen: Arc<Seen>,
}

#[derive(Debug)]
struct State {
    trust: Trust,
    /// The last pass over the list and when it began.
    pass: Option<(Instant, Arc<Pass>)>,
    /// What each filter showed last, and when it was asked.
    shown: Vec<(UniqueIdentifier, Instant, Shown)>,
}

impl Finder {
    pub(super) fn new(endpoint: Endpoint, by: UniqueIdentifier) -> Self {
        let state = State { trust: Trust::Unknown, pass: None, shown: Vec::new() };
        Self { endpoint, by, state: Arc::new(Mutex::new(state)), seen: Arc::default() }
    }

    /// What it finds accounts by.
    pub(super) fn by(&self) -> UniqueIdentifier {
        self.by
    }

    /// Looks for somebody; where nobody is `who`, whoever is `or` is looked for too. A `fresh` look does not use an
    /// earlier pass over the list, nor what a filter showed of itself more than some seconds before. Exchanges of its own
    /// are added to `seen`. `before` gives the directory, which is asked for only where a proof is made: nobody is called
    /// absent while somebody who is linked in it, and there, is not found by the same means. That costs one request for
    /// many looks where a filter is asked, and none where the list is read.
    pub(super) async fn look_for(
        &self,
        who: &Identity,
        or: Option<&Identity>,
        fresh: bool,
        (attributes, before): (&[ProfileAttribute], &(impl Fn() -> Directory + Sync)),
        seen: &mut Vec<Exchange>,
    ) -> LookUp {
        let began = Instant::now();
        let aged = |age| began.checked_sub(age).unwrap_or(began);
        let (newest, shown) = if fresh { (began, aged(PROOF_AGE)) } else { (aged(PASS_AGE), aged(PASS_AGE)) };
        let mut trust = match self.trust().await {
            Ok(trust) => trust,
            Err(failure) => return LookUp::Failed(failure),
        };
        let (mut look, first) = Look::begin(who.clone(), or.cloned(), trust);
        let mut next = Next::Ask(first);
        loop {
            next = match next {
                Next::Ask(ask) => {
                    let heard = match ask {
                        Ask::Everybody => match self.pass_since(newest, before).await {
                            Ok(pass) => Heard::Everybody(pass),
                            Err(failure) => Heard::Failed(failure),
                        },
                        ask => {
                            let (heard, exchange) = self.ask(&ask, attributes).await;
                            seen.extend(exchange);
                            heard
                        }
                    };
                    let next = look.heard(heard, &mut trust, attributes);
                    if trust == Trust::Useless {
                        self.state.lock().await.trust = trust;
                    }
                    next
                }
                Next::Prove(by) => match self.shown_since(shown, by, before).await {
                    Ok(shown) => look.shown(&shown),
                    Err(failure) => Next::Found(LookUp::Failed(failure)),
                },
                Next::Found(found) => return found,
            };
        }
    }

    /// Sends one request: an account's, or a page's.
    pub(super) async fn ask(&self, ask: &Ask, attributes: &[ProfileAttribute]) -> (Heard, Option<Exchange>) {
        if let Err(trouble) = self.endpoint.may_read() {
            return (Heard::Failed(trouble.into()), None);
        }
        let page = match ask {
            Ask::Account(id) => {
                let found = read(&self.endpoint, id, attributes).await;
                return (found.map_or_else(Heard::Failed, |found| Heard::Account(found.map(Box::new))), None);
            }
            Ask::Filter(who) => who.look_up(),
            Ask::Sample | Ask::Everybody => probe::request(),
        };
        let exchange = self.endpoint.send_page(&page).await;
        (heard(&exchange), Some(exchange))
    }

    /// How far the filter is trusted: tried once, while everybody else waits for the answer.
    async fn trust(&self) -> Result<Trust, Failure> {
        let mut state = self.state.lock().await;
        if state.trust != Trust::Unknown {
            return Ok(state.trust);
        }
        let (mut trial, mut ask) = Trial::begin(self.by);
        loop {
            match trial.heard(self.ask(&ask, &[]).await.0) {
                Tried::Ask(more) => ask = more,
                Tried::Failed(failure) => return Err(failure),
                Tried::Learned(trust) => {
                    state.trust = trust;
                    return Ok(trust);
                }
            }
        }
    }

    /// What a filter showed of itself at `newest` or later, asked of it where that is not known: looks that come
    /// together share one answer.
    async fn shown_since(
        &self,
        newest: Instant,
        by: UniqueIdentifier,
        before: &(impl Fn() -> Directory + Sync),
    ) -> Result<Shown, Failure> {
        let mut state = self.state.lock().await;
        let serves = |(of, at, _): &&(UniqueIdentifier, Instant, Shown)| *of == by && *at >= newest;
        if let Some((.., shown)) = state.shown.iter().find(serves) {
            return Ok(shown.clone());
        }
        let at = Instant::now();
        let directory = before();
        let (proof, first) = Proof::of_filter(by, &directory);
        let shown = self.prove(proof, first, directory.attributes()).await?;
        state.shown.retain(|(of, ..)| *of != by);
        state.shown.push((by, at, shown.clone()));
        Ok(shown)
    }

    async fn prove(
        &self,
        mut proof: Proof,
        mut next: Proving,
        attributes: &[ProfileAttribute],
    ) -> Result<Shown, Failure> {
        loop {
            let heard = match next {
                Proving::Ask(ask) => self.ask(&ask, attributes).await.0,
                Proving::Shown(shown) => return Ok(shown),
                Proving::Failed(failure) => return Err(failure),
            };
            next = proof.heard(heard);
        }
    }

    /// A pass that began at `newest` or later; look-ups that come together share one. A pass during which people moved
    /// serves those only who were waiting for it.
    async fn pass_since(
        &self,
        newest: Instant,
        before: &(impl Fn() -> Directory + Sync),
    ) -> Result<Arc<Pass>, Failure> {
        let asked = Instant::now();
        let mut state = self.state.lock().await;
        let serves = |at: Instant, pass: &Pass| at >= newest && (pass.is_final() || at >= asked);
        if let Some((_, pass)) = state.pass.as_ref().filter(|(at, pass)| serves(*at, pass)) {
            return Ok(pass.clone());
        }
        let (at, begun, directory) = (Instant::now(), now(), before());
        let attributes = directory.attributes();
        let mut pass = read_all(&self.endpoint, self.by, attributes).await?;
        if pass.doubt.is_none() {
            let (proof, first) = Proof::of_list(&pass, &directory, begun);
            pass = pass.shown(self.prove(proof, first, attributes).await?);
        }
        let pass = Arc::new(pass);
        state.pass = Some((at, pass.clone()));
        Ok(pass)
    }

    /// A new pass over everybody; `directory` is from before it.
    pub(super) async fn everybody(&self, directory: &Directory) -> Result<Arc<Pass>, Failure> {
        self.pass_since(Instant::now(), &|| directory.clone()).await
    }

    /// Forgets what was read and shown; for a new run.
    pub(super) async fn forget(&self) {
        let mut state = self.state.lock().await;
        state.pass = None;
        state.shown.clear();
        self.seen.forget();
    }

    /// How many accounts the endpoint says it has.
    pub(super) async fn total(&self) -> Result<Option<u64>, Trouble> {
        self.endpoint.may_read()?;
        let exchange = self.endpoint.send_page(&probe::request()).await;
        Ok(read_page(&exchange)?.0.total)
    }
}

/// What an answer to a page says to a look.
fn heard(exchange: &Exchange) -> Heard {
    match read_page(exchange) {
        Ok((page, lossy)) => Heard::Page(Sheet::of(&page, lossy)),
        Err(trouble) if trouble.may_be_the_filter() => Heard::Refused(trouble.into()),
        Err(trouble) => Heard::Failed(trouble.into()),
    }
}

/// A look that is answered with 503 found nobody to ask: the endpoint is down, not slow. What was lost before it was
/// lost in an outage.
fn away(outcome: &Outcome, mut trouble: Trouble) -> Trouble {
    if matches!(outcome, Outcome::Answered(answer) if answer.status == 503) {
        trouble.kind = FailureKind::Unreachable;
    }
    trouble
}

/// The page, and whether something was replaced in it.
fn read_page(exchange: &Exchange) -> Result<(ListPage, bool), Trouble> {
    let answer = judge(&exchange.call, &exchange.outcome).map_err(|t| away(&exchange.outcome, t))?;
    let page = ListPage::read(answer.body.as_bytes());
    page.map(|page| (page, answer.lossy)).map_err(|_| Trouble::not_scim(answer, "a list of users"))
}

/// Whole accounts, in the order in which they come.
struct Accounts {
    reader: Reader,
    rows: Vec<(String, Resource)>,
}

impl Rows for Accounts {
    type Row<'a> = Resource;

    fn read<'a>(&self, raw: &'a str) -> Option<(Cow<'a, str>, Resource)> {
        let id = self.reader.read(raw)?.remote_id;
        Some((id, serde_json::from_str(raw).ok()?))
    }

    fn take(&mut self, rows: Vec<(Cow<'_, str>, Resource)>) {
        self.rows.extend(rows.into_iter().map(|(id, resource)| (id.into_owned(), resource)));
    }
}

async fn read_all(
    endpoint: &Endpoint,
    by: UniqueIdentifier,
    attributes: &[ProfileAttribute],
) -> Result<Pass, Trouble> {
    endpoint.may_read()?;
    let mut pages = Pages::new(endpoint, PageQuery::all("Users"));
    let mut accounts = Accounts { reader: Reader::new(attributes), rows: Vec::new() };
    while let Some(page) = pages.next_rows(&mut accounts).await {
        page.map_err(|error| error.trouble)?;
    }
    let doubt = pages.completeness().gap().map(|gap| match gap.may_be_movement() {
        true => Doubt::Moved(gap.to_string()),
        false => Doubt::Unfit(gap.to_string()),
    });
    Ok(Pass::of(by, accounts.rows, doubt, attributes))
}

/// Reads one account by id; none when it answers 404.
pub(super) async fn read(
    endpoint: &Endpoint,
    remote_id: &str,
    attributes: &[ProfileAttribute],
) -> Result<Option<Found>, Failure> {
    let call = Call::new(Method::Get, &["Users", remote_id]);
    endpoint.may_read()?;
    let exchange = endpoint.send(&call).await;
    match judge(&call, &exchange.outcome) {
        Ok(answer) => match by_id::account(answer, remote_id, &Reader::new(attributes)) {
            Ok(found) => Ok(Some(found)),
            Err(Unreadable::NoResource) => Err(Trouble::not_scim(answer, "a user").into()),
            Err(why) => Err(why.failure(format!("The account could not be read: {}.", why.words("user")))),
        },
        Err(trouble) if trouble.cause == crate::endpoint::Cause::ResourceGone => Ok(None),
        Err(trouble) => Err(away(&exchange.outcome, trouble).into()),
    }
}
