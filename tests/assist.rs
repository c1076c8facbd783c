//! What is offered at a place of a text. `‸` is the cursor.

mod around;
mod colours;
mod complete;
mod fuzz;
mod told;
