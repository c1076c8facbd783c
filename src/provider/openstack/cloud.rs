//! The driver itself: each operation of the trait is a call built, sent and decoded. Making servers is in
//! [`super::launch`]; what a call looks like is in the service's own folder.

use super::call::{With, is_segment};
use super::decode::scalar;
use super::fault;
use super::glance::{self, property};
use super::nova::servers::{Sieve, is_enough};
use super::nova::{action, console, files, flavor, image, limits, metadata, server, servers, version};
use super::session::{Call, Range, Service, Session};
use crate::cloud::host::Clock;
use crate::cloud::{
    Accepted, Action, BootSpec, Cloud, Error, Flavor, Holder, Identity, Image, ImageFilter, Kind, MARKER,
    Noun, Provider, RequestState, Result, Secret, Server, ServerFilter, ServerUpdate, Value,
};
use crate::wire::{Answer, Body, Method};
use async_trait::async_trait;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// One OpenStack cloud.
pub struct OpenStack {
    pub(super) session: Session,
    pub(super) clock: Arc<dyn Clock>,
    has_glance: OnceCell<bool>,
}

impl OpenStack {
    /// A cloud behind a session; the clock is what its own short waits go by.
    pub fn new(session: Session, clock: Arc<dyn Clock>) -> OpenStack {
        OpenStack { session, clock, has_glance: OnceCell::new() }
    }

    /// Send a call; an answer that refuses is an error.
    pub(super) async fn ask(&self, call: &Call) -> Result<Answer> {
        let answer = self.session.send(call).await?;
        fault::judge(&self.session, call, answer)
    }

    /// An error of the driver's own, with whose it is.
    pub(super) fn own(&self, mut error: Error) -> Error {
        error.cloud = Some(self.session.name().to_string());
        error.provider = Some("openstack");
        error
    }

    /// Send a call that takes something away: whether it did, or it was not there. Where the answer to a deletion was lost and it
    /// went out again, a 404 tells that the first one did.
    async fn take_away(&self, call: &Call) -> Result<bool> {
        let answer = self.session.send(call).await?;
        match answer.status {
            404 | 410 => Ok(answer.attempts > 1 && call.method == Method::Delete),
            _ => fault::judge(&self.session, call, answer).map(|_| true),
        }
    }

    /// Send a call whose answer is JSON.
    pub(super) async fn json(&self, call: &Call) -> Result<Json> {
        let answer = self.ask(call).await?;
        self.parse(call, &answer)
    }

    /// The JSON of an answer.
    pub(super) fn parse(&self, call: &Call, answer: &Answer) -> Result<Json> {
        serde_json::from_slice(&answer.body).map_err(|error| {
            let what = if answer.body.is_empty() {
                "it is empty".to_string()
            } else {
                format!("it is no JSON ({error})")
            };
            fault::nonsense(&self.session, call, answer, &what)
        })
    }

    /// What is under `key` in the answer, decoded.
    async fn one<T>(
        &self,
        call: &Call,
        key: &str,
        decode: impl FnOnce(&Json) -> Option<T> + Send,
    ) -> Result<T> {
        let answer = self.ask(call).await?;
        let body = self.parse(call, &answer)?;
        body.get(key).or(Some(&body)).and_then(decode).ok_or_else(|| {
            let what = format!("it describes no {key}");
            fault::nonsense(&self.session, call, &answer, &what)
        })
    }

    /// The microversions of Nova.
    pub(super) async fn compute(&self) -> Result<Range> {
        self.session.microversions(&Service::Compute).await
    }

    /// A server from its description.
    pub(super) fn server_of(&self, body: &Json) -> Option<Server> {
        server::decode(body, self.session.name(), self.clock.now())
    }

    /// Whether the cloud has Glance; without, images are asked of Nova.
    async fn has_glance(&self) -> Result<bool> {
        let asked = || async {
            match self.session.url(&Service::Image, "", &[]).await {
                Ok(_) => Ok(true),
                Err(error) if matches!(error.kind, Kind::NotFound | Kind::Unsupported) => Ok(false),
                Err(error) => Err(error),
            }
        };
        self.has_glance.get_or_try_init(asked).await.copied()
    }

    /// The metadata calls' place, or `None` for an image in Glance.
    async fn place(&self, holder: &Holder) -> Result<Option<metadata::Place>> {
        Ok(match holder {
            Holder::Server(id) => Some(metadata::of_server(id, &self.compute().await?)),
            Holder::Image(_) if self.has_glance().await? => None,
            Holder::Image(id) => Some(metadata::of_image(id, &self.compute().await?)),
            Holder::Volume(_) | Holder::Snapshot(_) => {
                return Err(self.unsupported("metadata of volumes"));
            }
        })
    }

    /// Metadata with rhain's own marker still in it.
    async fn raw_meta(&self, holder: &Holder) -> Result<BTreeMap<String, String>> {
        match self.place(holder).await? {
            Some(place) => Ok(metadata::decode(&self.json(&metadata::show(&place)).await?)),
            None => Ok(property::decode(&self.json(&glance::image::show(holder.id())).await?)),
        }
    }
}

/// A missing thing as `None`.
fn found<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind == Kind::NotFound && error.status.is_some() => Ok(None),
        Err(error) => Err(error),
    }
}

#[async_trait]
impl Cloud for OpenStack {
    fn name(&self) -> &Arc<str> {
        self.session.name()
    }

    fn provider(&self) -> Provider {
        Provider::OpenStack
    }

    fn region(&self) -> Option<String> {
        self.session.region()
    }

    fn is_id(&self, _noun: Noun, text: &str) -> bool {
        // A UUID with or without dashes, or the whole number of an old cloud.
        let hex = text.chars().filter(char::is_ascii_hexdigit).count();
        let dashes = text.chars().filter(|c| *c == '-').count();
        (hex + dashes == text.len() && hex == 32 && (dashes == 0 || dashes == 4))
            || (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()))
    }

    async fn login(&self) -> Result<()> {
        self.session.login().await
    }

    async fn identity(&self) -> Result<Identity> {
        self.session.identity().await
    }

    async fn catalog(&self) -> Result<BTreeMap<String, String>> {
        self.session.catalog().await
    }

    async fn limits(&self) -> Result<BTreeMap<String, Option<i64>>> {
        Ok(limits::decode(&self.json(&limits::show(&self.compute().await?)).await?))
    }

    async fn zones(&self) -> Result<Vec<String>> {
        Ok(limits::decode_zones(&self.json(&limits::zones(&self.compute().await?)).await?))
    }

    async fn api(&self, service: &str, method: &str, path: &str, body: Option<&Json>) -> Result<Value> {
        const METHODS: [Method; 6] =
            [Method::Get, Method::Head, Method::Post, Method::Put, Method::Patch, Method::Delete];
        let known = METHODS.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(method));
        let method = known.ok_or_else(|| {
            Error::new(Kind::InvalidArgument, format!("`{method}` is no method of a REST call"))
                .help("use one of GET, HEAD, POST, PUT, PATCH, DELETE")
        })?;
        let service = Service::named(service);
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut call = Call::new("api", service, method, format!("/{}", path.trim_start_matches('/')));
        call.query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        if call.service == Service::Compute {
            // What the user configured, or the API's own default: a raw call is not ours to raise.
            call.microversion = self.compute().await?.default;
        }
        if let Some(body) = body {
            call.body = Body::Json(body.clone());
        }
        let answer = self.ask(&call).await?;
        if answer.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Unit);
        }
        Ok(match serde_json::from_slice::<Json>(&answer.body) {
            Ok(json) => Value::from_json(&json),
            Err(error) if answer.header("content-type").is_some_and(|kind| kind.contains("json")) => {
                let what = format!("it says that it is JSON and is not ({error})");
                return Err(fault::nonsense(&self.session, &call, &answer, &what));
            }
            Err(_) => Value::text(String::from_utf8_lossy(&answer.body)),
        })
    }

    async fn servers(&self, filter: &ServerFilter) -> Result<Vec<Server>> {
        let sieve = Sieve::new(filter)?;
        let mut out = Vec::new();
        if filter.limit == Some(0) {
            return Ok(out);
        }
        let first = servers::first(filter, &self.compute().await?);
        self.every(first, "servers", |entry| {
            out.extend(self.server_of(entry).filter(|server| sieve.lets_through(server)));
            is_enough(filter.limit, out.len())
        })
        .await?;
        Ok(out)
    }

    async fn server(&self, id: &str) -> Result<Option<Server>> {
        if !is_segment(id) {
            return Ok(None);
        }
        let call = server::show(id).version(version::usual(&self.compute().await?));
        let Some(body) = found(self.json(&call).await)? else {
            return Ok(None);
        };
        // An id such as `detail` asks for a list; no server is called that.
        Ok(body
            .get("server")
            .and_then(|body| self.server_of(body))
            .filter(|server| server.status != "DELETED"))
    }

    async fn boot(&self, spec: &BootSpec) -> Result<Vec<Server>> {
        self.launch(spec).await
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
        self.ask(&server::update(id, update).version(version)).await.map(drop)
    }

    async fn act(&self, id: &str, action: &Action) -> Result<Accepted> {
        let call = action::act(id, action, &self.compute().await?).map_err(|error| self.own(error))?;
        let answer = self.ask(&call).await?;
        let body: Json = serde_json::from_slice(&answer.body).unwrap_or_default();
        let told = body.get("server").unwrap_or(&body).get("adminPass").and_then(Json::as_str);
        let admin_pass = matches!(action, Action::Rebuild(_) | Action::Rescue { .. })
            .then(|| told.filter(|password| !password.is_empty()).map(Secret::new))
            .flatten();
        Ok(Accepted { request_id: answer.request_id().map(str::to_string), admin_pass })
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
        let call = action::create_image(id, name, meta, &self.compute().await?);
        let answer = self.ask(&call).await?;
        let body: Json = serde_json::from_slice(&answer.body).unwrap_or_default();
        let told = body.get("image_id").and_then(scalar);
        let located = || answer.header("location").and_then(|url| super::decode::reference(&Json::from(url)));
        told.or_else(located)
            .ok_or_else(|| fault::nonsense(&self.session, &call, &answer, "it names no image"))
    }

    async fn console_log(&self, id: &str, lines: Option<i64>) -> Result<String> {
        Ok(console::decode_log(&self.json(&console::log(id, lines, &self.compute().await?)).await?))
    }

    async fn console_url(&self, id: &str) -> Result<String> {
        let range = self.compute().await?;
        let mut first = None;
        for kind in console::KINDS {
            match self.one(&console::url(id, kind, &range), "console", console_of).await {
                Ok(url) => return Ok(url),
                // A cloud with another kind of console refuses this one; what it says of the usual one is told.
                Err(error) if matches!(error.kind, Kind::InvalidArgument | Kind::Unsupported) => {
                    first.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
        }
        Err(first.unwrap_or_else(|| self.unsupported("console_url")))
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

    async fn meta(&self, holder: &Holder) -> Result<BTreeMap<String, String>> {
        let mut meta = self.raw_meta(holder).await?;
        meta.remove(MARKER);
        Ok(meta)
    }

    async fn set_meta(&self, holder: &Holder, items: &BTreeMap<String, String>) -> Result<()> {
        if items.is_empty() {
            return Ok(());
        }
        match self.place(holder).await? {
            Some(place) => self.ask(&metadata::merge(&place, items)).await.map(drop),
            None => {
                let call = property::patch(holder.id(), items, &[]).map_err(|error| self.own(error))?;
                self.ask(&call).await.map(drop)
            }
        }
    }

    async fn replace_meta(&self, holder: &Holder, items: &BTreeMap<String, String>) -> Result<()> {
        let old = self.raw_meta(holder).await?;
        match self.place(holder).await? {
            Some(place) => {
                let mut items = items.clone();
                if let Some(marker) = old.get(MARKER) {
                    items.insert(MARKER.to_string(), marker.clone());
                }
                self.ask(&metadata::replace(&place, &items)).await.map(drop)
            }
            None => {
                let gone: Vec<String> = old.keys().filter(|key| !items.contains_key(*key)).cloned().collect();
                if gone.is_empty() && items.is_empty() {
                    return Ok(());
                }
                self.ask(&property::patch(holder.id(), items, &gone)?).await.map(drop)
            }
        }
    }

    async fn delete_meta(&self, holder: &Holder, key: &str) -> Result<()> {
        let place = self.place(holder).await?;
        if let Some(place) = place.as_ref().filter(|_| is_segment(key))
            && self.take_away(&metadata::delete(place, key)).await?
        {
            return Ok(());
        }
        // Not deleted by its own path: it is not there, or its key cannot stand in a path (`a/b`, `x.json`).
        let mut rest = self.raw_meta(holder).await?;
        if rest.remove(key).is_none() {
            rest.remove(MARKER);
            let has = rest.keys().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
            let mut error = self.own(Error::new(Kind::NotFound, format!("there is no metadata `{key}`")));
            error.help = (!has.is_empty()).then(|| format!("choose one that is there: {has}"));
            return Err(error.coded("cloud::not_found"));
        }
        match place {
            Some(place) => self.ask(&metadata::replace(&place, &rest)).await.map(drop),
            None => {
                let call = property::patch(holder.id(), &BTreeMap::new(), &[key.to_string()])?;
                self.ask(&call).await.map(drop)
            }
        }
    }

    async fn images(&self, filter: &ImageFilter) -> Result<Vec<Image>> {
        let sieve = glance::image::Sieve::new(filter)?;
        let (cloud, read) = (self.session.name(), self.clock.now());
        let glance = self.has_glance().await?;
        let first = match glance {
            true => glance::image::first(filter),
            false => image::page(Vec::new(), &self.compute().await?),
        };
        let mut out = Vec::new();
        if filter.limit == Some(0) {
            return Ok(out);
        }
        self.every(first, "images", |entry| {
            let image = match glance {
                true => glance::image::decode(entry, cloud, read),
                false => image::decode(entry, cloud, read),
            };
            out.extend(image.filter(|image| sieve.lets_through(image)));
            is_enough(filter.limit, out.len())
        })
        .await?;
        Ok(out)
    }

    async fn image(&self, id: &str) -> Result<Option<Image>> {
        if !is_segment(id) {
            return Ok(None);
        }
        let (cloud, read) = (self.session.name(), self.clock.now());
        let image = match self.has_glance().await? {
            true => found(self.json(&glance::image::show(id)).await)?
                .and_then(|body| glance::image::decode(&body, cloud, read)),
            false => found(self.json(&image::show(id, &self.compute().await?)).await)?
                .and_then(|body| image::decode(body.get("image")?, cloud, read)),
        };
        Ok(image.filter(|image| image.status != "DELETED"))
    }

    async fn delete_image(&self, id: &str) -> Result<bool> {
        if !is_segment(id) {
            return Ok(false);
        }
        let call = match self.has_glance().await? {
            true => glance::image::delete(id),
            false => image::delete(id, &self.compute().await?),
        };
        self.take_away(&call).await
    }

    async fn flavors(&self) -> Result<Vec<Flavor>> {
        let first = flavor::page(Vec::new(), &self.compute().await?);
        let mut out: Vec<Flavor> = Vec::new();
        self.every(first, "flavors", |entry| {
            out.extend(flavor::decode(entry, self.session.name()));
            false
        })
        .await?;
        out.sort_by(|a, b| (a.vcpus, a.ram, a.disk, &a.name).cmp(&(b.vcpus, b.ram, b.disk, &b.name)));
        Ok(out)
    }

    async fn flavor(&self, id: &str) -> Result<Option<Flavor>> {
        if !is_segment(id) {
            return Ok(None);
        }
        let body = found(self.json(&flavor::show(id, &self.compute().await?)).await)?;
        Ok(body.and_then(|body| flavor::decode(body.get("flavor")?, self.session.name())))
    }
}

fn console_of(body: &Json) -> Option<String> {
    super::decode::text(body, "url").or_else(|| console::decode_url(body))
}
