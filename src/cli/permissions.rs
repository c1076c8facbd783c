//! What a script's header says it must touch: asked for on a terminal, refused otherwise, unless options give it.

use super::args::Options;
use super::console::Streams;
use super::setup::policy;
use crate::cloud::{Error, Kind};
use crate::config::Environment;
use crate::effects::allow::KINDS;
use crate::effects::{Grant, Grants, header};
use crate::script::bridge::Bridge;
use crate::script::session::Console as _;

/// The options with what the header of this script asks for, where that is given; `simulated` where it is only tried.
///
/// # Errors
/// `denied`, with the options to give, where nobody can be asked or the answer is no.
pub(super) fn asked(
    options: &Options,
    environment: &Environment,
    file: &str,
    text: &str,
) -> Result<Options, Error> {
    let mut options = options.clone();
    let Some(own) = header(text).own else { return Ok(options) };
    options.clouds.clone_from(&own.clouds);
    let wanted = missing(&options, environment, &own);
    if wanted.is_empty() {
        return Ok(options);
    }
    let told: Vec<String> = wanted.iter().map(|(kind, what)| words(kind, what)).collect();
    let given: Vec<String> = wanted.iter().map(|(kind, what)| option(kind, what)).collect();
    let refused = |why: &str| {
        Error::new(Kind::Denied, format!("`{file}` must be allowed to {}{why}", told.join(", ")))
            .coded("gate::denied")
            .help(format!("run it with {}", given.join(" ")))
    };
    let clouds = own.clouds.iter().flatten().map(|cloud| match cloud.reads {
        true => format!("\n  read the cloud {} and change nothing on it", cloud.name),
        false => format!("\n  use the cloud {}", cloud.name),
    });
    let lines: String = told.iter().map(|line| format!("\n  {line}")).chain(clouds).collect();
    let question = format!("{file} asks to{lines}\nallow this? [y/N] ");
    let streams = Streams::new(false, options.quiet);
    let answer = streams.ask(&question, false).ok_or_else(|| refused(""))?;
    let answer = Bridge::new().wait(answer).unwrap_or_default();
    if !matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
        return Err(refused(", and the answer was no"));
    }
    for (kind, what) in wanted {
        allow(&mut options, kind).push(what.unwrap_or_default());
    }
    Ok(options)
}

/// What of a header options neither give nor deny.
fn missing(
    options: &Options,
    environment: &Environment,
    own: &Grants,
) -> Vec<(&'static str, Option<String>)> {
    let policy = policy(options, environment);
    let mut missing = Vec::new();
    for kind in KINDS {
        match own.of(kind) {
            Grant::Nothing => {}
            Grant::Everything => {
                let settled =
                    *policy.of(kind) == Grant::Everything || *policy.denied.of(kind) == Grant::Everything;
                missing.extend((!settled).then_some((kind, None)));
            }
            Grant::These(all) => {
                let open = all.iter().filter(|what| !policy.grants(kind, what) && !policy.denies(kind, what));
                missing.extend(open.map(|what| (kind, Some(what.clone()))));
            }
        }
    }
    missing
}

fn words(kind: &str, what: &Option<String>) -> String {
    let (does, all) = match kind {
        "read" => ("read", "any file"),
        "write" => ("write", "any file"),
        "env" => ("read the environment variable", "any"),
        "exec" => ("run", "any program"),
        _ => ("reach", "any host"),
    };
    match what {
        Some(what) => format!("{does} `{what}`"),
        None => format!("{does} {all}"),
    }
}

fn option(kind: &str, what: &Option<String>) -> String {
    match what {
        Some(what) => match shlex::try_quote(what) {
            Ok(quoted) => format!("--allow-{kind}={quoted}"),
            Err(_) => format!("--allow-{kind}={what}"),
        },
        None => format!("--allow-{kind}"),
    }
}

fn allow<'a>(options: &'a mut Options, kind: &str) -> &'a mut Vec<String> {
    match kind {
        "read" => &mut options.allow_read,
        "write" => &mut options.allow_write,
        "env" => &mut options.allow_env,
        "exec" => &mut options.allow_exec,
        _ => &mut options.allow_net,
    }
}
