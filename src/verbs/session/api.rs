//! `api`: any call of the provider's own API, with the session's credentials.

use crate::cloud::{Error, Kind, RestCall, Secret, Ty, Value};
use crate::verbs::argument::{Argument, Map, Mismatch, Name};
use crate::verbs::call::Call;
use crate::verbs::language::shapes::Variables;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const SERVICE: Key<Name> = Key::required("service", "The catalog's service type: \"compute\", \"image\".");
const METHOD: Key<Name> = Key::required("method", "GET, HEAD, POST, PUT, PATCH or DELETE.");
const PATH: Key<Name> = Key::required("path", "The path without the version prefix: \"/servers?limit=1\".");
const BODY: Key<Value> = Key::optional("body", "What is sent as JSON.").hashed();

const ANY_BODY: Key<Value> = Key::required(BODY.name, "What is sent as JSON; `()` for nothing.").hashed();
const MICROVERSION: Key<Microversion> =
    Key::optional("microversion", "The service's microversion: \"2.79\", \"latest\".");
const HEADERS: Key<Variables> =
    Key::optional("headers", "More headers: names and values; secrets too.").hashed();

const ACTION: Key<Name> = Key::required("action", "The query API's action: \"DescribeRegions\".");
const PARAMS: Key<Map> = Key::required("params", "Its parameters, as nested maps and arrays.").hashed();

const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/// The declaration.
pub static VERB: Verb = Verb {
    name: "api",
    group: Group::Clouds,
    summary: "Any call of the cloud's own API, with the session's credentials; gives the decoded answer.",
    forms: &[
        Form::of(&[SERVICE.param(), METHOD.param(), PATH.param(), BODY.param()]).made_of(&["api"]),
        Form::with(
            &[SERVICE.param(), METHOD.param(), PATH.param(), ANY_BODY.param()],
            &[MICROVERSION.param(), HEADERS.param()],
        )
        .made_of(&["api"]),
        Form::of(&[SERVICE.param(), ACTION.param(), PARAMS.param()])
            .made_of(&["api(service, action, params)"]),
    ],
    returns: Ty::Any,
    effect: Effect::By(effect),
    examples: &[Example {
        code: r#"api("compute", "GET", "/servers?limit=1").servers[0].name"#,
        gives: "web",
    }],
    errors: &[Kind::NotFound, Kind::InvalidArgument, Kind::Forbidden],
    see: &["catalog"],
    run: Run::Once(|call| {
        Box::pin(async move {
            if call.value(ACTION.name).is_some() {
                let params = Value::Map(call.get(&PARAMS)?).to_request();
                let (service, action) = (call.get(&SERVICE)?.0, call.get(&ACTION)?.0);
                return call.cloud()?.query(&service, &action, &params).await;
            }
            let method = call.get(&METHOD)?.0.to_uppercase();
            if !METHODS.contains(&method.as_str()) {
                return Err(Error::new(Kind::InvalidArgument, format!("`{method}` is no method"))
                    .coded("call::wrong_type")
                    .help(format!("use one of: {}", METHODS.join(", ")))
                    .at(call.place(METHOD.name), "not a method"));
            }
            let body = call.value(BODY.name).map(Value::to_request).filter(|body| !body.is_null());
            if body.is_some() && matches!(method.as_str(), "GET" | "HEAD") {
                return Err(Error::new(Kind::InvalidArgument, format!("a {method} has no body"))
                    .coded("call::wrong_type")
                    .help("write what narrows it behind the path: `/servers?limit=1`; options come fifth, behind the body `()`")
                    .at(call.place(BODY.name), "not sent"));
            }
            let (service, path) = (call.get(&SERVICE)?.0, call.get(&PATH)?.0);
            if let Some(why) = leaves_service(&path) {
                return Err(Error::new(Kind::InvalidArgument, "the path leaves its service")
                    .coded("call::wrong_type")
                    .help("write the path below the service's endpoint: `/servers/ID`")
                    .at(call.place(PATH.name), why));
            }
            let headers = call.find(&HEADERS)?.map(|headers| headers.0).unwrap_or_default();
            let broken = |(name, value): &&(String, Secret)| {
                !is_header_name(name) || value.reveal().chars().any(char::is_control)
            };
            if let Some((name, _)) = headers.iter().find(broken) {
                return Err(Error::new(
                    Kind::InvalidArgument,
                    format!("{name:?} is no header that can be sent"),
                )
                .coded("call::wrong_type")
                .help("a name has letters, digits and dashes, and a value one line")
                .at(call.place(HEADERS.name), "not sent"));
            }
            if let Some((name, _)) = headers.iter().find(|(name, _)| !may_be_set(name)) {
                return Err(Error::new(Kind::InvalidArgument, format!("the header `{name}` is not a script's to set"))
                    .coded("call::wrong_type")
                    .help("leave it out: what proves who asks and what frames a request is set for each call; a version is `microversion`")
                    .at(call.place(HEADERS.name), "not sent"));
            }
            let microversion = call.find(&MICROVERSION)?.map(|version| version.0);
            let asked = RestCall {
                service: service.clone(),
                method,
                path: path.clone(),
                body,
                microversion,
                headers,
            };
            let result = call.cloud()?.api(&asked).await;
            result.map_err(|error| match version_prefix(&path) {
                Some(version) if error.kind == Kind::NotFound => {
                    error.help(format!("leave `/{version}` out: the path starts below the version"))
                }
                // What was sent and refused, as a microversion out of its range, says itself why.
                _ if error.kind == Kind::Unsupported && error.help.is_none() && error.request.is_none() => error.help(format!(
                    "this cloud's API takes an action and its parameters: `api(\"{service}\", \"ACTION\", #{{}})`"
                )),
                _ => error,
            })
        })
    }),
};

/// A microversion as a text: as a number, 2.80 would be 2.8.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Microversion(String);

impl Argument for Microversion {
    const TY: Ty = Ty::Text;
    fn read(value: &Value) -> Result<Self, Mismatch> {
        const GIVE: &str = "a version as a text: \"2.79\", \"latest\"";
        match value {
            Value::Text(text) if is_version(text) => Ok(Microversion(text.to_string())),
            Value::Text(text) => Err(Mismatch::because(GIVE, format!("`{text}` is none"))),
            Value::Int(_) | Value::Float(_) => Err(Mismatch::because(GIVE, "as a number, 2.80 would be 2.8")),
            _ => Err(Mismatch::give(GIVE)),
        }
    }
}

/// Whether a text is `latest`, `2.latest` or two numbers.
fn is_version(text: &str) -> bool {
    let number = |text: &str| text.parse::<u16>().is_ok() && !text.starts_with('+');
    let parts = text.split_once('.');
    text == "latest"
        || parts.is_some_and(|(major, minor)| number(major) && (minor == "latest" || number(minor)))
}

/// Whether a script may set a header: what proves who asks or frames the request is not its to set.
fn may_be_set(name: &str) -> bool {
    const OURS: [&str; 14] = [
        "authorization",
        "connection",
        "content-length",
        "cookie",
        "host",
        "openstack-api-version",
        "proxy-authorization",
        "transfer-encoding",
        "x-auth-token",
        // Some servers take these for the method: a read would be a deletion.
        "x-http-method",
        "x-http-method-override",
        "x-method-override",
        "x-openstack-nova-api-version",
        "x-service-token",
    ];
    !OURS.contains(&name.to_ascii_lowercase().as_str())
}

/// Whether a text can be a header's name (RFC 9110, section 5.1).
fn is_header_name(name: &str) -> bool {
    let of_name = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !name.is_empty() && name.chars().all(of_name)
}

/// How actions of query APIs begin that read, in AWS's words and CloudStack's.
const READING: [&str; 4] = ["Describe", "Get", "List", "Query"];
/// Why a path does not stay below its service: what its steps go up, or what no path holds.
fn leaves_service(path: &str) -> Option<&'static str> {
    let bare = path.split(['?', '#']).next().unwrap_or(path);
    if path.chars().any(char::is_control) {
        return Some("it holds a control character");
    }
    // Servers resolve `..` also where it is written `%2e%2e`, and a backslash as a slash.
    let plain = bare.to_ascii_lowercase().replace("%2e", ".").replace("%2f", "/").replace(['\\'], "/");
    plain.split('/').any(|step| step == "..").then_some("`..` goes up from there")
}

/// The version that a path begins with: `v2.1` of `/v2.1/servers`.
fn version_prefix(path: &str) -> Option<&str> {
    let first = path.trim_start_matches('/').split(['/', '?']).next()?;
    let number = first.strip_prefix('v')?;
    let is_version = number.starts_with(|c: char| c.is_ascii_digit())
        && number.chars().all(|c| c.is_ascii_digit() || c == '.');
    is_version.then_some(first)
}

/// How those begin that take something away.
const DESTROYING: [&str; 4] = ["Delete", "Terminate", "Release", "Destroy"];

/// GET and HEAD read, and so do actions that say so; the rest may change anything.
fn effect(call: &Call) -> Effect {
    if let Some(Value::Text(action)) = call.value(ACTION.name) {
        // Another word begins behind it: `GetterInstall` gets nothing.
        let begins = |word: &str| {
            action.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
                && action[word.len()..].starts_with(|next: char| next.is_ascii_uppercase())
        };
        return if READING.iter().any(|word| begins(word)) {
            Effect::Reads
        } else if DESTROYING.iter().any(|word| begins(word)) {
            Effect::Destroys
        } else {
            Effect::Changes
        };
    }
    match call.get(&METHOD) {
        Ok(Name(method)) if method.eq_ignore_ascii_case("get") || method.eq_ignore_ascii_case("head") => {
            Effect::Reads
        }
        Ok(Name(method)) if method.eq_ignore_ascii_case("delete") => Effect::Destroys,
        _ => Effect::Changes,
    }
}
