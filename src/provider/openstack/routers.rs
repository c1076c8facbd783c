//! Making and deleting routers. A router is joined to subnets by ports, which go before it can.

use super::OpenStack;
use super::marked;
use super::neutron::port::{self, PortUse};
use super::neutron::subnet;
use super::neutron::{network, router};
use super::recover::{Attempt, quoted};
use super::session::Call;
use crate::cloud::{Error, Filter, Kind, Result, Router, RouterSpec, Routers, Subnet, Value};
use async_trait::async_trait;
use serde_json::Value as Json;

/// What stands for an id in the requests of a dry run that need one of an answer.
const UNKNOWN: &str = "ROUTER_ID";

#[async_trait]
impl Routers for OpenStack {
    // Make a router that joins every subnet of the networks. One that cannot be joined is taken back.
    async fn create_router(&self, spec: &RouterSpec) -> Result<Router> {
        let cloud = self.session.name();
        let subnets = self.subnets_of(&spec.networks).await?;
        let bare = spec.networks.iter().find(|network| {
            !subnets.iter().any(|subnet| subnet.network.as_deref() == Some(network.as_str()))
        });
        let attempt = Attempt {
            verb: "create_router",
            sought: "a router with this call's marker".to_string(),
            list: format!("routers(#{{ name: {} }})", quoted(&spec.name)),
        };
        // One that only a dry run knows has no subnet either: there it goes on.
        if let Some(network) = bare
            && self.shown(&network::show(network), "network", |body| Some(body.clone())).await?.is_some()
        {
            let message = format!("the network {network} has no subnet that a router could join");
            let error = Error::new(Kind::InvalidArgument, message);
            return Err(self.own(error.help("make networks with `cidr`, which gives them a subnet")));
        }
        let list = router::first(&Filter::named(&spec.name), self.project().await?.as_deref());
        let ask = |marker: Option<&str>| router::create(&spec.name, spec.external.as_deref(), marker);
        let decode = |body: &Json| router::decode(body, cloud);
        let what = format!("router `{}`", spec.name);
        let twice = (what, list, router::delete as fn(&str) -> Call);
        let made = self.create_marked(ask, &attempt, twice, marked::ROUTER, decode).await;
        let router = match made {
            Err(error) if error.kept => {
                // A dry run shows the other requests too.
                for subnet in &subnets {
                    let _ = self.ask(&router::join(UNKNOWN, &subnet.id)).await;
                }
                return Err(error);
            }
            made => made?,
        };
        for subnet in &subnets {
            if let Err(mut error) = self.join(&router.id, &subnet.id).await {
                let undone = !error.maybe && self.delete_router(&router.id).await.is_ok();
                if !undone {
                    error.exists = vec![Value::from(router)];
                }
                return Err(error);
            }
        }
        Ok(router)
    }

    async fn delete_router(&self, id: &str) -> Result<bool> {
        // What joins it to subnets goes before it.
        match self.take_away_by(id, router::delete(id)).await {
            Err(error) if error.kind == Kind::Conflict => {}
            ended => return ended,
        }
        for port in self.port_uses(port::of_device(id)).await?.iter().filter(|port| port.is_interface()) {
            self.take_away(&router::leave(id, &port.id)).await?;
        }
        self.take_away(&router::delete(id)).await
    }

    async fn routers(&self, filter: &Filter) -> Result<Vec<Router>> {
        let first = router::first(filter, self.project_of(filter).await?.as_deref());
        self.gather(first, "routers", filter, |body| router::decode(body, self.session.name())).await
    }

    async fn router(&self, id: &str) -> Result<Option<Router>> {
        let decode = |body: &Json| router::decode(body, self.session.name());
        self.shown_by(id, &router::show(id), "router", decode).await
    }
}

impl OpenStack {
    async fn join(&self, router: &str, subnet: &str) -> Result<()> {
        let attempt = Attempt {
            verb: "create_router",
            sought: "a port of the router in the subnet".to_string(),
            list: format!("router({})", quoted(router)),
        };
        let find = || async {
            let ports = self.port_uses(port::of_device(router)).await?;
            let mut subnets = ports.iter().flat_map(|port| &port.addresses).map(|(subnet, _)| subnet);
            Ok(subnets.any(|one| one.as_deref() == Some(subnet)).then_some(()))
        };
        self.create(&router::join(router, subnet), &attempt, |_| Some(()), find).await
    }

    async fn subnets_of(&self, networks: &[String]) -> Result<Vec<Subnet>> {
        let mut out: Vec<Subnet> = Vec::new();
        if !networks.is_empty() {
            self.every(subnet::of_networks(networks), "subnets", |entry| {
                out.extend(subnet::decode(entry, self.session.name()));
                false
            })
            .await?;
        }
        out.retain(|subnet| subnet.network.as_ref().is_some_and(|network| networks.contains(network)));
        Ok(out)
    }

    /// As much of ports as other nouns need, all pages.
    pub(super) async fn port_uses(&self, first: Call) -> Result<Vec<PortUse>> {
        let mut out = Vec::new();
        self.every(first, "ports", |entry| {
            out.extend(port::decode_use(entry));
            false
        })
        .await?;
        Ok(out)
    }
}
