//! What things are called in other languages and other clouds, and what they are called here: functions, methods,
//! and the objects that they hang on there. Sentences around them are [`super::no_such_function`]'s and [`super::foreign_syntax`]'s.

use super::runtime::Known;
use crate::cloud::nearest::nearest;
use crate::verbs::foreign_names::NAMES;
use crate::verbs::language::builtins::built_in;

/// Functions and methods that are something else than a function here.
const OTHERWISE: &[(&str, &str)] = &[
    ("alert", "write `print(…)`"),
    ("catch", "write `try { … } catch (e) { … }`"),
    ("dict", "write `#{ key: value }`"),
    ("enumerate", "write `for (item, nth) in items { … }`"),
    ("entries", "write `for key in map.keys() { … }`"),
    ("finally", "write it behind the call"),
    ("format", "write `` `… ${x} …` ``"),
    ("isinstance", "compare `type_of(x)` instead"),
    ("items", "write `for key in map.keys() { … }`"),
    ("list", "write `[ … ]`"),
    ("padStart", "write `` `${x}` `` and `pad`"),
    ("require", "write `import \"path\" as name`"),
    ("scp", "give files to `boot`, in its `files`"),
    ("sprintf", "write `` `… ${x} …` ``"),
    ("ssh", "run it on the server by `user_data`, or `exec(\"ssh\", […])`"),
    ("then", "write the next call behind it: every verb waits by itself"),
    ("tuple", "write `[ … ]`"),
];

/// Members of the objects of other languages: which function does it here, and how it is called.
const MEMBERS: &[(&str, &str, &str)] = &[
    ("console", "", "print(value)"),
    ("Date", "", "now()"),
    ("datetime", "", "now()"),
    ("http", "", "http_get(url)"),
    ("JSON", "parse", "parse_json(text)"),
    ("JSON", "stringify", "to_json(value)"),
    ("json", "dumps", "to_json(value)"),
    ("json", "loads", "parse_json(text)"),
    ("logging", "", "info(value)"),
    ("Math", "ceil", "ceiling(number)"),
    ("Math", "floor", "floor(number)"),
    ("Math", "max", "max(a, b)"),
    ("Math", "min", "min(a, b)"),
    ("Math", "round", "round(number)"),
    ("math", "ceil", "ceiling(number)"),
    ("math", "floor", "floor(number)"),
    ("math", "sqrt", "sqrt(number)"),
    ("Object", "keys", "keys(map)"),
    ("Object", "values", "values(map)"),
    ("os", "environ", "env(name)"),
    ("os", "getenv", "env(name)"),
    ("os", "system", "exec(program, arguments)"),
    ("process", "env", "env(name)"),
    ("process", "exit", "exit(code)"),
    ("re", "", "regex_match(text, pattern)"),
    ("requests", "", "http_get(url)"),
    ("subprocess", "", "exec(program, arguments)"),
    ("sys", "argv", "param(name)"),
    ("sys", "exit", "exit(code)"),
    ("time", "sleep", "sleep(duration)"),
    ("time", "time", "timestamp()"),
    ("uuid", "", "uuid()"),
    ("var", "", "param(name)"),
    ("yaml", "dump", "to_yaml(value)"),
    ("yaml", "", "parse_yaml(text)"),
];

/// Objects of other languages that have no one counterpart; their members are functions of their own here.
const OBJECTS: &[&str] = &[
    "Array",
    "boto3",
    "client",
    "conn",
    "console",
    "ec2",
    "fmt",
    "fs",
    "glance",
    "heat",
    "json",
    "keystone",
    "math",
    "Math",
    "neutron",
    "nova",
    "Number",
    "Object",
    "openstack",
    "os",
    "process",
    "random",
    "re",
    "self",
    "String",
    "string",
    "strings",
    "sys",
    "time",
];

/// Whether this is a function of this run.
fn is_here(name: &str, known: &dyn Known) -> bool {
    built_in(name).is_some() || known.has(name)
}

/// What a function or method of this name is here: `it is `len` here`. A slip of the pen counts where `near`.
pub(in crate::script) fn function(name: &str, near: bool, known: &dyn Known) -> Option<String> {
    let names = || NAMES.iter().filter(|(_, here)| is_here(here, known));
    if let Some((_, here)) = names().find(|(other, _)| *other == name) {
        return Some(format!("it is `{here}` here"));
    }
    if let Some((_, label)) = OTHERWISE.iter().find(|(other, _)| *other == name) {
        return Some((*label).to_owned());
    }
    if !near {
        return None;
    }
    // `create_subnet` is near `create_server`, and means another thing.
    let verb_of_noun = |name: &str| name.split_once('_').map(|(verb, _)| verb.to_owned());
    let noun_counts = ["create", "delete", "get", "list", "describe", "update", "add", "remove", "set"];
    if verb_of_noun(name).is_some_and(|verb| noun_counts.contains(&verb.as_str())) {
        let near = names().filter(|(other, _)| strsim::damerau_levenshtein(name, other) <= 1);
        return near.map(|(_, here)| format!("it is `{here}` here")).next();
    }
    let found = nearest(name, names().map(|(other, _)| *other), 1);
    let found = found.first()?;
    let (_, here) = names().find(|(other, _)| other == found)?;
    Some(format!("it is `{here}` here"))
}

/// The field of this name as a call: `len()` for `length`.
pub(in crate::script) fn method(name: &str, known: &dyn Known) -> Option<&'static str> {
    NAMES.iter().find(|(other, here)| *other == name && is_here(here, known)).map(|(_, here)| *here)
}

/// What to write for `object.member` of another language; `None` where the object is of none.
pub(in crate::script) fn member(object: &str, member: &str, known: &dyn Known) -> Option<String> {
    let of = |wanted: &str| {
        MEMBERS.iter().find(|(other, name, here)| {
            *other == object && *name == wanted && is_here(here.split('(').next().unwrap_or(""), known)
        })
    };
    if let Some((_, _, here)) = of(member).or_else(|| of("")) {
        return Some(format!("write `{here}`"));
    }
    let named = OBJECTS.contains(&object) || MEMBERS.iter().any(|(other, ..)| *other == object);
    named.then(|| match is_here(member, known) {
        true => format!("write `{member}(…)` alone"),
        false => match function(member, false, known) {
            Some(label) => label,
            None => "functions stand alone here".to_owned(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_in_order_and_name_no_function_of_this_language() {
        let sorted = |names: Vec<String>| {
            let mut order = names.clone();
            order.sort_by_key(|name| name.to_lowercase());
            order == names
        };
        assert!(sorted(OBJECTS.iter().map(|name| (*name).to_lowercase()).collect()));
        let here = |name: &str| built_in(name).is_some();
        let names = NAMES.iter().map(|(other, _)| *other).chain(OTHERWISE.iter().map(|(other, _)| *other));
        for name in names {
            assert!(!here(name), "{name}");
        }
    }
}
