//! How tests ended, for programs: a line of JSON a case, and one for the run.

use super::report::Results;
use super::suite::{Ended, Stream};
use crate::diag;
use serde_json::{Value, json};
use std::time::Duration;

/// A case: `event` is `test`.
fn case(file: &str, name: &str, line: usize, face: &str, ended: &Ended) -> Value {
    let output = ended.output.iter().map(|one| {
        let stream = if one.stream == Stream::Out { "stdout" } else { "stderr" };
        json!({ "stream": stream, "text": one.text })
    });
    json!({
        "event": "test",
        "file": file,
        "test": name,
        "line": line,
        "cloud": face,
        "passed": ended.passed(),
        "simulated_seconds": ended.simulated.as_secs_f64(),
        "seconds": ended.took.as_secs_f64(),
        "requests": ended.asked.len(),
        "errors": ended.failures.iter().map(|report| diag::to_json(report, &[])).collect::<Vec<_>>(),
        "left": ended.left,
        "output": output.collect::<Vec<_>>(),
    })
}

/// Every case, then the run: `event` is `tests`.
pub fn lines(results: &Results<'_>, took: Duration, coverage: Option<Value>) -> Vec<String> {
    let mut lines: Vec<String> = results
        .cases
        .iter()
        .zip(results.ended)
        .map(|(one, ended)| {
            let file = &results.files[one.file];
            let test = &file.tests[one.test];
            case(&file.name, test.name(), test.line, one.face.word(), ended).to_string()
        })
        .collect();
    let (passed, failed) = results.counts();
    let mut run = json!({
        "event": "tests",
        "passed": passed,
        "failed": failed,
        "seed": results.seed,
        "seconds": took.as_secs_f64(),
        "simulated_seconds": results.simulated().as_secs_f64(),
    });
    if let (Some(coverage), Some(run)) = (coverage, run.as_object_mut()) {
        run.insert("coverage".to_string(), coverage);
    }
    lines.push(run.to_string());
    lines
}
