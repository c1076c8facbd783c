//! What is offered at a place of a text. `‸` is the cursor.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]
#![allow(clippy::disallowed_methods)] // a run of the fuzzer by hand is told its length by the environment

mod around;
mod colours;
mod complete;
mod fuzz;
mod live;
mod told;

/// Check a text, whatever comes of it.
fn checked(world: &crate::support::World, text: &str) {
    rhain::check::check(&world.setup.session, "test.rhai", text);
}
