//! How much a run works: the steps of all its threads in one count, so that many small loops are as much as one long one.
//!
//! A run is not ended for working long: a loop can be interrupted at every step, and a person is told when it looks endless.

use super::memory;
use crate::cloud::{Error, Kind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// From so many steps on a run looks endless: some minutes of nothing but steps.
const PLENTY: u64 = 1_000_000_000;
/// A thread counts so many of its own steps before it adds them to the run's: one counter that all wrote to at every step
/// would be what they wait for.
const BATCH: u64 = 1 << 12;

/// The steps of a run.
#[derive(Debug)]
pub struct Budget {
    spent: AtomicU64,
    plenty: u64,
    /// The most memory that the program may hold.
    memory: AtomicUsize,
    /// So many steps end the run.
    end: AtomicU64,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget::of(PLENTY)
    }
}

impl Budget {
    /// None spent yet; `plenty` looks endless.
    pub fn of(plenty: u64) -> Budget {
        Budget {
            spent: AtomicU64::new(0),
            plenty,
            memory: AtomicUsize::new(usize::MAX),
            end: AtomicU64::new(u64::MAX),
        }
    }

    /// The same with a bound on memory, in bytes.
    pub fn within(self, memory: usize) -> Budget {
        Budget { memory: AtomicUsize::new(memory), ..self }
    }

    /// From now on the run ends after so many steps in all.
    pub fn end_after(&self, steps: u64) {
        self.end.store(steps, Ordering::Relaxed);
    }

    /// Whether the run has taken as many steps as it may.
    pub fn is_spent(&self) -> bool {
        self.spent.load(Ordering::Relaxed) >= self.end.load(Ordering::Relaxed)
    }

    /// The error of a run that has.
    pub fn spent_all() -> Error {
        Error::new(Kind::Script, "the script took as many steps as it may, and did not end")
            .coded("language::limit")
            .help("look for a loop that has no end")
    }

    /// Whether the program holds more memory than the run may take.
    pub fn is_over_memory(&self) -> bool {
        memory::held() > self.memory.load(Ordering::Relaxed)
    }

    /// Whether so many bytes more can be taken.
    ///
    /// # Errors
    /// When they cannot: the error for the script.
    pub fn room(&self, bytes: usize) -> Result<(), Error> {
        match memory::held().saturating_add(bytes) > self.memory.load(Ordering::Relaxed) {
            true => Err(memory::exceeded()),
            false => Ok(()),
        }
    }

    /// What is left until the end of the script has room to run, whatever the script itself has taken.
    pub fn leave_room(&self) {
        let limit = self.memory.load(Ordering::Relaxed);
        let wanted = limit.max(memory::held()).saturating_add(limit / 4);
        self.memory.store(wanted, Ordering::Relaxed);
    }

    /// A thread takes a step, its own `count`-th; whether with it the run begins to look endless. That is so once.
    pub fn step(&self, count: u64) -> bool {
        if !count.is_multiple_of(BATCH) {
            return false;
        }
        let before = self.spent.fetch_add(BATCH, Ordering::Relaxed);
        before < self.plenty && before.saturating_add(BATCH) >= self.plenty
    }

    /// What a person is told then.
    pub fn warning(&self) -> String {
        let millions = self.plenty / 1_000_000;
        format!(
            "the script has taken {millions} million steps and goes on: Ctrl-C ends a loop that has no end"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    #[test]
    fn the_steps_of_all_threads_are_one_count_and_told_of_once() {
        let (budget, told) = (Budget::of(10 * BATCH), AtomicUsize::new(0));
        let steps = |from: u64, to: u64| {
            let seen = (from..to).filter(|count| budget.step(*count)).count();
            told.fetch_add(seen, Ordering::Relaxed);
        };
        // Three threads, none of which takes so many by itself.
        std::thread::scope(|scope| {
            (0..3).for_each(|_| drop(scope.spawn(|| steps(1, 3 * BATCH + 1))));
        });
        assert_eq!(told.load(Ordering::Relaxed), 0);
        steps(1, BATCH + 1);
        assert_eq!(told.load(Ordering::Relaxed), 1);
        steps(1, 20 * BATCH);
        assert_eq!(told.load(Ordering::Relaxed), 1);
        assert_eq!(
            Budget::default().warning(),
            "the script has taken 1000 million steps and goes on: Ctrl-C ends a loop that has no end"
        );
    }
}
