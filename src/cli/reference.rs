//! `rhain doc`: the reference, and what a runbook says about itself.

use super::args::{Format, Options};
use super::console::Streams;
use super::run::{draw, refuse, unread, written};
use super::setup::{Purpose, setup};
use crate::cloud::nearest::nearest;
use crate::cloud::{Error, Kind};
use crate::config::Environment;
use crate::diag::{self, codes};
use crate::manual;
use crate::provider::capabilities::Drivers;
use crate::script::modules::STDLIB;
use crate::script::params::option_name;
use crate::script::run::Program;
use crate::script::session::Console as _;
use crate::script::value::display;
use std::collections::BTreeMap;

/// Pages that are written by hand: what is read of the user's files and variables and what wins; what is a provider's own.
const PAGES: [(&str, &str); 15] = [
    ("test", include_str!("../../docs/testing.md")),
    ("testing", include_str!("../../docs/testing.md")),
    ("config", include_str!("../../docs/configuration.md")),
    ("configuration", include_str!("../../docs/configuration.md")),
    ("cloudstack", include_str!("../../docs/cloudstack.md")),
    ("sharing", SHARING),
    ("modules", SHARING),
    ("permissions", SHARING),
    ("audit", SHARING),
    ("fmt", SHARING),
    ("add", SHARING),
    ("vendor", SHARING),
    ("bundle", SHARING),
    ("new", SHARING),
    ("remove", SHARING),
];

/// Modules of others, what scripts may touch, and the commands for both; `rhain doc update` is the verb's.
const SHARING: &str = include_str!("../../docs/sharing.md");

/// The index, a page, what mentions some words, or a runbook's description and parameters.
pub fn doc(options: &Options, topic: &[String]) -> u8 {
    let streams = Streams::new(options.format == Format::Json, options.quiet);
    let code = pages(options, &streams, topic);
    written(options, &Environment::of_process(), &streams, code)
}

fn pages(options: &Options, streams: &Streams, topic: &[String]) -> u8 {
    let json = options.format == Format::Json;
    let providers = Drivers::all().providers();
    let modules: Vec<&str> = STDLIB.iter().map(|(name, _)| *name).collect();
    if topic.is_empty() {
        match json {
            true => streams.page(&manual::index_json(&providers).to_string()),
            false => streams.page(manual::index_with(&modules).trim_end()),
        }
        return 0;
    }
    let topic = &topic.join(" ");
    if topic.ends_with(".rhai") || std::path::Path::new(topic).is_file() {
        return match crate::base::file::read_text(std::path::Path::new(topic)) {
            Ok(text) => script(options, streams, topic, &text),
            Err(error) => {
                let error = Error::new(Kind::Script, format!("`{topic}` cannot be read: {}", unread(&error)))
                    .coded("cli::file");
                refuse(options, &Environment::of_process(), &error, 2)
            }
        };
    }
    if let Some((name, text)) = STDLIB.iter().find(|(name, _)| *name == topic) {
        return script(options, streams, name, text);
    }
    if let Some((_, text)) = PAGES.iter().find(|(name, _)| name == topic) {
        streams.page(text.trim_end());
        return 0;
    }
    if topic == "std" {
        let of = STDLIB.iter().map(|(name, text)| ((*name).to_string(), first(&Program::description(text))));
        streams.page(manual::listed(&of.collect::<Vec<_>>()).trim_end());
        return 0;
    }
    if json && let Some(page) = manual::page_json(topic, &providers) {
        streams.page(&page.to_string());
        return 0;
    }
    if codes::page(topic).is_some() {
        return super::explain::explain(options, Some(topic));
    }
    let near = nearest(topic, manual::topics().chain(modules).chain(PAGES.map(|(name, _)| name)), 3);
    match manual::exactly(topic, &providers).or_else(|| manual::search(topic, &elsewhere())) {
        Some(page) => {
            streams.page(page.trim_end());
            if let Some(near) = near.first().filter(|_| manual::exactly(topic, &providers).is_none()) {
                streams.page(&format!("\nThe page of the nearest name: rhain doc {near}"));
            }
            0
        }
        None => no_page(options, topic, near.first().map(String::as_str)),
    }
}

fn no_page(options: &Options, topic: &str, near: Option<&str>) -> u8 {
    let message = format!("the manual has no page `{topic}`, and nothing mentions it");
    let error = Error::new(Kind::NotFound, message).coded("cli::topic");
    let help = match near {
        Some(near) => format!("run `rhain doc {near}`"),
        None => "run `rhain doc` for the index".to_string(),
    };
    refuse(options, &Environment::of_process(), &error.help(help), 2)
}

/// What else a search goes through: the diagnostic codes and the standard library.
fn elsewhere() -> Vec<(String, String)> {
    let codes = codes::names().map(|code| (code.to_string(), format!("{}.", codes::summary(code))));
    let modules = STDLIB.iter().map(|(name, text)| ((*name).to_string(), first(&Program::description(text))));
    modules.chain(codes).collect()
}

/// A description's first sentence.
fn first(description: &str) -> String {
    let words = description.split_whitespace().collect::<Vec<_>>().join(" ");
    words.split_once(". ").map_or(words.clone(), |(sentence, _)| format!("{sentence}."))
}

/// The whole reference as Markdown: `docs/reference.md`.
pub fn markdown() -> String {
    let families = codes::FAMILIES.iter().map(|(family, words)| {
        let of = codes::names().filter(|code| code.split_once("::").is_some_and(|(name, _)| name == *family));
        (format!("`{family}`, {words}"), of.map(|code| (code.to_string(), codes::summary(code))).collect())
    });
    let families: Vec<(String, Vec<(String, String)>)> = families.collect();
    let families: Vec<_> = families.into_iter().filter(|(_, codes)| !codes.is_empty()).collect();
    manual::markdown(&families, &super::help::plain(), &Drivers::all().providers())
}

/// A runbook's parameters, for whoever completes them; `None` where it does not read.
pub fn parameters_of(environment: &Environment, name: &str, text: &str) -> Option<Vec<manual::Parameter>> {
    let purpose = Purpose { script: None, simulate: true };
    let setup = setup(&Options { quiet: true, ..Options::default() }, purpose, environment.clone()).ok()?;
    Program::compile(&setup.session, name, text).ok().map(|program| parameters(&program))
}

pub(super) fn parameters(program: &Program) -> Vec<manual::Parameter> {
    let declared = program.params().iter().cloned();
    declared
        .map(|one| manual::Parameter {
            option: option_name(&one.name),
            ty: one.ty.word().to_string(),
            default: one.default,
            help: one.help,
            choices: one.choices,
            bounds: [one.min, one.max].map(|bound| bound.as_ref().map(display)),
            secret: one.secret,
        })
        .collect()
}

pub(super) fn functions(program: &Program) -> Vec<manual::Function> {
    let all = program.functions().into_iter();
    all.map(|(signature, comment)| manual::Function { signature, comment }).collect()
}

fn script(options: &Options, streams: &Streams, name: &str, text: &str) -> u8 {
    let environment = Environment::of_process();
    let purpose = Purpose { script: Some((name.to_string(), BTreeMap::new())), simulate: true };
    let Ok(setup) = setup(options, purpose, environment) else { return 2 };
    match Program::compile(&setup.session, name, text) {
        Ok(program) => {
            let functions = functions(&program);
            let params = parameters(&program);
            let description = Program::description(text);
            if options.format == Format::Json {
                streams.page(&manual::runbook_json(name, &description, &params, &functions).to_string());
                return 0;
            }
            let page = manual::runbook(name, &description, &params, &functions);
            streams.data(page.trim_end());
            0
        }
        Err(failure) => {
            if let Some(report) = diag::from_script::report(&failure, &setup.session.texts, &[]) {
                draw(options, &setup.environment, &report, |text| setup.clouds.hide(text));
            }
            2
        }
    }
}
