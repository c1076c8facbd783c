//! The table of verbs: what one declaration promises is held for every verb.

use crate::support::{World, each, told};
use rhain::cli::args::Options;
use rhain::cloud::{Noun, Ty, Value};
use rhain::provider::aws::capabilities::AWS;
use rhain::script::failure::Cause;
use rhain::script::value::display;
use rhain::verbs::arguments::option_keys;
use rhain::verbs::{Effect, Form, Group, Param, Run, VERBS, Verb, verb};
use std::collections::BTreeMap;

/// Values of every type, written as a script writes them, for the type an argument has.
fn fitting(param: &Param) -> &'static str {
    literal(param.ty, param.name)
}

fn literal(ty: Ty, name: &str) -> &'static str {
    match ty {
        Ty::Bool => "true",
        Ty::Int => "1",
        Ty::Float => "1.5",
        Ty::Duration => "\"30s\"",
        Ty::Time => "now()",
        Ty::OneOf(words) => match words.first() {
            Some(&"soft") => "\"soft\"",
            Some(&"stop") => "\"stop\"",
            _ => "\"none\"",
        },
        Ty::ArrayOf(Ty::MapOf(_)) => "[#{ name: \"a\", image: \"cirros\", flavor: \"m1.tiny\" }]",
        Ty::ArrayOf(_) => "[\"a\"]",
        Ty::OneOrMany(inner) => literal(*inner, name),
        Ty::Either(first, _) => literal(*first, name),
        Ty::MapOf(_) if name == "rule" => "#{ protocol: \"tcp\", ports: 80, cidr: \"10.0.0.0/8\" }",
        Ty::MapOf(_) | Ty::Options => "#{ a: \"b\" }",
        Ty::Ref(Noun::Image) => "\"cirros\"",
        Ty::Ref(Noun::Flavor) => "\"m1.small\"",
        Ty::Ref(Noun::SecurityGroup) => "\"tier\"",
        Ty::Ref(Noun::Network) => "\"private\"",
        Ty::Ref(Noun::Volume) => "\"data\"",
        Ty::Ref(Noun::PublicIp) => "\"dry-run-3\"",
        Ty::Ref(_) | Ty::AnyRef(_) => "\"web\"",
        _ => match name {
            "status" => "\"ACTIVE\"",
            "method" => "\"POST\"",
            "path" => "\"/servers/x/action\"",
            "service" => "\"compute\"",
            "cidr" => "\"10.0.0.0/8\"",
            "policy" => "\"affinity\"",
            "protocol" => "\"tcp\"",
            _ => "\"a\"",
        },
    }
}

/// A value of this type's wrong kind, as a script writes it; `None` where everything fits.
fn unfitting(ty: Ty) -> Option<&'static str> {
    Some(match ty {
        Ty::Any => return None,
        Ty::Either(a, b) => {
            return ["42", "\"no such word\"", "#{ z: || 1 }", "now()"]
                .into_iter()
                .find(|wrong| refuses(*a, wrong) && refuses(*b, wrong));
        }
        Ty::Bool => "\"yes\"",
        Ty::Int | Ty::Float => "\"many\"",
        Ty::Duration => "\"soon\"",
        Ty::OneOrMany(_) | Ty::Text => "now()",
        _ => "42",
    })
}

fn refuses(ty: Ty, wrong: &str) -> bool {
    match ty {
        Ty::Duration => wrong != "42",
        Ty::Bool | Ty::ArrayOf(_) | Ty::OneOf(_) => true,
        Ty::MapOf(_) => !wrong.starts_with('#'),
        Ty::Text | Ty::Secret | Ty::Data => !wrong.starts_with('"'),
        Ty::Int | Ty::Float => wrong != "42",
        _ => wrong == "42",
    }
}

/// Whether the language itself runs the verb, by closures and output that no cloud hears of.
fn of_language(verb: &Verb) -> bool {
    matches!(verb.run, Run::Language)
}

/// The required arguments of a form, one of them replaced.
fn arguments(form: &Form, other: Option<(usize, &str)>) -> Vec<String> {
    let mut words: Vec<String> =
        form.params.iter().filter(|param| param.required).map(|param| fitting(param).to_string()).collect();
    if let Some((index, word)) = other {
        // An optional one is reached by giving those before it.
        while words.len() <= index {
            words.push(fitting(&form.params[words.len()]).to_string());
        }
        words[index] = word.to_string();
    }
    words
}

/// The keys of a form that must be given, as a script writes them.
fn required_keys(form: &Form) -> BTreeMap<&'static str, &'static str> {
    form.options.iter().filter(|key| key.required).map(|key| (key.name, fitting(key))).collect()
}

fn map(fields: &BTreeMap<&str, &str>) -> String {
    let fields: Vec<String> = fields.iter().map(|(key, value)| format!("{key}: {value}")).collect();
    format!("#{{ {} }}", fields.join(", "))
}

fn call(verb: &Verb, words: &[String]) -> String {
    format!("{}({})", verb.name, words.join(", "))
}

#[test]
fn names_are_unique_and_can_be_written() {
    const RESERVED: [&str; 12] =
        ["let", "const", "fn", "if", "in", "loop", "for", "while", "private", "import", "export", "as"];
    let mut names: Vec<&str> = VERBS.iter().map(|verb| verb.name).collect();
    for name in &names {
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'), "{name}");
        assert!(name.as_bytes()[0].is_ascii_lowercase() && !RESERVED.contains(name), "{name}");
    }
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count, "a name is there twice");
    for verb in VERBS {
        for form in verb.forms {
            let keys = option_keys(verb, form);
            let mut names: Vec<&str> = form.params.iter().chain(&keys).map(|param| param.name).collect();
            names.sort_unstable();
            let count = names.len();
            names.dedup();
            assert_eq!(names.len(), count, "{}: a parameter is there twice: {names:?}", verb.name);
        }
    }
}

#[test]
fn every_declaration_is_whole() {
    each(VERBS, |one| {
        let name = one.name;
        assert!(one.summary.ends_with('.') && one.summary.len() > 10, "{name}: {}", one.summary);
        assert!(!one.forms.is_empty(), "{name} cannot be called");
        for see in one.see {
            assert!(verb(see).is_some(), "{name} points to `{see}`, which is no verb");
            assert_ne!(*see, name, "{name} points to itself");
        }
        let cloud = !matches!(one.effect, Effect::Nothing | Effect::ReadsFile | Effect::ReadsEnvironment)
            && one.asks_cloud();
        assert!(!cloud || !one.errors.is_empty(), "{name} asks a cloud and says no kind of error");
        let asks = one.effect.changes_cloud() || matches!(one.effect, Effect::Reads | Effect::AloneReads(_));
        assert!(!asks || one.asks_cloud(), "{name} asks a cloud and is made of no operation");
        let silent = ["debug", "info", "warn", "exit", "read_file", "console_url"].contains(&name)
            || [
                "ask",
                "ask_secret",
                "confirm",
                "write_file",
                "save_image",
                "http",
                "http_get",
                "stack_drift",
                "run_script",
                "snapshot_output",
            ]
            .contains(&name);
        assert!(silent || !one.examples.is_empty(), "{name} has no example");
        for form in one.forms {
            let mut optional = false;
            for param in form.params {
                assert!(
                    !(optional && param.required),
                    "{name}: `{}` is required after an optional one",
                    param.name
                );
                optional |= !param.required;
            }
            for param in form.params.iter().chain(form.options) {
                assert!(param.summary.ends_with(['.', ')']), "{name}.{}: {}", param.name, param.summary);
            }
            // Several images have no place in one file.
            if form.params.is_empty() || name == "save_image" {
                continue;
            }
            assert_eq!(
                one.takes_many(),
                form.params.first().is_some_and(|first| matches!(first.ty, Ty::Ref(_) | Ty::AnyRef(_))),
                "{name} takes an array where its first parameter is a resource"
            );
        }
    });
}

/// Verbs that the simulated cloud has no service for.
fn is_simulated(verb: &Verb) -> bool {
    verb.group != Group::Stacks && !verb.name.contains("ec2_credential")
}

#[test]
fn examples_give_what_they_say_and_readers_write_nothing() {
    let examples = VERBS.iter().flat_map(|one| one.examples.iter().map(move |example| (one, example)));
    each(examples, |(one, example)| {
        let world = World::web_with(|options| {
            options.allow_env = vec![String::new()];
            options.allow_exec = vec!["echo".to_string()];
        });
        let mut given = String::new();
        let written = world.written(|| given = display(&world.ok(example.code)));
        if !example.gives.is_empty() {
            assert_eq!(given, example.gives, "\n{}: {}", one.name, example.code);
        }
        let others: Vec<&Verb> = changers().collect();
        let mixed = others.iter().any(|other| example.code.contains(&format!("{}(", other.name)));
        if !one.effect.changes_cloud() && !mixed {
            assert_eq!(written, Vec::<String>::new(), "{} reads: {}", one.name, example.code);
        }
    });
}

/// Verbs whose examples speak of what is only so on OpenStack; what they do on EC2 is held by tests of the driver.
const OF_OPENSTACK: [(&str, &str); 9] = [
    ("add_security_group", "EC2 wants a server to be in one group at least"),
    ("remove_security_group", "EC2 wants a server to be in one group at least"),
    ("addresses", "EC2 tells a subnet's id, not its name"),
    ("api", "REST paths are OpenStack's"),
    ("catalog", "services have other names"),
    ("limits", "quotas are others"),
    ("migrate", "nobody chooses hosts on EC2"),
    ("services", "nobody sees the daemons of EC2"),
    ("zones", "zones have other names"),
];

/// The same declarations on the EC2 face: what a verb claims of EC2 gives the same, and what it does not is refused.
#[test]
fn examples_hold_on_ec2_where_they_are_claimed_and_are_refused_elsewhere() {
    let examples = VERBS.iter().flat_map(|one| one.examples.iter().map(move |example| (one, example)));
    let neutral = |one: &Verb| !OF_OPENSTACK.iter().any(|(name, _)| *name == one.name);
    let examples = examples.filter(|(one, _)| one.asks_cloud() && neutral(one) && is_simulated(one));
    each(examples, |(one, example)| {
        // Every verb in the example has to be there.
        let lacking = VERBS
            .iter()
            .filter(|other| !other.is_on(&AWS))
            .find(|other| example.code.contains(&format!("{}(", other.name)));
        let world = World::web_with(|options| options.cloud = Some("sim:aws".to_string()));
        match lacking {
            None => {
                let given = display(&world.ok(example.code));
                if !example.gives.is_empty() {
                    assert_eq!(given, example.gives, "\n{}: {}", one.name, example.code);
                }
            }
            Some(other) => {
                let error = world.error(example.code);
                assert_eq!(error.kind.as_str(), "unsupported", "{}: {}: {error}", other.name, example.code);
            }
        }
    });
}

/// Whether a form is for clouds of other providers than the one here: the query APIs'.
fn is_others(form: &Form) -> bool {
    form.params.iter().any(|param| param.name == "action")
}

/// Whether a form of a verb that changes something reads.
fn is_reading(verb: &Verb, form: &Form) -> bool {
    matches!(verb.effect, Effect::AloneReads(_)) && form.params.len() == 1
}

/// A call of each form with what it must have, for verbs that ask a cloud.
fn plain_calls(verb: &'static Verb) -> Vec<String> {
    verb.forms
        .iter()
        .filter(|form| !is_others(form) && !is_reading(verb, form))
        .map(|form| {
            let mut words = arguments(form, None);
            let mut keys = required_keys(form);
            if verb.name == "boot" {
                keys = BTreeMap::from([("image", "\"cirros\""), ("flavor", "\"m1.tiny\"")]);
            }
            if verb.name == "upload_image" {
                keys = BTreeMap::from([("data", "\"a disk\"")]);
            }
            if verb.name == "update" {
                keys = BTreeMap::from([("name", "\"other\"")]);
            }
            if !keys.is_empty() {
                words.push(map(&keys));
            }
            call(verb, &words)
        })
        .collect()
}

/// Every simulated cloud.
const FACES: [&str; 4] = ["sim", "sim:admin", "sim:aws", "sim:cloudstack"];

fn on(face: &str, more: impl FnOnce(&mut Options)) -> World {
    World::with(|options| {
        options.cloud = Some(face.to_string());
        more(options);
    })
}

fn changers() -> impl Iterator<Item = &'static Verb> {
    VERBS.iter().copied().filter(|verb| {
        verb.effect.changes_cloud()
            || (matches!(verb.effect, Effect::By(_) | Effect::AloneReads(_)) && verb.asks_cloud())
    })
}

#[test]
fn what_changes_a_cloud_is_denied_read_only_and_nothing_is_sent() {
    for face in FACES {
        let world = on(face, |options| options.read_only = true);
        let before = world.requests();
        let mut count = 0;
        for verb in changers() {
            for code in plain_calls(verb) {
                let error = world.error(&code);
                assert_eq!(error.kind.as_str(), "denied", "{face}: {code}: {error}");
                assert_eq!(error.verb, Some(verb.name));
                count += 1;
            }
        }
        assert!(count > 30, "{count}");
        assert_eq!(world.requests(), before, "{face}: nothing may be sent");
        assert!(world.sim(|sim| sim.journal().is_empty()), "{face}");
    }
}

#[test]
fn a_dry_run_sends_no_write() {
    let calls = || changers().flat_map(|verb| plain_calls(verb).into_iter().map(move |code| (verb, code)));
    let all: Vec<_> =
        FACES.into_iter().flat_map(|face| calls().map(move |(verb, code)| (face, verb, code))).collect();
    let mut done = BTreeMap::<&str, usize>::new();
    each(all, |(face, verb, code)| {
        if face == "sim" && !is_simulated(verb) {
            return;
        }
        let world = on(face, |options| options.dry_run = true);
        // Their ids end in 1, 2 and 3: an address that nobody gave has no name but its id.
        world.ok(r#"boot("web", #{ image: "cirros", flavor: "m1.tiny" }); create_volume("data", 1); allocate_ip(); create_security_group("tier"); set_meta("web", "a", 1)"#);
        let written = world.written(|| {
            match world.run(&code) {
                Ok(_) => *done.entry(face).or_default() += 1,
                Err(failure) => {
                    // What the cloud would refuse is refused alike: it is not in the state that is meant, or not of this cloud.
                    let kinds = match face {
                        "sim" => ["conflict", "not_found", "forbidden"].as_slice(),
                        _ => &["conflict", "not_found", "forbidden", "unsupported", "invalid_argument"],
                    };
                    let alike =
                        matches!(&failure.cause, Cause::Error(error) if kinds.contains(&error.kind.as_str()));
                    assert!(alike, "{face}: {code}: {}", told(&failure));
                }
            }
        });
        assert_eq!(written, Vec::<String>::new(), "{face}: {code}");
        let sent = world.sim(|sim| sim.requests());
        let wrote: Vec<_> =
            sent.iter().filter(|seen| seen.method != "GET" && seen.operation != "token.issue").collect();
        // A query API sends its reads as posts: there the journal alone can tell.
        assert!(!["sim", "sim:admin"].contains(&face) || wrote.is_empty(), "{face}: {code}: {wrote:?}");
    });
    // On every face a good part of them goes through.
    for (face, least) in [("sim", 40), ("sim:admin", 40), ("sim:aws", 25), ("sim:cloudstack", 25)] {
        assert!(done.get(face).is_some_and(|count| *count >= least), "{done:?}");
    }
}

#[test]
fn an_unknown_option_is_refused_before_anything_is_sent() {
    let world = World::new();
    let before = world.requests();
    each(VERBS, |verb| {
        for form in verb.forms {
            let keys = option_keys(verb, form);
            let mut words = arguments(form, None);
            let mut fields = required_keys(form);
            fields.insert("zzz_unknown", "1");
            words.push(map(&fields));
            let code = call(verb, &words);
            // A map behind the subject alone could be what the longer form takes: that form's mistakes are told.
            if keys.is_empty() || is_reading(verb, form) {
                continue;
            }
            let error = world.error(&code);
            assert_eq!(error.kind.as_str(), "invalid_argument", "{code}: {error}");
            let all = std::iter::once(&error).chain(&error.also);
            let told = all.into_iter().find(|error| error.message.contains("`zzz_unknown`"));
            let help = told.unwrap_or_else(|| panic!("{code}: {error}")).help.clone().unwrap_or_default();
            for key in &keys {
                assert!(help.contains(key.name), "{code}: the valid list leaves out {}: {help}", key.name);
            }
            assert_eq!(error.verb, Some(verb.name), "{code}");
        }
    });
    assert_eq!(world.requests(), before, "nothing may be sent");
}

#[test]
fn a_wrong_type_is_refused_before_anything_is_sent() {
    let world = World::new();
    let before = world.requests();
    let mut count = 0;
    each(VERBS, |verb| {
        for form in verb.forms.iter().filter(|form| !is_reading(verb, form) && !is_others(form)) {
            for (index, param) in form.params.iter().enumerate() {
                // A closure's or a field's place takes what only the language can judge.
                let Some(wrong) = unfitting(param.ty).filter(|_| !of_language(verb)) else { continue };
                let mut words = arguments(form, Some((index, wrong)));
                let required = required_keys(form);
                if !required.is_empty() {
                    words.push(map(&required));
                }
                refused(&world, verb, &call(verb, &words), param.name);
                count += 1;
            }
            for key in option_keys(verb, form) {
                let Some(wrong) = unfitting(key.ty) else { continue };
                let mut fields = required_keys(form);
                fields.insert(key.name, wrong);
                let mut words = arguments(form, None);
                words.push(map(&fields));
                refused(&world, verb, &call(verb, &words), key.name);
                count += 1;
            }
        }
    });
    assert!(count > 150, "{count}");
    assert_eq!(world.requests(), before, "nothing may be sent");
}

#[track_caller]
fn refused(world: &World, verb: &Verb, code: &str, name: &str) {
    let error = world.error(code);
    assert_eq!(error.kind.as_str(), "invalid_argument", "{code}: {error}");
    let mistakes: Vec<&str> =
        std::iter::once(&error).chain(&error.also).map(|error| error.message.as_str()).collect();
    assert!(mistakes.iter().any(|message| message.contains(&format!("`{name}`"))), "{code}: {mistakes:?}");
    assert_eq!(error.verb, Some(verb.name), "{code}");
}

#[test]
fn an_empty_array_sends_nothing_and_gives_an_empty_array() {
    let world = World::new();
    let before = world.requests();
    let mut count = 0;
    for verb in VERBS.iter().filter(|verb| verb.takes_many()) {
        for form in verb.forms.iter().filter(|form| !form.params.is_empty()) {
            let mut words = arguments(form, Some((0, "[]")));
            let required = required_keys(form);
            if !required.is_empty() {
                words.push(map(&required));
            }
            if verb.name == "update" {
                words.push("#{ name: \"other\" }".to_string());
            }
            let code = call(verb, &words);
            assert_eq!(world.ok(&code), Value::Array(Vec::new()), "{code}");
            let method = format!("[].{}({})", verb.name, words[1..].join(", "));
            assert_eq!(world.ok(&method), Value::Array(Vec::new()), "{method}");
            count += 1;
        }
    }
    assert_eq!(world.ok("boot_all([])"), Value::Array(Vec::new()));
    assert!(count > 40, "{count}");
    assert_eq!(world.requests(), before, "nothing may be sent");
}

#[test]
fn too_many_and_too_few_arguments_are_told_from_the_declaration() {
    let world = World::new();
    each(VERBS, |verb| {
        let most = verb.forms.iter().map(Form::most).max().unwrap_or(0);
        let words = vec!["\"a\"".to_string(); most + 3];
        let error = world.error(&call(verb, &words));
        assert!(error.message.contains(verb.name), "{}: {error}", verb.name);
        let fewest = verb.forms.iter().map(Form::fewest).min().unwrap_or(0);
        if fewest > 0 {
            let error = world.error(&call(verb, &[]));
            assert_eq!(error.diagnostic, Some("call::missing_argument"), "{}: {error}", verb.name);
        }
    });
    assert_eq!(world.requests(), 0, "nothing may be sent");
}

/// The engine's own functions for exact types come before a verb bound for any: each is known, and bound over.
#[test]
fn no_function_of_the_engine_hides_a_verb() {
    use rhai::packages::{Package, StandardPackage};
    let mut engine = rhai::Engine::new_raw();
    StandardPackage::new().register_into_engine(&mut engine);
    let own: Vec<String> =
        engine.collect_fn_metadata(None, |info| Some(info.metadata.name.to_string()), true);
    let mut shared: Vec<&str> =
        VERBS.iter().map(|verb| verb.name).filter(|name| own.iter().any(|other| other == name)).collect();
    shared.retain(|name| !rhain::script::bind::SHADOWED.iter().any(|(known, _)| known == name));
    // `get` of arrays, blobs and texts and `start` of ranges are other functions; print and debug are the language's; of
    // exit, order_by and timestamp ours are registered for the very same types; its `zip` takes a closure as well.
    let apart = ["get", "start", "print", "debug", "exit", "order_by", "timestamp", "zip"];
    shared.retain(|name| !apart.contains(name));
    assert!(shared.is_empty(), "{shared:?}");
}
