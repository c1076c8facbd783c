//! Everything that leaves the script's own world passes here: [`mod@decide`] is one pure decision, [`stage`] gives each call its
//! [`path`], its [`token`], its beginning and its end, and [`observer`] is what may watch and answer. [`value`] is how a record
//! keeps what was given and taken.
//!
//! Read-only mode, dry run and permissions hang on the decision. [`ledger`], [`masks`] and whatever keeps a record of the run are
//! observers; [`standing`] is what exists by the ledger.

pub mod allow;
pub mod decide;
mod errors;
mod granted;
pub mod guard;
pub mod journal;
pub mod ledger;
pub mod masks;
pub mod observer;
pub mod path;
pub mod plan;
pub mod plan_compare;
mod scope;
pub mod stage;
pub mod standing;
pub mod store;
pub mod token;
pub mod undo;
mod undo_fields;
pub mod value;

pub use allow::{CloudGrant, Grants, Header, header};
pub use decide::{Decision, Policy, decide};
pub use granted::Grant;
pub use ledger::Ledger;
pub use observer::{Begin, Course, End, Fork, Join, Note, Observer, Resumed, Site};
pub use path::{Branch, Path};
pub use stage::Stage;
pub use token::RunKey;
