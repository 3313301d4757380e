//! The only room that speaks HTTP outwards: transport, paging, the connection test, the activity log and the
//! places where tokens are kept.
//!
//! What it sends is a [`Call`](crate::domain::Call) of the domain, what it gives back an
//! [`Exchange`](crate::domain::Exchange). It never fails and never tries twice: one attempt, one exchange.
//! Whether to try again belongs to the journal, which alone knows what a lost answer means. Redirects are not
//! followed, proxies from the environment are not used, addresses in answers are never fetched.

pub mod activity;
mod address;
mod body;
mod client;
pub mod deep_probe;
mod excerpt;
mod fault;
mod headers;
pub mod invitation;
mod leaving;
pub mod paging;
pub mod probe;
mod redact;
pub mod rehearsal;
pub mod roles;
pub mod token;
mod transport;
mod trouble;
mod waits;

pub use address::BaseUrlError;
pub use excerpt::excerpt;
pub use headers::retry_after;
pub use leaving::MayLeave;
pub use roles::ReportedRole;
pub use transport::{Caps, Endpoint, EndpointConfig, EndpointError, Timeouts};
pub use trouble::{Cause, Trouble, judge};
pub use waits::Waits;
