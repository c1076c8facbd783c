//! Runs tests, many at a time. What is told of them, and in which order, does not hang on which one ended first.

use super::discover::TestCloud;
use crate::diag::Report;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A test on one face.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// The file's number.
    pub file: usize,
    /// The test's number in it.
    pub test: usize,
    /// The face.
    pub face: TestCloud,
}

/// Where a line of a test's output went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// What a test wrote at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Where to.
    pub stream: Stream,
    /// What.
    pub text: String,
}

/// How a test ended.
#[derive(Debug, Clone, Default)]
pub struct Ended {
    /// What failed; nothing where it passed.
    pub failures: Vec<Report>,
    /// The kind of error that it failed with.
    pub kind: &'static str,
    /// What it wrote.
    pub output: Vec<Line>,
    /// How much time passed in its world.
    pub simulated: Duration,
    /// How much time passed for people.
    pub took: Duration,
    /// What its world had at the end beside what it began with.
    pub left: Vec<String>,
    /// The operations that its world was asked for, in order.
    pub asked: Vec<String>,
    /// Whether it was ended from outside, since it did not end by itself.
    pub hung: bool,
    /// Files of kept output that it wrote.
    pub kept: Vec<String>,
}

impl Ended {
    /// Whether it passed.
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

/// Run cases on so many threads; gives what came of each, in their order. Where `fail_fast`, nothing new starts once one has failed,
/// and what stands behind the first that failed is left out.
pub fn run<T: Send>(
    cases: usize,
    threads: usize,
    fail_fast: impl Fn(&T) -> bool + Sync,
    work: impl Fn(usize) -> T + Sync,
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let ended: Mutex<Vec<Option<T>>> = Mutex::new((0..cases).map(|_| None).collect());
    let lock = || ended.lock().unwrap_or_else(PoisonError::into_inner);
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, cases.max(1)) {
            scope.spawn(|| {
                loop {
                    let nth = next.fetch_add(1, Ordering::Relaxed);
                    if nth >= cases {
                        break;
                    }
                    let done = work(nth);
                    if fail_fast(&done) {
                        next.fetch_max(cases, Ordering::Relaxed);
                    }
                    lock()[nth] = Some(done);
                }
            });
        }
    });
    let mut all = Vec::new();
    for one in std::mem::take(&mut *lock()) {
        let Some(one) = one else { break };
        let last = fail_fast(&one);
        all.push(one);
        if last {
            break;
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_and_end_behind_the_first_failure() {
        let all = run(50, 8, |_| false, |nth| nth * nth);
        assert_eq!(all, (0..50).map(|nth| nth * nth).collect::<Vec<_>>());
        for threads in [1, 2, 8] {
            let some = run(50, threads, |nth| nth % 20 == 13, |nth| nth);
            assert_eq!(some, (0..=13).collect::<Vec<_>>(), "{threads}");
        }
        assert_eq!(run(0, 4, |_: &usize| false, |nth| nth), Vec::<usize>::new());
    }
}
