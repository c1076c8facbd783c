//! How tests ended, for people: a file, then a line a test, and below those that failed why.

use super::discover::{Test, TestCloud, TestFile};
use super::suite::{Case, Ended, Stream};
use crate::cloud::Span;
use crate::diag::{self, Report, Style};
use std::fmt::Write as _;
use std::time::Duration;

/// How far in what failed is told.
const INDENT: &str = "      ";
/// The widest column of names.
const NAMES: usize = 48;
/// How many lines of output are shown of a test that failed.
const OUTPUT: usize = 40;

/// The cases of a run, with what came of them.
pub struct Results<'a> {
    /// The files.
    pub files: &'a [TestFile],
    /// The cases, by file and test.
    pub cases: &'a [Case],
    /// What came of each; fewer where the run was cut short.
    pub ended: &'a [Ended],
    /// What the run's ids follow from.
    pub seed: u64,
}

/// A test: the place of its file, itself, and how it ended on each cloud.
type OneTest<'a> = (usize, &'a Test, Vec<(TestCloud, &'a Ended)>);

impl Results<'_> {
    /// The tests that ran, in order, each with its cases.
    fn tests(&self) -> Vec<OneTest<'_>> {
        let mut all: Vec<OneTest<'_>> = Vec::new();
        let mut last = None;
        for (case, ended) in self.cases.iter().zip(self.ended) {
            let key = (case.file, case.test);
            if last != Some(key) {
                all.push((case.file, &self.files[case.file].tests[case.test], Vec::new()));
            }
            last = Some(key);
            all.iter_mut().next_back().into_iter().for_each(|(_, _, cases)| cases.push((case.face, ended)));
        }
        all
    }

    /// How many tests passed, and how many failed; one that fails on one face has failed.
    pub fn counts(&self) -> (usize, usize) {
        let tests = self.tests();
        let passed =
            tests.iter().filter(|(_, _, cases)| cases.iter().all(|(_, ended)| ended.passed())).count();
        (passed, tests.len() - passed)
    }

    /// The time that passed in all worlds.
    pub fn simulated(&self) -> Duration {
        self.ended.iter().map(|one| one.simulated).sum()
    }

    /// A page of it.
    pub fn page(&self, style: Style) -> String {
        let tests = self.tests();
        let width =
            tests.iter().map(|(_, test, _)| test.name().chars().count()).max().unwrap_or(0).min(NAMES);
        let mut text = String::new();
        let mut file = None;
        for (of, test, cases) in &tests {
            if file != Some(of) {
                let _ = writeln!(text, "{}", self.files[*of].name);
            }
            file = Some(of);
            self.test(&mut text, &self.files[*of].name, test, cases, (width, style));
        }
        text
    }

    fn test(
        &self,
        text: &mut String,
        file: &str,
        test: &Test,
        cases: &[(TestCloud, &Ended)],
        (width, style): (usize, Style),
    ) {
        let failed: Vec<&(TestCloud, &Ended)> = cases.iter().filter(|(_, ended)| !ended.passed()).collect();
        let words = |cases: &[&(TestCloud, &Ended)]| {
            cases.iter().map(|(face, _)| face.word()).collect::<Vec<_>>().join(" ")
        };
        let all: Vec<&(TestCloud, &Ended)> = cases.iter().collect();
        let simulated: Duration = cases.iter().map(|(_, ended)| ended.simulated).sum();
        let (sign, colour) = match (failed.is_empty(), style.unicode) {
            (true, true) => ("✓", "32"),
            (true, false) => ("+", "32"),
            (false, true) => ("✗", "31"),
            (false, false) => ("x", "31"),
        };
        let sign = if style.color { format!("\u{1b}[{colour}m{sign}\u{1b}[0m") } else { sign.to_string() };
        let name = test.name();
        let on = if failed.is_empty() { words(&all) } else { words(&failed) };
        let passed: Vec<&(TestCloud, &Ended)> = cases.iter().filter(|(_, ended)| ended.passed()).collect();
        let but = match (failed.is_empty(), passed.is_empty()) {
            (false, false) => format!("   passes on {}", words(&passed)),
            (true, _) if simulated > Duration::ZERO => format!("   {} simulated", told(simulated)),
            _ => String::new(),
        };
        let _ = writeln!(text, "{}", format!("  {sign} {name:width$}   {on:24}{but}").trim_end());
        let mut shown: Vec<(String, Vec<TestCloud>)> = Vec::new();
        for (face, ended) in failed {
            let why = self.why(file, test, ended, style);
            match shown.iter_mut().find(|(known, _)| alike(known) == alike(&why)) {
                Some((_, faces)) => faces.push(*face),
                None => shown.push((why, vec![*face])),
            }
        }
        let several = cases.len() > 1 && shown.len() > 1;
        for (why, faces) in shown {
            if several {
                let faces: Vec<&str> = faces.into_iter().map(TestCloud::word).collect();
                let _ = writeln!(text, "{INDENT}on {}", faces.join(" "));
            }
            text.push_str(&why);
        }
    }

    /// Why a test failed, what it wrote, what its world was like, and how to run it again.
    fn why(&self, file: &str, test: &Test, ended: &Ended, style: Style) -> String {
        let mut text = String::new();
        for (nth, failure) in ended.failures.iter().enumerate() {
            let mut report = Report { code: String::new(), ..failure.clone() };
            if nth == 0 {
                report.fact("world", world(&ended.left));
                report.fact("again", format!("rhain test {file} -k {} --seed {}", test.name(), self.seed));
            }
            let style = Style { width: style.width.saturating_sub(4).max(40), ..style };
            for line in diag::draw(&report, style, &[]).lines() {
                let line = format!("    {line}");
                let _ = writeln!(text, "{}", line.trim_end());
            }
        }
        let lines: Vec<(Stream, &str)> = ended
            .output
            .iter()
            .flat_map(|one| one.text.lines().map(move |line| (one.stream, line)))
            .collect();
        if !lines.is_empty() {
            let _ = writeln!(text, "{INDENT}output");
        }
        if lines.len() > OUTPUT {
            let _ = writeln!(text, "{INDENT}  … {} lines before these", lines.len() - OUTPUT);
        }
        for (stream, line) in lines.iter().skip(lines.len().saturating_sub(OUTPUT)) {
            let bar = if *stream == Stream::Out { "|" } else { "!" };
            let line = crate::base::visible::lines(line);
            let _ = writeln!(text, "{}", format!("{INDENT}  {bar} {line}").trim_end());
        }
        text
    }

    /// The last line: `37 passed, 1 failed in 0.9s (2h 12m simulated)`.
    pub fn summary(&self, took: Duration, coverage: Option<&str>) -> String {
        let (passed, failed) = self.counts();
        let failed = if failed > 0 { format!(", {failed} failed") } else { String::new() };
        let simulated = self.simulated();
        let simulated = if simulated > Duration::ZERO {
            format!(" ({} simulated)", told(simulated))
        } else {
            String::new()
        };
        let coverage = coverage.map_or(String::new(), |coverage| format!(", {coverage}"));
        format!("{passed} passed{failed} in {:.1}s{simulated}{coverage}", took.as_secs_f64())
    }
}

/// What failed, without the words that tell one face from another: what is the same on several is told once.
fn alike(why: &str) -> String {
    let faces = TestCloud::ALL.into_iter().rev();
    faces.fold(why.to_string(), |text, face| {
        text.replace(face.cloud(), "sim").replace(&format!("({})", face.word()), "")
    })
}

/// What there is in a world, in a line.
pub fn world(left: &[String]) -> String {
    const MANY: usize = 12;
    let mut shown: Vec<&str> = left.iter().take(MANY).map(String::as_str).collect();
    let more = format!("and {} more", left.len().saturating_sub(MANY));
    if left.len() > MANY {
        shown.push(&more);
    }
    shown.join(", ")
}

/// A length of time in whole seconds, its two largest units: `2h 12m`.
pub fn told(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds == 0 {
        return Span::from_std(time).to_string();
    }
    let parts = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
    let mut left = seconds;
    let mut shown = Vec::new();
    for (unit, word) in parts {
        let count = left / unit;
        left %= unit;
        if count > 0 || !shown.is_empty() {
            shown.push((count, word));
        }
    }
    let shown = shown.into_iter().take(2).filter(|(count, _)| *count > 0);
    shown.map(|(count, word)| format!("{count}{word}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_two_units() {
        let told = |seconds| told(Duration::from_secs(seconds));
        assert_eq!(
            [told(5), told(60), told(250), told(7_920), told(86_400 * 3 + 5), told(90_000)],
            ["5s", "1m", "4m 10s", "2h 12m", "3d", "1d 1h"]
        );
    }
}
