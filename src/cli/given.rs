//! What a runbook's parameters are given: by `--name value`, `--name @file`, `--secret`, `--params FILE` and
//! `RHAIN_PARAM_NAME`, in this order, and what nothing gives is asked for at a terminal.

use super::args::{Options, Parameters};
use super::setup::Setup;
use crate::base::yaml_tree::{self, Data, Node};
use crate::cloud::ports::ProgramRun;
use crate::cloud::{Error, Kind};
use crate::config::Environment;
use crate::effects::decide::program_granted;
use crate::script::given::{self, Given, GivenValue};
use crate::script::params::{Declared, option_name};
use crate::verbs::resolve::closest;
use std::collections::BTreeMap;
use std::path::Path;

/// What a variable of a parameter begins with.
const VARIABLE: &str = "RHAIN_PARAM_";

/// How often a person is asked for the same parameter.
const TRIES: usize = 3;

/// The longest that a program which gives a secret may take.
const PROGRAM: std::time::Duration = std::time::Duration::from_secs(120);

/// Given values by option name.
pub(super) type All = BTreeMap<String, Given>;

/// Everything that was given, in the order of what wins. Secrets are masked from here on.
///
/// # Errors
/// Every mistake in one error; of kind `cancelled` where a question was interrupted.
pub(super) fn gather(
    options: &Options,
    setup: &Setup,
    declared: &[Declared],
    words: &Parameters,
) -> Result<All, Error> {
    let mut mistakes = Vec::new();
    let mut keep =
        |found: Result<All, Error>| found.map_err(|error| mistakes.push(error)).unwrap_or_default();
    let mut all = keep(of_words(&setup.environment, words));
    for written in &options.secret {
        let one = keep(secret(setup, declared, written));
        for (name, value) in one {
            if all.contains_key(&name) {
                keep(Err(wrong(format!("`--{name}` is given twice, by --secret too")).help("give it once")));
            }
            all.insert(name, value);
        }
    }
    let file = options.params.as_deref().map(|file| keep(of_file(&setup.environment, file)));
    let (variables, strange) = of_variables(&setup.environment, declared);
    for (name, value) in file.into_iter().flatten().chain(variables) {
        all.entry(name).or_insert(value);
    }
    strange.iter().for_each(|note| setup.streams.note(note));
    for one in declared.iter().filter(|one| one.secret) {
        if let Some(text) = all.get(&option_name(&one.name)).and_then(Given::as_text) {
            setup.session.host.clouds.mask_secret(text);
        }
    }
    given::all(mistakes)?;
    for one in declared.iter().filter(|one| one.required) {
        let option = option_name(&one.name);
        if !all.contains_key(&option)
            && let Some(answer) = ask(setup, one)?
        {
            all.insert(option, answer);
        }
    }
    Ok(all)
}

fn wrong(message: String) -> Error {
    Error::new(Kind::InvalidArgument, message).coded("param::value")
}

/// The words of the command line; `@file` is a file's text, `@@text` a text that begins with `@`.
fn of_words(environment: &Environment, words: &Parameters) -> Result<All, Error> {
    let mut mistakes = Vec::new();
    let mut all = All::new();
    for (name, text) in &words.given {
        let value = match text.strip_prefix('@') {
            None => Ok(Given::text(text)),
            Some(rest) if rest.starts_with('@') => Ok(Given::text(rest)),
            Some(path) => text_of_file(environment, path)
                .map_err(|why| {
                    wrong(format!("`--{name}` names the file `{path}`, which cannot be read: {why}"))
                        .help(format!("give the path of a file, or write @@{path} for the text itself"))
                })
                .map(|text| of_text(&text, path)),
        };
        match value {
            Ok(value) => _ = all.insert(name.clone(), value),
            Err(error) => mistakes.push(error),
        }
    }
    given::all(mistakes).map(|()| all)
}

/// A file's text: one line is a text, several may also be the members of a list.
fn of_text(text: &str, path: &str) -> Given {
    Given { value: GivenValue::Text(text.to_string()), from: Some(path.to_string()) }
}

/// A file's text without its last newline.
fn text_of_file(environment: &Environment, path: &str) -> Result<String, String> {
    let bytes =
        crate::base::file::read(&environment.path(path)).map_err(|error| super::run::unread(&error))?;
    let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_string())?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(text.strip_suffix('\r').unwrap_or(text).to_string())
}

/// `NAME=env:VARIABLE`, `NAME=file:PATH` or `NAME=exec:PROGRAM`.
fn secret(setup: &Setup, declared: &[Declared], written: &str) -> Result<All, Error> {
    const FORM: &str = "write --secret NAME=env:VARIABLE, NAME=file:PATH or NAME=exec:PROGRAM";
    let Some((name, source)) = written.split_once('=') else {
        // What stands there may be the secret itself.
        return Err(wrong("`--secret` has no `=`, so that it names no source".to_string()).help(FORM));
    };
    let name = option_name(name.trim());
    let one = declared.iter().find(|one| option_name(&one.name) == name);
    if one.is_some_and(|one| !one.secret) {
        let declare = format!("give it as --{name}, or declare it with `secret: true`");
        return Err(wrong(format!("`--{name}` is no secret parameter")).help(declare));
    }
    let no = |why: String| wrong(format!("the secret `--{name}` cannot be read: {why}"));
    let text = match source.split_once(':') {
        Some(("env", variable)) => match setup.environment.get(variable) {
            Some(text) => text.to_string(),
            None => return Err(no(format!("the variable `{variable}` is not set")).help(FORM)),
        },
        Some(("file", path)) => text_of_file(&setup.environment, path).map_err(|why| {
            no(format!("the file `{path}`: {why}")).help("give the path of a readable file")
        })?,
        Some(("exec", command)) => told_by(setup, command).map_err(|(why, help)| no(why).help(help))?,
        _ => return Err(no("its source is none that there is".to_string()).help(FORM)),
    };
    setup.session.host.clouds.mask_secret(&text);
    Ok(All::from([(name, Given { value: GivenValue::Text(text), from: Some("--secret".to_string()) })]))
}

/// What a program writes, without its last newline; or why not, and what to do.
fn told_by(setup: &Setup, command: &str) -> Result<String, (String, String)> {
    let words = shlex::split(command).filter(|words| !words.is_empty());
    let Some((program, args)) = words.as_deref().and_then(<[String]>::split_first) else {
        return Err((
            format!("`{command}` is no command"),
            "write exec:PROGRAM, with its arguments in quotes".to_string(),
        ));
    };
    if !program_granted(&setup.session.policy, program) {
        return Err((format!("`{program}` may not be run"), format!("run with --allow-exec={program}")));
    }
    let run = ProgramRun {
        program: program.clone(),
        args: args.to_vec(),
        stdin: Vec::new(),
        env: Vec::new(),
        dir: None,
    };
    let host = &setup.session.host;
    let work = async { tokio::time::timeout(PROGRAM, host.outside.run(&run)).await };
    let help = || format!("run `{command}` yourself and look at what it says");
    match setup.session.bridge.wait(work) {
        Err(_) => Err((format!("`{program}` took longer than {}s", PROGRAM.as_secs()), help())),
        Ok(Err(why)) => Err((format!("`{program}` does not start: {why}"), help())),
        Ok(Ok(end)) if end.code != 0 => Err((format!("`{program}` ended with code {}", end.code), help())),
        Ok(Ok(end)) => {
            let text =
                String::from_utf8(end.stdout).map_err(|_| (format!("`{program}` wrote no text"), help()))?;
            Ok(text.trim_end_matches(['\n', '\r']).to_string())
        }
    }
}

/// A YAML or JSON file: a map of names and values; numbers and words are taken as they are written.
fn of_file(environment: &Environment, file: &Path) -> Result<All, Error> {
    let shown = file.display().to_string();
    let no = |why: String| wrong(format!("the parameters in `{shown}` cannot be read: {why}"));
    let help = "write a map such as `size: 3`, in YAML or JSON";
    let text = text_of_file(environment, &shown)
        .map_err(|why| no(why).help("give the path of a YAML or JSON file"))?;
    // Tabs between the tokens of JSON are none of YAML's.
    let json = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
    let text = if json { text.replace('\t', " ") } else { text };
    let tree = yaml_tree::parse(&text).map_err(|error| {
        no(format!("{} (line {}, column {})", error.what, error.line, error.column)).help(help)
    })?;
    let nothing = matches!(&tree.data, Data::Scalar(text, true) if text.is_empty());
    let Data::Map(fields) = &tree.data else {
        return if nothing { Ok(All::new()) } else { Err(no("it is no map".to_string()).help(help)) };
    };
    let mut all = All::new();
    for (key, value) in fields {
        let Some(name) = key.text().map(option_name) else {
            return Err(no(format!("line {} has a key that is no text", key.line)).help(help));
        };
        let from = Some(format!("{shown}:{}", value.line));
        let value = match &value.data {
            Data::Scalar(text, true) if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL") => {
                continue;
            }
            Data::Scalar(text, _) => GivenValue::Text(text.clone()),
            Data::List(items) => GivenValue::Items(
                items.iter().map(|item| scalar(item, &name, &no)).collect::<Result<_, _>>()?,
            ),
            Data::Map(_) => {
                return Err(no(format!("`{name}` in line {} is a map", value.line))
                    .help("give a text, a number or a list"));
            }
        };
        if all.insert(name.clone(), Given { value, from }).is_some() {
            return Err(
                no(format!("`{name}` is there twice, in line {} too", key.line)).help("leave one out")
            );
        }
    }
    Ok(all)
}

fn scalar(item: &Node, name: &str, no: &dyn Fn(String) -> Error) -> Result<String, Error> {
    let text = item.text().map(str::to_string);
    text.ok_or_else(|| {
        no(format!("`{name}` has a member in line {} that is no text", item.line))
            .help("give texts and numbers")
    })
}

/// The variables of the declared parameters, and a note for each that looks like one and is none.
fn of_variables(environment: &Environment, declared: &[Declared]) -> (All, Vec<String>) {
    let variable = |one: &Declared| format!("{VARIABLE}{}", one.name.replace('-', "_").to_uppercase());
    let own: Vec<String> = declared.iter().map(variable).collect();
    let mut all = All::new();
    for (one, variable) in declared.iter().zip(&own) {
        if let Some(text) = environment.get(variable) {
            let value = GivenValue::Text(text.to_string());
            all.insert(option_name(&one.name), Given { value, from: Some(variable.clone()) });
        }
    }
    let names = environment
        .names()
        .filter(|name| name.starts_with(VARIABLE) && !own.iter().any(|known| known == name));
    let notes = names.filter_map(|name| {
        let near = closest(name, own.iter().map(String::as_str));
        near.first()
            .map(|near| format!("the variable {name} gives no parameter of this runbook; {near} would"))
    });
    (all, notes.collect())
}

/// The answer of a person at the terminal; `None` where there is none.
fn ask(setup: &Setup, one: &Declared) -> Result<Option<Given>, Error> {
    let session = &setup.session;
    if session.console.json() {
        return Ok(None);
    }
    let help = if one.help.is_empty() { String::new() } else { format!(": {}", one.help) };
    let choices =
        if one.choices.is_empty() { String::new() } else { format!(" [{}]", one.choices.join(", ")) };
    let question = format!("--{} ({}){help}{choices}: ", option_name(&one.name), one.ty.word());
    for _ in 0..TRIES {
        let Some(answer) = session.console.ask(&question, one.secret) else { return Ok(None) };
        let Some(text) = session.bridge.wait(session.host.unless_cancelled(answer))? else { return Ok(None) };
        if text.is_empty() {
            continue;
        }
        if one.secret {
            session.host.clouds.mask_secret(&text);
        }
        let given = Given::text(text);
        match given::fits(one, &given) {
            Ok(()) => return Ok(Some(given)),
            Err(error) => {
                let help = error.help.as_deref().map(|help| format!("; {help}")).unwrap_or_default();
                session.console.talk(&format!("{}{help}", error.message));
            }
        }
    }
    Ok(None)
}
