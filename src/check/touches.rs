//! What a script can touch, in one line: the effects of the verbs that it and its modules call.

use super::Checked;
use crate::cloud::{Noun, Ty};
use crate::infer::{Called, Question, Type, Types};
use crate::syntax;
use crate::syntax::tree::{Expression, ExpressionKind, Node, Tree};
use crate::verbs::{Effect, Verb, verb};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::rc::Rc;

/// What a verb may do, in the order in which a sentence tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Does {
    Create,
    Change,
    Delete,
}

/// What a script and its modules may do: "it may create and change servers on the default cloud, nothing else".
pub fn sentence(checked: &[Checked]) -> String {
    let mut done: BTreeMap<String, BTreeSet<Does>> = BTreeMap::new();
    let mut clouds: BTreeSet<String> = BTreeSet::new();
    let mut outside: BTreeSet<&'static str> = BTreeSet::new();
    let mut reads = false;
    for source in checked {
        let tree = syntax::parse(&source.text);
        let scopes = Rc::new(syntax::scope::scopes(&tree));
        let types = Types::new(&tree, scopes, Question::Certain, BTreeMap::new(), Box::new(|_| None));
        let named = mentioned(&types, &tree);
        let own: HashSet<&str> = tree.functions().map(|function| function.name.text.as_str()).collect();
        tree.walk(&mut |path| {
            let Some(Node::Expression(expression)) = path.last() else { return };
            let Some(call) = Called::of(expression) else { return };
            if !call.modules.is_empty() || own.contains(&call.name.text.as_str()) {
                return;
            }
            let Some(verb) = verb(&call.name.text) else { return };
            let mut on_cloud = || match cloud_of(&types, &call) {
                Some(cloud) => {
                    clouds.insert(cloud);
                }
                // A resource that came another way may be of any cloud that is named.
                None => clouds.extend(named.iter().cloned().chain([DEFAULT.to_string()])),
            };
            let effect = match verb.effect {
                Effect::AloneReads(_) if call.given().count() <= 1 => Effect::Reads,
                Effect::AloneReads(effect) => *effect,
                // A wait for a host's port asks the host, and no cloud.
                Effect::By(_) if has_port(verb) => Effect::AsksHost,
                effect => effect,
            };
            match effect {
                Effect::Nothing | Effect::Clock | Effect::Random | Effect::AsksPerson => {}
                Effect::Reads | Effect::Waits => {
                    if verb.asks_cloud() {
                        reads = true;
                        on_cloud();
                    }
                }
                Effect::ReadsFile => {
                    outside.insert("read files");
                }
                Effect::WritesFile => {
                    outside.insert("write files");
                }
                Effect::RunsProgram => {
                    outside.insert("run programs");
                }
                Effect::AsksHost => {
                    outside.insert("ask hosts");
                }
                Effect::TellsHost => {
                    outside.insert("send to hosts");
                }
                Effect::ReadsEnvironment => {
                    outside.insert("read the environment");
                }
                Effect::By(_) if is_get(&call) => {
                    reads = true;
                    on_cloud();
                }
                Effect::By(_) if verb.is_restore() => {
                    let volumes = done.entry(format!("{}s", Noun::Volume.as_str()));
                    volumes.or_default().extend([Does::Create, Does::Change]);
                    on_cloud();
                }
                Effect::By(_) | Effect::AloneReads(_) => {
                    outside.insert("send any request");
                    on_cloud();
                }
                Effect::Creates | Effect::Changes | Effect::Destroys => {
                    let does = match effect {
                        Effect::Creates => Does::Create,
                        Effect::Destroys => Does::Delete,
                        _ => Does::Change,
                    };
                    done.entry(nouns(verb)).or_default().insert(does);
                    on_cloud();
                }
            }
        });
    }
    let on = list(&clouds.into_iter().collect::<Vec<_>>());
    let mut parts: Vec<String> = done
        .iter()
        .map(|(nouns, does)| {
            let words: Vec<String> = does
                .iter()
                .map(|does| match does {
                    Does::Create => "create".to_string(),
                    Does::Change => "change".to_string(),
                    Does::Delete => "delete".to_string(),
                })
                .collect();
            format!("{} {nouns}", list(&words))
        })
        .collect();
    // What is not said more closely comes last.
    parts.sort_by_key(|part| part.ends_with("resources"));
    if let Some(last) = parts.last_mut() {
        last.push_str(&format!(" on {on}"));
    } else if reads {
        parts.push(format!("read {on}"));
    }
    parts.extend(outside.iter().map(|what| (*what).to_string()));
    match parts.is_empty() {
        true => "it touches nothing outside of itself".to_string(),
        false => format!("it may {}, nothing else", list(&parts)),
    }
}

/// What a call without a cloud goes to.
const DEFAULT: &str = "the default cloud";

/// A cloud whose name is not written out.
const CHOSEN: &str = "a cloud that it chooses";

fn shown(name: Option<&str>) -> String {
    name.map_or_else(|| CHOSEN.to_string(), |name| format!("`{name}`"))
}

/// Every cloud that a script names.
fn mentioned<'a>(types: &Types<'a>, tree: &'a Tree) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    tree.walk(&mut |path| {
        if let Some(Node::Expression(expression)) = path.last()
            && let Some(call) = Called::of(expression)
            && call.is_plain("cloud")
            && !call.arguments.list.is_empty()
        {
            found.insert(shown(types.cloud(expression).as_deref()));
        }
    });
    found
}

/// The cloud that a call is made on; `None` where it cannot be told.
fn cloud_of<'a>(types: &Types<'a>, call: &Called<'a>) -> Option<String> {
    match call.given().next() {
        Some(first) => of_value(types, first, 0),
        None => Some(DEFAULT.to_string()),
    }
}

/// The cloud that a value is, or is of.
fn of_value<'a>(types: &Types<'a>, value: &'a Expression, depth: usize) -> Option<String> {
    if depth > 50 {
        return None;
    }
    match types.of(value) {
        Some(Type::Cloud(Some(name))) => return Some(shown(Some(&name))),
        Some(Type::Cloud(None)) => {
            if Called::of(value).is_some_and(|call| call.arguments.list.is_empty()) {
                return Some(DEFAULT.to_string());
            }
            let source = value.variable().and_then(|_| types.source_of(value));
            let source = source.filter(|source| matches!(types.of(source), Some(Type::Cloud(_))));
            return source.map_or(Some(shown(None)), |source| of_value(types, source, depth + 1));
        }
        // A name is looked up where the call goes.
        Some(Type::Text | Type::Word(_) | Type::Int | Type::Bool | Type::Float) => {
            return Some(DEFAULT.to_string());
        }
        _ => {}
    }
    match &value.kind {
        ExpressionKind::Variable(_) | ExpressionKind::Path { .. } => {
            of_value(types, types.source_of(value)?, depth + 1)
        }
        ExpressionKind::Field { receiver, .. } | ExpressionKind::Index { receiver, .. } => {
            of_value(types, receiver, depth + 1)
        }
        ExpressionKind::Array(items) => items.first().and_then(|item| of_value(types, item, depth + 1)),
        ExpressionKind::Map(_) | ExpressionKind::Closure { .. } => Some(DEFAULT.to_string()),
        ExpressionKind::Call { .. } | ExpressionKind::Method { .. } => {
            let call = Called::of(value)?;
            let here = verb(&call.name.text).is_some() || call.receiver.is_some();
            if !here || !call.modules.is_empty() {
                return None;
            }
            match call.given().next() {
                Some(first) => of_value(types, first, depth + 1),
                None => Some(DEFAULT.to_string()),
            }
        }
        _ => None,
    }
}

fn has_port(verb: &Verb) -> bool {
    !verb.asks_cloud() && verb.forms.iter().any(|form| form.params.iter().any(|param| param.name == "port"))
}

fn is_get(call: &Called<'_>) -> bool {
    let mut words = call.given().filter_map(Expression::text);
    words.any(|word| word.eq_ignore_ascii_case("get"))
}

/// What a verb is about, several of it.
fn nouns(verb: &Verb) -> String {
    let of = |noun: Noun| format!("{}s", noun.as_str());
    let first = verb.forms.first().and_then(|form| form.params.first()).map(|param| param.ty);
    let effect = match verb.effect {
        Effect::AloneReads(effect) => *effect,
        effect => effect,
    };
    match (effect, verb.returns, first) {
        (Effect::Creates, Ty::Of(noun), _) | (Effect::Creates, Ty::ArrayOf(&Ty::Of(noun)), _) => of(noun),
        (_, _, Some(Ty::Ref(noun))) | (_, _, Some(Ty::OneOrMany(&Ty::Ref(noun)))) => of(noun),
        _ => "resources".to_string(),
    }
}

/// Read out: "a", "a and b", "a, b and c".
fn list(words: &[String]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}
