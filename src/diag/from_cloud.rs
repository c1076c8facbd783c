//! A cloud's error as the facts of a report: which cloud, what was asked, what it answered, what exists now.
//!
//! Where in a script it happened is [`super::from_script`]'s to add. An error of a bulk call is told as its first
//! failure; the members are counted, not repeated.

use super::codes;
use super::report::Report;
use crate::cloud::error::{Error, Kind};
use crate::cloud::value::Value;
use crate::cloud::{Handle, Noun};
use serde_json::{Value as Json, json};

/// The code of an error: its own, or the one of its kind.
pub fn code(error: &Error) -> &'static str {
    if let Some(code) = error.diagnostic {
        return code;
    }
    match error.kind {
        Kind::NotFound => "cloud::not_found",
        Kind::Ambiguous => "cloud::ambiguous",
        Kind::Unauthorized => "cloud::unauthorized",
        Kind::Forbidden => "cloud::forbidden",
        Kind::Denied => "gate::denied",
        Kind::InvalidArgument if error.status.is_some() || error.answer.is_some() => {
            "cloud::invalid_argument"
        }
        Kind::InvalidArgument => "call::invalid_argument",
        Kind::Conflict => "cloud::conflict",
        Kind::OverQuota => "cloud::over_quota",
        Kind::RateLimited => "cloud::rate_limited",
        Kind::Timeout => "cloud::timeout",
        Kind::Unavailable => "cloud::unavailable",
        Kind::Network => "cloud::network",
        Kind::Protocol => "cloud::protocol",
        Kind::Unsupported => "cloud::unsupported",
        Kind::Failed => "cloud::failed",
        Kind::Script => "language::thrown",
        Kind::Cancelled => "language::cancelled",
    }
}

/// A report of an error without a place; `exists` are the lines of what this run left behind.
pub fn report(error: &Error, exists: &[String]) -> Report {
    let title = match (error.kind, error.verb) {
        // What was refused belongs to why.
        (Kind::OverQuota | Kind::Forbidden, Some(verb)) if !error.message.contains(&format!("`{verb}`")) => {
            format!("`{verb}` was refused: {}", error.message)
        }
        _ => error.message.clone(),
    };
    let mut report = Report::new(code(error), title);
    if let Some(cloud) = &error.cloud {
        let region =
            error.facts.iter().find(|(name, _)| *name == "region").map(|(_, region)| region.as_str());
        let known: Vec<&str> = error.provider.into_iter().chain(region).collect();
        let known = if known.is_empty() { String::new() } else { format!(" ({})", known.join(", ")) };
        report.fact("cloud", format!("{cloud}{known}"));
    }
    if let Some(request) = &error.request {
        let id = error.request_id.as_ref().map(|id| format!(", {id}")).unwrap_or_default();
        report.fact("request", format!("{} {} → {}{id}", request.method, request.path, request.outcome));
    } else if let Some(id) = &error.request_id {
        report.fact("request", id.as_str());
    }
    if let Some(answer) = error.answer.as_deref().filter(|answer| !error.message.contains(*answer)) {
        report.fact("answer", answer);
    }
    for (name, text) in error.facts.iter().filter(|(name, _)| !matches!(*name, "region" | "file" | "exists"))
    {
        report.fact(name, text.as_str());
    }
    if !error.results.is_empty() {
        let failed = error.results.iter().filter(|result| matches!(result, Value::Error(_))).count();
        if error.results.len() > 1 {
            report.fact("members", format!("{failed} of {} failed", error.results.len()));
        }
    }
    for line in existing(error, exists) {
        report.fact("exists", line);
    }
    report.help.extend(error.help.clone());
    explain(&mut report, error);
    report.data = data(error);
    report
}

/// Point to the page of the code where the rest does not already say what to do.
fn explain(report: &mut Report, error: &Error) {
    let told = !report.help.is_empty() || error.label.is_some();
    if codes::page(&report.code).is_some() && (error.answer.is_some() || !told) {
        let page = format!("rhain explain {}", report.code);
        report.help.push(if told && !report.help.is_empty() { page } else { format!("run `{page}`") });
    }
}

/// What exists now: the run's own record first, then what this call left that the record does not name.
fn existing(error: &Error, ledger: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = ledger.iter().filter(|line| !line.trim().is_empty()).cloned().collect();
    let own = error.facts.iter().filter(|(name, _)| *name == "exists").map(|(_, text)| text.clone());
    lines.extend(own.filter(|line| !ledger.contains(line)).collect::<Vec<_>>());
    let left: Vec<&Handle> = error
        .exists
        .iter()
        .filter_map(|value| match value {
            Value::Resource(resource) => Some(resource),
            _ => None,
        })
        .filter(|resource| !lines.iter().any(|line| mentions(line, resource)))
        .collect();
    if lines.is_empty() || !left.is_empty() {
        lines.extend(summary(&left));
    }
    if lines.is_empty() && error.maybe {
        lines.push("maybe what was asked for: the request may have reached the cloud".into());
    }
    lines
}

/// Whether a line of the record already tells of a resource; a line that counts tells of all.
fn mentions(line: &str, resource: &Handle) -> bool {
    let name = resource.name();
    line.contains(" … ")
        || line.split([' ', ',', ':', '`', '(', ')']).any(|word| word == name || word == resource.id())
}

/// Resources by their names: `web-1, in ERROR`, or `12 servers: web-1 … web-12`.
fn summary(resources: &[&Handle]) -> Option<String> {
    let (first, last) = (resources.first()?, resources.last()?);
    if resources.len() == 1 {
        let status = Some(first.status()).filter(|status| !status.is_empty());
        return Some(format!(
            "{}{}",
            first.name(),
            status.map(|status| format!(", in {status}")).unwrap_or_default()
        ));
    }
    let same = resources.iter().all(|resource| resource.noun() == first.noun());
    let noun = if same { plural(first.noun()) } else { "resources".to_owned() };
    let names = if resources.len() <= 6 {
        resources.iter().map(|resource| resource.name()).collect::<Vec<_>>().join(", ")
    } else {
        format!("{} … {}", first.name(), last.name())
    };
    Some(format!("{} {noun}: {names}", resources.len()))
}

fn plural(noun: Noun) -> String {
    format!("{}s", noun.as_str())
}

/// What a program wants to know of an error, under the names that a script reads.
fn data(error: &Error) -> serde_json::Map<String, Json> {
    let mut data = serde_json::Map::new();
    let mut put = |name: &str, value: Json| {
        if !value.is_null() {
            data.insert(name.to_owned(), value);
        }
    };
    put("kind", json!(error.kind.as_str()));
    put("verb", json!(error.verb));
    put("cloud", json!(error.cloud));
    put("provider", json!(error.provider));
    put("service", json!(error.service));
    put("status", json!(error.status));
    put("code", json!(error.code));
    put("request_id", json!(error.request_id));
    put("retryable", json!(error.is_retryable()));
    put("maybe", if error.maybe { json!(true) } else { Json::Null });
    put("answer", json!(error.answer));
    if let Some(request) = &error.request {
        put(
            "request",
            json!({
                "method": request.method, "path": request.path, "outcome": request.outcome,
                "seconds": request.elapsed.as_secs_f64(),
            }),
        );
    }
    let left: Vec<Json> = error.exists.iter().filter_map(resource).collect();
    put("exists", if left.is_empty() { Json::Null } else { Json::Array(left) });
    let also: Vec<Json> = error.also.iter().map(|other| Json::Object(self::data(other))).collect();
    put("also", if also.is_empty() { Json::Null } else { Json::Array(also) });
    put("message", json!(error.message));
    data
}

fn resource(value: &Value) -> Option<Json> {
    let Value::Resource(resource) = value else { return None };
    let mut json = json!({ "type": resource.noun().as_str(), "id": resource.id(), "name": resource.name() });
    if !resource.status().is_empty() {
        json["status"] = json!(resource.status());
    }
    json["cloud"] = json!(resource.cloud().as_ref());
    Some(json)
}
