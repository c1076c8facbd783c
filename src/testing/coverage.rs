//! Which lines the tests ran, as a table, as JSON and as an lcov file.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How often each line ran, by file.
pub type Lines = BTreeMap<String, BTreeMap<usize, u64>>;

/// The lines of one file in numbers.
struct Counts {
    covered: usize,
    all: usize,
}

impl Counts {
    fn of(lines: &BTreeMap<usize, u64>) -> Counts {
        Counts { covered: lines.values().filter(|count| **count > 0).count(), all: lines.len() }
    }

    /// Whole per cent, rounded down: 100 is all.
    fn percent(&self) -> usize {
        (self.covered * 100).checked_div(self.all).unwrap_or(100)
    }
}

/// What is told of: files that are no tests themselves, and hold a line that could run.
pub fn of_scripts(lines: Lines) -> Lines {
    lines.into_iter().filter(|(name, lines)| !name.ends_with("_test.rhai") && !lines.is_empty()).collect()
}

fn whole(lines: &Lines) -> Counts {
    let all = lines.values().map(Counts::of);
    all.fold(Counts { covered: 0, all: 0 }, |sum, one| Counts {
        covered: sum.covered + one.covered,
        all: sum.all + one.all,
    })
}

/// What is said of it behind the numbers of tests: `94% of lines covered`.
pub fn words(lines: &Lines) -> String {
    match lines.is_empty() {
        true => "no script or module ran beside the tests".to_string(),
        false => format!("{}% of lines covered", whole(lines).percent()),
    }
}

/// The lines that never ran, neighbours together: `12-14, 30`. What stands between two of them without a statement counts to both.
fn missed(lines: &BTreeMap<usize, u64>) -> String {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    let mut open = false;
    for (line, count) in lines {
        match (count, open, ranges.last_mut()) {
            (0, true, Some(last)) => last.1 = *line,
            (0, ..) => ranges.push((*line, *line)),
            _ => {}
        }
        open = *count == 0;
    }
    let shown =
        |(from, to): (usize, usize)| if from == to { from.to_string() } else { format!("{from}-{to}") };
    ranges.into_iter().map(shown).collect::<Vec<_>>().join(", ")
}

/// A table, a line a file.
pub fn page(lines: &Lines) -> String {
    let width = lines.keys().map(|name| name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for (name, lines) in lines {
        let counts = Counts::of(lines);
        let missed = match missed(lines).as_str() {
            "" => String::new(),
            missed => format!("   never ran: {missed}"),
        };
        let (covered, all) = (counts.covered, counts.all);
        let _ = writeln!(text, "  {name:width$}  {:>3}%  {covered} of {all} lines{missed}", counts.percent());
    }
    text
}

/// The same for programs.
pub fn to_json(lines: &Lines) -> Value {
    let files = lines.iter().map(|(name, lines)| {
        let counts = Counts::of(lines);
        let missed: Vec<usize> =
            lines.iter().filter(|(_, count)| **count == 0).map(|(line, _)| *line).collect();
        json!({ "file": name, "lines": counts.all, "covered": counts.covered, "missed": missed })
    });
    let whole = whole(lines);
    json!({ "lines": whole.all, "covered": whole.covered, "files": files.collect::<Vec<_>>() })
}

/// The same as lcov tools read it.
pub fn lcov(lines: &Lines) -> String {
    let mut text = String::new();
    for (name, lines) in lines {
        let counts = Counts::of(lines);
        let _ = writeln!(text, "TN:\nSF:{name}");
        for (line, count) in lines {
            let _ = writeln!(text, "DA:{line},{count}");
        }
        let _ = writeln!(text, "LF:{}\nLH:{}\nend_of_record", counts.all, counts.covered);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines() -> Lines {
        let of = |lines: &[(usize, u64)]| lines.iter().copied().collect::<BTreeMap<_, _>>();
        of_scripts(Lines::from([
            ("a.rhai".to_string(), of(&[(1, 2), (3, 0), (5, 0), (6, 1), (9, 0)])),
            ("a_test.rhai".to_string(), of(&[(1, 0)])),
            ("empty.rhai".to_string(), of(&[])),
            ("std/b".to_string(), of(&[(2, 7)])),
        ]))
    }

    #[test]
    fn lines_are_told_in_every_form() {
        let lines = lines();
        assert_eq!(
            page(&lines),
            "  a.rhai   40%  2 of 5 lines   never ran: 3-5, 9\n  std/b   100%  1 of 1 lines\n"
        );
        assert_eq!(words(&lines), "50% of lines covered");
        assert!(lcov(&lines).starts_with("TN:\nSF:a.rhai\nDA:1,2\nDA:3,0\n"));
        assert!(lcov(&lines).contains("LF:5\nLH:2\nend_of_record\nTN:\nSF:std/b\n"));
        assert_eq!(to_json(&lines)["files"][0]["missed"], json!([3, 5, 9]));
        assert_eq!(words(&Lines::new()), "no script or module ran beside the tests");
    }
}
