//! What a script and all that it imports can touch, found without running it: clouds, verbs by effect, hosts, files,
//! programs and variables, each with its places.
//!
//! It is never less than what a run can do. What cannot be known, such as a path that is put together, counts as
//! [`ANY`]; a resource that came another way may be of any cloud that is named anywhere. [`effects`] says what a verb
//! may do, [`names`] which files and hosts a call names, [`clouds`] where it goes.

mod clouds;
mod effects;
mod names;
mod steady;

use crate::check::Checked;
use crate::infer::{Called, Question, Types};
use crate::syntax::tree::{Expression, ExpressionKind, Node, StatementKind, Tree};
use crate::syntax::{self, source::Text};
use crate::verbs::{Verb, verb};
use clouds::ParamType;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use steady::Known;

/// What cannot be known before a run.
pub const ANY: &str = "any";

/// The cloud of a call that names none.
pub const DEFAULT: &str = "the default cloud";

/// What is done, in the order in which it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Does {
    /// A cloud is used.
    Cloud,
    /// A verb reads a cloud, or waits for it.
    Read,
    /// A verb makes something.
    Create,
    /// A verb changes something.
    Change,
    /// A verb deletes something.
    Delete,
    /// Any request is sent to a cloud.
    Request,
    /// A file is read.
    ReadFile,
    /// A file is written.
    WriteFile,
    /// A program is run.
    Program,
    /// A host is reached.
    Host,
    /// An environment variable is read.
    Variable,
    /// The person at the terminal is asked.
    Person,
}

impl Does {
    /// All, in order.
    pub const ALL: [Does; 12] = [
        Does::Cloud,
        Does::Read,
        Does::Create,
        Does::Change,
        Does::Delete,
        Does::Request,
        Does::ReadFile,
        Does::WriteFile,
        Does::Program,
        Does::Host,
        Does::Variable,
        Does::Person,
    ];

    /// Its word in JSON and in a lock.
    pub fn word(self) -> &'static str {
        match self {
            Does::Cloud => "cloud",
            Does::Read => "read",
            Does::Create => "create",
            Does::Change => "change",
            Does::Delete => "delete",
            Does::Request => "request",
            Does::ReadFile => "read_file",
            Does::WriteFile => "write_file",
            Does::Program => "program",
            Does::Host => "host",
            Does::Variable => "variable",
            Does::Person => "person",
        }
    }

    /// The word of a line that people read.
    pub fn words(self) -> &'static str {
        match self {
            Does::Cloud => "uses",
            Does::Read => "reads",
            Does::Create => "creates",
            Does::Change => "changes",
            Does::Delete => "deletes",
            Does::Request => "any request",
            Does::ReadFile => "reads file",
            Does::WriteFile => "writes file",
            Does::Program => "runs",
            Does::Host => "reaches",
            Does::Variable => "variable",
            Does::Person => "asks",
        }
    }
}

/// Something that is touched: by what, and where from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Touch {
    /// What is done.
    pub does: Does,
    /// To or by what: a verb, a path, a host, a name; [`ANY`] where it cannot be known.
    pub what: String,
    /// The sources and lines it comes from.
    pub places: Vec<(String, usize)>,
}

impl Touch {
    /// In one word and a name, as a lock has it: `variable HOME`.
    pub fn told(&self) -> String {
        format!("{} {}", self.does.word(), self.what)
    }
}

/// All that is touched by a script and its modules, in order.
pub fn audit(checked: &[Checked]) -> Vec<Touch> {
    let trees: Vec<Tree> = checked.iter().map(|source| syntax::parse(&source.text)).collect();
    let named: BTreeSet<String> =
        checked.iter().zip(&trees).flat_map(|(_, tree)| clouds::named(&types(tree), tree)).collect();
    let mut found = Found { named, touches: BTreeMap::new() };
    for (source, tree) in checked.iter().zip(&trees) {
        let types = types(tree);
        let known = Known::of(&types, tree);
        let reader = Reader { known: &known, types: &types, source: &source.name, text: &source.text };
        tree.walk(&mut |path| match path.last() {
            Some(Node::Expression(expression)) => reader.expression(expression, &mut found),
            Some(Node::Statement(statement)) => {
                // A module that is chosen while the script runs may do anything.
                if let StatementKind::Import { path, .. } = &statement.kind
                    && path.text().is_none()
                {
                    reader.anything(path, &mut found);
                }
            }
            _ => {}
        });
    }
    let touch = |((does, what), places): ((Does, String), BTreeSet<(String, usize)>)| Touch {
        does,
        what,
        places: places.into_iter().collect(),
    };
    found.touches.into_iter().map(touch).collect()
}

/// Whether what was found covers this.
pub fn covers(touches: &[Touch], does: Does, what: &str) -> bool {
    touches.iter().any(|touch| touch.does == does && (touch.what == what || touch.what == ANY))
}

/// The host that a URL or a host's name means, as an audit tells it.
pub fn host_of(text: &str) -> String {
    let url = url::Url::parse(text).ok().filter(url::Url::has_host);
    match url.as_ref().and_then(|url| url.host_str().map(|host| (host, url.port()))) {
        Some((host, Some(port))) => format!("{host}:{port}"),
        Some((host, None)) => host.to_string(),
        None => text.to_ascii_lowercase(),
    }
}

fn types(tree: &Tree) -> Types<'_> {
    let scopes = Rc::new(syntax::scope::scopes(tree));
    Types::new(tree, scopes, Question::Certain, BTreeMap::new(), Box::new(|_| None))
}

/// The types of parameters that ask no cloud.
const PLAIN_TYPES: [&str; 9] =
    ["string", "int", "float", "bool", "list", "duration", "time", "cloud", "file"];

/// What was found so far.
struct Found {
    /// Every cloud that is named anywhere.
    named: BTreeSet<String>,
    touches: BTreeMap<(Does, String), BTreeSet<(String, usize)>>,
}

/// Reads one source.
struct Reader<'t, 'a> {
    known: &'t Known<'t, 'a>,
    types: &'t Types<'a>,
    source: &'t str,
    text: &'t Text,
}

impl<'a> Reader<'_, 'a> {
    fn add(&self, found: &mut Found, does: Does, what: impl Into<String>, at: &Expression) {
        let line = self.text.position(at.span.start).0;
        found.touches.entry((does, what.into())).or_default().insert((self.source.to_string(), line));
    }

    fn expression(&self, expression: &'a Expression, found: &mut Found) {
        let Some(call) = Called::of(expression) else {
            // A verb may stand as a value, by its name alone.
            if let ExpressionKind::Variable(name) = &expression.kind
                && let Some(verb) = verb(&name.text)
                && self.types.meant(name).is_none()
            {
                self.unknown_call(verb, expression, found);
            }
            return;
        };
        if !call.modules.is_empty() {
            return;
        }
        let name = call.name.text.as_str();
        if name == "Fn" {
            // A function by its name: which arguments it will be given is not known.
            match call.arguments.list.first().and_then(|first| self.text_of(first)) {
                Some(name) => {
                    if let Some(verb) = verb(&name) {
                        self.unknown_call(verb, expression, found);
                    }
                }
                None => self.anything(expression, found),
            }
            return;
        }
        let Some(verb) = verb(name) else { return };
        self.call(verb, &call, expression, found);
    }

    fn call(&self, verb: &'static Verb, call: &Called<'a>, at: &'a Expression, found: &mut Found) {
        for does in effects::of_call(self.types, verb, call) {
            self.add(found, does, verb.name, at);
        }
        for (does, what) in names::of_call(self.known, verb, call) {
            self.add(found, does, what, at);
        }
        // A parameter that is a resource is looked up on the session's cloud.
        let plain = |name: &str| PLAIN_TYPES.contains(&name);
        if verb.name == "param"
            && match clouds::param_type(self.types, call) {
                ParamType::Plain => false,
                ParamType::Named(name) => !plain(name),
                ParamType::Unknown => true,
            }
        {
            self.add(found, Does::Read, verb.name, at);
            self.add(found, Does::Cloud, DEFAULT, at);
        }
        if verb.asks_cloud() && !effects::asks_host_alone(self.types, verb, call) {
            for cloud in clouds::of_call(self.known, call).unwrap_or_else(|| self.everywhere(found)) {
                self.add(found, Does::Cloud, cloud, at);
            }
        }
    }

    /// The clouds that a call may go to of which nothing is known.
    fn everywhere(&self, found: &Found) -> BTreeSet<String> {
        found.named.iter().cloned().chain([DEFAULT.to_string()]).collect()
    }

    /// A verb with arguments that nobody knows.
    fn unknown_call(&self, verb: &'static Verb, at: &'a Expression, found: &mut Found) {
        for does in effects::of_verb(verb.effect) {
            self.add(found, does, verb.name, at);
        }
        for does in names::of_verb(verb) {
            self.add(found, does, ANY, at);
        }
        if verb.asks_cloud() {
            for cloud in self.everywhere(found) {
                self.add(found, Does::Cloud, cloud, at);
            }
        }
    }

    /// Any verb with any arguments.
    fn anything(&self, at: &'a Expression, found: &mut Found) {
        Does::ALL.into_iter().for_each(|does| self.add(found, does, ANY, at));
    }

    fn text_of(&self, expression: &'a Expression) -> Option<String> {
        self.known.literal(expression).text().map(str::to_string)
    }
}
