//! Making servers: resolve the networks, ask once, and find out what became of a request that was not answered.
//!
//! Each request carries the call's marker in its metadata, so that after a broken connection, a fault of the cloud or an answer
//! that cannot be read the servers can be looked for; only where they are not there does it go out once more. The marker is never
//! shown.

use super::OpenStack;
use super::call::With;
use super::decode::text;
use super::fault;
use super::marked::Mark;
use super::nova::servers::{self, index};
use super::nova::{boot, server, version};
use super::recover::quoted;
use super::session::{Call, Range};
use crate::cloud::server::{BootSpec, Nic, Nics};
use crate::cloud::{Error, Filter, Kind, MARKER, NameMatch, Networks, Result, Server, ServerUpdate, Servers};
use crate::provider::recover::{self, Seen, Settled};
use crate::wire::Answer;
use serde_json::Value as Json;
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

impl OpenStack {
    /// Ask for the servers of a spec, in one request.
    pub(super) async fn boot_servers(&self, spec: &BootSpec) -> Result<Vec<Server>> {
        if spec.count == Some(0) {
            return Err(Error::new(Kind::InvalidArgument, "`count` is 0").help("ask for 1 or more"));
        }
        let range = self.compute().await?;
        let nics = self.nics(&spec.networks).await?;
        let asked = |marked| boot::boot(spec, &nics, marked, &range).map_err(|error| self.own(error));
        let (mut call, mut marked) = (asked(true)?, true);
        let mut sent = self.ask(&call).await;
        // The marker is one metadata item; where there is room for the user's own only, it stays away.
        if sent.as_ref().is_err_and(|error| error.kind == Kind::OverQuota && is_about_metadata(error)) {
            (call, marked) = (asked(false)?, false);
            sent = self.ask(&call).await;
        }
        let error = match sent {
            Ok(answer) => match self.made(spec, &call, &answer, &range).await {
                Ok(servers) => return Ok(servers),
                // It was accepted; that this cannot be read says nothing of the servers.
                Err(mut error) => {
                    error.maybe = true;
                    error
                }
            },
            Err(error) => error,
        };
        match error.maybe && marked {
            true => self.settled_boot(spec, &call, &range, error).await,
            false => Err(self.naming_networks(error).await),
        }
    }

    /// The servers of an answered request.
    async fn made(
        &self,
        spec: &BootSpec,
        call: &Call,
        answer: &Answer,
        range: &Range,
    ) -> Result<Vec<Server>> {
        let body = self.parse(call, answer)?;
        let wanted = spec.count.unwrap_or(1);
        if let Some(reservation) = text(&body, "reservation_id") {
            let mut servers = Vec::new();
            self.every(servers::of_reservation(&reservation, range), "servers", |entry| {
                servers.extend(self.server_of(entry));
                false
            })
            .await?;
            return self.complete(spec, call, servers, wanted, answer).await;
        }
        let first = body
            .get("server")
            .and_then(|body| self.server_of(body))
            .ok_or_else(|| fault::nonsense(&self.session, call, answer, "it describes no server"))?;
        if wanted > 1 {
            // Many were asked for and one is told: the others carry the marker.
            let servers = self.marked(spec).await?;
            return self.complete(spec, call, servers, wanted, answer).await;
        }
        let show = server::show(&first.id).version(version::usual(range));
        let shown = self.json(&show).await.ok().and_then(|body| self.server_of(body.get("server")?));
        let mut one = match shown {
            Some(shown) => shown,
            // It was made; that it cannot be read at this moment does not unmake it.
            None => {
                let mut told = first.clone();
                if told.provider_status.is_empty() {
                    (told.status, told.provider_status) = ("BUILD".to_string(), "BUILD".to_string());
                    told.name = spec.name.clone();
                }
                told
            }
        };
        one.admin_pass = one.admin_pass.or(first.admin_pass);
        Ok(vec![one])
    }

    /// Several servers in the order of their numbers, named as the language says; fewer than asked for is an error.
    async fn complete(
        &self,
        spec: &BootSpec,
        call: &Call,
        mut servers: Vec<Server>,
        wanted: usize,
        answer: &Answer,
    ) -> Result<Vec<Server>> {
        if servers.len() < wanted {
            let what = format!("{wanted} servers were accepted and {} are shown", servers.len());
            let mut error = fault::nonsense(&self.session, call, answer, &what);
            error.exists = servers.into_iter().map(Into::into).collect();
            return Err(error);
        }
        let number =
            |server: &Server| index(&server.name, &spec.name).filter(|number| *number <= wanted as i64);
        servers.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
        // Clouds can be set to name the members of a group by their ids: give them the numbers that are free.
        let taken: HashSet<i64> = servers.iter().filter_map(number).collect();
        let mut free = (1..=wanted as i64).filter(|number| !taken.contains(number));
        for server in servers.iter_mut().filter(|server| number(server).is_none()) {
            let Some(number) = free.next() else { break };
            let name = format!("{}-{number}", spec.name);
            let update = ServerUpdate { name: Some(name.clone()), ..ServerUpdate::default() };
            // It was made all the same; a name that cannot be changed stays the cloud's.
            if self.update_server(&server.id, &update).await.is_ok() {
                server.name = name;
            }
        }
        servers.sort_by_key(|server| number(server).unwrap_or(i64::MAX));
        Ok(servers)
    }

    /// Settle a request whose answer was lost or says nothing: its servers carry the marker, and where none is there it goes out
    /// once more.
    async fn settled_boot(
        &self,
        spec: &BootSpec,
        call: &Call,
        range: &Range,
        error: Error,
    ) -> Result<Vec<Server>> {
        let wanted = spec.count.unwrap_or(1);
        let mark = self.mark_of_boot(spec).await?;
        let some = Mutex::new(Vec::new());
        let look = || async {
            let found = self.marked(spec).await?;
            Ok(match found.len() {
                0 => Seen::Nothing,
                many if many >= wanted => Seen::Effect(found),
                _ => {
                    *some.lock().unwrap_or_else(PoisonError::into_inner) = found;
                    Seen::Unclear
                }
            })
        };
        let send = || async {
            let answer = self.ask(call).await?;
            let made = self.made(spec, call, &answer, range).await;
            made.map_err(|mut error| {
                error.maybe = true;
                error
            })
        };
        let (mut error, looked) = match recover::settle(&*self.clock, error, look, send).await {
            Settled::Done { mut value, resent } => {
                if resent {
                    self.doubles.watch(mark.twice(value.iter().map(|server| server.id.clone()).collect()));
                }
                value.sort_by_key(|server| index(&server.name, &spec.name).unwrap_or(i64::MAX));
                return Ok(value);
            }
            Settled::Refused(error) => return Err(error),
            Settled::Unknown(error, looked) => (error, looked),
        };
        let sought = "a server with this run's marker";
        let servers = some.into_inner().unwrap_or_else(PoisonError::into_inner);
        let words = match servers.len() {
            0 => looked.words(sought),
            some => format!("for {sought}, 3 times over 12 s: found {some} of {wanted}"),
        };
        if servers.len() >= error.exists.len() {
            error.exists = servers.into_iter().map(Into::into).collect();
        }
        let exists = match error.exists.is_empty() {
            true => "nothing of this call that the cloud shows; it could still appear",
            false => "what is found; the others could still appear",
        };
        let name = if spec.count.is_some() { format!("{}-*", spec.name) } else { spec.name.clone() };
        let list = format!("servers(#{{ name: {} }})", quoted(&name));
        Err(self.unresolved(error, "boot", words, exists, &list))
    }

    /// The servers that carry this call's marker.
    async fn marked(&self, spec: &BootSpec) -> Result<Vec<Server>> {
        let mark = self.mark_of_boot(spec).await?;
        let mut out = Vec::new();
        self.every(mark.list, mark.key, |entry| {
            out.extend(Some(entry).filter(|entry| (mark.is_own)(entry)).and_then(|one| self.server_of(one)));
            false
        })
        .await?;
        Ok(out)
    }

    async fn mark_of_boot(&self, spec: &BootSpec) -> Result<Mark> {
        // The list is narrowed by what the cloud surely knows; the marker decides.
        let filter = Filter {
            name: spec.count.is_none().then(|| NameMatch::Exact(spec.name.clone())),
            ..Filter::default()
        };
        let marker = spec.marker.clone();
        let is_own = move |entry: &Json| {
            entry.get("metadata").and_then(|metadata| text(metadata, MARKER)).as_ref() == Some(&marker)
        };
        Ok(Mark {
            what: format!("server `{}`", spec.name),
            list: servers::first(&filter, &self.compute().await?),
            key: "servers",
            is_own: Box::new(is_own),
            delete: Box::new(server::delete),
        })
    }

    /// A refusal because there are several networks and none was named names them.
    async fn naming_networks(&self, mut error: Error) -> Error {
        let says = |words: &str| words.contains("Multiple possible networks");
        if error.answer.as_deref().is_some_and(says)
            && let Ok(networks) = self.networks(&Filter::default()).await
        {
            let own = networks.iter().filter(|network| network.external != Some(true));
            let names: Vec<String> = own.map(|network| quoted(&network.name)).collect();
            if let Some(first) = names.first() {
                let all = names.join(", ");
                error.help = Some(format!("name one of {all}: `networks: [{first}]`"));
            }
        }
        error
    }

    /// A network's id; where only a port is called so, the error says how to give that.
    async fn network_or_slip(&self, wanted: &str) -> Result<String> {
        match self.network_id(wanted).await {
            Err(error) if error.kind == Kind::NotFound && self.port_id(wanted).await.is_ok() => {
                let name = quoted(wanted);
                Err(error.help(format!("a port is called so: give `port({name})`, or `#{{ port: {name} }}`")))
            }
            known => known,
        }
    }

    /// The networks and ports of a spec by id.
    async fn nics(&self, nics: &Nics) -> Result<Nics> {
        let Nics::These(list) = nics else {
            return Ok(nics.clone());
        };
        let mut out = Vec::with_capacity(list.len());
        for nic in list {
            let network = match &nic.network {
                Some(wanted) if !nic.is_known => Some(self.network_or_slip(wanted).await?),
                known => known.clone(),
            };
            let port = match &nic.port {
                Some(wanted) if !nic.is_known => Some(self.port_id(wanted).await?),
                known => known.clone(),
            };
            out.push(Nic { network, port, ..nic.clone() });
        }
        Ok(Nics::These(out))
    }
}

pub(super) fn is_about_metadata(error: &Error) -> bool {
    error.answer.as_deref().is_some_and(|words| words.to_ascii_lowercase().contains("metadata"))
}
