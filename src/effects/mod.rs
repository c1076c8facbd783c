//! Every effect passes here: [`mod@decide`] is one pure decision, [`ledger`] the record of what the run did, and
//! [`standing`] what exists by that record.
//!
//! Read-only mode, dry run and permissions hang on the decision; the report of what exists now hangs on the ledger alone.

pub mod decide;
pub mod ledger;
pub mod standing;

pub use decide::{Decision, Grant, Policy, decide};
pub use ledger::Ledger;
