//! Times, durations and sleeping.

use super::declared::verb;
use crate::cloud::{Kind, Span, Time, Ty, Value};
use crate::verbs::verb::{Effect, Example, Form, Key, Run, Verb};

const LENGTH: Key<Span> =
    Key::required("duration", "\"500ms\", \"30s\", \"10m\", \"1h30m\", \"7d\", or whole seconds.");
const TEXT: Key<String> =
    Key::required("text", "A time as clouds write it: 2026-11-21T09:00:00Z; without a zone it is UTC.");

/// `sleep`
pub static SLEEP: Verb = Verb {
    effect: Effect::Waits,
    ..verb(
        "sleep",
        "Wait a while; on the simulated cloud it takes no real time.",
        &[Form::of(&[LENGTH.param()])],
        Ty::Unit,
        &[Example { code: r#"let t = now(); sleep("90s"); now() - t >= "90s""#, gives: "true" }],
        &["now", "duration", "wait_until"],
        Run::Once(|call| {
            Box::pin(async move {
                let length = call.get(&LENGTH)?;
                call.host.clock.sleep(length.to_std()).await;
                Ok(Value::Unit)
            })
        }),
    )
};

/// `now`
pub static NOW: Verb = Verb {
    effect: Effect::Clock,
    ..verb(
        "now",
        "The time, UTC.",
        &[Form::of(&[])],
        Ty::Time,
        &[Example { code: r#"now().year >= 2026"#, gives: "true" }],
        &["timestamp", "parse_time", "sleep"],
        Run::Once(|call| Box::pin(async move { Ok(Value::Time(call.host.clock.now())) })),
    )
};

/// `timestamp`
pub static TIMESTAMP: Verb = Verb {
    effect: Effect::Clock,
    ..verb(
        "timestamp",
        "Whole seconds since 1970.",
        &[Form::of(&[])],
        Ty::Int,
        &[Example { code: r#"timestamp() > 1700000000"#, gives: "true" }],
        &["now"],
        Run::Once(|call| Box::pin(async move { Ok(Value::Int(call.host.clock.now().unix())) })),
    )
};

/// `duration`
pub static DURATION: Verb = verb(
    "duration",
    "A duration in whole seconds.",
    &[Form::of(&[LENGTH.param()])],
    Ty::Int,
    &[Example { code: r#"duration("1h30m")"#, gives: "5400" }],
    &["now", "sleep"],
    Run::Once(|call| Box::pin(async move { Ok(Value::Int(call.get(&LENGTH)?.seconds())) })),
);

/// `parse_time`
pub static PARSE_TIME: Verb = verb(
    "parse_time",
    "Text as a time.",
    &[Form::of(&[TEXT.param()])],
    Ty::Time,
    &[Example { code: r#"parse_time("2026-11-21T09:30:00Z").hour"#, gives: "9" }],
    &["now"],
    Run::Once(|call| {
        Box::pin(async move {
            let text = call.get(&TEXT)?;
            Time::parse(&text).map(Value::Time).ok_or_else(|| {
                crate::cloud::Error::new(Kind::InvalidArgument, format!("`{text}` is no time"))
                    .coded("call::wrong_type")
                    .help("write it as 2026-11-21T09:00:00Z")
                    .at(call.place(TEXT.name), "not a time")
            })
        })
    }),
);
