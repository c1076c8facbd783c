//! What the drivers of stacks do alike, Heat's and CloudFormation's.
//!
//! [`tracker`] follows an operation by its events: where it began, what failed first, what is still under way. [`guard`] refuses
//! what a stack's state does not allow before anything is sent, and knows the way out of each state. [`made`]
//! is the stack that a script has before the cloud was asked for one, [`order`] puts events into their order, `kinds` knows the
//! types of resources.

pub(crate) mod guard;
mod kinds;
pub(crate) mod made;
pub(crate) mod order;
pub(crate) mod tracker;
pub(crate) mod under_way;
