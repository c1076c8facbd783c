//! The record of a run on disk, from which a run goes on, is shown, and is taken back.
//!
//! [`writer`] is the observer that keeps it, line by [`line`]; [`record`] says what stands in a line, [`keeper`] that nothing
//! secret does; [`history`] reads it again, [`answers`] says which calls of a run that goes on are answered from it, and [`replay`]
//! answers them. Where the lines are kept is the matter of [`super::store`].

mod answers;
mod branches;
mod contents;
mod disk;
mod gate;
mod given;
pub mod history;
pub mod keeper;
mod line;
pub mod record;
pub mod replay;
mod settle;
pub mod writer;

pub use history::{History, State};
pub use keeper::Keeper;
pub use replay::Replay;
pub use writer::Journal;
