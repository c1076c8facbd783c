//! Keystone: what proves who the user is, how that is asked in v3 and v2.0, and the token that comes back.
//!
//! Requests and answers are values here; [`session`](super::session) sends them, and alone decides when a token is asked for.

pub mod credentials;
pub mod ec2;
pub mod projects;
pub mod token;
pub mod v2;
pub mod v3;

pub use credentials::{Auth, Interface, Named, Scope, ServiceSettings, Settings};
pub use token::Token;
