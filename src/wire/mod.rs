//! Protocol: a request is a value, sending it is one function. This room knows HTTP and no cloud.
//!
//! Start at [`message`] (what is asked and answered), then [`send`] (deadlines, tracing), [`attempt`] (connections, redirects,
//! TLS), [`retry`] (what is asked again, and when), [`pace`] (how many at a time, how fast, when not), [`mask`] (what never prints), [`hosts`] (where credentials may go), [`auth`] (signatures),
//! [`query`] and [`xml`] (the shapes of AWS's protocols), and [`error`] (what went wrong, and whether the request may have been sent).

mod attempt;
pub mod auth;
mod bounds;
pub mod clock;
pub mod error;
pub mod hosts;
pub mod known;
mod links;
pub mod mask;
pub mod message;
pub mod pace;
pub mod proxy;
pub mod query;
pub mod retry;
pub mod send;
pub mod settings;
pub mod stream;
pub mod trace;
mod trust;
pub mod xml;

pub use auth::{Credentials, Signer, Source};
pub use clock::{Clock, WallClock};
pub use error::{Error, ErrorKind, Sent};
pub use message::{Answer, Body, Intent, Method, Request};
pub use pace::Pace;
pub use proxy::Proxies;
pub use send::{Counters, Wire};
pub use settings::{MaySend, Settings, Tls};
pub use stream::{Outgoing, Receiver};
pub use trace::{Exchange, Silent, Trace};
