//! What a script can touch, in one line: the effects of the verbs that it and its modules call.

use super::Checked;
use super::facts::Called;
use crate::cloud::{Noun, Ty};
use crate::syntax;
use crate::syntax::tree::{Expression, Node};
use crate::verbs::{Effect, Verb, verb};
use std::collections::{BTreeMap, BTreeSet};

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
        let own: Vec<&str> = tree.functions().map(|function| function.name.text.as_str()).collect();
        tree.walk(&mut |path| {
            let Some(Node::Expression(expression)) = path.last() else { return };
            let Some(call) = Called::of(expression) else { return };
            if !call.modules.is_empty() || own.contains(&call.name.text.as_str()) {
                return;
            }
            let Some(verb) = verb(&call.name.text) else { return };
            let cloud = cloud_of(&call);
            let mut on_cloud = || {
                clouds.insert(cloud.clone().unwrap_or_else(|| "the default cloud".to_string()));
            };
            let effect = match verb.effect {
                Effect::AloneReads(_) if call.given().count() <= 1 => Effect::Reads,
                Effect::AloneReads(effect) => *effect,
                effect => effect,
            };
            match effect {
                Effect::Nothing => {}
                Effect::Reads | Effect::Waits => {
                    if !verb.on.is_empty() {
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

/// The cloud that a call is made on, where it is not the default: `cloud("lab").boot(…)`.
fn cloud_of(call: &Called<'_>) -> Option<String> {
    let on = Called::of(call.given().next()?).filter(|on| on.is_plain("cloud"))?;
    let name = on.arguments.list.first()?;
    Some(name.text().map_or_else(|| "a cloud that it chooses".to_string(), |name| format!("`{name}`")))
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
