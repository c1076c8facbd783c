//! `rhain clouds`: the clouds found, where, and whether they answer.

use super::args::{Format, Options};
use super::run::{no_trace, refuse};
use super::setup::{Purpose, Setup, setup};
use crate::cloud::ports::Clouds as _;
use crate::cloud::{Cloud, Error, Filter, Identity, Kind, Value};
use crate::config::Environment;
use crate::output::table;
use crate::script::session::Console as _;
use crate::wire::{Clock as _, WallClock};

/// List them; with `check`, log in to each. The exit code is 1 when one does not answer.
pub(super) fn clouds(options: &Options, check: bool) -> u8 {
    let environment = Environment::of_process();
    // Whether a cloud answers is seen by a login, not by one that was kept.
    let options = &Options { no_cache: options.no_cache || check, ..options.clone() };
    let setup = match setup(options, Purpose { script: None, simulate: true }, environment.clone()) {
        Ok(setup) => setup,
        Err(error) => {
            return refuse(options, &environment, &no_trace(options, &error), 2);
        }
    };
    for problem in setup.clouds.problems() {
        refuse(options, &environment, problem, 1);
    }
    let (text, failed) = table_of(options, &setup, check);
    setup.streams.data(&setup.clouds.hide(&text));
    u8::from(failed)
}

/// The clouds of a session, as a text.
pub(super) fn list(options: &Options, setup: &Setup) -> String {
    table_of(options, setup, false).0
}

/// The table of clouds, and whether one does not answer.
fn table_of(options: &Options, setup: &Setup, check: bool) -> (String, bool) {
    let mut columns = vec!["default", "name", "provider", "where it was found"];
    let all = setup.clouds.known();
    // A column that says the same of every cloud, or nothing, is for programs alone.
    let regions = options.format == Format::Json || all.iter().any(|known| known.regions.len() > 1);
    if regions {
        columns.push("regions");
    }
    if check {
        columns.push("answers");
    }
    let mut failed = false;
    let mut rows = Vec::new();
    for known in all {
        let mut row = vec![
            match options.format {
                Format::Json => Value::Bool(known.default),
                Format::Table => Value::text(if known.default { "*" } else { "" }),
            },
            Value::text(&known.name),
            Value::text(known.provider),
            Value::text(&known.found),
        ];
        if regions {
            row.push(match options.format {
                Format::Json => Value::Array(known.regions.iter().map(Value::text).collect()),
                Format::Table => Value::text(known.regions.join(", ")),
            });
        }
        if check {
            let answer = answers(&setup.session.bridge, &setup.clouds, &known.name);
            failed |= answer.is_err();
            row.push(Value::text(answer.unwrap_or_else(|why| format!("no: {why}"))));
        }
        rows.push(row);
    }
    let columns: Vec<String> = columns.into_iter().map(str::to_string).collect();
    let text = match options.format {
        Format::Json => table::json(&columns, &rows),
        Format::Table => table::draw(&columns, &rows, setup.streams.width()),
    };
    (text, failed)
}

fn answers(
    bridge: &crate::script::bridge::Bridge,
    clouds: &super::clouds::Clouds,
    name: &str,
) -> Result<String, String> {
    let short = |error: Error| match &error.answer {
        Some(answer) => format!("{}: {answer}", error.message),
        None => error.message.clone(),
    };
    let cloud = clouds.get(Some(name)).map_err(short)?;
    let clock = WallClock::start();
    let identity = bridge
        .wait(async {
            cloud.login().await?;
            match cloud.whoami().await {
                // Who asks is told by what was given, or by a service that this cloud has not: another has to answer.
                Ok(identity) if identity.user.is_none() && identity.project.is_none() => {
                    answers_at_all(&*cloud).await.map(|()| identity)
                }
                Err(error) if error.kind == Kind::Unsupported => {
                    let nobody = Identity::default();
                    answers_at_all(&*cloud).await.map(|()| nobody)
                }
                told => told,
            }
        })
        .map_err(short)?;
    let mut text = format!("yes, {} ms", clock.elapsed().as_millis());
    if let Some(user) = identity.user {
        text.push_str(&format!(", user {user}"));
    }
    if let Some(project) = identity.project {
        text.push_str(&format!(" in project {project}"));
    }
    Ok(text)
}

/// Ask the first service that a cloud names for one thing.
async fn answers_at_all(cloud: &dyn Cloud) -> Result<(), Error> {
    let catalog = cloud.catalog().await?;
    let one = Filter { limit: Some(1), ..Filter::default() };
    match ["compute", "ec2"].iter().any(|service| catalog.contains_key(*service)) || catalog.is_empty() {
        true => cloud.servers(&one).await.map(drop),
        false => cloud.stacks(&one).await.map(drop),
    }
}
