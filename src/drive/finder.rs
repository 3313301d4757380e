//! Finding accounts by the connection's unique identifier, at endpoints whose filter works, is case-sensitive, is ignored or is not there.
//!
//! "Nobody there" leads to a create, so it is believed only from a filter that was seen to work without regard to
//! case, or from a complete pass over the whole list.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::domain::{Call, Exchange, Failure, Method, ProfileAttribute, UniqueIdentifier};
use crate::endpoint::paging::{Item, PageQuery};
use crate::endpoint::{Endpoint, Trouble, judge, probe};
use crate::engine::Found;
use crate::engine::wire::{self, Identity};
use crate::scim::list::ListPage;
use crate::scim::resource::{self, Resource};

/// How long a pass over the list may be used again for look-ups that need not be fresh.
const PASS_AGE: Duration = Duration::from_secs(60);

/// What a look-up gave.
#[derive(Debug, Clone)]
pub(super) enum LookUp {
    /// Nobody, proven.
    Absent,
    /// Exactly one.
    One(Box<Found>),
    /// More than one.
    Several(Vec<Found>),
    /// The look failed.
    Failed(Failure),
}

/// How far the endpoint's filter can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filter {
    /// Not tried, or there was nobody to try it on.
    Unknown,
    /// Finds a value, whatever its case where that does not count, and only that.
    Good,
    /// Ignored, case-sensitive, wrong or refused: the whole list is read instead.
    Useless,
}

/// Everybody at the endpoint, from one pass.
#[derive(Debug)]
pub(super) struct Pass {
    by: UniqueIdentifier,
    by_id: HashMap<String, Found>,
    /// Ids by what accounts are found by, as it is compared.
    by_key: HashMap<String, Vec<String>>,
    /// Why absence cannot be concluded from it.
    pub(super) gap: Option<String>,
    at: Instant,
}

impl Pass {
    /// The account with this id.
    pub(super) fn id(&self, id: &str) -> Option<&Found> {
        self.by_id.get(id)
    }

    /// All accounts.
    pub(super) fn accounts(&self) -> impl Iterator<Item = &Found> {
        self.by_id.values()
    }

    /// The accounts that are identified so.
    pub(super) fn find(&self, who: &Identity) -> LookUp {
        let found: Vec<Found> = if who.by == self.by {
            let ids = self.by_key.get(&who.key()).map(Vec::as_slice).unwrap_or_default();
            ids.iter().filter_map(|id| self.by_id.get(id)).cloned().collect()
        } else {
            self.accounts().filter(|found| who.is(&found.resource)).cloned().collect()
        };
        match (found.len(), &self.gap) {
            (0, Some(gap)) => LookUp::Failed(Failure {
                kind: crate::domain::FailureKind::NotScim,
                text: format!("Whether {} has an account there cannot be told: {gap}.", who.value),
                next: "Try again when nobody else changes the app's users.".to_owned(),
            }),
            _ => one_or_several(found),
        }
    }
}

fn one_or_several(mut found: Vec<Found>) -> LookUp {
    match found.len() {
        0 => LookUp::Absent,
        1 => found.pop().map_or(LookUp::Absent, |found| LookUp::One(Box::new(found))),
        _ => LookUp::Several(found),
    }
}

/// Finds accounts. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Finder {
    endpoint: Endpoint,
    by: UniqueIdentifier,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    filter: Filter,
    pass: Option<Arc<Pass>>,
}

impl Finder {
    pub(super) fn new(endpoint: Endpoint, by: UniqueIdentifier) -> Self {
        Self { endpoint, by, state: Arc::new(Mutex::new(State { filter: Filter::Unknown, pass: None })) }
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
        let began = Instant::now();
        match self.filter(attributes).await {
            Err(trouble) => return LookUp::Failed(trouble.into()),
            Ok(Filter::Good) => match self.by_filter(who, attributes, seen).await {
                Ok(Some(found)) => return one_or_several(found),
                Ok(None) => self.state.lock().await.filter = Filter::Useless,
                Err(trouble) => return LookUp::Failed(trouble.into()),
            },
            Ok(Filter::Unknown | Filter::Useless) => {}
        }
        let newest = if fresh { began } else { began.checked_sub(PASS_AGE).unwrap_or(began) };
        match self.pass_since(newest, attributes).await {
            Ok(pass) => pass.find(who),
            Err(trouble) => LookUp::Failed(trouble.into()),
        }
    }

    /// A pass that began at `newest` or later; look-ups that come together share one.
    async fn pass_since(
        &self,
        newest: Instant,
        attributes: &[ProfileAttribute],
    ) -> Result<Arc<Pass>, Trouble> {
        let mut state = self.state.lock().await;
        if let Some(pass) = state.pass.as_ref().filter(|pass| pass.at >= newest) {
            return Ok(pass.clone());
        }
        let pass = Arc::new(read_all(&self.endpoint, self.by, attributes).await?);
        state.pass = Some(pass.clone());
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
        let exchange = self.endpoint.send_page(&probe::request()).await;
        Ok(read_page(&exchange)?.total)
    }

    /// The matches of a filter; none when the filter turns out to be ignored or not offered.
    async fn by_filter(
        &self,
        who: &Identity,
        attributes: &[ProfileAttribute],
        seen: &mut Vec<Exchange>,
    ) -> Result<Option<Vec<Found>>, Trouble> {
        let exchange = self.endpoint.send_page(&who.look_up()).await;
        let page = read_page(&exchange);
        seen.push(exchange);
        let rows = resources(&page?);
        if rows.iter().any(|row| !who.is_nearly(row)) {
            return Ok(None);
        }
        let same = rows.into_iter().filter(|row| who.is(row));
        Ok(Some(same.filter_map(|row| found(row, None, attributes)).collect()))
    }

    /// Tries the filter once on somebody who is there; where case does not count, with the case of the letters
    /// swapped.
    async fn filter(&self, attributes: &[ProfileAttribute]) -> Result<Filter, Trouble> {
        let mut state = self.state.lock().await;
        if state.filter == Filter::Unknown {
            state.filter = self.try_filter(attributes).await?;
        }
        Ok(state.filter)
    }

    async fn try_filter(&self, attributes: &[ProfileAttribute]) -> Result<Filter, Trouble> {
        let exchange = self.endpoint.send_page(&probe::request()).await;
        let page = read_page(&exchange)?;
        let sample = resources(&page).into_iter().find_map(|r| {
            let value = wire::held(self.by, &r).into_iter().find(|value| !value.is_empty())?;
            Some((resource::id(&r)?, value.to_owned()))
        });
        let Some((id, value)) = sample else { return Ok(Filter::Unknown) };
        let swapped = swap_case(&value);
        let either = wire::key(self.by, &swapped) == wire::key(self.by, &value);
        let who = Identity { by: self.by, value: if either { swapped } else { value } };
        match self.by_filter(&who, attributes, &mut Vec::new()).await {
            Ok(Some(found)) if found.iter().any(|f| f.account.remote_id == id) => Ok(Filter::Good),
            Ok(_) => Ok(Filter::Useless),
            Err(trouble) if refuses_filters(&trouble) => Ok(Filter::Useless),
            Err(trouble) => Err(trouble),
        }
    }
}

/// Whether the trouble is the filter's, not the endpoint's.
fn refuses_filters(trouble: &Trouble) -> bool {
    use crate::endpoint::Cause;
    matches!(trouble.cause, Cause::NotOffered | Cause::Refused | Cause::ServerError | Cause::NotFoundHere)
}

fn swap_case(text: &str) -> String {
    let swap = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    text.chars().map(swap).collect()
}

fn read_page(exchange: &Exchange) -> Result<ListPage, Trouble> {
    let answer = judge(&exchange.call, &exchange.outcome)?;
    ListPage::read(answer.body.as_bytes()).map_err(|_| Trouble::not_scim(answer, "a list of users"))
}

fn resources(page: &ListPage) -> Vec<Resource> {
    page.resources.iter().filter_map(|raw| serde_json::from_str(raw.get()).ok()).collect()
}

/// Reads an account from a resource.
pub(super) fn found(
    resource: Resource,
    etag: Option<&str>,
    attributes: &[ProfileAttribute],
) -> Option<Found> {
    let account = wire::account(&resource, etag, attributes)?;
    Some(Found { account, resource })
}

async fn read_all(
    endpoint: &Endpoint,
    by: UniqueIdentifier,
    attributes: &[ProfileAttribute],
) -> Result<Pass, Trouble> {
    let at = Instant::now();
    let listing = endpoint.list(PageQuery::all("Users")).await;
    if let Some(error) = listing.error {
        return Err(error.trouble);
    }
    let gap = match &listing.completeness {
        crate::endpoint::paging::Completeness::Complete => None,
        crate::endpoint::paging::Completeness::Incomplete(gap) => Some(gap.to_string()),
    };
    let mut pass = Pass { by, by_id: HashMap::new(), by_key: HashMap::new(), gap, at };
    for Item { id, resource } in listing.items {
        let Some(found) = found(resource, None, attributes) else { continue };
        for value in wire::held(by, &found.resource) {
            let ids = pass.by_key.entry(wire::key(by, value)).or_default();
            // The same address twice is one account.
            if ids.last() != Some(&id) {
                ids.push(id.clone());
            }
        }
        pass.by_id.insert(id, found);
    }
    Ok(pass)
}

/// Reads one account by id; none when it answers 404.
pub(super) async fn read(
    endpoint: &Endpoint,
    remote_id: &str,
    attributes: &[ProfileAttribute],
) -> Result<Option<Found>, Failure> {
    let call = Call::new(Method::Get, &["Users", remote_id]);
    let exchange = endpoint.send(&call).await;
    match judge(&call, &exchange.outcome) {
        Ok(answer) => serde_json::from_str::<Resource>(&answer.body)
            .ok()
            .and_then(|resource| found(resource, answer.etag.as_deref(), attributes))
            .map(Some)
            .ok_or_else(|| Trouble::not_scim(answer, "a user").into()),
        Err(trouble) if trouble.cause == crate::endpoint::Cause::ResourceGone => Ok(None),
        Err(trouble) => Err(trouble.into()),
    }
}
