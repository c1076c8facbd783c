//! `rhain explain`: what a diagnostic code means.

use super::args::{Format, Options};
use super::console::Streams;
use super::run::refuse;
use crate::cloud::{Error, Kind};
use crate::config::Environment;
use crate::diag::codes;
use crate::script::session::Console as _;

/// A code's page, or every code.
pub fn explain(options: &Options, code: Option<&str>) -> u8 {
    let streams = Streams::new(options.format == Format::Json, options.quiet);
    let Some(code) = code else {
        streams.data(&codes::names().collect::<Vec<_>>().join("\n"));
        return 0;
    };
    match codes::page(code) {
        Some(page) => {
            streams.data(page.trim_end());
            0
        }
        None => {
            let near = crate::cloud::nearest::nearest(code, codes::names(), 3);
            let error = Error::new(Kind::NotFound, format!("there is no diagnostic code `{code}`"))
                .coded("cli::code");
            let help = match near.first() {
                Some(near) => format!("run `rhain explain {near}`"),
                None => "run `rhain explain` for the list".to_string(),
            };
            refuse(options, &Environment::of_process(), &error.help(help), 2)
        }
    }
}
