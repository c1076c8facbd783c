//! The examples in the comments of scripts: a block fenced by three backquotes, bare or called `rhai`, in a `///` or `//!` comment.
//!
//! Each is a test of its own. It may call the functions of its file; what else the file does at its top level is left out. A
//! statement with `// value` behind it must give what prints so. The text keeps its lines, so that places are those of the file.

use super::discover::Test;
use crate::syntax;
use crate::syntax::tree::{Statement, StatementKind};

/// How the functions are called that examples become.
const PREFIX: &str = "test_example";

/// The examples of a script: its text with each as a function in its place, and the tests that these are; `None` where it has none.
pub(super) fn of(text: &str) -> Option<(String, Vec<Test>)> {
    if !text.contains("```") || text.contains("\n//@ rhain-bundle ") {
        return None;
    }
    let without = without_doings(text);
    let mut lines: Vec<String> = without.lines().map(str::to_string).collect();
    let mut tests = Vec::new();
    let mut at = 0;
    while let Some(open) = (at..lines.len()).find(|nth| opens(&lines[*nth])) {
        let end = (open + 1..lines.len()).find(|nth| commented(&lines[*nth]).is_none_or(is_fence));
        let Some(close) = end.filter(|nth| commented(&lines[*nth]).is_some()) else { break };
        let name = named(&lines[close..], &tests);
        let body: Vec<String> = lines[open + 1..close].iter().map(|line| uncommented(line)).collect();
        for (nth, line) in asserted(&body.join("\n")).lines().enumerate() {
            lines[open + 1 + nth] = line.to_string();
        }
        lines[open] = format!("fn {name}() {{");
        lines[close] = "}".to_string();
        tests.push(Test { function: name, line: open + 1 });
        at = close + 1;
    }
    // A block of another language has a fence that opens nothing here.
    (!tests.is_empty()).then(|| (lines.join("\n") + "\n", tests))
}

/// What stands in a doc comment's line.
fn commented(line: &str) -> Option<&str> {
    let line = line.trim_start();
    line.strip_prefix("///").or_else(|| line.strip_prefix("//!")).map(str::trim)
}

fn is_fence(said: &str) -> bool {
    said.starts_with("```")
}

fn opens(line: &str) -> bool {
    matches!(commented(line), Some("```" | "```rhai"))
}

/// A line of a comment as the code that it holds, in its columns.
fn uncommented(line: &str) -> String {
    line.replacen("///", "   ", 1).replacen("//!", "   ", 1)
}

/// The name of the next example: of the function that the comment is about, or of the script.
fn named(rest: &[String], before: &[Test]) -> String {
    let about = rest.iter().skip(1).find(|line| commented(line).is_none());
    let function = about.and_then(|line| {
        let declared = line.trim_start().trim_start_matches("private ").trim_start().strip_prefix("fn ")?;
        declared.split('(').next().map(|name| format!("{PREFIX}_of_{}", name.trim()))
    });
    let name = function.unwrap_or_else(|| PREFIX.to_string());
    let same = |test: &&Test| test.function == name || test.function.starts_with(&format!("{name}__"));
    match before.iter().filter(same).count() {
        0 => name,
        more => format!("{name}__{}", more + 1),
    }
}

/// The text without what its top level does: functions and imports stay.
fn without_doings(text: &str) -> String {
    let tree = syntax::parse(text);
    let mut bytes = text.as_bytes().to_vec();
    for statement in &tree.block.statements {
        if !stays(statement) {
            let span = statement.span.clone();
            bytes[span].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
        }
    }
    // Whole statements went: what is left is text.
    String::from_utf8_lossy(&bytes).into_owned()
}

fn stays(statement: &Statement) -> bool {
    matches!(
        statement.kind,
        StatementKind::Function(_) | StatementKind::Import { .. } | StatementKind::Export { .. }
    )
}

/// Where the remark behind a line's code begins.
fn remark(line: &str) -> Option<usize> {
    let places = line.match_indices(" // ").map(|(at, _)| at);
    let outside = |at: &usize| ['"', '`'].iter().all(|quote| line[..*at].matches(*quote).count() % 2 == 0);
    places.filter(|at| !line[..*at].trim().is_empty()).find(outside)
}

/// A line with a value behind it ends its statement, as in the pages of verbs.
fn ended(line: &str) -> String {
    let Some(at) = remark(line) else { return line.to_string() };
    let (code, rest) = (line[..at].trim_end(), &line[at..]);
    match code.ends_with([';', '{', '}', ',']) {
        true => line.to_string(),
        false => format!("{code};{}{rest}", &line[code.len()..at]),
    }
}

/// Code whose statements with a value behind them must give it.
fn asserted(code: &str) -> String {
    let code = code.lines().map(ended).collect::<Vec<_>>().join("\n");
    let tree = syntax::parse(&code);
    let mut out = code.clone();
    for statement in tree.block.statements.iter().rev() {
        let StatementKind::Expression(_) = statement.kind else { continue };
        let behind = &code[statement.span.end..];
        let line = behind.lines().next().unwrap_or_default();
        let said = line.trim_start().trim_start_matches(';').trim_start();
        let Some(value) = said.strip_prefix("// ").map(str::trim).filter(|value| !value.is_empty()) else {
            continue;
        };
        let value: String = serde_json::from_str(value).unwrap_or_else(|_| value.to_string());
        let check = format!("; assert_eq(`${{it}}`, {}) }}", serde_json::Value::from(value));
        out.insert_str(statement.span.end, &check);
        out.insert_str(statement.span.start, "{ let it = ");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_stands_in_its_place_as_a_function() {
        let text = "//! Sums.\n\n/// Adds.\n///\n/// ```\n/// add(1, 2)   // 3\n/// let a = 1;\n/// ```\n/// ```sh\n/// ls\n/// ```\nfn add(a, b) { a + b }\nboot(\"web\");\n";
        let (told, tests) = of(text).expect("an example");
        let wanted = "//! Sums.\n\n/// Adds.\n///\nfn test_example_of_add() {\n    { let it = add(1, 2); assert_eq(`${it}`, \"3\") };   // 3\n    let a = 1;\n}\n/// ```sh\n/// ls\n/// ```\nfn add(a, b) { a + b }\n           ;\n";
        assert_eq!(told, wanted);
        assert_eq!(tests, [Test { function: "test_example_of_add".to_string(), line: 5 }]);
        assert_eq!(of("/// ```sh\n/// ls\n/// ```\nfn f() {}\n"), None);
        assert_eq!(of("/// ```\n/// no end\nfn f() {}\n"), None);
    }

    #[test]
    fn several_have_names_of_their_own_and_values_may_be_quoted() {
        let text = "/// ```rhai\n/// f() // \"a b\"\n/// ```\n/// and\n/// ```\n/// f();   // a b\n/// ```\nfn f() { \"a b\" }\n";
        let (told, tests) = of(text).expect("examples");
        let names: Vec<&str> = tests.iter().map(|test| test.function.as_str()).collect();
        assert_eq!(names, ["test_example_of_f", "test_example_of_f__2"]);
        assert_eq!(told.matches("assert_eq(`${it}`, \"a b\")").count(), 2, "{told}");
    }
}
