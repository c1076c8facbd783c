//! What is known of a value before it is there: one lattice of types ([`Type`]), and two questions.
//!
//! [`Question::Certain`] is the checker's: a variable has the type of all that is ever assigned to it, an `if` that of
//! both its ways, and where there is a doubt nothing is known. [`Question::Likely`] is an editor's: the first thing that
//! is known will do. What a cloud may leave out is `()` at run time and counts as what it otherwise is.

pub mod call;
mod calls;
mod ty;
mod types;

pub use call::Called;
pub use calls::changes_in_place;
pub use ty::{Keys, Type};
pub use types::{Question, Types};
