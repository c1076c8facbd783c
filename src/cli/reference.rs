//! `rhain doc`: the reference, and what a runbook says about itself.

use super::args::{Format, Options};
use super::console::Streams;
use super::run::{refuse, unread};
use super::setup::{Purpose, setup};
use crate::cloud::{Error, Kind};
use crate::config::Environment;
use crate::diag::{self, Style};
use crate::manual;
use crate::script::modules::STDLIB;
use crate::script::params::option_name;
use crate::script::run::Program;
use crate::script::session::Console as _;

/// The index, a page, or a runbook's description and parameters.
pub fn doc(options: &Options, topic: Option<&str>) -> u8 {
    let streams = Streams::new(options.format == Format::Json, options.quiet);
    let Some(topic) = topic else {
        streams.data(manual::index().trim_end());
        return 0;
    };
    if topic.ends_with(".rhai") || std::path::Path::new(topic).is_file() {
        return match std::fs::read_to_string(topic) {
            Ok(text) => script(options, &streams, topic, &text),
            Err(error) => {
                let error = Error::new(Kind::Script, format!("`{topic}` cannot be read: {}", unread(&error)))
                    .coded("cli::file");
                refuse(options, &Environment::of_process(), &error, 2)
            }
        };
    }
    if let Some((name, text)) = STDLIB.iter().find(|(name, _)| *name == topic) {
        return script(options, &streams, name, text);
    }
    match manual::page(topic) {
        Some(page) => {
            streams.data(page.trim_end());
            0
        }
        None => {
            let near = crate::cloud::nearest::nearest(topic, manual::topics(), 3);
            let error =
                Error::new(Kind::NotFound, format!("the manual has no page `{topic}`")).coded("cli::topic");
            let help = match near.first() {
                Some(near) => format!("run `rhain doc {near}`"),
                None => "run `rhain doc` for the index".to_string(),
            };
            refuse(options, &Environment::of_process(), &error.help(help), 2)
        }
    }
}

fn script(options: &Options, streams: &Streams, name: &str, text: &str) -> u8 {
    let environment = Environment::of_process();
    let Ok(setup) = setup(options, Purpose { script: None, simulate: true }, environment) else { return 2 };
    match Program::compile(&setup.session, name, text) {
        Ok(program) => {
            let functions = program.functions();
            let functions: Vec<manual::Function> = functions
                .into_iter()
                .map(|(signature, comment)| manual::Function { signature, comment })
                .collect();
            let params: Vec<manual::Parameter> = program
                .params()
                .into_iter()
                .map(|one| manual::Parameter {
                    option: option_name(&one.name),
                    ty: one.ty,
                    default: one.default,
                    help: one.help,
                    choices: one.choices,
                })
                .collect();
            let page = manual::runbook(name, &Program::description(text), &params, &functions);
            streams.data(page.trim_end());
            0
        }
        Err(failure) => {
            if let Some(report) = diag::from_script::report(&failure, &setup.session.texts, &[]) {
                streams.talk(diag::draw(&report, Style::PLAIN, &[]).trim_end());
            }
            2
        }
    }
}
