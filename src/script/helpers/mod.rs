//! The bodies of the language helpers that need the engine: closures, output, the end of the script.

mod arrays;
mod asking;
mod control;
mod difference;
mod exclusive;
mod large;
mod natives;
mod numbers;
mod output;
mod outside;
mod parameters;
mod steering;
mod testing;

pub(super) use large::FUNCTION;

use super::session::Session;
use rhai::Engine;
use std::sync::Arc;

/// Register all of them.
pub(super) fn register(engine: &mut Engine, session: &Arc<Session>) {
    arrays::register(engine);
    asking::register(engine, session);
    exclusive::register(engine, session);
    large::register(engine, session);
    numbers::register(engine);
    control::register(engine, session);
    output::register(engine, session);
    outside::register(engine, session);
    parameters::register(engine, session);
    steering::register(engine, session);
    testing::register(engine, session);
}
