//! Any REST call that a script writes: service, method, path and body, with the session's token.

use super::OpenStack;
use super::fault;
use super::session::{Call, Service, Version};
use crate::cloud::{Error, Kind, RestCall, Result, Value};
use crate::wire::{Answer, Body, Intent, Method};
use serde_json::Value as Json;

impl OpenStack {
    /// Send it, and give the decoded answer: text where it is no JSON.
    pub(super) async fn raw_call(&self, asked: &RestCall) -> Result<Value> {
        const METHODS: [Method; 6] =
            [Method::Get, Method::Head, Method::Post, Method::Put, Method::Patch, Method::Delete];
        let known = METHODS.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(&asked.method));
        let method = known.ok_or_else(|| {
            Error::new(Kind::InvalidArgument, format!("`{}` is no method of a REST call", asked.method))
                .help("use one of GET, HEAD, POST, PUT, PATCH, DELETE")
        })?;
        let service = Service::named(&asked.service);
        let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
        let mut call = Call::new("api", service, method, format!("/{}", path.trim_start_matches('/')));
        call.query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        if let Some(version) = &asked.microversion {
            // Those that never had any take the header without a word.
            if matches!(
                call.service,
                Service::Image | Service::Network | Service::Identity | Service::Orchestration
            ) {
                let message = format!("{} has no microversions", call.service);
                return Err(Error::new(Kind::InvalidArgument, message).help("leave `microversion` out"));
            }
            call.microversion = Version::parse(version);
        } else if self.session.wants_version(&call.service) || call.service == Service::Compute {
            // What the user configured, or the API's own default: a raw call is not ours to raise.
            call.microversion = self.session.microversions(&call.service).await?.default;
        }
        if let Some(body) = &asked.body {
            call.body = Body::Json(body.clone());
        }
        for (name, value) in &asked.headers {
            if value.shown() != value.reveal() {
                self.session.wire().known().add(value.reveal());
            }
            call.headers.push((name.clone(), value.reveal().to_string()));
        }
        let mut answer = self.ask(&call).await?;
        if call.meant() == Intent::Read && is_garbled(&answer) {
            answer = self.ask(&call).await?;
        }
        if answer.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Unit);
        }
        Ok(match serde_json::from_slice::<Json>(&answer.body) {
            Ok(json) => Value::from_json(&json),
            Err(error) if is_json(&answer) => {
                let what = format!("it says that it is JSON and is not ({error})");
                return Err(fault::nonsense(&self.session, &call, &answer, &what));
            }
            Err(_) => Value::text(String::from_utf8_lossy(&answer.body)),
        })
    }
}

fn is_json(answer: &Answer) -> bool {
    answer.header("content-type").is_some_and(|kind| kind.contains("json"))
}

/// Whether an answer says that it is JSON and is not.
fn is_garbled(answer: &Answer) -> bool {
    let blank = answer.body.iter().all(u8::is_ascii_whitespace);
    !blank && is_json(answer) && serde_json::from_slice::<serde::de::IgnoredAny>(&answer.body).is_err()
}
