//! Runs that last: what a journal holds, how a run goes on from it, and what `rhain runs` shows.

mod again;
mod disk;
mod exclusive;
mod kept;
mod plan;
mod resume;
