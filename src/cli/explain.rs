//! `rhain explain`: what a diagnostic code means.

use super::args::{Format, Options};
use super::console::{Streams, look};
use super::run::{refuse, written};
use crate::cloud::nearest::nearest;
use crate::cloud::{Error, Kind};
use crate::config::Environment;
use crate::diag::codes;
use crate::manual;

/// A code's page, or every code by family.
pub(super) fn explain(options: &Options, code: Option<&str>) -> u8 {
    let streams = Streams::new(options.format == Format::Json, options.quiet);
    let environment = Environment::of_process();
    let code = page_of(options, &streams, &environment, code);
    written(options, &environment, &streams, code)
}

fn page_of(options: &Options, streams: &Streams, environment: &Environment, code: Option<&str>) -> u8 {
    let look = look(options.no_color, |name| environment.get(name).map(str::to_string));
    let Some(code) = code else {
        streams.page(&listed(options.format, look));
        return 0;
    };
    let asked = code.trim().to_lowercase().replace('-', "_");
    let named: Vec<&str> = match codes::page(&asked) {
        Some(_) => vec![asked.as_str()],
        // A word is enough where one family has it: `over_quota` is `cloud::over_quota`.
        None => codes::names().filter(|full| word(full) == asked).collect(),
    };
    let family: Vec<&str> = codes::names().filter(|full| family(full) == asked).collect();
    match named[..] {
        [one] => {
            let page = codes::page(one).unwrap_or_default();
            let text = match options.format {
                Format::Table => manual::rendered(page, look),
                Format::Json => manual::json_of_page(one, &codes::summary(one), page),
            };
            streams.page(text.trim_end());
            0
        }
        [] if !family.is_empty() => {
            streams.page(of_codes(&family).trim_end());
            0
        }
        [] => {
            let error = Error::new(Kind::NotFound, format!("there is no diagnostic code `{code}`"));
            let mut near = nearest(&asked, codes::names(), 3);
            if near.is_empty() {
                let words = nearest(word(&asked), codes::names().map(word), 3);
                let of = codes::names().filter(|full| words.iter().any(|near| near == word(full)));
                near = of.map(str::to_string).collect();
            }
            let near: Vec<&str> = near.iter().map(String::as_str).collect();
            let help = match near[..] {
                [] => "run `rhain explain` for the list".to_string(),
                ref near => format!("run {}", commands(near)),
            };
            refuse(options, environment, &error.coded("cli::code").help(help), 2)
        }
        ref several => {
            let error = Error::new(Kind::Ambiguous, format!("{} codes are called `{code}`", several.len()));
            refuse(
                options,
                environment,
                &error.coded("cli::code").help(format!("run {}", commands(several))),
                2,
            )
        }
    }
}

fn family(code: &str) -> &str {
    code.split_once("::").map_or(code, |(family, _)| family)
}

fn word(code: &str) -> &str {
    code.split_once("::").map_or(code, |(_, word)| word)
}

fn commands(codes: &[&str]) -> String {
    let all: Vec<String> = codes.iter().map(|code| format!("`rhain explain {code}`")).collect();
    all.join(" or ")
}

/// Every code with its summary, by family.
fn listed(format: Format, look: manual::Look) -> String {
    if format == Format::Json {
        let all =
            codes::names().map(|code| serde_json::json!({ "code": code, "summary": codes::summary(code) }));
        return serde_json::Value::Array(all.collect()).to_string();
    }
    let mut text = String::new();
    for (family, words) in codes::FAMILIES {
        let of: Vec<&str> = codes::names().filter(|code| self::family(code) == *family).collect();
        text.push_str(&manual::title(&format!("{family}: {words}"), look));
        text.push('\n');
        text.push_str(&of_codes(&of));
        text.push('\n');
    }
    text.push_str("`rhain explain CODE` tells more, with a failing and a mended example.");
    text
}

fn of_codes(codes: &[&str]) -> String {
    let summaries: Vec<(String, String)> =
        codes.iter().map(|code| ((*code).to_string(), codes::summary(code))).collect();
    manual::listed(&summaries)
}
