//! Sends what a look-up asks for. What the answers prove is decided by [`crate::engine::finder`].

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::domain::{
    Call, Exchange, Failure, FailureKind, Method, Outcome, ProfileAttribute, UniqueIdentifier,
};
use crate::endpoint::paging::PageQuery;
use crate::endpoint::{Endpoint, Trouble, judge, probe};
use crate::engine::Found;
use crate::engine::finder::{Ask, Heard, Look, Next, Sheet, Trial, Tried, Trust};
pub(super) use crate::engine::finder::{Everybody as Pass, LookUp, found};
use crate::engine::wire::Identity;
use crate::scim::list::ListPage;
use crate::scim::resource::Resource;

/// How long a pass over the list may be used again for look-ups that need not be fresh.
const PASS_AGE: Duration = Duration::from_secs(60);

/// Finds accounts. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Finder {
    endpoint: Endpoint,
    by: UniqueIdentifier,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    trust: Trust,
    /// The last pass over the list and when it began.
    pass: Option<(Instant, Arc<Pass>)>,
}

impl Finder {
    pub(super) fn new(endpoint: Endpoint, by: UniqueIdentifier) -> Self {
        Self { endpoint, by, state: Arc::new(Mutex::new(State { trust: Trust::Unknown, pass: None })) }
    }

    /// What it finds accounts by.
    pub(super) fn by(&self) -> UniqueIdentifier {
        self.by
    }

    /// Looks for somebody. A `fresh` look does not use an earlier pass over the list. Exchanges of its own are
    /// added to `seen`.
    pub(super) async fn look_up(
        &self,
        who: &Identity,
        fresh: bool,
        attributes: &[ProfileAttribute],
        seen: &mut Vec<Exchange>,
    ) -> LookUp {
        self.look_for(who, None, fresh, attributes, seen).await
    }

    /// As [`Self::look_up`]; where nobody is `who`, whoever is `or` is looked for too.
    pub(super) async fn look_for(
        &self,
        who: &Identity,
        or: Option<&Identity>,
        fresh: bool,
        attributes: &[ProfileAttribute],
        seen: &mut Vec<Exchange>,
    ) -> LookUp {
        let began = Instant::now();
        let newest = if fresh { began } else { began.checked_sub(PASS_AGE).unwrap_or(began) };
        let mut trust = match self.trust().await {
            Ok(trust) => trust,
            Err(failure) => return LookUp::Failed(failure),
        };
        let (mut look, mut ask) = Look::begin(who.clone(), or.cloned(), trust);
        loop {
            let heard = match ask {
                Ask::Everybody => match self.pass_since(newest, attributes).await {
                    Ok(pass) => Heard::Everybody(pass),
                    Err(trouble) => Heard::Failed(trouble.into()),
                },
                ask => {
                    let (heard, exchange) = self.page(&ask).await;
                    seen.extend(exchange);
                    heard
                }
            };
            let next = look.heard(heard, &mut trust, attributes);
            if trust == Trust::Useless {
                self.state.lock().await.trust = trust;
            }
            match next {
                Next::Ask(more) => ask = more,
                Next::Found(found) => return found,
            }
        }
    }

    async fn page(&self, ask: &Ask) -> (Heard, Option<Exchange>) {
        if let Err(trouble) = self.endpoint.may_read() {
            return (Heard::Failed(trouble.into()), None);
        }
        let exchange = match ask {
            Ask::Filter(who) => self.endpoint.send_page(&who.look_up()).await,
            Ask::Sample | Ask::Everybody => self.endpoint.send_page(&probe::request()).await,
        };
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
            match trial.heard(self.page(&ask).await.0) {
                Tried::Ask(more) => ask = more,
                Tried::Failed(failure) => return Err(failure),
                Tried::Learned(trust) => {
                    state.trust = trust;
                    return Ok(trust);
                }
            }
        }
    }

    /// A pass that began at `newest` or later; look-ups that come together share one. A pass with gaps serves those
    /// only who were waiting for it.
    async fn pass_since(
        &self,
        newest: Instant,
        attributes: &[ProfileAttribute],
    ) -> Result<Arc<Pass>, Trouble> {
        let asked = Instant::now();
        let mut state = self.state.lock().await;
        let serves = |at: Instant, pass: &Pass| at >= newest && (pass.gap.is_none() || at >= asked);
        if let Some((_, pass)) = state.pass.as_ref().filter(|(at, pass)| serves(*at, pass)) {
            return Ok(pass.clone());
        }
        let at = Instant::now();
        let pass = Arc::new(read_all(&self.endpoint, self.by, attributes).await?);
        state.pass = Some((at, pass.clone()));
        Ok(pass)
    }

    /// A new pass over everybody.
    pub(super) async fn everybody(&self, attributes: &[ProfileAttribute]) -> Result<Arc<Pass>, Trouble> {
        self.pass_since(Instant::now(), attributes).await
    }

    /// Forgets what was read; for a new run.
    pub(super) async fn forget(&self) {
        self.state.lock().await.pass = None;
    }

    /// How many accounts the endpoint says it has.
    pub(super) async fn total(&self) -> Result<Option<u64>, Trouble> {
        self.endpoint.may_read()?;
        let exchange = self.endpoint.send_page(&probe::request()).await;
        Ok(read_page(&exchange)?.total)
    }
}

/// What an answer to a page says to a look.
fn heard(exchange: &Exchange) -> Heard {
    match read_page(exchange) {
        Ok(page) => Heard::Page(Sheet::of(&page)),
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

fn read_page(exchange: &Exchange) -> Result<ListPage, Trouble> {
    let answer = judge(&exchange.call, &exchange.outcome).map_err(|t| away(&exchange.outcome, t))?;
    ListPage::read(answer.body.as_bytes()).map_err(|_| Trouble::not_scim(answer, "a list of users"))
}

async fn read_all(
    endpoint: &Endpoint,
    by: UniqueIdentifier,
    attributes: &[ProfileAttribute],
) -> Result<Pass, Trouble> {
    endpoint.may_read()?;
    let listing = endpoint.list(PageQuery::all("Users")).await;
    if let Some(error) = listing.error {
        return Err(error.trouble);
    }
    let gap = listing.completeness.gap().map(ToString::to_string);
    let rows = listing.items.into_iter().map(|item| (item.id, item.resource));
    Ok(Pass::of(by, rows, gap, attributes))
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
        Ok(answer) => serde_json::from_str::<Resource>(&answer.body)
            .ok()
            .and_then(|resource| found(resource, answer.etag.as_deref(), attributes))
            .map(Some)
            .ok_or_else(|| Trouble::not_scim(answer, "a user").into()),
        Err(trouble) if trouble.cause == crate::endpoint::Cause::ResourceGone => Ok(None),
        Err(trouble) => Err(away(&exchange.outcome, trouble).into()),
    }
}
