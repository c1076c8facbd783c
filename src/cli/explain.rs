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
        let lines =
            codes::names().map(|code| format!("{code:<28}  {}", codes::summary(code)).trim_end().to_string());
        streams.data(&lines.collect::<Vec<_>>().join("\n"));
        return 0;
    };
    // The kind of an error is enough: `over_quota` is `cloud::over_quota`.
    let full = codes::names().find(|full| full.split_once("::").is_some_and(|(_, word)| word == code));
    match codes::page(full.filter(|_| !code.contains("::")).unwrap_or(code)) {
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
