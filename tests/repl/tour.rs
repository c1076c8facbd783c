//! A session as it was recorded: what is typed is read from the record, and the screen must be the record again.
//!
//! `BLESS=1` writes the screen into the record. What differs from run to run, ids and ages, is made the same.

use super::terminal::Terminal;
use crate::support::{Program, normalised, of_tests};

/// What was typed in a record: what stands behind each prompt, with the lines it went on for.
fn typed(record: &str) -> Vec<String> {
    let mut inputs: Vec<String> = Vec::new();
    let mut open = false;
    let prompt = regex::Regex::new(r"^sim( \(read-only\))?> ").expect("a pattern");
    for line in record.lines() {
        if let Some(found) = prompt.find(line) {
            inputs.push(line[found.end()..].to_string());
        } else if let (true, Some(input)) = (open, inputs.last_mut()) {
            input.push('\n');
            input.push_str(line);
        } else {
            continue;
        }
        let input = inputs.last().expect("an input");
        open = !input.starts_with(':') && rhain::repl::unfinished(input);
    }
    inputs
}

/// The screen with what differs from run to run made the same.
fn steady(screen: &str) -> String {
    let rules = [
        (r"took [0-9.]+ (ms|s), ", "took N ms, "),
        (r"(?m)^(age +)\S+$", "${1}Ns"),
        (r"(?m)^((created|updated) +)\S+$", "${1}TIME"),
        (r" [0-9]+s$", " Ns"),
        (r"(?m) +[0-9]+s$", "  Ns"),
    ];
    rules.iter().fold(normalised(screen), |text, (pattern, with)| {
        regex::Regex::new(pattern).expect("a pattern").replace_all(&text, *with).into_owned()
    })
}

#[test]
fn the_tour_is_as_it_was_recorded() {
    let file = of_tests("cases/tour.txt");
    let record = std::fs::read_to_string(&file).expect("the record");
    let program = Program::new();
    let terminal = Terminal::start(&program, &["--cloud", "sim"]);
    let inputs = typed(&record);
    assert!(inputs.len() > 20, "the record holds few inputs: {inputs:?}");
    for input in &inputs {
        terminal.ask(input);
    }
    let rows = terminal.rows();
    let screen = rows[..rows.len() - 1].join("\n");
    let seen = format!("$ rhain --cloud sim\n{}\n", steady(&screen));
    assert_eq!(program.run(&["run", "grow.rhai", "--cloud", "sim"]).code, Some(0), "the saved script runs");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, seen).expect("the record is written");
        return;
    }
    let different = seen.lines().zip(record.lines()).position(|(seen, recorded)| seen != recorded);
    let at = different.unwrap_or_else(|| seen.lines().count().min(record.lines().count()));
    let around = |text: &str| text.lines().skip(at.saturating_sub(3)).take(8).collect::<Vec<_>>().join("\n");
    assert!(seen == record, "line {}:\nseen\n{}\nrecorded\n{}", at + 1, around(&seen), around(&record));
}
