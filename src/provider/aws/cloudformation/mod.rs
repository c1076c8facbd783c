//! CloudFormation, Amazon's and Heat's: each file builds the calls of one thing and decodes its answers; nothing here sends.
//!
//! Heat's endpoint speaks the same actions with less behind them: no change sets, no events, nothing that is kept by itself. Its stacks
//! are told by their ids ([`is_of_heat`]).

pub mod change_set;
pub mod event;
pub mod stack;
pub mod template;

/// Whether an id is one of Heat's: `arn:openstack:heat::PROJECT:stacks/NAME/UUID`.
pub fn is_of_heat(id: &str) -> bool {
    id.starts_with("arn:openstack:")
}
