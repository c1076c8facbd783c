//! Any command at all: checked against the table, its parameters as people write them, every page of a list, its job awaited.

use super::CloudStack;
use super::call::Call;
use super::commands::{self, Command};
use super::flatten;
use crate::cloud::{Error, Kind, Result, Value, nearest};
use crate::provider::fields::hidden;
use crate::wire::Intent;
use serde_json::{Map, Value as Json};

/// What the request's own part says.
const RESERVED: [&str; 7] =
    ["command", "response", "apikey", "signature", "signatureversion", "expires", "sessionkey"];

/// Not a parameter of the API: whether a job is waited for.
const WAIT: &str = "wait";

impl CloudStack {
    /// Send any command.
    pub(super) async fn raw(&self, service: &str, name: &str, params: &Json) -> Result<Value> {
        if service != "cloudstack" {
            let message = format!("CloudStack has one service, and it is not `{service}`");
            return Err(self
                .session
                .error(Kind::InvalidArgument, message)
                .help("write `api(\"cloudstack\", \"listZones\", #{})`"));
        }
        let command = commands::named(name).ok_or_else(|| self.unknown_command(name))?;
        let mut given = match params {
            Json::Object(given) => given.clone(),
            Json::Null => Map::new(),
            _ => {
                let message = format!("the parameters of `{name}` are a map");
                return Err(self
                    .session
                    .error(Kind::InvalidArgument, message)
                    .help("write `#{ name: value }`, or `#{}`"));
            }
        };
        let waits = match given.shift_remove(WAIT) {
            None | Some(Json::Bool(true)) => true,
            Some(Json::Bool(false)) => false,
            Some(_) => {
                let message = "`wait` is true or false: whether the command's job is waited for";
                return Err(self
                    .session
                    .error(Kind::InvalidArgument, message)
                    .help("leave it out, or write `wait: false`"));
            }
        };
        self.check_parameters(command, &given)?;
        let mut call = Call::read("api", name);
        call.intent = if command.is_read() { Intent::Read } else { Intent::Once };
        for (key, value) in &given {
            call.parameters.extend(flatten::pairs(name, key, value));
        }
        let asked =
            given.keys().any(|key| key.eq_ignore_ascii_case("page") || key.eq_ignore_ascii_case("pagesize"));
        let body = match (command.is_read() && command.is_paged() && !asked, command.is_async && waits) {
            (true, _) => self.all_pages(&call).await?,
            (false, true) => self.run(&call).await?,
            (false, false) => self.ask(&call).await?,
        };
        Ok(hidden(Value::from_json(&body), &SECRET))
    }

    /// A list as one answer: its members under the name that the server calls them by.
    async fn all_pages(&self, call: &Call) -> Result<Json> {
        let size = self.page_size.load(std::sync::atomic::Ordering::Relaxed);
        let first = call.clone().with("page", 1).with("pagesize", i64::try_from(size).unwrap_or(500));
        let body = match self.ask(&first).await {
            Ok(body) => body,
            Err(error)
                if error.answer.as_deref().is_some_and(|words| words.contains("max allowed page size")) =>
            {
                self.ask(call).await?
            }
            Err(error) => return Err(error),
        };
        let key = body
            .as_object()
            .and_then(|fields| fields.iter().find(|(_, value)| value.is_array()).map(|(key, _)| key.clone()));
        let Some(key) = key else { return Ok(body) };
        let full = super::decode::list(&body, &key).len() >= size;
        if !full {
            return Ok(body);
        }
        let rows = self.every(call, &key).await?;
        Ok(serde_json::json!({"count": rows.len(), key: rows}))
    }

    fn unknown_command(&self, name: &str) -> Error {
        let all: Vec<&str> = commands::names().collect();
        let close = all.iter().find(|known| known.eq_ignore_ascii_case(name)).map(|known| known.to_string());
        let close = close.or_else(|| nearest::nearest(name, &all, 1).into_iter().next());
        let error = self.session.error(Kind::InvalidArgument, format!("CloudStack has no command `{name}`"));
        match close {
            Some(close) => error.help(format!("did you mean `{close}`?")),
            None => error.help("`api(\"cloudstack\", \"listApis\", #{})` lists those of this server"),
        }
    }

    pub(super) fn check_parameters(&self, command: &Command, given: &Map<String, Json>) -> Result<()> {
        let name = command.name;
        for key in given.keys() {
            let plain = key.split('[').next().unwrap_or(key);
            if RESERVED.iter().any(|own| own.eq_ignore_ascii_case(plain)) && !command.takes(plain) {
                let message = format!("`{key}` is no parameter of `{name}`: the request's own part says it");
                return Err(self
                    .session
                    .error(Kind::InvalidArgument, message)
                    .help(format!("leave out `{key}`")));
            }
            if !command.takes(plain) {
                let known: Vec<&str> = command.parameters().collect();
                let close = nearest::nearest(plain, &known, 1)
                    .first()
                    .map(|close| format!("did you mean `{close}`? "));
                let message = format!("`{name}` has no parameter `{key}`");
                let help = match known.is_empty() {
                    true => format!("`{name}` takes none"),
                    false => format!("{}it takes: {}", close.unwrap_or_default(), known.join(", ")),
                };
                return Err(self.session.error(Kind::InvalidArgument, message).help(help));
            }
        }
        Ok(())
    }
}

/// The fields of answers that are secret.
const SECRET: [&str; 6] = ["privatekey", "secretkey", "password", "sessionkey", "encryptedpassword", "token"];
