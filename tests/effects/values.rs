//! Values come back from a record as they were, and objects as the same objects.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::lives::Sealed;
use proptest::prelude::*;
use rhain::cloud::{Error, Flavor, Handle, Kind, Noun, Resource, Secret, Server, Span, Time, Value, stored};
use rhain::effects::value::{Reader, Writer};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;

fn time() -> impl Strategy<Value = Time> {
    (-62_000_000_000_i64..250_000_000_000, 0..1_000_000_000_i32)
        .prop_map(|(seconds, nanos)| Time(jiff::Timestamp::new(seconds, nanos.abs()).unwrap()))
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "\\PC{0,12}",
        "[a-z$\"\\\\\n\u{0}-\u{1f}]{0,8}",
        Just("$new".to_string())
    ]
}

fn float() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>(),
        any::<u64>().prop_map(f64::from_bits),
        Just(-0.0),
        Just(1.0),
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(f64::NEG_INFINITY),
    ]
}

fn server() -> impl Strategy<Value = Handle> {
    let told = (text(), text(), proptest::option::of(text()), proptest::option::of(text()));
    let rest = (
        proptest::collection::btree_map(text(), text(), 0..3),
        proptest::option::of(time()),
        time(),
        proptest::option::of(any::<i64>()),
    );
    (told, rest).prop_map(|((id, name, task, secret), (meta, created, read, progress))| {
        Handle::new(Resource::from(Server {
            id: id.clone(),
            name,
            status: "ACTIVE".into(),
            provider_status: "active".into(),
            task,
            progress,
            fault: None,
            flavor: rhain::cloud::server::Named { id: Some("1".into()), name: None },
            image: Default::default(),
            meta,
            tags: vec!["a".into(), id],
            addresses: vec![(
                "private".into(),
                vec![rhain::cloud::server::Address { version: 4, addr: "10.0.0.1".into(), kind: None }],
            )],
            access: (None, None),
            description: None,
            host: None,
            project: None,
            locked: None,
            key: None,
            security_groups: vec![],
            volumes: vec![],
            zone: None,
            created,
            updated: None,
            admin_pass: secret.map(Secret::new),
            cloud: "lab".into(),
            read,
            raw: Arc::new(serde_json::json!({ "$odd": [1, 2.5, null] })),
        }))
    })
}

fn flavor() -> impl Strategy<Value = Handle> {
    (text(), text(), any::<i64>()).prop_map(|(id, name, ram)| {
        let raw = Arc::new(Json::Null);
        Handle::new(Resource::from(Flavor { id, name, vcpus: 1, ram, disk: 0, cloud: "lab".into(), raw }))
    })
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Unit),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        float().prop_map(Value::Float),
        text().prop_map(Value::text),
        text().prop_map(|text| Value::Secret(Secret::new(text))),
        time().prop_map(Value::Time),
        any::<i128>().prop_map(|nanos| Value::Span(Span::from_nanos(nanos))),
        any::<i32>().prop_map(|nanos| Value::Span(Span::from_nanos(nanos.into()))),
        proptest::collection::vec(any::<u8>(), 0..9).prop_map(Value::Blob),
        text().prop_map(|name| Value::Cloud(name.into())),
        text().prop_map(|id| Value::NameOf(Noun::Image, id.into())),
        Just(Value::Other("a closure")),
        Just(Value::Other("a range")),
        (server(), any::<[bool; 2]>()).prop_map(|(object, [gone, stale])| {
            if gone {
                object.set_gone();
            }
            if stale {
                object.set_stale_by("7#1".into());
            }
            Value::Resource(object)
        }),
        flavor().prop_map(Value::Resource),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        let error = (
            proptest::sample::select(Kind::ALL.to_vec()),
            text(),
            any::<[bool; 4]>(),
            proptest::collection::vec(inner.clone(), 0..3),
        );
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            proptest::collection::btree_map(text(), inner, 0..5).prop_map(Value::Map),
            error.prop_map(|(kind, message, [maybe, accepted, place, more], values)| {
                let mut error = Error::new(kind, message.clone());
                (error.maybe, error.accepted) = (maybe, accepted);
                error.results = values.clone();
                if more {
                    error.exists = values;
                    error.verb = Some("boot");
                    error.status = Some(409);
                    error.raised = Some((None, 3, 4));
                    error.path = Some("7:3/1".into());
                    error = error.coded("cloud::conflict").help(message.clone()).fact("seen", message);
                    error.also.push(Error::new(Kind::Script, "and this"));
                }
                if place {
                    error.place = rhain::cloud::error::Place::OptionValue("flavor".into());
                }
                Value::Error(error)
            }),
        ]
    })
}

/// Whether two values are the very same, floats by their bits and resources by all that is known of them.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Map(a), Value::Map(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|((x, a), (y, b))| x == y && same(a, b))
        }
        (Value::Resource(x), Value::Resource(y)) => {
            let (a, b) = (&x.latest(), &y.latest());
            x.is_gone() == y.is_gone()
                && x.stale_by() == y.stale_by()
                && stored::write(a) == stored::write(b)
                && stored::secret(a) == stored::secret(b)
                && stored::raw(a) == stored::raw(b)
        }
        (Value::Error(a), Value::Error(b)) => {
            let lists = [(&a.results, &b.results), (&a.exists, &b.exists)];
            let (mut x, mut y) = (a.clone(), b.clone());
            for error in [&mut x, &mut y] {
                error.results = Vec::new();
                error.exists = Vec::new();
            }
            x == y
                && lists.iter().all(|(a, b)| a.len() == b.len() && a.iter().zip(*b).all(|(a, b)| same(a, b)))
        }
        (a, b) => a == b,
    }
}

/// What a file would give back.
fn on_disk(json: &Json) -> Json {
    serde_json::from_str(&json.to_string()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_value_comes_back_as_it_was(value in value()) {
        let written = on_disk(&Writer::new(&Sealed, true).result("2", &value));
        let read = Reader::new(&Sealed).result("2", &written).unwrap();
        prop_assert!(same(&value, &read), "{written}\n{value:?}\n{read:?}");
        // Written again, it is the same text: records are compared by it.
        let again = Writer::new(&Sealed, true).result("2", &read);
        prop_assert_eq!(written.to_string(), again.to_string());
    }

    #[test]
    fn an_object_stays_that_object(
        pool in proptest::collection::vec(server(), 1..4),
        calls in proptest::collection::vec(proptest::collection::vec(0..4_usize, 0..5), 1..5),
    ) {
        let (mut writer, mut reader) = (Writer::new(&Sealed, false), Reader::new(&Sealed));
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for (number, picks) in calls.iter().enumerate() {
            let items: Vec<Value> = picks.iter().map(|at| Value::Resource(pool[at % pool.len()].clone())).collect();
            let path = (number + 1).to_string();
            let nested = Value::Map(BTreeMap::from([("of".to_string(), Value::Array(items))]));
            nested.objects(&mut before);
            let written = on_disk(&writer.result(&path, &nested));
            reader.result(&path, &written).unwrap().objects(&mut after);
        }
        prop_assert_eq!(before.len(), after.len());
        for (a, x) in before.iter().zip(&after) {
            for (b, y) in before.iter().zip(&after) {
                prop_assert_eq!(a.is_same_object(b), x.is_same_object(y), "{:?} {:?}", a, b);
            }
        }
    }
}

#[test]
fn values_are_written_as_the_format_says() {
    let written = |value: &Value| Writer::new(&Sealed, false).result("2", value).to_string();
    let time = Time::parse("2026-11-29T19:45:12.000000007Z").unwrap();
    for (value, json) in [
        (Value::Int(5), "5"),
        (Value::Float(5.0), "5.0"),
        (Value::Float(f64::NAN), r#"{"$float":"nan"}"#),
        (Value::Time(time), r#"{"$time":"2026-11-29T19:45:12.000000007Z"}"#),
        (Value::Span(Span::from_secs(2)), r#"{"$span":2000000000}"#),
        (Value::Blob(b"abc".to_vec()), r#"{"$blob":"YWJj"}"#),
        (Value::Cloud("lab".into()), r#"{"$cloud":"lab"}"#),
        (Value::Other("a closure"), r#"{"$fn":""}"#),
        (Value::Map([("$o".to_string(), Value::text("2"))].into()), r#"{"$map":[["$o","2"]]}"#),
    ] {
        assert_eq!(written(&value), json);
    }
    let raw = Arc::new(Json::Null);
    let flavor = Handle::new(Resource::from(Flavor {
        id: "1".into(),
        name: "m1".into(),
        vcpus: 1,
        ram: 2,
        disk: 3,
        cloud: "lab".into(),
        raw,
    }));
    let mut writer = Writer::new(&Sealed, false);
    let both =
        Value::Array(vec![Value::Unit, Value::Resource(flavor.clone()), Value::Resource(flavor.clone())]);
    assert_eq!(
        writer.result("7:3/1", &both).to_string(),
        r#"[null,{"$new":"flavor","id":"1","name":"m1","vcpus":1,"ram":2,"disk":3,"cloud":"lab"},{"$o":"7:3/1[1]"}]"#
    );
    assert_eq!(writer.argument(&Value::Resource(flavor)).to_string(), r#"{"$o":"7:3/1[1]"}"#);
}

#[test]
fn what_no_writer_wrote_is_refused() {
    for json in [
        r#"{"$o":"9"}"#,
        r#"{"$time":"soon"}"#,
        r#"{"$new":"serve"}"#,
        r#"{"$new":"flavor","id":"1"}"#,
        r#"{"$sealed":5}"#,
        r#"{"$map":[["a"]]}"#,
        r#"{"$error":{"kind":"odd","message":"x"}}"#,
        r#"{"$who":1}"#,
        "18446744073709551615000000000000000000000000000000000000000000000000000e400",
    ] {
        let Ok(json) = serde_json::from_str::<Json>(json) else { continue };
        assert!(Reader::new(&Sealed).result("1", &json).is_err(), "{json}");
    }
}
