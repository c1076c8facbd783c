//! Servers, but for making them: listing, showing, changing and deleting, their actions, images and consoles.

use super::OpenStack;
use super::call::{With, is_segment};
use super::decode::{reference, scalar, text};
use super::launch::is_about_metadata;
use super::nova::{action, console, files, server, servers, version};
use super::recover::{Attempt, quoted};
use super::send::found;
use crate::cloud::{
    Accepted, Account, Action, BootSpec, Error, Filter, Kind, MARKER, RequestState, Result, Server,
    ServerUpdate, Servers,
};
use crate::provider::recover::Seen;
use crate::wire::Answer;
use async_trait::async_trait;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long after each other a server is looked at again that is DELETED and still shown; some clouds show it for hours.
const GOING: [Duration; 4] =
    [Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];

#[async_trait]
impl Servers for OpenStack {
    async fn servers(&self, filter: &Filter) -> Result<Vec<Server>> {
        let mut out = Vec::new();
        if filter.limit == Some(0) {
            return Ok(out);
        }
        let first = servers::first(filter, &self.compute().await?);
        self.every(first, "servers", |entry| {
            out.extend(self.server_of(entry).filter(|server| filter.matches(server)));
            filter.is_enough(out.len())
        })
        .await?;
        Ok(out)
    }

    async fn server(&self, id: &str) -> Result<Option<Server>> {
        if !is_segment(id) {
            return Ok(None);
        }
        let call = server::show(id).version(version::usual(&self.compute().await?));
        let mut pauses = GOING.iter();
        loop {
            let shown = self.shown(&call, "server", |body| self.server_of(body)).await?;
            let deleted = shown.as_ref().is_some_and(|server| server.status == "DELETED");
            // Nova writes that down first and takes it out of its lists a moment later: gone is what it does not know any more.
            match (deleted, pauses.next()) {
                (false, _) => return Ok(shown),
                (true, Some(pause)) => self.clock.sleep(*pause).await,
                (true, None) => return Ok(None),
            }
        }
    }

    async fn update_server(&self, id: &str, update: &ServerUpdate) -> Result<()> {
        let range = self.compute().await?;
        let mut version = version::usual(&range);
        if update.description.is_some() {
            let least = version::DESCRIPTION;
            let raised = version::at_least(&range, least);
            let old = || self.own(files::too_old("`update` of `description`", least, &range));
            version = Some(raised.ok_or_else(old)?);
        }
        self.change(&server::update(id, update).version(version), |body| server::is_updated(body, update))
            .await
    }

    async fn act(&self, id: &str, action: &Action) -> Result<Accepted> {
        let call = action::act(id, action, &self.compute().await?).map_err(|error| self.own(error))?;
        self.act_once(id, action, &call).await
    }

    async fn request_state(&self, server: &str, request: &str) -> Result<RequestState> {
        if !is_segment(request) {
            return Ok(RequestState::Unknown);
        }
        let call = action::state(server, request, &self.compute().await?);
        Ok(match found(self.json(&call).await) {
            Ok(body) => body.map_or(RequestState::Unknown, |body| action::decode_state(&body)),
            // A cloud that lets nobody look is a cloud that keeps no trace.
            Err(error) if matches!(error.kind, Kind::Forbidden | Kind::Unsupported) => RequestState::Unknown,
            Err(error) => return Err(error),
        })
    }

    async fn snapshot_server(
        &self,
        id: &str,
        name: &str,
        meta: &BTreeMap<String, String>,
        // Nova takes a running server as it is.
        _consistent: bool,
    ) -> Result<String> {
        let range = self.compute().await?;
        let marker = crate::cloud::call_scope::token();
        let mut marked = meta.clone();
        marked.insert(MARKER.to_string(), marker.clone());
        let attempt = Attempt {
            verb: "snapshot",
            sought: "an image with this call's marker".to_string(),
            list: format!("images(#{{ name: {} }})", quoted(name)),
        };
        let told = |answer: &Answer| {
            let body: Json = serde_json::from_slice(&answer.body).unwrap_or_default();
            let located = || answer.header("location").and_then(|url| reference(&Json::from(url)));
            body.get("image_id").and_then(scalar).or_else(located)
        };
        let mark = self.mark_of_image(name, marker, &range).await?;
        let read = |entry: &Json| entry.get("id").and_then(scalar);
        let call = action::snapshot(id, name, &marked, &range);
        match self.create_known(&call, &attempt, mark, told, read, String::clone).await {
            // The marker is one metadata item; where there is room for the user's own only, it stays away, and what is lost
            // then is told as that.
            Err(error) if error.kind == Kind::OverQuota && is_about_metadata(&error) => {
                let call = action::snapshot(id, name, meta, &range);
                self.create_by(&call, &attempt, told, || async { Ok(Seen::Unclear) }).await
            }
            made => made,
        }
    }

    async fn console_log(&self, id: &str, lines: Option<i64>) -> Result<Option<String>> {
        let call = console::log(id, lines, &self.compute().await?);
        let check = |body: &Json| match body.get("output") {
            Some(Json::String(_) | Json::Null) => Ok(()),
            _ => Err("it has no `output`".to_string()),
        };
        Ok(Some(console::decode_log(&self.whole(&call, check).await?.1)))
    }

    async fn console_url(&self, id: &str) -> Result<Option<String>> {
        let range = self.compute().await?;
        let mut first = None;
        for kind in console::KINDS {
            match self.described(&console::url(id, kind, &range), "console", console_of).await {
                Ok(url) => return Ok(Some(url)),
                // A cloud with another kind of console refuses this one; what it says of the usual one is told.
                Err(error) if matches!(error.kind, Kind::InvalidArgument | Kind::Unsupported) => {
                    first.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
        }
        Err(first.unwrap_or_else(|| self.unsupported("console_url")))
    }

    async fn password_data(&self, id: &str) -> Result<Option<String>> {
        let body = self.json(&console::password_data(id)).await?;
        match body.get("password").and_then(Json::as_str) {
            Some(data) => Ok(Some(data.to_string()).filter(|data| !data.is_empty())),
            None => Err(self.own(Error::new(
                Kind::Protocol,
                "the answer makes no sense: it holds no text as `password`",
            ))),
        }
    }

    async fn delete_server(&self, id: &str, force: bool) -> Result<bool> {
        if !is_segment(id) {
            return Ok(false);
        }
        let call = match force {
            true => action::post("server.delete", id, serde_json::json!({"forceDelete": null})),
            false => server::delete(id),
        };
        let call = call.version(version::usual(&self.compute().await?));
        self.take_away(&call).await
    }

    async fn boot(&self, spec: &BootSpec) -> Result<Vec<Server>> {
        self.boot_servers(spec).await
    }
}

impl OpenStack {
    /// A server from its description.
    pub(super) fn server_of(&self, body: &Json) -> Option<Server> {
        server::decode(body, self.session.name(), self.clock.now())
    }
}

fn console_of(body: &Json) -> Option<String> {
    text(body, "url").or_else(|| console::decode_url(body))
}
