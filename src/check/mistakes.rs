//! What keeps a text from being a script, all of it: the engine names the first mistake and stops; the statement that
//! holds it is blanked out, and the engine asked again.

use super::Finding;
use crate::cloud::error::{Error, Kind, Place};
use crate::script::failure::{Cause, Site};
use crate::script::natives::Reader;
use crate::script::session::Session;
use crate::syntax;
use crate::syntax::lexer::{self, Shape};
use crate::syntax::tree::{Node, Statement, StatementKind, Tree};
use crate::verbs::verb;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// How many mistakes are told of one text.
const MISTAKES: usize = 20;
/// How many names that nothing declares are asked for.
const UNDECLARED: usize = 60;
/// What the engine's words for such a name are coded.
const UNDECLARED_CODES: [&str; 3] =
    ["language::unknown_variable", "language::function_scope", "language::module"];

/// A text without its mistakes.
pub struct Mended {
    /// The text, as long as the one that was given: what was wrong is blank.
    pub text: String,
    /// What was wrong.
    pub findings: Vec<Finding>,
    /// The words of the blanked parts: what they mean is not known.
    pub forgotten: BTreeSet<String>,
    /// The names that nothing declares, by the function they are used in, with what the language says of them.
    pub undeclared: BTreeMap<(String, Option<usize>), Error>,
    /// Further names that nothing declares, of which the language was not asked.
    pub rest: BTreeSet<(String, Option<usize>)>,
    /// Whether all mistakes were found: not where a brace is missing, which leaves open what belongs to what.
    pub whole: bool,
}

/// Find the mistakes of a text, and what is left without them.
pub(super) fn fix(session: &Session, name: &str, text: &str) -> Mended {
    let mut mended = Mended {
        text: text.to_string(),
        findings: Vec::new(),
        forgotten: BTreeSet::new(),
        undeclared: BTreeMap::new(),
        rest: BTreeSet::new(),
        whole: true,
    };
    let reader = Reader::new(session);
    // What the engine is given beside the text, and the tree needs not: a `;` where one is missing and nothing else
    // is wrong, a declaration of what nothing declares.
    let mut added: BTreeMap<usize, String> = BTreeMap::new();
    let mut mistakes = 0;
    if let Some(open) = open_comment(text) {
        mended.findings.push(unclosed_comment(open));
    }
    while mistakes < MISTAKES {
        let asked = with(&mended.text, &added);
        let Some(failure) = reader.mistake(name, &asked) else { return mended };
        let (Cause::Parse(error) | Cause::Error(error)) = failure.cause else { break };
        let at = failure.sites.first().map_or(0, |site| place(&asked, site));
        let at = before(at, &added);
        let code = error.diagnostic.unwrap_or("");
        if UNDECLARED_CODES.contains(&code) {
            if mended.undeclared.len() >= UNDECLARED {
                if !declare_all(&mut mended, &mut added) {
                    break;
                }
                continue;
            }
            if !declare(&mut mended, &mut added, at, error) {
                break;
            }
            continue;
        }
        mistakes += 1;
        let mut finding = Finding::error(error.clone(), span(&mended.text, at, code));
        match code {
            "parse::semicolon" => finding = finding.fixed(at..at, ";"),
            "parse::map" if text.as_bytes().get(at) == Some(&b'{') => finding = finding.fixed(at..at, "#"),
            "parse::unclosed" => {
                if let Some(found) = lexer::unclosed(&mended.text).filter(|found| found.open.is_some()) {
                    let missed = found.open.map_or("", |open| lexer::closer(open.text(&mended.text)));
                    finding = finding.with(found.end, format!("`{missed}` is missing here"));
                }
            }
            _ => {}
        }
        let line = |at: usize| lexer::position(text, at).0;
        // What is left of a line with a mistake is often one more in the engine's eyes, and in nobody else's.
        if !mended.findings.iter().any(|other| line(other.span.start) == line(at)) {
            mended.findings.push(finding);
        }
        let brace = code == "parse::unclosed" && mended.text.as_bytes().get(at) == Some(&b'{');
        if brace || matches!(code, "parse::unclosed_text" | "parse::unopened") {
            break;
        }
        if code == "parse::semicolon" && added.insert(at, ";".to_string()).is_none() {
            continue;
        }
        if !blank(&mut mended, at) {
            break;
        }
    }
    mended.whole = false;
    mended
}

/// Where a comment opens that is not closed; comments nest.
fn open_comment(text: &str) -> Option<usize> {
    let last = lexer::tokens(text).into_iter().rev().find(|token| token.shape == Shape::Comment)?;
    let inside = last.text(text);
    let mut depth = 0_usize;
    let mut rest = inside;
    while let Some(at) = rest.find(['/', '*']) {
        rest = &rest[at..];
        let step = match rest.get(..2) {
            Some("/*") => {
                depth += 1;
                2
            }
            Some("*/") => {
                depth = depth.saturating_sub(1);
                2
            }
            _ => 1,
        };
        rest = &rest[step..];
    }
    (inside.starts_with("/*") && depth > 0).then_some(last.start)
}

fn unclosed_comment(open: usize) -> Finding {
    let error = Error::new(Kind::Script, "the comment that begins with `/*` is not closed")
        .coded("parse::unclosed")
        .at(Place::Verb, "everything from here on is a comment")
        .help("write `*/` where it ends");
    Finding::error(error, open..open + 2)
}

/// Declare every name that nothing declares for the engine, whose words are not asked for any more; whether there was
/// one.
fn declare_all(mended: &mut Mended, added: &mut BTreeMap<usize, String>) -> bool {
    let tree = syntax::parse(&mended.text);
    let scopes = syntax::scope::scopes(&tree);
    let mut more = false;
    for used in scopes.uses.iter().filter(|used| used.declaration.is_none()) {
        let name = &used.name.text;
        let function = used.function.as_ref().map(|body| body.start);
        let known = mended.undeclared.contains_key(&(name.clone(), function))
            || mended.rest.contains(&(name.clone(), function))
            || verb(name).is_some()
            || tree.functions().any(|function| function.name.text == *name);
        if known {
            continue;
        }
        let start = match (function, used.module) {
            (Some(body), false) => body + 1,
            _ if mended.text.starts_with("#!") => {
                mended.text.find('\n').map_or(mended.text.len(), |end| end + 1)
            }
            _ => 0,
        };
        let declaration =
            if used.module { format!("import \"\" as {name};") } else { format!("let {name};") };
        added.entry(start).or_default().push_str(&declaration);
        mended.rest.insert((name.clone(), function));
        more = true;
    }
    more
}

/// Keep what the language says of a name that nothing declares, and declare it for the engine.
fn declare(mended: &mut Mended, added: &mut BTreeMap<usize, String>, at: usize, error: Error) -> bool {
    let tokens = lexer::tokens(&mended.text);
    let Some(token) = tokens.iter().find(|token| token.start <= at && at < token.end) else { return false };
    let name = token.text(&mended.text).to_string();
    let tree = syntax::parse(&mended.text);
    let function =
        tree.functions().map(|function| &function.body.span).find(|body| body.start <= at && at < body.end);
    let start = match function {
        Some(body) => body.start + 1,
        // Behind the line that names an interpreter.
        None if mended.text.starts_with("#!") => {
            mended.text.find('\n').map_or(mended.text.len(), |end| end + 1)
        }
        None => 0,
    };
    let declaration = match error.diagnostic {
        Some("language::module") => format!("import \"\" as {name};"),
        _ => format!("let {name};"),
    };
    // A module is imported for the whole script.
    let start = if declaration.starts_with("import") && function.is_some() { 0 } else { start };
    added.entry(start).or_default().push_str(&declaration);
    mended.undeclared.insert((name, function.map(|body| body.start)), error).is_none()
}

fn place(text: &str, site: &Site) -> usize {
    match site.line {
        0 => text.trim_end().len(),
        line => lexer::offset(text, line, site.column.max(1)),
    }
}

fn with(text: &str, added: &BTreeMap<usize, String>) -> String {
    let mut asked = text.to_string();
    for (at, more) in added.iter().rev() {
        asked.insert_str(*at, more);
    }
    asked
}

/// A place in the text with what was added, as a place in the text before.
fn before(at: usize, added: &BTreeMap<usize, String>) -> usize {
    let mut shift = 0;
    for (start, more) in added {
        // Inside of what was added: where it was put.
        if at < start + shift + more.len() {
            return (at.saturating_sub(shift)).min(*start);
        }
        shift += more.len();
    }
    at - shift
}

/// The bytes to underline: the token there; an empty range where something is missing.
fn span(text: &str, at: usize, code: &str) -> Range<usize> {
    if matches!(code, "parse::semicolon" | "parse::comma" | "parse::block") {
        return at..at;
    }
    let tokens = lexer::tokens(text);
    let token = tokens.iter().find(|token| token.start <= at && at < token.end);
    match (token, code) {
        (Some(token), "parse::unclosed_text") => token.start..token.start + 1,
        (Some(token), _) => token.span(),
        (None, _) => at..at,
    }
}

/// Blank out the innermost statement that holds the place, with what hangs on it; whether there was one.
fn blank(mended: &mut Mended, at: usize) -> bool {
    let tree = syntax::parse(&mended.text);
    let Some(range) = broken(&tree, &mended.text, at) else { return false };
    // What its words mean is not known, wherever they stand.
    let words = lexer::tokens(&mended.text).into_iter().filter(|token| token.shape == Shape::Word);
    for word in words.filter(|word| range.start <= word.start && word.end <= range.end) {
        let word = word.text(&mended.text);
        if verb(word).is_none() {
            mended.forgotten.insert(word.to_string());
        }
    }
    let Some(old) = mended.text.get(range.clone()) else { return false };
    let blanked: String = old
        .chars()
        .flat_map(|letter| {
            let with = if letter == '\n' { '\n' } else { ' ' };
            std::iter::repeat_n(with, letter.len_utf8())
        })
        .collect();
    let same = blanked == old;
    mended.text.replace_range(range, &blanked);
    !same
}

/// The bytes to blank: a statement, and its neighbours on the same line that nothing parts from it.
fn broken(tree: &Tree, text: &str, at: usize) -> Option<Range<usize>> {
    let path = tree.path_at(at);
    // A place behind the last token of a block belongs to the statement before it.
    let (block, held) =
        path.iter().enumerate().rev().find_map(|(nth, node)| match (node, path.get(nth + 1)) {
            (Node::Block(block), Some(Node::Statement(statement))) => Some((*block, *statement)),
            (Node::Block(block), _) => {
                block.statements.iter().rev().find(|one| one.span.start <= at).map(|one| (*block, one))
            }
            _ => None,
        })?;
    let nth = block.statements.iter().position(|one| std::ptr::eq(one, held))?;
    let follows = |before: &Statement, next: &Statement| {
        let between = text.get(before.span.end..next.span.start).unwrap_or("\n");
        !before.closed && !between.contains('\n') && !ends_itself(before)
    };
    let mut first = nth;
    while first > 0 && follows(&block.statements[first - 1], &block.statements[first]) {
        first -= 1;
    }
    let mut last = nth;
    while last + 1 < block.statements.len() && follows(&block.statements[last], &block.statements[last + 1]) {
        last += 1;
    }
    let start = block.statements[first].span.start;
    let mut end = block.statements[last].span.end.max(start);
    // With its `;`, and with tokens that the tree could not place.
    let next = block.statements.get(last + 1).map_or(block.span.end, |next| next.span.start);
    let rest = text.get(end..next).unwrap_or("");
    if let Some(stop) = rest.find([';', '\n', '}']) {
        end += stop + usize::from(rest.as_bytes().get(stop) == Some(&b';'));
    }
    Some(start..line_end(text, start, at).map_or(end, |line| line.min(end)).max(at.min(next)))
}

/// Where the line ends on which a statement that begins here is closed, brackets and all, when another begins behind it
/// with a word: the tree goes on to the next `;`, a person does not.
fn line_end(text: &str, start: usize, at: usize) -> Option<usize> {
    let tokens = lexer::code(text);
    let mut depth = 0_usize;
    let mut before: Option<&lexer::Token> = None;
    for token in tokens.iter().filter(|token| token.start >= start) {
        if let Some(before) = before
            && depth == 0
            && before.end > at
            && token.shape == Shape::Word
            && text.get(before.end..token.start).is_some_and(|between| between.contains('\n'))
        {
            return Some(before.end);
        }
        if lexer::opens(token, text) {
            depth += 1;
        } else if lexer::closes(token, text) {
            depth = depth.checked_sub(1)?;
        }
        before = Some(token);
    }
    None
}

/// Whether a statement needs no `;`.
fn ends_itself(statement: &Statement) -> bool {
    use crate::syntax::tree::ExpressionKind as E;
    match &statement.kind {
        StatementKind::Function(_) | StatementKind::Try { .. } => true,
        StatementKind::Expression(expression) => {
            matches!(
                expression.kind,
                E::If { .. } | E::Switch { .. } | E::For { .. } | E::Loop { .. } | E::Block(_)
            )
        }
        _ => false,
    }
}
