//! Ports: reading, making and renaming them, and finding one by id or name.

use super::OpenStack;
use super::decode::text;
use super::marked;
use super::neutron::port;
use super::recover::{Attempt, quoted};
use super::session::Call;
use crate::cloud::port::NameUpdate;
use crate::cloud::{Account, Filter, Kind, Noun, Port, PortSpec, Ports, Result};
use async_trait::async_trait;
use serde_json::Value as Json;

#[async_trait]
impl Ports for OpenStack {
    async fn ports(&self, filter: &Filter) -> Result<Vec<Port>> {
        let first = port::first(filter, self.project_of(filter).await?.as_deref());
        self.gather(first, "ports", filter, |body| port::decode(body, self.session.name())).await
    }

    async fn port(&self, id: &str) -> Result<Option<Port>> {
        let decode = |body: &Json| port::decode(body, self.session.name());
        self.shown_by(id, &port::show(id), "port", decode).await
    }

    async fn create_port(&self, spec: &PortSpec) -> Result<Port> {
        let attempt = Attempt {
            verb: "create_port",
            sought: "a port with this call's marker".to_string(),
            list: format!("ports(#{{ name: {} }})", quoted(&spec.name)),
        };
        let list = port::first(&Filter::named(&spec.name), self.project().await?.as_deref());
        let ask = |marker: Option<&str>| port::create(spec, marker);
        let decode = |body: &Json| port::decode(body, self.session.name());
        let what = format!("port `{}`", spec.name);
        let twice = (what, list, port::delete as fn(&str) -> Call);
        self.create_marked(ask, &attempt, twice, marked::PORT, decode).await
    }

    async fn update_port(&self, id: &str, update: &NameUpdate) -> Result<()> {
        self.change(&port::update(id, update), |body| port::is_updated(body, update)).await
    }

    async fn delete_port(&self, id: &str) -> Result<bool> {
        let mut error = match self.take_away_by(id, port::delete(id)).await {
            Err(error) if error.kind == Kind::Forbidden => error,
            ended => return ended,
        };
        // Newer clouds let nobody but an administrator take a port away from a server, and say that of policy alone.
        if let Ok(Some(Port { server: Some(server), .. })) = self.port(id).await {
            error.kind = Kind::Conflict;
            error.diagnostic = Some("cloud::conflict");
            error.message = format!("the port is used by the server {server}");
            error.help = Some("delete that server first; the port stays then".to_string());
        }
        Err(error)
    }
}

impl OpenStack {
    /// The id of the port that a text names; an id needs no look, for Nova itself says when there is none of it.
    pub(super) async fn port_id(&self, wanted: &str) -> Result<String> {
        if self.is_id(Noun::Port, wanted) {
            return Ok(wanted.to_string());
        }
        let mut ids = Vec::new();
        self.every(port::named(wanted), "ports", |entry| {
            ids.extend(text(entry, "id"));
            false
        })
        .await?;
        self.only(ids, "port", wanted, "list them with `ports()`, or make one with `create_port`")
    }
}
