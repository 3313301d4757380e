//! Endpoints that know no index: they give pages by cursor only (RFC 9865).

use crate::domain::{Call, Exchange, Outcome};
use crate::endpoint::Endpoint;

const INDEX: &str = "startIndex";
const FILTER: &str = "filter";

impl Endpoint {
    /// Asks for a page. Where `startIndex` itself is refused, the endpoint's own way of paging is asked for
    /// instead, now and from then on; when that is refused as well, the first answer is the one that counts.
    pub async fn send_page(&self, call: &Call) -> Exchange {
        if self.cursors_only() {
            return self.send(&without_index(call)).await;
        }
        let exchange = self.send(call).await;
        // With a filter it may be the filter that is refused.
        let asks = |name: &str| call.query.iter().any(|(given, _)| given == name);
        if !refused(&exchange) || !asks(INDEX) || asks(FILTER) {
            return exchange;
        }
        let second = self.send(&without_index(call)).await;
        if super::read(&second).is_err() {
            return exchange;
        }
        self.learn_cursors_only();
        second
    }
}

fn refused(exchange: &Exchange) -> bool {
    matches!(&exchange.outcome, Outcome::Answered(answer) if matches!(answer.status, 400 | 501))
}

fn without_index(call: &Call) -> Call {
    let mut call = call.clone();
    call.query.retain(|(name, _)| name != INDEX);
    call
}
