//! What is offered at a place of a text. `‸` is the cursor.

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
