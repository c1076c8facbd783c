//! What can be known of a script without running it: one file a rule, and [`RULES`], the only list.
//!
//! The rules read our own tree of the text (`crate::syntax`): it has the bytes of everything and stands a text that is
//! wrong in many places, where the engine's tree has starts alone and ends at the first mistake. The engine stays the
//! judge of what is a script: [`mistakes`] asks it, mends what it refuses, and asks again. [`facts`] is what the rules
//! are given; what is known of a value before it is there is `crate::infer`'s.
//!
//! An error is certain to go wrong when it is reached, and `run` does not start on one; a warning is what is probably
//! not meant. What is not known is never reported: a false alarm costs more than a miss. What a script may mean to
//! catch, inside `try` and in closures given to `assert_throws`, is a warning.

mod arguments;
mod arity;
mod closures;
mod columns;
mod conditions;
mod copies;
mod deleted;
mod dropped;
pub mod facts;
mod imports;
mod in_place;
mod interpolation;
mod maps;
mod maybe_nothing;
mod mistakes;
mod module_effects;
mod never_equal;
mod not_ready;
mod of_tests;
pub mod parameters;
mod permissions;
mod secret_literal;
mod shadowed_verb;
mod stale_loop;
pub mod touches;
mod undeclared;
mod unknown_field;
mod unknown_verb;
mod unreachable;
mod unsupported;
mod unused_variable;
mod words;

use crate::cloud::Error;
use crate::script::secret_literals;
use crate::script::session::Session;
use crate::syntax;
use crate::syntax::source::Text;
use facts::Facts;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It goes wrong when it is reached; the script does not start.
    Error,
    /// It is probably not meant.
    Warning,
}

/// A correction that is certain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The bytes to replace.
    pub span: Range<usize>,
    /// What to write instead.
    pub text: String,
}

/// Something wrong, and its place.
#[derive(Debug, Clone)]
pub struct Finding {
    /// How grave it is.
    pub severity: Severity,
    /// What is wrong: code, message, label and help.
    pub error: Error,
    /// The bytes to underline.
    pub span: Range<usize>,
    /// Other places that belong to it, and what is written below each.
    pub also: Vec<(Range<usize>, String)>,
    /// The corrected text, where it is certain.
    pub fix: Option<Fix>,
}

impl Finding {
    /// An error at these bytes.
    pub fn error(error: Error, span: Range<usize>) -> Finding {
        Finding { severity: Severity::Error, error, span, also: Vec::new(), fix: None }
    }

    /// A warning at these bytes.
    pub fn warning(error: Error, span: Range<usize>) -> Finding {
        Finding { severity: Severity::Warning, ..Finding::error(error, span) }
    }

    /// With the correction of these bytes.
    pub fn fixed(mut self, span: Range<usize>, text: impl Into<String>) -> Finding {
        self.fix = Some(Fix { span, text: text.into() });
        self
    }

    /// With one more place.
    pub fn with(mut self, span: Range<usize>, label: impl Into<String>) -> Finding {
        self.also.push((span, label.into()));
        self
    }
}

/// A source that was checked: the script, or a module that it imports.
#[derive(Debug)]
pub struct Checked {
    /// Its name as a report shows it.
    pub name: String,
    /// Its text.
    pub text: Text,
    /// What was found, in the order of the text.
    pub findings: Vec<Finding>,
    /// The source that imports it, by its index, and where.
    pub imported: Option<(usize, Range<usize>)>,
}

/// A rule: it looks at what is known and adds what it finds.
type Rule = fn(&Facts<'_>, &mut Vec<Finding>);

/// Every rule.
const RULES: &[Rule] = &[
    imports::find,
    unknown_verb::find,
    arguments::find,
    arity::find,
    unknown_field::find,
    undeclared::find,
    shadowed_verb::find,
    parameters::find,
    permissions::find,
    module_effects::find,
    dropped::find,
    in_place::find,
    closures::find,
    columns::find,
    conditions::find,
    copies::find,
    deleted::find,
    maybe_nothing::find,
    stale_loop::find,
    words::find,
    not_ready::find,
    of_tests::find,
    secret_literal::find,
    interpolation::find,
    never_equal::find,
    unreachable::find,
    unsupported::find,
    unused_variable::find,
];

/// What is wrong with a text, in its order. Modules it imports are read for what they offer, and not checked.
pub fn check(session: &Arc<Session>, name: &str, text: &str) -> Vec<Finding> {
    one(session, name, text, false)
}

/// What keeps a text from being a script, and nothing else.
pub fn syntax(session: &Arc<Session>, name: &str, text: &str) -> Vec<Finding> {
    secret_literals::mask_secret(session, text);
    mistakes::fix(session, name, text).findings
}

/// Imports of modules from elsewhere that the lock does not hold as they are.
pub fn unpinned(session: &Arc<Session>, name: &str, text: &str) -> Vec<Finding> {
    let imports = imports::imports(&syntax::parse(text)).into_iter();
    let remote = imports.filter(|import| crate::script::modules::is_address(&import.path));
    let refused = |import: imports::Import| {
        let error = crate::script::modules::find(session, name, &import.path).err()?;
        Some(Finding::error(error, import.span))
    };
    remote.filter_map(refused).collect()
}

fn one(session: &Arc<Session>, name: &str, text: &str, module: bool) -> Vec<Finding> {
    secret_literals::mask_secret(session, text);
    let mended = mistakes::fix(session, name, text);
    let tree = syntax::parse(&mended.text);
    let scopes = Rc::new(syntax::scope::scopes(&tree));
    let facts = Facts::new(session, name, text, &tree, &scopes, &mended, module);
    let mut found = Vec::new();
    for rule in RULES {
        rule(&facts, &mut found);
    }
    if !mended.whole {
        // Behind a mistake that leaves open what belongs to what, nothing is certain.
        let end = mended.findings.iter().map(|finding| finding.span.start).min().unwrap_or(usize::MAX);
        found.retain(|finding| finding.severity == Severity::Error && finding.span.end <= end);
    }
    found.extend(mended.findings.iter().cloned());
    found.sort_by_key(|finding| (finding.span.start, finding.span.end, finding.severity));
    found.dedup_by(|next, before| next.span == before.span && next.error.message == before.error.message);
    found
}

/// The same of a script and of every module that it imports, each once, the script first. Of a bundle it is the script in it.
pub fn all(session: &Arc<Session>, name: &str, text: &str) -> Vec<Checked> {
    match session.texts.open(name, text) {
        Ok(text) => with_modules(session, name, &text, false),
        Err(error) => {
            let findings = vec![Finding::error(error, 0..0)];
            vec![Checked { name: name.to_string(), text: text.into(), findings, imported: None }]
        }
    }
}

/// The same of a module and of those that it imports.
pub fn module(session: &Arc<Session>, name: &str, text: &str) -> Vec<Checked> {
    with_modules(session, name, text, true)
}

fn with_modules(session: &Arc<Session>, name: &str, text: &str, module: bool) -> Vec<Checked> {
    let findings = one(session, name, text, module);
    let mut checked = vec![Checked { name: name.to_string(), text: text.into(), findings, imported: None }];
    let mut at = 0;
    while let Some(source) = checked.get(at) {
        for (name, text, span) in imports::sources(session, &source.name, &source.text) {
            if !checked.iter().any(|known| known.name == name) {
                let findings = one(session, &name, &text, true);
                checked.push(Checked { name, text: text.into(), findings, imported: Some((at, span)) });
            }
        }
        at += 1;
    }
    checked
}
