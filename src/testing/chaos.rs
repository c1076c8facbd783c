//! `rhain test --chaos`: what became of a test when one of its requests went wrong, as a table: a row a request, a column a kind
//! of fault, and in each place how the test ended and what it left.

use super::report::world;
use super::suite::Ended;
use std::fmt::Write as _;

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The service is not there for a moment.
    Unavailable,
    /// It refuses, and goes on refusing this one.
    Forbidden,
    /// The connection breaks before the request is carried out.
    Reset,
    /// It is carried out, and the answer is lost.
    Lost,
}

impl Fault {
    /// All of them.
    pub const ALL: [Fault; 4] = [Fault::Unavailable, Fault::Forbidden, Fault::Reset, Fault::Lost];

    /// The head of its column.
    pub fn word(self) -> &'static str {
        match self {
            Fault::Unavailable => "503 once",
            Fault::Forbidden => "403 once",
            Fault::Reset => "broken before",
            Fault::Lost => "answer lost",
        }
    }
}

/// How a run with a fault ended, in a few words, beside one without.
pub fn outcome(clean: &Ended, ended: &Ended) -> String {
    let how = match (ended.hung, ended.passed()) {
        (true, _) => "did not end".to_string(),
        (_, true) => "passes".to_string(),
        (_, false) => ended.kind.to_string(),
    };
    match (ended.left == clean.left, ended.left.is_empty()) {
        (true, _) => how,
        (false, true) => format!("{how}, nothing left"),
        (false, false) => format!("{how}, left: {}", world(&ended.left)),
    }
}

/// The table of a test: a row a request, in which neighbours that are alike stand together. `cells` has the outcomes by request, then by kind.
pub fn table(asked: &[String], cells: &[Vec<String>]) -> String {
    let mut rows: Vec<(usize, usize, &str, &Vec<String>)> = Vec::new();
    for (nth, (operation, cells)) in asked.iter().zip(cells).enumerate() {
        match rows.last_mut() {
            Some(last) if last.2 == operation && last.3 == cells => last.1 = nth + 1,
            _ => rows.push((nth + 1, nth + 1, operation, cells)),
        }
    }
    let number = |from: usize, to: usize| if from == to { from.to_string() } else { format!("{from}-{to}") };
    let heads = ["", "request"].map(str::to_string).into_iter();
    let mut lines: Vec<Vec<String>> =
        vec![heads.chain(Fault::ALL.map(|one| one.word().to_string())).collect()];
    for (from, to, operation, cells) in rows {
        let head = [number(from, to), operation.to_string()].into_iter();
        lines.push(head.chain(cells.iter().cloned()).collect());
    }
    let columns = lines.first().map_or(0, Vec::len);
    let widths: Vec<usize> = (0..columns)
        .map(|nth| {
            lines.iter().filter_map(|line| line.get(nth)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for line in lines {
        let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        let _ = writeln!(text, "    {}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Report;

    #[test]
    fn neighbours_that_are_alike_stand_together() {
        let cells = |word: &str| vec![word.to_string(); 4];
        let asked = ["a", "b", "b", "b"].map(str::to_string);
        let text = table(&asked, &[cells("passes"), cells("passes"), cells("passes"), cells("conflict")]);
        let rows: Vec<String> =
            text.lines().map(|line| line.split_whitespace().take(3).collect::<Vec<_>>().join(" ")).collect();
        assert_eq!(rows, ["request 503 once", "1 a passes", "2-3 b passes", "4 b conflict"]);
    }

    #[test]
    fn an_outcome_tells_what_is_left_where_that_is_another() {
        let clean = Ended { left: vec!["server a (active)".to_string()], ..Ended::default() };
        assert_eq!(outcome(&clean, &clean), "passes");
        assert_eq!(outcome(&clean, &Ended::default()), "passes, nothing left");
        let failed = Ended {
            failures: vec![Report::new("", "x")],
            kind: "conflict",
            left: vec!["volume b".to_string()],
            ..Ended::default()
        };
        assert_eq!(outcome(&clean, &failed), "conflict, left: volume b");
    }
}
