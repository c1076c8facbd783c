//! Protocol: a request is a value, sending it is one function. This room knows HTTP and no cloud.
//!
//! Start at [`message`] (what is asked and answered), then [`send`] (deadlines, retries, pacing, tracing), then
//! [`error`] (what went wrong, and whether the request may have been sent).

pub mod clock;
pub mod error;
pub mod message;

pub use error::{Error, ErrorKind, Sent};
pub use message::{Answer, Body, Intent, Method, Request};
