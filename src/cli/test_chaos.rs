//! `rhain test --chaos`: each test again with each kind of fault at each of its requests.

use super::test_case::{self, Manner};
use super::test_world::TestWorld;
use crate::testing::chaos::{Fault, outcome, table};
use crate::testing::{Case, Ended, TestFile, suite};
use rhain_sim::{Fault as Planned, FaultKind};

/// A run: which test, at which request, with which fault.
struct Strike {
    case: usize,
    at: usize,
    fault: Fault,
}

/// Let a fault strike at a request, counted from 0.
fn plan(world: &TestWorld, strike: &Strike) {
    let kind = match strike.fault {
        Fault::Unavailable => FaultKind::Status { code: 503, body: None, retry_after: None },
        Fault::Forbidden => FaultKind::Status { code: 403, body: None, retry_after: None },
        Fault::Reset => FaultKind::ResetBefore,
        Fault::Lost => FaultKind::ResetAfter,
    };
    let after = u32::try_from(strike.at).unwrap_or(u32::MAX);
    let planned = Planned { operation: "*".to_string(), times: 1, after, kind };
    // A cloud that does not start fails the test by itself.
    let _ = world.simulated().started(|sim| sim.fault(planned));
}

/// The tables of all tests that passed, and whether each run came to an end.
pub(super) fn run(
    manner: &Manner<'_>,
    files: &[TestFile],
    cases: &[Case],
    clean: &[Ended],
    threads: usize,
) -> (String, bool) {
    let passed = || clean.iter().enumerate().filter(|(_, ended)| ended.passed());
    let strikes: Vec<Strike> = passed()
        .flat_map(|(case, ended)| (0..ended.asked.len()).map(move |at| (case, at)))
        .flat_map(|(case, at)| Fault::ALL.map(|fault| Strike { case, at, fault }))
        .collect();
    let outcomes = suite::run(
        strikes.len(),
        threads,
        |_: &(String, bool)| false,
        |nth| {
            let strike = &strikes[nth];
            let case = cases[strike.case];
            let ended =
                test_case::run(manner, &files[case.file], case.test, case.face, |world| plan(world, strike));
            (outcome(&clean[strike.case], &ended), ended.hung)
        },
    );
    let mut text = String::new();
    let mut rest = outcomes.iter().map(|(told, _)| told.clone());
    for (nth, ended) in passed() {
        let case = cases[nth];
        let file = &files[case.file];
        let kinds = Fault::ALL.len();
        let cells: Vec<Vec<String>> =
            ended.asked.iter().map(|_| rest.by_ref().take(kinds).collect()).collect();
        let runs = ended.asked.len() * kinds;
        text.push_str(&format!(
            "{} {} on {}: {} requests, {runs} runs\n{}",
            file.name,
            file.tests[case.test].name(),
            case.face.word(),
            ended.asked.len(),
            table(&ended.asked, &cells)
        ));
    }
    (text, outcomes.iter().all(|(_, hung)| !hung))
}
