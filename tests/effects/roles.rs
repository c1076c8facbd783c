//! Whatever names a file, a host, a program or a variable is held to what the session allows, wherever it stands in a call.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::support::World;
use rhain::cloud::error::Place;
use rhain::cloud::{Secret, Ty, Value};
use rhain::effects::{Decision, Grant, Policy, decide};
use rhain::verbs::argument::{Name, OneOrMany};
use rhain::verbs::arguments::prepare;
use rhain::verbs::{Effect, Form, Group, Key, Role, Run, Verb};

const SUBJECT: Key<Name> = Key::required("subject", "What it is about.");
const FILE: Key<OneOrMany<Name>> = Key::optional("file", "Files.").names(Role::ReadsFile);
const OUT: Key<Name> = Key::optional("out", "A file.").names(Role::WritesFile);
const TOOL: Key<Name> = Key::optional("tool", "A program.").names(Role::Program);
const FROM: Key<Secret> = Key::optional("from", "A variable.").names(Role::Variable);
const MIRROR: Key<Name> = Key::optional("mirror", "A host.").names(Role::Host);

/// A verb as one that is still to be written may be: nothing of what it touches is its first argument.
static VERB: Verb = Verb {
    name: "odd",
    group: Group::Language,
    summary: "Touches what its options name.",
    forms: &[Form::with(
        &[SUBJECT.param(), FROM.param()],
        &[FILE.param(), OUT.param(), TOOL.param(), MIRROR.param()],
    )],
    returns: Ty::Unit,
    effect: Effect::Creates,
    examples: &[],
    errors: &[],
    see: &[],
    run: Run::Language,
};

fn options(pairs: &[(&str, Value)]) -> Value {
    Value::Map(pairs.iter().map(|(key, value)| (key.to_string(), value.clone())).collect())
}

/// What is refused of a call, and where: empty where nothing is.
fn refused(policy: &Policy, values: Vec<Value>) -> (String, Place) {
    let world = World::new();
    let call = prepare(&VERB, &world.setup.session.host, values).unwrap_or_else(|error| panic!("{error}"));
    match decide(&call, policy) {
        Decision::Deny(error) => (error.message.clone(), error.place.clone()),
        _ => (String::new(), Place::Verb),
    }
}

#[test]
fn options_and_later_arguments_are_held_to_the_permissions() {
    let at = |key: &str| Place::OptionValue(key.to_string());
    let these = |names: &[&str]| Grant::These(names.iter().map(|name| name.to_string()).collect());
    let subject = || Value::text("x");
    let cases = [
        (vec![subject(), options(&[("file", Value::text("a.txt"))])], "may not read `a.txt`", at("file")),
        (
            vec![
                subject(),
                options(&[("file", Value::Array(vec![Value::text("ok.txt"), Value::text("b.txt")]))]),
            ],
            "may not read `b.txt`",
            at("file"),
        ),
        (vec![subject(), options(&[("out", Value::text("ok.txt"))])], "may not write `ok.txt`", at("out")),
        (vec![subject(), options(&[("tool", Value::text("sh"))])], "may not run `sh`", at("tool")),
        (
            vec![subject(), options(&[("mirror", Value::text("http://h/x"))])],
            "may not reach `h`",
            at("mirror"),
        ),
        (
            vec![subject(), Value::text("HOME")],
            "may not read the environment variable `HOME`",
            Place::Argument(1),
        ),
        (
            vec![subject(), Value::Secret(Secret::new("HOME"))],
            "may not read the environment variable `HOME`",
            Place::Argument(1),
        ),
    ];
    let some = Policy { read: these(&["ok.txt"]), directory: "/srv".into(), ..Policy::default() };
    let all = Policy {
        read: Grant::Everything,
        write: Grant::Everything,
        exec: these(&["sh"]),
        net: these(&["h"]),
        environment: these(&["HOME"]),
        ..Policy::default()
    };
    for (values, words, place) in cases {
        assert_eq!(refused(&some, values.clone()), (format!("`odd` {words}"), place), "{values:?}");
        assert_eq!(refused(&all, values.clone()).0, "", "{values:?}");
    }
    assert_eq!(refused(&some, vec![subject(), options(&[("file", Value::text("ok.txt"))])]).0, "");
}

#[test]
fn every_host_of_an_array_is_asked_about() {
    let world = World::web();
    world.fails(r#"wait_port([server("web"), "evil.example"], 22)"#, "denied", "evil.example");
    world.fails(r#"wait_port(["10.9.9.9"], 22)"#, "denied", "--allow-net=10.9.9.9");
}
