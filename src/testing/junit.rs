//! How tests ended, as JUnit XML: a suite a file, a case a test and face.

use super::report::Results;
use super::suite::{Ended, Stream};
use crate::diag::{self, Style};
use std::fmt::Write as _;
use std::time::Duration;

/// The whole file.
pub fn xml(results: &Results<'_>, took: Duration) -> String {
    let failed = results.ended.iter().filter(|ended| !ended.passed()).count();
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        text,
        "<testsuites name=\"rhain test\" tests=\"{}\" failures=\"{failed}\" time=\"{:.3}\">",
        results.ended.len(),
        took.as_secs_f64()
    );
    for (nth, file) in results.files.iter().enumerate() {
        let cases: Vec<_> =
            results.cases.iter().zip(results.ended).filter(|(case, _)| case.file == nth).collect();
        if cases.is_empty() {
            continue;
        }
        let failed = cases.iter().filter(|(_, ended)| !ended.passed()).count();
        let time: Duration = cases.iter().map(|(_, ended)| ended.took).sum();
        let _ = writeln!(
            text,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failed}\" time=\"{:.3}\">",
            escaped(&file.name),
            cases.len(),
            time.as_secs_f64()
        );
        for (case, ended) in cases {
            let test = &file.tests[case.test];
            let _ = write!(
                text,
                "    <testcase name=\"{} [{}]\" classname=\"{}\" file=\"{}\" line=\"{}\" time=\"{:.3}\"",
                escaped(test.name()),
                case.face.word(),
                escaped(file.name.trim_end_matches(".rhai")),
                escaped(&file.name),
                test.line,
                ended.took.as_secs_f64()
            );
            body(&mut text, ended);
        }
        text.push_str("  </testsuite>\n");
    }
    text.push_str("</testsuites>\n");
    text
}

fn body(text: &mut String, ended: &Ended) {
    let written = |stream: Stream| {
        let lines = ended.output.iter().filter(|one| one.stream == stream);
        lines.map(|one| format!("{}\n", one.text)).collect::<String>()
    };
    let parts = [("system-out", written(Stream::Out)), ("system-err", written(Stream::Err))];
    if ended.passed() && parts.iter().all(|(_, written)| written.is_empty()) {
        text.push_str("/>\n");
        return;
    }
    text.push_str(">\n");
    // A case fails once, whatever else went wrong at its end.
    if let Some(first) = ended.failures.first() {
        let whole: String = ended.failures.iter().map(|one| diag::draw(one, Style::PLAIN, &[])).collect();
        let _ = writeln!(
            text,
            "      <failure type=\"{}\" message=\"{}\">{}</failure>",
            escaped(ended.kind),
            escaped(&first.title),
            escaped(&whole)
        );
    }
    for (name, written) in parts.iter().filter(|(_, written)| !written.is_empty()) {
        let _ = writeln!(text, "      <{name}>{}</{name}>", escaped(written));
    }
    text.push_str("    </testcase>\n");
}

/// Text as XML takes it; what XML has no letters for is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(letter),
            '\u{fffe}' | '\u{ffff}' => {}
            control if control.is_control() => {}
            letter => out.push(letter),
        }
    }
    out
}
