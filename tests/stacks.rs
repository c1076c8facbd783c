//! Stacks: every exchange recorded of a real Heat, of its CloudFormation endpoint and of an imitation of CloudFormation parses, and
//! the field's own cases hold on a real cloud.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

#[path = "stacks/cases.rs"]
mod cases;
#[path = "stacks/failures.rs"]
mod failures;
#[path = "stacks/hidden.rs"]
mod hidden;
#[path = "stacks/interrupted.rs"]
mod interrupted;
#[path = "stacks/lost.rs"]
mod lost;
#[path = "stacks/recorded.rs"]
mod recorded;
#[path = "stacks/view.rs"]
mod view;
#[path = "stacks/wrong_answers.rs"]
mod wrong_answers;
