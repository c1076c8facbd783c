//! The AWS driver: against a server that answers as told, against what was recorded of a server of its kind, and against one
//! that runs.

mod flow;
mod launch;
mod matrix;
mod real;
mod recorded;
mod scripted;
