//! `write_file`, `exec`, `http` and `http_get`: what a script does outside any cloud. In a dry run it is told, and what
//! changes something is not done; a file is written for this run alone.

use super::natives;
use crate::cloud::error::Place;
use crate::cloud::ports::{FileWrite, ProgramRun, WebAnswer, WebAsk};
use crate::cloud::{Error, Kind, Span, Value};
use crate::effects::decide::reachable;
use crate::script::session::Session;
use crate::verbs::language::outside::*;
use crate::verbs::{Call, Verb};
use rhai::Engine;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// The most redirects that are followed.
const REDIRECTS: usize = 5;

pub(super) fn register(engine: &mut Engine, session: &Arc<Session>) {
    let verbs: [(&'static Verb, natives::Outside); 4] =
        [(&WRITE_FILE, write_file), (&EXEC, exec), (&HTTP, http), (&HTTP_GET, http)];
    for (verb, body) in verbs {
        natives::outside(engine, session, verb, body);
    }
}

fn map(fields: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    Value::Map(fields.into_iter().map(|(name, value)| (name.to_string(), value)).collect())
}

fn text_or_blob(bytes: Vec<u8>) -> Value {
    String::from_utf8(bytes).map_or_else(|error| Value::Blob(error.into_bytes()), Value::text)
}

fn write_file(session: &Session, call: &Call) -> Result<Value, Error> {
    let secret = matches!(call.value(TEXT.name), Some(Value::Secret(_)));
    let path = call.get(&PATH)?.0;
    let mode = call.find(&MODE)?.map(|mode| mode.0).or(secret.then_some(0o600));
    let append = call.find(&APPEND)?.unwrap_or(false);
    let file = FileWrite { path, bytes: call.get(&TEXT)?.0, mode, append };
    if session.policy.dry_run {
        session.console.talk(&format!("dry run: would write {} bytes to {}", file.bytes.len(), file.path));
    }
    session.host.outside.write_file(&file).map(|()| Value::Unit).map_err(|why| {
        Error::new(Kind::Failed, format!("`{}` cannot be written: {why}", file.path))
            .coded("language::file")
            .at(call.place(PATH.name), why)
    })
}

fn exec(session: &Session, call: &Call) -> Result<Value, Error> {
    let program = call.get(&PROGRAM)?.0;
    let run = ProgramRun {
        args: call.find(&ARGS)?.map(|args| args.0).unwrap_or_default(),
        stdin: call.find(&STDIN)?.map(|stdin| stdin.0).unwrap_or_default(),
        env: call.find(&ENV)?.map(|env| env.0).unwrap_or_default(),
        dir: call.find(&DIR)?.map(|dir| dir.0),
        program,
    };
    let ended =
        |code, stdout, stderr| map([("code", Value::Int(code)), ("stdout", stdout), ("stderr", stderr)]);
    if session.policy.dry_run && !call.only_reads() {
        let line: Vec<&str> = std::iter::once(&run.program).chain(&run.args).map(String::as_str).collect();
        session.console.talk(&format!("dry run: would run {}", line.join(" ")));
        return Ok(ended(0, Value::text(""), Value::text("")));
    }
    let timeout = call.find(&TIMEOUT)?.map_or(Duration::from_secs(600), Span::to_std);
    // A program takes the machine's own time, whatever the clock of the run is.
    let work = async { tokio::time::timeout(timeout, session.host.outside.run(&run)).await };
    let Ok(end) = session.bridge.wait(session.host.unless_cancelled(work))? else {
        return Err(Error::new(
            Kind::Timeout,
            format!("`{}` did not end within {}", run.program, Span::from_std(timeout)),
        )
        .coded("cloud::timeout")
        .help("give it longer: `timeout`"));
    };
    let end = end.map_err(|why| {
        Error::new(Kind::Failed, format!("`{}` cannot be run: {why}", run.program))
            .coded("language::program")
            .help("give the name of a program that is in PATH, or its path")
            .at(call.place(PROGRAM.name), why)
    })?;
    if end.code != 0 && call.find(&CHECK)?.unwrap_or(true) {
        let said = String::from_utf8_lossy(&end.stderr);
        let mut lines: Vec<&str> = said.trim().lines().rev().take(5).collect();
        lines.reverse();
        let error = Error::new(Kind::Failed, format!("`{}` ended with code {}", run.program, end.code))
            .coded("language::program")
            .help("take any code with `check: false`");
        return Err(if lines.is_empty() { error } else { error.answer(lines.join("\n")) });
    }
    Ok(ended(end.code, text_or_blob(end.stdout), text_or_blob(end.stderr)))
}

fn http(session: &Session, call: &Call) -> Result<Value, Error> {
    const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
    let get = call.verb.name == HTTP_GET.name;
    let method = if get { "GET".to_string() } else { call.get(&METHOD)?.0.to_ascii_uppercase() };
    if !METHODS.contains(&method.as_str()) {
        return Err(Error::new(Kind::InvalidArgument, format!("`{method}` is no method"))
            .coded("call::wrong_type")
            .help(format!("use one of: {}", METHODS.join(", ")))
            .at(call.place(METHOD.name), "not a method"));
    }
    let json = call.find(&JSON)?;
    let body = call.find(&BODY)?;
    if json.is_some() && body.is_some() {
        return Err(Error::new(Kind::InvalidArgument, "`body` and `json` are both given")
            .coded("call::invalid_argument")
            .help("give one of them")
            .at(Place::OptionKey(JSON.name.to_string()), "and `body` too"));
    }
    let mut ask = WebAsk {
        method,
        url: call.get(&URL)?.0,
        headers: call.find(&HEADERS)?.map(|headers| headers.0).unwrap_or_default(),
        body: body.map(|body| ("text/plain; charset=utf-8".to_string(), body.0)),
        timeout: call.find(&ANSWER_TIMEOUT)?.map(Span::to_std),
        insecure: call.find(&INSECURE)?.unwrap_or(false),
    };
    if let Some(json) = json {
        ask.body = Some(("application/json".to_string(), json.to_request().to_string().into_bytes()));
    }
    if session.policy.dry_run && !call.only_reads() && !matches!(ask.method.as_str(), "GET" | "HEAD") {
        session.console.talk(&format!("dry run: would send {} {}", ask.method, ask.url));
        return Ok(answered(WebAnswer { status: 200, headers: Vec::new(), body: Vec::new() }));
    }
    for _ in 0..=REDIRECTS {
        let work = session.host.unless_cancelled(session.host.outside.fetch(&ask));
        let answer = session.bridge.wait(work)??;
        let Some(target) = redirect(&ask, &answer) else { return Ok(answered(answer)) };
        reachable(&session.policy, call.verb.name, target.as_str()).map_err(|error| {
            error.fact("seen", format!("{} answers {} → {target}", ask.url, answer.status))
        })?;
        let other = url::Url::parse(&ask.url).is_ok_and(|from| from.origin() != target.origin());
        if other {
            // What one host is told in confidence is none of another's business.
            ask.headers.clear();
        }
        if answer.status == 303 {
            ask.method = "GET".to_string();
            ask.body = None;
        }
        ask.url = target.into();
    }
    Err(Error::new(Kind::Protocol, format!("`{}` is redirected more than {REDIRECTS} times", ask.url))
        .coded("cloud::protocol"))
}

/// Where an answer leads on to. A request that changes something is sent again elsewhere only where it is said to.
fn redirect(ask: &WebAsk, answer: &WebAnswer) -> Option<url::Url> {
    let reads = matches!(ask.method.as_str(), "GET" | "HEAD");
    let follows = match answer.status {
        301 | 302 | 307 | 308 => reads,
        303 => true,
        _ => false,
    };
    let (_, target) = answer.headers.iter().find(|(name, _)| name == "location")?;
    let target = url::Url::parse(&ask.url).ok()?.join(target).ok()?;
    (follows && matches!(target.scheme(), "http" | "https")).then_some(target)
}

fn answered(answer: WebAnswer) -> Value {
    let headers: BTreeMap<String, Value> =
        answer.headers.into_iter().map(|(name, value)| (name, Value::text(value))).collect();
    map([
        ("status", Value::Int(i64::from(answer.status))),
        ("headers", Value::Map(headers)),
        ("body", text_or_blob(answer.body)),
    ])
}
