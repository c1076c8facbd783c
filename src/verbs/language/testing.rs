//! What tests are written with: they set the scene in the simulated cloud of their own, and look at what it saw. Outside `rhain test`
//! there is no such cloud, and each of them is an error that says so.

use super::declared::verb;
use super::shapes::{Closure, KindWord};
use crate::cloud::simulation::{Reset, SimFault, SimWrite, Simulation};
use crate::cloud::{Error, Kind, Result, Span, Ty, Value};
use crate::verbs::argument::{Map, Name, Positive};
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};
use crate::verbs::{Call, RunContext};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The simulated cloud of the test that runs.
///
/// # Errors
/// Where no test runs.
pub fn simulation<'a>(host: &'a RunContext, verb: &str) -> Result<&'a Arc<dyn Simulation>> {
    host.simulation.get().ok_or_else(|| {
        Error::new(Kind::Unsupported, format!("`{verb}` works in tests only"))
            .coded("cloud::unsupported")
            .help("put it into a function `test_…` of a file `…_test.rhai`, and run that with `rhain test`")
    })
}

pub(super) const fn of_tests(
    name: &'static str,
    summary: &'static str,
    forms: &'static [Form],
    returns: Ty,
    examples: &'static [Example],
    see: &'static [&'static str],
    run: Run,
) -> Verb {
    Verb {
        group: Group::Tests,
        errors: &[Kind::Unsupported],
        ..verb(name, summary, forms, returns, examples, see, run)
    }
}

/// The kind of error that must come.
pub const KIND: Key<KindWord> = Key::required("kind", "The kind of the error, such as \"not_found\".");
const THROWS: Key<Closure> = Key::required("f", "A closure without parameters.");

/// `assert_throws`
pub static ASSERT_THROWS: Verb = of_tests(
    "assert_throws",
    "Fail unless a closure ends with an error of this kind; gives the error.",
    &[Form::of(&[KIND.param(), THROWS.param()])],
    Ty::Any,
    &[Example { code: r#"assert_throws("not_found", || server("nosuch")).kind"#, gives: "not_found" }],
    &["assert_eq", "sim_fault"],
    Run::Language,
);

const VERB: Key<Name> = Key::required(
    "verb",
    "The verb whose request goes wrong, or an operation of the simulated cloud, such as \"server.create\" or \"ec2.*\".",
);
const STATUS: Key<Value> = Key::optional(
    "status",
    "The HTTP status of the answer, 400 to 599; the request is not carried out. \"ERROR\": it is, and the server ends in that state.",
);
const TIMES: Key<Positive> = Key::optional("times", "How many requests it spoils; 1.");
const AFTER: Key<i64> = Key::optional("after", "How many requests pass unharmed first; 0.");
const DELAY: Key<Span> = Key::optional(
    "delay",
    "How long the answer takes, in the test's time; longer than --timeout (60s), and it never comes.",
);
const RESET: Key<Value> = Key::optional(
    "reset",
    "true or \"after\": the request is carried out, and the connection breaks before the answer; \"before\": it is not carried out.",
);

fn status(call: &Call) -> Result<(Option<u16>, bool)> {
    match call.value(STATUS.name) {
        None | Some(Value::Unit) => Ok((None, false)),
        Some(Value::Int(code @ 400..=599)) => Ok((u16::try_from(*code).ok(), false)),
        Some(Value::Text(text)) if text.eq_ignore_ascii_case("error") => Ok((None, true)),
        Some(other) => Err(wrong(call, STATUS.name, other, "a number from 400 to 599, or \"ERROR\"")),
    }
}

fn reset(call: &Call) -> Result<Option<Reset>> {
    match call.value(RESET.name) {
        None | Some(Value::Unit | Value::Bool(false)) => Ok(None),
        Some(Value::Bool(true)) => Ok(Some(Reset::After)),
        Some(Value::Text(text)) if &**text == "after" => Ok(Some(Reset::After)),
        Some(Value::Text(text)) if &**text == "before" => Ok(Some(Reset::Before)),
        Some(other) => Err(wrong(call, RESET.name, other, "`true`, \"after\" or \"before\"")),
    }
}

fn wrong(call: &Call, option: &str, value: &Value, give: &str) -> Error {
    let shown = match value {
        Value::Text(text) => format!("`{text}`"),
        Value::Int(number) => number.to_string(),
        other => other.kind().to_string(),
    };
    Error::new(Kind::InvalidArgument, format!("`{option}` is {shown} here"))
        .coded("call::wrong_type")
        .help(format!("give {give}"))
        .at(call.place(option), format!("give {give}"))
}

pub(super) fn misfit(why: String, call: &Call, option: &str) -> Error {
    Error::new(Kind::InvalidArgument, why).coded("call::wrong_type").at(call.place(option), "this one")
}

/// `sim_fault`
pub static SIM_FAULT: Verb = of_tests(
    "sim_fault",
    "Let the requests of a verb go wrong from now on: once, unless told otherwise. rhain repeats requests that it may repeat; to see an error, spoil more of them.",
    &[Form::with(
        &[VERB.param()],
        &[STATUS.param(), TIMES.param(), AFTER.param(), DELAY.param(), RESET.param()],
    )],
    Ty::Unit,
    &[Example {
        code: r#"sim_fault("boot", #{ status: 403 }); assert_throws("forbidden", || boot("a", #{ image: "cirros", flavor: "m1.tiny" })).status"#,
        gives: "403",
    }],
    &["sim_quota", "sim_journal", "assert_throws"],
    Run::Once(|call| {
        Box::pin(async move {
            let world = simulation(&call.host, call.verb.name)?;
            let (status, error_state) = status(&call)?;
            let fault = SimFault {
                verb: call.get(&VERB)?.0,
                status,
                error_state,
                times: call.find(&TIMES)?.map_or(1, |times| u32::try_from(times.0).unwrap_or(u32::MAX)),
                after: match call.find(&AFTER)?.unwrap_or(0) {
                    after @ 0.. => u32::try_from(after).unwrap_or(u32::MAX),
                    _ => return Err(misfit("`after` must be 0 or more".into(), &call, AFTER.name)),
                },
                delay: call.find(&DELAY)?.map(Span::to_std),
                reset: reset(&call)?,
            };
            if fault.status.is_none() && !fault.error_state && fault.delay.is_none() && fault.reset.is_none()
            {
                return Err(misfit("`sim_fault` is not told what goes wrong".into(), &call, VERB.name)
                    .help("give one of `status`, `delay`, `reset`: sim_fault(\"boot\", #{ status: 503 })"));
            }
            world.fault(&fault).map_err(|why| misfit(why, &call, VERB.name))?;
            Ok(Value::Unit)
        })
    }),
);

const LIMITS: Key<Map> =
    Key::required("limits", "Limits by their names in `limits()`, such as #{ servers: 3 }; () is none.");

/// `sim_quota`
pub static SIM_QUOTA: Verb = of_tests(
    "sim_quota",
    "Set what the project may have: servers, vcpus, ram_mib, volumes, volume_gib, snapshots, public_ips, ports, networks, security_groups, keypairs.",
    &[Form::of(&[LIMITS.param()])],
    Ty::Unit,
    &[Example { code: "sim_quota(#{ servers: 3 }); limits().servers", gives: "3" }],
    &["limits", "sim_fault"],
    Run::Once(|call| {
        Box::pin(async move {
            let world = simulation(&call.host, call.verb.name)?;
            for (name, limit) in call.get(&LIMITS)? {
                let limit = match limit {
                    Value::Unit => None,
                    Value::Int(limit) if limit >= 0 => Some(limit),
                    other => {
                        let why = format!("the limit of `{name}` is {} here", other.kind());
                        return Err(
                            misfit(why, &call, LIMITS.name).help("give a whole number, or () for none")
                        );
                    }
                };
                world.quota(&name, limit).map_err(|why| misfit(why, &call, LIMITS.name))?;
            }
            Ok(Value::Unit)
        })
    }),
);

const BY: Key<Span> = Key::required("duration", "How much time passes.");

/// `sim_advance`
pub static SIM_ADVANCE: Verb = of_tests(
    "sim_advance",
    "Let time pass in the simulated cloud, as `sleep` does: what is due by then has happened.",
    &[Form::of(&[BY.param()])],
    Ty::Unit,
    &[Example {
        code: r#"let b = boot("a", #{ image: "cirros", flavor: "m1.tiny" }); sim_advance("1h"); refresh(b).status"#,
        gives: "ACTIVE",
    }],
    &["sleep", "now"],
    Run::Once(|call| {
        Box::pin(async move {
            simulation(&call.host, call.verb.name)?.advance(call.get(&BY)?.to_std());
            Ok(Value::Unit)
        })
    }),
);

/// `sim_journal`
pub static SIM_JOURNAL: Verb = of_tests(
    "sim_journal",
    "The writes that the simulated cloud saw, in order: an array of #{verb, name, id, operation, at}. `verb` is the verb whose main request it was, the same on every cloud; `operation` is the cloud's own word.",
    &[Form::of(&[])],
    Ty::ArrayOf(&Ty::MapOf(&Ty::Any)),
    &[Example {
        code: r#"server("web").stop(); last(sim_journal()).verb + " " + last(sim_journal()).name"#,
        gives: "stop web",
    }],
    &["sim_fault"],
    Run::Once(|call| {
        Box::pin(async move {
            let writes = simulation(&call.host, call.verb.name)?.journal();
            let text = |text: &str| if text.is_empty() { Value::Unit } else { Value::text(text) };
            let row = |write: SimWrite| {
                Value::Map(BTreeMap::from([
                    ("verb".to_string(), text(write.verb)),
                    ("name".to_string(), text(&write.name)),
                    ("id".to_string(), text(&write.id)),
                    ("operation".to_string(), text(&write.operation)),
                    ("at".to_string(), Value::Time(write.at)),
                ]))
            };
            Ok(Value::Array(writes.into_iter().map(row).collect()))
        })
    }),
);

/// `snapshot_output`
pub static SNAPSHOT_OUTPUT: Verb = of_tests(
    "snapshot_output",
    "Compare what the test has printed so far with what is kept beside it, in `FILE_test.snap/TEST.txt`, and give it. What is not kept yet is written; `rhain test --update` writes it anew.",
    &[Form::of(&[])],
    Ty::Text,
    &[],
    &["print", "table"],
    Run::Once(|call| {
        Box::pin(async move {
            let world = simulation(&call.host, call.verb.name)?;
            world.snapshot().map(Value::text)
        })
    }),
);

const FILE: Key<Name> = Key::required("file", "The runbook, from the test's file.");
const PARAMETERS: Key<Map> = Key::optional("parameters", "Its parameters, as on the command line.");

/// `run_script`
pub static RUN_SCRIPT: Verb = Verb {
    effect: Effect::Nothing,
    ..of_tests(
        "run_script",
        "Run a runbook in the test's own cloud, as `rhain run` would: gives #{output, code}; an error that ends it is raised here.",
        &[Form::of(&[FILE.param(), PARAMETERS.param()])],
        Ty::MapOf(&Ty::Any),
        &[],
        &["snapshot_output", "assert_throws"],
        Run::Once(|call| {
            Box::pin(async move {
                let world = simulation(&call.host, call.verb.name)?.clone();
                let file = call.get(&FILE)?.0;
                let given = call.find(&PARAMETERS)?.unwrap_or_default();
                let (output, code) = world.run_script(&file, given).await?;
                Ok(Value::Map(BTreeMap::from([
                    ("output".to_string(), Value::text(output)),
                    ("code".to_string(), Value::Int(code)),
                ])))
            })
        }),
    )
};
